package ofd

// pages reads the tree of pages (7.6).
func (r *reader) pages(at string, tree *node) {
	if tree == nil {
		r.stop(fail(at, ErrBroken, "has no Pages"))
		return
	}
	for _, n := range tree.all("Page") {
		if r.left.pages--; r.left.pages < 0 {
			r.stop(fail(at, ErrLimit, "more than %d pages", r.p.limits.Pages))
		}
		r.file = at
		id, loc := r.use(n), r.text(n, "BaseLoc")
		root, file := r.load(at, loc, true)
		if r.err != nil {
			return
		}
		p := Page{ID: id, File: file}
		r.pageResources(file, root)
		for _, t := range root.all("Template") {
			p.Templates = append(p.Templates, r.templateUse(t))
		}
		p.Area = r.pageArea(root)
		p.Layers = r.layers(root)
		r.doc.Pages = append(r.doc.Pages, p)
	}
	if len(r.doc.Pages) == 0 {
		r.file = at
		r.warn("pages", "there is no page")
	}
}

// template reads a template page (7.5, CT_TemplatePage).
func (r *reader) template(at string, n *node) {
	if r.err != nil {
		return
	}
	if r.left.pages--; r.left.pages < 0 {
		r.stop(fail(at, ErrLimit, "more than %d pages", r.p.limits.Pages))
		return
	}
	r.file = at
	t := Template{ID: r.use(n), Name: r.text(n, "Name"), Order: r.layerType(n, "ZOrder", Background)}
	root, file := r.load(at, r.text(n, "BaseLoc"), false)
	if root != nil {
		r.pageResources(file, root)
		t.Area = r.pageArea(root)
		t.Layers = r.layers(root)
	}
	r.doc.Templates = append(r.doc.Templates, t)
}

func (r *reader) templateUse(n *node) TemplateUse {
	u := TemplateUse{Template: r.id(n, "TemplateID")}
	def := Background
	for _, t := range r.doc.Templates {
		if t.ID == u.Template {
			def = t.Order
		}
	}
	u.Order = r.layerType(n, "ZOrder", def)
	return u
}

func (r *reader) pageResources(file string, root *node) {
	for _, n := range root.all("PageRes") {
		r.resource(file, string(n.text))
	}
	r.finishUnits()
	r.file = file
}

func (r *reader) pageArea(root *node) *Area {
	n := root.child("Area")
	if n == nil {
		return nil
	}
	a := r.area(n)
	if a.Physical.W <= 0 || a.Physical.H <= 0 {
		r.warn("area", "the page's own area has no size and is not used")
		return nil
	}
	return &a
}

func (r *reader) layerType(n *node, name string, def LayerType) LayerType {
	switch v := r.text(n, name); v {
	case "Background":
		return Background
	case "Foreground":
		return Foreground
	case "Body":
		return Body
	case "":
		return def
	default:
		r.warn("layer", "%.20q is no kind of layer", v)
		return def
	}
}

func (r *reader) layers(root *node) []Layer {
	content := root.child("Content")
	if content == nil {
		return nil
	}
	var list []Layer
	for _, n := range content.all("Layer") {
		l := Layer{ID: r.use(n), Type: r.layerType(n, "Type", Body)}
		l.Objects = r.objects(n, r.drawParam(r.id(n, "DrawParam"), 0))
		list = append(list, l)
	}
	return list
}
