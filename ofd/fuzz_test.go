package ofd

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fuzzLimits keep a single try small.
var fuzzLimits = Limits{Files: 200, File: 4 << 20, Total: 16 << 20, Elements: 20_000, Objects: 5_000, Pages: 50}

// survives reads a file and, when it can be read, writes and reads it again: the pages must say the same.
func survives(t *testing.T, raw []byte) {
	t.Helper()
	p, err := OpenWithin(bytes.NewReader(raw), int64(len(raw)), fuzzLimits)
	var d *Document
	if err == nil {
		d, err = Read(p)
	}
	if err != nil {
		var named *Error
		if !errors.As(err, &named) {
			t.Fatalf("an error of another kind: %v", err)
		}
		return
	}
	var out bytes.Buffer
	if Write(&out, d) != nil {
		return // read leniently, refused to be written
	}
	again, err := ReadFile(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatalf("what was written cannot be read: %v", err)
	}
	for i := range d.Pages {
		if a, b := d.Text(&d.Pages[i]), again.Text(&again.Pages[i]); a != b {
			t.Fatalf("page %d says %q after %q", i, b, a)
		}
	}
}

func samples(t testing.TB) map[string][]byte {
	t.Helper()
	list, err := filepath.Glob(filepath.Join("testdata", "samples", "*.ofd"))
	if err != nil || len(list) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	all := map[string][]byte{}
	for _, name := range list {
		if all[name], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	all["ours"] = pack(t, everything(t))
	return all
}

func FuzzFile(f *testing.F) {
	for _, b := range samples(f) {
		f.Add(b)
	}
	f.Fuzz(survives)
}

func FuzzPage(f *testing.F) {
	for _, b := range samples(f) {
		p, err := OpenBytes(b)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range p.Files() {
			if raw, err := p.Bytes(name); err == nil && strings.HasSuffix(name, "Content.xml") {
				f.Add(raw)
			}
		}
	}
	f.Add([]byte(page(oneText)))
	f.Fuzz(func(t *testing.T, content []byte) {
		survives(t, vendor(t, "OFD.xml", entryXML, "Doc_0/Document.xml", rootXML, "Doc_0/PublicRes.xml", resXML, "Doc_0/Content.xml", string(content)))
	})
}

func FuzzOutline(f *testing.F) {
	f.Add("M 0 0.2 L 73 0.2 Q 1 2 3 4 B 1 2 3 4 5 6 A 5 5 0 1 0 -10.5 3 C")
	f.Fuzz(func(t *testing.T, s string) {
		o, err := ParseOutline(s)
		if err != nil {
			return
		}
		again, err := ParseOutline(o.String())
		if err != nil || len(again) != len(o) || again.String() != o.String() {
			t.Fatalf("%q becomes %q: %v", s, o.String(), err)
		}
	})
}

// TestDamagedFilesAreRefusedOrRead spoils the samples a little in many ways: bytes of the archive, and words of the XML in it.
func TestDamagedFilesAreRefusedOrRead(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	words := []string{"", "-1", "0", "1e9", "99999999999999999999", "NaN", "g 9999999 1", "<", "&#0;", "../..", "true", "Path", "\xff", `"`}
	for _, raw := range samples(t) {
		for range 60 {
			b := bytes.Clone(raw)
			for range 1 + dice.IntN(4) {
				b[dice.IntN(len(b))] = byte(dice.Uint32())
			}
			survives(t, b)
		}
		p, err := OpenBytes(raw)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range p.Files() {
			was, err := p.Bytes(name)
			if err != nil || !strings.HasSuffix(name, ".xml") {
				continue
			}
			for range 12 {
				at := dice.IntN(len(was))
				cut := min(len(was), at+dice.IntN(12))
				spoilt := append(append(bytes.Clone(was[:at]), words[dice.IntN(len(words))]...), was[cut:]...)
				var files []string
				for _, other := range p.Files() {
					body, _ := p.Bytes(other)
					if other == name {
						body = spoilt
					}
					files = append(files, other, string(body))
				}
				survives(t, vendor(t, files...))
			}
		}
	}
}
