package webtest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Page is one answer.
type Page struct {
	t      testing.TB
	client *Client
	Method string
	URL    *url.URL // after redirects
	Code   int
	Body   string
	header http.Header
	root   *html.Node
}

// Header are the headers of the answer.
func (p *Page) Header() http.Header { return p.header }

func (p *Page) name() string { return p.Method + " " + p.URL.RequestURI() }

// Status fails the test unless the answer has this status.
func (p *Page) Status(code int) *Page {
	p.t.Helper()
	if p.Code != code {
		p.t.Fatalf("%s: status %d, want %d\n%s", p.name(), p.Code, code, p.excerpt())
	}
	return p
}

// At fails the test unless the answer is of this path (and query, if given).
func (p *Page) At(path string) *Page {
	p.t.Helper()
	got := p.URL.Path
	if strings.Contains(path, "?") {
		got = p.URL.RequestURI()
	}
	if got != path {
		p.t.Fatalf("%s: landed on %s, want %s", p.name(), got, path)
	}
	return p
}

// Location fails the test unless the answer redirects to this address.
func (p *Page) Location(to string) *Page {
	p.t.Helper()
	if got := p.header.Get("Location"); got != to {
		p.t.Fatalf("%s: redirects to %q, want %q", p.name(), got, to)
	}
	return p
}

// Must fails the test unless every text is on the page, as people see it.
func (p *Page) Must(texts ...string) *Page {
	p.t.Helper()
	seen := p.Text()
	for _, s := range texts {
		if !strings.Contains(seen, s) {
			p.t.Fatalf("%s: page does not say %q\n%s", p.name(), s, p.excerpt())
		}
	}
	return p
}

// MustNot fails the test if any text is anywhere in the answer, hidden parts
// and attributes included.
func (p *Page) MustNot(texts ...string) *Page {
	p.t.Helper()
	for _, s := range texts {
		if strings.Contains(p.Body, s) || strings.Contains(p.Text(), s) {
			p.t.Fatalf("%s: page holds %q", p.name(), s)
		}
	}
	return p
}

// Text is what people see of the page, blanks squeezed; of JSON the body.
func (p *Page) Text() string {
	if !strings.HasPrefix(p.header.Get("Content-Type"), "text/html") {
		return p.Body
	}
	return TextOf(p.Root())
}

// Root is the parsed page.
func (p *Page) Root() *html.Node {
	p.t.Helper()
	if p.root == nil {
		root, err := html.Parse(strings.NewReader(p.Body))
		if err != nil {
			p.t.Fatalf("%s: not HTML: %v", p.name(), err)
		}
		p.root = root
	}
	return p.root
}

// Find gives the elements that match a selector: tag, #id, .class, [attr],
// [attr=value], joined, and separated by blanks for "inside".
func (p *Page) Find(selector string) []*html.Node {
	p.t.Helper()
	return Select(p.Root(), selector)
}

// One gives the only element that matches, or fails the test.
func (p *Page) One(selector string) *html.Node {
	p.t.Helper()
	list := p.Find(selector)
	if len(list) != 1 {
		p.t.Fatalf("%s: %d elements match %q, want 1\n%s", p.name(), len(list), selector, p.excerpt())
	}
	return list[0]
}

// None fails the test if anything matches.
func (p *Page) None(selector string) *Page {
	p.t.Helper()
	if n := len(p.Find(selector)); n > 0 {
		p.t.Fatalf("%s: %d elements match %q, want none", p.name(), n, selector)
	}
	return p
}

// Click follows the link that shows this text.
func (p *Page) Click(text string) *Page {
	p.t.Helper()
	for _, a := range p.Find("a[href]") {
		if strings.Contains(TextOf(a), text) {
			to, err := p.URL.Parse(Attr(a, "href"))
			if err != nil {
				p.t.Fatalf("%s: link %q: %v", p.name(), text, err)
			}
			return p.client.Get(to.String())
		}
	}
	p.t.Fatalf("%s: no link says %q\n%s", p.name(), text, p.excerpt())
	return nil
}

// Decode reads the JSON answer into dest.
func (p *Page) Decode(dest any) *Page {
	p.t.Helper()
	if err := json.Unmarshal([]byte(p.Body), dest); err != nil {
		p.t.Fatalf("%s: answer is not the JSON expected: %v\n%s", p.name(), err, p.excerpt())
	}
	return p
}

// Problem is an error of the API.
type Problem struct {
	Type, Title, Detail, Code string
	Status                    int
	Errors                    []struct{ Field, Message string }
	Allowed                   []string
	RequestID                 string `json:"request_id"`
	Level                     int    `json:"level"`
}

// Field is the message about a field, "" when there is none.
func (p Problem) Field(name string) string {
	for _, e := range p.Errors {
		if e.Field == name {
			return e.Message
		}
	}
	return ""
}

// Problem reads the answer as problem+json, or fails the test.
func (p *Page) Problem() Problem {
	p.t.Helper()
	if ct := p.header.Get("Content-Type"); !strings.HasPrefix(ct, "application/problem+json") {
		p.t.Fatalf("%s: answer is %s, want application/problem+json\n%s", p.name(), ct, p.excerpt())
	}
	var problem Problem
	p.Decode(&problem)
	if problem.Status != p.Code {
		p.t.Fatalf("%s: problem says status %d, answer has %d", p.name(), problem.Status, p.Code)
	}
	return problem
}

// excerpt is the part of the page worth showing in a failure.
func (p *Page) excerpt() string {
	s := p.Text()
	if main := p.mainText(); main != "" {
		s = main
	}
	if r := []rune(s); len(r) > 1500 {
		s = string(r[:1500]) + "…"
	}
	return s
}

func (p *Page) mainText() string {
	if !strings.HasPrefix(p.header.Get("Content-Type"), "text/html") {
		return ""
	}
	if list := Select(p.Root(), "main"); len(list) > 0 {
		return TextOf(list[0])
	}
	return ""
}
