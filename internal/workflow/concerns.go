package workflow

import (
	"context"
	"errors"
	"fmt"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

// Concerns tells whether the actor of ctx may see a task of the subject, open
// or past: a village that verifies, a department that countersigns and an
// approver added from elsewhere have to read the case they are asked about.
func (m *Module) Concerns(ctx context.Context, subject string) (bool, error) {
	w := new(db.Where).And("subject = ?", subject)
	scope(w, identity.FromContext(ctx))
	var id string
	err := m.DB.Conn(ctx).Get(ctx, &id, `SELECT id FROM workflow_task`+w.SQL()+` LIMIT 1`, w.Args()...)
	switch {
	case errors.Is(err, db.ErrNoRows):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("look for tasks of %s: %w", subject, err)
	}
	return true, nil
}
