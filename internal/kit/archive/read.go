package archive

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"yimen/internal/kit/db"
	"yimen/internal/kit/rowtext"
)

// keptOpen is how many parts stay open: some ten megabytes each.
const keptOpen = 4

// opened is a part that was read: its lines by identifier.
type opened struct {
	part
	columns []db.Column
	lines   map[string][][]byte
}

// Row is a row by column: int64, bool, string, time.Time or nil.
type Row map[string]any

// Text, Number and Moment give a value of a column.
func (r Row) Text(column string) string      { s, _ := r[column].(string); return s }
func (r Row) Number(column string) int       { n, _ := r[column].(int64); return int(n) }
func (r Row) Moment(column string) time.Time { t, _ := r[column].(time.Time); return t.UTC() }

// Find gives the rows of an identifier that were put away, in no
// order; nil when there are none.
func (a *Archive) Find(ctx context.Context, table, id string) ([]Row, error) {
	var p part
	err := a.d.Conn(ctx).Get(ctx, &p, `SELECT of_table, first_id, last_id, year, lines, sm3, columns, file FROM archive_part
		WHERE of_table = $1 AND first_id <= $2 ORDER BY first_id DESC LIMIT 1`, table, id)
	if errors.Is(err, db.ErrNoRows) || err == nil && p.Last < id {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("archive: find: %w", err)
	}
	o, err := a.part(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	var rows []Row
	for _, line := range o.lines[id] {
		values, err := rowtext.Parse(line, o.columns)
		if err != nil {
			return nil, fmt.Errorf("archive: read %s: %w", p.File, err)
		}
		row := Row{}
		for i, c := range o.columns {
			row[c.Name] = values[i]
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// part gives a part from those that are open, or opens it.
func (a *Archive) part(ctx context.Context, p part) (*opened, error) {
	a.mu.Lock()
	i := slices.IndexFunc(a.open, func(o *opened) bool { return o.File == p.File })
	if i >= 0 {
		o := a.open[i]
		a.open = append(slices.Delete(a.open, i, i+1), o)
		a.mu.Unlock()
		return o, nil
	}
	a.mu.Unlock()
	o, err := a.read(ctx, p)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.open = append(a.open, o); len(a.open) > keptOpen {
		a.open = slices.Delete(a.open, 0, 1)
	}
	return o, nil
}

// read opens a stored part and compares it with what was noted of it.
func (a *Archive) read(ctx context.Context, p part) (*opened, error) {
	text, err := a.text(ctx, p.File)
	if err != nil {
		return nil, fmt.Errorf("file %s: %w", p.File, err)
	}
	o := &opened{part: p, lines: map[string][][]byte{}}
	if err := json.Unmarshal([]byte(p.Columns), &o.columns); err != nil {
		return nil, err
	}
	id := slices.IndexFunc(o.columns, func(c db.Column) bool { return c.Name == a.column(p.Table) })
	if id < 0 {
		return nil, fmt.Errorf("file %s: its rows have no identifier", p.File)
	}
	n := 0
	for line := range bytes.Lines(text) {
		var values []json.RawMessage
		var key string
		if err := json.Unmarshal(line, &values); err != nil || id >= len(values) {
			return nil, fmt.Errorf("file %s, line %d is no row", p.File, n+1)
		}
		if err := json.Unmarshal(values[id], &key); err != nil {
			return nil, fmt.Errorf("file %s, line %d: %w", p.File, n+1, err)
		}
		o.lines[key] = append(o.lines[key], bytes.TrimSuffix(line, []byte("\n")))
		n++
	}
	if sum := sm3.Sum(text); n != p.Lines || hex.EncodeToString(sum[:]) != p.SM3 {
		return nil, fmt.Errorf("file %s is not what was put away", p.File)
	}
	return o, nil
}

func (a *Archive) column(table string) string {
	for _, t := range a.tables {
		if t.Table == table {
			return t.Column
		}
	}
	return ""
}

func (a *Archive) text(ctx context.Context, file string) ([]byte, error) {
	r, _, err := a.files.Open(ctx, file)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, err
	}
	if len(z.File) != 1 {
		return nil, fmt.Errorf("%d files in it", len(z.File))
	}
	in, err := z.File[0].Open()
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(in)
	return text, errors.Join(err, in.Close())
}
