package archive

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/emmansun/gmsm/sm3"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/rowtext"
)

// partLines is how many rows a file has, a few more where an identifier has
// several.
const partLines = 20_000

// part is one file of a year.
type part struct {
	Table   string `db:"of_table" json:"table"`
	Year    int    `db:"year" json:"year"`
	First   string `db:"first_id" json:"first"`
	Last    string `db:"last_id" json:"last"`
	Lines   int    `db:"lines" json:"lines"`
	SM3     string `db:"sm3" json:"sm3"`
	Columns string `db:"columns" json:"columns"`
	File    string `db:"file" json:"file"`
}

// Report is what Put did, or would do.
type Report struct {
	Table   string
	Year    int
	Lines   int
	Parts   int
	Bytes   int64 // of the files
	Removed bool
}

// Look tells what a year has, without touching it; an error when it cannot be
// put away yet.
func (a *Archive) Look(ctx context.Context, t Table, year int) (Report, error) {
	r := Report{Table: t.Table, Year: year}
	if year >= a.clock.Now().In(clock.Beijing).Year() {
		return r, fmt.Errorf("archive: the year %d is not over", year)
	}
	var n int
	err := a.d.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM archive_year WHERE of_table = $1 AND year = $2`, t.Table, year)
	if err == nil && n > 0 {
		err = fmt.Errorf("%s of %d is put away already", t.Table, year)
	}
	from, to := db.YearIDs(year)
	if err == nil {
		err = a.d.Conn(ctx).Get(ctx, &r.Lines, `SELECT COUNT(*) FROM `+t.Table+` WHERE `+t.Column+` >= $1 AND `+t.Column+` < $2`, from, to)
	}
	if err == nil {
		err = t.Ready(ctx, from, to)
	}
	if err != nil {
		return r, fmt.Errorf("archive: %w", err)
	}
	r.Parts = (r.Lines + partLines - 1) / partLines
	return r, nil
}

// Put puts a year away and removes its rows from the table.
func (a *Archive) Put(ctx context.Context, t Table, year int, by string) (r Report, err error) {
	if r, err = a.Look(ctx, t, year); err != nil || r.Lines == 0 {
		return r, err
	}
	// A year whose rows came before its partition gets one now.
	if err := a.d.MakeYears(ctx, []db.Yearly{t.Yearly}, year, year); err != nil {
		return r, err
	}
	w := &writer{a: a, t: t, r: &r, by: by}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.undo(context.WithoutCancel(ctx)))
		}
	}()
	if err := w.write(ctx); err != nil {
		return r, fmt.Errorf("archive: write %s of %d: %w", t.Table, year, err)
	}
	for _, p := range w.parts {
		if _, err := a.read(ctx, p); err != nil {
			return r, fmt.Errorf("archive: read back %s of %d: %w", t.Table, year, err)
		}
	}
	if err := w.finish(ctx); err != nil {
		return r, fmt.Errorf("archive: remove %s of %d: %w", t.Table, year, err)
	}
	r.Removed = true
	return r, nil
}

// writer writes the files of a year.
type writer struct {
	a        *Archive
	t        Table
	r        *Report
	by       string
	columns  []db.Column
	parts    []part
	manifest string

	text  bytes.Buffer
	lines int
	first string
	last  string
}

func (w *writer) write(ctx context.Context) error {
	tables, err := w.a.d.Tables(ctx)
	if err != nil {
		return err
	}
	var names []string
	id := -1
	for _, t := range tables {
		if t.Name != w.t.Table {
			continue
		}
		w.columns = t.Columns
		for i, c := range t.Columns {
			names = append(names, c.Name)
			if c.Name == w.t.Column {
				id = i
			}
		}
	}
	if id < 0 {
		return fmt.Errorf("there is no column %s", w.t.Column)
	}
	from, to := db.YearIDs(w.r.Year)
	w.r.Lines = 0
	err = w.a.d.Snapshot(ctx, func(snapshot context.Context) error {
		rows, err := w.a.d.Conn(snapshot).Rows(snapshot, `SELECT `+strings.Join(names, ", ")+` FROM `+w.t.Table+` WHERE `+w.t.Column+` >= $1 AND `+
			w.t.Column+` < $2 ORDER BY `+w.t.Column, from, to)
		if err != nil {
			return err
		}
		defer rows.Close()
		into := rowtext.Scanner(w.columns)
		for rows.Next() {
			if err := rows.Scan(into...); err != nil {
				return err
			}
			values := rowtext.Plain(into)
			if err := w.line(ctx, values[id].(string), values); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	if err != nil {
		return err
	}
	if err := w.flush(ctx); err != nil {
		return err
	}
	return w.writeManifest(ctx)
}

func (w *writer) line(ctx context.Context, id string, values []any) error {
	if w.lines >= partLines && id != w.last {
		if err := w.flush(ctx); err != nil {
			return err
		}
	}
	raw, err := rowtext.Encode(values)
	if err != nil {
		return err
	}
	if w.lines == 0 {
		w.first = id
	}
	w.text.Write(raw)
	w.text.WriteByte('\n')
	w.last = id
	w.lines++
	return nil
}

// flush stores what was gathered as one file.
func (w *writer) flush(ctx context.Context) error {
	if w.lines == 0 {
		return nil
	}
	columns, err := json.Marshal(w.columns)
	if err != nil {
		return err
	}
	sum := sm3.Sum(w.text.Bytes())
	p := part{Table: w.t.Table, Year: w.r.Year, First: w.first, Last: w.last, Lines: w.lines, SM3: hex.EncodeToString(sum[:]), Columns: string(columns)}
	name := fmt.Sprintf("%s-%d-%04d", w.t.Table, w.r.Year, len(w.parts)+1)
	p.File, err = w.store(ctx, name, ".jsonl", w.text.Bytes())
	if err != nil {
		return err
	}
	w.parts = append(w.parts, p)
	w.r.Lines += w.lines
	w.text.Reset()
	w.lines = 0
	return nil
}

// store saves a zip of one file. It is not part of a transaction: undo deletes
// it if the year is not put away.
func (w *writer) store(ctx context.Context, name, ending string, content []byte) (string, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	in, err := z.Create(name + ending)
	if err == nil {
		_, err = in.Write(content)
	}
	if err = errors.Join(err, z.Close()); err != nil {
		return "", err
	}
	w.r.Bytes += int64(b.Len())
	f, err := w.a.files.Save(ctx, name+".zip", "application/zip", &b, "system:archive")
	return f.ID, err
}

// writeManifest stores what the parts are, for whoever has only the files.
func (w *writer) writeManifest(ctx context.Context) error {
	raw, err := json.MarshalIndent(map[string]any{"table": w.t.Table, "year": w.r.Year, "lines": w.r.Lines, "parts": w.parts}, "", "  ")
	if err != nil {
		return err
	}
	w.r.Parts = len(w.parts)
	w.manifest, err = w.store(ctx, fmt.Sprintf("%s-%d-manifest", w.t.Table, w.r.Year), ".json", raw)
	return err
}

// finish notes the files and removes the rows, if they are still those that
// were written: nobody writes to a year that is ready, but looking is cheap.
func (w *writer) finish(ctx context.Context) error {
	return w.a.d.InTx(ctx, func(ctx context.Context) error {
		c := w.a.d.Conn(ctx)
		from, to := db.YearIDs(w.r.Year)
		if err := w.t.Ready(ctx, from, to); err != nil {
			return err
		}
		if w.t.Unguard != nil {
			if err := w.t.Unguard(ctx); err != nil {
				return err
			}
		}
		var n int
		if err := c.Get(ctx, &n, `SELECT COUNT(*) FROM `+w.t.Table+` WHERE `+w.t.Column+` >= $1 AND `+w.t.Column+` < $2`, from, to); err != nil {
			return err
		}
		if n != w.r.Lines {
			return fmt.Errorf("%d rows were written to the archive, now there are %d: try again", w.r.Lines, n)
		}
		if err := w.note(ctx, c); err != nil {
			return err
		}
		if err := w.a.d.DropYear(ctx, w.t.Yearly, w.r.Year); err != nil {
			return err
		}
		if w.t.Guard != nil {
			return w.t.Guard(ctx)
		}
		return nil
	})
}

func (w *writer) note(ctx context.Context, c *db.Conn) error {
	rows := make([][]any, len(w.parts))
	for i, p := range w.parts {
		rows[i] = []any{p.Table, p.First, p.Last, p.Year, p.Lines, p.SM3, p.Columns, p.File}
	}
	columns := strings.Fields("of_table first_id last_id year lines sm3 columns file")
	if err := c.InsertRows(ctx, "archive_part", columns, "", rows); err != nil {
		return err
	}
	_, err := c.Exec(ctx, `INSERT INTO archive_year (of_table, year, lines, manifest, archived_at, archived_by) VALUES ($1, $2, $3, $4, $5, $6)`,
		w.t.Table, w.r.Year, w.r.Lines, w.manifest, w.a.clock.Now(), w.by)
	return err
}

// undo deletes the files of a year that was not put away. Where the answer to
// the commit was lost they may be all there is, so it looks first; when it
// cannot, they stay.
func (w *writer) undo(ctx context.Context) error {
	var n int
	err := w.a.d.Outside().Get(ctx, &n, `SELECT COUNT(*) FROM archive_year WHERE of_table = $1 AND year = $2`, w.t.Table, w.r.Year)
	if err != nil || n > 0 {
		return err
	}
	var wrong []error
	for _, p := range w.parts {
		wrong = append(wrong, w.a.files.Delete(ctx, p.File))
	}
	if w.manifest != "" {
		wrong = append(wrong, w.a.files.Delete(ctx, w.manifest))
	}
	return errors.Join(wrong...)
}
