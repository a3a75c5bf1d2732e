package webtest

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// one is a compound selector: tag#id.class[attr=value].
type one struct {
	tag     string
	id      string
	classes []string
	attrs   [][2]string
	hasVal  []bool
}

var selectorPart = regexp.MustCompile(`^(?:([a-zA-Z][\w-]*)|#([\w-]+)|\.([\w-]+)|\[([\w-]+)(?:=["']?([^"'\]]*)["']?)?\])`)

// Select gives the elements under root that match; a selector it cannot read
// panics, since the test that holds it is wrong.
func Select(root *html.Node, selector string) []*html.Node {
	parts := splitSelector(selector)
	current := []*html.Node{root}
	for _, part := range parts {
		want := parseOne(part)
		var next []*html.Node
		for _, n := range current {
			for d := range n.Descendants() {
				if d.Type == html.ElementNode && want.matches(d) && !slices.Contains(next, d) {
					next = append(next, d)
				}
			}
		}
		current = next
	}
	return current
}

// splitSelector cuts at blanks outside brackets.
func splitSelector(s string) []string {
	depth := 0
	return strings.FieldsFunc(s, func(c rune) bool {
		switch c {
		case '[':
			depth++
		case ']':
			depth--
		}
		return c == ' ' && depth == 0
	})
}

func parseOne(s string) one {
	var o one
	for rest := s; rest != ""; {
		m := selectorPart.FindStringSubmatch(rest)
		if m == nil {
			panic("webtest: cannot read selector " + s)
		}
		switch {
		case m[1] != "":
			o.tag = m[1]
		case m[2] != "":
			o.id = m[2]
		case m[3] != "":
			o.classes = append(o.classes, m[3])
		default:
			o.attrs = append(o.attrs, [2]string{m[4], m[5]})
			o.hasVal = append(o.hasVal, strings.Contains(m[0], "="))
		}
		rest = rest[len(m[0]):]
	}
	return o
}

func (o one) matches(n *html.Node) bool {
	if o.tag != "" && n.Data != o.tag || o.id != "" && Attr(n, "id") != o.id {
		return false
	}
	classes := strings.Fields(Attr(n, "class"))
	for _, c := range o.classes {
		if !slices.Contains(classes, c) {
			return false
		}
	}
	for i, a := range o.attrs {
		if !hasAttr(n, a[0]) || o.hasVal[i] && Attr(n, a[0]) != a[1] {
			return false
		}
	}
	return true
}

// Attr is an attribute of an element, "" when it has none.
func Attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// TextOf is the text inside an element, blanks squeezed, without scripts.
func TextOf(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		switch {
		case n.Type == html.TextNode:
			b.WriteString(n.Data)
		case n.Type == html.ElementNode && (n.Data == "script" || n.Data == "style" || n.Data == "template"):
			return
		case n.Type == html.ElementNode && !inline[n.Data]:
			b.WriteByte(' ')
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(n)
	return strings.Join(strings.Fields(b.String()), " ")
}

var inline = map[string]bool{"span": true, "a": true, "strong": true, "em": true, "b": true, "i": true, "code": true, "small": true, "time": true}
