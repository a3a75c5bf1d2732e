package ofd

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// namespace of all elements (7.1).
const namespace = "http://www.ofdspec.org/2016"

// node is an element of an XML file. Prefixes are dropped: makers use others than ofd, and some none.
type node struct {
	name  string
	space string
	attrs []attr
	kids  []*node
	text  []byte // character data before, between and behind the elements
}

type attr struct{ name, value string }

// budget is what is left of a document's limits. Characters and strokes are bounded beside elements, because a byte of a file
// may become thirty of memory.
type budget struct {
	depth, elements, objects, pages int
	characters, strokes             int
	bytes                           int64 // of XML
}

// The longest attribute and the longest text of one element that are believed.
const (
	maxAttribute = 256 << 10
	maxText      = 4 << 20
)

func newBudget(l Limits) *budget {
	return &budget{
		depth: l.Depth, elements: l.Elements, objects: l.Objects, pages: l.Pages,
		characters: 40 * l.Objects, strokes: 20 * l.Objects, bytes: l.Total / 4,
	}
}

// parseXML reads one file into a tree. Declarations of types and entities are refused: nothing in OFD needs them, and they
// are how small files become large ones and how files of the machine are read.
func parseXML(file string, raw []byte, left *budget) (*node, error) {
	if left.bytes -= int64(len(raw)); left.bytes < 0 {
		return nil, fail(file, ErrLimit, "the document has too much XML")
	}
	raw, err := toUTF8(file, raw)
	if err != nil {
		return nil, err
	}
	d := xml.NewDecoder(bytes.NewReader(raw))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is UTF-8 by now
	t := tree{file: file, left: left}
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = t.take(token)
		} else {
			err = fail(file, ErrBroken, "is not XML: %v", err)
		}
		if err != nil {
			return nil, err
		}
	}
	if t.root == nil || len(t.open) > 0 {
		return nil, fail(file, ErrBroken, "ends before its elements do")
	}
	return t.root, nil
}

// tree grows as tokens come.
type tree struct {
	file string
	left *budget
	root *node
	open []*node
}

func (t *tree) take(token xml.Token) error {
	switch token := token.(type) {
	case xml.StartElement:
		return t.start(token)
	case xml.EndElement:
		last := len(t.open) - 1
		if last < 0 || t.open[last].name != strings.TrimPrefix(token.Name.Local, ":") {
			return fail(t.file, ErrBroken, "%.40s is closed and was not open", token.Name.Local)
		}
		t.open = t.open[:last]
	case xml.CharData:
		if len(t.open) > 0 {
			in := t.open[len(t.open)-1]
			if len(in.text)+len(token) > maxText {
				return fail(t.file, ErrLimit, "%.40s holds more than %d bytes of text", in.name, maxText)
			}
			in.text = append(in.text, token...)
		}
	case xml.Directive:
		return fail(t.file, ErrUnsafe, "declares types or entities")
	}
	return nil
}

func (t *tree) start(token xml.StartElement) error {
	if len(t.open) >= t.left.depth {
		return fail(t.file, ErrLimit, "elements are nested more than %d deep", t.left.depth)
	}
	// An attribute costs as much as a small element.
	if t.left.elements -= 1 + len(token.Attr)/8; t.left.elements < 0 {
		return fail(t.file, ErrLimit, "the document has too many elements")
	}
	for _, a := range token.Attr {
		if len(a.Value) > maxAttribute {
			return fail(t.file, ErrLimit, "%.40s of %.40s is longer than %d bytes", a.Name.Local, token.Name.Local, maxAttribute)
		}
	}
	n := newNode(token)
	switch {
	case len(t.open) > 0:
		up := t.open[len(t.open)-1]
		up.kids = append(up.kids, n)
	case t.root != nil:
		return fail(t.file, ErrBroken, "has two root elements")
	default:
		t.root = n
	}
	t.open = append(t.open, n)
	return nil
}

func newNode(t xml.StartElement) *node {
	n := &node{name: strings.TrimPrefix(t.Name.Local, ":"), space: t.Name.Space}
	if len(t.Attr) > 0 {
		n.attrs = make([]attr, 0, len(t.Attr))
	}
	for _, a := range t.Attr {
		if a.Name.Space == "xmlns" || (a.Name.Space == "" && a.Name.Local == "xmlns") {
			if a.Name.Local == t.Name.Space || (a.Name.Space == "" && t.Name.Space == "") {
				n.space = a.Value
			}
			continue
		}
		n.attrs = append(n.attrs, attr{a.Name.Local, a.Value})
	}
	return n
}

// toUTF8 drops a byte order mark and turns UTF-16 and GB 18030 into UTF-8. A file that says UTF-8 and is not is taken for
// GB 18030: that is what Chinese programs wrote when they forgot.
func toUTF8(file string, raw []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")):
		raw = raw[3:]
	case bytes.HasPrefix(raw, []byte("\xff\xfe")), bytes.HasPrefix(raw, []byte("\xfe\xff")):
		return decode(file, raw, unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM))
	}
	if !utf8.Valid(raw) {
		return decode(file, raw, simplifiedchinese.GB18030)
	}
	return raw, nil
}

func decode(file string, raw []byte, e encoding.Encoding) ([]byte, error) {
	b, err := e.NewDecoder().Bytes(raw)
	if err != nil {
		return nil, fail(file, ErrBroken, "its characters cannot be read: %v", err)
	}
	return b, nil
}

// child gives the first element of that name, or nil.
func (n *node) child(name string) *node {
	for _, k := range n.kids {
		if k.name == name {
			return k
		}
	}
	return nil
}

// all gives the elements of that name.
func (n *node) all(name string) []*node {
	var list []*node
	for _, k := range n.kids {
		if k.name == name {
			list = append(list, k)
		}
	}
	return list
}

// value gives what stands in the element of that name, or in an attribute in its place.
func (n *node) value(name string) string {
	if k := n.child(name); k != nil {
		return strings.TrimSpace(string(k.text))
	}
	for _, a := range n.attrs {
		if a.name == name {
			return strings.TrimSpace(a.value)
		}
	}
	return ""
}
