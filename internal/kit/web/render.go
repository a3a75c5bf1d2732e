package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"sync"

	"github.com/a-h/templ"

	"yimen/internal/kit/web/static"
	"yimen/internal/kit/web/ui"
)

// Asset is the address of a static file: web.Asset("yimen.css") is
// /static/yimen.<hash>.css.
func Asset(name string) string { return static.URL(name) }

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Render writes a page or a fragment. The component is finished before the
// first byte leaves, so an error half-way still becomes an error page.
func Render(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	buf := buffers.Get().(*bytes.Buffer)
	buf.Reset()
	defer buffers.Put(buf)
	if err := c.Render(withFrame(r), buf); err != nil {
		return fmt.Errorf("render page: %w", err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(buf.Bytes()) // the reader has gone: nobody to tell
	return nil
}

// RenderPart writes part when htmx asks for a piece of the page (typing into a
// search, say), and whole for everybody else.
func RenderPart(w http.ResponseWriter, r *http.Request, status int, whole, part templ.Component) error {
	w.Header().Add("Vary", "HX-Request-Type")
	if r.Header.Get("HX-Request-Type") == "partial" {
		return Render(w, r, status, part)
	}
	return Render(w, r, status, whole)
}

// Redirect sends the browser to url with 303, so that reloading does not send
// the form again.
func Redirect(w http.ResponseWriter, r *http.Request, url string) error {
	http.Redirect(w, r, url, http.StatusSeeOther)
	return nil
}

// withFrame puts into the context what ui.Page shows around its content.
func withFrame(r *http.Request) context.Context {
	q := infoOf(r.Context())
	if q == nil {
		return r.Context()
	}
	o := q.rt.o
	f := ui.Frame{Site: o.Site, Elder: elderSize(r) > 0, Size: elderSize(r), Theme: themeOf(r), Path: r.URL.RequestURI(), Flashes: func() []ui.Flash { return Flashes(r) }}
	if r.Method != http.MethodGet {
		f.Path = "/"
	}
	if o.User != nil {
		f.User = o.User(r)
	}
	if o.Nav != nil {
		f.Nav = func(face ui.Face) []ui.NavItem { return o.Nav(r, face) }
	}
	if o.Region != nil {
		f.Region = o.Region(r)
	}
	if o.Help != nil {
		f.HelpURL = o.Help(r)
	}
	if o.Space != nil {
		f.Space = o.Space(r)
	}
	if o.Under != nil {
		f.Under = o.Under(r)
	}
	return ui.With(r.Context(), f)
}
