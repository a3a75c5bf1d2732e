package app

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"yimen/internal/kit/clock"
)

const (
	// clockBehind is how much earlier than the last work the machine's clock
	// may be when the program starts: a battery that is empty shows 1970.
	clockBehind = 10 * time.Minute
	// clockApart is how much the machine's clock and the database server's may
	// differ before somebody is told.
	clockApart = 30 * time.Second
	// clockCompared is how often the two are compared.
	clockCompared = 30 * time.Second
)

// timekeeper is what this process knows of its clock.
type timekeeper struct {
	guard *clock.Guard // nil: a test has brought its own clock
	apart atomic.Int64 // the database server's clock minus own time, in nanoseconds
}

// keepTime tells of jumps of the machine's clock as they happen.
func (a *App) keepTime() {
	guard, ok := a.Clock.(*clock.Guard)
	if !ok {
		return
	}
	a.time.guard = guard
	guard.OnJump(func(s clock.Status) {
		a.Log.Error("clock jumped", "step", s.Step, "machine_minus_program", s.Off, "followed", !s.Held)
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if n, err := a.Queue.Unstick(ctx); err != nil {
			a.Log.Error("bring jobs forward after the clock jumped", "error", err)
		} else if n > 0 {
			a.Log.Warn("jobs brought forward after the clock jumped", "jobs", n)
		}
	})
}

// checkClock refuses to start when the machine's clock is earlier than what
// this database has already seen: deadlines of the law would be written by a
// clock that is wrong. trust says that the operator knows better: it was wrong
// before.
func (a *App) checkClock(ctx context.Context, trust bool) error {
	last, err := a.Audit.LastSeen(ctx)
	if err != nil || a.time.guard == nil {
		return err
	}
	now := a.Clock.Now()
	switch behind := last.Sub(now); {
	case behind <= 0:
	case behind <= clockBehind:
		a.time.guard.NotBefore(last)
	case trust:
		a.Log.Warn("the clock is earlier than the last work; trusted", "clock", now, "last_work", last)
	default:
		return fmt.Errorf("the machine's clock shows %s, but work was recorded here at %s: set the clock (timedatectl), or, "+
			"if it was wrong then and is right now, start once with --trust-clock", now.Format(time.RFC3339), last.Format(time.RFC3339))
	}
	if _, err := a.Queue.Unstick(ctx); err != nil {
		return err
	}
	return a.compareClock(ctx)
}

// watchClock compares the machine's clock with the database server's until ctx
// ends. Each process does: each has a clock.
func (a *App) watchClock(ctx context.Context) {
	tick := time.NewTicker(clockCompared)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := a.compareClock(ctx); err != nil && ctx.Err() == nil {
				a.Log.Warn("compare the clock with the database's", "error", err)
			}
		}
	}
}

// compareClock asks the database server what time it is. When the machine's
// clock has jumped ahead and a server on another machine agrees with it, the
// program was stopped meanwhile (a suspended virtual machine): it follows.
func (a *App) compareClock(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	before := a.Clock.Now()
	server, ok, err := a.DB.ServerClock(ctx)
	if err != nil || !ok {
		return err
	}
	now := a.Clock.Now()
	apart := server.Sub(before.Add(now.Sub(before) / 2))
	if g := a.time.guard; g != nil && a.DB.Elsewhere() {
		if s := g.Status(); s.Held && (apart-s.Off).Abs() < clockApart {
			g.Follow()
			apart = server.Sub(a.Clock.Now())
			a.Log.Warn("the database server agrees with the new time: followed", "step", s.Step)
		}
	}
	a.time.apart.Store(int64(apart))
	return nil
}

// clockTrouble says in one sentence what is wrong with the clock, "" nothing.
func (a *App) clockTrouble() string {
	if g := a.time.guard; g != nil {
		if s := g.Status(); s.Held {
			return fmt.Sprintf("服务器时钟在%s突然%s，程序没有跟着改，仍按原来的时间办件。请核对服务器时间；确认新时间正确的，重启程序。",
				s.At.In(clock.Beijing).Format("1月2日15:04"), stepText(s.Off))
		}
	}
	if apart := time.Duration(a.time.apart.Load()); apart.Abs() > clockApart {
		return fmt.Sprintf("数据库服务器的时钟比本程序%s，请核对两台机器的对时服务。", stepText(apart))
	}
	return ""
}

// stepText is a difference of clocks in words: 快了1天、慢了2小时.
func stepText(d time.Duration) string {
	word := "快了"
	if d < 0 {
		word, d = "慢了", -d
	}
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%s%d天", word, int(d.Round(24*time.Hour)/(24*time.Hour)))
	case d >= 2*time.Hour:
		return fmt.Sprintf("%s%d小时", word, int(d.Round(time.Hour)/time.Hour))
	case d >= 2*time.Minute:
		return fmt.Sprintf("%s%d分钟", word, int(d.Round(time.Minute)/time.Minute))
	}
	return fmt.Sprintf("%s%d秒", word, int(d.Round(time.Second)/time.Second))
}

// clockFigures are the figures of the clock for /metrics.
func (a *App) clockFigures() []prometheus.Collector {
	status := func() clock.Status {
		if a.time.guard == nil {
			return clock.Status{}
		}
		return a.time.guard.Status()
	}
	return []prometheus.Collector{
		prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "yimen_clock_jumps_total",
			Help: "Steps of the machine's clock of more than a second, noticed since the start."},
			func() float64 { return float64(status().Jumps) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "yimen_clock_off_seconds",
			Help: "The machine's clock minus the program's own time, which does not follow a jump."},
			func() float64 { return status().Off.Seconds() }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "yimen_clock_database_seconds",
			Help: "The database server's clock minus the program's own time, when it was last asked."},
			func() float64 { return time.Duration(a.time.apart.Load()).Seconds() }),
	}
}
