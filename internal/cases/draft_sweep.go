package cases

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/workday"
)

// draftWarning is how long before a draft is removed its owner is told: longer
// than a week's absence from the telephone.
const draftWarning = 7 * 24 * time.Hour

// DraftEnding: a draft nobody has touched for long will be removed.
type DraftEnding struct {
	Number   string       `json:"number"`
	ItemName string       `json:"item_name"`
	Account  string       `json:"account"` // who began it
	On       workday.Date `json:"on"`      // removed after this day
}

// EventName is the versioned name.
func (DraftEnding) EventName() string { return "cases.draft_ending.v1" }

func (m *Module) draftAge() time.Duration { return time.Duration(m.Rules.DraftDays) * 24 * time.Hour }

// endsOn is the last day on which a draft that was saved at is there, unless
// it is changed before.
func (m *Module) endsOn(at time.Time) workday.Date {
	return workday.DateOf(at.Add(m.draftAge()), clock.Beijing)
}

// SweepDrafts removes what was begun and not touched for Rules.DraftDays, and
// tells whoever began it a week before: nothing goes without that week. What
// was put together for a correction goes after the same time. A periodic job;
// the uploads follow by SweepUploads.
func (m *Module) SweepDrafts(ctx context.Context) error {
	now := m.now(ctx)
	old, told := now.Add(-m.draftAge()), now.Add(-draftWarning)
	replies := m.throwAway(ctx, "cases_reply", func(w *db.Where) { w.And("updated_at < ?", old) })
	drafts := m.throwAway(ctx, "cases_draft", func(w *db.Where) {
		w.And("updated_at < ?", old).And("warned_at > updated_at").And("warned_at <= ?", told)
	})
	return errors.Join(replies, drafts, m.warnDrafts(ctx, now))
}

// throwAway removes what is of no use any more, each by itself, and withdraws
// the consents that were given to it and will never be used.
func (m *Module) throwAway(ctx context.Context, table string, when func(*db.Where)) error {
	var failed []error
	after := ""
	for ctx.Err() == nil {
		w := new(db.Where)
		when(w)
		w.And("number > ?", after)
		limit := w.Arg(sweepBatch)
		var found []string
		if err := m.db.Conn(ctx).Select(ctx, &found, "SELECT DISTINCT number FROM "+table+w.SQL()+" ORDER BY number LIMIT "+limit, w.Args()...); err != nil {
			return fmt.Errorf("find what is old in %s: %w", table, err)
		}
		for _, number := range found {
			after = number
			if err := m.throwOne(ctx, table, number, when); err != nil {
				failed = append(failed, err)
			}
		}
		if len(found) < sweepBatch {
			break
		}
	}
	return errors.Join(failed...)
}

func (m *Module) throwOne(ctx context.Context, table, number string, when func(*db.Where)) error {
	return m.db.InTx(ctx, func(ctx context.Context) error {
		w := new(db.Where)
		when(w)
		w.And("number = ?", number)
		n, err := m.db.Conn(ctx).Exec(ctx, "DELETE FROM "+table+w.SQL(), w.Args()...)
		if err != nil || n == 0 || m.Licences == nil { // changed meanwhile: it lives on
			return wrap("remove what is old", err)
		}
		return m.Licences.Withdraw(ctx, number, "")
	})
}

// warnDrafts tells of every draft that has a week left and was not told of
// since it was last changed.
func (m *Module) warnDrafts(ctx context.Context, now time.Time) error {
	var failed []error
	after := ""
	for {
		w := new(db.Where).And("updated_at < ?", now.Add(draftWarning-m.draftAge())).And("(warned_at IS NULL OR warned_at <= updated_at)").And("number > ?", after)
		limit := w.Arg(sweepBatch)
		var found []endingRow
		err := m.db.Conn(ctx).Select(ctx, &found, "SELECT number, item_name, account, started_by, updated_at FROM cases_draft"+w.SQL()+" ORDER BY number LIMIT "+limit, w.Args()...)
		if err != nil {
			return fmt.Errorf("find old drafts: %w", err)
		}
		for _, d := range found {
			after = d.Number
			if err := m.warnDraft(ctx, d, now); err != nil {
				failed = append(failed, fmt.Errorf("draft %s: %w", d.Number, err))
			}
		}
		if len(found) < sweepBatch {
			return errors.Join(failed...)
		}
	}
}

type endingRow struct {
	Number    string    `db:"number"`
	ItemName  string    `db:"item_name"`
	Account   string    `db:"account"`
	StartedBy string    `db:"started_by"` // "" unless a clerk took it over
	UpdatedAt time.Time `db:"updated_at"`
}

func (m *Module) warnDraft(ctx context.Context, d endingRow, now time.Time) error {
	ending := DraftEnding{Number: d.Number, ItemName: d.ItemName, Account: d.Account, On: m.endsOn(d.UpdatedAt)}
	if d.StartedBy != "" {
		ending.Account = d.StartedBy
	}
	if soonest := workday.DateOf(now.Add(draftWarning), clock.Beijing); ending.On.Before(soonest) {
		ending.On = soonest
	}
	return m.db.InTx(ctx, func(ctx context.Context) error {
		n, err := m.db.Conn(ctx).Exec(ctx, `UPDATE cases_draft SET warned_at = $1 WHERE number = $2 AND updated_at = $3`, now, d.Number, d.UpdatedAt)
		if err != nil || n == 0 { // changed meanwhile: it lives on
			return wrap("note the warning", err)
		}
		return m.Events.Publish(ctx, ending)
	})
}
