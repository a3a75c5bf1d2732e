package web

import "net/http"

// contentPolicy allows nothing from elsewhere and nothing inline. data: is
// for the small pictures inside the stylesheet, blob: for previews of files
// chosen but not yet sent.
const contentPolicy = "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; " +
	"frame-ancestors 'none'; form-action 'self'"

func (rt *Router) withHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(self), geolocation=(), microphone=(self), payment=(), usb=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("X-Request-Id", RequestID(r))
		if rt.isSecure(r) {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}

// cacheRule keeps pages of people who are known out of every cache; shared
// computers stand in every hall. Handlers of public pages may say otherwise.
func (rt *Router) cacheRule(w http.ResponseWriter, r *http.Request) {
	_, err := r.Cookie(sessionCookie)
	if err == nil || r.Header.Get("Authorization") != "" || rt.o.Subject(r) != "" {
		w.Header().Set("Cache-Control", "no-store")
		return
	}
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Add("Vary", "Cookie")
}

// withCrossOriginProtection refuses a change asked for by another site's
// page. A request with an Authorization header is not sent by a browser on
// its own, so the API takes it from anywhere.
func (rt *Router) withCrossOriginProtection(next http.Handler) http.Handler {
	check := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !(isAPI(r) && r.Header.Get("Authorization") != "") {
			if err := check.Check(r); err != nil {
				rt.fail(w, r, ErrCrossOrigin.Because(err))
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}
