package web

import (
	"context"
	"crypto/subtle"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"yimen/internal/kit/errs"
	"yimen/internal/kit/web/static"
	"yimen/internal/kit/web/ui"
)

const (
	elderCookie = "yimen_elder"
	themeCookie = "yimen_theme"
)

// ownRoutes are those every program has.
func (rt *Router) ownRoutes() {
	rt.Get("/healthz", Public, func(w http.ResponseWriter, r *http.Request) error {
		return text(w, http.StatusOK, "ok\n")
	})
	rt.Get("/readyz", Public, rt.ready)
	rt.Handle("GET /metrics", metricsGuard(rt.o.MetricsToken), promhttp.HandlerFor(rt.metrics.registry, promhttp.HandlerOpts{DisableCompression: true}))
	rt.Get("/elder", Public, toggleElder)
	rt.Get("/theme", Public, chooseTheme)
	rt.Get("/offline", Public, offline)
	rt.Get("/sw.js", Public, worker)
	rt.Handle("/static/", Public, http.HandlerFunc(rt.serveStatic))
	rt.Get("/favicon.ico", Public, func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Cache-Control", "public, max-age=86400")
		http.Redirect(w, r, Asset("icon.svg"), http.StatusFound)
		return nil
	})
}

// ErrMetricsToken is told to who asks for the figures without their token.
var ErrMetricsToken = errs.Define(errs.Denied, "metrics_token", "查看监控数据需要令牌，请在请求头 Authorization: Bearer 中带上部署时设置的令牌。")

// metricsGuard lets everybody in, or with a token set only its bearer.
func metricsGuard(token string) Guard {
	if token == "" {
		return Public
	}
	return Guard{Name: "metrics token", Check: func(r *http.Request) error {
		given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok || subtle.ConstantTimeCompare([]byte(given), []byte(token)) != 1 {
			return ErrMetricsToken
		}
		return nil
	}}
}

// ready answers 503 with the reason while requests cannot be answered.
func (rt *Router) ready(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
	defer cancel()
	if err := rt.o.Ready(ctx); err != nil {
		w.Header().Set("Retry-After", "5")
		return text(w, http.StatusServiceUnavailable, "not ready: "+err.Error()+"\n")
	}
	said := "ready\n"
	if rt.o.Troubles != nil {
		for _, trouble := range rt.o.Troubles(ctx) {
			said += "warning: " + trouble + "\n"
		}
	}
	return text(w, http.StatusOK, said)
}

func text(w http.ResponseWriter, status int, s string) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, err := w.Write([]byte(s))
	return err
}

// toggleElder turns the elder version (长辈版) on or off for this browser, or
// with size to letters of that size (1 to 3), and goes back to where the visitor
// was.
func toggleElder(w http.ResponseWriter, r *http.Request) error {
	size := r.URL.Query().Get("size")
	switch {
	case size == "1" || size == "2" || size == "3":
	case elderSize(r) > 0:
		size = ""
	default:
		size = "1"
	}
	remember(w, r, elderCookie, size)
	return back(w, r)
}

// chooseTheme keeps the colours a reader wants: to is light, dark, contrast, or
// "" for those of the system.
func chooseTheme(w http.ResponseWriter, r *http.Request) error {
	to := r.URL.Query().Get("to")
	if !themes[to] {
		to = ""
	}
	remember(w, r, themeCookie, to)
	return back(w, r)
}

var themes = map[string]bool{"light": true, "dark": true, "contrast": true}

func themeOf(r *http.Request) string {
	if c, err := r.Cookie(themeCookie); err == nil && themes[c.Value] {
		return c.Value
	}
	return ""
}

// remember keeps a reader's choice for a year in this browser; "" forgets it.
func remember(w http.ResponseWriter, r *http.Request, name, value string) {
	c := &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true,
		SameSite: http.SameSiteLaxMode, Secure: infoOf(r.Context()).secure}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// back leads to the page where a choice was made.
func back(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	next := SafeNext(r.URL.Query().Get("next"))
	for _, own := range []string{"/elder", "/theme"} {
		if next == own || strings.HasPrefix(next, own+"?") {
			next = "/"
		}
	}
	return Redirect(w, r, next)
}

// elderSize is the size of the elder version's letters, 0 without it.
func elderSize(r *http.Request) int {
	c, err := r.Cookie(elderCookie)
	if err != nil || len(c.Value) != 1 || c.Value < "1" || c.Value > "3" {
		return 0
	}
	return int(c.Value[0] - '0')
}

// offline is the page that the service worker shows without a network. It is
// fetched without cookies and kept, so it must name nobody.
func offline(w http.ResponseWriter, r *http.Request) error {
	return Render(w, r, http.StatusOK, ui.OfflinePage())
}

// worker serves the service worker from the root, so that its scope is the whole
// site. Browsers ask for it anew at least daily.
func worker(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, err := w.Write(static.Worker())
	return err
}

// Elder says whether this browser shows the elder version (长辈版).
func Elder(r *http.Request) bool { return elderSize(r) > 0 }
