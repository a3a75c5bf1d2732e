package licences_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"yimen/face/samples"
	"yimen/internal/app/apptest"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/webtest"
	"yimen/internal/licences"
)

// packed is a ZIP file of names and contents, in turns.
func packed(t testing.TB, list ...any) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(list); i += 2 {
		w, err := z.Create(list[i].(string))
		if err != nil {
			t.Fatal(err)
		}
		raw, ok := list[i+1].([]byte)
		if !ok {
			raw = []byte(list[i+1].(string))
		}
		if _, err := w.Write(raw); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const stockHeader = "证照类型,证照编号,持证主体,持证主体代码,颁发日期,可信等级,性别,照片,扫描件\n"

func stockLine(number, photo, scans string) string {
	return "居民身份证," + number + ",李立伟," + resident() + ",2020-01-01,B,男," + photo + "," + scans + "\n"
}

func (w *world) archive(raw []byte, try bool) (licences.Imported, error) {
	return w.ImportFile(w.head, bytes.NewReader(raw), int64(len(raw)), try)
}

// Pictures come with the sheet: the photograph stands in the document that is made
// of it, the scans on the page of the licence, for those who may see it.
func TestStockWithPictures(t *testing.T) {
	withSeals(t, func(w *sealing) {
		w.portraits()
		raw := packed(t, "存量/清单.csv", stockHeader+stockLine("A1", `照片\李立伟.JPG`, "扫描/正面.png；扫描/反面.png"), "存量/照片/李立伟.jpg", samples.Portrait("a"),
			"存量/扫描/正面.png", shot(t, 300), "存量/扫描/反面.png", shot(t, 301), "存量/多的.png", shot(t, 90), "__MACOSX/存量/._清单.csv", "x", "存量/.DS_Store", "x")
		done, err := w.archive(raw, true)
		w.must(err)
		if done.Rows != 1 || done.Stored != 0 || done.Wrong != nil || done.Pictures != 3 || done.Idle != 1 {
			t.Fatalf("a trial: %+v", done)
		}
		var kept int
		w.must(w.d.Conn(w.head).Get(w.head, &kept, `SELECT COUNT(*) FROM files_file`))
		if kept != 0 {
			t.Errorf("a trial keeps %d files", kept)
		}
		done, err = w.archive(raw, false)
		if err != nil || done.Stored != 1 {
			t.Fatalf("%+v, %v", done, err)
		}
		list, _, err := w.Mine(w.holder, db.Page{})
		w.must(err)
		s, err := w.Own(w.holder, list[0].Identifier)
		w.must(err)
		if len(s.Pictures) != 3 || s.Pictures[0].Title != "照片" || s.Pictures[2].Title != "扫描件2" {
			t.Errorf("%+v", s.Pictures)
		}
		s.Paper, err = w.Document(w.head, s.Identifier)
		w.must(err)
		w.shows(s, 1)
		if s, err = w.Own(w.holder, s.Identifier); err != nil || len(s.Pictures) != 2 {
			t.Errorf("beside the document: %+v, %v", s.Pictures, err)
		}
		done, err = w.archive(raw, false) // sent twice
		if err != nil || done.Stored != 0 || len(done.Wrong) != 1 {
			t.Errorf("%+v, %v", done, err)
		}
	})
}

// Each fault is named with its line, and nothing is stored, neither a licence nor a file.
func TestFaultsOfPicturesOfStock(t *testing.T) {
	withSeals(t, func(w *sealing) {
		w.portraits()
		good := samples.Portrait("a")
		other := "居民身份证,A2,盘大山,440232197005120032,2020-01-01,B,男,a.jpg,\n"
		for what, x := range map[string]struct {
			photo, scans, more string
			files              []any
			says               string
		}{
			"not there":      {"没有.jpg", "", "", nil, "第2行：“照片”：压缩包里没有“没有.jpg”"},
			"outside":        {"../../etc/passwd", "", "", nil, "压缩包里没有“../../etc/passwd”"},
			"a PDF":          {"a.pdf", "", "", []any{"a.pdf", "%PDF-1.7"}, "“a.pdf”不是能用的图片"},
			"cut off":        {"a.png", "", "", []any{"a.png", shot(t, 300)[:200]}, "第2行：“照片”不是能用的图片"},
			"too small":      {"a.png", "", "", []any{"a.png", shot(t, 40)}, "只有40×40点"},
			"a bomb of dots": {"a.png", "", "", []any{"a.png", shot(t, 6400)}, "4000万像素"},
			"a large file":   {"a.png", "", "", []any{"a.png", make([]byte, 9<<20)}, "请换成8MB以内的"},
			"a scan":         {"a.jpg", "b.txt", "", []any{"a.jpg", good, "b.txt", "x"}, "第2行“扫描件”：“b.txt”不是能用的图片"},
			"a broken scan":  {"a.jpg", "b.png", "", []any{"a.jpg", good, "b.png", shot(t, 300)[:200]}, "第2行“扫描件”：第1张不是能用的图片"},
			"many scans":     {"", strings.Repeat("a.jpg;", 11), "", []any{"a.jpg", good}, "最多10张扫描件"},
			"of another":     {"a.jpg", "", other, []any{"a.jpg", good}, "第3行：“照片”：“a.jpg”第2行已经用了，是另一个人的"},
			"another line":   {"a.jpg", "", "护照,1,李立伟,1,昨天,B,男,,\n", []any{"a.jpg", good}, "第3行“证照类型”"},
		} {
			raw := packed(t, append([]any{"清单.csv", stockHeader + stockLine("A1", x.photo, x.scans) + x.more}, x.files...)...)
			done, err := w.archive(raw, false)
			w.must(err)
			said := ""
			for _, e := range done.Wrong {
				said += e.Describe() + "\n"
			}
			if done.Stored != 0 || !strings.Contains(said, x.says) {
				t.Errorf("%s: no %q in %s", what, x.says, said)
			}
		}
		var kept int
		w.must(w.d.Conn(w.head).Get(w.head, &kept, `SELECT COUNT(*) FROM files_file`))
		if kept != 0 || w.stored() != 0 {
			t.Errorf("%d files and %d licences are kept", kept, w.stored())
		}
	})
}

// What is no archive of ours is refused whole, within bounds.
func TestArchivesThatAreNone(t *testing.T) {
	withSeals(t, func(w *sealing) {
		many := make([]any, 0, 2*6001)
		for i := range 6001 {
			many = append(many, fmt.Sprint(i), "")
		}
		whole := packed(t, "清单.csv", stockHeader)
		for what, x := range map[string]struct {
			raw  []byte
			says string
		}{
			"no sheet":    {packed(t, "a.jpg", "x"), "没有CSV表格"},
			"two sheets":  {packed(t, "a.csv", "x", "b.CSV", "x"), "两张表格"},
			"cut off":     {whole[:len(whole)-10], "打不开"},
			"many files":  {packed(t, many...), "文件太多"},
			"a huge list": {packed(t, "清单.csv", bytes.Repeat([]byte("居"), 9<<20/3)), "不超过8 MB"},
		} {
			if _, err := w.archive(x.raw, false); errs.KindOf(err) != errs.Invalid || !strings.Contains(errs.From(err).Message, x.says) {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

// A name that Windows wrote in GB18030 is found.
func TestNamesOfArchivesFromWindows(t *testing.T) {
	withSeals(t, func(w *sealing) {
		w.portraits()
		gbk := func(s string) string {
			out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
			w.must(err)
			return out
		}
		done, err := w.archive(packed(t, gbk("清单.csv"), gbk(stockHeader+stockLine("A1", "照片/李立伟.jpg", "")), gbk("照片/李立伟.jpg"), samples.Portrait("a")), false)
		if err != nil || done.Stored != 1 || done.Pictures != 1 {
			t.Errorf("%+v, %v", done, err)
		}
	})
}

// grainy is a picture of which little can be left out: of its points no two
// are alike.
func grainy(t *testing.T, side int, seed byte) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, side, side))
	rand.NewChaCha8([32]byte{seed}).Read(img.Pix)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Pictures of an archive do not stay in memory: 40 of them, 14 MB as points and
// 10 as they are kept.
func TestAnImportLetsGoOfItsPictures(t *testing.T) {
	withSeals(t, func(w *sealing) {
		w.portraits()
		var scans, list = []string{}, []any{"清单.csv", ""}
		for i := range 10 {
			name := fmt.Sprintf("%d.png", i)
			scans, list = append(scans, name), append(list, name, grainy(t, 600, byte(i)))
		}
		var lines strings.Builder
		for i := range 4 {
			lines.WriteString(stockLine(fmt.Sprint("A", i), "", strings.Join(scans, ";")))
		}
		list[1] = stockHeader + lines.String()
		raw := packed(t, list...)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		if _, err := w.archive(raw, true); err != nil {
			t.Fatal(err)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 2<<20 {
			t.Errorf("%d bytes stay", grown)
		}
	})
}

// The page: a trial, the import, the pictures for who may see them, and for nobody else.
func TestPagesOfStockWithPictures(t *testing.T) {
	s := apptest.New(t)
	head := s.As("approver-440232-d11")
	page := head.Get("/office/licences/import").Status(200).Must("连同照片、扫描件导入")
	sheet := "证照类型,证照编号,持证主体,持证主体代码,颁发日期,可信等级,扫描件\n"
	who, err := s.Identity.Person(s.System(), "citizen-1")
	if err != nil {
		t.Fatal(err)
	}
	sheet += "ZZ025,乳劳2019-7," + who.Name + "," + who.IDNo + ",2019-05-06,C,原件.png\n"
	raw := packed(t, "清单.csv", sheet, "原件.png", shot(t, 200))
	send := func(how string, raw []byte) *webtest.Page {
		return page.Form("form[enctype]").Fill("how", how).Attach("file", "存量.zip", raw).Send()
	}
	send("all", packed(t, "清单.csv", sheet)).Status(422).Must("第2行“扫描件”：压缩包里没有“原件.png”")
	send("all", []byte("PK\x03\x04坏的")).Status(422).Must("压缩包打不开")
	send("try", raw).Status(200).Must("读到1行、图片1张，全部正确")
	send("all", raw).Status(200).Must("已入库1本、图片1张")
	send("all", raw).Status(422).Must("已经在库里了")
	list, _, err := s.Licences.List(s.Ctx("approver-440232-d11"), licences.Find{Q: "乳劳2019-7"}, db.Page{})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	at := "/office/licences/" + list[0].Identifier
	head.Get(at).Status(200).Must("照片和扫描件", "只供核对")
	if p := head.Get(at + "/pictures/scan-1").Status(200); p.Header().Get("Content-Type") != "image/jpeg" || len(p.Body) == 0 {
		t.Errorf("%v", p.Header())
	}
	for _, name := range []string{"scan-0", "scan-2", "ZP", "scan-x"} {
		head.Get(at + "/pictures/" + name).Status(404)
	}
	mine := "/my/licences/" + list[0].Identifier
	s.As("citizen-1").Get(mine).Status(200).Must("照片和扫描件")
	s.As("citizen-1").Get(mine + "/pictures/scan-1").Status(200)
	s.As("citizen-2").Get(mine + "/pictures/scan-1").Status(404)
	s.As("approver-440224-d11").Get(at + "/pictures/scan-1").Status(404)
	s.Anybody().NoRedirect().Get(at + "/pictures/scan-1").Status(303)
}
