package app

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestMetricsShowJobs: an operator's alert on failing jobs needs the figures
// where the scraper looks.
func TestMetricsShowJobs(t *testing.T) {
	a := openApp(t, false)
	if err := a.Queue.RunPeriodic(context.Background(), "audit.seal"); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	a.Router.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{`yimen_jobs_total{kind="periodic:audit.seal",result="done"}`, "yimen_job_duration_seconds_count", "process_resident_memory_bytes", "http_requests_in_flight"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("/metrics does not show %s", want)
		}
	}
}
