package org

import (
	"context"
	"embed"
	"sync"
	"sync/atomic"

	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations is the schema of the module.
var Migrations = db.Embedded("org", migrations)

// Deps is what the module stands on.
type Deps struct {
	DB    *db.DB
	Clock clock.Clock
	Audit *audit.Log // nil: edits are not recorded (tests)

	// Who says who is editing: account id, name, client address. The module
	// stands below identity, so it has to be told. nil: nobody.
	Who func(ctx context.Context) (account, name, addr string)
}

// Module is the organisation of one city. Safe for concurrent use.
type Module struct {
	Deps
	current  atomic.Pointer[held] // nil until first read
	checked  atomic.Int64         // real time of the last look at the version, Unix nanoseconds; 0: look now
	edits    atomic.Int64         // committed by this process
	loading  sync.Mutex           // one at a time reads the snapshot; its holder may wait for a connection
	starting sync.Mutex           // one transaction at a time reads the first snapshot; its holder has a connection
}

// New makes the module; nothing is read yet.
func New(d Deps) *Module {
	if d.Clock == nil {
		d.Clock = clock.Real
	}
	if d.Who == nil {
		d.Who = func(context.Context) (account, name, addr string) { return "", "", "" }
	}
	return &Module{Deps: d}
}
