package ofd

import (
	"bytes"
	"encoding/hex"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// Check says whether the document holds together and can be written: everything referred to is there, no number is given
// twice, steps fit their texts, boxes have a size. The error is [ErrInvalid] and says what is at fault.
func (d *Document) Check() error {
	_, err := d.check()
	return err
}

// check also gives the highest number in use.
func (d *Document) check() (ID, error) {
	c := &checker{d: d, ids: map[ID]string{}, open: map[ID]bool{}}
	c.info()
	c.area("the document", d.Area)
	if len(d.Pages) == 0 {
		c.wrong("has no page")
	}
	for _, f := range d.Fonts {
		c.font(f)
	}
	for _, p := range d.Pictures {
		c.picture(p)
	}
	for _, u := range d.Units {
		c.id("unit", u.ID)
	}
	for _, t := range d.Templates {
		c.id("template", t.ID)
	}
	// Numbers first: objects refer to what stands behind them.
	for _, u := range d.Units {
		c.objects(u.Objects)
		c.circle(u)
	}
	for _, t := range d.Templates {
		if t.Area != nil {
			c.area("a template", *t.Area)
		}
		c.layers(t.Layers)
	}
	for i := range d.Pages {
		c.page(&d.Pages[i])
	}
	c.bookmarks(d.Outline)
	c.tags()
	c.attachments()
	return c.last, c.err
}

type checker struct {
	d    *Document
	ids  map[ID]string
	last ID
	open map[ID]bool // units followed, true: not yet to their end
	err  error
}

func (c *checker) wrong(format string, args ...any) {
	if c.err == nil {
		c.err = fail("", ErrInvalid, "the document cannot be written: "+format, args...)
	}
}

func (c *checker) id(what string, id ID) {
	if id == 0 {
		return
	}
	if other, ok := c.ids[id]; ok {
		c.wrong("the number %d is given to a %s and a %s", id, other, what)
	}
	c.ids[id] = what
	c.last = max(c.last, id)
}

func (c *checker) refers(what string, id ID) {
	if id == 0 || c.ids[id] != what {
		c.wrong("there is no %s %d", what, id)
	}
}

func (c *checker) info() {
	i := c.d.Info
	if b, err := hex.DecodeString(i.DocID); err != nil || len(b) != 16 {
		c.wrong("its number is not 32 hexadecimal digits but %.40q", i.DocID)
	}
	for _, date := range []Date{i.Created, i.Modified} {
		if _, err := time.Parse(time.DateOnly, string(date)); date != "" && err != nil {
			c.wrong("%.20q is no date", date)
		}
	}
	for _, x := range i.Custom {
		if x.Name == "" {
			c.wrong("metadata without a name")
		}
		c.words(x.Name, x.Value)
	}
	c.words(i.Title, i.Author, i.Subject, i.Abstract, i.Creator, i.CreatorVersion)
	c.words(i.Keywords...)
}

// words refuses what is no text: it would be read as something else.
func (c *checker) words(list ...string) {
	for _, s := range list {
		if !utf8.ValidString(s) {
			c.wrong("%.40q is not UTF-8", s)
		}
	}
}

func (c *checker) area(what string, a Area) {
	c.box("the sheet of "+what, a.Physical)
	for _, b := range []*Box{a.Application, a.Content, a.Bleed} {
		if b != nil {
			c.box("a box of "+what, *b)
		}
	}
}

func (c *checker) box(what string, b Box) {
	c.finite(what, b.X, b.Y, b.W, b.H)
	if b.W < 1e-4 || b.H < 1e-4 {
		c.wrong("%s has no size", what)
	}
}

func (c *checker) finite(what string, list ...float64) {
	for _, v := range list {
		if math.IsNaN(v) || math.Abs(v) > maxLength {
			c.wrong("%s measures %v", what, v)
		}
	}
}

func (c *checker) font(f Font) {
	c.id("font", f.ID)
	if f.ID == 0 || f.Name == "" {
		c.wrong("a font needs a number and a name")
	}
	if f.Data != nil && !isFont(f.Data) {
		c.wrong("the file of font %d is neither TrueType nor OpenType", f.ID)
	}
}

func isFont(b []byte) bool {
	for _, magic := range []string{"\x00\x01\x00\x00", "OTTO", "true", "ttcf"} {
		if bytes.HasPrefix(b, []byte(magic)) {
			return true
		}
	}
	return false
}

func (c *checker) picture(p Picture) {
	c.id("picture", p.ID)
	magic := map[string]string{"PNG": "\x89PNG\r\n\x1a\n", "JPEG": "\xff\xd8\xff", "BMP": "BM"}[p.Format]
	switch {
	case p.ID == 0:
		c.wrong("a picture needs a number")
	case p.Format == "" || strings.Trim(p.Format, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "":
		c.wrong("picture %d is of no format", p.ID)
	case len(p.Data) == 0 || !bytes.HasPrefix(p.Data, []byte(magic)):
		c.wrong("the file of picture %d is no %s", p.ID, p.Format)
	}
}

func (c *checker) page(p *Page) {
	c.id("page", p.ID)
	if p.Area != nil {
		c.area("a page", *p.Area)
	}
	for _, t := range p.Templates {
		c.refers("template", t.Template)
	}
	c.layers(p.Layers)
	for _, a := range p.Annotations {
		c.id("annotation", a.ID)
		switch a.Type {
		case Link, Drawing, Highlight, Stamp, Watermark:
		default:
			c.wrong("%.20q is no type of annotation", a.Type)
		}
		c.box("an annotation", a.Boundary)
		c.words(a.Remark, a.Creator, a.Subtype)
		c.objects(a.Objects)
	}
}

func (c *checker) layers(list []Layer) {
	for _, l := range list {
		c.id("layer", l.ID)
		if _, ok := layerNames[l.Type]; !ok {
			c.wrong("%d is no kind of layer", l.Type)
		}
		c.objects(l.Objects)
	}
}

func (c *checker) objects(list []Object) {
	for _, o := range list {
		if b, ok := o.(*Block); ok {
			c.id("object", b.ID)
			c.objects(b.Objects)
			continue
		}
		c.graphic(o.Base())
		switch o := o.(type) {
		case *Text:
			c.text(o)
		case *Path:
			c.path(o)
		case *Image:
			c.refers("picture", o.Picture)
			if o.CTM == nil {
				c.wrong("image %d has no CTM and would be a square millimetre", o.ID)
			}
		case *Composite:
			c.refers("unit", o.Unit)
		}
	}
}

func (c *checker) graphic(g *Graphic) {
	c.id("object", g.ID)
	c.box("an object", g.Boundary)
	c.words(g.Name)
	if g.CTM != nil {
		c.finite("a matrix", g.CTM[:]...)
	}
	for _, clip := range g.Clips {
		for _, p := range clip.Parts {
			if p.Path != nil {
				c.graphic(&p.Path.Graphic)
				c.path(p.Path)
			}
			if p.Text != nil {
				c.graphic(&p.Text.Graphic)
				c.text(p.Text)
			}
		}
	}
}

func (c *checker) path(p *Path) {
	for _, s := range p.Outline {
		n, ok := arity(s.Op)
		if !ok {
			c.wrong("%q is no letter of a path", s.Op)
		}
		c.finite("a path", s.Args[:n]...)
	}
}

func (c *checker) text(t *Text) {
	c.refers("font", t.Font)
	if t.Size <= 0 || t.Size > maxLength {
		c.wrong("text %d is of the size %v", t.ID, t.Size)
	}
	if len(t.Runs) == 0 {
		c.wrong("text %d says nothing", t.ID)
	}
	characters := 0
	for _, r := range t.Runs {
		n := utf8.RuneCountInString(r.Text)
		characters += n
		c.words(r.Text)
		c.finite("a text", r.X, r.Y)
		for _, steps := range [][]float64{r.DeltaX, r.DeltaY} {
			if len(steps) != 0 && len(steps) != n-1 {
				c.wrong("%.20q has %d steps for %d characters", r.Text, len(steps), n)
			}
			c.finite("a step", steps...)
		}
	}
	for _, g := range t.Glyphs {
		if g.At < 0 || g.Codes < 1 || g.At+g.Codes > characters || len(g.Glyphs) == 0 {
			c.wrong("glyphs of text %d are for characters it does not have", t.ID)
		}
	}
}

// circle refuses a unit that contains itself.
func (c *checker) circle(u Unit) {
	if open, seen := c.open[u.ID]; seen {
		if open {
			c.wrong("unit %d contains itself", u.ID)
		}
		return
	}
	c.open[u.ID] = true
	walk(u.Objects, func(o Object) {
		if o, ok := o.(*Composite); ok && c.err == nil {
			if in, ok := c.d.Unit(o.Unit); ok {
				c.circle(*in)
			}
		}
	})
	c.open[u.ID] = false
}

func (c *checker) bookmarks(list []Bookmark) {
	for _, b := range list {
		c.words(b.Title)
		if b.Page != 0 {
			c.refers("page", b.Page)
		}
		c.bookmarks(b.Children)
	}
}

func (c *checker) tags() {
	for _, t := range c.d.Tags {
		c.words(t.Namespace)
		if !isName(t.Root) {
			c.wrong("%.40q cannot be the name of a tag", t.Root)
		}
		for _, f := range t.Fields {
			for n := range strings.SplitSeq(f.Name, "/") {
				if !isName(n) {
					c.wrong("%.40q cannot be the name of a field", f.Name)
				}
			}
			if len(f.Objects) == 0 {
				c.wrong("the field %.40q is linked to nothing", f.Name)
			}
			for _, o := range f.Objects {
				c.refers("page", o.Page)
				c.refers("object", o.Object)
			}
		}
	}
}

// isName says whether XML takes s for the name of an element, without a prefix.
func isName(s string) bool {
	for i, r := range s {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0x3400 && r <= 0x9fff
		if !letter && (i == 0 || r != '-' && r != '.' && (r < '0' || r > '9')) {
			return false
		}
	}
	return s != ""
}

func (c *checker) attachments() {
	names := map[string]bool{}
	for _, a := range c.d.Attachments {
		c.words(a.Name, a.ID)
		if a.Name == "" || names[a.ID] {
			c.wrong("an attachment needs a name and a number of its own")
		}
		names[a.ID] = a.ID != ""
	}
}

// Number gives a number to everything that has none, so that tags and bookmarks can refer to it. Fonts, pictures, units and
// templates are referred to from the start and keep the numbers they were made with.
func (d *Document) Number() error {
	last, err := d.check()
	if err != nil {
		return err
	}
	give := func(id *ID) {
		if *id == 0 {
			last++
			*id = last
		}
	}
	object := func(o Object) { give(&o.Base().ID) }
	layers := func(list []Layer) {
		for i := range list {
			give(&list[i].ID)
			walk(list[i].Objects, object)
		}
	}
	for i := range d.Templates {
		layers(d.Templates[i].Layers)
	}
	for i := range d.Units {
		walk(d.Units[i].Objects, object)
	}
	for i := range d.Pages {
		p := &d.Pages[i]
		give(&p.ID)
		layers(p.Layers)
		for j := range p.Annotations {
			give(&p.Annotations[j].ID)
			walk(p.Annotations[j].Objects, object)
		}
	}
	return nil
}
