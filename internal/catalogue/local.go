package catalogue

import (
	"context"
	"time"
	"unicode/utf8"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/errs"
)

// Local is what an agency may say differently from the city about an item
// (十统一: nothing but these): where it is taken in, when, whom to call, at
// which windows. Empty fields keep what the organisation register says.
type Local struct {
	Item, Agency                  string
	Place, Hours, Phone, Counters string
}

// ErrLocalRight is told to those who edit an item for somebody else's place.
var ErrLocalRight = errs.Define(errs.Denied, "item_local_right_missing", "您只能修改本单位的办理地点、时间、电话和窗口，请联系该单位修改。")

// SetLocal keeps what an agency says about an item at its place; all empty
// takes it back. It needs item.edit at the agency. ErrItemUnknown,
// org.ErrAgencyUnknown, ErrLocalRight, errs.ErrInvalid.
func (m *Module) SetLocal(ctx context.Context, l Local) error {
	if err := checkLocal(l); err != nil {
		return err
	}
	agency, err := m.Org.Agency(ctx, l.Agency)
	if err != nil {
		return err
	}
	who := identity.FromContext(ctx)
	if !who.Can(RightEdit, identity.Place{Division: agency.Division, Agency: agency.Code, Dept: agency.Dept}) {
		return ErrLocalRight
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		if _, err := m.lockItem(ctx, l.Item); err != nil {
			return err
		}
		if l.Place+l.Hours+l.Phone+l.Counters == "" {
			_, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM catalogue_local WHERE item = $1 AND agency = $2`, l.Item, l.Agency)
			return err
		}
		_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO catalogue_local (item, agency, place, hours, phone, counters, changed_at, changed_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (item, agency) DO UPDATE SET place = excluded.place, hours = excluded.hours, phone = excluded.phone,
				counters = excluded.counters, changed_at = excluded.changed_at, changed_by = excluded.changed_by`,
			l.Item, l.Agency, l.Place, l.Hours, l.Phone, l.Counters, m.now(ctx), who.Account)
		return err
	})
}

func checkLocal(l Local) error {
	var bad errs.Fields
	for _, f := range []struct{ field, title, value string }{
		{"place", "办理地点", l.Place}, {"hours", "办理时间", l.Hours}, {"phone", "咨询电话", l.Phone}, {"counters", "窗口", l.Counters},
	} {
		if utf8.RuneCountInString(f.value) > 200 {
			bad.Add(f.field, "%s不能超过200个字，请缩短。", f.title)
		}
	}
	if l.Phone != "" && !phonePattern.MatchString(l.Phone) {
		bad.Add("phone", "咨询电话无法识别，请填写区号和号码，如0751-8888888。")
	}
	return bad.Err()
}

// LocalOf gives what an agency says about an item; empty fields when nothing.
func (m *Module) LocalOf(ctx context.Context, item, agency string) (Local, error) {
	all, err := m.locals(ctx, item)
	l := all[agency]
	l.Item, l.Agency = item, agency
	return l, err
}

// locals gives what the agencies say about an item, by agency.
func (m *Module) locals(ctx context.Context, item string) (map[string]Local, error) {
	var rows []struct{ Agency, Place, Hours, Phone, Counters string }
	err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT agency, place, hours, phone, counters FROM catalogue_local WHERE item = $1`, item)
	if err != nil {
		return nil, err
	}
	byAgency := make(map[string]Local, len(rows))
	for _, r := range rows {
		byAgency[r.Agency] = Local{item, r.Agency, r.Place, r.Hours, r.Phone, r.Counters}
	}
	return byAgency, nil
}

// over lays the local words over a place.
func (l Local) over(p GuidePlace) GuidePlace {
	for _, f := range []struct {
		into *string
		text string
	}{{&p.Address, l.Place}, {&p.Hours, l.Hours}, {&p.Phone, l.Phone}, {&p.Counters, l.Counters}} {
		if f.text != "" {
			*f.into = f.text
		}
	}
	return p
}

func (m *Module) now(ctx context.Context) time.Time { return clock.FromContext(ctx, m.Clock).Now() }
