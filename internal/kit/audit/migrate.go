package audit

import (
	"context"
	"embed"
	"fmt"

	"yimen/internal/kit/db"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of the log. Protect is to follow.
var Migrations = db.Embedded("audit", files).ByYear("audit_row", "id")

// appendOnly are the tables whose rows never change once written.
var appendOnly = []string{"audit_row", "audit_leaf", "audit_batch"}

// Protect makes the database refuse to change or remove what is in the log.
// The engines write triggers differently, so this is code and no migration
// file; it may run again.
func Protect(ctx context.Context, d *db.DB) error {
	return d.InTx(ctx, func(ctx context.Context) error {
		for _, s := range Protection(d.Engine()) {
			if _, err := d.Conn(ctx).Exec(ctx, s); err != nil {
				return fmt.Errorf("audit: protect the log: %w", err)
			}
		}
		return ProtectYears(ctx, d)
	})
}

// ProtectYears lets no partition of the log be emptied that could be: triggers
// for rows come with a partition, one for the statement does not.
func ProtectYears(ctx context.Context, d *db.DB) error {
	if d.Engine() != db.Postgres {
		return nil
	}
	var bare []string
	err := d.Conn(ctx).Select(ctx, &bare, `SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
		WHERE i.inhparent = to_regclass('audit_row')
		AND NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'audit_row_refuse_all')`)
	for _, name := range bare {
		if err == nil {
			_, err = d.Conn(ctx).Exec(ctx, `CREATE TRIGGER audit_row_refuse_all BEFORE TRUNCATE ON `+name+` FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()`)
		}
	}
	if err != nil {
		return fmt.Errorf("audit: protect the log: %w", err)
	}
	return nil
}

// Protection is the statements that Protect runs on an engine.
func Protection(e db.Engine) []string {
	var all []string
	if e == db.Postgres {
		all = append(all, `CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
			$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$`)
	}
	for _, table := range appendOnly {
		if e == db.Postgres {
			all = append(all,
				`CREATE OR REPLACE TRIGGER `+table+`_refuse BEFORE UPDATE OR DELETE ON `+table+` FOR EACH ROW EXECUTE FUNCTION audit_refuse()`,
				`CREATE OR REPLACE TRIGGER `+table+`_refuse_all BEFORE TRUNCATE ON `+table+` FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()`)
			continue
		}
		for _, what := range []string{"UPDATE", "DELETE"} {
			all = append(all, `CREATE TRIGGER IF NOT EXISTS `+table+`_refuse_`+what+` BEFORE `+what+` ON `+table+
				` BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END`)
		}
	}
	return all
}
