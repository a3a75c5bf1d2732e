package cases

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"

	"yimen/internal/kit/db"
	"yimen/internal/kit/stencil"
)

// Batch is cases that are written together.
type Batch struct {
	Cases int
	rows  stencil.Batch // cases_case first: the others refer to it
	flow  stencil.Batch
	tally map[tallyKey]int
	last  map[documentSeries]int
}

// NewBatch begins a batch.
func (f *Filling) NewBatch() *Batch {
	return &Batch{tally: map[tallyKey]int{}, last: map[documentSeries]int{}}
}

// Rows is how many rows of all tables the batch has, Bytes about how long they are.
func (b *Batch) Rows() int  { return b.rows.Len() + b.flow.Len() }
func (b *Batch) Bytes() int { return b.rows.Bytes() + b.flow.Bytes() }

// Write writes a batch in one transaction, with counters and document numbers:
// afterwards the city is whole, whether or not more is to come.
func (f *Filling) Write(ctx context.Context, b *Batch) error {
	err := f.m.db.Bulk(ctx, func(ctx context.Context) error {
		if err := b.rows.Write(ctx, f.m.db); err != nil {
			return err
		}
		if err := b.flow.Write(ctx, f.m.db); err != nil {
			return err
		}
		if err := errors.Join(f.m.writeTally(ctx, b.tally), f.m.forgetDays(ctx)); err != nil {
			return err
		}
		return f.m.writeSequences(ctx, b.last)
	})
	return wrap("fill", err)
}

// writeTally appends to the tally, which the job sums up.
func (m *Module) writeTally(ctx context.Context, sums map[tallyKey]int) error {
	rows := make([][]any, 0, len(sums))
	for _, k := range slices.SortedFunc(maps.Keys(sums), tallyKey.compare) {
		rows = append(rows, []any{db.NewID(), k.Kind, k.Receiving, k.Competent, string(k.State), int64(sums[k])})
	}
	return m.db.Conn(ctx).InsertRows(ctx, "cases_tally", stencil.Columns("id kind receiving competent state n"), "", rows)
}

// writeSequences raises the last numbers given out.
func (m *Module) writeSequences(ctx context.Context, last map[documentSeries]int) error {
	rows := make([][]any, 0, len(last))
	for _, k := range slices.SortedFunc(maps.Keys(last), documentSeries.compare) {
		rows = append(rows, []any{k.Agency, int64(k.Year), k.Kind, int64(last[k])})
	}
	return m.db.Conn(ctx).InsertRows(ctx, "cases_sequence", stencil.Columns("agency year kind last"),
		`ON CONFLICT (agency, year, kind) DO UPDATE SET last = excluded.last WHERE cases_sequence.last < excluded.last`, rows)
}

func (k documentSeries) compare(o documentSeries) int {
	return slices.Compare([]string{k.Agency, strconv.Itoa(k.Year), k.Kind}, []string{o.Agency, strconv.Itoa(o.Year), o.Kind})
}
