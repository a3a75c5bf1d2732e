package seals

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"sync"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/web/static"
	"yimen/internal/org"
	"yimen/internal/seals/vault"
	"yimen/workday"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations is the schema of the module.
var Migrations = db.Embedded("seals", migrations)

//go:embed dist
var dist embed.FS

func init() {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err)
	}
	static.Add(sub)
}

// Deps is what the module stands on.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Org      *org.Module
	Accounts Accounts
	Audit    *audit.Log
	Vault    vault.Vault
	Log      *slog.Logger // nil: slog.Default()
	Jobs     *jobs.Queue  // nil: no background work
	// Demo lets the module be its own root and issuing authority.
	Demo bool
	// BaseURL is where the public reaches the site, for the address of the
	// revocation list in certificates.
	BaseURL string
}

// Accounts finds who is to keep a seal, and who brings one on.
type Accounts interface {
	// Actor gives an account by its name or id, with the rights it has now;
	// identity.ErrAccountUnknown.
	Actor(ctx context.Context, account string) (identity.Actor, error)
	// HoldersOver are who may do something over a division, the nearest first.
	HoldersOver(ctx context.Context, v identity.Verb, division string) ([]string, error)
	// NamesOf gives the names of accounts by id.
	NamesOf(ctx context.Context, accounts []string) (map[string]string, error)
}

// Module is the seals of one city. Safe for concurrent use.
type Module struct {
	Deps
	refusals sync.WaitGroup // being written down
}

// New makes the module.
func New(d Deps) *Module {
	if d.Clock == nil {
		d.Clock = clock.Real
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	d.BaseURL = strings.TrimRight(d.BaseURL, "/")
	return &Module{Deps: d}
}

// Workers registers what runs in the background.
func (m *Module) Workers(q *jobs.Queue) {
	jobs.RegisterPeriodic(q, "seals.crl", time.Hour, m.RenewLists)
	jobs.Register(q, m.furnish)
}

// Settle waits until refusals seen so far are written down.
func (m *Module) Settle() { m.refusals.Wait() }

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

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("seals: %s: %w", what, err)
}
