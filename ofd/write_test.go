package ofd

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func pngOf(t testing.TB, w, h int) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	m.Set(1, 1, color.NRGBA{200, 20, 20, 255})
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// everything uses every part of the model, with values that lie on the grid of a tenth of a micrometre.
func everything(t testing.TB) *Document {
	line := Line{Width: 0.35, Cap: RoundCap, Join: Bevel, MiterLimit: 4, DashOffset: 1, Dash: []float64{2, 1}}
	black := Black
	title := &Text{
		Graphic: Graphic{ID: 30, Name: "标题", Boundary: Box{20, 20, 170, 12}, CTM: &Matrix{1, 0.000123, 0, 1, 0.5, 0}, Fade: 100},
		Font:    1, Size: Points(16), Fill: RGB(200, 0, 0), Stroke: &black, HScale: 0.5, ReadDirection: 90, CharDirection: 270,
		Weight: 700, Italic: true,
		Runs: []Run{
			{X: 0, Y: 10, Text: "韶关市 <&> \"1\"", DeltaX: []float64{5.571, 5.571, 5.571, 2, 3, 3, 3, 3, 1.5, 1.5}},
			{X: 0, Y: 5.5, Text: "二\x01行", DeltaX: []float64{4, 4}, DeltaY: []float64{0, -1.25}},
		},
		Glyphs: []GlyphRun{{At: 0, Codes: 2, Glyphs: []uint16{7, 65535}}},
	}
	title.Size = 5.6444
	shade := &Paint{Color: color.NRGBA{1, 2, 3, 200}, Shade: &Shade{
		X1: 0, Y1: 0, X2: 10, Y2: 10, Map: "Reflect", Unit: 5, ExtendStart: true, ExtendEnd: true,
		Stops: []Stop{{0, color.NRGBA{1, 2, 3, 255}}, {0.5, color.NRGBA{9, 9, 9, 128}}, {1, color.NRGBA{0, 0, 0, 255}}},
	}}
	round := &Paint{Color: color.NRGBA{5, 5, 5, 255}, Shade: &Shade{
		Radial: true, X1: 5, Y1: 5, R1: 1, X2: 5, Y2: 5, R2: 5, ExtendEnd: true,
		Stops: []Stop{{0, color.NRGBA{5, 5, 5, 255}}, {1, color.NRGBA{A: 255}}},
	}}
	frame := &Path{
		Graphic: Graphic{ID: 31, Boundary: Box{10, 10, 190, 100}, Line: &line, Clips: []Clip{{[]ClipPart{
			{CTM: &Matrix{1, 0, 0, 1, 2, 2}, Path: &Path{Graphic: Graphic{ID: 32, Boundary: Box{0, 0, 10, 10}}, Fill: RGB(0, 0, 0), Outline: Rect(0, 0, 10, 10)}},
			{Text: &Text{Graphic: Graphic{ID: 33, Boundary: Box{0, 0, 10, 10}}, Font: 1, Size: 3, Fill: RGB(0, 0, 0), Runs: []Run{{Y: 3, Text: "一"}}}},
		}}}},
		Fill: shade, Stroke: round, EvenOdd: true,
		Outline: Outline{{'S', [7]float64{1, 1}}, {'Q', [7]float64{1, 2, 3, 4}}, {'B', [7]float64{1, 2, 3, 4, 5, 6}}, {'A', [7]float64{5, 5, 30, 1, 0, 9, 9}}, {Op: 'C'}},
	}
	hidden := &Path{Graphic: Graphic{ID: 34, Boundary: Box{0, 0, 1, 1}, Hidden: true}, Outline: Stretch(0, 0, 1, 1)}
	logo := NewImage(3, Box{150, 30, 25, 25})
	logo.ID, logo.Substitution, logo.Mask = 35, 3, 3
	mark := &Text{Graphic: Graphic{ID: 41, Boundary: Box{0, 0, 100, 20}}, Font: 2, Size: 8, Fill: &Paint{Color: color.NRGBA{128, 128, 128, 80}},
		Runs: []Run{{Y: 10, Text: "仅供办理社保使用", DeltaX: []float64{8, 8, 8, 8, 8, 8, 8}}}}
	return &Document{
		Info: Info{
			DocID: "220c5913ebfe4f6e8070dabd3647f157", Title: "劳务派遣经营许可证", Author: "韶关市人力资源和社会保障局", Subject: "s", Abstract: "a",
			Created: "2026-11-23", Modified: "2026-11-24", Usage: "Normal", Cover: "c.png", Keywords: []string{"许可", "劳务派遣"},
			Creator: "Yimen", CreatorVersion: "1.0",
			Custom: []Datum{{"ZZBS", "1.2.156.3005.2"}, {"CZZT", "韶关 & 公司"}, {"空", ""}},
		},
		Area: Area{Physical: A4, Application: &Box{10, 10, 190, 277}, Content: &Box{28, 37, 156, 225}, Bleed: &Box{0, 0, 210, 297}},
		Fonts: []Font{
			{ID: 1, Name: "Noto Serif SC", Family: "Noto Serif SC", Charset: "prc", Bold: true, Italic: true, Serif: true, FixedWidth: true, Data: []byte("\x00\x01\x00\x00 not drawn here")},
			{ID: 2, Name: "宋体"},
		},
		Pictures: []Picture{{ID: 3, Format: "PNG", Data: pngOf(t, 8, 8)}, {ID: 4, Format: "JPEG", Data: []byte("\xff\xd8\xff\xe0")}},
		Units:    []Unit{{ID: 5, Width: 10, Height: 10, Objects: []Object{&Path{Graphic: Graphic{ID: 36, Boundary: Box{0, 0, 10, 10}}, Stroke: &black, Outline: Stretch(0, 0, 10, 10)}}}},
		Templates: []Template{
			{ID: 6, Name: "底纹", Order: Background, Layers: []Layer{{ID: 7, Objects: []Object{hidden}}}},
			{ID: 8, Order: Foreground, Area: &Area{Physical: Box{0, 0, 297, 210}}},
		},
		Pages: []Page{
			{ID: 10, Templates: []TemplateUse{{6, Background}, {8, Foreground}}, File: "Doc_0/Pages/Page_0/Content.xml",
				Layers: []Layer{
					{ID: 11, Type: Background, Objects: []Object{frame}},
					{ID: 12, Objects: []Object{title, logo, &Composite{Graphic: Graphic{ID: 37, Boundary: Box{1, 1, 10, 10}}, Unit: 5},
						&Block{Graphic: Graphic{ID: 38}, Objects: []Object{textOf(39, "块")}}}},
				},
				Annotations: []Annotation{
					{ID: 40, Type: Watermark, Subtype: "purpose", Creator: "韶关", Modified: "2026-11-23", NoZoom: true, NoRotate: true,
						Remark: "用途", Parameters: []Datum{{"for", "社保"}}, Boundary: Box{30, 100, 150, 50}, Objects: []Object{mark}},
					{ID: 42, Type: Stamp, Hidden: true, NoPrint: true, Editable: true, Boundary: Box{1, 1, 2, 2}},
				}},
			{ID: 20, Area: &Area{Physical: Box{0, 0, 100, 100}}, File: "Doc_0/Pages/Page_1/Content.xml"},
		},
		Outline:     []Bookmark{{Title: "正本", Page: 10, Children: []Bookmark{{Title: "副本", Page: 20}}}, {Title: "无"}},
		Permissions: &Permissions{NoEdit: true, NoWatermark: true, NoPrint: true, Copies: 2, From: "2026-11-23T00:00:00", Until: "2027-11-23T00:00:00"},
		Attachments: []Attachment{
			{ID: "a1", Name: "原文", Format: "xml", Created: "2026-11-23T01:00:00", Modified: "2026-11-23T02:00:00", Hidden: true, Usage: "data", Data: []byte("<x/>"), File: "Doc_0/Attachs/file_1.xml"},
			{ID: "a2", Name: "空", Data: []byte{}, File: "Doc_0/Attachs/file_2"},
		},
		Tags: []Tag{{Namespace: "http://example.org/licence", Root: "Licence", Fields: []TagField{
			{Name: "Title", Objects: []ObjectRef{{10, 30}}},
			{Name: "持证主体/名称", Objects: []ObjectRef{{10, 39}, {10, 30}}},
			{Name: "持证主体/代码", Objects: []ObjectRef{{10, 39}}},
			{Name: "End", Objects: []ObjectRef{{10, 35}}},
		}}},
		Signatures: "Doc_0/Signs/Signatures.xml",
		Archival:   true,
	}
}

// textOf makes a plain text.
func textOf(id ID, s string) *Text {
	t := NewText(1, 3, 10, 50, s, nil)
	t.ID = id
	return t
}

func pack(t testing.TB, d *Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	want := everything(t)
	file := pack(t, want)
	got, err := ReadFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range got.Warnings {
		t.Errorf("our own file is odd: %s", w)
	}
	compare(t, "document", reflect.ValueOf(*want), reflect.ValueOf(*got))
	if !bytes.Equal(file, pack(t, want)) {
		t.Error("the same document gives other bytes")
	}
	if again := pack(t, got); !bytes.Equal(file, again) {
		t.Error("what was read is written otherwise")
	}
}

// compare names the first place where two values differ; nil and empty lists are the same.
func compare(t *testing.T, at string, a, b reflect.Value) {
	t.Helper()
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			compare(t, at+"."+a.Type().Field(i).Name, a.Field(i), b.Field(i))
		}
	case reflect.Slice:
		if a.Len() != b.Len() {
			t.Errorf("%s: %d things, want %d", at, b.Len(), a.Len())
			return
		}
		for i := range a.Len() {
			compare(t, at+"[]", a.Index(i), b.Index(i))
		}
	case reflect.Pointer, reflect.Interface:
		if a.IsNil() || b.IsNil() {
			if a.IsNil() != b.IsNil() {
				t.Errorf("%s: %v, want %v", at, b, a)
			}
			return
		}
		compare(t, at, a.Elem(), b.Elem())
	default:
		if !reflect.DeepEqual(a.Interface(), b.Interface()) {
			t.Errorf("%s: %v, want %v", at, b, a)
		}
	}
}

// orders is what the standard's figures say about the order of elements, by clause. It is kept apart from the table the
// package reads with.
const orders = `
7.4 DocBody: DocInfo DocRoot Versions Signatures
7.4 DocInfo: DocID Title Author Subject Abstract CreationDate ModDate DocUsage Cover Keywords Creator CreatorVersion CustomDatas
7.5 Document: CommonData Pages Outlines Permissions Actions VPreferences Bookmarks Annotations CustomTags Attachments Extensions
7.5 CommonData: MaxUnitID PageArea PublicRes DocumentRes TemplatePage DefaultCS
7.5 PageArea: PhysicalBox ApplicationBox ContentBox BleedBox
7.5 Permissions: Edit Annot Export Signature Watermark PrintScreen Print ValidPeriod
7.7 Page: Template PageRes Area Content Actions
7.7 Area: PhysicalBox ApplicationBox ContentBox BleedBox
8.5 TextObject: Actions Clips FillColor StrokeColor CGTransform TextCode
8.5 PathObject: Actions Clips StrokeColor FillColor AbbreviatedData
15 Annot: Remark Parameters Appearance
`

func TestElementsStandInTheStandardsOrder(t *testing.T) {
	order, met := map[string][]string{}, map[string]bool{}
	for l := range strings.Lines(strings.TrimSpace(orders)) {
		_, rest, _ := strings.Cut(l, " ")
		name, list, _ := strings.Cut(rest, ":")
		order[name] = strings.Fields(list)
	}
	p, err := Pack(everything(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range p.Files() {
		if !strings.HasSuffix(file, ".xml") || strings.Contains(file, "Attachs/file") || strings.Contains(file, "/Tag_") {
			continue
		}
		raw, _ := p.Bytes(file)
		type parent struct {
			name string
			last int
		}
		var open []parent
		d := xml.NewDecoder(bytes.NewReader(raw))
		for {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			switch e := token.(type) {
			case xml.StartElement:
				if e.Name.Space != "http://www.ofdspec.org/2016" {
					t.Errorf("%s: %s is of the namespace %q", file, e.Name.Local, e.Name.Space)
				}
				if n := len(open); n > 0 && order[open[n-1].name] != nil && !strings.HasPrefix(file, "Doc_0/Annots/Annotations") && !isClip(open[n-1].name, e.Name.Local) {
					up := &open[n-1]
					met[up.name] = true
					at := slices.Index(order[up.name], e.Name.Local)
					if at < up.last {
						t.Errorf("%s: %s stands at %d in %s, after %d", file, e.Name.Local, at, up.name, up.last)
					}
					up.last = at
				}
				open = append(open, parent{name: e.Name.Local})
			case xml.EndElement:
				open = open[:len(open)-1]
			}
		}
	}
	for name := range order {
		if !met[name] {
			t.Errorf("%s was not written: nothing is proved about it", name)
		}
	}
}

// isClip: the part of a clip is called Area too (8.4).
func isClip(parent, name string) bool {
	return parent == "Area" && (name == "Path" || name == "Text")
}

func TestNumbersAreGivenAndTheHighestIsTold(t *testing.T) {
	d := &Document{
		Info: Info{DocID: "220c5913ebfe4f6e8070dabd3647f157"}, Area: Area{Physical: A4}, Fonts: []Font{{ID: 5, Name: "宋体"}},
		Pages: []Page{{Layers: []Layer{{Objects: []Object{NewText(5, 3, 1, 10, "一", nil), NewText(5, 3, 1, 20, "二", nil)}}}}},
	}
	file := pack(t, d)
	got, err := ReadFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[ID]bool{5: true}
	for _, id := range []ID{got.Pages[0].ID, got.Pages[0].Layers[0].ID, got.Pages[0].Layers[0].Objects[0].Base().ID, got.Pages[0].Layers[0].Objects[1].Base().ID} {
		if id == 0 || seen[id] {
			t.Errorf("the number %d is given twice or is none", id)
		}
		seen[id] = true
	}
	p, _ := Pack(d)
	if raw, _ := p.Bytes("Doc_0/Document.xml"); !bytes.Contains(raw, []byte("<ofd:MaxUnitID>9</ofd:MaxUnitID>")) {
		t.Errorf("MaxUnitID is not 9: %s", raw)
	}
	if d.Pages[0].ID != 0 {
		t.Error("writing changed the document")
	}
	if err := d.Number(); err != nil || d.Pages[0].ID == 0 || d.Pages[0].Layers[0].Objects[1].Base().ID == 0 {
		t.Errorf("after Number: %v", err)
	}
}

func TestStepsAreWrittenShort(t *testing.T) {
	for want, list := range map[string][]float64{
		"1":                          {1},
		"1 1":                        {1, 1},
		"g 3 1.5":                    {1.5, 1.5, 1.5},
		"g 4 4.2333 g 20 2.1166":     append(slices.Repeat([]float64{4.2333}, 4), slices.Repeat([]float64{2.1166}, 20)...),
		"2 g 3 -1 0":                 {2, -1, -1, -1, 0},
		"0.3333 0.3333 0.6667 -0.25": {1.0 / 3, 1.0 / 3, 2.0 / 3, -0.25},
	} {
		s := newSheet("TextCode")
		mark := len(s.b)
		steps(s, "DeltaX", list)
		if got := string(s.b[mark:]); got != ` DeltaX="`+want+`"` {
			t.Errorf("%v: %s, want %s", list, got, want)
		}
	}
}

func TestDocumentsThatDoNotHoldTogetherAreRefused(t *testing.T) {
	text := func(d *Document) *Text { return d.Pages[0].Layers[1].Objects[0].(*Text) }
	for what, spoil := range map[string]func(d *Document){
		"32 hexadecimal":        func(d *Document) { d.Info.DocID = "42" },
		"is no date":            func(d *Document) { d.Info.Created = "23.11.2026" },
		"not UTF-8":             func(d *Document) { d.Info.Title = "\xff" },
		"without a name":        func(d *Document) { d.Info.Custom[0].Name = "" },
		"sheet of the document": func(d *Document) { d.Area.Physical.W = 0 },
		"no page":               func(d *Document) { d.Pages = nil },
		"given to a":            func(d *Document) { d.Pages[1].ID = 10 },
		"there is no font 9":    func(d *Document) { text(d).Font = 9 },
		"there is no picture":   func(d *Document) { d.Pages[0].Layers[1].Objects[1].(*Image).Picture = 99 },
		"no CTM":                func(d *Document) { d.Pages[0].Layers[1].Objects[1].(*Image).CTM = nil },
		"there is no unit":      func(d *Document) { d.Pages[0].Layers[1].Objects[2].(*Composite).Unit = 1 },
		"there is no template":  func(d *Document) { d.Pages[0].Templates[0].Template = 99 },
		"steps for":             func(d *Document) { text(d).Runs[0].DeltaX = []float64{1} },
		"of the size":           func(d *Document) { text(d).Size = 0 },
		"says nothing":          func(d *Document) { text(d).Runs = nil },
		"does not have":         func(d *Document) { text(d).Glyphs[0].At = 99 },
		"has no size":           func(d *Document) { text(d).Boundary.H = -1 },
		"measures":              func(d *Document) { text(d).Runs[0].X = 1e12 },
		"neither TrueType":      func(d *Document) { d.Fonts[0].Data = []byte("<html>") },
		"is no PNG":             func(d *Document) { d.Pictures[0].Data = []byte("<svg>") },
		"contains itself":       func(d *Document) { d.Units[0].Objects = []Object{&Composite{Graphic: Graphic{Boundary: A4}, Unit: 5}} },
		"no type of annotation": func(d *Document) { d.Pages[0].Annotations[0].Type = "Note" },
		"name of a field":       func(d *Document) { d.Tags[0].Fields[0].Name = "a b" },
		"name of a tag":         func(d *Document) { d.Tags[0].Root = "1" },
		"there is no object 77": func(d *Document) { d.Tags[0].Fields[0].Objects[0].Object = 77 },
		"linked to nothing":     func(d *Document) { d.Tags[0].Fields[0].Objects = nil },
		"there is no page 77":   func(d *Document) { d.Outline[0].Page = 77 },
		"attachment needs":      func(d *Document) { d.Attachments[1].ID = "a1" },
		"letter of a path":      func(d *Document) { d.Pages[0].Layers[0].Objects[0].(*Path).Outline[0].Op = 'Z' },
	} {
		d := everything(t)
		spoil(d)
		if err := Write(io.Discard, d); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
