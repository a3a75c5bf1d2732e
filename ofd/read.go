package ofd

import (
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// maxWarnings bounds what is noted about one file; a file that is odd a thousand times is odd the same way.
const maxWarnings = 200

// Read reads the first document of a package into the page model. What is odd but can be understood stands in Warnings
// afterwards; what cannot is an [*Error] that names the file.
func Read(p *Package) (*Document, error) { return ReadBody(p, 0) }

// ReadFile opens a file of so many bytes and reads its first document.
func ReadFile(r io.ReaderAt, size int64) (*Document, error) {
	p, err := Open(r, size)
	if err != nil {
		return nil, err
	}
	return Read(p)
}

// ReadBody reads the document of that place in OFD.xml, counted from 0: one file may hold several (7.4, DocBody).
func ReadBody(p *Package, body int) (*Document, error) {
	r := &reader{
		p: p, doc: &Document{}, left: newBudget(p.limits),
		spaces: map[ID]space{}, params: map[ID]*node{}, cache: map[string][]byte{}, resources: map[string]bool{}, seen: map[ID]bool{},
		said: map[Warning]bool{},
	}
	r.doc.Warnings = slices.Clone(p.odd)
	r.read(body)
	if r.err != nil {
		return nil, r.err
	}
	return r.doc, nil
}

// reader carries one reading. The first error stays and ends it.
type reader struct {
	p         *Package
	doc       *Document
	left      *budget
	file      string // being read, for errors and warnings
	err       error
	spaces    map[ID]space
	params    map[ID]*node
	cache     map[string][]byte // fonts, pictures and attachments by path: named twice, kept once
	resources map[string]bool   // resource files read
	seen      map[ID]bool       // numbers in use
	said      map[Warning]bool
	standard  ID // the document's colour space
	units     []pendingUnit
	unitsDone int
}

func (r *reader) stop(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *reader) warn(code, format string, args ...any) {
	if len(r.doc.Warnings) >= maxWarnings {
		return
	}
	w := Warning{r.file, code, fmt.Sprintf(format, args...)}
	if !r.said[w] {
		r.said[w] = true
		r.doc.Warnings = append(r.doc.Warnings, w)
	}
}

// use notes a number and that it is given twice.
func (r *reader) use(n *node) ID {
	id := r.id(n, "ID")
	if id != 0 && r.seen[id] {
		r.warn("id.twice", "the number %d of %s is given twice", id, n.name)
	}
	r.seen[id] = true
	return id
}

// find resolves a place written in a file; from the root and from the document's folder are tried too.
func (r *reader) find(from, loc string) (string, bool) {
	at := Resolve(from, loc)
	tries := []string{at, Clean(loc)}
	if folder, _, ok := strings.Cut(from, "/"); ok {
		tries = append(tries, Clean(folder+"/"+loc))
	}
	for i, try := range tries {
		got, ok := r.p.Find(try)
		if !ok {
			continue
		}
		if i > 0 {
			r.warn("path.folder", "%s is not where it should be but at %s", loc, got)
		} else if got != at {
			r.warn("path.case", "%s differs in case from %s", loc, got)
		}
		return got, true
	}
	return at, false
}

// load reads an XML file; needed says whether the document can do without.
func (r *reader) load(from, loc string, needed bool) (*node, string) {
	if r.err != nil {
		return nil, ""
	}
	at, ok := r.find(from, loc)
	if !ok {
		if needed {
			r.stop(fail(at, ErrMissing, "is not in the package"))
		} else {
			r.warn("file.missing", "%s is not in the package", at)
		}
		return nil, at
	}
	raw, err := r.p.Bytes(at)
	var n *node
	if err == nil {
		n, err = parseXML(at, raw, r.left)
	}
	if err != nil {
		if !needed && errors.Is(err, ErrBroken) {
			r.warn("file.broken", "%v", err)
			return nil, at
		}
		r.stop(err)
		return nil, at
	}
	r.file = at
	if n.space != namespace {
		r.warn("namespace", "%s is of the namespace %.60q", n.name, n.space)
	}
	r.checkOrder(n, map[string]bool{})
	return n, at
}

// blob reads a font, picture or attachment; nil if it is not there.
func (r *reader) blob(from, folder, loc string) []byte {
	if loc = strings.TrimSpace(loc); loc == "" {
		return nil
	}
	within := loc
	if folder != "" && !strings.HasPrefix(loc, "/") {
		within = path.Join(strings.ReplaceAll(folder, `\`, "/"), loc)
		if strings.HasPrefix(folder, "/") {
			within = "/" + strings.TrimPrefix(within, "/")
		}
	}
	at := Resolve(from, within)
	if _, ok := r.p.Find(at); !ok && within != loc {
		within = loc
	}
	at, ok := r.find(from, within)
	if !ok {
		r.warn("file.missing", "%s is not in the package", at)
		return nil
	}
	if b, ok := r.cache[at]; ok {
		return b
	}
	b, err := r.p.Bytes(at)
	if err != nil {
		r.stop(err)
	}
	r.cache[at] = b
	return b
}

func (r *reader) read(body int) {
	root, _ := r.load("", "/OFD.xml", true)
	if r.err != nil {
		return
	}
	bodies := root.all("DocBody")
	if root.name != "OFD" || body >= len(bodies) || body < 0 {
		r.stop(fail("OFD.xml", ErrNotOFD, "has no document %d", body+1))
		return
	}
	if kind := r.text(root, "DocType"); kind == "OFD-A" {
		r.doc.Archival = true
	} else if kind != "OFD" {
		r.warn("type", "the type is %.20q", kind)
	}
	b := bodies[body]
	r.info(b.child("DocInfo"))
	if loc := b.value("Signatures"); loc != "" {
		r.doc.Signatures, _ = r.find("OFD.xml", loc)
	}
	loc := b.value("DocRoot")
	if loc == "" {
		r.stop(fail("OFD.xml", ErrBroken, "does not say where the document is"))
		return
	}
	r.document(loc)
}

func (r *reader) info(n *node) {
	if n == nil {
		r.warn("info", "nothing is said about the document")
		return
	}
	i := &r.doc.Info
	i.DocID, i.Title, i.Author = n.value("DocID"), n.value("Title"), n.value("Author")
	i.Subject, i.Abstract = n.value("Subject"), n.value("Abstract")
	i.Created, i.Modified = Date(n.value("CreationDate")), Date(n.value("ModDate"))
	i.Usage, i.Cover = n.value("DocUsage"), n.value("Cover")
	i.Creator, i.CreatorVersion = n.value("Creator"), n.value("CreatorVersion")
	if k := n.child("Keywords"); k != nil {
		for _, w := range k.all("Keyword") {
			i.Keywords = append(i.Keywords, strings.TrimSpace(string(w.text)))
		}
	}
	if c := n.child("CustomDatas"); c != nil {
		for _, d := range c.all("CustomData") {
			i.Custom = append(i.Custom, Datum{r.text(d, "Name"), string(d.text)})
		}
	}
	if len(i.DocID) != 32 {
		r.warn("info", "the document's number is %.40q, not 32 digits", i.DocID)
	}
}

// document reads Document.xml and all it leads to.
func (r *reader) document(loc string) {
	root, at := r.load("OFD.xml", "/"+Clean(loc), true)
	if r.err != nil {
		return
	}
	common := root.child("CommonData")
	if common == nil {
		r.stop(fail(at, ErrBroken, "has no CommonData"))
		return
	}
	highest := ID(0)
	if v := common.value("MaxUnitID"); v != "" {
		highest = r.parseID(common, "MaxUnitID", v)
	} else {
		r.warn("id.highest", "MaxUnitID is missing")
	}
	if n := common.child("PageArea"); n != nil {
		r.doc.Area = r.area(n)
	}
	if r.doc.Area.Physical.W <= 0 || r.doc.Area.Physical.H <= 0 {
		r.warn("area", "the size of pages is missing; A4 is taken")
		r.doc.Area.Physical = A4
	}
	if v := common.value("DefaultCS"); v != "" {
		r.standard = r.parseID(common, "DefaultCS", v)
	}
	for _, kind := range []string{"PublicRes", "DocumentRes"} {
		for _, n := range common.all(kind) {
			r.resource(at, string(n.text))
		}
	}
	r.finishUnits()
	for _, n := range common.all("TemplatePage") {
		r.template(at, n)
	}
	r.pages(at, root.child("Pages"))
	r.extras(at, root)
	r.checkUnits()
	r.checkReferences()
	r.file = at
	for id := range r.seen {
		if id > highest && highest != 0 {
			r.warn("id.highest", "MaxUnitID %d is not the highest number in use", highest)
			break
		}
	}
}

// A4 is the sheet that is taken when a file does not say.
var A4 = Box{0, 0, 210, 297}

func (r *reader) area(n *node) Area {
	var a Area
	a.Physical, _ = r.box(n, "PhysicalBox")
	for name, to := range map[string]**Box{"ApplicationBox": &a.Application, "ContentBox": &a.Content, "BleedBox": &a.Bleed} {
		if b, ok := r.box(n, name); ok {
			*to = &b
		}
	}
	return a
}
