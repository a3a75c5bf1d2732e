package ofd

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"image/color"
	"runtime"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"
)

func TestFilesByOthersAreRead(t *testing.T) {
	for _, c := range []struct {
		file, id, says, signatures                        string
		fonts, pictures, templates, notes, tags, attached int
		data                                              int
		odd                                               []string // "code file"
	}{
		{"helloworld.ofd", "220c5913ebfe4f6e8070dabd3647f157", "你好呀，OFD Reader&Writer！", "", 1, 0, 0, 0, 0, 0, 0, []string{"order Doc_0/Document.xml"}},
		{"DigitalSign.ofd", "5f8726d4482e4377b6fce9a61c569338", "你好呀", "Doc_0/Signs/Signatures.xml", 1, 0, 0, 0, 0, 0, 0, []string{"order Doc_0/Document.xml"}},
		{"SESV4SignDoc.ofd", "07723bc91fdf4078a17588d63c419bea", "你好呀", "Doc_0/Signs/Signatures.xml", 1, 0, 0, 0, 0, 0, 0, []string{"order Doc_0/Document.xml"}},
		{"v4signed.ofd", "0eb8011566b14d9f942a38d7df30f2de", "科游迈利有限公司", "Doc_0/Signs/Signatures.xml", 3, 1, 1, 1, 0, 1, 10,
			[]string{"id.highest Doc_0/Document.xml", "path.case Doc_0/Document.xml", "reference Doc_0/Tpls/Tpl_0/Content.xml", "text.steps Doc_0/Pages/Page_0/Content.xml"}},
		{"signedFile.ofd", "1f5e84f2ef4041519304911e8e2c5298", "江苏增值税电子普通发票", "Doc_0/Signs/Signatures.xml", 4, 1, 1, 1, 1, 1, 11,
			[]string{"order Doc_0/Document.xml", "order Doc_0/Tpls/Tpl_0/Content.xml"}},
	} {
		b := sample(t, c.file)
		d, err := ReadFile(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		if d.Info.DocID != c.id || d.Signatures != c.signatures || !strings.Contains(d.Text(&d.Pages[0]), c.says) {
			t.Errorf("%s: %s, %s, %s", c.file, d.Info.DocID, d.Signatures, d.Text(&d.Pages[0]))
		}
		got := fmt.Sprint(len(d.Fonts), len(d.Pictures), len(d.Templates), len(d.Pages[0].Annotations), len(d.Tags), len(d.Attachments), len(d.Info.Custom))
		if want := fmt.Sprint(c.fonts, c.pictures, c.templates, c.notes, c.tags, c.attached, c.data); got != want {
			t.Errorf("%s: %s fonts, pictures, templates, annotations, tags, attachments, data; want %s\n%v", c.file, got, want, d.Warnings)
		}
		for _, odd := range c.odd {
			found := false
			for _, w := range d.Warnings {
				found = found || w.Code+" "+w.File == odd
			}
			if !found {
				t.Errorf("%s: nothing is said of %s: %v", c.file, odd, d.Warnings)
			}
		}
		// What was read can be written and says the same.
		var out bytes.Buffer
		for i := range d.Attachments {
			d.Attachments[i].ID = ""
		}
		if err := Write(&out, d); err != nil {
			if c.file == "v4signed.ofd" { // refers to what is not there
				continue
			}
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		again, err := ReadFile(bytes.NewReader(out.Bytes()), int64(out.Len()))
		if err != nil || again.Text(&again.Pages[0]) != d.Text(&d.Pages[0]) || len(again.Warnings) != 0 {
			t.Errorf("%s written again: %v, %v", c.file, err, again.Warnings)
		}
	}
}

func TestAnInvoiceIsReadToTheMillimetre(t *testing.T) {
	b := sample(t, "v4signed.ofd")
	d, err := ReadFile(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	p := &d.Pages[0]
	if got := d.Size(p).Physical; got != (Box{0, 0, 210, 140}) {
		t.Errorf("the sheet is %v", got)
	}
	var address, code *Text
	p.each(func(o Object) {
		if x, ok := o.(*Text); ok && strings.HasPrefix(x.Runs[0].Text, "北京市海淀区") {
			address = x
		} else if ok && strings.HasPrefix(x.Runs[0].Text, "00664<120") {
			code = x
		}
	})
	if address == nil || address.Size != 3.175 || address.Runs[0].Y != 4.4875 || len(address.Runs[0].DeltaX) != 16 ||
		address.Runs[0].DeltaX[13] != 3.175 || address.Runs[0].DeltaX[15] != 1.59 {
		t.Errorf("the address is %+v", address)
	}
	if code == nil || len(code.Runs[0].DeltaX) != 111 || code.Runs[0].DeltaX[27] != -67.5 || code.Runs[0].DeltaY[27] != 4.5 {
		t.Errorf("the code is %+v", code)
	}
	if v, ok := d.Info.Field("发票号码"); !ok || v != "99999951" {
		t.Errorf("the number is %q", v)
	}
	layers := d.Drawing(p)
	line, ok := layers[0].Objects[0].(*Path)
	if !ok || line.Stroke == nil || line.Stroke.Color != (color.NRGBA{156, 82, 35, 255}) || line.Base().Stroke().Width != 0.25 || line.Fill != nil {
		t.Errorf("the template's first line is %+v", layers[0].Objects[0])
	}
}

// vendor builds a package from files as some maker might write them.
func vendor(t testing.TB, files ...string) []byte {
	t.Helper()
	return archive(t, func(z *zip.Writer) {
		for i := 0; i < len(files); i += 2 {
			put(t, z, zip.FileHeader{Name: files[i]}, []byte(files[i+1])) // stored: so that not the packing is refused
		}
	})
}

const (
	entryXML = `<OFD xmlns="http://www.ofdspec.org/2016" Version="1.0" DocType="OFD"><DocBody><DocInfo><DocID>220c5913ebfe4f6e8070dabd3647f157</DocID></DocInfo><DocRoot>Doc_0/Document.xml</DocRoot></DocBody></OFD>`
	rootXML  = `<x:Document xmlns:x="http://www.ofdspec.org/2016"><x:CommonData><x:MaxUnitID>90</x:MaxUnitID><x:PageArea><x:PhysicalBox>0 0 100 100</x:PhysicalBox></x:PageArea><x:PublicRes>PublicRes.xml</x:PublicRes></x:CommonData><x:Pages><x:Page ID="1" BaseLoc="Content.xml"/></x:Pages></x:Document>`
	resXML   = `<Res xmlns="http://www.ofdspec.org/2016" BaseLoc="."><Fonts><Font ID="2" FontName="a"/></Fonts></Res>`
)

func page(inner string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Content><ofd:Layer ID="3">` + inner + `</ofd:Layer></ofd:Content></ofd:Page>`
}

func readVendor(t testing.TB, content string) (*Document, error) {
	t.Helper()
	b := vendor(t, "OFD.xml", entryXML, "Doc_0/Document.xml", rootXML, "Doc_0/PublicRes.xml", resXML, "Doc_0/Content.xml", content)
	return ReadFile(bytes.NewReader(b), int64(len(b)))
}

const oneText = `<ofd:TextObject ID="4" Boundary="0 0 50 10" Font="2" Size="3"><ofd:TextCode X="0" Y="3" DeltaX="3 3">韶关市</ofd:TextCode></ofd:TextObject>`

func TestWhatMakersDoOtherwiseIsForgivenAndNoted(t *testing.T) {
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(page(oneText))
	if err != nil {
		t.Fatal(err)
	}
	wide := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(strings.Replace(page(oneText), "UTF-8", "UTF-16", 1))) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	for what, c := range map[string]struct{ content, code string }{
		"as it should be":             {page(oneText), ""},
		"a byte order mark":           {"\xef\xbb\xbf" + page(oneText), ""},
		"GB 18030":                    {strings.Replace(gb, "UTF-8", "GB18030", 1), ""},
		"GB 18030 called UTF-8":       {gb, ""},
		"UTF-16":                      {string(wide), ""},
		"another prefix":              {strings.ReplaceAll(page(oneText), "ofd:", "o:"), "namespace"},
		"no namespace":                {strings.NewReplacer("<ofd:", "<", "</ofd:", "</", ` xmlns:ofd="http://www.ofdspec.org/2016"`, "").Replace(page(oneText)), "namespace"},
		"attributes in lower case":    {page(strings.NewReplacer("Boundary", "boundary", "Size", "size").Replace(oneText)), "attribute.case"},
		"an element for an attribute": {page(`<ofd:TextObject ID="4" Font="2" Size="3"><ofd:Boundary>0 0 50 10</ofd:Boundary><ofd:TextCode X="0" Y="3" DeltaX="3 3">韶关市</ofd:TextCode></ofd:TextObject>`), ""},
		"the number of a font twice":  {page(strings.Replace(oneText, `ID="4"`, `ID="2"`, 1)), "id.twice"},
		"a font that is not there":    {page(strings.Replace(oneText, `Font="2"`, `Font="9"`, 1)), "reference"},
		"a step for all":              {page(strings.Replace(oneText, "3 3", "3", 1)), "text.steps"},
		"an unknown element":          {page(oneText + "<ofd:Sound/>"), "element"},
	} {
		d, err := readVendor(t, c.content)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		if got := d.Text(&d.Pages[0]); strings.TrimSpace(got) != "韶关市" {
			t.Errorf("%s: reads %q", what, got)
			continue
		}
		x := d.Pages[0].Layers[0].Objects[0].(*Text)
		if len(x.Runs[0].DeltaX) != 2 || x.Boundary.W != 50 {
			t.Errorf("%s: %+v", what, x)
		}
		noted := c.code == ""
		for _, w := range d.Warnings {
			noted = noted || w.Code == c.code
		}
		if !noted {
			t.Errorf("%s: is not noted as %s: %v", what, c.code, d.Warnings)
		}
	}
}

func TestColoursAreReadInAllTheirForms(t *testing.T) {
	for value, want := range map[string]color.NRGBA{
		`Value="1 2 3"`:                {1, 2, 3, 255},
		`Value="#0a #ff #00"`:          {10, 255, 0, 255},
		`Value="#0aff00"`:              {10, 255, 0, 255},
		`Value="128" Alpha="7"`:        {128, 128, 128, 7},
		`Value="0 255 255 0"`:          {255, 0, 0, 255},
		`Value="300 -5 0"`:             {255, 0, 0, 255},
		`Value="1 2"`:                  {0, 0, 0, 255},
		`Value="red"`:                  {0, 0, 0, 255},
		`Value="1 2 3 4 5 6"`:          {0, 0, 0, 255},
		`Value="1 2 3" ColorSpace="9"`: {1, 2, 3, 255},
	} {
		d, err := readVendor(t, page(`<ofd:PathObject ID="4" Boundary="0 0 1 1" Fill="true" Stroke="false"><ofd:FillColor `+value+`/><ofd:AbbreviatedData>M 0 0 L 1 1</ofd:AbbreviatedData></ofd:PathObject>`))
		if err != nil {
			t.Errorf("%s: %v", value, err)
			continue
		}
		p := d.Pages[0].Layers[0].Objects[0].(*Path)
		if p.Fill == nil || p.Fill.Color != want || p.Stroke != nil {
			t.Errorf("%s: %+v", value, p.Fill)
		}
	}
}

func TestHostileFilesGetAnErrorThatNamesThem(t *testing.T) {
	many := page(strings.Repeat(`<ofd:PathObject ID="4" Boundary="0 0 1 1"/>`, 1_000_000))
	for what, c := range map[string]struct {
		content string
		kind    error
	}{
		"an entity":             {`<!DOCTYPE a [<!ENTITY b "c">]>` + page("&b;"), ErrUnsafe},
		"a file of the machine": {`<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><ofd:Page>&b;</ofd:Page>`, ErrUnsafe},
		"an unknown entity":     {page("&b;"), ErrBroken},
		"no XML":                {"韶关", ErrBroken},
		"half of it":            {page(oneText)[:200], ErrBroken},
		"two roots":             {page("") + page(""), ErrBroken},
		"depth":                 {page(strings.Repeat("<ofd:PageBlock>", 5000)), ErrLimit},
		"a million objects":     {many, ErrLimit},
		"an enormous number":    {page(strings.Replace(oneText, `X="0"`, `X="1e300"`, 1)), ErrLimit},
		"infinity":              {page(strings.Replace(oneText, "0 0 50 10", "0 0 Inf 10", 1)), ErrLimit},
		"a long attribute":      {page(strings.Replace(oneText, "3 3", strings.Repeat("3 ", maxAttribute), 1)), ErrLimit},
		"a long text":           {page(strings.Replace(oneText, "韶关市", strings.Repeat("韶关市", maxText/9+1), 1)), ErrLimit},
		"a long outline":        {page(`<ofd:PathObject ID="4" Boundary="0 0 1 1"><ofd:AbbreviatedData>M 0 0 ` + strings.Repeat("C ", maxStrokes+1) + `</ofd:AbbreviatedData></ofd:PathObject>`), ErrLimit},
	} {
		var d *Document
		var err error
		used := allocated(func() { d, err = readVendor(t, c.content) })
		if d != nil || !errors.Is(err, c.kind) || !strings.Contains(fmt.Sprint(err), "Doc_0/Content.xml") {
			t.Errorf("%s: %v, want %v", what, err, c.kind)
		}
		if used > 512<<20 {
			t.Errorf("%s: takes %d MiB", what, used>>20)
		}
	}
}

// allocated tells how much memory f asked for in all, of which most is free again at its end.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestWhatGrowsWhileItIsReadIsBounded(t *testing.T) {
	var units strings.Builder
	for i := range 10 {
		fmt.Fprintf(&units, `<CompositeGraphicUnit ID="%d" Width="1" Height="1"><Content>%s</Content></CompositeGraphicUnit>`, 10+i,
			strings.Repeat(fmt.Sprintf(`<CompositeObject ID="0" Boundary="0 0 1 1" ResourceID="%d"/>`, 11+i), 10))
	}
	res := func(inner string) string {
		return `<Res xmlns="http://www.ofdspec.org/2016"><CompositeGraphicUnits>` + inner + `</CompositeGraphicUnits></Res>`
	}
	use := page(`<ofd:CompositeObject ID="4" Boundary="0 0 1 1" ResourceID="10"/>`)
	self := `<CompositeGraphicUnit ID="10" Width="1" Height="1"><Content><PageBlock ID="7"><CompositeObject ID="8" Boundary="0 0 1 1" ResourceID="10"/></PageBlock></Content></CompositeGraphicUnit>`
	var pages strings.Builder
	for i := range DefaultLimits.Pages + 1 {
		fmt.Fprintf(&pages, `<x:Page ID="%d" BaseLoc="Content.xml"/>`, 100+i)
	}
	often := strings.Repeat(`<x:Page ID="1" BaseLoc="Content.xml"/>`, 500)
	for what, files := range map[string][]string{
		"ten units of ten of the next": {"Doc_0/Document.xml", rootXML, "Doc_0/PublicRes.xml", res(units.String()), "Doc_0/Content.xml", use},
		"a unit that contains itself":  {"Doc_0/Document.xml", rootXML, "Doc_0/PublicRes.xml", res(self), "Doc_0/Content.xml", use},
		"one page named too often": {"Doc_0/Document.xml", strings.Replace(rootXML, `<x:Page ID="1" BaseLoc="Content.xml"/>`, pages.String(), 1),
			"Doc_0/PublicRes.xml", resXML, "Doc_0/Content.xml", page("")},
		"one large page named often": {"Doc_0/Document.xml", strings.Replace(rootXML, `<x:Page ID="1" BaseLoc="Content.xml"/>`, often, 1),
			"Doc_0/PublicRes.xml", resXML, "Doc_0/Content.xml", page(strings.Repeat(oneText, 2000))},
	} {
		b := vendor(t, append([]string{"OFD.xml", entryXML}, files...)...)
		if _, err := ReadFile(bytes.NewReader(b), int64(len(b))); !errors.Is(err, ErrLimit) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestWhatIsNeededAndMissingIsNamed(t *testing.T) {
	for missing, files := range map[string][]string{
		"Doc_0/Document.xml": {"OFD.xml", entryXML},
		"Doc_0/Content.xml":  {"OFD.xml", entryXML, "Doc_0/Document.xml", rootXML, "Doc_0/PublicRes.xml", resXML},
	} {
		b := vendor(t, files...)
		if _, err := ReadFile(bytes.NewReader(b), int64(len(b))); !errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), missing) {
			t.Errorf("%s: %v", missing, err)
		}
	}
	// Resources may be missing; the page is read all the same.
	b := vendor(t, "OFD.xml", entryXML, "Doc_0/Document.xml", rootXML, "Doc_0/Content.xml", page(oneText))
	d, err := ReadFile(bytes.NewReader(b), int64(len(b)))
	if err != nil || len(d.Pages) != 1 || len(d.Warnings) == 0 {
		t.Errorf("without resources: %v", err)
	}
	// Another document of the file, which is not there.
	p, err := OpenBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ReadBody(p, 1); !errors.Is(err, ErrNotOFD) {
		t.Errorf("the second document: %v", err)
	}
}
