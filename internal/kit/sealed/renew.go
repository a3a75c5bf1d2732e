package sealed

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/jobs"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
var Migrations = db.Embedded("sealed", migrations)

const (
	renewRows   = 200              // looked at in one transaction
	renewFor    = 20 * time.Second // of one run; the next goes on
	renewClean  = 24 * time.Hour   // after which a table that was done is gone through again
	renewPeriod = 10 * time.Second
)

// Workers seals anew, in the background, what is not sealed with the newest key.
func (r *Ring) Workers(q *jobs.Queue) {
	jobs.RegisterPeriodic(q, "sealed.renew", renewPeriod, func(ctx context.Context) error {
		limited, cancel := context.WithTimeout(ctx, renewFor)
		defer cancel()
		err := r.Renew(limited)
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			return nil // the next run goes on from there
		}
		return err
	})
}

// Progress is how far a table is.
type Progress struct {
	Table     string    `db:"name"`
	Version   int       `db:"version"`
	Index     int       `db:"index_version"`
	After     string    `db:"after"`
	Looked    int       `db:"looked"`
	Renewed   int       `db:"renewed"`
	Clean     bool      `db:"clean"`
	ChangedAt time.Time `db:"changed_at"`
}

// Progress lists the tables with how far each is; those not begun are there too.
func (r *Ring) Progress(ctx context.Context) ([]Progress, error) {
	var rows []Progress
	if err := r.d.Conn(ctx).Select(ctx, &rows, `SELECT name, version, index_version, after, looked, renewed, clean, changed_at FROM sealed_pass`); err != nil {
		return nil, fmt.Errorf("sealed: read progress: %w", err)
	}
	var list []Progress
	for _, t := range tables() {
		p := Progress{Table: t.name}
		if i := slices.IndexFunc(rows, func(p Progress) bool { return p.Table == t.name }); i >= 0 {
			p = rows[i]
		}
		list = append(list, p)
	}
	return list, nil
}

// table is the sealed columns of one table.
type table struct {
	name, row string
	columns   []*Column
}

func tables() []table {
	var list []table
	for _, c := range Columns() {
		if n := len(list); n == 0 || list[n-1].name != c.Table {
			list = append(list, table{name: c.Table, row: c.Row})
		}
		t := &list[len(list)-1]
		t.columns = append(t.columns, c)
	}
	return list
}

// Renew goes on with every table until each is done for the newest key. A value
// that cannot be opened is left as it is, and named in the error at the end.
func (r *Ring) Renew(ctx context.Context) error {
	if err := r.Load(ctx); err != nil {
		return err
	}
	if err := r.useIndex(ctx); err != nil {
		return err
	}
	progress, err := r.Progress(ctx)
	if err != nil {
		return err
	}
	var wrong []error
	for i, t := range tables() {
		wrong = append(wrong, r.renewTable(ctx, t, progress[i]))
		if ctx.Err() != nil {
			break
		}
	}
	if err := errors.Join(wrong...); err != nil {
		return err
	}
	return r.dropIndex(ctx)
}

func (r *Ring) renewTable(ctx context.Context, t table, p Progress) error {
	now := clock.FromContext(ctx, r.clock).Now()
	newest, index := r.Newest(), r.settledIndex(now)
	if p.Version != newest || p.Index != index || p.Clean && now.Sub(p.ChangedAt) > renewClean {
		p = Progress{Table: t.name, Version: newest, Index: index}
	}
	var wrong []error
	for !p.Clean {
		begun := time.Now()
		n, err := r.renewSome(ctx, t, &p)
		if errors.Is(err, ErrWrong) {
			wrong = append(wrong, err)
		} else if err != nil {
			return err
		}
		if n == 0 {
			if p.Clean = p.Renewed == 0; !p.Clean { // once more: others wrote meanwhile
				p.After, p.Looked, p.Renewed = "", 0, 0
			}
			if err := r.keep(ctx, p); err != nil {
				return err
			}
		}
		select { // those who work come first
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Since(begun)):
		}
	}
	return errors.Join(wrong...)
}

// renewSome looks at the next rows of a table, in one transaction with the
// progress; 0 at the end.
func (r *Ring) renewSome(ctx context.Context, t table, p *Progress) (n int, err error) {
	var wrong []error
	err = r.d.InTx(ctx, func(ctx context.Context) error {
		rows, err := t.next(ctx, r.d.Conn(ctx), p.After)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, row := range rows {
			changed, err := r.renewRow(ctx, t, row)
			if errors.Is(err, ErrWrong) {
				wrong = append(wrong, err)
			} else if err != nil {
				return err
			}
			if changed {
				p.Renewed++
			}
		}
		n, p.After = len(rows), rows[len(rows)-1][0]
		p.Looked += n
		return r.keep(ctx, *p)
	})
	if err != nil {
		return 0, fmt.Errorf("sealed: seal %s anew: %w", t.name, err)
	}
	return n, errors.Join(wrong...)
}

// list is the columns of a table that are read: the row's name, then each
// column and its index.
func (t table) list() []string {
	list := []string{t.row}
	for _, c := range t.columns {
		list = append(list, c.Name)
		if c.Key != "" {
			list = append(list, c.Key)
		}
	}
	return list
}

// next reads the rows after one. Several rows may bear one name: they are read
// together.
func (t table) next(ctx context.Context, conn *db.Conn, after string) ([][]string, error) {
	list := t.list()
	found, err := conn.Rows(ctx, `SELECT `+strings.Join(list, ", ")+` FROM `+t.name+` WHERE `+t.row+` > $1 ORDER BY `+t.row+` LIMIT $2`, after, renewRows)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var rows [][]string
	for found.Next() {
		row, into := make([]string, len(list)), make([]any, len(list))
		for i := range row {
			into[i] = &row[i]
		}
		if err := found.Scan(into...); err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	if len(rows) == renewRows {
		last := rows[len(rows)-1][0]
		if cut := slices.IndexFunc(rows, func(r []string) bool { return r[0] == last }); cut > 0 {
			rows = rows[:cut]
		}
	}
	return rows, found.Err()
}

// renewRow seals what is not sealed with the newest key. A row that somebody
// changes at the same moment is left to the next pass.
func (r *Ring) renewRow(ctx context.Context, t table, row []string) (bool, error) {
	newest := prefix(r.Newest())
	var set, was []string
	var args []any
	put := func(list *[]string, column, value string) {
		args = append(args, value)
		*list = append(*list, fmt.Sprintf("%s = $%d", column, len(args)))
	}
	var wrong []error
	changed, i := false, 1
	for _, c := range t.columns {
		stored, key := row[i], ""
		i++
		plain, err := r.Open(c, row[0], stored)
		wrong = append(wrong, err)
		seal := stored != "" && !strings.HasPrefix(stored, newest) && err == nil
		if seal {
			put(&set, c.Name, r.Seal(c, row[0], plain))
			put(&was, c.Name, stored)
		}
		if c.Key == "" {
			changed = changed || seal
			continue
		}
		key = row[i]
		i++
		if want := r.Index(c, plain); err == nil && key != want {
			put(&set, c.Key, want)
			if !seal {
				put(&was, c.Name, stored)
			}
			seal = true
		}
		changed = changed || seal
	}
	if !changed {
		return false, errors.Join(wrong...)
	}
	args = append(args, row[0])
	_, err := r.d.Conn(ctx).Exec(ctx, `UPDATE `+t.name+` SET `+strings.Join(set, ", ")+` WHERE `+strings.Join(was, " AND ")+
		fmt.Sprintf(` AND %s = $%d`, t.row, len(args)), args...)
	if err != nil {
		return false, err
	}
	return true, errors.Join(wrong...) // even if somebody was first: the next pass looks
}

// keep stores how far a table is.
func (r *Ring) keep(ctx context.Context, p Progress) error {
	_, err := r.d.Conn(ctx).Exec(ctx, `INSERT INTO sealed_pass (name, version, index_version, after, looked, renewed, clean, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (name) DO UPDATE SET version = excluded.version,
		index_version = excluded.index_version, after = excluded.after,
		looked = excluded.looked, renewed = excluded.renewed, clean = excluded.clean, changed_at = excluded.changed_at`,
		p.Table, p.Version, p.Index, p.After, p.Looked, p.Renewed, p.Clean, clock.FromContext(ctx, r.clock).Now())
	if err != nil {
		return fmt.Errorf("sealed: keep progress: %w", err)
	}
	return nil
}
