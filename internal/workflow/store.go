package workflow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

// instanceRow is a row of workflow_instance.
type instanceRow struct {
	ID         string     `db:"id"`
	Subject    string     `db:"subject"`
	Title      string     `db:"title"`
	Item       string     `db:"item"`
	Definition string     `db:"definition"`
	Way        string     `db:"way"`
	Places     string     `db:"places"`
	Division   string     `db:"division"`
	State      string     `db:"state"`
	Outcome    string     `db:"outcome"`
	Round      int        `db:"round"`
	HeldOn     string     `db:"held_on"`
	StartedBy  string     `db:"started_by"`
	StartedAt  time.Time  `db:"started_at"`
	EndedAt    *time.Time `db:"ended_at"`
}

// places are the agencies of an instance, by reference (competent, dept:D07).
type places map[string]identity.Place

func (i *instanceRow) places() (places, error) {
	var p places
	if err := json.Unmarshal([]byte(i.Places), &p); err != nil {
		return nil, fmt.Errorf("read places of instance %s: %w", i.ID, err)
	}
	return p, nil
}

const instanceColumns = `id, subject, title, item, definition, way, places, division, state, outcome, round, held_on,
	started_by, started_at, ended_at`

const taskColumns = `id, instance, subject, title, node, name, seat, round, role, agency, receiving, division, dept,
	assignee, on_behalf, added, host, state, held, touched, overdue, days, opened_on, due_on, opened_at, done_at,
	done_by, done_name, result, opinion, created_act, opened_act, closed_act, closed_from, last_act, item, done_on`

const actColumns = `id, instance, task, node, name, round, act, actor, actor_name, on_behalf, opinion, target, outcome, at`

// lockByTask takes the instance of a task until the transaction ends, and reads
// its open tasks. The counter is what makes two acts on one instance wait for
// each other, on both engines.
func (m *Module) lockByTask(ctx context.Context, task string) (instanceRow, []*taskRow, error) {
	const which = `(SELECT instance FROM workflow_task WHERE id = $1)`
	return m.lock(ctx, `id = `+which, which, task, ErrTaskUnknown)
}

// lockBySubject takes the running instance of a subject.
func (m *Module) lockBySubject(ctx context.Context, subject string) (instanceRow, []*taskRow, error) {
	const cond = `subject = $1 AND state = 'running'`
	return m.lock(ctx, cond, `(SELECT id FROM workflow_instance WHERE `+cond+`)`, subject, ErrNotRunning)
}

// lock takes the instance that the condition finds, and reads the tasks that are
// open or waiting, oldest first, of the one whose id the query gives: by a
// statement of its own, which sees what an act that had to be waited for has
// left.
func (m *Module) lock(ctx context.Context, cond, which, arg string, missing error) (instanceRow, []*taskRow, error) {
	var i instanceRow
	var live []*taskRow
	err := m.DB.Conn(ctx).Together(ctx,
		db.One(&i, missing, `UPDATE workflow_instance SET revision = revision + 1 WHERE `+cond+` RETURNING `+instanceColumns, arg),
		db.All(&live, `SELECT `+taskColumns+` FROM workflow_task
			WHERE instance = `+which+` AND state IN ('open', 'waiting') ORDER BY id`, arg))
	if err != nil && !errors.Is(err, missing) {
		err = fmt.Errorf("lock instance: %w", err)
	}
	return i, live, err
}

func (m *Module) taskByID(ctx context.Context, id string) (*taskRow, error) {
	var t taskRow
	err := m.DB.Conn(ctx).Get(ctx, &t, `SELECT `+taskColumns+` FROM workflow_task WHERE id = $1`, id)
	switch {
	case errors.Is(err, db.ErrNoRows):
		return nil, ErrTaskUnknown
	case err != nil:
		return nil, fmt.Errorf("read task: %w", err)
	}
	return &t, m.learnOver(ctx, &t)
}

// learnOver reads whether a task's instance is over, where it matters: somebody
// has acted on the task and might take that back.
func (m *Module) learnOver(ctx context.Context, t *taskRow) error {
	if t.LastAct == "" {
		return nil
	}
	if err := m.DB.Conn(ctx).Get(ctx, &t.over, `SELECT state <> 'running' FROM workflow_instance WHERE id = $1`, t.Instance); err != nil {
		return fmt.Errorf("read whether an instance is over: %w", err)
	}
	return nil
}

func (m *Module) insertInstance(ctx context.Context, i instanceRow) error {
	running := func(err error) error {
		if db.IsUnique(err) {
			return ErrRunning.Because(err)
		}
		if err != nil {
			return fmt.Errorf("insert instance: %w", err)
		}
		return nil
	}
	return m.DB.Conn(ctx).LaterOr(ctx, running, `INSERT INTO workflow_instance (`+instanceColumns+`, revision)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0)`,
		i.ID, i.Subject, i.Title, i.Item, i.Definition, i.Way, i.Places, i.Division, i.State, i.Outcome, i.Round, i.HeldOn,
		i.StartedBy, i.StartedAt, i.EndedAt)
}

func (m *Module) insertTasks(ctx context.Context, tasks []*taskRow) error {
	rows := make([][]any, len(tasks))
	for i, t := range tasks {
		rows[i] = []any{t.ID, t.Instance, t.Subject, t.Title, t.Node, t.Name, t.Seat, t.Round, t.Role, t.Agency, t.Receiving,
			t.Division, t.Dept, t.Assignee, t.OnBehalf, t.Added, t.Host, t.State, t.Held, t.Touched, t.Overdue, t.Days,
			t.OpenedOn, t.DueOn, t.OpenedAt, t.DoneAt, t.DoneBy, t.DoneName, t.Result, t.Opinion, t.CreatedAct, t.OpenedAct,
			t.ClosedAct, t.ClosedFrom, t.LastAct, t.Item, t.DoneOn}
	}
	return m.insertRows(ctx, "workflow_task", taskColumns, rows)
}

func (m *Module) insertActs(ctx context.Context, acts []Recorded) error {
	rows := make([][]any, len(acts))
	for i, a := range acts {
		rows[i] = []any{a.ID, a.Instance, a.Task, a.Node, a.Name, a.Round, a.Act, a.Actor, a.ActorName, a.OnBehalf,
			a.Opinion, a.Target, a.Outcome, a.At}
	}
	return m.insertRows(ctx, "workflow_act", actColumns, rows)
}

func (m *Module) insertRows(ctx context.Context, table, columns string, rows [][]any) error {
	names := strings.FieldsFunc(columns, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
	return m.DB.Conn(ctx).InsertRowsLater(ctx, table, names, "", rows)
}

// placeholders are "$4, $5, $6" for three values after three others.
func placeholders(after, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("$%d", after+i+1)
	}
	return strings.Join(list, ", ")
}

// exec runs an update that must touch exactly n rows; anything else means the
// lock did not hold, and undoes the act.
func (m *Module) exec(ctx context.Context, n int, query string, args ...any) error {
	return m.DB.Conn(ctx).LaterExactly(ctx, n, "change workflow rows", query, args...)
}
