package training

import (
	"context"
	"slices"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/org"
)

// Gap is what stands between the actor and accepting an item.
type Gap struct {
	Courses    []string // titles of those without a valid certificate; none: nothing is lacking
	Colleagues []string // names of those at the same outlet who may accept it, at most five
}

// Words tell the actor what to do, before anybody hands them papers; "" when
// nothing is lacking.
func (g Gap) Words() string {
	if len(g.Courses) == 0 {
		return ""
	}
	said := "受理这件事要先取得培训证书：《" + strings.Join(g.Courses, "》、《") + "》。您还没有，或已经过期、被撤销。收材料以前，"
	if len(g.Colleagues) == 0 {
		return said + "请告诉办事人：这里收下后要等有证的人受理。请联系大厅管理人员参加培训。"
	}
	return said + "请先请有证的同事来办：" + strings.Join(g.Colleagues, "、") + "。"
}

// mostColleagues is how many are named.
const mostColleagues = 5

// GapOf tells what the actor lacks to accept an item: the answer of Lacking,
// asked before the application is received.
func (m *Module) GapOf(ctx context.Context, item string) (Gap, error) {
	var g Gap
	a := identity.FromContext(ctx)
	ask, ok := m.Lacking(ctx, a, &g.Courses, "$1", item)
	if !ok {
		return g, nil
	}
	if err := m.DB.Conn(ctx).Together(ctx, ask); err != nil || len(g.Courses) == 0 {
		return g, wrap("ask for certificates", err)
	}
	list, _, err := m.Org.StaffAt(ctx, a.Outlet, db.Page{Limit: db.MaxLimit})
	if err != nil {
		return g, err
	}
	g.Colleagues, err = m.certified(ctx, a, item, list)
	return g, err
}

// certified names those of a list who hold every certificate that an item
// demands where the actor works; it demands one at least.
func (m *Module) certified(ctx context.Context, a identity.Actor, item string, list []org.Staff) ([]string, error) {
	var ids []string
	for _, s := range list {
		if s.Active && s.ID != a.Staff {
			ids = append(ids, s.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	w := new(db.Where)
	demanded, division, today := w.Arg(item), w.Arg(a.Division), w.Arg(m.today(ctx))
	w.In("h.staff", ids).And("NOT EXISTS (SELECT 1 FROM " + missing(demanded, division, "h.staff", today) + ")")
	var able []string
	if err := m.DB.Conn(ctx).Select(ctx, &able, `SELECT DISTINCT h.staff FROM training_certificate h`+w.SQL(), w.Args()...); err != nil {
		return nil, wrap("find certified colleagues", err)
	}
	var names []string
	for _, s := range list {
		if slices.Contains(able, s.ID) && len(names) < mostColleagues {
			names = append(names, s.Name)
		}
	}
	return names, nil
}
