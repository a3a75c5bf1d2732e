package app

import (
	"context"
	"errors"
	"fmt"

	"yimen/internal/assurance"
	"yimen/internal/assurance/presence"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/counter"
	"yimen/internal/help"
	"yimen/internal/identity"
	"yimen/internal/kit/archive"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/db"
	"yimen/internal/kit/files"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/progress"
	"yimen/internal/kit/sealed"
	"yimen/internal/kit/web"
	"yimen/internal/licences"
	"yimen/internal/messages"
	"yimen/internal/notices"
	"yimen/internal/office"
	"yimen/internal/openid"
	"yimen/internal/org"
	"yimen/internal/proofs"
	"yimen/internal/queue"
	"yimen/internal/seals"
	"yimen/internal/training"
	"yimen/internal/workflow"
)

// sources are the migrations of every part, applied in the order of their
// versions whatever the order here.
var sources = []db.Source{
	web.Migrations, audit.Migrations, files.Migrations, archive.Migrations, sealed.Migrations, jobs.Migrations, progress.Migrations,
	org.Migrations, identity.Migrations, messages.Migrations, assurance.Migrations, presence.Migrations, openid.Migrations, workflow.Migrations, catalogue.Migrations, cases.Migrations, queue.Migrations, help.Migrations,
	counter.Migrations, office.Migrations, training.Migrations, seals.Migrations, notices.Migrations, proofs.Migrations, licences.Migrations,
}

// Migrations are those of every part, for tests that begin at another schema.
func Migrations() []db.Source { return sources }

// migrate brings the database to this release's schema; safe to run again, and
// while the release before is at work. Of several processes one does it.
func migrate(ctx context.Context, d *db.DB) error {
	return d.Migrating(ctx, func(ctx context.Context, d *db.DB) error {
		if err := d.Migrate(ctx, sources); err != nil {
			return err
		}
		if err := jobs.Migrate(ctx, d); err != nil {
			return err
		}
		return audit.Protect(ctx, d)
	})
}

// Migrate brings the App's database to this release's schema; safe to run again.
// Then it has the keys with which personal columns are sealed.
func (a *App) Migrate(ctx context.Context) error {
	if err := migrate(ctx, a.DB); err != nil {
		return err
	}
	return a.Keys.Prepare(ctx)
}

// check refuses a database that is not at this release's schema, or whose sealed
// values this key file cannot open.
func (a *App) check(ctx context.Context) error {
	if err := checkSchema(ctx, a.DB); err != nil {
		return err
	}
	return a.Keys.Prepare(ctx)
}

// checkSchema refuses a database that is behind this release, or ahead of it:
// a program that guesses at columns loses data.
func checkSchema(ctx context.Context, d *db.DB) error {
	s, err := d.Schema(ctx, sources)
	if err != nil {
		return err
	}
	switch {
	case s.Newer():
		return fmt.Errorf("the database is at schema %d, newer than this release's %d: run the newer release", s.Current, s.Target)
	case !s.OK():
		return fmt.Errorf("the database is at schema %d, this release needs %d (%d migrations missing): run `yimen migrate`", s.Current, s.Target, s.Pending)
	}
	migrated, err := jobs.Migrated(ctx, d)
	if err != nil {
		return err
	}
	if !migrated {
		return errors.New("the job queue's tables are missing or old: run `yimen migrate`")
	}
	return nil
}
