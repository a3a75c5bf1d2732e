package licences_test

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"yimen/face/samples"
	"yimen/internal/app/apptest"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/webtest"
	"yimen/internal/licences"
	"yimen/ofd"
)

// portraits gives the identity card of the world a portrait, without which none is issued.
func (w *sealing) portraits() {
	w.t.Helper()
	x, err := w.Type(keeper(), "ZZ001")
	w.must(err)
	x.Kind, x.Category, x.Dept, x.Rule = "证照", "身份", "公安局", licences.Rule{Number: "样{序号5}", Months: 12}
	x.Fields = append(x.Fields, licences.Field{Name: "ZP", Label: "照片", Kind: "picture", Required: true, From: "{portrait}|{照片}"})
	_, err = w.SaveType(keeper(), x)
	w.must(err)
}

func shot(t *testing.T, side int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, side, side))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A portrait stands in the OFD file and in the PDF where the template puts it,
// and the index of fields leads to it; no text stands for a picture.
func TestPortraits(t *testing.T) {
	withSeals(t, func(w *sealing) {
		w.portraits()
		for what, x := range map[string]struct {
			change func(*licences.Entry)
			says   string
		}{
			"none":          {func(*licences.Entry) {}, "请上传照片"},
			"text":          {func(e *licences.Entry) { e.Fields["照片"] = "0199" }, "不能写成文字"},
			"a PDF":         {func(e *licences.Entry) { e.Pictures = map[string][]byte{"ZP": []byte("%PDF-1.7")} }, "不是能用的图片"},
			"cut off":       {func(e *licences.Entry) { e.Pictures = map[string][]byte{"ZP": shot(t, 90)[:40]} }, "不是能用的图片"},
			"too many dots": {func(e *licences.Entry) { e.Pictures = map[string][]byte{"ZP": shot(t, 6400)} }, "4000万像素"},
			"too large":     {func(e *licences.Entry) { e.Pictures = map[string][]byte{"ZP": make([]byte, 8<<20+1)} }, "8MB以内"},
		} {
			e := card()
			x.change(&e)
			_, err := w.Issue(w.head, licences.Issue{Entry: e})
			if !slices.Contains(named(err), "fields.ZP") || !says(err, x.says) {
				t.Errorf("%s: %v", what, errs.From(err).Fields)
			}
		}
		if w.stored() != 0 {
			t.Fatal("something is stored")
		}
		e := card()
		e.Pictures = map[string][]byte{"照片": samples.Portrait("a")}
		l, err := w.Issue(w.head, licences.Issue{Entry: e})
		w.must(err)
		s, err := w.Own(w.holder, l.Identifier)
		w.must(err)
		w.shows(s, 1)
		for _, row := range s.Rows("") {
			if row.Label == "照片" {
				t.Errorf("the id of a file is shown: %+v", row)
			}
		}
		next, err := w.Renew(w.head, l.Identifier, licences.Renewal{From: today, To: today.Add(30), Fields: map[string]string{"性别": "男"}, Reason: "延续"})
		w.must(err)
		s, err = w.Own(w.holder, next.Identifier)
		w.must(err)
		w.shows(s, 1)
		if s.Fields["ZP"] != l.Fields["ZP"] || l.Fields["ZP"] == "" {
			t.Errorf("%v, %v", s.Fields, l.Fields)
		}
	})
}

// shows looks for pictures in both files of a licence.
func (w *sealing) shows(s licences.Shown, want int) {
	w.t.Helper()
	raw := w.file(s.Paper.OFD)
	if len(raw) > 80<<10 {
		w.t.Errorf("%d bytes with a portrait", len(raw))
	}
	pkg, err := ofd.OpenBytes(raw)
	w.must(err)
	doc, err := ofd.Read(pkg)
	w.must(err)
	tagged := map[ofd.ID]bool{}
	for _, f := range doc.Tags[0].Fields {
		for _, o := range f.Objects {
			tagged[o.Object] = tagged[o.Object] || f.Name == "KZ_ZP"
		}
	}
	n := 0
	for _, layer := range doc.Pages[0].Layers {
		for _, o := range layer.Objects {
			if i, ok := o.(*ofd.Image); ok {
				n++
				if !tagged[i.ID] || i.Boundary.W > 26.01 || i.Boundary.H > 32.01 {
					w.t.Errorf("a picture at %+v, tagged: %v", i.Boundary, tagged[i.ID])
				}
			}
		}
	}
	if n != want || len(doc.Pictures) != want {
		w.t.Errorf("%d pictures, %d files, want %d", n, len(doc.Pictures), want)
	}
	if _, said := doc.Info.Field("KZ_ZP"); said {
		w.t.Error("the metadata name a file of ours")
	}
	path := filepath.Join(w.t.TempDir(), "a.pdf")
	w.must(os.WriteFile(path, w.pdf(s.Licence, s.Paper), 0o600))
	out, err := exec.Command("pdfimages", "-list", path).Output()
	if err != nil || strings.Count(string(out), " jpeg ") < want {
		w.t.Errorf("pdfimages: %v %s", err, out)
	}
}

// The portrait of a case's applicant is the material of that name; one that is
// no picture waits for staff, who bring another.
func TestPortraitOfACase(t *testing.T) {
	withSeals(t, func(w *sealing) {
		w.portraits()
		keep := func(name string, data []byte) string {
			f, err := w.files.Save(system, name, "", bytes.NewReader(data), "holder")
			w.must(err)
			return f.ID
		}
		good, bad := keep("a.jpg", samples.Portrait("b")), keep("a.txt", []byte("我的照片"))
		g := licences.Grant{Case: "1", Type: "ZZ001", HolderName: "李立伟", HolderNo: resident(), Issuer: bureau, Values: map[string]string{"性别": "男"}}
		g.Files = map[string]string{"照片": bad}
		other := g
		other.Case, other.Files = "2", map[string]string{"portrait": good, "照片": bad}
		w.Grants = granted{"1": g, "2": other}
		w.must(w.CaseGranted(system, "1"))
		o, err := w.OfCase(w.head, "1")
		w.must(err)
		if o.State != licences.OrderWaiting || !strings.Contains(o.Reason, "“照片”不是能用的图片") {
			t.Errorf("%+v", o)
		}
		full := licences.Completion{HolderName: "李立伟", HolderNo: resident(), Fields: map[string]string{"性别": "男"}, Pictures: map[string][]byte{"ZP": samples.Portrait("c")}}
		l, err := w.Complete(w.head, "1", full)
		w.must(err)
		s, err := w.Own(w.holder, l.Identifier)
		w.must(err)
		w.shows(s, 1)
		w.must(w.Do(w.head, l.Identifier, licences.Step{Act: licences.Cancel, Reason: "持证人申请注销"}))
		w.must(w.CaseGranted(system, "2"))
		if o, err := w.OfCase(w.head, "2"); err != nil || o.State != licences.OrderIssued {
			t.Errorf("%+v %v", o, err)
		}
	})
}

// Staff choose the file on the page, and see why one is no use.
func TestPageThatTakesAPortrait(t *testing.T) {
	s := apptest.New(t)
	own, _, err := s.Licences.Mine(s.Ctx("citizen-4"), db.Page{Limit: 20})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(own, func(l licences.Licence) bool { return l.Type == "ZZ001" })
	if err := s.Licences.Do(s.Ctx("approver-"+own[i].Issuer), own[i].Identifier, licences.Step{Act: licences.Cancel, Reason: "样例：换领新证"}); err != nil {
		t.Fatal(err)
	}
	p, err := s.Identity.Person(s.System(), "citizen-4")
	if err != nil {
		t.Fatal(err)
	}
	police := s.As("approver-440232-d07")
	fill := func(name string, content []byte) *webtest.Page {
		f := police.Get("/office/licences/issue?type=ZZ001").Status(200).Must("照片", "不超过8MB").Form("form[enctype]")
		for k, v := range map[string]string{"holder_name": p.Name, "holder_no": p.IDNo, "number": "440232X", "to": "2036-11-17", "fields.XB": "女", "fields.MZ": "瑶", "fields.CSRQ": "1990-01-01", "fields.ZZ": "乳源县游溪镇"} {
			f.Fill(k, v)
		}
		return f.Attach("fields.ZP", name, content).Send()
	}
	fill("扫描.pdf", []byte("%PDF-1.7 not a picture")).Status(422).Must("“照片”不是能用的图片").One(`input[value="` + p.Name + `"]`)
	fill("照片.jpg", samples.Portrait("d")).Status(200).Must("已签发", p.Name)
	s.As("editor-440200").Get("/office/licence-types/ZZ001/template").Status(200).Must("照片、图片", "{照片}").One("figure svg image")
}
