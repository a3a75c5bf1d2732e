package licences

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/files"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/progress"
	"yimen/internal/kit/sealed"
	"yimen/internal/kit/web/static"
	"yimen/internal/org"
	"yimen/workday"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed dist
var dist embed.FS

func init() {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err)
	}
	static.Add(sub)
}

// Migrations is the schema of the module.
var Migrations = db.Embedded("licences", migrations)

// Deps is what the module stands on.
type Deps struct {
	DB    *db.DB
	Clock clock.Clock
	Org   *org.Module
	Audit *audit.Log
	Keys  *sealed.Ring // nil: keys of this process alone (tests)

	// Seals and Files are needed to make documents; nil: nothing can be issued.
	Seals Seals
	Files *files.Store
	// Works does what takes long, in the background; nil: no sheets are issued.
	Works *progress.Tracker
	// SheetDays is for how many days a sheet keeps what its lines say that were not
	// issued; 0 is 30.
	SheetDays int
	BaseURL   string // where the public reaches the site: for the code on documents

	// Accounts tells the numbers of those who look at their own; nil: nobody has any.
	Accounts Accounts

	Demo bool // a code's address is written out beside it

	// Witness vouches for seals on files that are verified; nil: none can be.
	Witness Witness

	// Archive knows the city's documents that are no licences; nil: there are none.
	Archive Archive

	// Grants tells what a decided case grants; nil: no cases.
	Grants Grants

	// Issued is told of a licence that was issued for a case, in its transaction.
	Issued func(ctx context.Context, l Licence) error

	// Changed is told of an act on a licence, in its transaction; nil: nobody is.
	Changed func(ctx context.Context, l Licence, s Step) error

	// People says whether a name and a resident number belong together; nil:
	// no person register is connected, and names are taken as they are.
	People People

	// Least is the lowest trust with which a licence may stand in for a paper: A, B
	// or C; "" is B. What its holder brought (D) never does.
	Least Trust
}

// People is the city's person register.
type People interface {
	// Match tells whether a resident with that number has that name. An error
	// is that it could not be asked.
	Match(ctx context.Context, name, idNo string) (bool, error)
}

// Accounts knows who has which account: identity.
type Accounts interface {
	People(ctx context.Context, accounts []string) (map[string]identity.Person, error)
}

// Module is the licences of one city. Safe for concurrent use.
type Module struct {
	Deps
	verifier verifier
	begin    func(ctx context.Context, s progress.Start, w batchWork) (string, error) // of a batch
}

// New makes the module.
func New(d Deps) *Module {
	if d.Clock == nil {
		d.Clock = clock.Real
	}
	if d.Keys == nil {
		d.Keys = sealed.Throwaway()
	}
	if d.Least == "" {
		d.Least = TrustB
	}
	if d.SheetDays == 0 {
		d.SheetDays = 30
	}
	m := &Module{Deps: d, verifier: verifier{slots: make(chan struct{}, fileSlots)}}
	if d.Works != nil {
		m.begin = progress.Define(d.Works, "licences.batch", m.runBatch)
	}
	return m
}

// Workers registers what runs in the background.
func (m *Module) Workers(q *jobs.Queue) {
	jobs.RegisterPeriodic(q, "licences.sweep_lines", time.Hour, m.SweepLines)
}

func (m *Module) now(ctx context.Context) time.Time {
	return clock.FromContext(ctx, m.Clock).Now().UTC().Truncate(time.Microsecond)
}

func (m *Module) today(ctx context.Context) workday.Date {
	return workday.DateOf(m.now(ctx), clock.Beijing)
}

// record notes an act in the audit log.
func (m *Module) record(ctx context.Context, action, identifier, purpose, detail string) error {
	a := identity.FromContext(ctx)
	return m.Audit.Write(ctx, audit.Entry{Actor: a.Account, ActorName: a.Name, Address: a.Address,
		Action: action, Object: "licence", ObjectID: identifier, Purpose: purpose, Detail: detail, Result: "ok"})
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("licences: %s: %w", what, err)
}
