package ses

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Bounds of the XML read here. The lists of files and pages of the largest
// documents stay far below.
const (
	maxNodes = 300_000
	maxDepth = 64
)

// node is an element. Prefixes are dropped: vendors use others than ofd, and
// the names do not clash.
type node struct {
	name     string
	attrs    []xml.Attr
	children []*node
	text     string
	end      int64 // offset of its end tag
}

var errEntity = errors.New("含有文档类型声明，不予处理")

// parseXML reads a small XML file. Document types are refused, so no entity is
// ever expanded.
func parseXML(data []byte) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))))
	root := &node{}
	stack := []*node{root}
	nodes := 0
	for {
		at := d.InputOffset()
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("不是完好的XML（第%d字节附近）", at)
		}
		top := stack[len(stack)-1]
		switch t := token.(type) {
		case xml.StartElement:
			if nodes++; nodes > maxNodes || len(stack) > maxDepth {
				return nil, errors.New("元素太多或嵌套太深")
			}
			n := &node{name: t.Name.Local, attrs: t.Attr}
			top.children = append(top.children, n)
			stack = append(stack, n)
		case xml.EndElement:
			if len(stack) == 1 || top.name != t.Name.Local {
				return nil, fmt.Errorf("不是完好的XML（第%d字节附近）", at)
			}
			top.end = at
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 1 {
				top.text += string(t)
			}
		case xml.Directive:
			return nil, errEntity
		}
	}
	if len(stack) != 1 || len(root.children) != 1 {
		return nil, errors.New("不是完好的XML")
	}
	return root.children[0], nil
}

func (n *node) attr(name string) string {
	if n == nil {
		return ""
	}
	for _, a := range n.attrs {
		if a.Name.Local == name && a.Name.Space != "xmlns" {
			return a.Value
		}
	}
	return ""
}

// child is the first child of the name, or nil, of which everything is empty.
func (n *node) child(name string) *node {
	for _, c := range n.all(name) {
		return c
	}
	return nil
}

func (n *node) all(name string) (out []*node) {
	if n == nil {
		return nil
	}
	for _, c := range n.children {
		if c.name == name {
			out = append(out, c)
		}
	}
	return out
}

func (n *node) value() string {
	if n == nil {
		return ""
	}
	return strings.TrimSpace(n.text)
}

// base64Value decodes the text of an element; line breaks within are allowed.
func (n *node) base64Value() ([]byte, bool) {
	v, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(n.value()), ""))
	return v, err == nil && len(v) > 0
}

// escape makes text safe between quotes and tags.
func escape(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer does not fail
	return b.String()
}
