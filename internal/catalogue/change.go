package catalogue

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
)

// Revision says which item is changed, as seen at which Edit, and which
// top-level fields of the definition the editor had before their eyes.
type Revision struct {
	Item   string
	Seen   int64
	Fields []string // JSON names; nil: all of them
	// ByItself: the page saved after a change, nobody pressed the button. Such
	// edits of one sitting are one row of the history.
	ByItself bool
}

// Change edits part of an item's newest version: change gets a copy of it and
// alters only what Revision.Fields name. What others changed elsewhere since
// Seen stays; where they changed one of these fields it is ErrStale, which
// tells who and what. Nothing is stored when nothing changed. Other errors:
// those of SaveDraft, and whatever change returns.
func (m *Module) Change(ctx context.Context, r Revision, change func(d *Definition) error) (Saved, error) {
	var saved Saved
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		row, err := m.lockItem(ctx, r.Item)
		if err != nil {
			return err
		}
		if !identity.FromContext(ctx).Can(RightViewDraft, row.place()) {
			return ErrItemUnknown
		}
		if err := m.untouched(ctx, &row, r); err != nil {
			return err
		}
		v, err := m.readVersion(ctx, row.Code, row.newest())
		if err != nil {
			return err
		}
		d, err := decode(v.Item, v.N, v.Definition)
		if err != nil {
			return err
		}
		if err := change(d); err != nil {
			return err
		}
		if d.Code != r.Item {
			return errs.ErrInvalid.Field("code", "事项编号不能修改，应为“"+r.Item+"”。")
		}
		return m.storeChange(ctx, &row, &v, d, r.ByItself, &saved)
	})
	return saved, err
}

func (m *Module) storeChange(ctx context.Context, row *itemRow, v *versionRow, d *Definition, byItself bool, saved *Saved) error {
	if err := d.Validate(); err != nil {
		return err
	}
	raw, err := json.Marshal(d)
	if err != nil {
		return err
	}
	if saved.Findings, err = m.Check(ctx, d); err != nil {
		return err
	}
	if string(raw) == v.Definition {
		saved.N, saved.Edit = v.N, row.Edit
		if byItself {
			return nil
		}
		return m.endSitting(ctx, row)
	}
	owner, err := m.owner(ctx, d.Dept)
	if err != nil {
		return err
	}
	if !identity.FromContext(ctx).Can(RightEdit, owner) {
		return ErrRight
	}
	saved.Changed = true
	return m.editItem(ctx, row, owner, d, string(raw), byItself, saved)
}

// untouched says whether the fields of a revision are still as its editor saw
// them; ErrStale when they are not.
func (m *Module) untouched(ctx context.Context, row *itemRow, r Revision) error {
	if r.Seen == row.Edit {
		return nil
	}
	acts, err := m.actsSince(ctx, row.Code, r.Seen)
	if err != nil {
		return err
	}
	for _, a := range acts {
		if r.Fields == nil && a.Verb == Edit || a.Verb == Discard {
			return staleOf(acts, r.Seen)
		}
		fields, err := a.fieldsSince(r.Seen)
		if err != nil {
			return err
		}
		for _, f := range fields {
			if slices.Contains(r.Fields, f) {
				return staleOf(acts, r.Seen)
			}
		}
	}
	return nil
}

// newest is the version that an edit starts from: the one on its way, or the
// one in force when none is.
func (r *itemRow) newest() int {
	if r.OpenState == "" && r.Published > 0 {
		return r.Published
	}
	return r.Latest
}

func (m *Module) actsSince(ctx context.Context, code string, seen int64) ([]actRow, error) {
	var acts []actRow
	err := m.DB.Conn(ctx).Select(ctx, &acts, `SELECT * FROM catalogue_act WHERE item = $1 AND edit > $2 ORDER BY edit LIMIT 200`, code, seen)
	return acts, err
}

// stale says who changed what since the editor looked.
func (m *Module) stale(ctx context.Context, row *itemRow, seen int64) error {
	acts, err := m.actsSince(ctx, row.Code, seen)
	if err != nil {
		return err
	}
	return staleOf(acts, seen)
}

func staleOf(acts []actRow, seen int64) error {
	told := ErrStale
	var who, what, named []string
	for _, a := range acts {
		fields, err := a.fieldsSince(seen)
		if err != nil {
			return err
		}
		if !slices.Contains(who, a.ActorName) {
			who = append(who, a.ActorName)
		}
		if a.Verb != Edit {
			what = append(what, a.Verb.String())
		}
		for _, f := range fields {
			if !slices.Contains(named, f) {
				named = append(named, f)
				told = told.Field(f, fmt.Sprintf("“%s”已被%s修改。", FieldTitle(f), a.ActorName))
			}
			what = append(what, FieldTitle(f))
		}
	}
	slices.Sort(what)
	what = slices.Compact(what)
	if len(what) == 0 {
		return told
	}
	return told.Say("您编辑期间%s已改动：%s。请刷新后在最新内容上重做。", strings.Join(who, "、"), strings.Join(what, "、"))
}
