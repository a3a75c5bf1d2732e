package queue

import (
	"context"
	"embed"
	"time"

	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/sealed"
	"yimen/internal/org"
	"yimen/workday"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations is the schema of the module.
var Migrations = db.Embedded("queue", migrations)

// Deps is what the module stands on.
type Deps struct {
	DB    *db.DB
	Clock clock.Clock
	Org   *org.Module
	Audit *audit.Log // nil: settings are not recorded (tests)
	Cases Cases      // nil: no papers and drafts (tests of the line)
	Demo  bool       // every browser is a machine, and numbers may be taken at any hour

	BaseURL string       // of the QR code on a slip
	Keys    *sealed.Ring // nil: a throwaway ring (tests)
}

// Module is the halls of one city. Safe for concurrent use.
type Module struct{ Deps }

// New makes the module.
func New(d Deps) *Module {
	if d.Clock == nil {
		d.Clock = clock.Real
	}
	if d.Keys == nil {
		d.Keys = sealed.Throwaway()
	}
	return &Module{Deps: d}
}

// Workers registers what runs in the background.
func (m *Module) Workers(q *jobs.Queue) {
	jobs.RegisterPeriodic(q, "queue.close_day", time.Hour, m.CloseDay)
}

func (m *Module) now(ctx context.Context) time.Time { return clock.FromContext(ctx, m.Clock).Now() }

// today is the civil date of Beijing.
func (m *Module) today(ctx context.Context) string { return dayOf(m.now(ctx)) }

func dayOf(t time.Time) string { return workday.DateOf(t, clock.Beijing).String() }
