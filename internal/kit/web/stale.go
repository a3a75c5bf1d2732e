package web

import (
	"net/http"
	"time"

	"yimen/internal/kit/db"
)

// wroteCookie is in a browser that has changed something of late.
const wroteCookie = "yimen_wrote"

// MayLag lets a page be read from the standby, if there is one: lists, figures
// and exports that may show what was true a few seconds ago. A browser that has
// just changed something reads from the primary until the standby has caught up,
// so nobody misses what he did himself. Who asks, and what he may see, is read
// from the primary in any case: that happened before.
func MayLag(h Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if _, err := r.Cookie(wroteCookie); err != nil {
			r = r.WithContext(db.Stale(r.Context()))
		}
		return h(w, r)
	}
}

// noteWriter has a browser that changes something remember it for as long as
// the standby may be behind.
func (rt *Router) noteWriter(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet || r.Method == http.MethodHead || rt.o.DB == nil {
		return
	}
	lag, ok := rt.o.DB.HasStandby()
	if !ok {
		return
	}
	http.SetCookie(w, &http.Cookie{Name: wroteCookie, Value: "1", Path: "/", HttpOnly: true, Secure: infoOf(r.Context()).secure,
		SameSite: http.SameSiteLaxMode, MaxAge: int((lag + 5*time.Second).Seconds())})
}
