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
	"yimen/internal/kit/db"
	"yimen/internal/workflow"
)

// pictureLimit keeps the pictures of the documents small, in bytes.
const pictureLimit = 150 << 10

// picture is one file of docs/screenshots.
type picture struct {
	name, account, url string
	width, height      int
	only               bool // a part of the overview, not kept by itself
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
	stage := t.TempDir()
	for _, p := range picturesOf(x, c.busiest(t)) {
		folder := dir
		if p.only {
			folder = stage
		}
		v := crowd.as(p.account)
		v.Resize(p.width, p.height)
		v.Open(p.url)
		v.take(t, filepath.Join(folder, p.name+".png"))
		v.Calm(t)
	}
	overview(t, crowd.as(""), stage, dir)
}

func picturesOf(x things, busiest string) []picture {
	number := x.pension.Number
	receipt := cases.NoticeURL(number, x.pension.Content.Notices[0].ID)
	window, office, phone := "/counter/apply/"+x.windowDraft+"/materials", "/office/cases/"+number, "/my/cases/"+number
	return []picture{
		{"home", villager, "/", 1280, 800, false},
		{"home-phone", villager, "/", 360, 740, false},
		{"demo", "", "/demo", 1280, 800, false},
		{"guide", villager, "/items/SG02004?division=" + theVillage, 1280, 800, false},
		{"apply-form-phone", villager, "/apply/" + x.draft + "/form", 360, 740, false},
		{"my-case", villager, "/my/cases/" + x.correcting.Number, 1280, 800, false},
		{"counter-desk", villageClerk, "/counter", 1280, 800, false},
		{"counter-materials", villageClerk, window, 1280, 800, false},
		{"receipt-print", villageClerk, receipt, 1000, 800, false},
		{"office-inbox", busiest, "/office", 1280, 800, false},
		{"office-case", countyApprover, office, 1280, 800, false},
		{"progress", "", "/progress?number=" + number + "&query_code=" + x.pension.QueryCode, 1280, 800, false},
		{"admin-items", "editor-440200", "/admin/items", 1280, 800, false},
		{"window", villageClerk, window, 800, 780, true},
		{"office", countyApprover, office, 560, 870, true},
		{"phone", villager, phone, 360, 760, true},
	}
}

// busiest is the approver of the agency that has most to do.
func (c *city) busiest(t testing.TB) string {
	t.Helper()
	tasks, _, err := c.Workflow.Tasks(c.System, workflow.Query{}, db.Page{Limit: db.MaxLimit})
	must(t, err)
	count := map[string]int{}
	for _, task := range tasks {
		count[task.Agency]++
	}
	agencies := slices.SortedFunc(maps.Keys(count), func(a, b string) int { return cmp.Or(count[b]-count[a], cmp.Compare(a, b)) })
	if len(agencies) == 0 {
		t.Fatal("nobody in the sample city has a task")
	}
	return "approver-" + agencies[0]
}

// overview draws three of the pictures side by side.
func overview(t *testing.T, v *visitor, stage, dir string) {
	t.Helper()
	desk := http.NewServeMux()
	desk.Handle("GET /overview.html", http.FileServer(http.Dir("testdata")))
	desk.Handle("GET /", http.FileServer(http.Dir(stage)))
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
