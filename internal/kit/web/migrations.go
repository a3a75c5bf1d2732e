package web

import (
	"embed"
	"io/fs"

	"yimen/internal/kit/db"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of sessions and of idempotent answers.
var Migrations = db.Source{Module: "web", Files: sub(migrations, "migrations")}

func sub(fsys fs.FS, dir string) fs.FS {
	s, err := fs.Sub(fsys, dir)
	if err != nil {
		panic("web: embedded folder: " + err.Error())
	}
	return s
}
