package workflow

import (
	"context"
	"fmt"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/events"
	"yimen/workday"
)

// run is one act on one instance, inside its transaction, with the instance
// locked and its open tasks read.
type run struct {
	m     *Module
	inst  instanceRow
	plan  *plan
	tasks []*taskRow // open and waiting, and those that the act opens
	actor identity.Actor
	now   time.Time
	today workday.Date
	act   string // id of this act

	acts []Recorded
	told []events.Event
}

// onTask runs an act on a task: in a transaction, after the right to see it,
// and with the task as it is now, whatever the page showed. What fn leaves in
// acts and told is written and published; an error undoes everything.
func (m *Module) onTask(ctx context.Context, id string, fn func(ctx context.Context, r *run, t *taskRow) error) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		inst, live, err := m.lockByTask(ctx, id)
		if err != nil {
			return err
		}
		r, err := m.newRun(ctx, inst, live)
		if err != nil {
			return err
		}
		t, err := r.find(ctx, id)
		if err != nil {
			return err
		}
		if !t.visible(r.actor) {
			return ErrTaskUnknown
		}
		if err := fn(ctx, r, t); err != nil {
			return err
		}
		return r.finish(ctx)
	})
}

// onSubject runs an act on the running instance of a subject.
func (m *Module) onSubject(ctx context.Context, subject string, fn func(ctx context.Context, r *run) error) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		inst, live, err := m.lockBySubject(ctx, subject)
		if err != nil {
			return err
		}
		r, err := m.newRun(ctx, inst, live)
		if err != nil {
			return err
		}
		if err := fn(ctx, r); err != nil {
			return err
		}
		return r.finish(ctx)
	})
}

func (m *Module) newRun(ctx context.Context, inst instanceRow, live []*taskRow) (*run, error) {
	r := &run{m: m, inst: inst, tasks: live, now: m.now(ctx), act: db.NewID()}
	r.today = day(r.now)
	var err error
	if r.actor, err = m.actorFor(ctx, live...); err != nil {
		return nil, err
	}
	c, err := m.definition(ctx, inst.Definition)
	if err != nil {
		return nil, err
	}
	r.plan, err = m.plan(c, inst.Way)
	return r, err
}

// find gives the task among the open ones, or reads it to say what became of it.
func (r *run) find(ctx context.Context, id string) (*taskRow, error) {
	for _, t := range r.tasks {
		if t.ID == id {
			return t, nil
		}
	}
	return r.m.taskByID(ctx, id)
}

// finish writes the history and publishes, last: subscribers see the state
// that the act left.
func (r *run) finish(ctx context.Context) error {
	if err := r.m.insertActs(ctx, r.acts); err != nil {
		return err
	}
	for _, e := range r.told {
		if err := r.m.Events.Publish(ctx, e); err != nil {
			return fmt.Errorf("publish %s: %w", e.EventName(), err)
		}
	}
	return nil
}

// nameAt names who acts on a task, with whose right it is where that was lent.
func (r *run) nameAt(t *taskRow) string { return r.actor.NameAt(verbOf[t.Role], t.place()) }

// record appends to the history. The first entry of a run has the id of the
// act, by which its effects can be found again.
func (r *run) record(t *taskRow, act, opinion, target, outcome string) {
	e := Recorded{
		ID: r.act, Instance: r.inst.ID, Round: r.inst.Round, Act: act, Actor: r.actor.Account, ActorName: r.actor.Name,
		OnBehalf: r.actor.ActingFor, Opinion: opinion, Target: target, Outcome: outcome, At: r.now,
	}
	if len(r.acts) > 0 {
		e.ID = db.NewID()
	}
	if t != nil {
		e.Task, e.Node, e.Name, e.Round = t.ID, t.Node, t.Name, t.Round
		if t.OnBehalf != "" && t.Assignee == r.actor.Account {
			e.OnBehalf = t.OnBehalf
		}
		if t.covered(r.actor) {
			e.OnBehalf = t.Assignee
		}
		e.ActorName = r.nameAt(t)
		if g, ok := r.actor.Lent(verbOf[t.Role], t.place()); ok && e.OnBehalf == "" {
			e.OnBehalf = g.Lender
		}
	}
	r.acts = append(r.acts, e)
}

func (r *run) tell(e events.Event) { r.told = append(r.told, e) }

// tokens are the open tasks as the interpreter sees them.
func (r *run) tokens() []token {
	list := make([]token, len(r.tasks))
	for i, t := range r.tasks {
		list[i] = t.token()
	}
	return list
}

// actable says whether the actor may approve, return or refuse the task now.
func (r *run) actable(t *taskRow) error {
	if err := r.stale(t); err != nil {
		return err
	}
	if t.State == Waiting {
		return ErrTaskWaiting.Allowed(t.allowed(r.actor)...)
	}
	if t.Held {
		return ErrTaskHeld.Allowed(t.allowed(r.actor)...)
	}
	if err := t.mayAct(r.actor); err != nil {
		if err == ErrTaskTaken {
			return ErrTaskTaken.Allowed(t.allowed(r.actor)...)
		}
		return err
	}
	return nil
}

// stale refuses a task that is no longer there to be done, and says what
// became of it.
func (r *run) stale(t *taskRow) error {
	allowed := t.allowed(r.actor)
	switch t.State {
	case Open, Waiting:
		return nil
	case Done:
		return ErrTaskOver.Say("该任务已由%s办理（%s），请刷新任务列表。", t.DoneName, ActNames[t.Result]).Allowed(allowed...)
	case Superseded:
		return ErrTaskOver.Say("其他经办人的办理使该任务不再需要，已自动关闭，请刷新任务列表。").Allowed(allowed...)
	case Undone:
		return ErrTaskOver.Say("前一环节已撤回，该任务已收回，请刷新任务列表。").Allowed(allowed...)
	}
	return ErrTaskOver.Say("办件流程已终止，该任务已取消，请刷新任务列表。").Allowed(allowed...)
}

// apply carries out what the interpreter said: the task is done, others are
// closed, woken or opened, and the instance goes on or ends.
func (r *run) apply(ctx context.Context, t *taskRow, result, opinion string, c change) error {
	if err := r.complete(ctx, t, result, opinion); err != nil {
		return err
	}
	if err := r.close(ctx, c.close); err != nil {
		return err
	}
	if err := r.wake(ctx, c.wake); err != nil {
		return err
	}
	if c.newRound {
		r.inst.Round++
	}
	switch {
	case c.undecide:
		r.inst.Outcome = ""
	case c.outcome != "":
		r.inst.Outcome = c.outcome
	}
	if err := r.openSteps(ctx, c.open); err != nil {
		return err
	}
	if c.newRound || c.undecide || c.outcome != "" || c.ended {
		if err := r.saveInstance(ctx, c.ended); err != nil {
			return err
		}
	}
	if c.ended {
		t.over, r.inst.State = true, "finished"
		r.tell(Finished{
			Subject: r.inst.Subject, Instance: r.inst.ID, Outcome: r.inst.Outcome, Opinion: opinion,
			By: r.actor.Account, ByName: r.actor.Name, At: r.now,
		})
	}
	return nil
}

func (r *run) saveInstance(ctx context.Context, ended bool) error {
	state, at := "running", (*time.Time)(nil)
	if ended {
		state, at = "finished", &r.now
	}
	return r.m.exec(ctx, 1, `UPDATE workflow_instance SET state = $2, outcome = $3, round = $4, ended_at = $5 WHERE id = $1`,
		r.inst.ID, state, r.inst.Outcome, r.inst.Round, at)
}

// doneKey finds what completed a task, as its transaction leaves it.
type doneKey string

type completed struct {
	task *taskRow
	run  *run
}

func (r *run) complete(ctx context.Context, t *taskRow, result, opinion string) error {
	switch {
	case t.covered(r.actor):
		t.Assignee, t.OnBehalf = r.actor.Account, t.Assignee
	case t.Assignee == "" || r.actor.IsSystem():
		t.Assignee = r.actor.Account
	}
	t.State, t.Result, t.Opinion, t.DoneAt = Done, result, opinion, &r.now
	t.DoneBy, t.DoneName, t.LastAct, t.DoneOn = r.actor.Account, r.nameAt(t), r.act, r.today.String()
	t.Touched = true
	r.m.DB.Remember(ctx, doneKey(t.ID), completed{t, r})
	return r.m.exec(ctx, 1, `UPDATE workflow_task SET state = 'done', result = $2, opinion = $3, done_at = $4, done_by = $5,
		done_name = $6, last_act = $7, assignee = $8, touched = $9, on_behalf = $10, done_on = $11
		WHERE id = $1 AND state = 'open'`,
		t.ID, result, opinion, r.now, t.DoneBy, t.DoneName, r.act, t.Assignee, true, t.OnBehalf, t.DoneOn)
}

// close ends tasks that became pointless, each with its line in the history.
func (r *run) close(ctx context.Context, list []string) error {
	if len(list) == 0 {
		return nil
	}
	args := []any{r.act}
	for _, id := range list {
		args = append(args, id)
		for _, t := range r.tasks {
			if t.ID == id {
				t.State = Superseded
				r.record(t, ActSupersede, "", r.act, "")
			}
		}
	}
	return r.m.exec(ctx, len(list), `UPDATE workflow_task SET closed_from = state, state = 'superseded', closed_act = $1
		WHERE id IN (`+placeholders(1, len(list))+`) AND state IN ('open', 'waiting')`, args...)
}

// wake opens tasks that were waiting for this act.
func (r *run) wake(ctx context.Context, list []string) error {
	for _, id := range list {
		err := r.m.exec(ctx, 1, `UPDATE workflow_task SET state = 'open', opened_act = $2, opened_at = $3, touched = $4,
			last_act = '', done_by = '', done_name = '' WHERE id = $1 AND state = 'waiting'`, id, r.act, r.now, false)
		if err != nil {
			return err
		}
		for _, t := range r.tasks {
			if t.ID == id {
				t.State = Open
				r.tell(r.opened(t))
			}
		}
	}
	return nil
}

func (r *run) opened(t *taskRow) TaskOpened {
	return TaskOpened{
		Subject: t.Subject, Instance: t.Instance, Task: t.ID, Node: t.Node, Name: t.Name, Role: t.Role, Agency: t.Agency,
		Assignee: t.Assignee, Round: t.Round, DueOn: t.due(), At: r.now,
	}
}
