package ofd

// walk calls f for every object of a list and of the blocks in it.
func walk(list []Object, f func(Object)) {
	for _, o := range list {
		f(o)
		if b, ok := o.(*Block); ok {
			walk(b.Objects, f)
		}
	}
}

// each calls f for every object of a page and its annotations.
func (p *Page) each(f func(Object)) {
	for _, l := range p.Layers {
		walk(l.Objects, f)
	}
	for _, a := range p.Annotations {
		walk(a.Objects, f)
	}
}

// Drawing gives the layers of a page in the order in which they are drawn: background, body, foreground, and in each first
// those of the templates (7.7). Annotations lie above all of it and are not part of it.
func (d *Document) Drawing(p *Page) []Layer {
	templates := map[ID]*Template{}
	for i := range d.Templates {
		templates[d.Templates[i].ID] = &d.Templates[i]
	}
	var all []Layer
	for _, order := range []LayerType{Background, Body, Foreground} {
		for _, u := range p.Templates {
			if t, ok := templates[u.Template]; ok && u.Order == order {
				all = append(all, t.Layers...)
			}
		}
		for _, l := range p.Layers {
			if l.Type == order {
				all = append(all, l)
			}
		}
	}
	return all
}

// Size gives the area of a page: its own, that of a template below it, or the document's.
func (d *Document) Size(p *Page) Area {
	if p.Area != nil {
		return *p.Area
	}
	for _, u := range p.Templates {
		for _, t := range d.Templates {
			if t.ID == u.Template && t.Area != nil {
				return *t.Area
			}
		}
	}
	return d.Area
}

// Font finds a font by number.
func (d *Document) Font(id ID) (*Font, bool) {
	for i := range d.Fonts {
		if d.Fonts[i].ID == id {
			return &d.Fonts[i], true
		}
	}
	return nil, false
}

// Picture finds a picture by number.
func (d *Document) Picture(id ID) (*Picture, bool) {
	for i := range d.Pictures {
		if d.Pictures[i].ID == id {
			return &d.Pictures[i], true
		}
	}
	return nil, false
}

// Unit finds a composite unit by number. Reading has made sure that none contains itself.
func (d *Document) Unit(id ID) (*Unit, bool) {
	for i := range d.Units {
		if d.Units[i].ID == id {
			return &d.Units[i], true
		}
	}
	return nil, false
}

// Text gives what is written on a page, an object a line, in the order of drawing. It is for finding, not for reading out.
func (d *Document) Text(p *Page) string {
	var b []byte
	for _, l := range d.Drawing(p) {
		walk(l.Objects, func(o Object) {
			if t, ok := o.(*Text); ok {
				for _, run := range t.Runs {
					b = append(b, run.Text...)
				}
				b = append(b, '\n')
			}
		})
	}
	return string(b)
}

// NextID gives a number that nothing in the document has.
func (d *Document) NextID() ID {
	last := ID(0)
	note := func(id ID) { last = max(last, id) }
	object := func(o Object) {
		note(o.Base().ID)
		for _, c := range o.Base().Clips {
			for _, p := range c.Parts {
				if p.Path != nil {
					note(p.Path.ID)
				}
				if p.Text != nil {
					note(p.Text.ID)
				}
			}
		}
	}
	layers := func(list []Layer) {
		for _, l := range list {
			note(l.ID)
			walk(l.Objects, object)
		}
	}
	for _, f := range d.Fonts {
		note(f.ID)
	}
	for _, p := range d.Pictures {
		note(p.ID)
	}
	for _, u := range d.Units {
		note(u.ID)
		walk(u.Objects, object)
	}
	for _, t := range d.Templates {
		note(t.ID)
		layers(t.Layers)
	}
	for _, p := range d.Pages {
		note(p.ID)
		layers(p.Layers)
		for _, a := range p.Annotations {
			note(a.ID)
			walk(a.Objects, object)
		}
	}
	return last + 1
}
