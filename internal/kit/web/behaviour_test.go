package web_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"yimen/internal/kit/web"
	"yimen/internal/kit/webtest/browser"
)

// What yimen.js and htmx add, tried under our own content policy.
func TestPageBehaviourInABrowser(t *testing.T) {
	rt := samplePages()
	var posts atomic.Int32
	rt.Post("/slow", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		posts.Add(1)
		time.Sleep(300 * time.Millisecond)
		return web.Redirect(w, r, "/guide")
	})
	rt.Get("/fragment", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(422) // a form that was wrong is shown again
		return say(`<p id="came">换进来的内容</p>`)(w, r)
	})
	server := httptest.NewServer(rt)
	defer server.Close()
	b := browser.New(t)

	t.Run("summary has the focus", func(t *testing.T) {
		b.Go(server.URL + "/apply/wrong")
		if got := browser.Eval[string](b, `document.activeElement.id`); got != "error-summary" {
			t.Errorf("focus is on %q", got)
		}
		b.Click("#error-summary a")
		if got := browser.Eval[string](b, `document.activeElement.id`); got != "f-id_no" {
			t.Errorf("the summary leads to %q", got)
		}
	})
	t.Run("confirm", func(t *testing.T) {
		b.Go(server.URL + "/apply")
		got := browser.Eval[string](b, `(() => { let asked = ""; window.confirm = q => { asked = q; return false };
			document.querySelector("button[name=drop]").click(); return asked })()`)
		if got != "确定放弃？已填写的内容将删除。" || b.Address() != server.URL+"/apply" {
			t.Errorf("asked %q, now at %s", got, b.Address())
		}
	})
	t.Run("keys", func(t *testing.T) {
		b.Go(server.URL + "/inbox")
		got := browser.Eval[string](b, `(() => { document.dispatchEvent(new KeyboardEvent("keydown", {key: "k", altKey: true, bubbles: true}));
			return document.activeElement.id + " " + document.activeElement.getAttribute("aria-keyshortcuts") })()`)
		if got != "f-q Alt+K" {
			t.Errorf("Alt+K leads to %q", got)
		}
	})
	t.Run("files are listed", func(t *testing.T) {
		b.Go(server.URL + "/apply")
		got := browser.Eval[string](b, `(() => { const f = document.querySelector("input[type=file]"), d = new DataTransfer();
			d.items.add(new File([new Uint8Array(3000)], "身份证.jpg")); f.files = d.files;
			f.dispatchEvent(new Event("change", {bubbles: true})); return document.querySelector(".ym-files").textContent })()`)
		if got != "身份证.jpg（3 KB）" {
			t.Errorf("list says %q", got)
		}
	})
	t.Run("double click", func(t *testing.T) {
		b.Go(server.URL + "/apply")
		browser.Eval[bool](b, `(() => { const f = document.querySelector("main form"); f.action = "/slow";
			const s = f.querySelector("button[type=submit]"); s.click(); s.click(); s.click(); return true })()`)
		b.Wait(".ym-timeline")
		if n := posts.Load(); n != 1 {
			t.Errorf("the form was sent %d times", n)
		}
	})
	t.Run("htmx", func(t *testing.T) {
		b.Go(server.URL + "/guide")
		browser.Eval[bool](b, `(() => { const a = document.createElement("button"); a.id = "load";
			a.setAttribute("hx-get", "/fragment"); a.setAttribute("hx-target", "main"); document.querySelector("main").append(a);
			htmx.process(document.body); a.click(); return true })()`)
		b.Wait("#came")
	})
	b.Calm(t)
}
