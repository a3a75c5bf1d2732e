package catalogue

import (
	"context"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/org"
)

// Area is what is said at once about taking items in at all outlets of a level
// within a division: all villages of a county. Of several that fit, the later
// one counts, field by field; what an agency says about itself (Local) counts
// before all of them. Empty fields say nothing.
type Area struct {
	ID       string     `db:"id"`
	Item     string     `db:"item"`     // "": every item
	Division string     `db:"division"` // all outlets within it …
	Level    int        `db:"level"`    // … of this level
	Place    string     `db:"place"`
	Hours    string     `db:"hours"`
	Phone    string     `db:"phone"`
	Counters string     `db:"counters"`
	By       string     `db:"by_account"`
	ByName   string     `db:"by_name"`
	At       time.Time  `db:"at"`
	UndoneBy string     `db:"undone_by"` // name of who took it back, ""
	UndoneAt *time.Time `db:"undone_at"`
}

// ErrArea is told for a setting of an area that is not there, or taken back.
var ErrArea = errs.Define(errs.NotFound, "item_area_unknown", "没有找到这条设置，可能已经撤销，请刷新页面。")

// SetArea says something for all outlets of an area. It needs the right to
// edit items throughout the division. errs.ErrInvalid, ErrItemUnknown,
// ErrLocalRight, org.ErrDivisionUnknown.
func (m *Module) SetArea(ctx context.Context, a Area) (Area, error) {
	if err := m.checkArea(ctx, a); err != nil {
		return a, err
	}
	who := identity.FromContext(ctx)
	a.ID, a.By, a.ByName, a.At = db.NewID(), who.Account, who.Name, m.now(ctx)
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		_, err := m.DB.Conn(ctx).ExecNamed(ctx, `INSERT INTO catalogue_area (id, item, division, level, place, hours, phone, counters, by_account, by_name, at, undone_by, undone_at)
			VALUES (:id, :item, :division, :level, :place, :hours, :phone, :counters, :by_account, :by_name, :at, '', NULL)`, a)
		return err
	})
	return a, err
}

func (m *Module) checkArea(ctx context.Context, a Area) error {
	if err := checkLocal(Local{Place: a.Place, Hours: a.Hours, Phone: a.Phone, Counters: a.Counters}); err != nil {
		return err
	}
	if a.Place+a.Hours+a.Phone+a.Counters == "" {
		return errs.ErrInvalid.Field("hours", "办理地点、时间、电话和窗口至少填一项。")
	}
	at, err := m.Org.Division(ctx, a.Division)
	if err != nil {
		return errs.ErrInvalid.Field("division", "没有这个地区，请填写12位区划代码。")
	}
	if a.Level < int(at.Level) || a.Level > LevelVillage {
		return errs.ErrInvalid.Field("level", "所选层级在"+at.Name+"以内没有网点，请改选。")
	}
	if a.Item != "" {
		if _, err := m.pointer(ctx, a.Item); err != nil {
			return errs.ErrInvalid.Field("item", "没有找到这个事项，请填写事项编号，或留空表示全部事项。")
		}
	}
	if !identity.FromContext(ctx).Can(RightEdit, identity.Place{Division: a.Division}) {
		return ErrLocalRight
	}
	return nil
}

// UndoArea takes a setting back; what it covered shows again. ErrArea,
// ErrLocalRight.
func (m *Module) UndoArea(ctx context.Context, id string) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		var division string
		err := m.DB.Conn(ctx).Get(ctx, &division, `SELECT division FROM catalogue_area WHERE id = $1 AND undone_at IS NULL`, id)
		if err != nil {
			return ErrArea.Because(err)
		}
		who := identity.FromContext(ctx)
		if !who.Can(RightEdit, identity.Place{Division: division}) {
			return ErrLocalRight
		}
		_, err = m.DB.Conn(ctx).Exec(ctx, `UPDATE catalogue_area SET undone_by = $1, undone_at = $2 WHERE id = $3`, who.Name, m.now(ctx), id)
		return err
	})
}

// Areas lists the settings within the actor's reach, newest first, those taken
// back too.
func (m *Module) Areas(ctx context.Context, p db.Page) ([]Area, string, error) {
	var w db.Where
	identity.FromContext(ctx).Scope(RightEdit).Where(&w, identity.Columns{Division: "division"})
	var after string
	if more, err := p.Key(&after); err != nil {
		return nil, "", err
	} else if more {
		w.And("id < ?", after)
	}
	var rows []Area
	err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT * FROM catalogue_area`+w.SQL()+` ORDER BY id DESC LIMIT `+w.Arg(p.Size()+1), w.Args()...)
	if err != nil {
		return nil, "", err
	}
	rows, next := db.Cut(rows, p, func(a Area) []any { return []any{a.ID} })
	return rows, next, nil
}

// areasOf are the settings in force about an item, in the order they were made.
func (m *Module) areasOf(ctx context.Context, item string) ([]Area, error) {
	var rows []Area
	err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT * FROM catalogue_area WHERE undone_at IS NULL AND item IN ('', $1) ORDER BY id`, item)
	return rows, err
}

// Covers says whether the setting is about the outlets at a division.
func (a Area) Covers(division string) bool {
	return int(org.LevelOf(division)) == a.Level && org.Contains(a.Division, division)
}

// over lays the words of an area over a place.
func (a Area) over(p GuidePlace) GuidePlace {
	if !a.Covers(p.Division) {
		return p
	}
	return Local{Place: a.Place, Hours: a.Hours, Phone: a.Phone, Counters: a.Counters}.over(p)
}

// Reach is what a setting of an area comes to.
type Reach struct {
	Outlets int
	Own     int          // of them, those that say something about themselves, which stays
	Before  []GuidePlace // the first of them as they are
	After   []GuidePlace // and as they would be
}

// sampled is how many outlets a Reach shows.
const sampled = 8

// ReachOf tells what a setting would change, before it is made. Errors: those
// of SetArea.
func (m *Module) ReachOf(ctx context.Context, a Area) (Reach, error) {
	var r Reach
	if err := m.checkArea(ctx, a); err != nil {
		return r, err
	}
	outlets, err := m.Org.Outlets(ctx)
	if err != nil {
		return r, err
	}
	standing, err := m.areasOf(ctx, a.Item)
	if err != nil {
		return r, err
	}
	own, err := m.ownWords(ctx, a.Item)
	if err != nil {
		return r, err
	}
	for _, o := range outlets {
		if !a.Covers(o.Division) {
			continue
		}
		r.Outlets++
		if own[o.Division] {
			r.Own++
		}
		if len(r.Before) < sampled {
			p := GuidePlace{Outlet: o.Code, Name: o.Name, Kind: o.Kind, Division: o.Division, Address: o.Address, Hours: o.HoursText(), Phone: o.Phone}
			for _, s := range standing {
				p = s.over(p)
			}
			r.Before, r.After = append(r.Before, p), append(r.After, a.over(p))
		}
	}
	return r, nil
}

// ownWords are the divisions whose agencies say something of their own, about
// one item or about any.
func (m *Module) ownWords(ctx context.Context, item string) (map[string]bool, error) {
	var codes []string
	err := m.DB.Conn(ctx).Select(ctx, &codes, `SELECT DISTINCT agency FROM catalogue_local WHERE $1 = '' OR item = $1`, item)
	if err != nil {
		return nil, err
	}
	agencies, err := m.Org.AgenciesByCode(ctx, codes)
	own := map[string]bool{}
	for _, a := range agencies {
		own[a.Division] = true
	}
	return own, err
}
