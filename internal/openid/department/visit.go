package department

import (
	"crypto/rand"
	"net/http"
	"sync"
	"time"

	"golang.org/x/oauth2"
)

// visit is what the system remembers of one browser.
type visit struct {
	at       time.Time
	state    string // of a sign-in under way
	nonce    string
	verifier string

	token   *oauth2.Token // nil: nobody is signed in
	idToken string
	claims  map[string]any // of the ID token
	info    map[string]any // of userinfo
	renewed int            // how often the token was

	said string // what the next page says, once
}

// visits are kept by the value of a cookie.
type visits struct {
	mu sync.Mutex
	by map[string]visit
}

const (
	cookieName = "yimen_demo_department"
	visitsMost = 500
	visitLives = 8 * time.Hour
)

// of gives the visit of a browser; empty when it is not known.
func (v *visits) of(r *http.Request, now time.Time) visit {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return visit{}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	x := v.by[c.Value]
	if now.Sub(x.at) > visitLives {
		return visit{}
	}
	return x
}

// keep remembers a visit, under a new name when fresh: who signs in gets another
// cookie than who came. Of too many the oldest is forgotten.
func (v *visits) keep(w http.ResponseWriter, r *http.Request, x visit, now time.Time, fresh bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.by == nil {
		v.by = map[string]visit{}
	}
	name := rand.Text()
	if c, err := r.Cookie(cookieName); err == nil {
		if _, known := v.by[c.Value]; known && !fresh {
			name = c.Value
		}
		delete(v.by, c.Value)
	}
	for len(v.by) >= visitsMost {
		oldest := ""
		for k, y := range v.by {
			if oldest == "" || y.at.Before(v.by[oldest].at) {
				oldest = k
			}
		}
		delete(v.by, oldest)
	}
	x.at = now
	v.by[name] = x
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: name, Path: pagePath, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil})
}
