package web

import (
	"embed"

	"yimen/internal/kit/db"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of sessions and of idempotent answers.
var Migrations = db.Embedded("web", migrations)
