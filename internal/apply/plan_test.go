package apply

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"strings"
	"testing"

	"yimen/internal/catalogue"
)

func fieldsOf(names ...string) []catalogue.FormField {
	var list []catalogue.FormField
	for _, n := range names {
		f := catalogue.FormField{Name: strings.TrimSuffix(n, "*"), Section: "甲"}
		if strings.HasSuffix(n, "*") { // hangs on the one before it
			f.When = map[string][]string{list[len(list)-1].Name: {"yes"}}
		}
		list = append(list, f)
	}
	return list
}

func TestFormIsCutIntoPages(t *testing.T) {
	table := catalogue.FormField{Name: "rows", Title: "家庭成员", Section: "甲", Columns: fieldsOf("x")}
	hidden := catalogue.FormField{Name: "secret", Section: "乙", Widget: "hidden"}
	for name, c := range map[string]struct {
		fields []catalogue.FormField
		want   string
	}{
		"few on one page":           {fieldsOf("a", "b", "c"), "a,b,c"},
		"many evenly":               {fieldsOf("a", "b", "c", "d", "e", "f", "g", "h"), "a,b,c,d|e,f,g,h"},
		"not from what it hangs on": {fieldsOf("a", "b", "c", "d", "e*", "f", "g", "h"), "a,b,c,d,e|f,g,h"},
		"a table alone":             {append(append(fieldsOf("a", "b"), table), fieldsOf("c")...), "a,b|rows|c"},
		"hidden is no page":         {append(fieldsOf("a"), hidden), "a"},
		"nothing":                   {nil, ""},
	} {
		var pages []string
		for _, p := range partsOf(c.fields) {
			var names []string
			for _, f := range p.fields {
				names = append(names, f.Name)
			}
			pages = append(pages, strings.Join(names, ","))
			if p.id != p.fields[0].Name || p.title == "" {
				t.Errorf("%s: page %q %q", name, p.id, p.title)
			}
		}
		if got := strings.Join(pages, "|"); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// What hangs on another page is asked only when it applies; what hangs on the
// same page stays, to be folded there.
func TestPartsThatDoNotApply(t *testing.T) {
	fields := fieldsOf("a", "b*")
	other := catalogue.FormField{Name: "c", Section: "乙", When: map[string][]string{"a": {"yes"}}}
	parts := partsOf(append(fields, other))
	if got := shownParts(parts, map[string]any{"a": "no"}); len(got) != 1 || len(got[0].fields) != 2 {
		t.Errorf("%+v", got)
	}
	got := shownParts(parts, map[string]any{"a": "yes"})
	if len(got) != 2 || len(got[1].fields[0].When) != 0 {
		t.Errorf("%+v", got)
	}
}

// A photo taken with the camera on its side is shown upright, whatever its
// bytes; a turn is a quarter to the right.
func TestPicturesAreTurned(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 3, 2))
	red := color.RGBA{255, 0, 0, 255}
	img.Set(0, 0, red)
	for orientation, at := range map[int]image.Point{1: {0, 0}, 2: {2, 0}, 3: {2, 1}, 4: {0, 1}, 5: {0, 0}, 6: {1, 0}, 7: {1, 2}, 8: {0, 2}} {
		got := upright(img, orientation)
		if got.At(at.X, at.Y) != red {
			t.Errorf("orientation %d: the corner is not at %v", orientation, at)
		}
		if wide := got.Bounds().Dx() == 3; wide != (orientation < 5) {
			t.Errorf("orientation %d: %v", orientation, got.Bounds())
		}
	}
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, img, nil); err != nil {
		t.Fatal(err)
	}
	exif := []byte("\xff\xe1\x00\x22Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00")
	turned := append(append([]byte("\xff\xd8"), exif...), plain.Bytes()[2:]...)
	for want, raw := range map[int][]byte{1: plain.Bytes(), 6: turned} {
		if got := orientation(raw); got != want {
			t.Errorf("orientation %d, want %d", got, want)
		}
	}
	for n := range turned { // cut off anywhere
		orientation(turned[:n])
	}
	if b := shrunk(image.NewGray(image.Rect(0, 0, 1000, 400)), 240).Bounds(); b.Dx() != 240 || b.Dy() != 96 {
		t.Errorf("shrunk to %v", b)
	}
}
