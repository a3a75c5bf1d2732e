package browser_test

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/png"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"

	"yimen/internal/cases"
)

// pictureLimit keeps the pictures of the documents small, in bytes.
const pictureLimit = 150 << 10

// picture is one file of docs/screenshots.
type picture struct {
	name, account, url string
	width, height      int
}

// TestScreenshots takes the pictures of the documents into the folder that
// YIMEN_SCREENSHOTS names, or into one that is thrown away: that they can be
// taken is tested in either case.
func TestScreenshots(t *testing.T) {
	c := theCity()
	dir := cmp.Or(os.Getenv("YIMEN_SCREENSHOTS"), t.TempDir())
	must(t, os.MkdirAll(dir, 0o755))
	x := gather(t, c)
	crowd := &crowd{first: visit(t, c), by: map[string]*visitor{}}
	for _, p := range picturesOf(x) {
		v := crowd.as(p.account)
		v.Resize(p.width, p.height)
		v.Open(p.url)
		v.take(t, filepath.Join(dir, p.name+".png"))
		v.Calm(t)
	}
	overview(t, crowd.as(""), dir)
}

func picturesOf(x things) []picture {
	receipt := cases.NoticeURL(x.owing.Number, x.owing.Content.Notices[0].ID)
	return []picture{
		{"home", villager, "/", 1280, 800},
		{"home-phone", villager, "/", 360, 740},
		{"demo", "", "/demo", 1280, 800},
		{"guide", villager, "/items/SG02004?division=" + theVillage, 1280, 800},
		{"apply-form-phone", villager, "/apply/" + x.draft + "/form", 360, 740},
		{"my-case", villager, "/my/cases/" + x.correcting.Number, 1280, 800},
		{"my-case-phone", villager, "/my/cases/" + x.owing.Number, 360, 740},
		{"counter-desk", villageClerk, "/counter", 1280, 800},
		{"counter-materials", villageClerk, "/counter/apply/" + x.windowDraft + "/materials", 1280, 800},
		{"receipt-print", villageClerk, receipt, 1000, 800},
		{"office-inbox", "approver-440232-d11", "/office", 1280, 800},
		{"office-case", approver, "/office/cases/" + x.owing.Number, 1280, 800},
		{"progress", "", "/progress?number=" + x.owing.Number + "&query_code=" + x.owing.QueryCode, 1280, 800},
		{"admin-items", "editor-440200", "/admin/items", 1280, 800},
	}
}

// overview draws three of the pictures side by side.
func overview(t *testing.T, v *visitor, dir string) {
	t.Helper()
	desk := http.NewServeMux()
	desk.Handle("GET /overview.html", http.FileServer(http.Dir("testdata")))
	desk.Handle("GET /", http.FileServer(http.Dir(dir)))
	s := httptest.NewServer(desk)
	defer s.Close()
	v.Resize(1280, 640)
	v.Go(s.URL + "/overview.html")
	v.take(t, filepath.Join(dir, "overview.png"))
	v.Calm(t)
}

// take writes what the window shows.
func (v *visitor) take(t testing.TB, file string) {
	t.Helper()
	raw, err := chromedp.Run(v.Context(), chromedp.CaptureScreenshot())
	must(t, err)
	shot, err := png.Decode(bytes.NewReader(raw))
	must(t, err)
	var small bytes.Buffer
	must(t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, fewColours(shot)))
	if small.Len() > pictureLimit {
		t.Errorf("%s has %d KB, more than %d: take less of the page", filepath.Base(file), small.Len()>>10, pictureLimit>>10)
	}
	must(t, os.WriteFile(file, small.Bytes(), 0o644))
}

// fewColours draws a picture with the 256 colours that it has most of, which
// pages hardly need more than.
func fewColours(shot image.Image) image.Image {
	b := shot.Bounds()
	count := map[color.RGBA]int{}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			count[opaque(shot.At(x, y))]++
		}
	}
	most := slices.SortedFunc(maps.Keys(count), func(p, q color.RGBA) int {
		return cmp.Or(cmp.Compare(count[q], count[p]), cmp.Compare(uint32(p.R)<<16|uint32(p.G)<<8|uint32(p.B), uint32(q.R)<<16|uint32(q.G)<<8|uint32(q.B)))
	})
	palette := make(color.Palette, 0, 256)
	for _, k := range most[:min(len(most), 256)] {
		palette = append(palette, k)
	}
	nearest := map[color.RGBA]uint8{}
	drawn := image.NewPaletted(b, palette)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			k := opaque(shot.At(x, y))
			i, known := nearest[k]
			if !known {
				i = uint8(palette.Index(k))
				nearest[k] = i
			}
			drawn.SetColorIndex(x, y, i)
		}
	}
	return drawn
}

func opaque(k color.Color) color.RGBA {
	c := color.RGBAModel.Convert(k).(color.RGBA)
	c.A = 255
	return c
}
