package presence

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"runtime"
	"time"

	"yimen/face"
	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/jobs"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations is the schema of the package.
var Migrations = db.Embedded("presence", migrations)

// PhotoRegister has the photographs that faces are compared with: in production the police's, reached through the
// province's interface; in the demo a handful of portraits.
type PhotoRegister interface {
	// Photo gives the photograph of a person, JPEG or PNG. ErrNoPhoto when there is none; any other error means that the
	// register does not answer.
	Photo(ctx context.Context, p identity.Person) ([]byte, error)
}

// ErrNoPhoto is a register's answer for somebody it has no photograph of.
var ErrNoPhoto = errors.New("presence: no photograph")

// Rules are what a city may set.
type Rules struct {
	Distance float64 // at most this far from the photograph; never above MaxDistance
	Tries    int     // a day and account
}

// The legal edges and what holds where nothing is set. Of six portraits of different people at hand two lay at 0.495, so
// the line is drawn lower than the makers of the net draw it.
const (
	MaxDistance     = 0.50
	DefaultDistance = 0.45
	DefaultTries    = 10
)

// Check refuses rules that no city may set.
func (r Rules) Check() error {
	if r.Distance < 0 || r.Distance > MaxDistance || r.Tries < 0 {
		return fmt.Errorf("faces: the distance is at most %.2f and tries are not negative (they are %.2f and %d)", MaxDistance, r.Distance, r.Tries)
	}
	return nil
}

// Deps is what the package stands on.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Identity *identity.Module
	Audit    *audit.Log    // nil: nothing is recorded (tests)
	Model    *face.Model   //
	Register PhotoRegister // nil: no register is connected, and the pages say so
	Rules    Rules
}

// Module proves presence. Safe for concurrent use.
type Module struct {
	Deps
	turns chan struct{} // as many checks at once as there are cores; the rest come again
}

// New makes the module.
func New(d Deps) *Module {
	if d.Clock == nil {
		d.Clock = clock.Real
	}
	if d.Rules.Distance == 0 {
		d.Rules.Distance = DefaultDistance
	}
	if d.Rules.Tries == 0 {
		d.Rules.Tries = DefaultTries
	}
	return &Module{Deps: d, turns: make(chan struct{}, runtime.GOMAXPROCS(0))}
}

// Workers registers what runs in the background.
func (m *Module) Workers(q *jobs.Queue) {
	jobs.RegisterPeriodic(q, "assurance.face_sweep", time.Hour, m.Sweep)
}

// keepTries is how long it is known that somebody tried, and with which result: as long as the audit must at least be kept.
const keepTries = 180 * 24 * time.Hour

// keepSeen is how long a frame is known again.
const keepSeen = 24 * time.Hour

// Sweep forgets old tries and frames.
func (m *Module) Sweep(ctx context.Context) error {
	now := m.now(ctx)
	if _, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM assurance_face_seen WHERE seen_at < $1`, now.Add(-keepSeen)); err != nil {
		return err
	}
	_, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM assurance_face_try WHERE issued_at < $1`, now.Add(-keepTries))
	return err
}

func (m *Module) now(ctx context.Context) time.Time { return clock.FromContext(ctx, m.Clock).Now() }

func (m *Module) record(ctx context.Context, action, id, result, detail string) error {
	if m.Audit == nil {
		return nil
	}
	a := identity.FromContext(ctx)
	return m.Audit.Write(ctx, audit.Entry{Actor: a.Account, ActorName: a.Name, Address: a.Address,
		Action: action, Object: "account", ObjectID: a.Account, Purpose: "face " + id, Result: result, Detail: detail})
}
