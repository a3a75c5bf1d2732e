package workflow

import (
	"context"
	"fmt"

	"yimen/internal/kit/db"
)

// Looked is a task with what the actor may do to it, for acts on many tasks.
type Looked struct {
	Task
	Allowed []string
	Decides bool     // its approval grants the case
	Targets []Target // where it can be returned to, first steps first
}

// Look gives tasks by id, in the order asked for, with what the actor of ctx
// may do to each; those the actor may not see are left out. Three reads,
// however many.
func (m *Module) Look(ctx context.Context, ids []string) ([]Looked, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	actor, err := m.actor(ctx)
	if err != nil {
		return nil, err
	}
	var rows []*taskRow
	w := new(db.Where).In("id", ids)
	if err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT `+taskColumns+` FROM workflow_task`+w.SQL(), w.Args()...); err != nil {
		return nil, fmt.Errorf("read tasks: %w", err)
	}
	plans, err := m.plansOf(ctx, rows)
	if err != nil {
		return nil, err
	}
	byID, l := map[string]Looked{}, m.lights(ctx)
	for _, t := range rows {
		if !t.visible(actor) {
			continue
		}
		x, p := Looked{Task: t.task(l), Allowed: t.allowed(actor)}, plans[t.Instance]
		x.Decides = p.steps[t.Node].step.Decision && t.Added == ""
		if t.State == Open {
			for _, n := range p.earlier(t.Node) {
				x.Targets = append(x.Targets, Target{n.ID, n.Name})
			}
		}
		byID[t.ID] = x
	}
	list := make([]Looked, 0, len(byID))
	for _, id := range ids {
		if x, ok := byID[id]; ok {
			list = append(list, x)
			delete(byID, id)
		}
	}
	return list, nil
}

// plansOf are the plans of the tasks' instances, by instance; the tasks learn
// whether these are over.
func (m *Module) plansOf(ctx context.Context, rows []*taskRow) (map[string]*plan, error) {
	plans := map[string]*plan{}
	if len(rows) == 0 {
		return plans, nil
	}
	var instances []instanceRow
	in := instancesOf(rows)
	err := m.DB.Conn(ctx).Select(ctx, &instances, `SELECT `+instanceColumns+` FROM workflow_instance
		WHERE id IN (`+placeholders(0, len(in))+`)`, in...)
	if err != nil {
		return nil, fmt.Errorf("read instances: %w", err)
	}
	over := map[string]bool{}
	for _, i := range instances {
		over[i.ID] = i.State != "running"
		c, err := m.definition(ctx, i.Definition)
		if err != nil {
			return nil, err
		}
		if plans[i.ID], err = m.plan(c, i.Way); err != nil {
			return nil, err
		}
	}
	for _, t := range rows {
		t.over = over[t.Instance]
	}
	return plans, nil
}
