package workflow

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/org"
	"yimen/workday"
)

// Query narrows a list of tasks; zero fields do not.
type Query struct {
	Subject string
	State   string // "" is Open; Done lists what was done
	Mine    bool   // in the actor's name; with State Done: done by the actor
	Free    bool   // in nobody's name yet: to be claimed
	Role    string
	Light   string // of open tasks
	Q       string // part of the title or of the subject
	// Subjects are case numbers that Q also finds: whoever asks knows names.
	Subjects  []string
	Item      string       // code
	Step      string       // name of the step
	Agency    string       // code
	Receiving string       // division in which the matter was handed in, with all in it
	DueOn     workday.Date // the day that is the task's limit
	From, To  workday.Date // day on which the task opened, both included
	Assignee  string       // account
	Covering  bool         // in the name of somebody on leave for whom the actor stands in
}

// Tasks lists tasks that the actor of ctx may see: open ones by light and
// deadline, the worst first, those whose clock stands still last; others newest
// first. The right is part of the query.
func (m *Module) Tasks(ctx context.Context, q Query, p db.Page) ([]Task, string, error) {
	actor, err := m.actor(ctx)
	if err != nil {
		return nil, "", err
	}
	w, l := &db.Where{}, m.lights(ctx)
	if err := q.where(w, actor, l); err != nil {
		return nil, "", err
	}
	open := q.State == "" || q.State == Open
	order, err := paging(w, p, open, ofFew(actor))
	if err != nil {
		return nil, "", err
	}
	scope(w, actor)
	var rows []*taskRow
	limit := w.Arg(p.Size() + 1)
	err = m.DB.Conn(ctx).Select(ctx, &rows, `SELECT `+taskColumns+` FROM workflow_task`+w.SQL()+order+` LIMIT `+limit, w.Args()...)
	if err != nil {
		return nil, "", fmt.Errorf("list tasks: %w", err)
	}
	rows, next := db.Cut(rows, p, func(t *taskRow) []any {
		if open {
			return []any{t.Held, t.DueOn, t.ID}
		}
		return []any{t.ID}
	})
	tasks := make([]Task, len(rows))
	for i, t := range rows {
		tasks[i] = t.task(l)
	}
	return tasks, next, nil
}

// Behind is where a list of open tasks goes on behind a task, whether it is
// still in it or not.
func Behind(t Task) string {
	due := noLimit
	if !t.DueOn.IsZero() {
		due = t.DueOn.String()
	}
	return db.Cursor(t.Held, due, t.ID)
}

// paging adds where the page begins, and gives its order. few: the actor sees
// so few of all tasks that they are found by agency and sorted; the empty text
// keeps both databases from walking through everybody's tasks by due date.
func paging(w *db.Where, p db.Page, open, few bool) (string, error) {
	var held bool
	var due, id string
	if !open {
		after, err := p.Key(&id)
		if err != nil {
			return "", err
		}
		if after {
			w.And("id < ?", id)
		}
		return " ORDER BY id DESC", nil
	}
	after, err := p.Key(&held, &due, &id)
	if err != nil {
		return "", err
	}
	if after {
		w.And("(held, due_on, id) > (?, ?, ?)", held, due, id)
	}
	if few {
		return " ORDER BY held, due_on || '', id", nil
	}
	return " ORDER BY held, due_on, id", nil
}

// ofFew tells whether all that the actor may see is of single agencies.
func ofFew(a identity.Actor) bool {
	return !a.IsSystem() && !slices.ContainsFunc(a.Grants, func(g identity.Grant) bool {
		return g.Agency == "" && (g.Verb == VerbView || slices.ContainsFunc(Roles, func(r string) bool { return verbOf[r] == g.Verb }))
	})
}

func (q Query) where(w *db.Where, a identity.Actor, l lights) error {
	open := q.State == "" || q.State == Open
	switch q.State {
	case "", Open:
		w.And("state = 'open'") // as the partial index has it
	case Waiting, Done, Superseded, Undone, Cancelled:
		w.And("state = ?", q.State)
	default:
		return ErrState.Field("state", ErrState.Message)
	}
	if q.Subject != "" {
		w.And("subject = ?", q.Subject)
	}
	switch {
	case q.Mine && q.State == Done:
		w.And("done_by <> '' AND done_by = ?", a.Account)
	case q.Mine:
		w.And("assignee <> '' AND assignee = ?", a.Account)
	case q.Free:
		w.And("assignee = ''")
	}
	if q.Covering {
		w.In("assignee", a.Covers)
		w.In("role", rolesOf(a)) // standing in gives no right of one's own
		w.And("on_behalf = ''")
	}
	q.narrow(w)
	if q.Light != "" {
		if !open {
			return ErrState.Field("light", "只有待办任务可以按红黄灯筛选。")
		}
		if err := l.where(w, q.Light); err != nil {
			return err
		}
	}
	if text := strings.TrimSpace(q.Q); text != "" {
		like := "%" + escapeLike(strings.ToLower(text)) + "%"
		cond, args := `LOWER(title) LIKE ? ESCAPE '\' OR LOWER(subject) LIKE ? ESCAPE '\'`, []any{like, like}
		if len(q.Subjects) > 0 {
			cond += " OR subject IN (?" + strings.Repeat(", ?", len(q.Subjects)-1) + ")"
			for _, s := range q.Subjects {
				args = append(args, s)
			}
		}
		w.And(cond, args...)
	}
	return nil
}

// narrow adds the plain conditions.
func (q Query) narrow(w *db.Where) {
	for _, x := range []struct{ column, value string }{
		{"role", q.Role}, {"item", q.Item}, {"name", q.Step}, {"agency", q.Agency}, {"assignee", q.Assignee},
	} {
		if x.value != "" {
			w.And(x.column+" = ?", x.value)
		}
	}
	if q.Receiving != "" {
		from, to := org.Range(q.Receiving)
		w.And("receiving >= ? AND receiving < ?", from, to)
	}
	if !q.DueOn.IsZero() {
		w.And("due_on = ?", q.DueOn)
	}
	if !q.From.IsZero() {
		w.And("opened_on >= ?", q.From)
	}
	if !q.To.IsZero() {
		w.And("opened_on <= ?", q.To)
	}
}

// where is of in SQL.
func (l lights) where(w *db.Where, light string) error {
	switch light {
	case LightOverdue:
		w.And("held = ? AND due_on < ?", false, l.today)
	case LightRed:
		w.And("held = ? AND due_on >= ? AND due_on <= ?", false, l.today, l.red)
	case LightYellow:
		w.And("held = ? AND due_on > ? AND due_on <= ?", false, l.red, l.yellow)
	case LightNormal:
		w.And("held = ? OR due_on > ?", true, l.yellow)
	default:
		return ErrState.Field("light", "红黄灯只能是normal、yellow、red或overdue。")
	}
	return nil
}

func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}
