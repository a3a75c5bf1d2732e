package queue

import (
	"context"

	"yimen/internal/identity"
)

// closeBatch is how many tickets are ended in one transaction.
const closeBatch = 200

// CloseDay ends what was left open on earlier days: whoever was being served
// is done, everybody else has missed. It may run twice.
func (m *Module) CloseDay(ctx context.Context) error {
	ctx = identity.With(ctx, identity.System("queue"))
	for {
		var ids []string
		err := m.DB.Conn(ctx).Select(ctx, &ids, `SELECT id FROM queue_ticket WHERE day < $1 AND state IN ('waiting', 'called', 'serving', 'held')
			ORDER BY day, id LIMIT $2`, m.today(ctx), closeBatch)
		if err != nil || len(ids) == 0 {
			return err
		}
		err = m.DB.InTx(ctx, func(ctx context.Context) error {
			for _, id := range ids {
				if _, err := m.act(ctx, id, ActLapse, lapse); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}

func lapse(_ context.Context, c *change) error {
	c.r.State = Missed
	if c.was.State == Serving {
		c.r.State = Done
	}
	return nil
}
