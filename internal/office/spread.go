package office

import (
	"cmp"
	"context"
	"slices"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web/ui"
	"yimen/internal/workflow"
)

// hands is somebody who can be given work.
type hands struct {
	account, name string
	weight        int // of the open work
}

// weightOf is what a task weighs: what is urgent counts twice, what is overdue
// three times, as in workflow.Load.Weight.
func weightOf(t workflow.Task) int {
	switch t.Light {
	case workflow.LightOverdue:
		return 3
	case workflow.LightRed:
		return 2
	}
	return 1
}

// spread shares tasks out evenly: the heaviest first, each to whoever of those
// who can do it has the least. able gives for a task the accounts that can. The
// answer is by task; a task that nobody can do is not in it.
func spread(tasks []workflow.Task, people []hands, able func(t workflow.Task, account string) bool) map[string]hands {
	people = slices.Clone(people)
	order := slices.Clone(tasks)
	slices.SortStableFunc(order, func(a, b workflow.Task) int { return weightOf(b) - weightOf(a) })
	given, signs := map[string]hands{}, map[string]bool{}
	for _, t := range order {
		best := -1
		step := t.Instance + " " + t.Node
		for i, p := range people {
			if !able(t, p.account) || signs[step+" "+p.account] { // two signers are two people
				continue
			}
			if best < 0 || cmp.Or(p.weight-people[best].weight, cmp.Compare(p.account, people[best].account)) < 0 {
				best = i
			}
		}
		if best < 0 {
			continue
		}
		people[best].weight += weightOf(t)
		given[t.ID], signs[step+" "+people[best].account] = people[best], true
	}
	return given
}

// crew is who of an agency can be given which work today.
type crew struct {
	people []hands
	roles  map[string]map[string]bool // by role of the step, the accounts that may
	signed map[string][]string        // by task, who has signed its step already
}

// able tells whether somebody may do a task.
func (c crew) able(t workflow.Task, account string) bool {
	return c.roles[t.Role][account] && !slices.Contains(c.signed[t.ID], account)
}

func (m *Module) knowSigners(ctx context.Context, c *crew, tasks []workflow.Task) error {
	var err error
	c.signed, err = m.Workflow.Signers(ctx, tasks)
	return err
}

// crewOf are the people of an agency who are at work, with their load. It needs
// task.reassign over the agency.
func (m *Module) crewOf(ctx context.Context, agency string) (crew, error) {
	c := crew{roles: map[string]map[string]bool{}}
	loads, err := m.Workflow.Loads(ctx, agency)
	if err != nil {
		return c, err
	}
	away, err := m.awayOf(ctx, agency)
	if err != nil {
		return c, err
	}
	seen := map[string]bool{}
	for _, role := range workflow.Roles {
		c.roles[role] = map[string]bool{}
		list, err := m.Identity.Colleagues(ctx, agency, identity.Verb("task."+role))
		if err != nil {
			return c, err
		}
		for _, a := range list {
			if away[a.Staff] || a.Agency != agency {
				continue
			}
			c.roles[role][a.ID] = true
			if !seen[a.ID] {
				seen[a.ID] = true
				c.people = append(c.people, hands{account: a.ID, name: a.DisplayName, weight: loads[a.ID].Weight()})
			}
		}
	}
	return c, nil
}

// awayOf are the staff ids of those on leave today.
func (m *Module) awayOf(ctx context.Context, agency string) (map[string]bool, error) {
	list, err := m.Org.Away(ctx, agency, m.today(ctx))
	if err != nil {
		return nil, err
	}
	away := map[string]bool{}
	for _, a := range list {
		if a.Staff != "" {
			away[a.Staff] = true
		}
	}
	return away, nil
}

// handsOf are the people of an agency that a task can be handed to.
func (m *Module) handsOf(ctx context.Context, agency string) ([]ui.Option, error) {
	if agency == "" {
		return nil, nil
	}
	c, err := m.crewOf(ctx, agency)
	if err != nil {
		if err == workflow.ErrTaskDenied {
			return nil, nil
		}
		return nil, err
	}
	var options []ui.Option
	for _, p := range c.people {
		options = append(options, ui.Option{Value: p.account, Label: p.name + "（手上" + itoa(p.weight) + "）"})
	}
	return options, nil
}

// shareOut fills a batch with who would get which task by load. One that is
// sent with the form stands as it was shown.
func (m *Module) shareOut(ctx context.Context, p *batchPage) error {
	p.spread = true
	c, err := m.crewOf(ctx, identity.FromContext(ctx).Agency)
	if err != nil {
		return err
	}
	var tasks []workflow.Task
	for _, l := range p.can() {
		tasks = append(tasks, l.Task)
	}
	if err := m.knowSigners(ctx, &c, tasks); err != nil {
		return err
	}
	given := spread(tasks, c.people, c.able)
	for i := range p.lines {
		l := &p.lines[i]
		if l.why != "" {
			continue
		}
		to, ok := given[l.ID]
		if !ok {
			l.why = "今天没有在岗的同事能办这个环节。"
			continue
		}
		l.to = ui.Option{Value: to.account, Label: to.name}
	}
	return nil
}

// autoSpread shares out what has come in, in the agencies whose chief wants it
// so: a periodic job.
func (m *Module) autoSpread(ctx context.Context) error {
	system := identity.System("office")
	system.Name = "系统（按负荷分配）"
	ctx = identity.With(ctx, system)
	agencies, err := m.sharing(ctx)
	if err != nil {
		return err
	}
	for _, agency := range agencies {
		if err := m.spreadIn(ctx, agency); err != nil {
			return err
		}
	}
	return nil
}

func (m *Module) spreadIn(ctx context.Context, agency string) error {
	tasks, err := m.Workflow.Untaken(ctx, agency, maxBatch)
	if err != nil || len(tasks) == 0 {
		return err
	}
	c, err := m.crewOf(ctx, agency)
	if err != nil {
		return err
	}
	if err := m.knowSigners(ctx, &c, tasks); err != nil {
		return err
	}
	for id, to := range spread(tasks, c.people, c.able) {
		err := m.Workflow.Reassign(ctx, id, to.account, "按负荷自动分派")
		if err != nil && errs.KindOf(err) != errs.Conflict { // somebody was faster
			return err
		}
	}
	return nil
}
