package typeset_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"yimen/ofd"
	"yimen/ofd/fonts"
	"yimen/ofd/typeset"
)

var serif = typeset.Style{Faces: []*fonts.Face{fonts.Serif, fonts.Sans}, Size: ofd.Points(16)}

// licence sets a page as a licence has it: a title, fields and a paragraph, and a watermark above.
func licence(t testing.TB) *ofd.Document {
	t.Helper()
	s := typeset.New()
	d := &ofd.Document{
		Info: ofd.Info{DocID: "220c5913ebfe4f6e8070dabd3647f157", Title: "劳务派遣经营许可证", Created: "2026-11-23"},
		Area: ofd.Area{Physical: ofd.A4},
	}
	var list []ofd.Object
	add := func(o []ofd.Object, err error) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, o...)
	}
	title := serif
	title.Faces, title.Size = []*fonts.Face{fonts.SerifBold}, ofd.Points(22)
	set, _, err := s.Paragraph(title, ofd.Box{X: 20, Y: 30, W: 170, H: 20}, typeset.Centre, "劳务派遣经营许可证")
	add(set, err)
	for i, f := range []string{"单位名称：韶关市浈江区某某人力资源有限公司", "统一社会信用代码：91440203MA4U000107", "法定代表人：陈大文", "有效期限：2026年11月23日至2029年11月22日"} {
		add(s.Line(serif, 28, 70+float64(i)*12, f))
	}
	body := serif
	body.Pitch, body.Leading = 156.0/28, 225.0/22
	set, _, err = s.Paragraph(body, ofd.Box{X: 28, Y: 130, W: 156, H: 120}, typeset.Left,
		strings.Repeat("根据《中华人民共和国劳动合同法》《劳务派遣行政许可实施办法》，经审查，准予从事劳务派遣业务。", 4))
	add(set, err)
	mark := typeset.Style{Faces: serif.Faces, Size: 6, Fill: ofd.RGB(128, 128, 128)}
	mark.Fill.Color.A = 60
	note, err := s.Watermark(mark, ofd.A4, "仅供办理社会保险登记使用")
	if err != nil {
		t.Fatal(err)
	}
	d.Pages = []ofd.Page{{Layers: []ofd.Layer{{Objects: list}}, Annotations: []ofd.Annotation{note}}}
	if err := s.Embed(d); err != nil {
		t.Fatal(err)
	}
	return d
}

func written(t testing.TB, d *ofd.Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := ofd.Write(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestALicenceIsSmallAndReadAgain(t *testing.T) {
	file := written(t, licence(t))
	if len(file) > 60<<10 {
		t.Errorf("a page takes %d bytes", len(file))
	}
	if !bytes.Equal(file, written(t, licence(t))) {
		t.Error("the same page gives other bytes")
	}
	d, err := ofd.ReadFile(bytes.NewReader(file), int64(len(file)))
	if err != nil || len(d.Warnings) > 0 {
		t.Fatalf("%v, %v", err, d.Warnings)
	}
	text := strings.ReplaceAll(d.Text(&d.Pages[0]), "\n", "")
	for _, want := range []string{"劳务派遣经营许可证", "91440203MA4U000107", "2029年11月22日", "经审查，准予从事"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not on the page: %s", want, text)
		}
	}
	if len(d.Pages[0].Annotations) != 1 || d.Pages[0].Annotations[0].Type != ofd.Watermark {
		t.Errorf("the watermark is %+v", d.Pages[0].Annotations)
	}
}

// TestEveryGlyphIsTheCharactersOwn looks at the file as a stranger would: the embedded font parsed, and for every character
// the glyph the text names is the one whose shape the whole face has for it.
func TestEveryGlyphIsTheCharactersOwn(t *testing.T) {
	file := written(t, licence(t))
	d, err := ofd.ReadFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	whole := map[string]*fonts.Face{"Noto Serif SC": fonts.Serif, "Noto Serif SC true": fonts.SerifBold, "Noto Sans SC": fonts.Sans}
	seen := 0
	for _, l := range d.Pages[0].Layers {
		for _, o := range l.Objects {
			text := o.(*ofd.Text)
			f, ok := d.Font(text.Font)
			if !ok {
				t.Fatalf("no font %d", text.Font)
			}
			sub, err := fonts.Parse(f.Name, f.Data)
			if err != nil {
				t.Fatal(err)
			}
			name := f.Name
			if f.Bold {
				name += " true"
			}
			face := whole[name]
			i := 0
			for _, c := range text.Runs[0].Text {
				g := text.Glyphs[0].Glyphs[i]
				was, _ := face.Glyph(c)
				if a, b := face.Outline(was), sub.Outline(g); fmt.Sprint(a) != fmt.Sprint(b) {
					t.Errorf("%c is shown by another glyph", c)
				}
				i++
				seen++
			}
		}
	}
	if seen < 250 {
		t.Errorf("only %d characters looked at", seen)
	}
}

func TestStepsAreThoseOfTheFace(t *testing.T) {
	s := typeset.New()
	list, err := s.Line(serif, 20, 50, "韶关2026年")
	if err != nil || len(list) != 1 {
		t.Fatalf("%d objects, %v", len(list), err)
	}
	text := list[0].(*ofd.Text)
	sum := 0.0
	for i, c := range []rune("韶关2026")[:6] {
		want, _ := fonts.Serif.Advance(c)
		if got := text.Runs[0].DeltaX[i]; math.Abs(got-want*serif.Size) > 2e-4 {
			t.Errorf("after %c: %.4f, want %.4f", c, got, want*serif.Size)
		}
		sum += text.Runs[0].DeltaX[i]
	}
	if x, y := text.Boundary.X+text.Runs[0].X, text.Boundary.Y+text.Runs[0].Y; math.Abs(x-20) > 1e-9 || math.Abs(y-50) > 1e-9 {
		t.Errorf("the first glyph stands at %v, %v", x, y)
	}
	grid := serif
	grid.Pitch = 5.571
	list, err = s.Line(grid, 0, 10, "一二三")
	if err != nil || list[0].(*ofd.Text).Runs[0].DeltaX[1] != 5.571 {
		t.Errorf("on a grid: %+v, %v", list[0], err)
	}
}

func TestAMissingCharacterIsNamedAndNothingIsSet(t *testing.T) {
	s := typeset.New()
	list, err := s.Line(serif, 0, 10, "张\U000F0000三")
	var missing *fonts.MissingError
	if !errors.As(err, &missing) || len(missing.Runes) != 1 || missing.Runes[0] != 0xF0000 || list != nil {
		t.Errorf("%v, %v", list, err)
	}
}

func TestATextThatDoesNotFitIsRefused(t *testing.T) {
	s := typeset.New()
	_, _, err := s.Paragraph(serif, ofd.Box{X: 0, Y: 0, W: 50, H: 15}, typeset.Left, strings.Repeat("韶关", 40))
	var over *typeset.OverflowError
	if !errors.As(err, &over) || over.Line == 0 {
		t.Errorf("%v", err)
	}
}

func BenchmarkSetAndWriteAPage(b *testing.B) {
	for b.Loop() {
		written(b, licence(b))
	}
}

func Example() {
	s := typeset.New()
	style := typeset.Style{Faces: []*fonts.Face{fonts.Serif}, Size: ofd.Points(16)}
	line, err := s.Line(style, 28, 50, "韶关市人民政府")
	if err != nil {
		fmt.Println(err)
		return
	}
	doc := &ofd.Document{
		Info:  ofd.Info{DocID: "220c5913ebfe4f6e8070dabd3647f157"},
		Area:  ofd.Area{Physical: ofd.A4},
		Pages: []ofd.Page{{Layers: []ofd.Layer{{Objects: line}}}},
	}
	if err := s.Embed(doc); err != nil {
		fmt.Println(err)
		return
	}
	var file bytes.Buffer
	if err := ofd.Write(&file, doc); err != nil {
		fmt.Println(err)
		return
	}
	again, err := ofd.ReadFile(bytes.NewReader(file.Bytes()), int64(file.Len()))
	fmt.Print(again.Text(&again.Pages[0]), err)
	// Output:
	// 韶关市人民政府
	// <nil>
}
