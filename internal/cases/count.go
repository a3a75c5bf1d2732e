package cases

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/org"
)

// Count gives exactly how many cases List would list. What a clerk, an agency
// or a manager may see, as a whole or by state, is read from the tally, and so
// is what a manager of whole counties or a clerk of the city's hall may see of
// a span of days; anything narrower is counted on an index.
func (m *Module) Count(ctx context.Context, q Query) (int, error) {
	actor := identity.FromContext(ctx)
	if err := q.check(); err != nil {
		return 0, err
	}
	if t, err := m.tallyFor(ctx, q, actor); err != nil {
		return 0, err
	} else if t != nil {
		var n int
		err := m.db.Conn(ctx).Get(ctx, &n, "SELECT COALESCE(SUM(n), 0) FROM "+t.table+t.where.SQL(), t.where.Args()...)
		return n, wrap("sum tally", err)
	}
	w, err := m.condition(ctx, q, m.horizon(ctx), actor)
	if err != nil {
		return 0, err
	}
	var n int
	err = m.db.Conn(ctx).Get(ctx, &n, "SELECT COUNT(*) FROM cases_case"+w.SQL(), w.Args()...)
	return n, wrap("count cases", err)
}

// ownOutlet leaves out the question for an outlet where the actor's right is
// over that outlet and no other: a clerk's desk is then counted by the tally.
func (m *Module) ownOutlet(ctx context.Context, q Query, a identity.Actor) Query {
	if q.Outlet == "" || !a.IsStaff() {
		return q
	}
	o, err := m.Org.Outlet(ctx, q.Outlet)
	if err != nil {
		return q
	}
	from, to := org.Only(o.Division)
	for _, g := range a.Grants {
		if g.Verb == RightView && (g.On != identity.Receiving || g.From != from || g.To != to || from == "") {
			return q
		}
	}
	near, err := m.Org.OutletsNear(ctx, o.Division)
	if err != nil || slices.ContainsFunc(near, func(x org.Outlet) bool { return x.Division == o.Division && x.Code != o.Code }) {
		return q
	}
	q.Outlet = ""
	return q
}

// CountByState gives how many cases of each state the viewer may see.
func (m *Module) CountByState(ctx context.Context) (map[State]int, error) {
	return m.Totals(ctx, Query{})
}

// Totals gives exactly how many cases of each state List would list; states
// without a case are left out. As Count, it reads the tally where that can
// answer.
func (m *Module) Totals(ctx context.Context, q Query) (map[State]int, error) {
	actor := identity.FromContext(ctx)
	if err := q.check(); err != nil {
		return nil, err
	}
	table, n := "cases_case", "COUNT(*)"
	var w *db.Where
	t, err := m.tallyFor(ctx, q, actor)
	switch {
	case err != nil:
		return nil, err
	case t != nil:
		table, n, w = t.table, "SUM(n)", t.where
	default:
		if w, err = m.condition(ctx, q, m.horizon(ctx), actor); err != nil {
			return nil, err
		}
	}
	var rows []struct {
		State State `db:"state"`
		N     int   `db:"n"`
	}
	err = m.db.Conn(ctx).Select(ctx, &rows, "SELECT state, "+n+" AS n FROM "+table+w.SQL()+" GROUP BY state", w.Args()...)
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

// Kinds of tally rows: each counts every case once, by another key.
const (
	tallyTown      = "town"      // by town of the outlet and town of the agency
	tallyReceiving = "receiving" // by division of the outlet
	tallyAgency    = "agency"    // by competent agency
)

// tallied is what was summed up and what was not yet, as one table that counts
// by some kinds: a move counts one more where the case came to and one less
// where it came from.
func tallied(kinds ...string) string {
	text := `(SELECT kind, receiving, competent, state, n FROM cases_count
		UNION ALL SELECT kind, receiving, competent, state, n FROM cases_tally`
	for _, kind := range kinds {
		places := map[string]string{tallyTown: "receiving_town, competent_town", tallyReceiving: "receiving, ''", tallyAgency: "'', agency"}[kind]
		text += `
		UNION ALL SELECT '` + kind + `', ` + places + `, to_state, 1 FROM cases_move
		UNION ALL SELECT '` + kind + `', ` + places + `, from_state, -1 FROM cases_move WHERE from_state <> ''`
	}
	return text + `) AS tally`
}

// tally is what answers a query about counts: a table of sums and the
// condition on it.
type tally struct {
	table string
	where *db.Where
	halls []string // divisions above the counties that are asked for without what lies in them
}

// tallyFor gives the tally that answers the query exactly; nil if there is none.
func (m *Module) tallyFor(ctx context.Context, q Query, a identity.Actor) (*tally, error) {
	t, ok := m.ownOutlet(ctx, q, a).tally(a)
	if !ok {
		return nil, nil
	}
	if t.table == daily {
		if known, err := m.daysKnown(ctx); err != nil || !known {
			return nil, err
		}
	}
	for _, hall := range t.halls {
		if towns, err := m.townsWithoutCounty(ctx, hall); err != nil || towns {
			return nil, err
		}
	}
	return &t, nil
}

// tally gives the tally that answers the query exactly, if there is one: they
// know states, where a case stands and, for whole counties, the day.
func (q Query) tally(a identity.Actor) (tally, bool) {
	if q.Mine || q.Q != "" || q.Light != "" || q.Agency != "" || q.Outlet != "" || q.Item != "" ||
		q.Sample != nil || !a.SignedIn() || a.IsApplicant() {
		return tally{}, false
	}
	t := tally{where: new(db.Where)}
	var cols identity.Columns
	if !q.From.IsZero() || !q.To.IsZero() {
		var ok bool
		if t.halls, ok = overCounties(a); !ok {
			return tally{}, false
		}
		t.table, cols = daily, townColumns
		q.days(t.where)
	} else {
		var kind string
		if kind, cols = tallyOf(a); kind == "" {
			return tally{}, false
		}
		t.table = tallied(kind)
		t.where.And("kind = ?", kind)
	}
	a.Scope(RightView).Where(t.where, cols)
	switch {
	case q.State != "":
		t.where.And("state = ?", q.State)
	case len(q.States) > 0:
		t.where.In("state", stateWords(q.States))
	}
	return t, true
}

// townColumns are where a tally by place keeps the places.
var townColumns = identity.Columns{Receiving: "receiving", Division: "competent"}

// overCounties tells whether all that the actor may see are whole counties, and
// halls above the counties, which it gives: to a tally by counties a hall of
// the city is a place of its own.
func overCounties(a identity.Actor) (halls []string, ok bool) {
	if a.IsSystem() {
		return nil, true
	}
	for _, g := range a.Grants {
		if g.Verb != RightView {
			continue
		}
		_, next := org.Only(g.From)
		switch {
		case g.Agency != "" || g.Dept != "":
			return nil, false
		case wholeCounties(g.From) && wholeCounties(g.To):
		case g.On == identity.Receiving && g.To == next && org.LevelOf(g.From) < org.County:
			halls = append(halls, g.From)
		default:
			return nil, false
		}
		ok = true
	}
	return halls, ok
}

// townsWithoutCounty tells whether cases came to towns that lie in a city
// directly, as in Dongguan (441900): a tally by counties has them with the city.
func (m *Module) townsWithoutCounty(ctx context.Context, city string) (bool, error) {
	var n int
	err := m.db.Conn(ctx).Get(ctx, &n, `SELECT CASE WHEN EXISTS (SELECT 1 FROM cases_case WHERE receiving_division > $1 AND receiving_division < $2)
		THEN 1 ELSE 0 END`, city, city[:6]+"999999")
	return n == 1, wrap("look for towns", err)
}

// tallyOf tells which kind of tally row answers for all that the actor may
// see: every grant must be about the key of that kind alone. "" when none does.
func tallyOf(a identity.Actor) (string, identity.Columns) {
	view := slices.DeleteFunc(slices.Clone(a.Grants), func(g identity.Grant) bool { return g.Verb != RightView })
	every := func(ok func(identity.Grant) bool) bool {
		return !slices.ContainsFunc(view, func(g identity.Grant) bool { return !ok(g) })
	}
	anywhere := func(g identity.Grant) bool { return g.Agency == "" && g.Dept == "" }
	switch {
	case a.IsSystem():
		return tallyTown, identity.Columns{}
	case len(view) == 0:
		return "", identity.Columns{}
	case every(func(g identity.Grant) bool { return g.On == identity.Receiving && anywhere(g) }):
		return tallyReceiving, identity.Columns{Receiving: "receiving"}
	case every(func(g identity.Grant) bool {
		return g.On != identity.Receiving && g.On != identity.Any && g.Agency != "" && g.Dept == "" && g.From == "" && g.To == ""
	}):
		return tallyAgency, identity.Columns{Agency: "competent"}
	case every(func(g identity.Grant) bool { return anywhere(g) && wholeTowns(g.From) && wholeTowns(g.To) }):
		return tallyTown, townColumns
	}
	return "", identity.Columns{}
}

// wholeTowns tells whether a bound of a range falls between towns.
func wholeTowns(code string) bool {
	return code == "" || len(code) != 12 || strings.HasSuffix(code, "000")
}

// tallyKey is what a tally row counts.
type tallyKey struct {
	Kind      string `db:"kind"`
	Receiving string `db:"receiving"`
	Competent string `db:"competent"`
	State     State  `db:"state"`
}

// count notes for the tally that a case changed from one state to another;
// from "" when it is new.
func (m *Module) count(ctx context.Context, r *record, from State) error {
	if from == r.State {
		return nil
	}
	return m.db.Conn(ctx).Later(ctx, "note the move", `INSERT INTO cases_move (id, receiving, receiving_town, competent_town, agency, from_state, to_state, submitted_on)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, db.NewID(), r.ReceivingDivision, town(r.ReceivingDivision), town(r.CompetentDivision), r.CompetentAgency, from, r.State,
		submittedOn(r.SubmittedAt))
}

// move is a change of state that was not summed up yet.
type move struct {
	Receiving     string `db:"receiving"`
	CompetentTown string `db:"competent_town"`
	Agency        string `db:"agency"`
	From          State  `db:"from_state"`
	To            State  `db:"to_state"`
	On            string `db:"submitted_on"` // day of submission as 2026-09-23; "" in a move that the release before noted
}

// addTo adds to the sums what tallied counts of the move, by every kind.
func (v move) addTo(sums map[tallyKey]int) {
	for _, key := range tallyKeys(v.Receiving, v.CompetentTown, v.Agency) { // the town of a town is itself
		key.State = v.To
		sums[key]++
		if v.From != "" {
			key.State = v.From
			sums[key]--
		}
	}
}

// tallyKeys are the keys, without a state, by which a case is counted.
func tallyKeys(receiving, competent, agency string) []tallyKey {
	return []tallyKey{
		{Kind: tallyTown, Receiving: town(receiving), Competent: town(competent)},
		{Kind: tallyReceiving, Receiving: receiving},
		{Kind: tallyAgency, Competent: agency},
	}
}

// town is the town that a division lies in, or the division if it is above.
func town(division string) string {
	if t := org.Above(division, org.Town); t != "" {
		return t
	}
	return division
}

// compactBatch is how many rows are summed up at a time.
const compactBatch = 2000

// CompactTally adds to the sums what was appended since, so that a count reads
// a few rows whatever was written. It touches only rows that are there when it
// reads them: writers are never in its way, and readers see before or after.
func (m *Module) CompactTally(ctx context.Context) error {
	for {
		var read int
		err := m.db.InTx(ctx, func(ctx context.Context) error {
			var err error
			read, err = m.compact(ctx)
			return err
		})
		if err != nil || ctx.Err() != nil {
			return err
		}
		if read < compactBatch {
			return m.recountDays(ctx)
		}
	}
}

func (m *Module) compact(ctx context.Context) (read int, err error) {
	if err := m.holdDays(ctx); err != nil {
		return 0, err
	}
	c := m.db.Conn(ctx)
	// Only what these statements delete is returned: two who sum up at once
	// share the rows between them. It is a range of the key: PostgreSQL takes a
	// list of keys for long while it believes the table to be empty, and then
	// reads all of it once for each.
	var moves []move
	err = c.Select(ctx, &moves, `DELETE FROM cases_move WHERE id <= (SELECT MAX(id) FROM (SELECT id FROM cases_move ORDER BY id LIMIT $1) AS oldest)
		RETURNING receiving, competent_town, agency, from_state, to_state, submitted_on`, compactBatch)
	if err != nil {
		return 0, fmt.Errorf("take moves: %w", err)
	}
	var rows []struct {
		tallyKey
		N int `db:"n"`
	}
	err = c.Select(ctx, &rows, `DELETE FROM cases_tally WHERE id <= (SELECT MAX(id) FROM (SELECT id FROM cases_tally ORDER BY id LIMIT $1) AS oldest)
		RETURNING kind, receiving, competent, state, n`, compactBatch)
	if err != nil || len(moves)+len(rows) == 0 {
		return 0, wrap("take from tally", err)
	}
	sums := map[tallyKey]int{}
	for _, v := range moves {
		v.addTo(sums)
	}
	for _, r := range rows {
		sums[r.tallyKey] += r.N
	}
	if err := m.addCounts(ctx, sums); err != nil {
		return 0, err
	}
	return max(len(moves), len(rows)), m.addDays(ctx, moves)
}

// addCounts adds to the sums.
func (m *Module) addCounts(ctx context.Context, sums map[tallyKey]int) error {
	rows := make([][]any, 0, len(sums))
	// In one order, so that two who sum up at once wait instead of blocking each other for good.
	for _, k := range slices.SortedFunc(maps.Keys(sums), tallyKey.compare) {
		rows = append(rows, []any{k.Kind, k.Receiving, k.Competent, k.State, sums[k]})
	}
	err := m.db.Conn(ctx).InsertRows(ctx, "cases_count", []string{"kind", "receiving", "competent", "state", "n"},
		"ON CONFLICT (kind, receiving, competent, state) DO UPDATE SET n = cases_count.n + excluded.n", rows)
	return wrap("sum up tally", err)
}

func (k tallyKey) compare(o tallyKey) int {
	return cmp.Or(strings.Compare(k.Kind, o.Kind), strings.Compare(k.Receiving, o.Receiving),
		strings.Compare(k.Competent, o.Competent), strings.Compare(string(k.State), string(o.State)))
}
