package ofd

import (
	"strings"
)

// resource reads a resource file (7.9): colour spaces and draw parameters are kept until the objects that use them are read
// and dissolve into these; fonts, pictures and units go into the document.
func (r *reader) resource(from, loc string) {
	if r.err != nil || strings.TrimSpace(loc) == "" {
		return
	}
	if at, ok := r.find(from, loc); ok && r.resources[at] {
		return
	}
	back := r.file
	n, at := r.load(from, strings.TrimSpace(loc), false)
	r.resources[at] = true
	if n == nil {
		return
	}
	folder := r.text(n, "BaseLoc")
	for _, k := range n.kids {
		switch k.name {
		case "ColorSpaces":
			r.colourSpaces(k)
		case "DrawParams":
			for _, p := range k.all("DrawParam") {
				r.params[r.use(p)] = p
			}
		case "Fonts":
			for _, f := range k.all("Font") {
				r.font(at, folder, f)
			}
		case "MultiMedias":
			for _, m := range k.all("MultiMedia") {
				r.picture(at, folder, m)
			}
		case "CompositeGraphicUnits":
			for _, u := range k.all("CompositeGraphicUnit") {
				r.doc.Units = append(r.doc.Units, Unit{ID: r.use(u), Width: r.number(u, "Width", 0), Height: r.number(u, "Height", 0)})
				r.units = append(r.units, pendingUnit{at, u})
			}
		}
	}
	r.file = back
}

func (r *reader) font(at, folder string, n *node) {
	f := Font{
		ID: r.use(n), Name: r.text(n, "FontName"), Family: r.text(n, "FamilyName"), Charset: r.text(n, "Charset"),
		Bold: r.boolean(n, "Bold", false), Italic: r.boolean(n, "Italic", false),
		Serif: r.boolean(n, "Serif", false), FixedWidth: r.boolean(n, "FixedWidth", false),
	}
	if strings.EqualFold(f.Charset, "unicode") {
		f.Charset = "" // what the standard takes when nothing is said
	}
	f.Data = r.blob(at, folder, n.value("FontFile"))
	r.doc.Fonts = append(r.doc.Fonts, f)
}

func (r *reader) picture(at, folder string, n *node) {
	if kind := r.text(n, "Type"); kind != "Image" && kind != "" {
		r.warn("media", "%s is neither shown nor played", kind)
		return
	}
	loc := n.value("MediaFile")
	p := Picture{ID: r.use(n), Format: strings.ToUpper(r.text(n, "Format")), Data: r.blob(at, folder, loc)}
	if p.Format == "" {
		if i := strings.LastIndexByte(loc, '.'); i >= 0 {
			p.Format = strings.ToUpper(loc[i+1:])
		}
	}
	if p.Format == "JPG" {
		p.Format = "JPEG"
	}
	r.doc.Pictures = append(r.doc.Pictures, p)
}

// pendingUnit is a unit whose objects are read when all resources are known.
type pendingUnit struct {
	file string
	n    *node
}

func (r *reader) finishUnits() {
	for ; r.unitsDone < len(r.units); r.unitsDone++ {
		u := r.units[r.unitsDone]
		r.file = u.file
		if c := u.n.child("Content"); c != nil {
			r.doc.Units[r.unitsDone].Objects = r.objects(c, style{})
		}
	}
}

// checkUnits refuses units that contain one another, and such whose drawing would have more objects than a document may: ten
// units of ten of the next are ten thousand million after ten.
func (r *reader) checkUnits() {
	units := map[ID]*Unit{}
	for i := range r.doc.Units {
		units[r.doc.Units[i].ID] = &r.doc.Units[i]
	}
	weight := map[ID]int{}
	const open = -1
	most := r.p.limits.Objects
	var weigh func(id ID) int
	var count func(list []Object) int
	count = func(list []Object) int {
		sum := 0
		for _, o := range list {
			switch o := o.(type) {
			case *Block:
				sum += count(o.Objects)
			case *Composite:
				sum += weigh(o.Unit)
			}
			if sum++; sum > most || r.err != nil {
				return most + 1
			}
		}
		return sum
	}
	weigh = func(id ID) int {
		u, ok := units[id]
		if !ok {
			return 0
		}
		if w, ok := weight[id]; ok {
			if w == open {
				r.stop(fail(r.file, ErrLimit, "the composite unit %d contains itself", id))
			}
			return max(w, 0)
		}
		weight[id] = open
		w := count(u.Objects)
		weight[id] = w
		return w
	}
	drawn := func(layers []Layer, notes []Annotation) {
		total := 0
		for _, l := range layers {
			total += count(l.Objects)
		}
		for _, a := range notes {
			total += count(a.Objects)
		}
		if total > most {
			r.stop(fail(r.file, ErrLimit, "composite units would draw more than %d objects on a page", most))
		}
	}
	for _, p := range r.doc.Pages {
		drawn(p.Layers, p.Annotations)
	}
	for _, t := range r.doc.Templates {
		drawn(t.Layers, nil)
	}
	for _, u := range r.doc.Units {
		weigh(u.ID)
	}
}
