package render

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yimen/ofd"
	"yimen/ofd/fonts"
	"yimen/ofd/internal/draw"
)

func TestMain(m *testing.M) {
	fonts.UseFangSong("../fonts/fandol/" + fonts.FangSongFile)
	os.Exit(m.Run())
}

// millimetre draws with one point a millimetre, so that tests can name points.
var millimetre = Options{DPI: 25.4}

// sheet makes a document of one page of 40 × 30 mm.
func sheet(objects ...ofd.Object) *ofd.Document {
	return &ofd.Document{
		Area:  ofd.Area{Physical: ofd.Box{W: 40, H: 30}},
		Pages: []ofd.Page{{ID: 1, Layers: []ofd.Layer{{Objects: objects}}}},
	}
}

func path(outline ofd.Outline, change func(*ofd.Path)) *ofd.Path {
	p := &ofd.Path{Graphic: ofd.Graphic{Boundary: ofd.Box{W: 40, H: 30}}, Outline: outline, Fill: ofd.RGB(255, 0, 0)}
	if change != nil {
		change(p)
	}
	return p
}

var (
	white = color.NRGBA{255, 255, 255, 255}
	red   = color.NRGBA{255, 0, 0, 255}
	blue  = color.NRGBA{0, 0, 255, 255}
	half  = color.NRGBA{255, 128, 128, 255}
)

func near(a, b color.NRGBA) bool {
	d := func(x, y uint8) int { return int(math.Abs(float64(x) - float64(y))) }
	return d(a.R, b.R) < 4 && d(a.G, b.G) < 4 && d(a.B, b.B) < 4
}

func pictureOf(t *testing.T, c color.NRGBA) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 8, 8))
	for i := range 64 {
		img.SetNRGBA(i%8, i/8, c)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWhatIsPainted(t *testing.T) {
	square := ofd.Rect(10, 10, 10, 10)
	ring := append(append(ofd.Outline{}, ofd.Rect(5, 5, 20, 20)...), ofd.Rect(10, 10, 10, 10)...)
	tests := []struct {
		name   string
		object ofd.Object
		points map[image.Point]color.NRGBA
	}{
		{"fill", path(square, nil), map[image.Point]color.NRGBA{{10, 10}: red, {19, 19}: red, {9, 15}: white, {20, 15}: white, {15, 9}: white, {15, 20}: white}},
		{"non-zero", path(ring, nil), map[image.Point]color.NRGBA{{15, 15}: red, {6, 6}: red}},
		{"even-odd", path(ring, func(p *ofd.Path) { p.EvenOdd = true }), map[image.Point]color.NRGBA{{15, 15}: white, {6, 6}: red}},
		{"alpha", path(square, func(p *ofd.Path) { p.Fade = 128 }), map[image.Point]color.NRGBA{{15, 15}: half}},
		{"colour's alpha", path(square, func(p *ofd.Path) { p.Fill.Color.A = 127 }), map[image.Point]color.NRGBA{{15, 15}: half}},
		{"hidden", path(square, func(p *ofd.Path) { p.Hidden = true }), map[image.Point]color.NRGBA{{15, 15}: white}},
		{"boundary cuts", path(ofd.Rect(-5, -5, 100, 100), func(p *ofd.Path) { p.Boundary = ofd.Box{X: 10, Y: 10, W: 5, H: 5} }),
			map[image.Point]color.NRGBA{{12, 12}: red, {9, 12}: white, {15, 12}: white}},
		{"matrix", path(ofd.Rect(0, 0, 1, 1), func(p *ofd.Path) { p.CTM = &ofd.Matrix{10, 0, 0, 5, 20, 2} }),
			map[image.Point]color.NRGBA{{20, 2}: red, {29, 6}: red, {30, 6}: white, {29, 7}: white}},
		{"stroke", path(ofd.Stretch(5, 15, 35, 15), func(p *ofd.Path) {
			p.Fill, p.Stroke, p.Line = nil, ofd.RGB(0, 0, 255), &ofd.Line{Width: 4}
		}), map[image.Point]color.NRGBA{{5, 13}: blue, {34, 16}: blue, {20, 12}: white, {20, 17}: white, {4, 15}: white, {35, 15}: white}},
		{"square caps", path(ofd.Stretch(5, 15, 35, 15), func(p *ofd.Path) {
			p.Fill, p.Stroke, p.Line = nil, ofd.RGB(0, 0, 255), &ofd.Line{Width: 4, Cap: ofd.SquareCap}
		}), map[image.Point]color.NRGBA{{3, 14}: blue, {36, 14}: blue, {2, 14}: white, {37, 14}: white}},
		{"dashes", path(ofd.Stretch(0, 15, 40, 15), func(p *ofd.Path) {
			p.Fill, p.Stroke, p.Line = nil, ofd.RGB(0, 0, 255), &ofd.Line{Width: 4, Dash: []float64{5, 10}}
		}), map[image.Point]color.NRGBA{{2, 15}: blue, {7, 15}: white, {14, 15}: white, {17, 15}: blue, {22, 15}: white}},
		{"mitre", path(ofd.Outline{{Op: 'M', Args: [7]float64{10, 25}}, {Op: 'L', Args: [7]float64{10, 10}}, {Op: 'L', Args: [7]float64{30, 10}}}, func(p *ofd.Path) {
			p.Fill, p.Stroke, p.Line = nil, ofd.RGB(0, 0, 255), &ofd.Line{Width: 4, MiterLimit: 4}
		}), map[image.Point]color.NRGBA{{8, 8}: blue, {7, 8}: white}},
		{"bevel", path(ofd.Outline{{Op: 'M', Args: [7]float64{10, 25}}, {Op: 'L', Args: [7]float64{10, 10}}, {Op: 'L', Args: [7]float64{30, 10}}}, func(p *ofd.Path) {
			p.Fill, p.Stroke, p.Line = nil, ofd.RGB(0, 0, 255), &ofd.Line{Width: 4, Join: ofd.Bevel}
		}), map[image.Point]color.NRGBA{{8, 8}: white, {9, 9}: blue}},
		{"arc", path(ofd.Outline{{Op: 'M', Args: [7]float64{10, 15}}, {Op: 'A', Args: [7]float64{10, 10, 0, 0, 1, 30, 15}}, {Op: 'C'}}, nil),
			map[image.Point]color.NRGBA{{20, 6}: red, {20, 14}: red, {20, 16}: white, {11, 6}: white}},
		{"clip", path(ofd.Rect(0, 0, 40, 30), func(p *ofd.Path) {
			p.Clips = []ofd.Clip{{Parts: []ofd.ClipPart{{Path: path(square, nil)}}}}
		}), map[image.Point]color.NRGBA{{15, 15}: red, {5, 5}: white}},
		{"clip that is turned", path(ofd.Rect(0, 0, 40, 30), func(p *ofd.Path) {
			diamond := ofd.Outline{{Op: 'M', Args: [7]float64{20, 5}}, {Op: 'L', Args: [7]float64{30, 15}}, {Op: 'L', Args: [7]float64{20, 25}}, {Op: 'L', Args: [7]float64{10, 15}}, {Op: 'C'}}
			p.Clips = []ofd.Clip{{Parts: []ofd.ClipPart{{Path: path(diamond, nil)}}}}
		}), map[image.Point]color.NRGBA{{20, 15}: red, {12, 8}: white, {28, 22}: white}},
		{"shade", path(ofd.Rect(0, 0, 40, 30), func(p *ofd.Path) {
			p.Fill.Shade = &ofd.Shade{X1: 10, X2: 30, ExtendStart: true, Stops: []ofd.Stop{{At: 0, Color: red}, {At: 1, Color: blue}}}
		}), map[image.Point]color.NRGBA{{2, 5}: red, {20, 15}: {124, 0, 131, 255}, {35, 5}: white}},
		{"radial shade", path(ofd.Rect(0, 0, 40, 30), func(p *ofd.Path) {
			p.Fill.Shade = &ofd.Shade{Radial: true, X1: 20, Y1: 15, X2: 20, Y2: 15, R2: 10, Stops: []ofd.Stop{{At: 0, Color: red}, {At: 1, Color: red}}}
		}), map[image.Point]color.NRGBA{{20, 15}: red, {14, 15}: red, {5, 15}: white}},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			img, _, err := Image(sheet(c.object), 0, millimetre)
			if err != nil {
				t.Fatal(err)
			}
			for p, want := range c.points {
				if got := color.NRGBAModel.Convert(img.At(p.X, p.Y)).(color.NRGBA); !near(got, want) {
					t.Errorf("%v is %v, not %v", p, got, want)
				}
			}
			wellFormed(t, sheet(c.object))
		})
	}
}

// wellFormed draws SVG and reads it, and gives its text.
func wellFormed(t *testing.T, d *ofd.Document) string {
	t.Helper()
	b, _, err := SVG(d, 0, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	dec, inText := xml.NewDecoder(bytes.NewReader(b)), false
	for {
		token, err := dec.Token()
		if err == io.EOF {
			return text.String()
		}
		if err != nil {
			t.Fatalf("SVG is not well-formed: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			inText = token.Name.Local == "text"
			if token.Name.Local == "script" || token.Name.Local == "style" {
				t.Error("SVG has a", token.Name.Local)
			}
		case xml.CharData:
			if inText {
				text.Write(token)
			}
		case xml.EndElement:
			if inText {
				text.WriteByte('\n')
			}
			inText = false
		}
	}
}

func TestOrderOfDrawing(t *testing.T) {
	at := ofd.Rect(10, 10, 10, 10)
	colour := func(r, g, b uint8) *ofd.Path { return path(at, func(p *ofd.Path) { p.Fill = ofd.RGB(r, g, b) }) }
	d := sheet(colour(1, 0, 0))
	pixel := func(o Options) uint8 {
		o.DPI = 25.4
		img, _, err := Image(d, 0, o)
		if err != nil {
			t.Fatal(err)
		}
		return img.RGBAAt(15, 15).R
	}
	d.Templates = []ofd.Template{{ID: 9, Layers: []ofd.Layer{{Objects: []ofd.Object{colour(2, 0, 0)}}}}}
	d.Pages[0].Templates = []ofd.TemplateUse{{Template: 9, Order: ofd.Background}}
	if got := pixel(Options{}); got != 1 {
		t.Errorf("over a template below: %d", got)
	}
	d.Pages[0].Templates[0].Order = ofd.Foreground
	if got := pixel(Options{}); got != 2 {
		t.Errorf("under a template above: %d", got)
	}
	d.Pages[0].Annotations = []ofd.Annotation{{Boundary: ofd.Box{W: 40, H: 30}, NoPrint: true, Objects: []ofd.Object{colour(3, 0, 0)}}}
	if got := pixel(Options{}); got != 3 {
		t.Errorf("an annotation: %d", got)
	}
	if got := pixel(Options{Options: draw.Options{Printed: true}}); got != 2 {
		t.Errorf("an annotation not to be printed: %d", got)
	}
	stamp := Stamp{Box: ofd.Box{X: 10, Y: 10, W: 10, H: 10}, Format: "PNG", Data: pictureOf(t, color.NRGBA{4, 0, 0, 255})}
	if got := pixel(Options{Options: draw.Options{Stamps: []Stamp{stamp}}}); got != 4 {
		t.Errorf("a stamp: %d", got)
	}
	stamp.Clip = &ofd.Box{W: 3, H: 10}
	if got := pixel(Options{Options: draw.Options{Stamps: []Stamp{stamp}}}); got != 3 {
		t.Errorf("outside a stamp's clip: %d", got)
	}
}

// TestStampsOfAllKinds lays a seal's picture as an image and as an OFD file.
func TestStampsOfAllKinds(t *testing.T) {
	inner := sheet(path(ofd.Rect(0, 0, 40, 30), nil))
	inner.Info.DocID = "0123456789abcdef0123456789abcdef"
	var file bytes.Buffer
	if err := ofd.Write(&file, inner); err != nil {
		t.Fatal(err)
	}
	for format, data := range map[string][]byte{"OFD": file.Bytes(), "png": pictureOf(t, red), "PNG": pictureOf(t, red)} {
		stamp := Stamp{Box: ofd.Box{X: 10, Y: 10, W: 10, H: 10}, Format: format, Data: data}
		img, report, err := Image(sheet(), 0, Options{DPI: 25.4, Options: draw.Options{Stamps: []Stamp{stamp}}})
		if err != nil || len(report.Skipped) > 0 {
			t.Fatal(format, err, report)
		}
		if got := color.NRGBAModel.Convert(img.At(15, 15)).(color.NRGBA); !near(got, red) {
			t.Errorf("%s: in the stamp it is %v", format, got)
		}
		if got := color.NRGBAModel.Convert(img.At(25, 15)).(color.NRGBA); !near(got, white) {
			t.Errorf("%s: beside the stamp it is %v", format, got)
		}
	}
	for format, data := range map[string][]byte{"OFD": []byte("nothing"), "PNG": []byte("nothing"), "": nil} {
		stamp := Stamp{Box: ofd.Box{X: 10, Y: 10, W: 10, H: 10}, Format: format, Data: data}
		_, report, err := Image(sheet(), 0, Options{Options: draw.Options{Stamps: []Stamp{stamp}}})
		if err != nil || len(report.Skipped) != 1 {
			t.Errorf("a damaged %s: %v, %v", format, err, report)
		}
	}
}

// ink gives the box of what is not white, in millimetres.
func ink(img image.Image, dpi float64) (b [4]float64) {
	r := img.Bounds()
	hull := image.Rectangle{}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if g := color.GrayModel.Convert(img.At(x, y)).(color.Gray); g.Y < 160 {
				hull = hull.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	k := 25.4 / dpi
	return [4]float64{float64(hull.Min.X) * k, float64(hull.Min.Y) * k, float64(hull.Max.X) * k, float64(hull.Max.Y) * k}
}

// TestGlyphsOfTheFile sets a text in embedded fonts, TrueType and CFF, by character and by glyph number.
func TestGlyphsOfTheFile(t *testing.T) {
	for _, face := range []*fonts.Face{fonts.Sans, fonts.SerifBold, fonts.FangSong} {
		for _, named := range []bool{false, true} {
			s, err := face.Subset("韶关")
			if err != nil {
				t.Fatal(err)
			}
			text := ofd.NewText(5, 10, 5, 20, "韶关", []float64{15})
			if named {
				text.Runs[0].Text = "甲乙" // what is written is not what is shown: the numbers hold
				text.Glyphs = []ofd.GlyphRun{{At: 0, Codes: 2, Glyphs: []uint16{s.Glyphs['韶'], s.Glyphs['关']}}}
			}
			d := sheet(text)
			d.Fonts = []ofd.Font{{ID: 5, Name: "x", Data: s.Data}}
			img, report, err := Image(d, 0, Options{DPI: 254})
			if err != nil || len(report.Substituted)+len(report.Missing) > 0 {
				t.Fatal(err, report)
			}
			g, _ := face.Glyph('韶')
			h, _ := face.Glyph('关')
			l, b1, _, t1 := face.Outline(g).Box()
			_, b2, r, t2 := face.Outline(h).Box()
			want := [4]float64{5 + 10*l, 20 - 10*max(t1, t2), 20 + 10*r, 20 - 10*min(b1, b2)}
			for i, v := range ink(img, 254) {
				if math.Abs(v-want[i]) > 0.3 {
					t.Errorf("%s, numbered %v: ink at %.2f, the outlines are at %.2f", face.Name, named, ink(img, 254), want)
					break
				}
			}
		}
	}
}

func TestFontsThatAreNotThere(t *testing.T) {
	text := ofd.NewText(5, 5, 5, 20, "WW\U000F0000韶", []float64{2.5, 2.5, 5})
	d := sheet(text)
	d.Fonts = []ofd.Font{{ID: 5, Name: "仿宋_GB2312"}}
	_, report, err := Image(d, 0, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Substituted) != 1 || report.Substituted[0] != (Substitution{Font: "仿宋_GB2312", By: "FandolFang"}) {
		t.Errorf("substituted: %v", report.Substituted)
	}
	if string(report.Missing) != "\U000F0000" {
		t.Errorf("missing: %q", report.Missing)
	}
	for name, want := range map[string]string{"黑体": "Noto Sans SC", "SimSun": "Noto Serif SC", "方正小标宋简体": "Noto Serif SC", "Arial": "Noto Sans SC"} {
		d.Fonts[0] = ofd.Font{ID: 5, Name: name, Data: []byte("no font at all")}
		if _, report, _ := Image(d, 0, Options{}); len(report.Substituted) != 1 || report.Substituted[0].By != want {
			t.Errorf("%s: %v", name, report.Substituted)
		}
	}
}

// TestSamples draws what other people's programs wrote.
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
			t.Fatal(name, err)
		}
		for i := range d.Pages[:min(len(d.Pages), 2)] {
			img, report, err := Image(d, i, Options{DPI: 60})
			if err != nil || len(report.Missing) > 0 {
				t.Errorf("%s, page %d: %v, missing %q", name, i, err, report.Missing)
				continue
			}
			if box := ink(img, 60); box[2]-box[0] < 20 {
				t.Errorf("%s, page %d: ink only at %.0f", name, i, box)
			}
		}
		clean := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if got, want := clean(wellFormed(t, d)), clean(d.Text(&d.Pages[0])); got != want {
			t.Errorf("%s: the text in SVG is\n%s\nnot\n%s", name, got, want)
		}
	}
}

func TestHarm(t *testing.T) {
	huge := sheet()
	huge.Area.Physical.W = 1e9
	if _, _, err := Image(huge, 0, Options{}); !errors.Is(err, ErrTooMuch) {
		t.Errorf("a sheet of a thousand kilometres: %v", err)
	}
	if _, _, err := Image(sheet(), 0, Options{DPI: 1e6}); !errors.Is(err, ErrTooMuch) {
		t.Errorf("a million points an inch: %v", err)
	}
	if _, _, err := Image(sheet(), 1, Options{}); !errors.Is(err, ErrNoPage) {
		t.Errorf("a second page: %v", err)
	}
	many := make([]ofd.Object, 200_000)
	for i := range many {
		many[i] = path(ofd.Rect(0, 0, 40, 30), nil)
	}
	o := Options{DPI: 300}
	o.Within = 50 * time.Millisecond
	start := time.Now()
	if _, _, err := Image(sheet(many...), 0, o); !errors.Is(err, ErrTooMuch) {
		t.Errorf("after %v: %v", time.Since(start), err)
	}
	// Units in units, each twice: 2²⁰ squares.
	d := sheet(&ofd.Composite{Graphic: ofd.Graphic{Boundary: ofd.Box{W: 40, H: 30}}, Unit: 1})
	for i := range ofd.ID(20) {
		u := ofd.Unit{ID: i + 1, Width: 40, Height: 30}
		for range 2 {
			u.Objects = append(u.Objects, &ofd.Composite{Graphic: ofd.Graphic{Boundary: ofd.Box{W: 40, H: 30}}, Unit: i + 2})
		}
		d.Units = append(d.Units, u)
	}
	if _, _, err := Image(d, 0, Options{}); !errors.Is(err, ErrTooMuch) {
		t.Errorf("units in units: %v", err)
	}
	// Many large pictures in small files: what they come to is counted before they are decoded.
	bomb := pictureOf(t, red)
	binary.BigEndian.PutUint32(bomb[16:], 6000) // width, height, and the sum of the header
	binary.BigEndian.PutUint32(bomb[20:], 6000)
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	bombs := sheet()
	for i := range ofd.ID(4) {
		bombs.Pictures = append(bombs.Pictures, ofd.Picture{ID: i + 1, Format: "PNG", Data: bytes.Clone(bomb)})
		image := ofd.NewImage(i+1, ofd.Box{W: 40, H: 30})
		bombs.Pages[0].Layers[0].Objects = append(bombs.Pages[0].Layers[0].Objects, image)
	}
	if _, _, err := Image(bombs, 0, Options{DPI: 10}); !errors.Is(err, ErrTooMuch) {
		t.Errorf("four pictures of 36 million points: %v", err)
	}
	dashes := path(ofd.Stretch(0, 0, 40, 30), func(p *ofd.Path) {
		p.Stroke, p.Line = ofd.RGB(0, 0, 0), &ofd.Line{Width: 1, Dash: []float64{1e-9}, DashOffset: math.Inf(1)}
	})
	if _, _, err := Image(sheet(dashes), 0, Options{}); err != nil {
		t.Errorf("dashes of a millionth: %v", err)
	}
}

// FuzzOutline: no path breaks the rasteriser, and filling never takes the paint out of its box.
func FuzzOutline(f *testing.F) {
	f.Add("M 0 0 L 10 10 B 1 2 3 4 5 6 A 3 4 20 1 0 9 9 Q 1 1 2 2 C", 1.0, 0.5)
	f.Add("S -100000 5 L 100000 5.1 L 3 400000 C", 20.0, 0.0)
	f.Add("L 1 1 C C M 5 5 A 0 0 0 0 0 5 5", 0.0, -3.0)
	f.Fuzz(func(t *testing.T, data string, width, dash float64) {
		o, err := ofd.ParseOutline(data)
		if err != nil || len(o) > 200 {
			return
		}
		p := path(o, func(p *ofd.Path) {
			p.Boundary = ofd.Box{X: 10, Y: 10, W: 20, H: 10}
			p.Stroke, p.Line = ofd.RGB(0, 0, 255), &ofd.Line{Width: width, MiterLimit: 3, Dash: []float64{dash, 1}}
		})
		img, _, err := Image(sheet(p), 0, millimetre)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []image.Point{{5, 5}, {35, 15}, {20, 25}, {20, 5}} {
			if img.RGBAAt(at.X, at.Y) != (color.RGBA{255, 255, 255, 255}) {
				t.Errorf("paint at %v, outside the boundary", at)
			}
		}
	})
}

func sample(b *testing.B) *ofd.Document {
	data, err := os.ReadFile("../testdata/samples/v4signed.ofd")
	if err != nil {
		b.Fatal(err)
	}
	d, err := ofd.ReadFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		b.Fatal(err)
	}
	return d
}

func BenchmarkPNG(b *testing.B) {
	d := sample(b)
	for _, dpi := range []float64{96, 150, 300} {
		b.Run(fmt.Sprintf("%.0f", dpi), func(b *testing.B) {
			for b.Loop() {
				if _, _, err := PNG(d, 0, Options{DPI: dpi}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSVG(b *testing.B) {
	d := sample(b)
	for b.Loop() {
		if _, _, err := SVG(d, 0, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
