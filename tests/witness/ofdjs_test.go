package witness

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"yimen/internal/kit/webtest/browser"
	"yimen/ofd"
	"yimen/ofd/fonts"
	"yimen/ofd/typeset"
)

// near is how far apart two programs may put the same glyph, in millimetres.
const near = 0.3

// licence makes a page with a template, a picture, lines of text in two faces and a watermark.
func licence(t *testing.T) *ofd.Document {
	t.Helper()
	s := typeset.New()
	d := &ofd.Document{Info: ofd.Info{DocID: "220c5913ebfe4f6e8070dabd3647f157", Title: "许可证"}, Area: ofd.Area{Physical: ofd.A4}}
	m := image.NewNRGBA(image.Rect(0, 0, 20, 20))
	for i := range m.Pix {
		m.Pix[i] = 200
	}
	m.Set(3, 3, color.NRGBA{255, 0, 0, 255})
	var picture bytes.Buffer
	if err := png.Encode(&picture, m); err != nil {
		t.Fatal(err)
	}
	d.Pictures = []ofd.Picture{{ID: 1, Format: "PNG", Data: picture.Bytes()}}
	frame := &ofd.Path{Graphic: ofd.Graphic{Boundary: ofd.Box{X: 10, Y: 10, W: 190, H: 277}}, Stroke: ofd.RGB(200, 0, 0), Outline: ofd.Rect(1, 1, 188, 275)}
	d.Templates = []ofd.Template{{ID: 2, Order: ofd.Background, Layers: []ofd.Layer{{Objects: []ofd.Object{frame}}}}}
	objects := []ofd.Object{ofd.NewImage(1, ofd.Box{X: 150, Y: 200, W: 30, H: 30})}
	for i, line := range []struct {
		face *fonts.Face
		text string
	}{{fonts.SerifBold, "劳务派遣经营许可证"}, {fonts.Serif, "单位名称：韶关市浈江区 A-1 号 & Co."}, {fonts.Sans, "有效期限：2026年11月23日至2029年11月22日"}} {
		set, err := s.Line(typeset.Style{Faces: []*fonts.Face{line.face}, Size: ofd.Points(16)}, 28, 60+20*float64(i), line.text)
		if err != nil {
			t.Fatal(err)
		}
		objects = append(objects, set...)
	}
	mark := typeset.Style{Faces: []*fonts.Face{fonts.Sans}, Size: 6, Fill: ofd.RGB(128, 128, 128)}
	mark.Fill.Color.A = 60
	note, err := s.Watermark(mark, ofd.A4, "仅供办理社会保险登记使用")
	if err != nil {
		t.Fatal(err)
	}
	d.Pages = []ofd.Page{{
		Templates: []ofd.TemplateUse{{Template: 2, Order: ofd.Background}}, Layers: []ofd.Layer{{Objects: objects}}, Annotations: []ofd.Annotation{note},
	}}
	if err := s.Embed(d); err != nil {
		t.Fatal(err)
	}
	return d
}

// ask takes the width of the page in millimetres.
const ask = `new Promise((good, bad) => fetch('/a.ofd').then(r => r.arrayBuffer()).then(b => ofd.parseOfdDocument({ofd: b,
  fail: e => bad(new Error(String(e))),
  success: docs => {
    const width = %g, pages = ofd.renderOfd(Math.round(width * 804 / 210), docs[0]); // 3.78 px a millimetre: pictures it scales for this size only
    for (const p of pages) document.body.appendChild(p);
    good(pages.map(page => {
      const sheet = page.getBoundingClientRect(), mm = width / sheet.width;
      const place = e => { const at = e.getBoundingClientRect(); return {x: (at.x - sheet.x) * mm, y: (at.y - sheet.y) * mm, w: at.width * mm, h: at.height * mm}; };
      const glyphs = [...page.querySelectorAll('text')].map(t => {
        const at = new DOMPoint(+t.getAttribute('x'), +t.getAttribute('y')).matrixTransform(t.getScreenCTM());
        return {c: t.textContent, x: (at.x - sheet.x) * mm, y: (at.y - sheet.y) * mm};
      });
      return {height: sheet.height * mm, paths: page.querySelectorAll('path').length, glyphs,
        images: [...page.querySelectorAll('image')].map(place), seals: [...page.querySelectorAll('[name=seal_img_div]')].map(place)};
    }));
  }})).catch(bad))`

// sight is what the other program shows of a page, in millimetres.
type sight struct {
	Height float64 `json:"height"`
	Paths  int     `json:"paths"`
	Glyphs []place `json:"glyphs"`
	Images []place `json:"images"`
	Seals  []place `json:"seals"`
}

type place struct {
	C string  `json:"c"`
	X float64 `json:"x"`
	Y float64 `json:"y"`
	W float64 `json:"w"`
	H float64 `json:"h"`
}

func (p place) at(x, y, w, h float64) bool {
	return math.Abs(p.X-x) <= near && math.Abs(p.Y-y) <= near && math.Abs(p.W-w) <= near && math.Abs(p.H-h) <= near
}

// shown lets ofd.js show a file of pages of a width.
func shown(t *testing.T, file []byte, width float64) []sight {
	t.Helper()
	script, err := os.ReadFile(filepath.Join("..", "..", "bin", "ofd.umd.min.js"))
	if err != nil {
		t.Fatalf("%v: scripts/setup fetches it", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!DOCTYPE html><html lang="zh-CN"><title>ofd</title><body style="margin:0"><script src="/ofd.js"></script>`)
	})
	mux.HandleFunc("/ofd.js", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(script) })
	mux.HandleFunc("/a.ofd", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(file) })
	server := httptest.NewServer(mux)
	defer server.Close()
	b := browser.New(t)
	b.Go(server.URL)
	return browser.Eval[[]sight](b, fmt.Sprintf(ask, width))
}

func TestAnotherProgramPutsEveryCharacterWhereWeDo(t *testing.T) {
	d := licence(t)
	var file bytes.Buffer
	if err := ofd.Write(&file, d); err != nil {
		t.Fatal(err)
	}
	pages := shown(t, file.Bytes(), 210)
	if len(pages) != 1 {
		t.Fatalf("%d pages", len(pages))
	}
	seen := pages[0]
	if math.Abs(seen.Height-297) > near || seen.Paths == 0 {
		t.Errorf("a page of %.1f mm with %d paths", seen.Height, seen.Paths)
	}
	if len(seen.Images) != 1 || !seen.Images[0].at(150, 200, 30, 30) {
		t.Errorf("the picture stands at %+v", seen.Images)
	}
	wanted := characters(&d.Pages[0])
	seen.standsAs(t, wanted)
	if len(wanted) < 50 || len(seen.Glyphs) <= len(wanted) {
		t.Errorf("%d characters looked for among %d: the watermark is missing", len(wanted), len(seen.Glyphs))
	}
}

// standsAs says which characters do not stand where we put them.
func (s sight) standsAs(t *testing.T, wanted []place) {
	t.Helper()
	for _, want := range wanted {
		if !among(s.Glyphs, want) {
			t.Errorf("%s does not stand at %.2f, %.2f", want.C, want.X, want.Y)
		}
	}
}

// characters says where we put each character of a page that can be seen.
func characters(p *ofd.Page) []place {
	var list []place
	for _, layer := range p.Layers {
		for _, o := range layer.Objects {
			text, ok := o.(*ofd.Text)
			if !ok {
				continue
			}
			run := text.Runs[0]
			x, y, i := text.Boundary.X+run.X, text.Boundary.Y+run.Y, 0
			for _, c := range run.Text {
				if c != ' ' {
					list = append(list, place{C: string(c), X: x, Y: y})
				}
				if i < len(run.DeltaX) {
					x += run.DeltaX[i]
				}
				i++
			}
		}
	}
	return list
}

func among(list []place, want place) bool {
	for _, g := range list {
		if g.C == want.C && math.Abs(g.X-want.X) < near && math.Abs(g.Y-want.Y) < near {
			return true
		}
	}
	return false
}
