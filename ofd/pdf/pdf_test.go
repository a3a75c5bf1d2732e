package pdf

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"yimen/ofd"
	"yimen/ofd/fonts"
	"yimen/ofd/render"
	"yimen/ofd/typeset"
)

func TestMain(m *testing.M) {
	fonts.UseFangSong("../fonts/fandol/" + fonts.FangSongFile)
	os.Exit(m.Run())
}

// run runs a program of Debian's packages poppler-utils or qpdf, which scripts/setup installs.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// lines is what the page of the tests says: both faces, 仿宋, characters that share a glyph, Latin, a character beyond the first plane.
var lines = []struct {
	face *fonts.Face
	size float64
	text string
}{
	{fonts.SerifBold, 8, "劳务派遣经营许可证"},
	{fonts.Serif, 4.5, "单位名称：韶关市人民服务有限公司（浈江区）"},
	{fonts.Sans, 4.5, "Licence No. 440200-2026/0017, 2026年11月23日"},
	{fonts.FangSong, 5.6, "根据《劳务派遣行政许可实施办法》，准予许可。"},
	{fonts.Serif, 4.5, "人⼈民⺠"},
	{fonts.Serif, 4.5, "𠅤"},
}

func licence(t testing.TB) *ofd.Document {
	t.Helper()
	set := typeset.New()
	d := &ofd.Document{
		Info: ofd.Info{DocID: "0123456789abcdef0123456789abcdef", Title: "许可证（样张）", Author: "韶关市", Created: "2026-11-23"},
		Area: ofd.Area{Physical: ofd.Box{W: 210, H: 297}},
	}
	var objects []ofd.Object
	for i, l := range lines {
		if len(l.face.Missing(l.text)) > 0 {
			t.Fatalf("%s lacks %q", l.face.Name, l.face.Missing(l.text))
		}
		list, err := set.Line(typeset.Style{Faces: []*fonts.Face{l.face, fonts.Serif}, Size: l.size}, 30, 40+15*float64(i), l.text)
		if err != nil {
			t.Fatal(err)
		}
		objects = append(objects, list...)
	}
	frame := &ofd.Path{Graphic: ofd.Graphic{Boundary: ofd.Box{W: 210, H: 297}, Line: &ofd.Line{Width: 0.5, MiterLimit: 3}}, Stroke: ofd.RGB(200, 0, 0), Outline: ofd.Rect(15, 20, 180, 250)}
	objects = append(objects, frame)
	d.Pages = []ofd.Page{{Layers: []ofd.Layer{{Objects: objects}}}}
	if err := set.Embed(d); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := ofd.Write(&file, d); err != nil {
		t.Fatal(err)
	}
	back, err := ofd.ReadFile(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return back
}

func save(t *testing.T, data []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "page.pdf")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestOthersAcceptIt asks qpdf, pdftotext, pdffonts and pdfinfo.
func TestOthersAcceptIt(t *testing.T) {
	d := licence(t)
	data, report, err := Write(d, Options{})
	if err != nil || len(report.Substituted)+len(report.Missing)+len(report.Skipped) > 0 {
		t.Fatal(err, report)
	}
	if again, _, _ := Write(d, Options{}); !bytes.Equal(again, data) {
		t.Error("the same document gives other bytes")
	}
	if len(data) > 60_000 {
		t.Errorf("%d bytes", len(data))
	}
	t.Logf("%d bytes", len(data))
	name := save(t, data)
	run(t, "qpdf", "--check", "--warning-exit-0", name)
	if out := run(t, "qpdf", "--check", name); strings.Contains(out, "WARNING") {
		t.Errorf("qpdf: %s", out)
	}
	var want []string
	for _, l := range lines {
		want = append(want, l.text)
	}
	got := strings.TrimSpace(run(t, "pdftotext", "-layout", name, "-"))
	var have []string
	for l := range strings.SplitSeq(got, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			have = append(have, l)
		}
	}
	if strings.Join(have, "\n") != strings.Join(want, "\n") {
		t.Errorf("copied text:\n%s\nwritten:\n%s", strings.Join(have, "\n"), strings.Join(want, "\n"))
	}
	table := strings.Split(strings.TrimSpace(run(t, "pdffonts", name)), "\n")[2:]
	if len(table) != 4 {
		t.Errorf("%d fonts: %v", len(table), table)
	}
	for _, l := range table {
		f := strings.Fields(l)
		if n := len(f); strings.Join(f[n-5:n-2], " ") != "yes yes yes" || f[0][6] != '+' {
			t.Errorf("not an embedded subset with a map of characters: %s", l)
		}
	}
	info := run(t, "pdfinfo", name)
	for _, want := range []string{"许可证（样张）", "韶关市", "595.276 x 841.89 pts (A4)", "1.7", "Nov 23"} {
		if !strings.Contains(info, want) {
			t.Errorf("pdfinfo lacks %q:\n%s", want, info)
		}
	}
}

// TestThePictureIsTheSame compares where ink lies in our picture of the OFD page and in poppler's of the PDF, line by line.
func TestThePictureIsTheSame(t *testing.T) {
	const dpi = 200
	d := licence(t)
	data, _, err := Write(d, Options{})
	if err != nil {
		t.Fatal(err)
	}
	name := save(t, data)
	run(t, "pdftoppm", "-r", fmt.Sprint(dpi), "-png", "-singlefile", name, strings.TrimSuffix(name, ".pdf"))
	file, err := os.Open(strings.TrimSuffix(name, ".pdf") + ".png")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	theirs, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	ours, _, err := render.Image(d, 0, render.Options{DPI: dpi})
	if err != nil {
		t.Fatal(err)
	}
	k := dpi / 25.4
	for i, l := range lines {
		y := 40 + 15*float64(i)
		within := image.Rect(int(20*k), int((y-10)*k), int(190*k), int((y+4)*k))
		a, b := ink(ours, within), ink(theirs, within)
		if a.Empty() || b.Empty() {
			t.Errorf("%q: no ink: %v, %v", l.text, a, b)
			continue
		}
		for j, d := range []int{a.Min.X - b.Min.X, a.Min.Y - b.Min.Y, a.Max.X - b.Max.X, a.Max.Y - b.Max.Y} {
			if math.Abs(float64(d))/k > 0.3 {
				t.Errorf("%q: side %d is off by %.2f mm", l.text, j, float64(d)/k)
			}
		}
	}
	frame := image.Rect(int(10*k), int(15*k), int(200*k), int(280*k))
	if a, b := ink(ours, frame), ink(theirs, frame); math.Abs(float64(a.Dx()-b.Dx()))/k > 0.3 || math.Abs(float64(a.Dy()-b.Dy()))/k > 0.3 {
		t.Errorf("the frame is %v and %v", a, b)
	}
}

func ink(img image.Image, within image.Rectangle) image.Rectangle {
	hull := image.Rectangle{}
	for y := within.Min.Y; y < within.Max.Y; y++ {
		for x := within.Min.X; x < within.Max.X; x++ {
			if g := color.GrayModel.Convert(img.At(x, y)).(color.Gray); g.Y < 128 {
				hull = hull.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return hull
}

// TestEverythingThatCanBePainted: paths, runs of colours, transparency, clips, pictures, stamps — as poppler sees them.
func TestEverythingThatCanBePainted(t *testing.T) {
	red, blue := color.NRGBA{255, 0, 0, 255}, color.NRGBA{0, 0, 255, 255}
	full := ofd.Box{W: 40, H: 40}
	block := func(x, y float64, change func(*ofd.Path)) *ofd.Path {
		p := &ofd.Path{Graphic: ofd.Graphic{Boundary: full}, Outline: ofd.Rect(x, y, 8, 8), Fill: &ofd.Paint{Color: red}}
		if change != nil {
			change(p)
		}
		return p
	}
	img := image.NewNRGBA(image.Rect(0, 0, 2, 2))
	img.SetNRGBA(0, 0, red) // above left; the rest is transparent
	img.SetNRGBA(1, 1, blue)
	var picture bytes.Buffer
	if err := png.Encode(&picture, img); err != nil {
		t.Fatal(err)
	}
	d := &ofd.Document{
		Area:     ofd.Area{Physical: full},
		Pictures: []ofd.Picture{{ID: 7, Format: "PNG", Data: picture.Bytes()}},
		Pages: []ofd.Page{{Layers: []ofd.Layer{{Objects: []ofd.Object{
			block(1, 1, nil),
			block(11, 1, func(p *ofd.Path) { p.Fade = 127 }),
			block(21, 1, func(p *ofd.Path) {
				p.Fill.Shade = &ofd.Shade{X1: 21, Y1: 0, X2: 29, Y2: 0, Stops: []ofd.Stop{{At: 0, Color: red}, {At: 1, Color: blue}}}
			}),
			block(31, 1, func(p *ofd.Path) {
				p.Clips = []ofd.Clip{{Parts: []ofd.ClipPart{{Path: &ofd.Path{Graphic: ofd.Graphic{Boundary: full}, Outline: ofd.Rect(31, 1, 4, 8)}}}}}
			}),
			ofd.NewImage(7, ofd.Box{X: 1, Y: 11, W: 8, H: 8}),
		}}}}},
	}
	stamps := map[int][]render.Stamp{0: {{Box: ofd.Box{X: 11, Y: 11, W: 8, H: 8}, Format: "PNG", Data: picture.Bytes(), Clip: &ofd.Box{W: 8, H: 4}}}}
	data, report, err := Write(d, Options{Stamps: stamps})
	if err != nil || len(report.Skipped) > 0 {
		t.Fatal(err, report)
	}
	name := save(t, data)
	run(t, "qpdf", "--check", name)
	run(t, "pdftoppm", "-r", "254", "-png", "-singlefile", name, strings.TrimSuffix(name, ".pdf"))
	file, err := os.Open(strings.TrimSuffix(name, ".pdf") + ".png")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	theirs, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	o := render.Options{DPI: 254}
	o.Stamps = stamps[0]
	ours, _, err := render.Image(d, 0, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range [][2]float64{{5, 5}, {15, 5}, {22, 5}, {28, 5}, {33, 5}, {38, 5}, {2, 12}, {2, 18}, {8, 18}, {12, 12}, {18, 18}, {39, 39}} {
		a := color.NRGBAModel.Convert(theirs.At(int(at[0]*10), int(at[1]*10))).(color.NRGBA)
		b := color.NRGBAModel.Convert(ours.At(int(at[0]*10), int(at[1]*10))).(color.NRGBA)
		off := func(x, y uint8) float64 { return math.Abs(float64(x) - float64(y)) }
		if off(a.R, b.R)+off(a.G, b.G)+off(a.B, b.B) > 24 {
			t.Errorf("at %v poppler sees %v, we %v", at, a, b)
		}
	}
}

// TestSamples writes what other people's programs wrote.
func TestSamples(t *testing.T) {
	files, _ := filepath.Glob("../testdata/samples/*.ofd")
	if len(files) < 4 {
		t.Fatal("samples are not there")
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		d, err := ofd.ReadFile(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		data, _, err := Write(d, Options{})
		if err != nil {
			t.Fatal(name, err)
		}
		file := save(t, data)
		run(t, "qpdf", "--check", file)
		runes := func(s string) map[rune]int {
			m := map[rune]int{}
			for _, r := range strings.Join(strings.Fields(s), "") {
				m[r]++
			}
			return m
		}
		want := ""
		for i := range d.Pages {
			want += d.Text(&d.Pages[i])
		}
		got := runes(run(t, "pdftotext", file, "-"))
		for r, n := range runes(want) {
			if got[r] != n {
				t.Errorf("%s: %c stands %d times, not %d", name, r, got[r], n)
			}
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	data, err := os.ReadFile("../testdata/samples/v4signed.ofd")
	if err != nil {
		b.Fatal(err)
	}
	d, err := ofd.ReadFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, _, err := Write(d, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
