package cases

import (
	"context"

	"yimen/internal/kit/db"
)

// Brief is what a list of tasks shows of a case.
type Brief struct {
	Number    string `db:"number"`
	Applicant string `db:"applicant_name"`
	Revision  int    `db:"revision"`
}

// Briefs gives what lists of tasks that the viewer may see show of their cases,
// by number: it asks no right of its own.
func (m *Module) Briefs(ctx context.Context, numbers []string) (map[string]Brief, error) {
	found := make(map[string]Brief, len(numbers))
	if len(numbers) == 0 {
		return found, nil
	}
	w := new(db.Where).In("number", numbers)
	var rows []Brief
	err := m.db.Conn(ctx).Select(ctx, &rows, "SELECT number, applicant_name, revision FROM cases_case"+w.SQL(), w.Args()...)
	if err != nil {
		return nil, wrap("read briefs of cases", err)
	}
	for _, r := range rows {
		found[r.Number] = r
	}
	return found, nil
}

// mostNamed bounds what one name finds: the newest are there.
const mostNamed = 500

// Named gives the numbers of up to 500 cases under review whose applicant's
// name begins with text, newest first, for searches in lists of tasks, which
// know no names. It asks no right of its own: it narrows a list that does, and
// who is asked about a case in the course of its process may have no other.
func (m *Module) Named(ctx context.Context, text string) ([]string, error) {
	if text == "" || allDigits(text) {
		return nil, nil
	}
	w := new(db.Where).In("state", stateWords([]State{StateReviewing, StatePaused}))
	search(w, text)
	var numbers []string
	err := m.db.Conn(ctx).Select(ctx, &numbers, "SELECT number FROM cases_case"+w.SQL()+
		" ORDER BY submitted_at DESC, id DESC LIMIT "+w.Arg(mostNamed), w.Args()...)
	return numbers, wrap("find cases by name", err)
}
