package cases

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"yimen/internal/kit/db"
	"yimen/workday"
)

// sweepBatch is how many cases a sweep reads at a time.
const sweepBatch = 200

// sweep does fn for every case in one of the states whose date column lies
// before today. A case that fails does not keep the others from their turn.
func (m *Module) sweep(ctx context.Context, what string, states []State, column string, fn func(ctx context.Context, number string) error) error {
	var failed []error
	after := ""
	for {
		w := new(db.Where).In("state", stateWords(states)).And(column+" < ?", m.today(ctx).String()).And("id > ?", after)
		limit := w.Arg(sweepBatch)
		var found []struct {
			ID     string `db:"id"`
			Number string `db:"number"`
		}
		err := m.db.Conn(ctx).Select(ctx, &found, "SELECT id, number FROM cases_case"+w.SQL()+" ORDER BY id LIMIT "+limit, w.Args()...)
		if err != nil {
			return fmt.Errorf("%s: find cases: %w", what, err)
		}
		for _, c := range found {
			after = c.ID
			if err := fn(ctx, c.Number); err != nil && !errors.Is(err, ErrStale) {
				failed = append(failed, fmt.Errorf("%s %s: %w", what, c.Number, err))
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		if len(found) < sweepBatch {
			return errors.Join(failed...)
		}
	}
}

func stateWords(states []State) []string {
	list := make([]string, len(states))
	for i, s := range states {
		list[i] = string(s)
	}
	return list
}

// Recompute is the job that follows a change of the calendar of a division, ""
// of the national one.
type Recompute struct {
	Division string `json:"division"`
}

// Kind is the name of the job.
func (Recompute) Kind() string { return "cases.recompute_due" }

// RecomputeDue brings the stored due dates of open cases in line with the
// calendar, when a holiday notice or a local holiday changed it. division is
// the one whose calendar changed, "" all; the divisions in it inherit.
func (m *Module) RecomputeDue(ctx context.Context, division string) error {
	return m.redated(ctx, division, func(division string) *workday.Calendar { return m.Org.Calendar(ctx, division) },
		func(_, r *record, unread error) error {
			if unread != nil {
				return unread
			}
			return m.writeDues(ctx, r)
		})
}

// redated gives fn every open case of a division whose due dates are others by
// these calendars: as stored, and as they would be; or what is wrong with a
// case whose clock cannot be read. A case that fails does not
// keep the others from their turn.
func (m *Module) redated(ctx context.Context, division string, calendar func(division string) *workday.Calendar, fn func(before, r *record, unread error) error) error {
	open := slices.DeleteFunc(slices.Clone(States), State.Ended)
	var failed []error
	after := ""
	for {
		w := new(db.Where).In("state", stateWords(open)).And("id > ?", after)
		if prefix := strings.TrimRight(division, "0"); prefix != "" {
			w.And("competent_division LIKE ?", prefix+"%")
		}
		limit := w.Arg(sweepBatch)
		found, err := m.selectRecords(ctx, selectRecord+w.SQL()+" ORDER BY id LIMIT "+limit, w.Args()...)
		if err != nil {
			return fmt.Errorf("recompute due dates: %w", err)
		}
		ledgers, err := m.ledgersOf(ctx, found)
		if err != nil {
			return err
		}
		for i := range found {
			r := &found[i]
			after = r.ID
			if err := redate(r, ledgers[r.ID], calendar, fn); err != nil {
				failed = append(failed, fmt.Errorf("recompute due date of %s: %w", r.Number, err))
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		if len(found) < sweepBatch {
			return errors.Join(failed...)
		}
	}
}

func redate(r *record, clock clockRead, calendar func(division string) *workday.Calendar, fn func(before, r *record, unread error) error) error {
	before := *r
	if !r.mendable() {
		return fn(&before, r, ErrDamaged)
	}
	if clock.err != nil {
		return fn(&before, r, clock.err)
	}
	r.dues(calendar(r.CompetentDivision), clock.ledger)
	if before.sameDues(r) {
		return nil
	}
	return fn(&before, r, nil)
}

func (r *record) sameDues(other *record) bool {
	return r.DueOn == other.DueOn && r.PromiseDueOn == other.PromiseDueOn && r.ReceiptDueOn == other.ReceiptDueOn &&
		r.CorrectionDueOn == other.CorrectionDueOn
}

// writeDues writes the due dates of one case. It is no act: the history and the
// revision stay as they are, and a case that somebody is acting on computes its
// dates itself.
func (m *Module) writeDues(ctx context.Context, r *record) error {
	_, err := m.db.Conn(ctx).Exec(ctx, `UPDATE cases_case SET due_on = $1, promise_due_on = $2, receipt_due_on = $3, correction_due_on = $4
		WHERE id = $5 AND revision = $6`, r.DueOn, r.PromiseDueOn, r.ReceiptDueOn, r.CorrectionDueOn, r.ID, r.Revision)
	return wrap("write due dates", err)
}

// clockRead is what became of reading the clock of a case.
type clockRead struct {
	ledger workday.Ledger
	err    error
}

// ledgersOf reads the clocks of the accepted cases of a list, by case. Dates
// are read as text first: one that is none is the trouble of its own case.
func (m *Module) ledgersOf(ctx context.Context, list []record) (map[string]clockRead, error) {
	var ids []string
	for i := range list {
		if !list[i].AcceptedOn.IsZero() {
			ids = append(ids, list[i].ID)
		}
	}
	clocks := make(map[string]clockRead, len(ids))
	if len(ids) == 0 {
		return clocks, nil
	}
	w := new(db.Where).In("case_id", ids)
	var rows []clockRow
	err := m.db.Conn(ctx).Select(ctx, &rows, selectClock+w.SQL()+" ORDER BY case_id, seq", w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("read clocks: %w", err)
	}
	for len(rows) > 0 {
		id, n := rows[0].CaseID, 1
		for n < len(rows) && rows[n].CaseID == id {
			n++
		}
		var c clockRead
		c.ledger, c.err = ledger(rows[:n])
		clocks[id], rows = c, rows[n:]
	}
	return clocks, nil
}

func fromJSON(text string, dest any) error {
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), dest); err != nil {
		return fmt.Errorf("read stored JSON: %w", err)
	}
	return nil
}
