package journeys

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
)

// An api speaks JSON to a server in the name of one account.
type api struct {
	base, token, key string
}

var httpClient = &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 64},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// A reply is what came back.
type reply struct {
	what   string
	status int
	header http.Header
	body   []byte
}

// send sends body as JSON; an io.Reader goes as it is under its media type.
func (a api) send(method, path string, body any, mediaType ...string) (reply, error) {
	var r io.Reader
	kind := "application/json"
	switch b := body.(type) {
	case nil:
	case io.Reader:
		r, kind = b, mediaType[0]
	case []byte:
		r = bytes.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			return reply{}, err
		}
		r = bytes.NewReader(raw)
	}
	q, err := http.NewRequest(method, a.base+path, r)
	if err != nil {
		return reply{}, err
	}
	if r != nil {
		q.Header.Set("Content-Type", kind)
	}
	if a.token != "" {
		q.Header.Set("Authorization", "Bearer "+a.token)
	}
	if a.key != "" {
		q.Header.Set("Idempotency-Key", a.key)
	}
	res, err := httpClient.Do(q)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	return reply{method + " " + path, res.StatusCode, res.Header, raw}, err
}

// upload sends a file and gives its id.
func (a api) upload(name string, content []byte) (reply, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		return reply{}, err
	}
	if _, err := part.Write(content); err != nil {
		return reply{}, err
	}
	if err := w.Close(); err != nil {
		return reply{}, err
	}
	return a.send("POST", "/api/v1/files", &b, w.FormDataContentType())
}

// find gives what stands at a dotted path (items.0.code) of the answer.
func (r reply) find(path string) (any, bool) {
	var doc any
	d := json.NewDecoder(bytes.NewReader(r.body))
	d.UseNumber()
	if d.Decode(&doc) != nil {
		return nil, false
	}
	return lookup(doc, path)
}

func lookup(doc any, path string) (any, bool) {
	if path == "" {
		return doc, true
	}
	head, rest, _ := strings.Cut(path, ".")
	switch v := doc.(type) {
	case map[string]any:
		next, ok := v[head]
		if !ok {
			return nil, false
		}
		return lookup(next, rest)
	case []any:
		if head == "len" {
			return json.Number(strconv.Itoa(len(v))), rest == ""
		}
		i, err := strconv.Atoi(head)
		if err != nil || i >= len(v) || i < -len(v) {
			return nil, false
		}
		if i < 0 {
			i += len(v)
		}
		return lookup(v[i], rest)
	}
	return nil, false
}

// text gives what stands at path as text; "" when nothing does.
func (r reply) text(path string) string {
	v, ok := r.find(path)
	if !ok || v == nil {
		return ""
	}
	switch v.(type) {
	case map[string]any, []any:
		raw, _ := json.Marshal(v)
		return string(raw)
	}
	return fmt.Sprint(v)
}

func (r reply) String() string { return fmt.Sprintf("%s: %d %s", r.what, r.status, r.body) }

// notAProblem says what about the answer is not a problem as the interface
// promises it: media type, code, status, Chinese sentence, field messages.
func (r reply) notAProblem() error {
	var p struct {
		Type, Title, Detail, Code string
		Status                    int
		Errors                    []struct{ Field, Message string }
	}
	switch err := json.Unmarshal(r.body, &p); {
	case err != nil:
		return err
	case r.header.Get("Content-Type") != "application/problem+json":
		return fmt.Errorf("media type %q", r.header.Get("Content-Type"))
	case p.Status != r.status, p.Code == "", p.Type != "urn:yimen:error:"+p.Code, p.Title == "":
		return fmt.Errorf("status, code, type or title are not right")
	case !chinese(p.Detail):
		return fmt.Errorf("detail %q is not a Chinese sentence", p.Detail)
	}
	for _, e := range p.Errors {
		if e.Field == "" || !chinese(e.Message) {
			return fmt.Errorf("field %q: message %q", e.Field, e.Message)
		}
	}
	return nil
}

func chinese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// fields lists the fields a problem names.
func (r reply) fields() []string {
	var p struct{ Errors []struct{ Field string } }
	_ = json.Unmarshal(r.body, &p)
	var names []string
	for _, e := range p.Errors {
		names = append(names, e.Field)
	}
	return names
}

// A caller is an api in a Go test: what goes wrong on the way ends the test.
type caller struct {
	t testing.TB
	api
}

// keyed gives the caller with an idempotency key.
func (c *caller) keyed(key string) *caller {
	d := *c
	d.key = key
	return &d
}

func (c *caller) do(method, path string, body any, status int) reply {
	c.t.Helper()
	r, err := c.send(method, path, body)
	must(c.t, err)
	return r.want(c.t, status)
}

func (c *caller) get(path string) reply { c.t.Helper(); return c.do("GET", path, nil, 200) }
func (c *caller) post(path string, body any) reply {
	c.t.Helper()
	return c.do("POST", path, body, 200)
}

// act does a verb to a case.
func (c *caller) act(number, verb string, body any) reply {
	c.t.Helper()
	return c.post("/api/v1/cases/"+number+"/"+verb, body)
}

// refused expects a problem of this status and code that names these fields.
func (c *caller) refused(method, path string, body any, status int, code string, fields ...string) reply {
	c.t.Helper()
	r, err := c.send(method, path, body)
	must(c.t, err)
	return r.refused(c.t, status, code, fields...)
}

func (r reply) want(t testing.TB, status int) reply {
	t.Helper()
	if r.status != status {
		t.Fatalf("want %d: %s", status, r)
	}
	return r
}

func (r reply) refused(t testing.TB, status int, code string, fields ...string) reply {
	t.Helper()
	r.want(t, status)
	if err := r.notAProblem(); err != nil {
		t.Errorf("%v: %s", err, r)
	}
	if got := r.text("code"); got != code {
		t.Errorf("code %s, want %s: %s", got, code, r)
	}
	for _, f := range fields {
		if !slices.Contains(r.fields(), f) {
			t.Errorf("field %s is not named: %s", f, r)
		}
	}
	return r
}

// says checks what stands at a path of the answer.
func (r reply) says(t testing.TB, path, want string) reply {
	t.Helper()
	if got := r.text(path); got != want {
		t.Errorf("%s is %q, want %q: %s", path, got, want, r)
	}
	return r
}
