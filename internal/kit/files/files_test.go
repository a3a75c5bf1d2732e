package files_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/files"
)

var sources = []db.Source{files.Migrations}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// place is a store in a folder of its own.
type place struct {
	*files.Store
	d      *db.DB
	folder string
	key    string
}

func open(t testing.TB, d *db.DB, change ...func(*files.Options)) place {
	t.Helper()
	dir := t.TempDir()
	p := place{d: d, folder: filepath.Join(dir, "blobs"), key: filepath.Join(dir, "secret", "files.key")}
	o := files.Options{URL: "file://" + p.folder, KeyFile: p.key, CreateKey: true}
	for _, f := range change {
		f(&o)
	}
	s, err := files.Open(context.Background(), o, d, clock.Real)
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	p.Store = s
	return p
}

// blobs are the paths of what is in the folder.
func (p place) blobs(t testing.TB) []string {
	t.Helper()
	var all []string
	must(t, filepath.WalkDir(p.folder, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			all = append(all, path)
		}
		return err
	}))
	return all
}

// check fails when something was stored.
func (p place) checkEmpty(t testing.TB) {
	t.Helper()
	var rows int
	must(t, p.d.Conn(context.Background()).Get(context.Background(), &rows, `SELECT count(*) FROM files_file`))
	if left := p.blobs(t); rows != 0 || len(left) != 0 {
		t.Errorf("left behind: %d rows, blobs %v", rows, left)
	}
}

func (p place) save(t testing.TB, name string, content []byte) files.File {
	t.Helper()
	f, err := p.Save(context.Background(), name, "", bytes.NewReader(content), "citizen-1")
	must(t, err)
	return f
}

func (p place) read(id string) ([]byte, error) {
	r, _, err := p.Open(context.Background(), id)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func text(n int) []byte { return bytes.Repeat([]byte("abcdefgh中\n"), n/12+1)[:n] }

func zipOf(t testing.TB, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range names {
		w, err := z.Create(n)
		must(t, err)
		junk := make([]byte, 2000)
		rand.Read(junk)
		_, err = w.Write(junk)
		must(t, err)
	}
	must(t, z.Close())
	return b.Bytes()
}

func TestSaveAndOpen(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		p := open(t, d)
		const chunk = 64 << 10
		for _, size := range []int{1, 100, chunk - 1, chunk, chunk + 1, 2 * chunk, 5*chunk + 7} {
			content := text(size)
			f := p.save(t, "说明.txt", content)
			sum := sm3.Sum(content)
			if f.Size != int64(size) || f.SM3 != hex.EncodeToString(sum[:]) || f.MediaType != "text/plain; charset=utf-8" || f.Owner != "citizen-1" {
				t.Errorf("%d bytes: %+v", size, f)
			}
			got, err := p.read(f.ID)
			if err != nil || !bytes.Equal(got, content) {
				t.Errorf("%d bytes: read %d, error %v", size, len(got), err)
			}
			if stat, err := p.Stat(context.Background(), f.ID); err != nil || stat != f {
				t.Errorf("Stat gives %+v, %v; saved %+v", stat, err, f)
			}
		}
		for _, path := range p.blobs(t) {
			raw, err := os.ReadFile(path)
			must(t, err)
			if bytes.Contains(raw, []byte("abcdefgh")) {
				t.Errorf("%s holds the content in the clear", path)
			}
		}
		if _, _, err := p.Open(context.Background(), db.NewID()); !errors.Is(err, files.ErrNotFound) {
			t.Errorf("an unknown id: %v", err)
		}
	})
}

func TestDamageIsFound(t *testing.T) {
	const chunk, header = 64<<10 + 16, 24
	for name, damage := range map[string]func(b []byte) []byte{
		"a bit in the first chunk": func(b []byte) []byte { b[header+5] ^= 1; return b },
		"a bit in the last chunk":  func(b []byte) []byte { b[len(b)-1] ^= 1; return b },
		"a bit of the salt":        func(b []byte) []byte { b[10] ^= 1; return b },
		"cut in a chunk":           func(b []byte) []byte { return b[:len(b)-3] },
		"cut between chunks":       func(b []byte) []byte { return b[:header+2*chunk] },
		"cut after the header":     func(b []byte) []byte { return b[:header] },
		"cut in the header":        func(b []byte) []byte { return b[:7] },
		"emptied":                  func(b []byte) []byte { return nil },
		"longer":                   func(b []byte) []byte { return append(b, 'x') },
		"two chunks swapped": func(b []byte) []byte {
			x := append([]byte(nil), b[header:header+chunk]...)
			copy(b[header:], b[header+chunk:header+2*chunk])
			copy(b[header+chunk:], x)
			return b
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := open(t, dbtest.Open(t, sources))
			f := p.save(t, "a.txt", text(150_000))
			path := p.blobs(t)[0]
			raw, err := os.ReadFile(path)
			must(t, err)
			must(t, os.WriteFile(path, damage(raw), 0o600))
			if _, err := p.read(f.ID); !errors.Is(err, files.ErrDamaged) {
				t.Errorf("read gives %v", err)
			}
		})
	}
}

func TestOneFileIsNotTakenForAnother(t *testing.T) {
	p := open(t, dbtest.Open(t, sources))
	f := p.save(t, "a.txt", text(10))
	first := p.blobs(t)[0]
	g := p.save(t, "b.txt", text(20))
	for _, path := range p.blobs(t) {
		if path == first {
			continue
		}
		must(t, os.Rename(path, first))
		if _, err := p.read(f.ID); !errors.Is(err, files.ErrDamaged) {
			t.Errorf("another file's blob: %v", err)
		}
		if _, err := p.read(g.ID); !errors.Is(err, files.ErrDamaged) {
			t.Errorf("a blob that is gone: %v", err)
		}
	}
}

func TestKeyFile(t *testing.T) {
	d := dbtest.Open(t, sources)
	p := open(t, d)
	f := p.save(t, "a.txt", text(10))
	info, err := os.Stat(p.key)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("key file mode %v", info.Mode())
	}
	o := files.Options{URL: "file://" + p.folder, KeyFile: p.key}
	again, err := files.Open(context.Background(), o, d, clock.Real)
	must(t, err)
	r, _, err := again.Open(context.Background(), f.ID)
	must(t, err)
	got, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(got, text(10)) {
		t.Errorf("with the same key: %q, %v", got, err)
	}
	must(t, os.WriteFile(p.key, []byte(strings.Repeat("ab", 16)), 0o600))
	other, err := files.Open(context.Background(), o, d, clock.Real)
	must(t, err)
	if _, _, err := other.Open(context.Background(), f.ID); !errors.Is(err, files.ErrDamaged) {
		t.Errorf("with another key: %v", err)
	}
	must(t, os.WriteFile(p.key, []byte("short"), 0o600))
	if _, err := files.Open(context.Background(), o, d, clock.Real); err == nil {
		t.Error("a key that is too short is taken")
	}
	must(t, os.Remove(p.key))
	if _, err := files.Open(context.Background(), o, d, clock.Real); err == nil || !strings.Contains(err.Error(), "openssl") {
		t.Errorf("a missing key: %v", err)
	}
}

func TestContentDecidesTheType(t *testing.T) {
	const ole = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 rest"
	docx := zipOf(t, "[Content_Types].xml", "_rels/.rels", "word/document.xml")
	xlsx := zipOf(t, "xl/workbook.xml", "[Content_Types].xml")
	ofd := zipOf(t, "OFD.xml", "Doc_0/Document.xml")
	many := make([]string, 600) // more than what is kept of the end
	for i := range many {
		many[i] = fmt.Sprint("photo/", i)
	}
	big := zipOf(t, append([]string{"[Content_Types].xml", "word/document.xml"}, many...)...)
	bmp := append([]byte("BM\x46\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00"), make([]byte, 20)...)
	cases := []struct {
		name    string
		content []byte
		want    error
		media   string
	}{
		{"a.pdf", []byte("%PDF-1.7\n"), nil, "application/pdf"},
		{"A.PDF", []byte("%PDF-1.7\n"), nil, "application/pdf"},
		{"a.jpg", []byte("\xff\xd8\xff\xe0 JFIF"), nil, "image/jpeg"},
		{"a.jpeg", []byte("\xff\xd8\xff\xe0 JFIF"), nil, "image/jpeg"},
		{"a.png", []byte("\x89PNG\r\n\x1a\n...."), nil, "image/png"},
		{"a.gif", []byte("GIF89a..."), nil, "image/gif"},
		{"a.bmp", bmp, nil, "image/bmp"},
		{"a.webp", []byte("RIFF\x10\x00\x00\x00WEBPVP8 "), nil, "image/webp"},
		{"a.doc", []byte(ole), nil, "application/msword"},
		{"a.xls", []byte(ole), nil, "application/vnd.ms-excel"},
		{"a.docx", docx, nil, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{"a.docx", big, nil, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{"a.xlsx", xlsx, nil, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
		{"a.ofd", ofd, nil, "application/ofd"},
		{"a.zip", zipOf(t, "readme"), nil, "application/zip"},
		{"a.txt", []byte("你好"), nil, "text/plain; charset=utf-8"},
		{"a.txt", []byte("\xc4\xe3\xba\xc3 GBK"), nil, "text/plain; charset=utf-8"},

		{"a.pdf", []byte("\xff\xd8\xff\xe0 JFIF"), files.ErrTypeMismatch, ""},
		{"a.jpg", []byte("%PDF-1.7\n"), files.ErrTypeMismatch, ""},
		{"a.docx", xlsx, files.ErrTypeMismatch, ""},
		{"a.docx", []byte(ole), files.ErrTypeMismatch, ""},
		{"a.docx", docx[:len(docx)-30], files.ErrTypeMismatch, ""},
		{"a.ofd", zipOf(t, "readme"), files.ErrTypeMismatch, ""},
		{"a.zip", ofd, files.ErrTypeMismatch, ""},
		{"a.txt", []byte("<html><script>alert(1)</script>"), files.ErrTypeMismatch, ""},
		{"a.png", []byte("MZ\x90\x00\x03\x00\x00\x00"), files.ErrTypeMismatch, ""},
		{"a.txt", []byte("MZ\x90\x00\x03\x00\x00\x00"), files.ErrTypeMismatch, ""},
		{"a.exe", []byte("MZ\x90\x00\x03\x00\x00\x00"), files.ErrTypeRefused, ""},
		{"a.svg", []byte("<svg/>"), files.ErrTypeRefused, ""},
		{"pdf", []byte("%PDF-1.7\n"), files.ErrTypeRefused, ""},
		{"a.pdf.exe", []byte("%PDF-1.7\n"), files.ErrTypeRefused, ""},
		{"a.pdf", nil, files.ErrEmpty, ""},
	}
	for i, c := range cases {
		t.Run(fmt.Sprint(i, " ", c.name), func(t *testing.T) {
			p := open(t, dbtest.Open(t, sources))
			f, err := p.Save(context.Background(), c.name, "image/png", bytes.NewReader(c.content), "o")
			if !errors.Is(err, c.want) {
				t.Fatalf("error %v, want %v", err, c.want)
			}
			if c.want != nil {
				p.checkEmpty(t)
				if e := errs.From(err); !strings.Contains(e.Message, c.name) || !strings.Contains(e.Message, "请") {
					t.Errorf("the message does not name the file and the remedy: %s", e.Message)
				}
				return
			}
			if f.MediaType != c.media {
				t.Errorf("media type %s, want %s", f.MediaType, c.media)
			}
		})
	}
}

func TestOnlyConfiguredTypes(t *testing.T) {
	d := dbtest.Open(t, sources)
	p := open(t, d, func(o *files.Options) { o.Types = []string{"pdf"} })
	_, err := p.Save(context.Background(), "a.txt", "", strings.NewReader("x"), "o")
	if !errors.Is(err, files.ErrTypeRefused) || !strings.Contains(err.Error(), "只接受 pdf 格式") {
		t.Errorf("error %v", err)
	}
	_, err = files.Open(context.Background(), files.Options{URL: "mem://", KeyFile: p.key, Types: []string{"exe"}}, d, clock.Real)
	if err == nil {
		t.Error("a type whose content cannot be told is accepted")
	}
}

// endless counts what was read of it.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	e.read += len(p)
	return len(p), nil
}

func TestLimitHoldsWhileReading(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		p := open(t, d, func(o *files.Options) { o.MaxSize = 1 << 20 })
		src := &endless{}
		_, err := p.Save(context.Background(), "大.txt", "", src, "o")
		if !errors.Is(err, files.ErrTooLarge) || !strings.Contains(err.Error(), "“大.txt”超过1 MB") {
			t.Errorf("error %v", err)
		}
		if src.read > 2<<20 {
			t.Errorf("%d bytes were read before the limit was seen", src.read)
		}
		p.checkEmpty(t)
		p.save(t, "a.txt", text(1<<20)) // exactly the limit
	})
}

func TestInterruptedUpload(t *testing.T) {
	p := open(t, dbtest.Open(t, sources))
	broken := io.MultiReader(bytes.NewReader(text(100_000)), iotest.ErrReader(io.ErrUnexpectedEOF))
	if _, err := p.Save(context.Background(), "a.txt", "", broken, "o"); !errors.Is(err, files.ErrInterrupted) {
		t.Errorf("error %v", err)
	}
	p.checkEmpty(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := p.Save(ctx, "a.txt", "", bytes.NewReader(text(100)), "o"); err == nil {
		t.Error("saved for a client that is gone")
	}
	p.checkEmpty(t)
}

func TestNamesAreMadeSafe(t *testing.T) {
	p := open(t, dbtest.Open(t, sources))
	long := strings.Repeat("长", 300)
	for name, want := range map[string]string{
		"户口簿（首页）.txt":         "户口簿（首页）.txt",
		"../../etc/a.txt":     "a.txt",
		`C:\我的文件\a.txt`:       "a.txt",
		"a\r\nSet-Cookie.txt": "aSet-Cookie.txt",
		"a\u202etxt.exe.txt":  "atxt.exe.txt",
		`a"<b>|.txt`:          "a__b__.txt",
		"  ..a.txt. ":         "a.txt",
		"\xffa.txt":           "a.txt",
		long + ".txt":         strings.Repeat("长", 196) + ".txt",
	} {
		if f := p.save(t, name, text(5)); f.Name != want {
			t.Errorf("%q becomes %q, want %q", name, f.Name, want)
		}
	}
}

func TestUndoneTransactionLeavesABlobThatIsSwept(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx, p, undo := context.Background(), open(t, d), errors.New("undo")
		kept := p.save(t, "kept.txt", text(10))
		err := d.InTx(ctx, func(ctx context.Context) error {
			_, err := p.Save(ctx, "lost.txt", "", bytes.NewReader(text(10)), "o")
			must(t, err)
			return undo
		})
		if !errors.Is(err, undo) || len(p.blobs(t)) != 2 {
			t.Fatalf("error %v, blobs %v", err, p.blobs(t))
		}
		if n, err := p.Sweep(ctx); err != nil || n != 0 {
			t.Errorf("a fresh blob was swept: %d, %v", n, err)
		}
		old := time.Now().Add(-25 * time.Hour)
		for _, path := range p.blobs(t) {
			must(t, os.Chtimes(path, old, old))
		}
		if n, err := p.Sweep(ctx); err != nil || n != 1 {
			t.Errorf("swept %d, %v", n, err)
		}
		if _, err := p.read(kept.ID); err != nil {
			t.Errorf("the file with a row: %v", err)
		}
	})
}

func TestDelete(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx, p, undo := context.Background(), open(t, d), errors.New("undo")
		f := p.save(t, "a.txt", text(10))
		err := d.InTx(ctx, func(ctx context.Context) error { must(t, p.Delete(ctx, f.ID)); return undo })
		if !errors.Is(err, undo) {
			t.Fatal(err)
		}
		if _, err := p.read(f.ID); err != nil {
			t.Errorf("deleted although undone: %v", err)
		}
		must(t, p.Delete(ctx, f.ID))
		p.checkEmpty(t)
		if err := p.Delete(ctx, f.ID); !errors.Is(err, files.ErrNotFound) {
			t.Errorf("once more: %v", err)
		}
	})
}

func TestStoreThatIsGone(t *testing.T) {
	p := open(t, dbtest.Open(t, sources))
	must(t, os.RemoveAll(p.folder))
	must(t, os.WriteFile(p.folder, nil, 0o600)) // a file where the folder was
	if _, err := p.Save(context.Background(), "a.txt", "", bytes.NewReader(text(10)), "o"); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("error %v", err)
	}
}

func BenchmarkSave1MB(b *testing.B) {
	dbtest.Bench(b, sources, func(b *testing.B, d *db.DB) {
		p, content := open(b, d), text(1<<20)
		b.SetBytes(1 << 20)
		for b.Loop() {
			p.save(b, "a.txt", content)
		}
	})
}
