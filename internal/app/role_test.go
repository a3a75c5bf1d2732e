package app

import (
	"net/http"
	"testing"

	"yimen/internal/kit/webtest"
)

// A worker answers those who watch over it, and nobody else.
func TestWorkerAnswersNoVisitors(t *testing.T) {
	a := openApp(t, false)
	a.Role = roleWorker
	c := webtest.New(t, a.handler())
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		c.Get(path).Status(http.StatusOK)
	}
	for _, path := range []string{"/", "/login", "/api/v1/items", "/healthz/x"} {
		c.Get(path).Status(http.StatusMisdirectedRequest)
	}
}
