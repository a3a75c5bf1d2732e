package catalogue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

// pause is how long an editor may stop between two changes of one sitting.
const pause = time.Hour

// noteEdit writes an edit into the history. What a page saved by itself joins
// the row of the same editor's last such edit, if nobody did anything since
// and no pause lies between: a history of keystrokes tells nobody anything.
func (m *Module) noteEdit(ctx context.Context, row *itemRow, changed []string, byItself bool) error {
	if !byItself {
		return m.note(ctx, row, row.Latest, Edit, "", changed)
	}
	act, joins, err := m.openSitting(ctx, row)
	if err != nil {
		return err
	}
	edits, err := act.edits()
	if err != nil {
		return err
	}
	for _, f := range changed {
		edits[f] = row.Edit
	}
	fields, err := json.Marshal(slices.Sorted(maps.Keys(edits)))
	if err != nil {
		return err
	}
	at, err := json.Marshal(edits)
	if err != nil {
		return err
	}
	if !joins {
		if err := m.note(ctx, row, row.Latest, Edit, "", changed); err != nil {
			return err
		}
	}
	_, err = m.DB.Conn(ctx).Exec(ctx, `UPDATE catalogue_act SET edit = $1, at = $2, changed = $3, edits = $4, sitting = $5 WHERE item = $6 AND edit = $7`,
		row.Edit, row.ChangedAt, string(fields), string(at), true, row.Code, act.Edit)
	return err
}

// openSitting is the row that an edit of now joins; else the row it will be.
func (m *Module) openSitting(ctx context.Context, row *itemRow) (act actRow, joins bool, err error) {
	err = m.DB.Conn(ctx).Get(ctx, &act, `SELECT * FROM catalogue_act WHERE item = $1 AND edit = $2`, row.Code, row.Edit-1)
	if err != nil && !errors.Is(err, db.ErrNoRows) {
		return act, false, err
	}
	if err == nil && act.Sitting && act.N == row.Latest && act.Actor == identity.FromContext(ctx).Account && row.ChangedAt.Sub(act.At) < pause {
		return act, true, nil
	}
	return actRow{Item: row.Code, Edit: row.Edit}, false, nil
}

// endSitting makes what was saved by itself the editor's own deed: they
// pressed the button. What follows is told apart from it.
func (m *Module) endSitting(ctx context.Context, row *itemRow) error {
	_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE catalogue_act SET sitting = $1 WHERE item = $2 AND edit = $3 AND actor = $4`,
		false, row.Code, row.Edit, identity.FromContext(ctx).Account)
	return err
}

func (a *actRow) edits() (map[string]int64, error) {
	edits := map[string]int64{}
	if a.Edits == "" {
		return edits, nil
	}
	if err := json.Unmarshal([]byte(a.Edits), &edits); err != nil {
		return nil, fmt.Errorf("catalogue: history of item %s: %w", a.Item, err)
	}
	return edits, nil
}

// fieldsSince are the fields that an act changed after an edit: of a sitting
// its later part.
func (a *actRow) fieldsSince(seen int64) ([]string, error) {
	var fields []string
	if err := json.Unmarshal([]byte(a.Changed), &fields); err != nil {
		return nil, fmt.Errorf("catalogue: history of item %s: %w", a.Item, err)
	}
	edits, err := a.edits()
	return slices.DeleteFunc(fields, func(f string) bool {
		edit, ok := edits[f]
		return ok && edit <= seen
	}), err
}
