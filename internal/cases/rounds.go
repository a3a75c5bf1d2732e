package cases

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"yimen/internal/kit/db"
)

// keepForm puts the form by before a correction replaces it.
func (m *Module) keepForm(ctx context.Context, t *turn) error {
	_, err := m.db.Conn(ctx).Exec(ctx, `INSERT INTO cases_form_before (case_id, revision, form, replaced_at)
		SELECT case_id, $2, form, $3 FROM cases_content WHERE case_id = $1`, t.r.ID, t.r.Revision, t.now)
	return wrap("keep the form before the correction", err)
}

// FormBefore gives the form as it was before the last correction and when it
// was replaced; nil when no correction changed it. ErrUnknown for cases outside
// the viewer's rights.
func (m *Module) FormBefore(ctx context.Context, number string) (json.RawMessage, time.Time, error) {
	r, err := m.seen(ctx, number)
	if err != nil {
		return nil, time.Time{}, err
	}
	var row struct {
		Form string    `db:"form"`
		At   time.Time `db:"replaced_at"`
	}
	err = m.db.Conn(ctx).Get(ctx, &row, `SELECT form, replaced_at FROM cases_form_before WHERE case_id = $1
		ORDER BY revision DESC LIMIT 1`, r.ID)
	switch {
	case errors.Is(err, db.ErrNoRows):
		return nil, time.Time{}, nil
	case err != nil:
		return nil, time.Time{}, fmt.Errorf("read the form before the correction: %w", err)
	}
	form, err := m.Keys.Open(formBefore, r.ID, row.Form)
	return json.RawMessage(form), row.At, wrap("read the form before the correction", err)
}
