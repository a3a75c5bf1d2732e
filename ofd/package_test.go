package ofd

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func sample(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "samples", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAPackageIsWrittenAgainByteForByte(t *testing.T) {
	before := sample(t, "v4signed.ofd")
	p, err := OpenBytes(before)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Put("/Doc_0/Signs/Sign_1/Seal.esl", []byte("seal")); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := p.Write(&out); err != nil {
		t.Fatal(err)
	}
	q, err := OpenBytes(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(q.Files()), len(p.Files()); got != want || want != 17 {
		t.Fatalf("%d files, want %d", got, want)
	}
	for _, name := range p.Files() {
		a, err := p.Bytes(name)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := q.Bytes(name); err != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs: %v", name, err)
		}
	}
	// The packed bytes are the same too, not only what they unpack to.
	was, is := rawEntries(t, before), rawEntries(t, out.Bytes())
	for name, raw := range was {
		if !bytes.Equal(raw, is[name]) {
			t.Errorf("%s was packed anew", name)
		}
	}
	var again bytes.Buffer
	if err := p.Write(&again); err != nil || !bytes.Equal(out.Bytes(), again.Bytes()) {
		t.Errorf("the same package gives other bytes: %v", err)
	}
}

func rawEntries(t *testing.T, b []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, f := range z.File {
		at, err := f.DataOffset()
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name] = b[at : at+int64(f.CompressedSize64)]
	}
	return all
}

func TestPathsAreFoundInWrongCase(t *testing.T) {
	p, err := OpenBytes(sample(t, "v4signed.ofd"))
	if err != nil {
		t.Fatal(err)
	}
	at := Resolve("Doc_0/Document.xml", "TPLS/Tpl_0/Content.xml")
	if got, ok := p.Find(at); !ok || got != "Doc_0/Tpls/Tpl_0/Content.xml" {
		t.Errorf("%s is found as %q", at, got)
	}
	for _, c := range []struct{ from, loc, want string }{
		{"Doc_0/Document.xml", "PublicRes.xml", "Doc_0/PublicRes.xml"},
		{"/Doc_0/Document.xml", "/Doc_0/Signs/Signatures.xml", "Doc_0/Signs/Signatures.xml"},
		{"Doc_0/Pages/Page_0/Content.xml", "../../PublicRes.xml", "Doc_0/PublicRes.xml"},
		{"Doc_0/Document.xml", "../../../../etc/passwd", "etc/passwd"}, // the package is all there is
		{"OFD.xml", `Doc_0\Document.xml`, "Doc_0/Document.xml"},
	} {
		if got := Resolve(c.from, c.loc); got != c.want {
			t.Errorf("%s from %s: %s, want %s", c.loc, c.from, got, c.want)
		}
	}
}

// archive packs entries as they come, with whatever names.
func archive(t testing.TB, add func(z *zip.Writer)) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add(z)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func put(t testing.TB, z *zip.Writer, h zip.FileHeader, body []byte) {
	t.Helper()
	w, err := z.CreateHeader(&h)
	if err == nil {
		_, err = w.Write(body)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestUnsafeArchivesAreRefused(t *testing.T) {
	named := func(names ...string) []byte {
		return archive(t, func(z *zip.Writer) {
			for _, n := range append([]string{"OFD.xml"}, names...) {
				put(t, z, zip.FileHeader{Name: n, Method: zip.Deflate}, []byte("<a/>"))
			}
		})
	}
	link := archive(t, func(z *zip.Writer) {
		h := zip.FileHeader{Name: "link"}
		h.SetMode(fs.ModeSymlink | 0o777)
		put(t, z, h, []byte("/etc/passwd"))
	})
	bomb := archive(t, func(z *zip.Writer) {
		put(t, z, zip.FileHeader{Name: "OFD.xml", Method: zip.Deflate}, bytes.Repeat([]byte{' '}, 8<<20))
	})
	many := archive(t, func(z *zip.Writer) {
		for i := range DefaultLimits.Files + 1 {
			put(t, z, zip.FileHeader{Name: fmt.Sprintf("%d", i)}, nil)
		}
	})
	good := named()
	for _, c := range []struct {
		what string
		file []byte
		kind error
		says string
	}{
		{"nothing", nil, ErrNotOFD, ""},
		{"a PDF", []byte("%PDF-1.7 and so on and so on"), ErrNotOFD, ""},
		{"an archive of something else", archive(t, func(z *zip.Writer) { put(t, z, zip.FileHeader{Name: "a"}, nil) }), ErrNotOFD, "OFD.xml"},
		{"a way up", named("../a"), ErrUnsafe, "../a"},
		{"a way up inside", named("Doc_0/../../a"), ErrUnsafe, "Doc_0/../../a"},
		{"an absolute path", named("/etc/passwd"), ErrUnsafe, "/etc/passwd"},
		{"a drive", named(`C:\a`), ErrUnsafe, "C:/a"},
		{"one name twice", named("a.xml", "a.xml"), ErrUnsafe, "a.xml"},
		{"a link", link, ErrUnsafe, "link"},
		{"a file that grows too much", bomb, ErrLimit, "OFD.xml"},
		{"too many files", many, ErrLimit, "files"},
		{"bytes before the archive", append([]byte("MZ"), good...), ErrUnsafe, ""},
		{"half an archive", good[:len(good)/2], ErrNotOFD, ""},
	} {
		_, err := OpenBytes(c.file)
		if !errors.Is(err, c.kind) || !strings.Contains(fmt.Sprint(err), c.says) {
			t.Errorf("%s: %v, want %v naming %q", c.what, err, c.kind, c.says)
		}
	}
	if _, err := OpenBytes(good); err != nil {
		t.Errorf("a good one: %v", err)
	}
	if _, err := OpenWithin(bytes.NewReader(good), int64(len(good)), Limits{Total: 3}); !errors.Is(err, ErrLimit) {
		t.Errorf("four bytes within a limit of three: %v", err)
	}
}

func TestAFileThatLiesAboutItsSizeIsRefused(t *testing.T) {
	file := archive(t, func(z *zip.Writer) {
		put(t, z, zip.FileHeader{Name: "OFD.xml", Method: zip.Deflate}, bytes.Repeat([]byte("<a/>"), 1000))
	})
	at := bytes.LastIndex(file, []byte("PK\x01\x02")) // the directory says 10 bytes
	copy(file[at+24:], []byte{10, 0, 0, 0})
	p, err := OpenBytes(file)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := p.Bytes("OFD.xml"); !errors.Is(err, ErrBroken) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}

func TestFilesThatShareBytesAreRefused(t *testing.T) {
	file := archive(t, func(z *zip.Writer) {
		put(t, z, zip.FileHeader{Name: "OFD.xml"}, []byte("<a/>"))
		put(t, z, zip.FileHeader{Name: "b.xml"}, []byte("<b/>"))
	})
	at := bytes.LastIndex(file, []byte("PK\x01\x02"))
	copy(file[at+42:], []byte{0, 0, 0, 0}) // b.xml is where OFD.xml is
	if _, err := OpenBytes(file); !errors.Is(err, ErrUnsafe) {
		t.Errorf("%v", err)
	}
}

func TestOutlinesAreReadAndWritten(t *testing.T) {
	const s = "M 0 0.2 L 73 0.2 Q 1 2 3 4 B 1 2 3 4 5 6 A 5 5 0 1 0 -10.5 3 C"
	o, err := ParseOutline(s)
	if err != nil || o.String() != s {
		t.Errorf("%q, %v", o.String(), err)
	}
	if o, err := ParseOutline("M 0 0 L 1 1 2 2\n3,3"); err != nil || len(o) != 4 {
		t.Errorf("groups after one letter: %v, %v", o, err)
	}
	for _, bad := range []string{"1 2", "M 1", "L 1 2 3", "X 1 2", "M 1e99 0", "C 1", "M NaN 0", "M 0 0 L 1 M 1 1"} {
		if o, err := ParseOutline(bad); err == nil {
			t.Errorf("%q is read as %v", bad, o)
		}
	}
}
