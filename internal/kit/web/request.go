package web

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// request is what the router knows of one request; the middlewares and the
// route fill it in.
type request struct {
	id      string
	addr    string
	method  string
	pattern string // of the route, "" when none matched
	secure  bool
	gone    bool // the client left: there is nobody to answer
	started time.Time
	rt      *Router
	session *SessionData
	device  string // see Device; "" unless it was asked
}

type requestKey struct{}

func infoOf(ctx context.Context) *request {
	q, _ := ctx.Value(requestKey{}).(*request)
	return q
}

func (rt *Router) newRequest(r *http.Request) *request {
	return &request{id: newRequestID(), addr: rt.clientAddr(r), method: r.Method, secure: rt.isSecure(r), started: time.Now(), rt: rt}
}

// RequestID is the number of the request: twelve digits in groups of four, so
// that it can be read out over the telephone and found in the log.
func RequestID(r *http.Request) string { return requestID(r.Context()) }

func requestID(ctx context.Context) string {
	if q := infoOf(ctx); q != nil {
		return q.id
	}
	return ""
}

// ClientAddr is the address of the client, without port; behind a trusted
// gateway the one it reports.
func ClientAddr(r *http.Request) string {
	if q := infoOf(r.Context()); q != nil {
		return q.addr
	}
	return host(r.RemoteAddr)
}

// AddrOf is ClientAddr for code that has only the request's context, such as
// API operations; "" outside a request.
func AddrOf(ctx context.Context) string {
	if q := infoOf(ctx); q != nil {
		return q.addr
	}
	return ""
}

func (rt *Router) clientAddr(r *http.Request) string {
	if rt.o.TrustProxy {
		// The gateway appends the address it saw; what stands before is hearsay.
		list := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if ip := net.ParseIP(strings.TrimSpace(list[len(list)-1])); ip != nil {
			return ip.String()
		}
	}
	return host(r.RemoteAddr)
}

func (rt *Router) isSecure(r *http.Request) bool {
	return rt.o.Secure || r.TLS != nil ||
		rt.o.TrustProxy && strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}

func host(addr string) string {
	if h, _, err := net.SplitHostPort(addr); err == nil {
		return h
	}
	return addr
}

func newRequestID() string {
	var b [8]byte
	rand.Read(b[:]) // never fails
	n := binary.BigEndian.Uint64(b[:]) % 1_000_000_000_000
	return fmt.Sprintf("%04d-%04d-%04d", n/100_000_000, n/10_000%10_000, n%10_000)
}

// isAPI says whether the answer is JSON rather than a page.
func isAPI(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/") }

// SafeNext is next if it is a path of this site, else "/". A login page that
// followed any address would lend our name to a stranger's page.
func SafeNext(next string) string {
	if len(next) == 0 || next[0] != '/' || len(next) > 2000 {
		return "/"
	}
	if len(next) > 1 && (next[1] == '/' || next[1] == '\\') {
		return "/"
	}
	if strings.ContainsFunc(next, func(c rune) bool { return c < ' ' || c == '\\' || c == 0x7f }) {
		return "/"
	}
	return next
}
