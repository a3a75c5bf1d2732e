package web_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"yimen/internal/kit/web"
	"yimen/internal/kit/webtest"
)

// A client that leaves is no error of ours.
func TestClientGone(t *testing.T) {
	var log bytes.Buffer
	rt := web.NewRouter(web.Options{Log: slog.New(slog.NewJSONHandler(&log, nil))})
	ctx, leave := context.WithCancel(t.Context())
	rt.Get("/", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		leave()
		return r.Context().Err()
	})
	rt.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/", nil))
	if !strings.Contains(log.String(), `"status":499`) || strings.Contains(log.String(), "request failed") {
		t.Errorf("log says %s", &log)
	}
}

// An error page before the session is there (a foreign submit) still shows
// the frame, whatever its parts ask of the session.
func TestErrorPageBeforeTheSession(t *testing.T) {
	rt := web.NewRouter(web.Options{Region: func(r *http.Request) string { return "地区" + web.Session(r).GetString("region") }})
	rt.Post("/x", web.Public, say("x"))
	webtest.New(t, rt).With("Sec-Fetch-Site", "cross-site").PostForm("/x", nil).Status(403).Must("cross_origin")
}

func BenchmarkPage(b *testing.B) {
	rt := samplePages()
	for _, enc := range []string{"identity", "gzip"} {
		b.Run(enc, func(b *testing.B) {
			for b.Loop() {
				r := httptest.NewRequest("GET", "/guide", nil)
				r.Header.Set("Accept-Encoding", enc)
				rt.ServeHTTP(httptest.NewRecorder(), r)
			}
		})
	}
}
