package training

import (
	"context"
	"embed"
	"io/fs"
	"strings"
	"time"

	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/files"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/web/static"
	"yimen/internal/messages"
	"yimen/internal/org"
	"yimen/workday"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations is the schema of the module.
var Migrations = db.Embedded("training", migrations)

//go:embed dist
var dist embed.FS

func init() {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("training: " + err.Error()) // embedded at build time
	}
	static.Add(sub)
}

// Deps is what the module stands on.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Org      *org.Module
	Audit    *audit.Log
	Store    *files.Store
	Items    Items
	Identity *identity.Module // nil: nobody is told (tests)
	Messages *messages.Module // nil: the same
}

// Items knows what there is to be accepted.
type Items interface {
	InForce(ctx context.Context, code string) (catalogue.Version, error)
}

// Module is the training of one city. Safe for concurrent use.
type Module struct{ Deps }

// New makes the module.
func New(d Deps) *Module {
	if d.Clock == nil {
		d.Clock = clock.Real
	}
	return &Module{Deps: d}
}

// Workers registers what runs in the background.
func (m *Module) Workers(q *jobs.Queue) {
	jobs.RegisterPeriodic(q, "training.warn", 6*time.Hour, m.Warn)
}

func (m *Module) now(ctx context.Context) time.Time { return clock.FromContext(ctx, m.Clock).Now() }

func (m *Module) today(ctx context.Context) workday.Date {
	return workday.DateOf(m.now(ctx), clock.Beijing)
}

// record notes an act in the audit log.
func (m *Module) record(ctx context.Context, action, object, id, purpose, detail string) error {
	a := identity.FromContext(ctx)
	return m.Audit.Write(ctx, audit.Entry{Actor: a.Account, ActorName: a.Name, Address: a.Address,
		Action: action, Object: object, ObjectID: id, Purpose: purpose, Detail: detail, Result: "ok"})
}

// mostDetail is how many bytes of a detail the audit keeps whole.
const mostDetail = 3000

// recordPeople notes an act on those on the list of a session, each by staff id
// and, where there is one, ":" and their result; in as many rows as it takes.
func (m *Module) recordPeople(ctx context.Context, action, session string, list []Attendance) error {
	detail := ""
	for _, a := range list {
		who := a.Staff
		if a.Result != "" {
			who += ":" + a.Result
		}
		if len(detail)+len(who) >= mostDetail {
			if err := m.record(ctx, action, "training_session", session, "", detail); err != nil {
				return err
			}
			detail = ""
		}
		detail = strings.TrimSpace(detail + " " + who)
	}
	return m.record(ctx, action, "training_session", session, "", detail)
}
