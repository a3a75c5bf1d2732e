package audit

import (
	"context"
	"fmt"

	"yimen/internal/kit/archive"
	"yimen/internal/kit/db"
)

// ReadFrom lets Verify read rows that were put away.
func (l *Log) ReadFrom(a *archive.Archive) { l.archive = a }

// Table is the log as it can be put away: the rows of a year, all of them
// sealed. Leaves and batches stay: they are what the rows are held against,
// wherever these lie.
func (l *Log) Table() archive.Table {
	t := archive.Table{Yearly: Migrations.Years[0], Ready: l.sealed}
	if l.d.Engine() == db.SQLite { // a partition is dropped whole, no trigger sees it
		t.Unguard = func(ctx context.Context) error { return l.guard(ctx, false) }
		t.Guard = func(ctx context.Context) error { return l.guard(ctx, true) }
	}
	return t
}

// sealed refuses a year with rows that are not in the chain.
func (l *Log) sealed(ctx context.Context, from, to string) error {
	var n int
	err := l.d.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM audit_row r LEFT JOIN audit_leaf l ON l.row_id = r.id
		WHERE r.id >= $1 AND r.id < $2 AND l.row_id IS NULL`, from, to)
	if err == nil && n > 0 {
		err = fmt.Errorf("%d rows of the audit log are not sealed: verify it, and try again", n)
	}
	return err
}

func (l *Log) guard(ctx context.Context, on bool) error {
	if on {
		return Protect(ctx, l.d)
	}
	_, err := l.d.Conn(ctx).Exec(ctx, `DROP TRIGGER IF EXISTS audit_row_refuse_DELETE`)
	return err
}

// putAway reads a row that is no longer in the database; false when it is
// nowhere.
func (l *Log) putAway(ctx context.Context, s *sealedRow) (bool, error) {
	if l.archive == nil {
		return false, nil
	}
	rows, err := l.archive.Find(ctx, "audit_row", s.RowID)
	if err != nil || len(rows) != 1 {
		return false, err
	}
	r := rows[0]
	s.Entry = Entry{ID: r.Text("id"), At: r.Moment("at"), Actor: r.Text("actor"), ActorName: r.Text("actor_name"), Address: r.Text("address"),
		Action: r.Text("action"), Object: r.Text("object"), ObjectID: r.Text("object_id"), Purpose: r.Text("purpose"),
		Result: r.Text("result"), Detail: r.Text("detail"), Role: r.Text("role")}
	if s.Form = int64(r.Number("form")); s.Form == 0 { // put away before rows said their form
		s.Form = formFirst
	}
	s.RowHash = r.Text("hash")
	return true, nil
}

// verifyArchives finds rows in archives that are in no batch.
func (l *Log) verifyArchives(ctx context.Context, r *Report) error {
	if l.archive == nil {
		return nil
	}
	n, err := l.archive.Lines(ctx, "audit_row")
	if err == nil && int64(n) > r.Archived && r.Found == 0 {
		r.add(Finding{Kind: RowAdded, Why: fmt.Sprintf("archives hold %d rows, %d of them sealed", n, r.Archived)})
	}
	return err
}
