package stencil

import (
	"context"
	"database/sql/driver"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"yimen/internal/kit/db"
	"yimen/workday"
)

// Rows are rows of one table with gaps.
type Rows struct {
	Table   string
	Columns []string
	rows    []row
}

type row struct {
	same  []any // the values that stay; the others are put in
	cells []cell
}

type cell struct {
	column int
	text   Text
	moment time.Time // moved, unless zero
}

// CutRows finds words, moments and dates in rows, a slice of structs with a db
// tag for every column.
func CutRows[T any](table string, columns []string, rows []T, words []string, belongs func(workday.Date) bool) (Rows, error) {
	r := Rows{Table: table, Columns: columns}
	index, err := fields(reflect.TypeFor[T](), columns)
	if err != nil {
		return r, fmt.Errorf("cut rows of %s: %w", table, err)
	}
	for i := range rows {
		value := reflect.ValueOf(&rows[i]).Elem()
		one := row{same: make([]any, len(columns))}
		for c := range columns {
			v, err := plain(value.Field(index[c]))
			if err != nil {
				return r, fmt.Errorf("cut rows of %s: %s: %w", table, columns[c], err)
			}
			one.same[c] = v
			switch v := v.(type) {
			case time.Time:
				one.cells = append(one.cells, cell{column: c, moment: v})
			case string:
				if t := Cut(v, words, belongs); t.open() {
					one.cells = append(one.cells, cell{column: c, text: t})
				}
			}
		}
		r.rows = append(r.rows, one)
	}
	return r, nil
}

// With gives the rows with one more column, the same value in each.
func (r Rows) With(column string, value any) Rows {
	r.Columns = append(slices.Clone(r.Columns), column)
	rows := slices.Clone(r.rows)
	for i := range rows {
		rows[i].same = append(slices.Clone(rows[i].same), value)
	}
	r.rows = rows
	return r
}

// open tells whether there is a gap.
func (t Text) open() bool {
	for _, p := range t.parts {
		if p.word >= 0 || !p.date.IsZero() {
			return true
		}
	}
	return false
}

// fields finds the field of each column.
func fields(t reflect.Type, columns []string) ([]int, error) {
	of := map[string]int{}
	for i := range t.NumField() {
		of[t.Field(i).Tag.Get("db")] = i
	}
	index := make([]int, len(columns))
	for i, c := range columns {
		n, ok := of[c]
		if !ok {
			return nil, fmt.Errorf("no field for column %s", c)
		}
		index[i] = n
	}
	return index, nil
}

// plain gives what a database column holds: int64, bool, string, a moment, nil.
func plain(v reflect.Value) (any, error) {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil, nil
		}
		return plain(v.Elem())
	}
	switch x := v.Interface().(type) {
	case time.Time:
		return x.UTC(), nil
	case driver.Valuer:
		return x.Value()
	}
	switch v.Kind() {
	case reflect.String:
		return v.String(), nil
	case reflect.Int, reflect.Int64:
		return v.Int(), nil
	case reflect.Bool:
		return v.Bool(), nil
	}
	return nil, fmt.Errorf("a %s is no value of a column", v.Type())
}

// Batch is rows of several tables that are to be written.
type Batch struct {
	order  []string
	tables map[string]*waiting
	n      int
}

type waiting struct {
	columns []string
	rows    [][]any
}

// Add fills in rows once; it gives them, to be changed further before the
// batch is written.
func (b *Batch) Add(r Rows, words []string, m Move) [][]any {
	t := b.table(r.Table, r.Columns)
	begin := len(t.rows)
	for _, one := range r.rows {
		values := make([]any, len(one.same))
		copy(values, one.same)
		for _, c := range one.cells {
			if c.moment.IsZero() {
				values[c.column] = c.text.Fill(words, m)
			} else {
				values[c.column] = m.Time(c.moment)
			}
		}
		t.rows = append(t.rows, values)
	}
	b.n += len(r.rows)
	return t.rows[begin:]
}

// Append adds rows as they are.
func (b *Batch) Append(table string, columns []string, rows ...[]any) {
	t := b.table(table, columns)
	t.rows = append(t.rows, rows...)
	b.n += len(rows)
}

func (b *Batch) table(name string, columns []string) *waiting {
	t := b.tables[name]
	if t == nil {
		if b.tables == nil {
			b.tables = map[string]*waiting{}
		}
		t = &waiting{columns: columns}
		b.tables[name], b.order = t, append(b.order, name)
	}
	return t
}

// Len is how many rows there are.
func (b *Batch) Len() int { return b.n }

// Bytes is about how long the rows are.
func (b *Batch) Bytes() int {
	n := 0
	for _, t := range b.tables {
		for _, row := range t.rows {
			for _, v := range row {
				if s, ok := v.(string); ok {
					n += len(s)
				} else {
					n += 8
				}
			}
		}
	}
	return n
}

// Write writes the rows, table by table in the order in which these were first
// added to: what others refer to has to be added first.
func (b *Batch) Write(ctx context.Context, d *db.DB) error {
	for _, name := range b.order {
		if err := d.Conn(ctx).Copy(ctx, name, b.tables[name].columns, b.tables[name].rows); err != nil {
			return err
		}
	}
	return nil
}

// Columns takes a list of columns apart, however it is set.
func Columns(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' })
}
