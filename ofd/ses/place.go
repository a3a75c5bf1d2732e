package ses

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"path"
	"strconv"
	"strings"

	"yimen/ofd"
)

// place is where the files of a new signature go.
type place struct {
	p      *ofd.Package
	doc    *document
	list   *node // Signatures.xml, nil if it is still to be made
	folder string
	id     int // of the signature; its stamps have the numbers after it
	last   int // highest number given out
	own    map[string]bool
}

func (l *place) file(name string) string { return l.folder + "/" + name }

// newPlace finds a folder and a number that are free, and refuses documents
// that are closed or cannot be read.
func newPlace(p *ofd.Package) (*place, error) {
	var s steps
	docs := readDocuments(p, &s)
	for _, x := range s {
		if x.Result == Failed {
			return nil, fmt.Errorf("%w: %s: %s", ErrDocument, x.File, x.Reason)
		}
	}
	l := &place{p: p, doc: &docs[0], own: map[string]bool{}}
	dir := path.Dir(l.doc.root) + "/Signs"
	if l.doc.signatures != "" {
		raw, err := p.Bytes(l.doc.signatures)
		if err != nil {
			return nil, err
		}
		if l.list, err = parseXML(raw); err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrDocument, l.doc.signatures, err)
		}
		dir = path.Dir(l.doc.signatures)
	}
	l.last = idNumber(l.doc.maxID)
	for _, e := range l.doc.entries {
		if err := l.earlier(e); err != nil {
			return nil, err
		}
	}
	for n := 0; ; n++ {
		l.folder = ofd.Clean(dir + "/Sign_" + strconv.Itoa(n))
		if !l.taken() {
			break
		}
	}
	l.id = l.last + 1
	return l, nil
}

// taken tells whether any file lies in the folder, in whatever case.
func (l *place) taken() bool {
	prefix := strings.ToLower(l.folder) + "/"
	for _, f := range l.p.Files() {
		if strings.HasPrefix(strings.ToLower(f), prefix) {
			return true
		}
	}
	return false
}

// earlier notes the files and numbers of a signature that is there.
func (l *place) earlier(e entry) error {
	l.last = max(l.last, idNumber(e.id))
	l.own[e.path] = true
	var s steps
	d, ok := readDescription(l.p, e.path, &s)
	if !ok {
		return fmt.Errorf("%w: %s: %s", ErrDocument, s[0].File, s[0].Reason)
	}
	for _, f := range []string{d.seal, d.value} {
		if f != "" {
			l.own[f] = true
		}
	}
	for _, a := range d.stamps {
		l.last = max(l.last, idNumber(a.id))
	}
	for _, r := range d.references {
		if r.file == l.doc.signatures {
			return ErrClosed
		}
	}
	return nil
}

// annots turns pages into their identifiers.
func (l *place) annots(stamps []Stamp) ([]stampAnnot, error) {
	var out []stampAnnot
	for i, s := range stamps {
		if s.Page < 1 || s.Page > len(l.doc.order) {
			return nil, fmt.Errorf("%w: page %d of %d", ErrPlace, s.Page, len(l.doc.order))
		}
		if s.Box.Width <= 0 || s.Box.Height <= 0 {
			return nil, fmt.Errorf("%w: box %q", ErrPlace, s.Box)
		}
		out = append(out, stampAnnot{id: strconv.Itoa(l.id + 1 + i), page: l.doc.order[s.Page-1], box: &s.Box, clip: s.Clip})
	}
	return out, nil
}

// announce writes all files that lead to the signature, and the seal.
func (l *place) announce(seal *Seal, annots []stampAnnot) error {
	if l.list == nil {
		l.doc.signatures = ofd.Clean(path.Dir(l.folder) + "/Signatures.xml")
		raw, err := l.p.Bytes("OFD.xml")
		if err != nil {
			return err
		}
		changed, err := pointTo(raw, "/"+l.doc.signatures)
		if err != nil {
			return err
		}
		if err := l.p.Put(find(l.p, "OFD.xml"), changed); err != nil {
			return err
		}
	}
	kind := "Sign"
	if seal != nil {
		kind = "Seal"
		if err := l.p.Put(l.file("Seal.esl"), seal.Raw); err != nil {
			return err
		}
	}
	return l.p.Put(l.doc.signatures, l.listing(kind, l.id+len(annots)))
}

// listing writes Signatures.xml with the new entry. What stood there stays.
func (l *place) listing(kind string, highest int) []byte {
	var b bytes.Buffer
	b.WriteString(header)
	fmt.Fprintf(&b, `<ofd:Signatures xmlns:ofd="%s"><ofd:MaxSignId>%d</ofd:MaxSignId>`, namespace, highest)
	for _, n := range l.list.all("Signature") {
		b.WriteString("<ofd:Signature")
		for _, a := range n.attrs {
			if a.Name.Space == "" && a.Name.Local != "xmlns" {
				fmt.Fprintf(&b, ` %s="%s"`, a.Name.Local, escape(a.Value))
			}
		}
		b.WriteString("/>")
	}
	fmt.Fprintf(&b, `<ofd:Signature ID="%d" Type="%s" BaseLoc="/%s"/></ofd:Signatures>`, l.id, kind, escape(l.file("Signature.xml")))
	return b.Bytes()
}

const (
	namespace = "http://www.ofdspec.org/2016"
	header    = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
)

// pointTo adds the element Signatures to the first DocBody, where the schema
// wants it: last. Not a byte else is changed.
func pointTo(raw []byte, signatures string) ([]byte, error) {
	root, err := parseXML(raw)
	if err != nil || root.child("DocBody") == nil {
		return nil, fmt.Errorf("%w: OFD.xml", ErrDocument)
	}
	at := int(root.child("DocBody").end)
	if bytes.HasPrefix(raw, []byte("\xEF\xBB\xBF")) {
		at += 3
	}
	end := raw[at:]
	if !bytes.HasPrefix(end, []byte("</")) { // <DocBody/> holds no document
		return nil, fmt.Errorf("%w: OFD.xml", ErrDocument)
	}
	prefix := ""
	if i := bytes.IndexByte(end, '>'); i > 2 {
		if name, _, ok := strings.Cut(string(end[2:i]), ":"); ok {
			prefix = name + ":"
		}
	}
	element := fmt.Sprintf("<%sSignatures>%s</%sSignatures>", prefix, escape(signatures), prefix)
	return append(append(append(make([]byte, 0, len(raw)+len(element)), raw[:at]...), element...), end...), nil
}

// describe writes Signature.xml: the digests of all files that this signature
// protects, and where its stamps stand.
func (l *place) describe(seal *Seal, annots []stampAnnot, o Signing) ([]byte, error) {
	provider := o.Provider
	if provider == "" {
		provider = "yimen"
	}
	var b bytes.Buffer
	b.WriteString(header)
	fmt.Fprintf(&b, `<ofd:Signature xmlns:ofd="%s"><ofd:SignedInfo><ofd:Provider ProviderName="%s"/>`, namespace, escape(provider))
	fmt.Fprintf(&b, `<ofd:SignatureMethod>%s</ofd:SignatureMethod><ofd:SignatureDateTime>%s</ofd:SignatureDateTime>`,
		oidSM2SM3, o.now().Format("20060102150405Z"))
	fmt.Fprintf(&b, `<ofd:References CheckMethod="%s">`, oidSM3)
	for _, f := range l.p.Files() {
		if !o.Final && (f == l.doc.signatures || l.own[f]) {
			continue
		}
		data, err := l.p.Bytes(f)
		if err != nil {
			return nil, err
		}
		sum, _ := digest(oidSM3, data)
		fmt.Fprintf(&b, `<ofd:Reference FileRef="/%s"><ofd:CheckValue>%s</ofd:CheckValue></ofd:Reference>`,
			escape(f), base64.StdEncoding.EncodeToString(sum))
	}
	b.WriteString(`</ofd:References>`)
	for _, a := range annots {
		fmt.Fprintf(&b, `<ofd:StampAnnot ID="%s" PageRef="%s" Boundary="%s"`, a.id, escape(a.page), a.box)
		if a.clip != nil {
			fmt.Fprintf(&b, ` Clip="%s"`, a.clip)
		}
		b.WriteString(`/>`)
	}
	if seal != nil {
		fmt.Fprintf(&b, `<ofd:Seal><ofd:BaseLoc>/%s</ofd:BaseLoc></ofd:Seal>`, escape(l.file("Seal.esl")))
	}
	fmt.Fprintf(&b, `</ofd:SignedInfo><ofd:SignedValue>/%s</ofd:SignedValue></ofd:Signature>`, escape(l.file("SignedValue.dat")))
	return b.Bytes(), nil
}
