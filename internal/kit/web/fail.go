package web

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"yimen/internal/kit/errs"
	"yimen/internal/kit/web/ui"
)

// Errors of the edge itself.
var (
	ErrNotFound         = errs.Define(errs.NotFound, "page_not_found", "没有找到您要的页面，可能地址有误或内容已经移走，请从首页重新查找。")
	ErrMethodNotAllowed = errs.Define(errs.NotFound, "method_not_allowed", "这个地址不支持这样的操作，请从首页重新进入。")
	ErrCrossOrigin      = errs.Define(errs.Denied, "cross_origin", "为保护您的账号，来自其他网站的提交已被拦截，请在本站页面中重新操作。")
)

// Problem is an error as the JSON API tells it (RFC 9457, with our code,
// fields, allowed verbs and request number).
type Problem struct {
	Type      string         `json:"type" doc:"urn:yimen:error:<code>"`
	Title     string         `json:"title" doc:"错误类别"`
	Status    int            `json:"status" doc:"HTTP 状态码"`
	Detail    string         `json:"detail" doc:"给人看的一句话，说明该怎么办"`
	Code      string         `json:"code" doc:"稳定的错误代码"`
	Errors    []ProblemField `json:"errors,omitempty" doc:"哪一项填写有误"`
	Allowed   []string       `json:"allowed,omitzero" required:"false" nullable:"false" doc:"当前状态允许的操作；空列表：没有"`
	Level     int            `json:"level,omitempty" doc:"level_too_low：需要的实名等级，1至4"`
	RequestID string         `json:"request_id,omitempty" doc:"请求编号，报修时请提供"`
}

// ProblemField is what is wrong with one field; field is its dotted path.
type ProblemField struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// Error makes a Problem an error that huma can send.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType names the media type of problems.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func newProblem(e *errs.Error, status int, requestID string) *Problem {
	p := &Problem{Type: "urn:yimen:error:" + e.Code, Title: titles[status], Status: status,
		Detail: e.Message, Code: e.Code, Allowed: e.Verbs, Level: e.Level, RequestID: requestID}
	if p.Title == "" {
		p.Title = http.StatusText(status)
	}
	for _, f := range e.Fields {
		p.Errors = append(p.Errors, ProblemField{f.Name, f.Message})
	}
	return p
}

var titles = map[int]string{
	400: "请求无法读取", 401: "请先登录", 403: "没有权限", 404: "没有找到", 405: "不支持的操作", 406: "不支持的格式",
	409: "现在不能这样操作", 413: "内容太大", 415: "不支持的格式", 422: "填写有误", 429: "操作过于频繁",
	500: "系统出了问题", 503: "暂时无法办理",
}

// fail turns an error into the answer: a page in Chinese with its code and
// the request's number, or problem+json below /api/. Errors that are ours are
// logged here, once, with that number; nothing a user typed is logged.
func (rt *Router) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		if q := infoOf(r.Context()); q != nil {
			q.gone = true
		}
		return
	}
	err = realCause(r.Context(), err)
	e := errs.From(err)
	rt.logError(r.Context(), e, err)
	status := statusOf(e)
	h := w.Header()
	for _, name := range []string{"Content-Length", "Content-Encoding", "ETag", "Last-Modified"} {
		h.Del(name)
	}
	h.Set("Cache-Control", "no-store")
	if after := retryAfter(e, err); after > 0 {
		h.Set("Retry-After", strconv.Itoa(int(after.Seconds())))
	}
	var detour *Detour
	switch {
	case isAPI(r):
		writeProblem(w, newProblem(e, status, RequestID(r)))
	case errors.As(err, &detour):
		sendTo(w, r, detour.To(hereOf(r)), http.StatusForbidden)
	case e.Kind == errs.Unauthenticated:
		rt.askToSignIn(w, r)
	default:
		rt.errorPage(w, r, e, status)
	}
}

// realCause corrects errors that hide another: nobody is signed in because
// the session could not be read; a body was cut off by its limit.
func realCause(ctx context.Context, err error) error {
	if q := infoOf(ctx); q != nil && q.session != nil && q.session.err != nil &&
		errs.KindOf(err) == errs.Unauthenticated {
		return q.session.err
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return ErrBodyTooLarge.Because(err)
	}
	return err
}

func statusOf(e *errs.Error) int {
	if e.Code == ErrMethodNotAllowed.Code {
		return http.StatusMethodNotAllowed
	}
	return e.Kind.Status()
}

func retryAfter(e *errs.Error, err error) time.Duration {
	var l *limited
	switch {
	case errors.As(err, &l):
		return l.after
	case e.Kind == errs.RateLimited:
		return time.Minute
	case e.Kind == errs.Unavailable:
		return 10 * time.Second
	}
	return 0
}

func (rt *Router) logError(ctx context.Context, e *errs.Error, err error) {
	level := slog.LevelError
	switch e.Kind {
	case errs.Internal:
	case errs.Unavailable:
		level = slog.LevelWarn
	default:
		return
	}
	attrs := []slog.Attr{slog.String("code", e.Code), slog.String("error", err.Error())}
	if q := infoOf(ctx); q != nil {
		attrs = append(attrs, slog.String("request", q.id), slog.String("method", q.method), slog.String("route", q.pattern))
	}
	var p *panicError
	if errors.As(err, &p) {
		attrs = append(attrs, slog.String("stack", p.stack))
	}
	rt.o.Log.LogAttrs(ctx, level, "request failed", attrs...)
}

// Refuse answers an error as problem+json whatever the path, by the rule of all
// errors. It is for middleware that turns a caller of the API away before any
// route is reached.
func Refuse(w http.ResponseWriter, r *http.Request, err error) {
	e := errs.From(err)
	if q := infoOf(r.Context()); q != nil {
		q.rt.logError(r.Context(), e, err)
	}
	w.Header().Set("Cache-Control", "no-store")
	if after := retryAfter(e, err); after > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(after.Seconds())))
	}
	writeProblem(w, newProblem(e, statusOf(e), RequestID(r)))
}

func writeProblem(w http.ResponseWriter, p *Problem) {
	body, err := json.Marshal(p)
	if err != nil {
		body = []byte(`{"code":"internal"}`) // plain strings always marshal
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_, _ = w.Write(body)
}

// cameFrom is the page a form was sent from, or that led here; "" when it is
// not one of ours, or this one.
func cameFrom(r *http.Request) string {
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host != r.Host || u.RequestURI() == r.URL.RequestURI() && r.Method == http.MethodGet {
		return ""
	}
	return SafeNext(u.RequestURI())
}

// askToSignIn sends the visitor to the login page and back here after it.
// After a POST "here" is the page that held the form.
func (rt *Router) askToSignIn(w http.ResponseWriter, r *http.Request) {
	sendTo(w, r, rt.o.LoginURL+"?next="+url.QueryEscape(hereOf(r)), http.StatusUnauthorized)
}

// hereOf is where somebody goes on after a way round: this page, or after a
// POST the page that held the form.
func hereOf(r *http.Request) string {
	next := r.URL.RequestURI()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		next = "/"
		if u, err := url.Parse(r.Referer()); err == nil && u.Host == r.Host {
			next = u.RequestURI()
		}
	}
	return SafeNext(next)
}

// sendTo leads the whole window elsewhere: a fragment must not hold another
// page, so htmx is told with a status of its own.
func sendTo(w http.ResponseWriter, r *http.Request, to string, fragment int) {
	if r.Header.Get("HX-Request") == "true" {
		w.Header().Set("HX-Redirect", to)
		w.WriteHeader(fragment)
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// Detour is an error that has a way round: a page leads there and from there
// back to where the visitor was, the API tells the cause.
type Detour struct {
	Cause error
	To    func(next string) string // next is a path of this site
}

// Error implements error.
func (d *Detour) Error() string { return d.Cause.Error() }

// Unwrap gives the cause, which says status and code.
func (d *Detour) Unwrap() error { return d.Cause }

func (rt *Router) errorPage(w http.ResponseWriter, r *http.Request, e *errs.Error, status int) {
	o := ui.ErrorOpts{Face: rt.o.FaceOf(r), Status: status, Title: titles[status], Message: e.Message,
		Code: e.Code, Fields: e.Fields, RequestID: RequestID(r), BackURL: cameFrom(r), Again: again(r, e)}
	if err := Render(w, r, status, ui.ErrorPage(o)); err != nil {
		rt.o.Log.LogAttrs(r.Context(), slog.LevelError, "error page failed",
			slog.String("request", RequestID(r)), slog.String("error", err.Error()))
		http.Error(w, e.Message, status)
	}
}

// notFound answers for every path no route has: 405 when another method
// would do, the path without its last slash when that exists, else 404.
func (rt *Router) notFound(w http.ResponseWriter, r *http.Request) error {
	if allowed := rt.methodsOf(r, r.URL.Path); len(allowed) > 0 {
		for _, m := range allowed {
			w.Header().Add("Allow", m)
		}
		return ErrMethodNotAllowed
	}
	if p := trimSlash(r.URL.Path); p != "" && r.Method == http.MethodGet && len(rt.methodsOf(r, p)) > 0 {
		u := url.URL{Path: p, RawQuery: r.URL.RawQuery}
		http.Redirect(w, r, u.String(), http.StatusMovedPermanently)
		return nil
	}
	return ErrNotFound
}

func trimSlash(p string) string {
	for len(p) > 1 && p[len(p)-1] == '/' {
		p = p[:len(p)-1]
		if p[len(p)-1] != '/' && SafeNext(p) == p {
			return p
		}
	}
	return ""
}

func (rt *Router) methodsOf(r *http.Request, path string) []string {
	var list []string
	for _, m := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		probe := &http.Request{Method: m, Host: r.Host, URL: &url.URL{Path: path}}
		if _, pattern := rt.mux.Handler(probe); pattern != "/" && pattern != "" {
			list = append(list, m)
		}
	}
	return list
}
