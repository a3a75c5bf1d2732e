package journeys

import (
	"net/http/httputil"
	"net/url"
	"testing"

	"yimen/internal/kit/webtest"
)

// browse opens the pages of the running program in the name of an account.
func (s *server) browse(t testing.TB, account string) *webtest.Client {
	t.Helper()
	u, err := url.Parse(s.URL)
	must(t, err)
	b := webtest.New(t, &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(u)
		r.Out.Host = r.In.Host
	}})
	b.NoRedirect().PostForm("/demo/login", url.Values{"account": {account}, "next": {"/"}}).Status(303)
	return b.Follow()
}
