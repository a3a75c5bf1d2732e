package cases

import (
	"context"
	"fmt"
	"slices"

	"yimen/internal/kit/archive"
	"yimen/internal/kit/db"
)

// HistoryTable is the histories of cases as they can be put away: those of a
// year's cases, when the last of these is over and filed away.
func (m *Module) HistoryTable() archive.Table {
	return archive.Table{Yearly: Migrations.Years[0], Ready: m.allFiledAway}
}

// allFiledAway refuses a year with a case to whose history something may be added.
func (m *Module) allFiledAway(ctx context.Context, from, to string) error {
	over := []State{StateArchived, StateRefused, StateWithdrawn, StateTerminated}
	open := slices.DeleteFunc(slices.Clone(States), func(s State) bool { return slices.Contains(over, s) })
	w := new(db.Where).And("id >= ? AND id < ?", from, to).In("state", stateWords(open))
	var numbers []string
	err := m.db.Conn(ctx).Select(ctx, &numbers, "SELECT number FROM cases_case"+w.SQL()+" ORDER BY id LIMIT 5", w.Args()...)
	if err == nil && len(numbers) > 0 {
		err = fmt.Errorf("cases of the year are not filed away yet: %v", numbers)
	}
	return err
}

// withArchived puts what was put away of a history before what was not.
func (m *Module) withArchived(ctx context.Context, id string, rows []historyRow) ([]historyRow, error) {
	found, err := m.Archive.Find(ctx, "cases_history", id)
	if err != nil {
		return nil, err
	}
	for _, r := range found {
		rows = append(rows, historyRow{CaseID: id, Seq: r.Number("seq"), Revision: r.Number("revision"), At: r.Moment("at"), Verb: Verb(r.Text("verb")),
			From: State(r.Text("from_state")), To: State(r.Text("to_state")), Who: r.Text("who"), WhoName: r.Text("who_name"),
			Agency: r.Text("agency"), Opinion: r.Text("opinion"), Detail: r.Text("detail")})
	}
	slices.SortFunc(rows, func(a, b historyRow) int { return a.Seq - b.Seq })
	return rows, nil
}
