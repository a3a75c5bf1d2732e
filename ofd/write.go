package ofd

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// folder of the one document that is written.
const folder = "Doc_0/"

// Write writes a document as an OFD file. Equal documents give equal bytes. A document that does not hold together is refused
// with [ErrInvalid] and the reason.
func Write(w io.Writer, d *Document) error {
	p, err := Pack(d)
	if err != nil {
		return err
	}
	return p.Write(w)
}

// Pack puts a document into a package, to which more may be added before it is written: signatures, for one.
func Pack(d *Document) (*Package, error) {
	highest, err := d.check()
	if err != nil {
		return nil, err
	}
	w := &writer{d: d, p: NewPackage(), last: highest}
	w.put("OFD.xml", nil) // first in the archive
	w.put(folder+"Document.xml", nil)
	fonts, media := w.fonts(), w.media()
	for i := range d.Templates {
		w.templates = append(w.templates, w.template(i, &d.Templates[i]))
	}
	for i := range d.Pages {
		w.pages = append(w.pages, w.page(i, &d.Pages[i]))
	}
	notes := w.annotations()
	w.tags()
	w.attachments()
	w.put("OFD.xml", w.entry())
	w.put(folder+"Document.xml", w.document(fonts, media, notes))
	return w.p, nil
}

// writer carries one writing. It changes nothing in the document: numbers that are missing are given in passing.
type writer struct {
	d                *Document
	p                *Package
	last             ID // highest number in use
	templates, pages []ID
}

func (w *writer) put(name string, data []byte) { _ = w.p.Put(name, data) } // the names are ours

// id gives a thing its number.
func (w *writer) id(id ID) ID {
	if id != 0 {
		return id
	}
	w.last++
	return w.last
}

// entry writes OFD.xml (7.4).
func (w *writer) entry() []byte {
	s := newSheet("OFD")
	s.attr("Version", "1.1")
	if w.d.Archival {
		s.attr("DocType", "OFD-A")
	} else {
		s.attr("DocType", "OFD")
	}
	s.start("DocBody")
	w.info(s)
	s.leaf("DocRoot", folder+"Document.xml")
	if w.d.Signatures != "" {
		s.leaf("Signatures", "/"+Clean(w.d.Signatures))
	}
	return s.done()
}

func (w *writer) info(s *sheet) {
	i := w.d.Info
	s.start("DocInfo")
	s.leaf("DocID", i.DocID)
	s.tell("Title", i.Title)
	s.tell("Author", i.Author)
	s.tell("Subject", i.Subject)
	s.tell("Abstract", i.Abstract)
	s.tell("CreationDate", string(i.Created))
	s.tell("ModDate", string(i.Modified))
	s.tell("DocUsage", i.Usage)
	s.tell("Cover", i.Cover)
	if len(i.Keywords) > 0 {
		s.start("Keywords")
		for _, k := range i.Keywords {
			s.leaf("Keyword", k)
		}
		s.end()
	}
	s.tell("Creator", i.Creator)
	s.tell("CreatorVersion", i.CreatorVersion)
	if len(i.Custom) > 0 {
		s.start("CustomDatas")
		for _, d := range i.Custom {
			s.start("CustomData")
			s.attr("Name", d.Name)
			s.text(d.Value)
			s.end()
		}
		s.end()
	}
	s.end()
}

// document writes Document.xml (7.5).
func (w *writer) document(fonts, media, notes bool) []byte {
	s := newSheet("Document")
	s.start("CommonData")
	s.leaf("MaxUnitID", strconv.FormatUint(uint64(w.last), 10))
	s.start("PageArea")
	area(s, w.d.Area)
	s.end()
	if fonts {
		s.leaf("PublicRes", "PublicRes.xml")
	}
	if media {
		s.leaf("DocumentRes", "DocumentRes.xml")
	}
	for i, t := range w.d.Templates {
		s.start("TemplatePage")
		s.id("ID", w.templates[i])
		s.say("Name", t.Name)
		s.attr("ZOrder", layerNames[t.Order])
		s.attr("BaseLoc", fmt.Sprintf("Tpls/Tpl_%d/Content.xml", i))
		s.end()
	}
	s.end()
	s.start("Pages")
	for i := range w.d.Pages {
		s.start("Page")
		s.id("ID", w.pages[i])
		s.attr("BaseLoc", fmt.Sprintf("Pages/Page_%d/Content.xml", i))
		s.end()
	}
	s.end()
	if len(w.d.Outline) > 0 {
		s.start("Outlines")
		outline(s, w.d.Outline)
		s.end()
	}
	if w.d.Permissions != nil {
		permissions(s, w.d.Permissions)
	}
	if notes {
		s.leaf("Annotations", "Annots/Annotations.xml")
	}
	if len(w.d.Tags) > 0 {
		s.leaf("CustomTags", "Tags/CustomTags.xml")
	}
	if len(w.d.Attachments) > 0 {
		s.leaf("Attachments", "Attachs/Attachments.xml")
	}
	return s.done()
}

func area(s *sheet, a Area) {
	s.box("PhysicalBox", a.Physical)
	for _, b := range []struct {
		name string
		box  *Box
	}{{"ApplicationBox", a.Application}, {"ContentBox", a.Content}, {"BleedBox", a.Bleed}} {
		if b.box != nil {
			s.box(b.name, *b.box)
		}
	}
}

func outline(s *sheet, list []Bookmark) {
	for _, b := range list {
		s.start("OutlineElem")
		s.attr("Title", b.Title)
		if len(b.Children) > 0 {
			s.attr("Count", strconv.Itoa(len(b.Children)))
		}
		if b.Page != 0 {
			s.start("Actions")
			s.start("Action")
			s.attr("Event", "CLICK")
			s.start("Goto")
			s.start("Dest")
			s.attr("Type", "Fit")
			s.id("PageID", b.Page)
			s.end()
			s.end()
			s.end()
			s.end()
		}
		outline(s, b.Children)
		s.end()
	}
}

func permissions(s *sheet, p *Permissions) {
	s.start("Permissions")
	for _, f := range []struct {
		name string
		no   bool
	}{
		{"Edit", p.NoEdit}, {"Annot", p.NoAnnot}, {"Export", p.NoExport}, {"Signature", p.NoSignature},
		{"Watermark", p.NoWatermark}, {"PrintScreen", p.NoPrintScreen},
	} {
		if f.no {
			s.leaf(f.name, "false")
		}
	}
	if p.NoPrint || p.Copies > 0 {
		s.start("Print")
		s.attr("Printable", strconv.FormatBool(!p.NoPrint))
		if p.Copies > 0 {
			s.attr("Copies", strconv.Itoa(p.Copies))
		}
		s.end()
	}
	if p.From != "" || p.Until != "" {
		s.start("ValidPeriod")
		s.say("StartDate", p.From)
		s.say("EndDate", p.Until)
		s.end()
	}
	s.end()
}

// fonts writes PublicRes.xml and the font files (7.9, 11.1).
func (w *writer) fonts() bool {
	if len(w.d.Fonts) == 0 {
		return false
	}
	s := newSheet("Res")
	s.attr("BaseLoc", "Res")
	s.start("Fonts")
	for _, f := range w.d.Fonts {
		id := w.id(f.ID)
		s.start("Font")
		s.id("ID", id)
		s.attr("FontName", f.Name)
		s.say("FamilyName", f.Family)
		s.say("Charset", f.Charset)
		s.flag("Italic", f.Italic, false)
		s.flag("Bold", f.Bold, false)
		s.flag("Serif", f.Serif, false)
		s.flag("FixedWidth", f.FixedWidth, false)
		if f.Data != nil {
			name := fmt.Sprintf("font_%d%s", id, fontSuffix(f.Data))
			s.leaf("FontFile", name)
			w.put(folder+"Res/"+name, f.Data)
		}
		s.end()
	}
	w.put(folder+"PublicRes.xml", s.done())
	return true
}

func fontSuffix(data []byte) string {
	if strings.HasPrefix(string(data[:min(4, len(data))]), "OTTO") {
		return ".otf"
	}
	return ".ttf"
}

// media writes DocumentRes.xml and the pictures (7.9, 10, 13).
func (w *writer) media() bool {
	if len(w.d.Pictures)+len(w.d.Units) == 0 {
		return false
	}
	s := newSheet("Res")
	s.attr("BaseLoc", "Res")
	if len(w.d.Pictures) > 0 {
		s.start("MultiMedias")
		for _, p := range w.d.Pictures {
			id := w.id(p.ID)
			name := fmt.Sprintf("image_%d.%s", id, pictureSuffix(p.Format))
			s.start("MultiMedia")
			s.id("ID", id)
			s.attr("Type", "Image")
			s.attr("Format", p.Format)
			s.leaf("MediaFile", name)
			s.end()
			w.put(folder+"Res/"+name, p.Data)
		}
		s.end()
	}
	if len(w.d.Units) > 0 {
		s.start("CompositeGraphicUnits")
		for _, u := range w.d.Units {
			s.start("CompositeGraphicUnit")
			s.id("ID", w.id(u.ID))
			s.number("Width", u.Width)
			s.number("Height", u.Height)
			s.start("Content")
			w.objects(s, u.Objects)
			s.end()
			s.end()
		}
		s.end()
	}
	w.put(folder+"DocumentRes.xml", s.done())
	return true
}

func pictureSuffix(format string) string {
	switch format {
	case "JPEG":
		return "jpg"
	case "GBIG2":
		return "jb2"
	}
	return strings.ToLower(format)
}
