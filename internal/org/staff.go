package org

import (
	"context"
	"errors"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

// Post (岗位) is a kind of work: 窗口受理岗, 审批岗, 科长 …
type Post struct {
	Code string `db:"code"` // window_clerk, approver, section_chief …
	Name string `db:"name"`
	Duty string `db:"duty"`
}

// Staff (工作人员) is a person on a post, at an outlet or in an agency or both.
type Staff struct {
	ID     string `db:"id"`
	Name   string `db:"name"`
	Agency string `db:"agency"` // "" for staff of the outlet alone
	Outlet string `db:"outlet"` // "" for staff who sit at no counter
	Post   string `db:"post"`   // code
	Active bool   `db:"active"`
	Phone  string `db:"phone"` // mobile number for notices, 11 digits or ""; never logged, masked in lists

	keepsPhone bool // of a file without that column: the number that is there stays
}

// Delegation (委托代理) says who acts for whom from a day to a day, both
// included. It does not pass on: who stands in for a stand-in is not meant.
type Delegation struct {
	ID        string       `db:"id"`
	FromStaff string       `db:"from_staff"` // on leave
	ToStaff   string       `db:"to_staff"`   // acts
	FromDate  workday.Date `db:"from_date"`
	ToDate    workday.Date `db:"to_date"`
	Reason    string       `db:"reason"`
}

// Errors about staff.
var (
	ErrStaffUnknown = errs.Define(errs.NotFound, "org_staff_unknown", "没有这位工作人员，请重新选择。")
	ErrDelegation   = errs.Define(errs.Invalid, "org_delegation_invalid", "代理设置有误，请按提示修改。")
)

const staffColumns = `SELECT id, name, agency, outlet, post, active, phone FROM org_staff`

// StaffMember gives one member of staff; ErrStaffUnknown.
func (m *Module) StaffMember(ctx context.Context, id string) (Staff, error) {
	var s Staff
	err := m.DB.Conn(ctx).Get(ctx, &s, staffColumns+` WHERE id = $1`, id)
	if errors.Is(err, db.ErrNoRows) {
		return s, ErrStaffUnknown
	}
	return s, err
}

// StaffOf lists the active staff of an agency, by id.
func (m *Module) StaffOf(ctx context.Context, agency string, p db.Page) (list []Staff, next string, err error) {
	return m.staff(ctx, "agency", agency, p)
}

// StaffAt lists the active staff of an outlet, by id.
func (m *Module) StaffAt(ctx context.Context, outlet string, p db.Page) (list []Staff, next string, err error) {
	return m.staff(ctx, "outlet", outlet, p)
}

// AllStaff gives every member of staff, ordered by id: for loaders.
func (m *Module) AllStaff(ctx context.Context) ([]Staff, error) {
	var list []Staff
	err := m.DB.Conn(ctx).Select(ctx, &list, staffColumns+` ORDER BY id`)
	return list, err
}

func (m *Module) staff(ctx context.Context, column, value string, p db.Page) ([]Staff, string, error) {
	var w db.Where
	w.And(column+" = ?", value).And("active = ?", true)
	var after string
	if ok, err := p.Key(&after); err != nil {
		return nil, "", err
	} else if ok {
		w.And("id > ?", after)
	}
	var rows []Staff
	query := staffColumns + w.SQL() + " ORDER BY id LIMIT " + w.Arg(p.Size()+1)
	if err := m.DB.Conn(ctx).Select(ctx, &rows, query, w.Args()...); err != nil {
		return nil, "", err
	}
	rows, next := db.Cut(rows, p, func(s Staff) []any { return []any{s.ID} })
	return rows, next, nil
}

// Posts lists the kinds of work.
func (m *Module) Posts(ctx context.Context) (map[string]Post, error) {
	s, err := m.view(ctx)
	if err != nil {
		return nil, err
	}
	all := make(map[string]Post, len(s.posts))
	for code, p := range s.posts {
		all[code] = *p
	}
	return all, nil
}

// ActsFor gives the staff for whom this one acts on a day, by id; nil is
// nobody. People do not act for those who do not stand in for themselves: a
// delegation of a stand-in is not passed on.
func (m *Module) ActsFor(ctx context.Context, staffID string, on workday.Date) ([]string, error) {
	var ids []string
	err := m.DB.Conn(ctx).Select(ctx, &ids, `SELECT DISTINCT from_staff FROM org_delegation
		WHERE to_staff = $1 AND from_date <= $2 AND to_date >= $2 ORDER BY from_staff`, staffID, on)
	return ids, err
}

// StandIns gives the staff who act for this one on a day, by id.
func (m *Module) StandIns(ctx context.Context, staffID string, on workday.Date) ([]string, error) {
	var ids []string
	err := m.DB.Conn(ctx).Select(ctx, &ids, `SELECT DISTINCT to_staff FROM org_delegation
		WHERE from_staff = $1 AND from_date <= $2 AND to_date >= $2 ORDER BY to_staff`, staffID, on)
	return ids, err
}
