package workflow

import "context"

// Extra is an approver added while the case runs (加签): an account, or
// whoever signs for an agency.
type Extra struct {
	Account  string
	Agency   string // when Account is ""
	Position string // Before or After
	Reason   string
}

// AddApprover adds an approver to a task that is yours to do. Before: the task
// waits until the approver has approved, then comes back. After: the approver
// acts when the task is approved; a decision step cannot have one, for nothing
// follows a decision but its execution. The approver has the task's deadline,
// may return and refuse as the task's own holder, and cannot decide. Errors:
// as Approve, and ErrExtraPosition, ErrExtraTarget, ErrExtraOnExtra,
// ErrAccountUnfit.
func (m *Module) AddApprover(ctx context.Context, task string, x Extra) error {
	return m.onTask(ctx, task, func(ctx context.Context, r *run, t *taskRow) error {
		if err := r.actable(t); err != nil {
			return err
		}
		if t.Added != "" {
			return ErrExtraOnExtra.Allowed(t.allowed(r.actor)...)
		}
		decision := r.plan.steps[t.Node].step.Decision
		if x.Position != Before && (x.Position != After || decision) {
			return ErrExtraPosition.Field("position", ErrExtraPosition.Message)
		}
		if err := checkOpinion(x.Reason, false); err != nil {
			return err
		}
		added, err := r.extraTask(ctx, t, x)
		if err != nil {
			return err
		}
		r.record(t, ActAddApprover, x.Reason, x.Position+":"+added.Agency+":"+added.Assignee, "")
		return r.insertExtra(ctx, t, added)
	})
}

func (r *run) extraTask(ctx context.Context, t *taskRow, x Extra) (*taskRow, error) {
	unknown := ErrExtraTarget.Field("to", ErrExtraTarget.Message)
	agency := x.Agency
	if x.Account != "" {
		a, err := r.m.account(ctx, x.Account)
		if err != nil {
			return nil, err
		}
		if x.Account = a.Account; x.Account == r.actor.Account {
			return nil, unknown
		}
		agency = a.Agency
	}
	if agency == "" {
		return nil, unknown
	}
	at, err := r.m.Agencies.Place(ctx, agency)
	if err != nil {
		return nil, unknown.Because(err)
	}
	at.Receiving = t.Receiving
	added := r.newTask(t.Node, t.Name, RoleSign, at)
	added.Seat, added.Round, added.Days, added.DueOn, added.OpenedOn = t.Seat, t.Round, t.Days, t.DueOn, t.OpenedOn
	added.Assignee, added.Added, added.Host = x.Account, x.Position, t.ID
	if x.Position == After {
		added.State = Waiting
	}
	return added, nil
}

func (r *run) insertExtra(ctx context.Context, t, added *taskRow) error {
	state := Open
	if added.Added == Before {
		state = Waiting
	}
	// An assignee makes sure that the task comes back to whoever added.
	holder := t.Assignee
	if holder == "" {
		holder = r.actor.Account
	}
	err := r.m.exec(ctx, 1, `UPDATE workflow_task SET state = $2, assignee = $3, last_act = $4, done_by = $5, done_name = $6,
		touched = $7 WHERE id = $1 AND state = 'open'`, t.ID, state, holder, r.act, r.actor.Account, r.actor.Name, true)
	if err != nil {
		return err
	}
	if err := r.m.insertTasks(ctx, []*taskRow{added}); err != nil {
		return err
	}
	if added.State == Open {
		r.tell(r.opened(added))
	}
	return nil
}
