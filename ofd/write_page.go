package ofd

import (
	"fmt"
	"strconv"
	"strings"
)

var layerNames = map[LayerType]string{Background: "Background", Body: "Body", Foreground: "Foreground"}

// template writes a template page and gives its number.
func (w *writer) template(i int, t *Template) ID {
	id := w.id(t.ID)
	s := newSheet("Page")
	if t.Area != nil {
		s.start("Area")
		area(s, *t.Area)
		s.end()
	}
	w.layers(s, t.Layers)
	w.put(fmt.Sprintf("%sTpls/Tpl_%d/Content.xml", folder, i), s.done())
	return id
}

// page writes a page (7.7) and gives its number.
func (w *writer) page(i int, p *Page) ID {
	id := w.id(p.ID)
	s := newSheet("Page")
	for _, t := range p.Templates {
		s.start("Template")
		s.id("TemplateID", t.Template)
		s.attr("ZOrder", layerNames[t.Order])
		s.end()
	}
	if p.Area != nil {
		s.start("Area")
		area(s, *p.Area)
		s.end()
	}
	w.layers(s, p.Layers)
	w.put(fmt.Sprintf("%sPages/Page_%d/Content.xml", folder, i), s.done())
	return id
}

func (w *writer) layers(s *sheet, list []Layer) {
	if len(list) == 0 {
		return
	}
	s.start("Content")
	for _, l := range list {
		s.start("Layer")
		s.id("ID", w.id(l.ID))
		if l.Type != Body {
			s.attr("Type", layerNames[l.Type])
		}
		w.objects(s, l.Objects)
		s.end()
	}
	s.end()
}

// annotations writes the list of annotated pages and a file for each (15).
func (w *writer) annotations() bool {
	var list *sheet
	for i, p := range w.d.Pages {
		if len(p.Annotations) == 0 {
			continue
		}
		if list == nil {
			list = newSheet("Annotations")
			w.put(folder+"Annots/Annotations.xml", nil)
		}
		list.start("Page")
		list.id("PageID", w.pages[i])
		list.leaf("FileLoc", fmt.Sprintf("Page_%d/Annotation.xml", i))
		list.end()
		s := newSheet("PageAnnot")
		for _, a := range p.Annotations {
			w.annotation(s, a)
		}
		w.put(fmt.Sprintf("%sAnnots/Page_%d/Annotation.xml", folder, i), s.done())
	}
	if list == nil {
		return false
	}
	w.put(folder+"Annots/Annotations.xml", list.done())
	return true
}

func (w *writer) annotation(s *sheet, a Annotation) {
	s.start("Annot")
	s.id("ID", w.id(a.ID))
	s.attr("Type", string(a.Type))
	s.say("Creator", a.Creator)
	s.say("LastModDate", string(a.Modified))
	s.say("Subtype", a.Subtype)
	s.flag("Visible", !a.Hidden, true)
	s.flag("Print", !a.NoPrint, true)
	s.flag("NoZoom", a.NoZoom, false)
	s.flag("NoRotate", a.NoRotate, false)
	s.flag("ReadOnly", !a.Editable, true)
	s.tell("Remark", a.Remark)
	if len(a.Parameters) > 0 {
		s.start("Parameters")
		for _, p := range a.Parameters {
			s.start("Parameter")
			s.attr("Name", p.Name)
			s.text(p.Value)
			s.end()
		}
		s.end()
	}
	s.start("Appearance")
	s.numbers("Boundary", 4, a.Boundary.X, a.Boundary.Y, a.Boundary.W, a.Boundary.H)
	w.objects(s, a.Objects)
	s.end()
	s.end()
}

// attachments writes the list of attachments and the files (20).
func (w *writer) attachments() {
	if len(w.d.Attachments) == 0 {
		return
	}
	s := newSheet("Attachments")
	w.put(folder+"Attachs/Attachments.xml", nil)
	for i, a := range w.d.Attachments {
		if a.ID == "" {
			a.ID = fmt.Sprintf("attachment%d", i+1)
		}
		file := fmt.Sprintf("file_%d", i+1)
		if a.Format != "" && strings.Trim(a.Format, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == "" {
			file += "." + strings.ToLower(a.Format)
		}
		s.start("Attachment")
		s.attr("ID", a.ID)
		s.attr("Name", a.Name)
		s.say("Format", a.Format)
		s.say("CreationDate", a.Created)
		s.say("ModDate", a.Modified)
		s.numbers("Size", 4, float64(len(a.Data))/1024)
		s.flag("Visible", !a.Hidden, true)
		s.say("Usage", a.Usage)
		s.leaf("FileLoc", file)
		s.end()
		w.put(folder+"Attachs/"+file, a.Data)
	}
	w.put(folder+"Attachs/Attachments.xml", s.done())
}

// tags writes the list of tags and a file of the schema's own namespace for each (16).
func (w *writer) tags() {
	if len(w.d.Tags) == 0 {
		return
	}
	list := newSheet("CustomTags")
	w.put(folder+"Tags/CustomTags.xml", nil)
	for i, t := range w.d.Tags {
		list.start("CustomTag")
		list.attr("NameSpace", t.Namespace)
		list.leaf("FileLoc", fmt.Sprintf("Tag_%d.xml", i))
		list.end()
		w.put(fmt.Sprintf("%sTags/Tag_%d.xml", folder, i), tagFile(t))
	}
	w.put(folder+"Tags/CustomTags.xml", list.done())
}

// tagFile writes the fields as elements nested by their names, each with the objects that show its value.
func tagFile(t Tag) []byte {
	b := append([]byte(header), '<')
	b = append(append(b, t.Root...), ` xmlns="`...)
	b = append(escape(b, t.Namespace, true), `" xmlns:ofd="`+namespace+`">`...)
	var open []string
	closeTo := func(n int) {
		for len(open) > n {
			b = append(append(append(b, "</"...), open[len(open)-1]...), '>')
			open = open[:len(open)-1]
		}
	}
	for _, f := range t.Fields {
		names := strings.Split(f.Name, "/")
		shared := 0
		for shared < len(open) && shared < len(names)-1 && open[shared] == names[shared] {
			shared++
		}
		closeTo(shared)
		for _, n := range names[shared:] {
			b = append(append(append(b, '<'), n...), '>')
			open = append(open, n)
		}
		for _, o := range f.Objects {
			b = append(b, `<ofd:ObjectRef PageRef="`...)
			b = append(strconv.AppendUint(b, uint64(o.Page), 10), `">`...)
			b = append(strconv.AppendUint(b, uint64(o.Object), 10), `</ofd:ObjectRef>`...)
		}
	}
	closeTo(0)
	return append(append(append(b, "</"...), t.Root...), '>')
}
