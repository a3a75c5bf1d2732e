package cases

import (
	"context"
	"fmt"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/org"
)

// Count gives exactly how many cases List would list. For a viewer whose right
// is one division range (a centre's manager, a county, a town) and a query
// that asks for nothing but states it is read from the tally; otherwise it is
// counted on an index that the viewer's right or the query narrows.
func (m *Module) Count(ctx context.Context, q Query) (int, error) {
	actor, h := identity.FromContext(ctx), m.horizon(ctx)
	if err := q.check(); err != nil {
		return 0, err
	}
	if w, ok := q.tally(actor); ok {
		return m.sum(ctx, w)
	}
	w := new(db.Where)
	if err := q.where(w, h, actor); err != nil {
		return 0, err
	}
	narrow(w, actor)
	var n int
	err := m.db.Conn(ctx).Get(ctx, &n, "SELECT COUNT(*) FROM cases_case"+w.SQL(), w.Args()...)
	return n, wrap("count cases", err)
}

// CountByState gives how many cases of each state the viewer may see.
func (m *Module) CountByState(ctx context.Context) (map[State]int, error) {
	actor := identity.FromContext(ctx)
	table, n := "cases_case", "COUNT(*)"
	w, ok := (Query{}).tally(actor)
	if ok {
		table, n = "cases_tally", "SUM(n)"
	} else {
		w = new(db.Where)
		narrow(w, actor)
	}
	var rows []struct {
		State State `db:"state"`
		N     int   `db:"n"`
	}
	err := m.db.Conn(ctx).Select(ctx, &rows, "SELECT state, "+n+" AS n FROM "+table+w.SQL()+" GROUP BY state", w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("count cases by state: %w", err)
	}
	counts := map[State]int{}
	for _, r := range rows {
		if r.N != 0 {
			counts[r.State] = r.N
		}
	}
	return counts, nil
}

func (m *Module) sum(ctx context.Context, w *db.Where) (int, error) {
	var n int
	err := m.db.Conn(ctx).Get(ctx, &n, "SELECT COALESCE(SUM(n), 0) FROM cases_tally"+w.SQL(), w.Args()...)
	return n, wrap("sum tally", err)
}

// tally gives the condition on cases_tally that answers the query exactly, if
// there is one: the tally knows states and pairs of towns, no more.
func (q Query) tally(a identity.Actor) (*db.Where, bool) {
	if q.Mine || q.Q != "" || q.Light != "" || q.Agency != "" || q.Outlet != "" || q.Item != "" ||
		!q.From.IsZero() || !q.To.IsZero() || q.Sample != nil || !a.SignedIn() || a.IsApplicant() {
		return nil, false
	}
	w := new(db.Where)
	if !a.IsSystem() && !tallies(w, a) {
		return nil, false
	}
	switch {
	case q.State != "":
		w.And("state = ?", q.State)
	case len(q.States) > 0:
		w.In("state", stateWords(q.States))
	}
	return w, true
}

// tallies adds the actor's right, if it is ranges of whole towns and no agency.
func tallies(w *db.Where, a identity.Actor) bool {
	found := false
	for _, g := range a.Grants {
		if g.Verb != RightView {
			continue
		}
		if g.Agency != "" || g.Dept != "" || !wholeTowns(g.From) || !wholeTowns(g.To) {
			return false
		}
		found = true
	}
	if found {
		a.Scope(RightView).Where(w, identity.Columns{Receiving: "receiving", Division: "competent"})
	}
	return found
}

// wholeTowns tells whether a bound of a range falls between towns.
func wholeTowns(code string) bool {
	return code == "" || len(code) != 12 || strings.HasSuffix(code, "000")
}

// count notes in the tally that a case changed from one state to another;
// from "" when it is new.
func (m *Module) count(ctx context.Context, r *record, from State) error {
	if from == r.State {
		return nil
	}
	rows := []tallyRow{{ID: db.NewID(), Receiving: town(r.ReceivingDivision), Competent: town(r.CompetentDivision), State: r.State, N: 1}}
	if from != "" {
		back := rows[0]
		back.ID, back.State, back.N = db.NewID(), from, -1
		rows = append(rows, back)
	}
	return m.insertTally(ctx, rows)
}

type tallyRow struct {
	ID        string `db:"id"`
	Receiving string `db:"receiving"`
	Competent string `db:"competent"`
	State     State  `db:"state"`
	N         int    `db:"n"`
}

func (m *Module) insertTally(ctx context.Context, rows []tallyRow) error {
	_, err := m.db.Conn(ctx).ExecNamed(ctx, `INSERT INTO cases_tally (id, receiving, competent, state, n)
		VALUES (:id, :receiving, :competent, :state, :n)`, rows)
	return wrap("note in tally", err)
}

// town is the town that a division lies in, or the division if it is above.
func town(division string) string {
	if t := org.Above(division, org.Town); t != "" {
		return t
	}
	return division
}

// compactBatch is how many rows are summed at a time.
const compactBatch = 5000

// CompactTally sums up the tally, so that a count reads some thousand rows
// whatever was written. It touches only rows that are there when it reads
// them: writers are never in its way, and readers see before or after.
func (m *Module) CompactTally(ctx context.Context) error {
	for {
		var left int
		err := m.db.InTx(ctx, func(ctx context.Context) error {
			var err error
			left, err = m.compact(ctx)
			return err
		})
		if err != nil || left < compactBatch || ctx.Err() != nil {
			return err
		}
	}
}

// compact replaces the newest rows, sums of earlier ones among them, by their
// sums; it gives how many it read, 0 when that would not make them fewer.
func (m *Module) compact(ctx context.Context) (int, error) {
	c := m.db.Conn(ctx)
	var rows []tallyRow
	err := c.Select(ctx, &rows, `SELECT id, receiving, competent, state, n FROM cases_tally ORDER BY id DESC LIMIT $1`, compactBatch)
	if err != nil {
		return 0, fmt.Errorf("read tally: %w", err)
	}
	sums := map[tallyRow]int{}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
		sums[tallyRow{Receiving: r.Receiving, Competent: r.Competent, State: r.State}] += r.N
	}
	if len(sums) == len(rows) {
		return 0, nil
	}
	w := new(db.Where).In("id", ids)
	gone, err := c.Exec(ctx, "DELETE FROM cases_tally"+w.SQL(), w.Args()...)
	if err != nil {
		return 0, fmt.Errorf("sum up tally: %w", err)
	}
	if int(gone) != len(rows) { // somebody else summed them up: nothing of ours may stay
		return 0, ErrStale
	}
	var merged []tallyRow
	for key, n := range sums {
		if n != 0 {
			key.ID, key.N = db.NewID(), n
			merged = append(merged, key)
		}
	}
	if len(merged) == 0 {
		return len(rows), nil
	}
	return len(rows), m.insertTally(ctx, merged)
}
