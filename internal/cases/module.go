package cases

import (
	"context"
	"embed"
	"errors"
	"time"

	"yimen/internal/kit/archive"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/events"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/sealed"
	"yimen/internal/workflow"
	"yimen/workday"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this module.
var Migrations = db.Embedded("cases", migrations).ByYear("cases_history", "case_id")

// Deps is what the module stands on.
type Deps struct {
	DB        *db.DB
	Clock     clock.Clock
	Events    *events.Bus
	Org       Organisation
	Catalogue Catalogue
	Workflow  Workflow
	Files     Files
	Accounts  Accounts         // nil: cases filed at windows belong to no account
	Archive   *archive.Archive // nil: no history was ever put away
	Licences  Licences         // nil: no electronic licence can be handed in
	Promises  Commitments      // nil: promises are not kept, nor checked
	LookUps   LookUps          // nil: nothing is looked up instead of a proof
	Sealer    Sealer           // nil: notices are pages to print alone
	Training  Training         // nil: no item demands a certificate of who accepts it
	Rules     Rules
	Keys      *sealed.Ring // nil: a throwaway ring (tests)
	Audit     *audit.Log   // nil: nobody sees numbers whole (tests)
}

// Module keeps the cases. Safe for concurrent use.
type Module struct {
	Deps
	db *db.DB
}

// New makes the module and subscribes it to the end of workflows: a case is
// decided in the transaction in which its workflow finishes.
func New(d Deps) *Module {
	if d.Clock == nil {
		d.Clock = clock.Real
	}
	d.Rules = d.Rules.withDefaults()
	if d.Keys == nil {
		d.Keys = sealed.Throwaway()
	}
	m := &Module{Deps: d, db: d.DB}
	events.Now(d.Events, "cases", m.finished)
	return m
}

// Workers registers what runs by itself.
func (m *Module) Workers(q *jobs.Queue) {
	jobs.Register(q, func(ctx context.Context, j Finish) error { return m.Finish(ctx, j.Number) })
	jobs.Register(q, func(ctx context.Context, j Recompute) error { return m.RecomputeDue(ctx, j.Division) })
	jobs.RegisterPeriodic(q, "cases.deem_accepted", 10*time.Minute, m.DeemAccepted)
	jobs.RegisterPeriodic(q, "cases.terminate_uncorrected", 10*time.Minute, m.TerminateUncorrected)
	jobs.RegisterPeriodic(q, "cases.sweep_uploads", time.Hour, m.SweepUploads)
	jobs.RegisterPeriodic(q, "cases.sweep_drafts", 6*time.Hour, m.SweepDrafts)
	jobs.RegisterPeriodic(q, "cases.sweep_misses", 24*time.Hour, m.sweepMisses)
	jobs.RegisterPeriodic(q, "cases.archive", time.Hour, m.ArchiveClosed)
	jobs.RegisterPeriodic(q, "cases.compact_tally", 15*time.Second, m.CompactTally)
	jobs.RegisterPeriodic(q, "cases.recompute_due", 6*time.Hour, func(ctx context.Context) error {
		return m.RecomputeDue(ctx, "")
	})
}

func (m *Module) now(ctx context.Context) time.Time { return clock.FromContext(ctx, m.Clock).Now() }

func (m *Module) today(ctx context.Context) workday.Date {
	return workday.DateOf(m.now(ctx), clock.Beijing)
}

// horizon colours the due dates of one answer.
func (m *Module) horizon(ctx context.Context) horizon {
	return newHorizon(m.Org.Calendar(ctx, m.Rules.City), m.today(ctx), m.Rules)
}

// finished hears of the end of a workflow, inside its transaction.
func (m *Module) finished(ctx context.Context, e workflow.Finished) error {
	err := m.decided(ctx, e)
	if errors.Is(err, ErrUnknown) {
		return nil // the workflow of another module's subject
	}
	return err
}

// clockError gives a refusal of the ledger as an error of the program.
func clockError(err error) error {
	var w *workday.Error
	switch {
	case errors.Is(err, workday.ErrExtendedTwice):
		return ErrExtendedOnce
	case errors.As(err, &w):
		return errs.ErrInvalid.Say("%s", w.Message)
	}
	return err
}
