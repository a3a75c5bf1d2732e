package workflow

import (
	"context"
	"fmt"

	"yimen/internal/kit/clock"
)

// Remind asks whoever has a task to hurry (催办): once a day for each person
// who asks. It needs task.remind there. Errors: ErrTaskUnknown, ErrTaskOver,
// ErrTaskDenied, ErrRemindedAlready.
func (m *Module) Remind(ctx context.Context, task, text string) error {
	return m.onTask(ctx, task, func(ctx context.Context, r *run, t *taskRow) error {
		if err := r.stale(t); err != nil {
			return err
		}
		if !r.actor.Can(VerbRemind, t.place()) {
			return ErrTaskDenied
		}
		if err := checkOpinion(text, false); err != nil {
			return err
		}
		var today int
		err := m.DB.Conn(ctx).Get(ctx, &today, `SELECT COUNT(*) FROM workflow_act WHERE instance = $1 AND task = $2
			AND act = 'remind' AND actor = $3 AND at >= $4`, t.Instance, t.ID, r.actor.Account, r.today.Time(clock.Beijing).UTC())
		if err != nil {
			return fmt.Errorf("count reminders: %w", err)
		}
		if today > 0 {
			return ErrRemindedAlready
		}
		r.record(t, ActRemind, text, t.Assignee, "")
		r.tell(TaskReminded{
			Subject: t.Subject, Instance: t.Instance, Task: t.ID, Name: t.Name, Agency: t.Agency, Assignee: t.Assignee,
			DueOn: t.due(), Text: text, By: r.actor.Account, ByName: r.actor.Name, At: r.now,
		})
		return nil
	})
}
