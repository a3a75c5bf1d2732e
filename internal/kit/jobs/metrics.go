package jobs

import (
	"context"
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

var (
	failing = prometheus.NewDesc("yimen_jobs_failing", "Jobs whose last attempt failed and that will be tried again, by kind.", []string{"kind"}, nil)
	givenUp = prometheus.NewDesc("yimen_jobs_given_up", "Jobs that failed as often as they are tried and wait for somebody to look, by kind.", []string{"kind"}, nil)
)

// counting bounds how long /metrics waits for the database.
const counting = 2 * time.Second

// Standing are the figures of what stands in the queue's rows, asked when
// they are shown: all processes show the same. While the database does not answer
// there are none, which is not the same as 0.
func (q *Queue) Standing() prometheus.Collector { return standing{q} }

type standing struct{ q *Queue }

func (s standing) Describe(ch chan<- *prometheus.Desc) { ch <- failing; ch <- givenUp }

func (s standing) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), counting)
	defer cancel()
	list, err := s.q.FailuresByKind(ctx)
	if err != nil {
		return
	}
	for _, x := range list {
		ch <- prometheus.MustNewConstMetric(failing, prometheus.GaugeValue, float64(x.Trying), x.Kind)
		ch <- prometheus.MustNewConstMetric(givenUp, prometheus.GaugeValue, float64(x.GivenUp), x.Kind)
	}
}
