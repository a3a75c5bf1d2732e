package jobs

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

var (
	runs = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "yimen_jobs_total",
		Help: "Jobs run, by kind and result (done, failed). A failed job that is tried again counts again.",
	}, []string{"kind", "result"})
	durations = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "yimen_job_duration_seconds",
		Help:    "How long jobs ran, by kind.",
		Buckets: []float64{.001, .005, .025, .1, .5, 2.5, 10, 60, 300},
	}, []string{"kind"})
)

// Collectors are the figures of the queue, for the registry that /metrics shows.
func Collectors() []prometheus.Collector { return []prometheus.Collector{runs, durations} }

func observeTogether(name string, list []Item, took time.Duration, err error) {
	result := "done"
	if err != nil {
		result = "failed"
	}
	for _, x := range list {
		runs.WithLabelValues(x.Kind, result).Inc()
	}
	durations.WithLabelValues("together:" + name).Observe(took.Seconds())
}

func observe(kind string, took time.Duration, err error) {
	result := "done"
	if err != nil {
		result = "failed"
	}
	runs.WithLabelValues(kind, result).Inc()
	durations.WithLabelValues(kind).Observe(took.Seconds())
}
