// Package web is how the program speaks HTTP: routes with guards, sessions,
// forms, pages, the JSON API, and the edge where errors become answers.
//
//	rt := web.NewRouter(web.Options{DB: d, Clock: clock.Real})
//	rt.Use(identity.Middleware)                       // who is asking
//	rt.Get("/counter/cases/{number}", identity.Has(VerbRead), m.showCase)
//	rt.Post("/counter/cases", identity.Has(VerbSubmit), m.submitCase)
//	api := web.NewAPI(rt, "一门", "1.0")
//	web.Op(api, huma.Operation{Method: "GET", Path: "/api/v1/items"}, web.Public, m.listItems)
//	web.Server(addr, rt)
//
// A Handler parses, calls one function, and renders, redirects or returns an
// error. The error edge turns what it returns into a page or, below /api/,
// into problem+json; see fail. A POST with an idempotency key runs inside one
// database transaction with its stored answer, so that a form sent twice over
// a slow line takes effect once; see idempotent.
//
// A request passes, from outside in: request number, access log and metrics,
// recovery, security headers, compression, cross-origin protection, session,
// the Router's Use middlewares, then the route: body limit, guard,
// idempotency, handler.
//
// The page parts are in web/ui, the embedded files in web/static.
package web
