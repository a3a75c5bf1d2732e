package cases

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/org"
	"yimen/workday"
)

// daily is tallied by the day of submission: what was summed up in cases_day,
// and the moves that were not yet.
const daily = `(SELECT submitted_on, receiving, competent, state, n FROM cases_day
	UNION ALL SELECT submitted_on, SUBSTR(receiving_town, 1, 6) || '000000', SUBSTR(competent_town, 1, 6) || '000000', to_state, 1 FROM cases_move
	UNION ALL SELECT submitted_on, SUBSTR(receiving_town, 1, 6) || '000000', SUBSTR(competent_town, 1, 6) || '000000', from_state, -1
		FROM cases_move WHERE from_state <> '') AS daily`

// dayKey is what a row of cases_day counts.
type dayKey struct {
	On        string `db:"submitted_on"` // as 2026-09-23
	Receiving string `db:"receiving"`    // county of the outlet, or the city
	Competent string `db:"competent"`    // county of the agency that decides, or the city
	State     State  `db:"state"`
}

func (k dayKey) compare(o dayKey) int {
	return cmp.Or(strings.Compare(k.On, o.On), strings.Compare(k.Receiving, o.Receiving),
		strings.Compare(k.Competent, o.Competent), strings.Compare(string(k.State), string(o.State)))
}

// county is the county that a division lies in, or the division if it is above.
func county(division string) string {
	if c := org.Above(division, org.County); c != "" {
		return c
	}
	return division
}

// wholeCounties tells whether a bound of a range falls between counties.
func wholeCounties(code string) bool {
	return code == "" || len(code) != 12 || strings.HasSuffix(code, "000000")
}

// daysKnown tells whether cases_day and the moves together count every case.
func (m *Module) daysKnown(ctx context.Context) (bool, error) {
	var unknown int
	err := m.db.Conn(ctx).Get(ctx, &unknown, `SELECT (SELECT COALESCE(MAX(n), 1) FROM cases_day WHERE submitted_on = '')
		+ (SELECT COUNT(*) FROM cases_move WHERE submitted_on = '')`)
	return unknown == 0, wrap("look at days", err)
}

// forgetDays has the days counted anew when the tally is summed up next.
func (m *Module) forgetDays(ctx context.Context) error {
	_, err := m.db.Conn(ctx).Exec(ctx, `UPDATE cases_day SET n = 1 WHERE submitted_on = ''`)
	return wrap("forget days", err)
}

// holdDays lets one transaction after the other change cases_day.
func (m *Module) holdDays(ctx context.Context) error {
	_, err := m.db.Conn(ctx).Exec(ctx, `UPDATE cases_day SET n = n WHERE submitted_on = ''`)
	return wrap("hold days", err)
}

// addDays adds moves to cases_day. One whose day the release before did not
// note makes the days unknown.
func (m *Module) addDays(ctx context.Context, moves []move) error {
	sums := map[dayKey]int{}
	for _, v := range moves {
		if v.On == "" {
			return m.forgetDays(ctx)
		}
		v.addToDays(sums, 1)
	}
	return m.writeDays(ctx, sums)
}

// addToDays counts one more (by 1) where the case came to and one less where it
// came from, or takes that back (by -1).
func (v move) addToDays(sums map[dayKey]int, by int) {
	key := dayKey{On: v.On, Receiving: county(v.Receiving), Competent: county(v.CompetentTown), State: v.To}
	sums[key] += by
	if v.From != "" {
		key.State = v.From
		sums[key] -= by
	}
}

func (m *Module) writeDays(ctx context.Context, sums map[dayKey]int) error {
	rows := make([][]any, 0, len(sums))
	for _, k := range slices.SortedFunc(maps.Keys(sums), dayKey.compare) {
		if n := sums[k]; n != 0 {
			rows = append(rows, []any{k.On, k.Receiving, k.Competent, k.State, n})
		}
	}
	err := m.db.Conn(ctx).InsertRows(ctx, "cases_day", []string{"submitted_on", "receiving", "competent", "state", "n"},
		"ON CONFLICT (submitted_on, receiving, competent, state) DO UPDATE SET n = cases_day.n + excluded.n", rows)
	return wrap("sum up days", err)
}

// recountDays counts the cases of all days, if they are unknown. It reads every
// case: after an upgrade or a filling only.
func (m *Module) recountDays(ctx context.Context) error {
	if known, err := m.daysKnown(ctx); known || err != nil {
		return err
	}
	err := m.db.InTx(ctx, func(ctx context.Context) error {
		if err := m.holdDays(ctx); err != nil {
			return err
		}
		sums, err := m.countDays(ctx)
		if err != nil || sums == nil {
			return err
		}
		c := m.db.Conn(ctx)
		if _, err := c.Exec(ctx, `DELETE FROM cases_day WHERE submitted_on <> ''`); err != nil {
			return err
		}
		if err := m.writeDays(ctx, sums); err != nil {
			return err
		}
		_, err = c.Exec(ctx, `UPDATE cases_day SET n = 0 WHERE submitted_on = ''`)
		return err
	})
	return wrap("count days anew", err)
}

// countDays counts the cases by day without the moves that are still to be
// summed up; nil while there is one without a day. One statement reads both,
// so that no case moves between them.
func (m *Module) countDays(ctx context.Context) (map[dayKey]int, error) {
	rows, err := m.db.Conn(ctx).Rows(ctx, `SELECT submitted_at, '' AS submitted_on, receiving_division, competent_division, state, '' AS from_state FROM cases_case
		UNION ALL SELECT NULL, submitted_on, receiving_town, competent_town, to_state, from_state FROM cases_move`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	sums := map[dayKey]int{}
	for rows.Next() {
		var at *time.Time
		var v move
		if err := rows.Scan(&at, &v.On, &v.Receiving, &v.CompetentTown, &v.To, &v.From); err != nil {
			return nil, err
		}
		if at != nil {
			v.On = submittedOn(*at)
			v.addToDays(sums, 1) // as a new case
			continue
		}
		if v.On == "" {
			return nil, nil
		}
		v.addToDays(sums, -1)
	}
	return sums, rows.Err()
}

// submittedOn is the day of an instant as it stands in cases_day.
func submittedOn(at time.Time) string { return workday.DateOf(at, clock.Beijing).String() }

// days adds the query's span of days to a condition on the daily tally.
func (q Query) days(w *db.Where) {
	w.And("submitted_on <> ''")
	if !q.From.IsZero() {
		w.And("submitted_on >= ?", q.From.String())
	}
	if !q.To.IsZero() {
		w.And("submitted_on <= ?", q.To.String())
	}
}

// checkDays holds the tally of days against the cases.
func (m *Module) checkDays(ctx context.Context) (wrong []Difference, err error) {
	known, err := m.daysKnown(ctx)
	if err != nil || !known {
		return nil, err // then nobody asks it
	}
	sums, err := m.countDays(ctx)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		dayKey
		N int `db:"n"`
	}
	if err := m.db.Conn(ctx).Select(ctx, &rows, `SELECT submitted_on, receiving, competent, state, n FROM cases_day WHERE submitted_on <> ''`); err != nil {
		return nil, fmt.Errorf("read days: %w", err)
	}
	for _, r := range rows {
		sums[r.dayKey] -= r.N
	}
	for key, n := range sums {
		if n != 0 {
			wrong = append(wrong, Difference{What: fmt.Sprint(key), Stored: n})
		}
	}
	return wrong, nil
}
