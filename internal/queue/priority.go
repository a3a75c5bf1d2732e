package queue

import (
	"context"
	"strings"
)

// SetPriority puts the priority of a waiting number right (更正优先): somebody
// touched the wrong button, or shows the document only now. The number keeps
// its place and goes on in the other lane. The reason stays in its history with
// what it was before. Errors: ErrPriority for one that is unknown or no change,
// ErrPriorityReason, ErrAct when it waits no longer.
func (m *Module) SetPriority(ctx context.Context, id, priority, reason string) (Ticket, error) {
	reason = strings.TrimSpace(reason)
	if priority != "" && PriorityName(priority) == "" {
		return Ticket{}, ErrPriority.Field("priority", ErrPriority.Message)
	}
	if n := len([]rune(reason)); n == 0 || n > 100 {
		return Ticket{}, ErrPriorityReason.Field("reason", ErrPriorityReason.Message)
	}
	return m.act(ctx, id, ActPriority, func(_ context.Context, c *change) error {
		if c.r.Priority == priority {
			return ErrPriority.Field("priority", "现在就是“"+laneName(priority)+"”，请选择要改成的。")
		}
		c.r.Priority = priority
		c.detail = laneName(c.was.Priority) + "改为" + laneName(priority) + "：" + reason
		return nil
	})
}
