package cases

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Difference is a count that is not what was counted on write.
type Difference struct {
	What            string // kind of tally, places and state
	Stored, Tallied int
}

// CheckCounts counts all cases and holds the tally against it.
func (m *Module) CheckCounts(ctx context.Context) (cases int, wrong []Difference, err error) {
	sums, err := m.countAll(ctx)
	if err != nil {
		return 0, nil, err
	}
	var rows []struct {
		tallyKey
		N int `db:"n"`
	}
	err = m.db.Conn(ctx).Select(ctx, &rows, "SELECT kind, receiving, competent, state, SUM(n) AS n FROM "+tallied(tallyTown, tallyReceiving, tallyAgency)+
		" GROUP BY kind, receiving, competent, state")
	if err != nil {
		return 0, nil, fmt.Errorf("sum tally: %w", err)
	}
	for key, n := range sums {
		if key.Kind == tallyTown {
			cases += n
		}
	}
	for _, r := range rows {
		if r.N != sums[r.tallyKey] {
			wrong = append(wrong, Difference{fmt.Sprint(r.tallyKey), sums[r.tallyKey], r.N})
		}
		delete(sums, r.tallyKey)
	}
	for key, n := range sums {
		wrong = append(wrong, Difference{fmt.Sprint(key), n, 0})
	}
	days, err := m.checkDays(ctx)
	return cases, append(wrong, days...), err
}

// countAll counts the cases by every key of the tally.
func (m *Module) countAll(ctx context.Context) (map[tallyKey]int, error) {
	var rows []struct {
		Receiving string `db:"receiving_division"`
		Competent string `db:"competent_division"`
		Agency    string `db:"competent_agency"`
		State     State  `db:"state"`
		N         int    `db:"n"`
	}
	err := m.db.Conn(ctx).Select(ctx, &rows, `SELECT receiving_division, competent_division, competent_agency, state, COUNT(*) AS n
		FROM cases_case GROUP BY receiving_division, competent_division, competent_agency, state`)
	if err != nil {
		return nil, fmt.Errorf("count cases: %w", err)
	}
	sums := map[tallyKey]int{}
	for _, r := range rows {
		for _, key := range tallyKeys(r.Receiving, r.Competent, r.Agency) {
			key.State = r.State
			sums[key] += r.N
		}
	}
	return sums, nil
}

// CheckCase tells what does not fit in a case as it is stored: dates that are
// not those of its clock, a history that is not as long as it says.
func (m *Module) CheckCase(ctx context.Context, number string) error {
	r, err := m.byNumber(ctx, number)
	if err != nil {
		return err
	}
	history, err := m.historyOf(ctx, r.ID, 0)
	if err != nil {
		return err
	}
	if n := len(history); n != r.HistoryLen || n == 0 || history[n-1].To != r.State || history[n-1].Revision != r.Revision {
		return fmt.Errorf("case %s: its history of %d lines does not lead to %s", number, n, r.State)
	}
	clock, err := m.ledgerOf(ctx, r.ID)
	if err != nil {
		return err
	}
	again := *r
	again.dues(m.Org.Calendar(ctx, r.CompetentDivision), clock)
	if !again.sameDues(r) {
		return fmt.Errorf("case %s: due on %s, but by its clock on %s", number, r.DueOn, again.DueOn)
	}
	return nil
}

// Some gives the numbers of n cases handed in from a moment on, spread over the
// time until another.
func (m *Module) Some(ctx context.Context, from, to time.Time, n int) ([]string, error) {
	var numbers []string
	for i := range n {
		at := from.Add(to.Sub(from) / time.Duration(n) * time.Duration(i))
		var found []string
		err := m.db.Conn(ctx).Select(ctx, &found, `SELECT number FROM cases_case WHERE submitted_at >= $1 ORDER BY submitted_at LIMIT 1`, at.UTC())
		if err != nil {
			return nil, fmt.Errorf("choose cases: %w", err)
		}
		numbers = append(numbers, found...)
	}
	return slices.Compact(numbers), nil
}
