package cases

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Copy is a case that Multiply has made: Number repeats the case Of. Tag sets
// the ids of the copy apart from those of the original.
type Copy struct{ Of, Number, Tag string }

// Multiply copies the sample cases with all that belongs to them until there
// are n cases, handed in over the year before now: a city's year at once, for
// load tests. Nobody is told and no job is left. Each round over the cases is
// one transaction, in which also copies what other modules keep of them.
func (m *Module) Multiply(ctx context.Context, n int, also func(ctx context.Context, copies []Copy) error) error {
	var have int
	if err := m.db.Conn(ctx).Get(ctx, &have, `SELECT COUNT(*) FROM cases_case`); err != nil {
		return fmt.Errorf("multiply cases: %w", err)
	}
	for have < n {
		made := 0
		err := m.db.InTx(ctx, func(ctx context.Context) error {
			copies, err := m.multiply(ctx, have, n-have)
			if made = len(copies); err != nil || made == 0 {
				return err
			}
			return also(ctx, copies)
		})
		if err != nil {
			return err
		}
		if made == 0 {
			return fmt.Errorf("multiply cases: there are no sample cases")
		}
		have += made
	}
	return m.recount(ctx)
}

// idLength tells an original, whose id is a UUID, from a copy of it.
const idLength = 36

func (m *Module) multiply(ctx context.Context, have, most int) ([]Copy, error) {
	c := m.db.Conn(ctx)
	var originals []struct {
		ID     string `db:"id"`
		Number string `db:"number"`
	}
	err := c.Select(ctx, &originals, `SELECT id, number FROM cases_case WHERE sample = $1 AND LENGTH(id) = $2 ORDER BY id LIMIT $3`,
		true, idLength, most)
	if err != nil {
		return nil, fmt.Errorf("multiply cases: %w", err)
	}
	const year = 365 * 24 * time.Hour
	now, tag := m.now(ctx), strconv.FormatInt(int64(have), 36)
	copies, rows := make([]Copy, len(originals)), make([][]any, len(originals))
	for i, o := range originals {
		at := now.Add(-time.Duration(random(int64(year)))).Truncate(time.Microsecond)
		copies[i] = Copy{Of: o.Number, Number: NewNumber(at), Tag: tag}
		rows[i] = []any{o.ID, copies[i].Number, tag, at}
	}
	for _, sql := range []string{
		`CREATE TEMPORARY TABLE IF NOT EXISTS cases_copy (id TEXT PRIMARY KEY, number TEXT NOT NULL, tag TEXT NOT NULL, at TIMESTAMP NOT NULL)`,
		`DELETE FROM cases_copy`,
	} {
		if _, err := c.Exec(ctx, sql); err != nil {
			return nil, fmt.Errorf("multiply cases: %w", err)
		}
	}
	if err := c.InsertRows(ctx, "cases_copy", []string{"id", "number", "tag", "at"}, "", rows); err != nil {
		return nil, err
	}
	return copies, m.copyAll(ctx)
}

// copyAll inserts the rows of the cases in cases_copy once more. What other
// rows name a case by has the tag added; so has what must be there only once.
func (m *Module) copyAll(ctx context.Context) error {
	tagged := func(column string) string { return "x." + column + " || '-' || c.tag" }
	for _, t := range []struct {
		table, key string
		columns    []string
	}{
		{"cases_case", "id", recordColumns},
		{"cases_content", "case_id", strings.Fields("case_id agent answers form checklist correction")},
		{"cases_material", "case_id", strings.Fields("id case_id material name way file file_name licence made_at superseded_at")},
		{"cases_history", "case_id", strings.Fields("case_id seq revision at verb from_state to_state who who_name agency opinion detail")},
		{"cases_clock", "case_id", strings.Fields("case_id seq kind on_date reason document approved_by days")},
		{"cases_notice", "case_id", strings.Fields("id case_id kind agency year doc_no content made_at")},
	} {
		values := make([]string, len(t.columns))
		for i, column := range t.columns {
			switch values[i] = "x." + column; column {
			case "id", "case_id", "doc_no":
				values[i] = tagged(column)
			case "instance":
				values[i] = "CASE WHEN x.instance = '' THEN '' ELSE " + tagged("instance") + " END"
			case "number":
				values[i] = "c.number"
			case "submitted_at":
				values[i] = "c.at"
			case "account": // else one citizen would have hundreds
				values[i] = "''"
			case "key_scope", "idempotency_key", "key_digest":
				values[i] = "NULL"
			}
		}
		_, err := m.db.Conn(ctx).Exec(ctx, "INSERT INTO "+t.table+" ("+strings.Join(t.columns, ", ")+") SELECT "+
			strings.Join(values, ", ")+" FROM "+t.table+" x JOIN cases_copy c ON c.id = x."+t.key)
		if err != nil {
			return fmt.Errorf("multiply %s: %w", t.table, err)
		}
	}
	return nil
}

// recount makes the counters those of the cases that are there.
func (m *Module) recount(ctx context.Context) error {
	return m.db.InTx(ctx, func(ctx context.Context) error {
		c := m.db.Conn(ctx)
		var rows []struct {
			Receiving string `db:"receiving_division"`
			Competent string `db:"competent_division"`
			Agency    string `db:"competent_agency"`
			State     State  `db:"state"`
			N         int    `db:"n"`
		}
		err := c.Select(ctx, &rows, `SELECT receiving_division, competent_division, competent_agency, state, COUNT(*) AS n
			FROM cases_case GROUP BY receiving_division, competent_division, competent_agency, state`)
		if err != nil {
			return fmt.Errorf("recount cases: %w", err)
		}
		sums := map[tallyKey]int{}
		for _, r := range rows {
			for _, key := range tallyKeys(r.Receiving, r.Competent, r.Agency) {
				key.State = r.State
				sums[key] += r.N
			}
		}
		for _, table := range []string{"cases_tally", "cases_count"} {
			if _, err := c.Exec(ctx, "DELETE FROM "+table); err != nil {
				return fmt.Errorf("recount cases: %w", err)
			}
		}
		return m.addCounts(ctx, sums)
	})
}
