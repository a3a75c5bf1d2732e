package workflow

import (
	"context"
	"embed"
	"fmt"
	"sync"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/events"
	"yimen/internal/kit/jobs"
	"yimen/workday"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this module.
var Migrations = db.Embedded("workflow", migrations)

// Deps is what the module stands on.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Events   *events.Bus
	Agencies Agencies
	Accounts Accounts
	// Covers gives the accounts of colleagues on leave for whom somebody stands
	// in today; nil: nobody stands in for anybody.
	Covers func(ctx context.Context, a identity.Actor) ([]string, error)
	// Calendar gives the working days of a division; "" is the city's.
	Calendar func(ctx context.Context, division string) *workday.Calendar
}

// Module runs the instances. Safe for concurrent use.
type Module struct {
	Deps
	definitions sync.Map // hash → *compiled
	plans       sync.Map // hash and way → *plan
}

// New makes the module.
func New(d Deps) *Module { return &Module{Deps: d} }

// Workers registers what runs by itself: deadlines that pass, and deadlines
// that move because the holiday calendar did.
func (m *Module) Workers(q *jobs.Queue) {
	jobs.RegisterPeriodic(q, "workflow.overdue", 10*time.Minute, m.CheckOverdue)
	jobs.RegisterPeriodic(q, "workflow.redate", 6*time.Hour, m.Redate)
}

func (m *Module) now(ctx context.Context) time.Time { return clock.FromContext(ctx, m.Clock).Now() }

// actor is who is asking, with those for whom they stand in.
func (m *Module) actor(ctx context.Context) (identity.Actor, error) {
	a := identity.FromContext(ctx)
	if m.Covers == nil || a.Staff == "" || a.IsSystem() || a.Covers != nil {
		return a, nil
	}
	if known, ok := m.DB.Remembered(ctx, coversKey(a.Staff)).([]string); ok {
		a.Covers = known
		return a, nil
	}
	var err error
	if a.Covers, err = m.Covers(ctx, a); err != nil {
		return a, fmt.Errorf("look up for whom one stands in: %w", err)
	}
	m.DB.Remember(ctx, coversKey(a.Staff), a.Covers)
	return a, nil
}

// actorFor is actor where only these tasks matter: for whom one stands in is
// looked up where one of them is in somebody else's name.
func (m *Module) actorFor(ctx context.Context, tasks ...*taskRow) (identity.Actor, error) {
	a := identity.FromContext(ctx)
	for _, t := range tasks {
		if t.Assignee != "" && t.Assignee != a.Account {
			return m.actor(ctx)
		}
	}
	return a, nil
}

// AtDesk gives a context in which it is known for whom the actor stands in: for
// pages that ask many times.
func (m *Module) AtDesk(ctx context.Context) (context.Context, error) {
	a, err := m.actor(ctx)
	if err != nil || !a.SignedIn() {
		return ctx, err
	}
	if a.Covers == nil {
		a.Covers = []string{}
	}
	return identity.With(ctx, a), nil
}

// coversKey is for whom somebody stands in, as one transaction sees it.
type coversKey string

func day(t time.Time) workday.Date { return workday.DateOf(t, clock.Beijing) }

// lights are today's, by the city's calendar.
func (m *Module) lights(ctx context.Context) lights {
	return lightsOn(day(m.now(ctx)), m.Calendar(ctx, ""))
}
