package webtest

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// base is the address the client believes it speaks to.
const base = "http://yimen.test"

// Client is one browser, or one API caller: it keeps cookies.
type Client struct {
	t       testing.TB
	handler http.Handler
	jar     http.CookieJar
	header  http.Header
	follow  bool
}

// New makes a client without cookies that follows redirects.
func New(t testing.TB, h http.Handler) *Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatalf("webtest: cookie jar: %v", err)
	}
	return &Client{t: t, handler: h, jar: jar, header: http.Header{}, follow: true}
}

// NoRedirect returns a client with the same cookies that shows redirects
// instead of following them.
func (c *Client) NoRedirect() *Client {
	d := *c
	d.follow = false
	return &d
}

// Follow returns a client with the same cookies that follows redirects.
func (c *Client) Follow() *Client {
	d := *c
	d.follow = true
	return &d
}

// To is the same browser, with its cookies, at another process.
func (c *Client) To(h http.Handler) *Client {
	other := *c
	other.handler = h
	return &other
}

// With returns a client with the same cookies that sends one more header.
func (c *Client) With(name, value string) *Client {
	d := *c
	d.header = c.header.Clone()
	d.header.Set(name, value)
	return &d
}

// Bearer returns a client that speaks with a token.
func (c *Client) Bearer(token string) *Client { return c.With("Authorization", "Bearer "+token) }

// Get reads a page.
func (c *Client) Get(path string) *Page {
	c.t.Helper()
	return c.Do("GET", path, "", nil)
}

// PostForm sends a form as a browser on the same site would.
func (c *Client) PostForm(path string, fields url.Values) *Page {
	c.t.Helper()
	return c.Do("POST", path, "application/x-www-form-urlencoded", strings.NewReader(fields.Encode()))
}

// Upload is a file of a multipart form.
type Upload struct {
	Field, Name string
	Content     []byte
}

// PostMultipart sends a form with files.
func (c *Client) PostMultipart(path string, fields url.Values, files ...Upload) *Page {
	c.t.Helper()
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	for name, values := range fields {
		for _, v := range values {
			c.must(w.WriteField(name, v))
		}
	}
	for _, f := range files {
		part, err := w.CreateFormFile(f.Field, f.Name)
		c.must(err)
		_, err = part.Write(f.Content)
		c.must(err)
	}
	c.must(w.Close())
	return c.Do("POST", path, w.FormDataContentType(), &buf)
}

// JSON calls the API; body nil sends none, a string or []byte goes as it is,
// anything else is marshalled.
func (c *Client) JSON(method, path string, body any) *Page {
	c.t.Helper()
	switch b := body.(type) {
	case nil:
		return c.Do(method, path, "", nil)
	case string:
		return c.Do(method, path, "application/json", strings.NewReader(b))
	case []byte:
		return c.Do(method, path, "application/json", bytes.NewReader(b))
	}
	raw, err := json.Marshal(body)
	c.must(err)
	return c.Do(method, path, "application/json", bytes.NewReader(raw))
}

// Do sends any request. path may be a full address of this site.
func (c *Client) Do(method, path, contentType string, body io.Reader) *Page {
	c.t.Helper()
	for hop := 0; ; hop++ {
		page := c.once(method, path, contentType, body)
		to := page.Header().Get("Location")
		if !c.follow || page.Code < 300 || page.Code > 399 || to == "" {
			return page
		}
		if hop == 10 {
			c.t.Fatalf("webtest: %s keeps redirecting, last to %s", path, to)
		}
		next, err := page.URL.Parse(to)
		c.must(err)
		if next.Host != page.URL.Host {
			return page // leaves the site
		}
		next.Fragment = "" // browsers keep it to themselves
		method, path, contentType, body = "GET", next.String(), "", nil
	}
}

func (c *Client) once(method, path, contentType string, body io.Reader) *Page {
	c.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = base + path
	}
	path, _, _ = strings.Cut(path, "#") // a browser keeps it to itself
	r := httptest.NewRequest(method, path, body)
	r.URL.Host, r.URL.Scheme = "", ""
	r.Host = "yimen.test"
	r.RequestURI = r.URL.RequestURI()
	for name, values := range c.header {
		r.Header[name] = values
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	full, err := url.Parse(path)
	c.must(err)
	full.Fragment = ""
	for _, k := range c.jar.Cookies(full) {
		r.AddCookie(k)
	}
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	c.jar.SetCookies(full, w.Result().Cookies())
	return &Page{t: c.t, client: c, Method: method, URL: full, Code: w.Code, Body: w.Body.String(), header: w.Result().Header}
}

// Cookie is the value of a cookie the client holds, "" when it has none.
func (c *Client) Cookie(name string) string {
	u, err := url.Parse(base)
	c.must(err)
	for _, k := range c.jar.Cookies(u) {
		if k.Name == name {
			return k.Value
		}
	}
	return ""
}

// SetCookie gives the client a cookie.
func (c *Client) SetCookie(name, value string) {
	u, err := url.Parse(base)
	c.must(err)
	c.jar.SetCookies(u, []*http.Cookie{{Name: name, Value: value, Path: "/"}})
}

func (c *Client) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatalf("webtest: %v", err)
	}
}
