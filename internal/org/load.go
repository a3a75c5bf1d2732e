package org

import (
	"context"
	"fmt"
)

// LoadCity loads a whole organisation in one transaction, with few
// statements. Rows whose code is there already are left as they are, so that
// loading again never undoes an operator's edit. The rows are taken as they
// come; Import checks what people bring.
func (m *Module) LoadCity(ctx context.Context, r Rows) error {
	return m.edit(ctx, func(ctx context.Context) error {
		if err := m.insertRows(ctx, r, keep); err != nil {
			return err
		}
		return m.record(ctx, "org.load", "org", "", fmt.Sprintf("divisions=%d agencies=%d outlets=%d staff=%d",
			len(r.Divisions), len(r.Agencies), len(r.Outlets), len(r.Staff)))
	})
}

// What happens to a row whose key is there already.
type onConflict bool

const (
	keep    onConflict = false
	replace onConflict = true
)

func (c onConflict) clause(key, updates string) string {
	if c == keep {
		return "ON CONFLICT DO NOTHING"
	}
	return "ON CONFLICT (" + key + ") DO UPDATE SET " + updates
}

func (m *Module) insertRows(ctx context.Context, r Rows, c onConflict) error {
	if err := m.insert(ctx, "org_division", `code, name, short_name, kind, level, parent, quasi, valid_from, valid_to, successor, trust, source`,
		c.clause("code", `name = excluded.name, short_name = excluded.short_name, kind = excluded.kind, parent = excluded.parent,
			quasi = excluded.quasi, valid_from = excluded.valid_from, valid_to = excluded.valid_to,
			successor = excluded.successor, trust = excluded.trust, source = excluded.source`),
		convert(r.Divisions, Division.args)); err != nil {
		return err
	}
	if err := m.insert(ctx, "org_agency", `code, name, short_name, uscc, dept, division, level, parent, kind, phone, complaint, trust`,
		c.clause("code", `name = excluded.name, short_name = excluded.short_name, uscc = excluded.uscc, dept = excluded.dept,
			division = excluded.division, level = excluded.level, parent = excluded.parent, kind = excluded.kind,
			phone = excluded.phone, complaint = excluded.complaint, trust = excluded.trust`),
		convert(r.Agencies, Agency.args)); err != nil {
		return err
	}
	if err := m.insert(ctx, "org_outlet", `code, name, kind, division, address, phone, complaint, hours, trust`,
		c.clause("code", `name = excluded.name, kind = excluded.kind, division = excluded.division, address = excluded.address,
			phone = excluded.phone, complaint = excluded.complaint, hours = excluded.hours, trust = excluded.trust`),
		convert(r.Outlets, Outlet.args)); err != nil {
		return err
	}
	if err := m.insert(ctx, "org_counter", `id, outlet, no, name, kind`,
		c.clause("id", `outlet = excluded.outlet, no = excluded.no, name = excluded.name, kind = excluded.kind`),
		convert(r.Counters, func(c Counter) []any { return []any{c.ID, c.Outlet, c.No, c.Name, c.Kind} })); err != nil {
		return err
	}
	if err := m.insert(ctx, "org_post", `code, name, duty`, c.clause("code", `name = excluded.name, duty = excluded.duty`),
		convert(r.Posts, func(p Post) []any { return []any{p.Code, p.Name, p.Duty} })); err != nil {
		return err
	}
	if err := m.insertStaff(ctx, r.Staff, c); err != nil {
		return err
	}
	return m.insert(ctx, "org_calendar_day", `division, day, is_off, name, notice`,
		c.clause("division, day", `is_off = excluded.is_off, name = excluded.name, notice = excluded.notice`),
		convert(r.CalendarDays, func(d CalendarDay) []any { return []any{d.Division, d.Day, d.Off, d.Name, d.Notice} }))
}

// insertStaff writes staff; a file that says nothing of telephones leaves them
// as they are.
func (m *Module) insertStaff(ctx context.Context, list []Staff, c onConflict) error {
	if len(list) == 0 {
		return nil
	}
	const updates = `name = excluded.name, agency = excluded.agency, outlet = excluded.outlet, post = excluded.post, active = excluded.active, division = ''`
	var all, silent [][]any
	for _, s := range list {
		row := []any{s.ID, s.Name, s.Agency, s.Outlet, s.Post, s.Active, s.Phone}
		if s.keepsPhone {
			silent = append(silent, row)
		} else {
			all = append(all, row)
		}
	}
	const columns = `id, name, agency, outlet, post, active, phone`
	if err := m.insert(ctx, "org_staff", columns, c.clause("id", updates+`, phone = excluded.phone`), all); err != nil {
		return err
	}
	if err := m.insert(ctx, "org_staff", columns, c.clause("id", updates), silent); err != nil {
		return err
	}
	return m.placeStaff(ctx)
}

// placeStaff notes where those work whose row was just written.
func (m *Module) placeStaff(ctx context.Context) error {
	_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE org_staff SET division = COALESCE(
		(SELECT a.division FROM org_agency a WHERE a.code = org_staff.agency),
		(SELECT o.division FROM org_outlet o WHERE o.code = org_staff.outlet), '') WHERE division = $1`, "")
	if err != nil {
		return fmt.Errorf("place staff: %w", err)
	}
	return nil
}

func (d Division) args() []any {
	return []any{d.Code, d.Name, d.ShortName, d.Kind, int64(d.Level), d.Parent, d.Quasi, d.ValidFrom, d.ValidTo, d.Successor, d.Trust, d.Source}
}

func (a Agency) args() []any {
	return []any{a.Code, a.Name, a.ShortName, a.USCC, a.Dept, a.Division, int64(a.Level), a.Parent, a.Kind, a.Phone, a.Complaint, a.Trust}
}

func (o Outlet) args() []any {
	return []any{o.Code, o.Name, o.Kind, o.Division, o.Address, o.Phone, o.Complaint, hoursJSON(o.Hours), o.Trust}
}
