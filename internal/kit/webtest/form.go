package webtest

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// Form is a form of a page, filled as a browser would fill it: hidden fields
// (idempotency keys among them), ticked boxes, chosen options, and the first
// button that sends it.
type Form struct {
	page   *Page
	node   *html.Node
	Action string
	Method string
	Values url.Values
	files  []Upload
	button *html.Node
}

// Form gives the form a selector finds, or the one that holds what it finds.
// "" is the only form of the page's main part.
func (p *Page) Form(selector string) *Form {
	p.t.Helper()
	if selector == "" {
		selector = "main form"
	}
	node := p.One(selector)
	for node != nil && node.Data != "form" {
		node = node.Parent
	}
	if node == nil {
		p.t.Fatalf("%s: %q is not in a form", p.name(), selector)
	}
	f := &Form{page: p, node: node, Action: Attr(node, "action"), Method: strings.ToUpper(Attr(node, "method")), Values: url.Values{}}
	if f.Method == "" {
		f.Method = "GET"
	}
	f.collect()
	return f
}

func (f *Form) collect() {
	for n := range f.node.Descendants() {
		name := Attr(n, "name")
		if n.Type != html.ElementNode || name == "" || hasAttr(n, "disabled") {
			continue
		}
		switch n.Data {
		case "textarea":
			f.Values.Add(name, strings.TrimPrefix(rawText(n), "\n"))
		case "select":
			f.collectSelect(n, name)
		case "input":
			f.collectInput(n, name)
		}
	}
}

func (f *Form) collectInput(n *html.Node, name string) {
	switch Attr(n, "type") {
	case "submit", "button", "image", "reset", "file":
	case "checkbox", "radio":
		if hasAttr(n, "checked") {
			v := Attr(n, "value")
			if !hasAttr(n, "value") {
				v = "on"
			}
			f.Values.Add(name, v)
		}
	default:
		f.Values.Add(name, Attr(n, "value"))
	}
}

func (f *Form) collectSelect(n *html.Node, name string) {
	options := Select(n, "option")
	chosen := 0
	for _, o := range options {
		if hasAttr(o, "selected") {
			f.Values.Add(name, optionValue(o))
			chosen++
		}
	}
	if chosen == 0 && len(options) > 0 && !hasAttr(n, "multiple") {
		f.Values.Set(name, optionValue(options[0]))
	}
}

func optionValue(o *html.Node) string {
	if hasAttr(o, "value") {
		return Attr(o, "value")
	}
	return TextOf(o)
}

func rawText(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// Fill types values into a field; the form must have it.
func (f *Form) Fill(name string, values ...string) *Form {
	f.page.t.Helper()
	if len(Select(f.node, `[name="`+name+`"]`)) == 0 {
		f.page.t.Fatalf("%s: form has no field %q", f.page.name(), name)
	}
	f.Values[name] = values
	return f
}

// Attach chooses a file.
func (f *Form) Attach(field, name string, content []byte) *Form {
	f.page.t.Helper()
	if len(Select(f.node, `input[type=file][name="`+field+`"]`)) == 0 {
		f.page.t.Fatalf("%s: form has no file field %q", f.page.name(), field)
	}
	f.files = append(f.files, Upload{field, name, content})
	return f
}

// Press chooses the button that shows this text; its name and value, and its
// formaction, are sent too.
func (f *Form) Press(text string) *Form {
	f.page.t.Helper()
	for _, b := range Select(f.node, "button") {
		if strings.Contains(TextOf(b), text) {
			f.button = b
			return f
		}
	}
	f.page.t.Fatalf("%s: form has no button %q", f.page.name(), text)
	return f
}

// Send sends the form.
func (f *Form) Send() *Page {
	f.page.t.Helper()
	values, action := url.Values{}, f.Action
	for name, v := range f.Values {
		values[name] = v
	}
	if f.button != nil {
		if name := Attr(f.button, "name"); name != "" {
			values.Set(name, Attr(f.button, "value"))
		}
		if to := Attr(f.button, "formaction"); to != "" {
			action = to
		}
	}
	to, err := f.page.URL.Parse(action)
	f.page.client.must(err)
	if f.Method == "GET" {
		to.RawQuery = values.Encode()
		return f.page.client.Get(to.String())
	}
	if len(f.files) > 0 || Attr(f.node, "enctype") == "multipart/form-data" {
		return f.page.client.PostMultipart(to.String(), values, f.files...)
	}
	return f.page.client.PostForm(to.String(), values)
}
