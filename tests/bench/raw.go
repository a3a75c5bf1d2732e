package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"yimen/internal/kit/db"
)

// What the database alone does: transactions that insert as many rows as wide
// as the program's, in one statement, into a table with nothing but a key. No
// program can be faster; how near it comes is the ratio.

// rawWrites files cases without the program.
func (c *city) rawWrites(ctx context.Context, w *writer) (*load, error) {
	var newest string
	d := w.app.DB
	if err := d.Conn(ctx).Get(ctx, &newest, `SELECT id FROM cases_case WHERE sample = $1 ORDER BY id DESC LIMIT 1`, false); err != nil {
		return nil, err
	}
	var widths []int
	for _, q := range []string{
		`SELECT * FROM cases_case WHERE id = $1`, `SELECT * FROM cases_content WHERE case_id = $1`,
		`SELECT * FROM cases_material WHERE case_id = $1`, `SELECT * FROM cases_history WHERE case_id = $1`,
		`SELECT * FROM cases_notice WHERE case_id = $1`,
	} {
		got, err := widthsOf(ctx, d, q, newest)
		if err != nil {
			return nil, err
		}
		widths = append(widths, got...)
	}
	widths = append(widths, 110, 110, 110, 420) // three lines of the tally, a job
	return c.raw(ctx, d, writers, widths)
}

// rawSteps completes steps without the program: instance, task done, task
// opened, act.
func (c *city) rawSteps(ctx context.Context, w *writer) (*load, error) {
	var widths []int
	for _, q := range []string{
		`SELECT * FROM workflow_instance WHERE subject LIKE $1 LIMIT 1`, `SELECT * FROM workflow_task WHERE subject LIKE $1 LIMIT 1`,
		`SELECT * FROM workflow_task WHERE subject LIKE $1 LIMIT 1`,
		`SELECT * FROM workflow_act WHERE instance IN (SELECT id FROM workflow_instance WHERE subject LIKE $1) LIMIT 1`,
	} {
		got, err := widthsOf(ctx, w.app.DB, q, "bench-%")
		if err != nil {
			return nil, err
		}
		widths = append(widths, got...)
	}
	return c.raw(ctx, w.app.DB, approvers, widths)
}

// widthsOf gives the bytes of each row.
func widthsOf(ctx context.Context, d *db.DB, query string, arg any) ([]int, error) {
	rows, err := d.Conn(ctx).Rows(ctx, query, arg)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var widths []int
	for rows.Next() {
		values, err := rows.SliceScan()
		if err != nil {
			return nil, err
		}
		width := 0
		for _, v := range values {
			if v != nil {
				width += len(fmt.Sprint(v))
			}
		}
		widths = append(widths, width)
	}
	return widths, rows.Err()
}

func (c *city) raw(ctx context.Context, d *db.DB, workers int, widths []int) (*load, error) {
	if _, err := d.SQL().ExecContext(ctx, `CREATE TABLE IF NOT EXISTS bench_raw (id TEXT PRIMARY KEY, body TEXT NOT NULL)`); err != nil {
		return nil, err
	}
	values := make([]string, len(widths))
	bodies := make([]string, len(widths))
	for i, width := range widths {
		values[i] = fmt.Sprintf("($%d, $%d)", 2*i+1, 2*i+2)
		bodies[i] = strings.Repeat("x", width)
	}
	insert := "INSERT INTO bench_raw (id, body) VALUES " + strings.Join(values, ", ")
	one := make(chan struct{}, 1) // SQLite has one writer; waiting here is cheaper than there
	l := together(ctx, workers, c.keep, func(ctx context.Context, _, _ int) error {
		if c.engine == db.SQLite {
			one <- struct{}{}
			defer func() { <-one }()
		}
		return transaction(ctx, d.SQL(), func(tx *sql.Tx) error {
			args := make([]any, 0, 2*len(widths))
			for _, body := range bodies {
				args = append(args, db.NewID(), body)
			}
			_, err := tx.ExecContext(ctx, insert, args...)
			return err
		})
	})
	if _, err := d.SQL().ExecContext(ctx, `DROP TABLE bench_raw`); err != nil {
		return nil, err
	}
	return l, l.first
}

func transaction(ctx context.Context, d *sql.DB, fn func(tx *sql.Tx) error) error {
	tx, err := d.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := fn(tx); err != nil {
		return err
	}
	return tx.Commit()
}
