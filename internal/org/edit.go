package org

import (
	"context"
	"strings"

	"yimen/gb"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

// byOperator marks a row that somebody here has entered or confirmed.
const byOperator = "operator"

// Errors of edits.
var (
	ErrOutletInvalid   = errs.Define(errs.Invalid, "org_outlet_invalid", "网点信息有误，请按提示修改。")
	ErrAgencyInvalid   = errs.Define(errs.Invalid, "org_agency_invalid", "部门（单位）信息有误，请按提示修改。")
	ErrDivisionInvalid = errs.Define(errs.Invalid, "org_division_invalid", "行政区划信息有误，请按提示修改。")
)

// record notes an edit in the audit, in the same transaction.
func (m *Module) record(ctx context.Context, action, object, id, detail string) error {
	if m.Audit == nil {
		return nil
	}
	account, name, addr := m.Who(ctx)
	return m.Audit.Write(ctx, audit.Entry{Actor: account, ActorName: name, Address: addr,
		Action: action, Object: object, ObjectID: id, Result: "ok", Detail: detail})
}

// OutletChange is what an outlet may change about itself.
type OutletChange struct {
	Address   string
	Phone     string // 咨询电话, with area code
	Complaint string // 投诉电话, another one
	Hours     []Hours
}

// UpdateOutlet changes address, phones and hours of an outlet. The caller
// answers for the right to do so; the change is recorded in the audit. Errors:
// ErrOutletUnknown, ErrOutletInvalid with field messages.
func (m *Module) UpdateOutlet(ctx context.Context, code string, c OutletChange) error {
	var f errs.Fields
	c.Address = strings.TrimSpace(c.Address)
	if n := len([]rune(c.Address)); n == 0 || n > 200 {
		f.Add("address", "请填写200字以内的详细地址。")
	}
	checkPhones(&f, c.Phone, c.Complaint)
	if len(c.Hours) == 0 {
		f.Add("hours", "请填写办公时间。")
	}
	if !f.Empty() {
		return withFields(ErrOutletInvalid, f)
	}
	return m.edit(ctx, func(ctx context.Context) error {
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE org_outlet SET address = $2, phone = $3, complaint = $4, hours = $5, trust = $6
			WHERE code = $1`, code, c.Address, c.Phone, c.Complaint, hoursJSON(c.Hours), byOperator)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrOutletUnknown
		}
		return m.record(ctx, "org.outlet.update", "outlet", code, "")
	})
}

// AgencyChange is what may change about an agency without a new one.
type AgencyChange struct {
	Name, ShortName, USCC, Phone, Complaint string
}

// UpdateAgency changes names, credit code and phones of an agency. Errors:
// ErrAgencyUnknown, ErrAgencyInvalid with field messages.
func (m *Module) UpdateAgency(ctx context.Context, code string, c AgencyChange) error {
	var f errs.Fields
	checkName(&f, "name", c.Name)
	checkName(&f, "short_name", c.ShortName)
	if c.USCC != "" {
		f.Merge("uscc", gb.ValidateUSCC(c.USCC))
	}
	checkPhones(&f, c.Phone, c.Complaint)
	if !f.Empty() {
		return withFields(ErrAgencyInvalid, f)
	}
	return m.edit(ctx, func(ctx context.Context) error {
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE org_agency SET name = $2, short_name = $3, uscc = $4, phone = $5, complaint = $6, trust = $7
			WHERE code = $1`, code, c.Name, c.ShortName, c.USCC, c.Phone, c.Complaint, byOperator)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrAgencyUnknown
		}
		return m.record(ctx, "org.agency.update", "agency", code, "")
	})
}

// EndDivision ends a division (撤销区划) with its last day and, if another took
// over, its successor. Cases and people keep the old code; Current leads on.
// Errors: ErrDivisionUnknown, ErrDivisionInvalid.
func (m *Module) EndDivision(ctx context.Context, code string, last workday.Date, successor string) error {
	if last.IsZero() || successor == code {
		return ErrDivisionInvalid.Field("valid_to", "请填写撤销日期，继任区划不能是它自己。")
	}
	return m.edit(ctx, func(ctx context.Context) error {
		if successor != "" {
			var n int
			if err := m.DB.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM org_division WHERE code = $1`, successor); err != nil {
				return err
			}
			if n == 0 {
				return ErrDivisionUnknown
			}
		}
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE org_division SET valid_to = $2, successor = $3 WHERE code = $1`, code, last, successor)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrDivisionUnknown
		}
		return m.record(ctx, "org.division.end", "division", code, "last="+last.String()+" successor="+successor)
	})
}

// SetCalendarDays makes the days of one year by which a division differs from
// what it inherits exactly these; division "" amends the national notices.
// Open deadlines move, because they are computed.
func (m *Module) SetCalendarDays(ctx context.Context, division string, year int, days []workday.Day) error {
	if division != "" && LevelOf(division) == 0 {
		return ErrDivisionUnknown
	}
	rows := make([]CalendarDay, len(days))
	seen := map[workday.Date]bool{}
	for i, d := range days {
		if d.Date.Year() != year || seen[d.Date] {
			return ErrDivisionInvalid.Field("days", "每一天只能出现一次，且应在所选年份内，请修改。")
		}
		seen[d.Date] = true
		rows[i] = CalendarDay{Division: division, Day: d.Date, Off: d.Off, Name: d.Name, Notice: d.Notice}
	}
	return m.edit(ctx, func(ctx context.Context) error {
		first, last := workday.NewDate(year, 1, 1), workday.NewDate(year, 12, 31)
		if _, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM org_calendar_day WHERE division = $1 AND day >= $2 AND day <= $3`,
			division, first, last); err != nil {
			return err
		}
		if err := m.insertRows(ctx, Rows{CalendarDays: rows}, replace); err != nil {
			return err
		}
		return m.record(ctx, "org.calendar.set", "division", division, first.String()[:4])
	})
}

// Delegate lets somebody act for another from a day to a day; ErrStaffUnknown,
// ErrDelegation. Both must be of the same agency or outlet.
func (m *Module) Delegate(ctx context.Context, d Delegation) (id string, err error) {
	switch {
	case d.FromStaff == d.ToStaff:
		return "", ErrDelegation.Field("to_staff", "代理人不能是本人，请另选一位。")
	case d.FromDate.IsZero() || d.ToDate.Before(d.FromDate):
		return "", ErrDelegation.Field("to_date", "结束日期不能早于开始日期，请修改。")
	}
	d.ID = db.NewID()
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		from, err := m.StaffMember(ctx, d.FromStaff)
		if err != nil {
			return err
		}
		to, err := m.StaffMember(ctx, d.ToStaff)
		if err != nil {
			return err
		}
		if !to.Active || from.Agency != to.Agency || from.Agency == "" && from.Outlet != to.Outlet {
			return ErrDelegation.Field("to_staff", "代理人应是同一单位的在岗人员，请另选一位。")
		}
		_, err = m.DB.Conn(ctx).Exec(ctx, `INSERT INTO org_delegation (id, from_staff, to_staff, from_date, to_date, reason, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, d.ID, d.FromStaff, d.ToStaff, d.FromDate, d.ToDate, d.Reason, m.now(ctx))
		if err != nil {
			return err
		}
		return m.record(ctx, "org.delegate", "delegation", d.ID, d.FromStaff+">"+d.ToStaff)
	})
	return d.ID, err
}

// EndDelegation ends a delegation with a last day before its own; ErrDelegation
// when there is none such.
func (m *Module) EndDelegation(ctx context.Context, id string, last workday.Date) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE org_delegation SET to_date = $2 WHERE id = $1 AND to_date > $2`, id, last)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrDelegation.Field("to_date", "没有这条代理，或它已经结束。")
		}
		return m.record(ctx, "org.delegate.end", "delegation", id, "")
	})
}

func checkName(f *errs.Fields, field, name string) {
	if n := len([]rune(strings.TrimSpace(name))); n == 0 || n > 100 {
		f.Add(field, "请填写100字以内的名称。")
	}
}

// checkPhones wants two different numbers with area code (§ item data checks:
// the consult and the complaint number exist and differ).
func checkPhones(f *errs.Fields, consult, complaint string) {
	mergePhone(f, "phone", consult)
	mergePhone(f, "complaint", complaint)
	if consult != "" && consult == complaint {
		f.Add("complaint", "投诉电话不能与咨询电话相同，请另填一个。")
	}
}

func mergePhone(f *errs.Fields, field, number string) {
	if _, err := gb.ParsePhone(number, ""); err != nil {
		f.Merge(field, err)
	}
}

func withFields(e *errs.Error, f errs.Fields) *errs.Error {
	for _, x := range f.List() {
		e = e.Field(x.Name, x.Message)
	}
	return e
}
