package app

import "net/http"

// What a process does where several stand on one database.
const (
	roleAll    = "all"
	roleWeb    = "web"    // asks for jobs and works on none
	roleWorker = "worker" // works on jobs, and answers only who watches over it
)

// watched are the addresses that a worker answers.
var watched = map[string]bool{"/healthz": true, "/readyz": true, "/metrics": true}

// handler is what the process answers to requests. A balancer that sends
// visitors to a worker is told so, instead of serving them where nobody has
// reckoned with them.
func (a *App) handler() http.Handler {
	if a.Role != roleWorker {
		return a.Router
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !watched[r.URL.Path] {
			http.Error(w, "this process works on background jobs only (role worker)", http.StatusMisdirectedRequest)
			return
		}
		a.Router.ServeHTTP(w, r)
	})
}
