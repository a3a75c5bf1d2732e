package web

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/alexedwards/scs/v2"
)

// Handler answers a page request, or returns an error for the edge.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Route is one registered route, as the list of routes shows it. Method ""
// means any.
type Route struct{ Method, Pattern, Guard string }

// Router is the program's one HTTP handler. Register routes and middlewares
// first, then serve.
type Router struct {
	o       Options
	mux     *http.ServeMux
	routes  []Route
	use     []func(http.Handler) http.Handler
	metrics *metrics
	store   *sessionStore
	scs     *scs.SessionManager
	once    sync.Once
	handler http.Handler
}

// NewRouter makes a router with the routes every program has: /healthz,
// /readyz, /metrics, /static/, /elder.
func NewRouter(o Options) *Router {
	rt := &Router{o: o.withDefaults(), mux: http.NewServeMux()}
	rt.metrics = newMetrics(rt.o.Metrics)
	rt.initSessions()
	rt.mux.Handle("/", rt.route("", rt.o.BodyLimit, Public, rt.notFound))
	rt.ownRoutes()
	return rt
}

// Use adds a middleware around every route, inside the session. The first
// added is the outermost.
func (rt *Router) Use(m func(http.Handler) http.Handler) { rt.use = append(rt.use, m) }

// Get registers a page. A pattern that ends in "/" means exactly that path.
func (rt *Router) Get(pattern string, g Guard, h Handler) {
	rt.add(http.MethodGet, pattern, g, rt.o.BodyLimit, h)
}

// Post registers the target of a form. See idempotent for what happens to a
// form sent twice.
func (rt *Router) Post(pattern string, g Guard, h Handler) {
	rt.PostLimit(pattern, g, rt.o.BodyLimit, h)
}

// PostLimit is Post with its own limit of the body, in bytes, for uploads.
func (rt *Router) PostLimit(pattern string, g Guard, limit int64, h Handler) {
	rt.add(http.MethodPost, pattern, g, limit, rt.idempotent(h))
}

// PostEach is Post for what has to count each time it is sent, and outside a
// transaction that a refusal would undo: a wrong password, say. Idempotency
// keys are not looked at.
func (rt *Router) PostEach(pattern string, g Guard, h Handler) {
	rt.PostEachLimit(pattern, g, rt.o.BodyLimit, h)
}

// PostEachLimit is PostEach with its own limit of the body, in bytes: for files
// that are looked at and not kept.
func (rt *Router) PostEachLimit(pattern string, g Guard, limit int64, h Handler) {
	rt.add(http.MethodPost, pattern, g, limit, h)
}

// Handle registers anything else; pattern may begin with a method. Idempotency
// keys are not looked at.
func (rt *Router) Handle(pattern string, g Guard, h http.Handler) {
	method, path, found := strings.Cut(pattern, " ")
	if !found {
		method, path = "", pattern
	}
	rt.add(method, path, g, rt.o.BodyLimit, func(w http.ResponseWriter, r *http.Request) error {
		h.ServeHTTP(w, r)
		return nil
	})
}

// Routes lists what was registered, in order of pattern and method.
func (rt *Router) Routes() []Route {
	list := slices.Clone(rt.routes)
	slices.SortFunc(list, func(a, b Route) int {
		return strings.Compare(a.Pattern+" "+a.Method, b.Pattern+" "+b.Method)
	})
	return list
}

func (rt *Router) add(method, pattern string, g Guard, limit int64, h Handler) {
	if g.Check == nil || g.Name == "" {
		panic("web: route " + method + " " + pattern + " states no guard; web.Public lets everybody in")
	}
	rt.routes = append(rt.routes, Route{method, pattern, g.Name})
	full := pattern
	if strings.HasSuffix(full, "/") && method != "" {
		full += "{$}"
	}
	if method != "" {
		full = method + " " + full
	}
	rt.mux.Handle(full, rt.route(pattern, limit, g, h))
}

// route is what happens around every handler.
func (rt *Router) route(pattern string, limit int64, g Guard, h Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		infoOf(r.Context()).pattern = pattern
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		// The server forgets the temporary files of a request that a middleware copied.
		defer func() {
			if r.MultipartForm != nil {
				_ = r.MultipartForm.RemoveAll()
			}
		}()
		rt.cacheRule(w, r)
		if err := g.Check(r); err != nil {
			rt.fail(w, r, err)
			return
		}
		rt.noteWriter(w, r)
		if err := h(w, r); err != nil {
			rt.fail(w, r, err)
		}
	})
}

// ServeHTTP answers a request.
func (rt *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rt.once.Do(func() { rt.handler = rt.chain() })
	rt.handler.ServeHTTP(w, r)
}

// chain puts the middlewares around the mux, outermost last.
func (rt *Router) chain() http.Handler {
	var h http.Handler = rt.mux
	for _, m := range slices.Backward(rt.use) {
		h = m(h)
	}
	h = rt.withRecovery(h)
	h = rt.withSession(h)
	h = rt.withCrossOriginProtection(h)
	h = withCompression(h)
	h = rt.withHeaders(h)
	return rt.withAccessLog(h)
}
