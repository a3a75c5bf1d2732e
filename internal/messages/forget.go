package messages

import (
	"context"

	"yimen/internal/identity"
)

// Forget removes what is kept of a person whose account is closed: their box,
// how they want to be told, and a telephone that waits for its code. What left
// the house is swept with the other deliveries.
func (m *Module) Forget(ctx context.Context, p identity.Person) error {
	for _, table := range []string{"messages_message", "messages_unread", "messages_preference", "messages_phone"} {
		if _, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM `+table+` WHERE account = $1`, p.Account); err != nil {
			return wrap("forget "+table, err)
		}
	}
	return nil
}
