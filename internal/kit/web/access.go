package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

type metrics struct {
	registry *prometheus.Registry
	took     *prometheus.HistogramVec
	inFlight prometheus.Gauge
}

func newMetrics(reg *prometheus.Registry) *metrics {
	if reg == nil {
		reg = prometheus.NewRegistry()
		reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	}
	m := &metrics{registry: reg,
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "http_request_duration_seconds", Help: "Time from the request's arrival to the answer's last byte.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .2, .5, 1, 2.5, 10},
		}, []string{"method", "route", "class"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "http_requests_in_flight", Help: "Requests being answered now."}),
	}
	reg.MustRegister(m.took, m.inFlight)
	return m
}

// withAccessLog numbers the request, and logs and measures its answer. The
// log holds the route's pattern, never the query: that may be somebody's name.
func (rt *Router) withAccessLog(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := rt.newRequest(r)
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, q))
		cw := &countingWriter{ResponseWriter: w}
		rt.metrics.inFlight.Inc()
		defer func() {
			rt.metrics.inFlight.Dec()
			rt.logAccess(r, q, cw)
		}()
		next.ServeHTTP(cw, r)
	})
}

func (rt *Router) logAccess(r *http.Request, q *request, w *countingWriter) {
	took := time.Since(q.started)
	route := q.pattern
	if route == "" {
		route = "none"
	}
	method := r.Method
	if !knownMethods[method] {
		method = "other" // a label must not grow with what strangers send
	}
	if w.status == 0 {
		w.status = 499 // nothing was written: the client left
	}
	rt.metrics.took.WithLabelValues(method, route, strconv.Itoa(w.status/100)+"xx").Observe(took.Seconds())
	level := slog.LevelInfo
	if quietRoutes[route] {
		level = slog.LevelDebug
	}
	rt.o.Log.LogAttrs(r.Context(), level, "request",
		slog.String("request", q.id), slog.String("method", method), slog.String("route", route),
		slog.Int("status", w.status), slog.Int64("ms", took.Milliseconds()), slog.Int64("bytes", w.bytes))
}

var knownMethods = map[string]bool{"GET": true, "HEAD": true, "POST": true, "PUT": true, "PATCH": true, "DELETE": true, "OPTIONS": true}

var quietRoutes = map[string]bool{"/healthz": true, "/readyz": true, "/metrics": true, "/static/": true}

type countingWriter struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *countingWriter) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *countingWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

func (w *countingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// panicError is a panic on its way to the edge.
type panicError struct {
	value any
	stack string
}

func (p *panicError) Error() string { return fmt.Sprintf("panic: %v", p.value) }

func (p *panicError) Unwrap() error {
	err, _ := p.value.(error)
	return err
}

// withRecovery turns a panic into an internal error.
func (rt *Router) withRecovery(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(v)
			}
			rt.fail(w, r, fmt.Errorf("%w", &panicError{v, string(debug.Stack())}))
		}()
		next.ServeHTTP(w, r)
	})
}
