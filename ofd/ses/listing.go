package ses

import (
	"strconv"
	"strings"

	"yimen/ofd"
)

// document is one DocBody of OFD.xml: where its signatures and pages are.
type document struct {
	root       string // path of Document.xml
	signatures string // path of Signatures.xml, "" if there is none
	maxID      string // MaxSignId as written
	entries    []entry
	pages      map[string]page // by ID as written, leading zeros cut
	order      []string        // page IDs in order
}

// entry is one Signature of Signatures.xml.
type entry struct{ id, kind, path string }

type page struct {
	number        int // from 1
	content       string
	width, height float64 // millimetres, 0 if not said
}

// maxSignatures bounds the work that one file can make.
const maxSignatures = 500

// readDocuments reads what leads to the signatures. Problems that leave a part
// unread are steps of the report.
func readDocuments(p *ofd.Package, s *steps) []document {
	root, ok := readXML(p, "OFD.xml", s)
	if !ok {
		return nil
	}
	var docs []document
	for _, body := range root.all("DocBody") {
		d := document{root: ofd.Resolve("OFD.xml", body.child("DocRoot").value())}
		if loc := body.child("Signatures").value(); loc != "" {
			d.signatures = find(p, ofd.Resolve("OFD.xml", loc))
			if _, ok := p.Find(d.signatures); ok {
				d.readListing(p, s)
			} else {
				s.file(CodeStructure, Failed, "OFD.xml", "写明的签名列表“"+shorten("/"+d.signatures)+"”不在包里。")
			}
		}
		d.readPages(p)
		docs = append(docs, d)
	}
	if len(docs) == 0 {
		s.file(CodeStructure, Failed, "OFD.xml", "没有文档。")
	}
	return docs
}

func (d *document) readListing(p *ofd.Package, s *steps) {
	list, ok := readXML(p, d.signatures, s)
	if !ok {
		return
	}
	d.maxID = list.child("MaxSignId").value()
	seen := map[string]bool{}
	signatures := list.all("Signature")
	if len(signatures) > maxSignatures {
		s.file(CodeStructure, Failed, d.signatures, "签名太多，不予处理。")
		return
	}
	for _, n := range signatures {
		loc := n.attr("BaseLoc")
		if loc == "" {
			loc = n.child("BaseLoc").value()
		}
		e := entry{id: n.attr("ID"), kind: n.attr("Type"), path: find(p, ofd.Resolve(d.signatures, loc))}
		if e.kind == "" {
			e.kind = "Seal"
		}
		if seen[e.path] {
			s.file(CodeStructure, Failed, d.signatures, "同一个签名登记了两次。")
			continue
		}
		seen[e.path] = true
		d.entries = append(d.entries, e)
	}
}

// readPages is lenient: a document that cannot be read has no pages, and then
// no stamp stands on one.
func (d *document) readPages(p *ofd.Package) {
	d.pages = map[string]page{}
	data, err := p.Bytes(d.root)
	if err != nil {
		return
	}
	root, err := parseXML(data)
	if err != nil {
		return
	}
	w, h := boxSize(root.child("CommonData").child("PageArea").child("PhysicalBox").value())
	for i, n := range root.child("Pages").all("Page") {
		id := plainID(n.attr("ID"))
		d.pages[id] = page{number: i + 1, content: find(p, ofd.Resolve(d.root, n.attr("BaseLoc"))), width: w, height: h}
		d.order = append(d.order, id)
	}
}

func boxSize(box string) (w, h float64) {
	if b, ok := parseBox(box); ok {
		return b.Width, b.Height
	}
	return 0, 0
}

// plainID makes "007" and "7" one: identifiers are numbers.
func plainID(id string) string {
	if n, err := strconv.ParseUint(strings.TrimSpace(id), 10, 64); err == nil {
		return strconv.FormatUint(n, 10)
	}
	return id
}

// idNumber is the number in "s001" or "1".
func idNumber(id string) int {
	n, err := strconv.Atoi(strings.TrimLeft(strings.TrimSpace(id), "sS"))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func find(p *ofd.Package, path string) string {
	if found, ok := p.Find(path); ok {
		return found
	}
	return path
}

// readXML reads one of the files that verification needs itself.
func readXML(p *ofd.Package, path string, s *steps) (*node, bool) {
	data, err := p.Bytes(path)
	if err != nil {
		s.file(CodeStructure, Failed, path, unreadable(err))
		return nil, false
	}
	n, err := parseXML(data)
	if err != nil {
		s.file(CodeStructure, Failed, path, "读不出来："+err.Error()+"。")
		return nil, false
	}
	return n, true
}
