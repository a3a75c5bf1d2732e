package cases

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

// A row that something else than the program has written may hold what cannot be
// read: a date that is none. It must not take the list down in which it stands,
// and whoever looks at the list must see that it is there and is damaged.

// damagedName stands in lists in place of the state of a damaged case.
const damagedName = "记录损坏"

// dueColumns are an index of dates and ledger: computed anew, they are right
// again (RecomputeDue).
var dueColumns = []string{"due_on", "promise_due_on", "receipt_due_on", "correction_due_on"}

// selectRecords reads records. Only when one cannot be read they are read once
// more, one by one and with care.
func (m *Module) selectRecords(ctx context.Context, query string, args ...any) ([]record, error) {
	var rows []record
	err := m.db.Conn(ctx).Select(ctx, &rows, query, args...)
	if err == nil || ctx.Err() != nil || !unreadable(err) {
		return revealAll(m.Keys, rows), err
	}
	return m.selectWithCare(ctx, query, args...)
}

// unreadable tells a value that does not fit its field from other errors: the
// statement itself went well.
func unreadable(err error) bool {
	return errs.KindOf(err) == errs.Internal && strings.Contains(err.Error(), "Scan error")
}

func (m *Module) selectWithCare(ctx context.Context, query string, args ...any) ([]record, error) {
	rows, err := m.db.Conn(ctx).Rows(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var list []record
	for rows.Next() {
		var r record
		if err := rows.Scan(r.withCare(columns)...); err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return revealAll(m.Keys, list), rows.Err()
}

// recordFields is where each column of a record is kept.
var recordFields = func() map[string]int {
	fields := map[string]int{}
	for i := range reflect.TypeFor[record]().NumField() {
		if column := reflect.TypeFor[record]().Field(i).Tag.Get("db"); column != "" {
			fields[column] = i
		}
	}
	return fields
}()

// withCare gives where to scan these columns to; what does not fit is noted in
// r.damaged and left empty.
func (r *record) withCare(columns []string) []any {
	to := make([]any, len(columns))
	for i, column := range columns {
		field := reflect.ValueOf(r).Elem().Field(recordFields[column]).Addr().Interface()
		to[i] = field
		take := func(scan func(src any) error) careful {
			return func(src any) error {
				if scan(src) != nil {
					r.damaged = append(r.damaged, column)
				}
				return nil
			}
		}
		switch dest := field.(type) {
		case *workday.Date:
			to[i] = take(func(src any) error {
				err := dest.Scan(src)
				if err != nil {
					*dest = workday.Date{}
				}
				return err
			})
		case *time.Time:
			to[i] = take(scanInto(dest))
		case *int:
			to[i] = take(scanInto(dest))
		case *bool:
			to[i] = take(scanInto(dest))
		}
	}
	return to
}

// careful is a place that takes whatever comes.
type careful func(src any) error

// Scan implements sql.Scanner.
func (c careful) Scan(src any) error { return c(src) }

func scanInto[T any](dest *T) func(src any) error {
	return func(src any) error {
		var v sql.Null[T]
		if err := v.Scan(src); err != nil {
			return err
		}
		*dest = v.V
		return nil
	}
}

// mendable says that only dates are damaged that can be computed anew.
func (r *record) mendable() bool {
	return !slices.ContainsFunc(r.damaged, func(column string) bool { return !slices.Contains(dueColumns, column) })
}

// Damage is what is wrong with one case.
type Damage struct {
	Number   string
	What     string // the columns, or what could not be read
	Mendable bool   // RecomputeDue mends it
}

// Damaged looks at every case, its row, its content, its clock and its history,
// gives fn each that cannot be read, and says how many it has looked at.
func (m *Module) Damaged(ctx context.Context, fn func(Damage)) (looked int, err error) {
	after := ""
	for {
		w := new(db.Where).And("id > ?", after)
		rows, err := m.selectRecords(ctx, selectRecord+w.SQL()+" ORDER BY id LIMIT "+w.Arg(sweepBatch), w.Args()...)
		if err != nil {
			return looked, fmt.Errorf("look for damaged cases: %w", err)
		}
		for i := range rows {
			r := &rows[i]
			after, looked = r.ID, looked+1
			if len(r.damaged) > 0 {
				fn(Damage{r.Number, strings.Join(r.damaged, " "), r.mendable()})
				continue
			}
			if err := m.readParts(ctx, r); err != nil {
				if errs.KindOf(err) != errs.Internal || ctx.Err() != nil {
					return looked, err
				}
				fn(Damage{Number: r.Number, What: err.Error()})
			}
		}
		if len(rows) < sweepBatch {
			return looked, nil
		}
	}
}

// readParts reads what belongs to a case, as its page would.
func (m *Module) readParts(ctx context.Context, r *record) error {
	whole, err := m.dossierOf(ctx, r.Number)
	if err != nil {
		return err
	}
	var c Case
	if err := m.fill(ctx, whole, &c); err != nil {
		return err
	}
	rows, err := m.historyOf(ctx, r.ID, 0)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if _, err := row.entry(); err != nil {
			return err
		}
	}
	return nil
}

// one reads a record; db.ErrNoRows, ErrDamaged.
func (m *Module) one(ctx context.Context, query string, args ...any) (*record, error) {
	var r record
	return m.opened(&r, m.db.Conn(ctx).Get(ctx, &r, query, args...))
}

// opened gives a row as it was read, or says why it cannot be.
func (m *Module) opened(r *record, err error) (*record, error) {
	if err != nil && !errors.Is(err, db.ErrNoRows) && unreadable(err) {
		return nil, ErrDamaged.Because(err)
	}
	if r.reveal(m.Keys); len(r.damaged) > 0 {
		return nil, ErrDamaged
	}
	return r, err
}
