package cases

import (
	"context"
	"fmt"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/workday"
)

// Alike is an earlier case of the same item with the same answers.
type Alike struct {
	Case
	Opinion string // of the decision
	Days    int    // working days from acceptance to the decision
}

// lookBack is how many of an item's newest decided cases are compared.
const lookBack = 400

// Similar gives up to n cases that were decided of the same item, answered in
// the same way, newest decisions first, as far as the viewer may see them; the
// case itself is not among them. Content is not loaded. ErrUnknown.
func (m *Module) Similar(ctx context.Context, number string, n int) ([]Alike, error) {
	r, err := m.seen(ctx, number)
	if err != nil {
		return nil, err
	}
	own, err := m.contentOf(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	actor := identity.FromContext(ctx)
	w := new(db.Where).And("item = ?", r.Item).And("decided_on IS NOT NULL").And("id <> ?", r.ID)
	narrow(w, actor)
	recent := selectRecord + w.SQL() + " ORDER BY submitted_at DESC, id DESC LIMIT " + w.Arg(lookBack)
	rows, err := m.selectRecords(ctx, `SELECT `+strings.Join(recordColumns, ", ")+` FROM (`+recent+`) recent
		WHERE EXISTS (SELECT 1 FROM cases_content x WHERE x.case_id = recent.id AND x.answers = `+w.Arg(own.Answers)+`)
		ORDER BY decided_on DESC, id DESC LIMIT `+w.Arg(n), w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("look for similar cases: %w", err)
	}
	opinions, err := m.decisions(ctx, rows)
	if err != nil {
		return nil, err
	}
	h, list := m.horizon(ctx), make([]Alike, len(rows))
	for i := range rows {
		x := &rows[i]
		cal := m.Org.Calendar(ctx, x.CompetentDivision)
		list[i] = Alike{Case: x.present(actor, h), Opinion: opinions[x.ID], Days: workingDays(cal, x.AcceptedOn, x.DecidedOn)}
	}
	return list, nil
}

func workingDays(cal *workday.Calendar, from, to workday.Date) int {
	if from.IsZero() || to.IsZero() {
		return 0
	}
	return cal.WorkdaysBetween(from, to)
}

// decisions are the opinions of the decisions of cases, by id.
func (m *Module) decisions(ctx context.Context, list []record) (map[string]string, error) {
	ids := make([]string, len(list))
	for i, r := range list {
		ids[i] = r.ID
	}
	found := map[string]string{}
	if len(ids) == 0 {
		return found, nil
	}
	w := new(db.Where).In("case_id", ids).And("verb = ?", VerbDecide)
	var rows []struct {
		ID      string `db:"case_id"`
		Opinion string `db:"opinion"`
	}
	if err := m.db.Conn(ctx).Select(ctx, &rows, `SELECT case_id, opinion FROM cases_history`+w.SQL()+` ORDER BY seq`, w.Args()...); err != nil {
		return nil, fmt.Errorf("read decisions: %w", err)
	}
	for _, r := range rows {
		found[r.ID] = r.Opinion
	}
	return found, nil
}
