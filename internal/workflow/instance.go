package workflow

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

// Task gives one task, and what the actor of ctx may do to it;
// ErrTaskUnknown for one the actor may not see.
func (m *Module) Task(ctx context.Context, id string) (Task, []string, error) {
	t, err := m.taskByID(ctx, id)
	if err != nil {
		return Task{}, nil, err
	}
	actor, err := m.actorFor(ctx, t)
	if err != nil {
		return Task{}, nil, err
	}
	if !t.visible(actor) {
		return Task{}, nil, ErrTaskUnknown
	}
	return t.task(m.lights(ctx)), t.allowed(actor), nil
}

// Instance is a case's way through the hands, whole.
type Instance struct {
	ID, Subject, Title, Item string
	State                    string // running, finished, cancelled
	Outcome                  string // "", Granted, Denied
	Round                    int
	Held                     bool
	StartedAt                time.Time
	EndedAt                  time.Time // zero: running
	Definition               Definition
	Tasks                    []Task     // all, oldest first
	History                  []Recorded // oldest first

	way taken
}

// Instance gives the newest instance of a subject with all its tasks and its
// history; ErrNoInstance. It asks no right: the caller has checked that the
// actor may see the subject.
func (m *Module) Instance(ctx context.Context, subject string) (Instance, error) {
	var acts []Recorded
	reads, found := m.AskCourse(subject)
	reads = append(reads, db.All(&acts, `SELECT `+actColumns+` FROM workflow_act WHERE instance = `+newestOf+` ORDER BY id`, subject))
	if err := m.DB.Conn(ctx).Together(ctx, reads...); err != nil {
		return Instance{}, fmt.Errorf("read instance: %w", err)
	}
	i, err := found(ctx)
	i.History = acts
	return i, err
}

// newestOf is the newest instance of the subject $1.
const newestOf = `(SELECT id FROM workflow_instance WHERE subject = $1 ORDER BY id DESC LIMIT 1)`

// AskCourse is Instance without its history, for who asks other things in the
// same message: what to read, and what was found then; ErrNoInstance.
func (m *Module) AskCourse(subject string) (reads []db.Read, found func(ctx context.Context) (Instance, error)) {
	var row instanceRow
	var tasks []*taskRow
	reads = []db.Read{
		db.One(&row, nil, `SELECT `+instanceColumns+` FROM workflow_instance WHERE id = `+newestOf, subject),
		db.All(&tasks, `SELECT `+taskColumns+` FROM workflow_task WHERE instance = `+newestOf+` ORDER BY id`, subject),
	}
	return reads, func(ctx context.Context) (Instance, error) {
		if row.ID == "" {
			return Instance{}, ErrNoInstance
		}
		return m.instance(ctx, row, tasks)
	}
}

func (m *Module) instance(ctx context.Context, row instanceRow, tasks []*taskRow) (Instance, error) {
	c, err := m.definition(ctx, row.Definition)
	if err != nil {
		return Instance{}, err
	}
	i := Instance{
		ID: row.ID, Subject: row.Subject, Title: row.Title, Item: row.Item, State: row.State, Outcome: row.Outcome,
		Round: row.Round, Held: row.HeldOn != "", StartedAt: row.StartedAt, Definition: c.definition,
	}
	if row.EndedAt != nil {
		i.EndedAt = *row.EndedAt
	}
	if err := json.Unmarshal([]byte(row.Way), &i.way); err != nil {
		return i, fmt.Errorf("read branches taken: %w", err)
	}
	l := m.lights(ctx)
	for _, t := range tasks {
		i.Tasks = append(i.Tasks, t.task(l))
	}
	return i, nil
}

// Target is a step that a task can be returned to.
type Target struct {
	Node string `json:"node"`
	Name string `json:"name"`
}

// Targets lists where the task can be returned to, first steps first; none from
// the first step or once it is done. ErrTaskUnknown for a task the actor may not see.
func (m *Module) Targets(ctx context.Context, task string) ([]Target, error) {
	t, err := m.taskByID(ctx, task)
	if err != nil {
		return nil, err
	}
	if !t.visible(identity.FromContext(ctx)) {
		return nil, ErrTaskUnknown
	}
	return m.targets(ctx, t)
}

func (m *Module) targets(ctx context.Context, t *taskRow) ([]Target, error) {
	targets := []Target{}
	if t.State != Open {
		return targets, nil
	}
	var row instanceRow
	err := m.DB.Conn(ctx).Get(ctx, &row, `SELECT `+instanceColumns+` FROM workflow_instance WHERE id = $1`, t.Instance)
	if err != nil {
		return nil, fmt.Errorf("read instance: %w", err)
	}
	c, err := m.definition(ctx, row.Definition)
	if err != nil {
		return nil, err
	}
	p, err := m.plan(c, row.Way)
	if err != nil {
		return nil, err
	}
	for _, n := range p.earlier(t.Node) {
		targets = append(targets, Target{n.ID, n.Name})
	}
	return targets, nil
}
