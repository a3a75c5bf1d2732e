package ofd

import "errors"

// extras reads what stands beside the pages. The document can do without any of it.
func (r *reader) extras(at string, root *node) {
	for _, name := range []string{"Actions", "VPreferences", "Bookmarks", "Extensions"} {
		if root.child(name) != nil {
			r.warn("feature", "%s is not read", name)
		}
	}
	if n := root.child("Outlines"); n != nil {
		r.doc.Outline = r.outline(n)
	}
	if n := root.child("Permissions"); n != nil {
		r.doc.Permissions = r.permissions(n)
	}
	if loc := root.value("Annotations"); loc != "" {
		r.annotations(at, loc)
	}
	if loc := root.value("CustomTags"); loc != "" {
		r.tags(at, loc)
	}
	if loc := root.value("Attachments"); loc != "" {
		r.attachments(at, loc)
	}
}

func (r *reader) outline(n *node) []Bookmark {
	var list []Bookmark
	for _, k := range n.all("OutlineElem") {
		b := Bookmark{Title: r.text(k, "Title"), Children: r.outline(k)}
		if dest := k.find("Dest"); dest != nil {
			b.Page = r.id(dest, "PageID")
		}
		list = append(list, b)
	}
	return list
}

// find looks for an element in Actions, which nest it deeply: Actions, Action, Goto, Dest.
func (n *node) find(name string) *node {
	actions := n.child("Actions")
	for actions != nil {
		if d := actions.child(name); d != nil {
			return d
		}
		if len(actions.kids) == 0 {
			return nil
		}
		actions = actions.kids[0]
	}
	return nil
}

func (r *reader) permissions(n *node) *Permissions {
	no := func(name string) bool {
		k := n.child(name)
		return k != nil && !parseBool(string(k.text), true)
	}
	p := &Permissions{
		NoEdit: no("Edit"), NoAnnot: no("Annot"), NoExport: no("Export"), NoSignature: no("Signature"),
		NoWatermark: no("Watermark"), NoPrintScreen: no("PrintScreen"),
	}
	if k := n.child("Print"); k != nil {
		p.NoPrint = !r.boolean(k, "Printable", true)
		p.Copies = max(0, int(r.number(k, "Copies", 0)))
	}
	if k := n.child("ValidPeriod"); k != nil {
		p.From, p.Until = r.text(k, "StartDate"), r.text(k, "EndDate")
	}
	return p
}

func (r *reader) annotations(at, loc string) {
	list, file := r.load(at, loc, false)
	if list == nil {
		return
	}
	pages := map[ID]*Page{}
	for i := range r.doc.Pages {
		pages[r.doc.Pages[i].ID] = &r.doc.Pages[i]
	}
	for _, n := range list.all("Page") {
		r.file = file
		page, ok := pages[r.id(n, "PageID")]
		if !ok {
			r.warn("reference", "annotations of a page that is not there")
			continue
		}
		root, _ := r.load(file, n.value("FileLoc"), false)
		if root == nil {
			continue
		}
		for _, k := range root.all("Annot") {
			page.Annotations = append(page.Annotations, r.annotation(k))
		}
	}
}

func (r *reader) annotation(n *node) Annotation {
	a := Annotation{
		ID: r.use(n), Type: AnnotationType(r.text(n, "Type")), Subtype: r.text(n, "Subtype"), Creator: r.text(n, "Creator"),
		Modified: Date(r.text(n, "LastModDate")), Hidden: !r.boolean(n, "Visible", true), NoPrint: !r.boolean(n, "Print", true),
		NoZoom: r.boolean(n, "NoZoom", false), NoRotate: r.boolean(n, "NoRotate", false), Editable: !r.boolean(n, "ReadOnly", true),
		Remark: n.value("Remark"),
	}
	if p := n.child("Parameters"); p != nil {
		for _, k := range p.all("Parameter") {
			a.Parameters = append(a.Parameters, Datum{r.text(k, "Name"), string(k.text)})
		}
	}
	if p := n.child("Appearance"); p != nil {
		a.Boundary, _ = r.box(p, "Boundary")
		a.Objects = r.objects(p, style{})
	}
	return a
}

func (r *reader) attachments(at, loc string) {
	list, file := r.load(at, loc, false)
	if list == nil {
		return
	}
	for _, n := range list.all("Attachment") {
		a := Attachment{
			ID: r.text(n, "ID"), Name: r.text(n, "Name"), Format: r.text(n, "Format"),
			Created: r.text(n, "CreationDate"), Modified: r.text(n, "ModDate"), Hidden: !r.boolean(n, "Visible", true),
		}
		if u := r.text(n, "Usage"); u != "none" {
			a.Usage = u
		}
		where := n.value("FileLoc")
		a.Data = r.blob(file, "", where)
		a.File, _ = r.find(file, where)
		r.doc.Attachments = append(r.doc.Attachments, a)
	}
}

func (r *reader) tags(at, loc string) {
	list, file := r.load(at, loc, false)
	if list == nil {
		return
	}
	for _, n := range list.all("CustomTag") {
		r.file = file
		t := Tag{Namespace: r.text(n, "NameSpace")}
		if t.Namespace == "" {
			t.Namespace = r.text(n, "TypeID")
		}
		if where := n.value("FileLoc"); where != "" {
			if root := r.foreign(file, where); root != nil {
				t.Root = root.name
				r.tagFields(&t, root, "")
			}
		}
		r.doc.Tags = append(r.doc.Tags, t)
	}
}

// foreign reads an XML file of a namespace of its own.
func (r *reader) foreign(from, loc string) *node {
	at, ok := r.find(from, loc)
	if !ok {
		r.warn("file.missing", "%s is not in the package", at)
		return nil
	}
	raw, err := r.p.Bytes(at)
	if err != nil {
		r.stop(err)
		return nil
	}
	n, err := parseXML(at, raw, r.left)
	if err != nil {
		if errors.Is(err, ErrBroken) {
			r.warn("file.broken", "%v", err)
		} else {
			r.stop(err)
		}
		return nil
	}
	r.file = at
	return n
}

// tagFields gathers the fields below n. Names of nested elements are joined by "/".
func (r *reader) tagFields(t *Tag, n *node, prefix string) {
	for _, k := range n.kids {
		if k.name == "ObjectRef" {
			continue
		}
		name := prefix + k.name
		if len(name) > 1024 {
			r.warn("tag", "the names of a tag are too long")
			return
		}
		f := TagField{Name: name}
		for _, ref := range k.all("ObjectRef") {
			f.Objects = append(f.Objects, ObjectRef{r.id(ref, "PageRef"), r.parseID(ref, "ObjectRef", string(ref.text))})
		}
		if len(f.Objects) > 0 {
			t.Fields = append(t.Fields, f)
		}
		r.tagFields(t, k, name+"/")
	}
}

// checkReferences notes what is referred to and not there.
func (r *reader) checkReferences() {
	have := map[ID]bool{}
	for _, f := range r.doc.Fonts {
		have[f.ID] = true
	}
	for _, p := range r.doc.Pictures {
		have[p.ID] = true
	}
	for _, u := range r.doc.Units {
		have[u.ID] = true
	}
	for _, t := range r.doc.Templates {
		have[t.ID] = true
	}
	said := map[ID]bool{}
	need := func(what string, id ID) {
		if !have[id] && !said[id] {
			said[id] = true
			r.warn("reference", "%s %d is not there", what, id)
		}
	}
	for _, p := range r.doc.Pages {
		r.file = p.File
		for _, t := range p.Templates {
			need("template", t.Template)
		}
		p.each(func(o Object) { references(o, need) })
	}
	for _, t := range r.doc.Templates {
		for _, l := range t.Layers {
			walk(l.Objects, func(o Object) { references(o, need) })
		}
	}
}

func references(o Object, need func(what string, id ID)) {
	switch o := o.(type) {
	case *Text:
		need("font", o.Font)
	case *Image:
		need("picture", o.Picture)
	case *Composite:
		need("composite unit", o.Unit)
	}
}
