package web

import (
	"crypto/rand"
	"net/http"
	"regexp"
	"time"
)

// deviceCookie holds the token of Device, for as long as browsers keep one.
const (
	deviceCookie = "yimen_device"
	deviceLives  = 400 * 24 * time.Hour
)

var deviceToken = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// Device is the random token by which this browser is known again when its
// session is over: 26 letters and digits, in a cookie that only this site reads.
// A browser without one gets it with this answer. To be asked at sign-in only:
// who does not sign in is not followed.
func Device(r *http.Request) string {
	q := infoOf(r.Context())
	if q.device != "" {
		return q.device
	}
	if c, err := r.Cookie(deviceCookie); err == nil && deviceToken.MatchString(c.Value) {
		q.device = c.Value
	} else {
		q.device = rand.Text()
	}
	return q.device
}

// keepDevice gives the browser its token, or keeps it for longer.
func (rt *Router) keepDevice(w http.ResponseWriter, r *http.Request) {
	if token := infoOf(r.Context()).device; token != "" {
		http.SetCookie(w, &http.Cookie{Name: deviceCookie, Value: token, Path: "/", MaxAge: int(deviceLives.Seconds()),
			HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: rt.isSecure(r)})
	}
}
