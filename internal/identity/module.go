package identity

import (
	"context"
	"embed"
	"log/slog"
	"sync/atomic"

	"github.com/alexedwards/argon2id"

	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/events"
	"yimen/internal/kit/files"
	"yimen/internal/kit/sealed"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations is the schema of the module.
var Migrations = db.Embedded("identity", migrations)

// Deps is what the module stands on.
type Deps struct {
	DB    *db.DB
	Clock clock.Clock
	Log   *slog.Logger
	Audit *audit.Log // nil: nothing is recorded (tests)

	Events *events.Bus // nil: nobody hears of mandates (tests)

	Keys *sealed.Ring // nil: a throwaway ring (tests)

	// Demo lets accounts share a password and registers the one-click login.
	// Never set where real people work.
	Demo bool

	// HomeOf is the page where somebody begins after signing in; nil: "/".
	HomeOf func(Actor) string

	// Enterprises is the city's register of enterprises; nil: none is connected,
	// and enterprises are bound at a window.
	Enterprises EnterpriseRegister

	// Files keeps the papers that people show for a correction; nil: none is
	// asked for (tests).
	Files *files.Store
	// Residents is the city's person register, for who decides on corrections;
	// nil: none is connected.
	Residents Residents

	Rules Rules // what signing in is bound to; zero: DefaultRules

	// Hash are the parameters of argon2id; nil: DefaultHash. A password hashed
	// at another cost is hashed anew when its owner signs in. Tests make it cheap.
	Hash *argon2id.Params
	// HashQueue is how many may wait for their turn to hash; who comes when it
	// is full is told ErrBusy. 0: as many as are hashed in a second or less.
	HashQueue int
}

// Module keeps accounts, grants and tokens. Safe for concurrent use.
type Module struct {
	Deps
	askSecond func(ctx context.Context, a Actor) (page string, err error) // see AskSecond
	hashing   chan struct{}                                               // at most so many password hashes at once: each takes 64 MiB
	hashes    atomic.Int64
	queued    chan struct{} // those who hash and those who wait for it
	ways      []Way         // beside the password
	closers   []Closer      // who has a part in closing an account
	tokens    []tokenKind   // bearer tokens of modules above, see AcceptTokens
	decoy     func() string // a hash nobody's password has, for names nobody has
}

// New makes the module.
func New(d Deps) *Module {
	if d.Clock == nil {
		d.Clock = clock.Real
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	if d.Rules == (Rules{}) {
		d.Rules = DefaultRules()
	}
	if d.Hash == nil {
		d.Hash = DefaultHash
	}
	if d.Keys == nil {
		d.Keys = sealed.Throwaway()
	}
	m := &Module{Deps: d}
	m.initPasswords()
	return m
}
