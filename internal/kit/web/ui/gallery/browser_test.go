package gallery

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/kit/webtest/browser"
)

// Every part in every look: axe finds nothing serious, nothing breaks the
// content policy, a phone of 360 px needs no sideways scrolling. And the parts
// that move do what they say.
func TestPartsInABrowser(t *testing.T) {
	rt := web.NewRouter(web.Options{})
	rt.Get("/admin/parts", web.Public, Show)
	server := httptest.NewServer(rt)
	defer server.Close()
	b := browser.New(t)
	for _, query := range []string{"?theme=light", "?theme=dark", "?face=elder&size=3&theme=contrast"} {
		t.Run(query, func(t *testing.T) {
			b.Go(server.URL + "/admin/parts" + query)
			b.Axe(t)
			b.Fits(t, 360)
			b.Calm(t)
		})
	}
}

// What moves, moves: the window opens and closes, an answer to htmx puts a
// message into the corner, the worker is installed and keeps no page but one.
func TestPartsMove(t *testing.T) {
	rt := web.NewRouter(web.Options{})
	rt.Get("/admin/parts", web.Public, Show)
	rt.Get("/toast", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		return web.Render(w, r, http.StatusOK, ui.Toast("success", "已保存。"))
	})
	rt.Get("/saving", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		return web.Render(w, r, http.StatusOK, saving())
	})
	server := httptest.NewServer(rt)
	defer server.Close()
	b := browser.New(t)
	b.Go(server.URL + "/admin/parts")
	b.Click("[data-dialog=g-dialog]")
	b.Wait("#g-dialog[open]")
	b.Click("#g-dialog [data-dialog-close]")
	b.Wait("#g-dialog:not([open])")
	b.Go(server.URL + "/saving")
	b.Click("#save")
	b.Wait("#ym-toasts [data-toast]")
	b.Click("#ym-toasts [data-toast-close]")
	b.Wait("#ym-toasts:not(:has([data-toast]))")
	kept := browser.Eval[string](b, `navigator.serviceWorker.ready.then(() => caches.keys())
		.then((names) => caches.open(names[0])).then((c) => c.keys())
		.then((list) => list.map((r) => new URL(r.url).pathname).filter((p) => !p.startsWith("/static/")).join(" "))`)
	if kept != "/offline" {
		t.Errorf("the worker keeps %q besides static files", kept)
	}
	browser.Eval[bool](b, `window.dispatchEvent(new Event("offline"))`)
	b.Wait(".ym-offline")
	browser.Eval[bool](b, `window.dispatchEvent(new Event("online"))`)
	b.Wait("body:not(:has(.ym-offline))")
	server.Close()
	b.Go(server.URL + "/admin/parts")
	if got := b.Text("h1"); got != "网络断开了" {
		t.Errorf("without a network the page says %q", got)
	}
}
