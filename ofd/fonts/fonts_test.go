package fonts

import (
	"bytes"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestMain(m *testing.M) {
	UseFangSong("fandol/" + FangSongFile)
	os.Exit(m.Run())
}

var all = []*Face{Serif, SerifBold, Sans, SansBold}

// TestEveryWordOfTheCityIsCovered takes every text of the sample city: divisions, outlets, departments, items, forms.
func TestEveryWordOfTheCityIsCovered(t *testing.T) {
	runes := map[rune]bool{}
	places := 0
	err := filepath.WalkDir("../../city", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.Contains(".csv .json .go", filepath.Ext(path)) {
			return err
		}
		b, err := os.ReadFile(path)
		if strings.HasSuffix(path, "divisions.csv") {
			places = bytes.Count(b, []byte("\n"))
		}
		for _, r := range string(b) {
			runes[r] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if places < 1000 || len(runes) < 1500 {
		t.Fatalf("%d divisions, %d characters: the city was not read", places, len(runes))
	}
	var text strings.Builder
	for r := range runes {
		if r != '\uFEFF' && r != '►' { // a sign of a comment
			text.WriteRune(r)
		}
	}
	for _, f := range all {
		if missing := f.Missing(text.String()); len(missing) > 0 {
			t.Errorf("%s %d lacks %s (%U)", f.Name, f.Weight, string(missing), missing)
		}
	}
	lacks := FangSong.Missing(text.String())
	if len(lacks) == 0 {
		t.Error("FandolFang lacks nothing: then the documentation is wrong")
	}
	t.Logf("%d characters; FandolFang lacks %d: %s", len(runes), len(lacks), string(lacks))
	if _, missing := Split(text.String(), FangSong, Serif); len(missing) > 0 {
		t.Errorf("with the serif behind it, still missing: %q", missing)
	}
}

func TestMissingIsNamed(t *testing.T) {
	_, err := Serif.Subset("韶\U000F0000关")
	var missing *MissingError
	if !errors.As(err, &missing) || len(missing.Runes) != 1 || missing.Runes[0] != 0xF0000 {
		t.Fatalf("err = %v", err)
	}
	if !strings.Contains(err.Error(), "U+F0000") {
		t.Errorf("%q does not name the character", err)
	}
}

func TestSplit(t *testing.T) {
	lack := FangSong.Missing("浈江区鿍")
	runs, missing := Split("甲\U00020000乙\U000F0000丙", FangSong, Serif)
	t.Log(lack, len(runs), missing)
	if string(missing) != "\U000F0000" && len(missing) != 2 {
		t.Errorf("missing %q", missing)
	}
	joined := ""
	for _, r := range runs {
		joined += r.Text
	}
	if joined != "甲\U00020000乙\U000F0000丙" {
		t.Errorf("runs join to %q", joined)
	}
	if runs, _ := Split("", Serif); len(runs) != 0 {
		t.Errorf("nothing gives %v", runs)
	}
}

// TestSubset reads each subset back: same widths, same shapes, nothing else in it.
func TestSubset(t *testing.T) {
	const text = "韶关市人民政府 ABC, 2026年11月23日（粤）€fi１２"
	for _, f := range append([]*Face{FangSong}, all...) {
		text := text
		if f == FangSong {
			text = strings.ReplaceAll(text, "€", "")
		}
		if err := f.Ready(); err != nil {
			t.Fatal(err)
		}
		s, err := f.Subset(text)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := f.Subset(text); !bytes.Equal(again.Data, s.Data) {
			t.Errorf("%s: not the same bytes twice", f.Name)
		}
		back, err := Parse("subset", s.Data)
		if err != nil {
			t.Fatal(f.Name, err)
		}
		t.Logf("%s %d: %d bytes for %d characters", f.Name, f.Weight, len(s.Data), len(s.Glyphs))
		if len(s.Data) > 30_000 {
			t.Errorf("%s: %d bytes", f.Name, len(s.Data))
		}
		for r, g := range s.Glyphs {
			got, ok := back.Glyph(r)
			old, _ := f.Glyph(r)
			if !ok || got != g || s.Old[g] != old {
				t.Errorf("%s: %c is glyph %d, map says %d", f.Name, r, got, g)
			}
			if a, b := f.GlyphAdvance(old), back.GlyphAdvance(g); a != b || a == 0 {
				t.Errorf("%s: %c is %v wide, was %v", f.Name, r, b, a)
			}
			a, b := f.Outline(old), back.Outline(g)
			if len(a) != len(b) || len(a) == 0 && r != ' ' {
				t.Errorf("%s: %c has %d strokes, had %d", f.Name, r, len(b), len(a))
				continue
			}
			for i := range a {
				if a[i] != b[i] {
					t.Errorf("%s: %c stroke %d is %v, was %v", f.Name, r, i, b[i], a[i])
					break
				}
			}
		}
		if got := back.Missing("广"); len(got) != 1 {
			t.Errorf("%s: the subset has a character nobody asked for", f.Name)
		}
	}
}

// TestShapes: every glyph of every face can be drawn and lies in a sensible box.
func TestShapes(t *testing.T) {
	for _, f := range append([]*Face{FangSong}, all...) {
		if err := f.Ready(); err != nil {
			t.Fatal(err)
		}
		drawn := 0
		for r := rune(0x4E00); r < 0x9FA5; r += 7 {
			g, ok := f.Glyph(r)
			if !ok {
				continue
			}
			o := f.Outline(g)
			l, b, rt, top := o.Box()
			if len(o) == 0 || l < -0.2 || b < -0.4 || rt > 1.2 || top > 1.2 || rt-l < 0.05 {
				t.Fatalf("%s %d: %c: %d strokes in %.2f %.2f %.2f %.2f", f.Name, f.Weight, r, len(o), l, b, rt, top)
			}
			drawn++
		}
		if drawn < 900 {
			t.Errorf("%s: only %d drawn", f.Name, drawn)
		}
	}
}

func TestWrap(t *testing.T) {
	texts := func(lines []Line) (out []string) {
		for _, l := range lines {
			out = append(out, l.Text)
		}
		return out
	}
	tests := []struct {
		name, text string
		width      float64
		want       []string
	}{
		{"full", "一二三四五六", 3, []string{"一二三", "四五六"}},
		{"no comma at the start", "一二三，四五", 3, []string{"一二", "三，四", "五"}},
		{"no bracket at the end", "一二（三四）", 3, []string{"一二", "（三", "四）"}},
		{"dash stays whole", "一二——三", 3, []string{"一", "二——", "三"}},
		{"a number stays whole", "共计 12345678 元", 5.2, []string{"共计", "12345678", "元"}},
		{"a word longer than a line is cut", "abcdefghijklmnopqrstuvwxyz", 5, nil},
		{"paragraphs", "甲\n\n乙", 3, []string{"甲", "", "乙"}},
		{"narrower than a character", "一二", 0.5, []string{"一", "二"}},
		{"nothing", "", 3, []string{""}},
		{"only marks", "，，，，，，", 2, []string{"，，", "，，", "，，"}},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			got := Wrap(c.text, Sans, 1, c.width)
			if c.want != nil && strings.Join(texts(got), "|") != strings.Join(c.want, "|") {
				t.Errorf("%q", texts(got))
			}
			joined := strings.Join(texts(got), "")
			if strings.ReplaceAll(joined, " ", "") != strings.NewReplacer(" ", "", "\n", "").Replace(c.text) {
				t.Errorf("characters were lost: %q", joined)
			}
			for _, l := range got {
				sum := 0.0
				for _, s := range l.Steps {
					sum += s
				}
				n := len([]rune(l.Text))
				if n > 1 && l.Width > c.width+1e-6 {
					t.Errorf("%q is %.2f wide", l.Text, l.Width)
				}
				if n > 0 && (len(l.Steps) != n-1 || sum > l.Width) {
					t.Errorf("%q: %d steps of %.2f in %.2f", l.Text, len(l.Steps), sum, l.Width)
				}
			}
			if !got[len(got)-1].Last {
				t.Error("the last line does not know it")
			}
		})
	}
}

func TestAdvance(t *testing.T) {
	if a, ok := Serif.Advance('韶'); !ok || a != 1 {
		t.Errorf("韶 is %v wide, %v", a, ok)
	}
	if a, ok := Sans.Advance('i'); !ok || a < 0.1 || a > 0.5 {
		t.Errorf("i is %v wide", a)
	}
	steps, width := Serif.Advances("韶关i", 5)
	if len(steps) != 2 || steps[0] != 5 || width < 11 || width > 13 {
		t.Errorf("%v %v", steps, width)
	}
	if m := Serif.Metrics(); m.Ascent < 0.8 || m.Descent > -0.1 || !m.Serif || m.Bold || math.Abs(float64(m.UnitsPerEm-1000)) > 0 {
		t.Errorf("%+v", m)
	}
}

func TestAtTheSameTime(t *testing.T) {
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for _, f := range all {
				if _, err := f.Subset("韶关市"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
}

// FuzzParse: whatever the file, nothing breaks, and drawing ends.
func FuzzParse(f *testing.F) {
	for _, face := range []*Face{Serif, FangSong} {
		s, err := face.Subset("韶关a")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(s.Data)
		f.Add(s.Data[:len(s.Data)/2])
		bare, _ := Parse("s", s.Data)
		if bare.font.cff != nil {
			f.Add(bare.font.tables["CFF "])
		}
	}
	f.Add([]byte("OTTO"))
	f.Fuzz(func(t *testing.T, data []byte) {
		face, err := Parse("f", data)
		if err != nil {
			return
		}
		for _, r := range "韶关a\U00020000" {
			g, _ := face.Glyph(r)
			face.Advance(r)
			face.Outline(g)
		}
		for g := range min(face.Glyphs(), 50) {
			face.Outline(uint16(g))
			face.GlyphAdvance(uint16(g))
		}
		face.Metrics()
	})
}

func BenchmarkSubset(b *testing.B) {
	const page = "人力资源和社会保障局劳务派遣经营许可证单位名称法定代表人注册资本住所有效期限发证机关统一社会信用代码韶关市浈江区年月日0123456789"
	if _, err := Serif.Subset(page); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Serif.Subset(page); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		f := packed("Noto Serif SC", Regular, serifRegular)
		if err := f.Ready(); err != nil {
			b.Fatal(err)
		}
	}
}
