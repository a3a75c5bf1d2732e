package org

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"yimen/workday"
)

// Rows is an organisation, whole or in part, to be loaded or as it was read.
type Rows struct {
	Divisions    []Division
	Agencies     []Agency
	Outlets      []Outlet
	Counters     []Counter
	Posts        []Post
	Staff        []Staff
	CalendarDays []CalendarDay
}

type divisionRow struct {
	Code      string       `db:"code"`
	Name      string       `db:"name"`
	ShortName string       `db:"short_name"`
	Kind      string       `db:"kind"`
	Level     Level        `db:"level"`
	Parent    string       `db:"parent"`
	Quasi     bool         `db:"quasi"`
	ValidFrom workday.Date `db:"valid_from"`
	ValidTo   workday.Date `db:"valid_to"`
	Successor string       `db:"successor"`
	Trust     string       `db:"trust"`
	Source    string       `db:"source"`
}

type agencyRow struct {
	Code      string `db:"code"`
	Name      string `db:"name"`
	ShortName string `db:"short_name"`
	USCC      string `db:"uscc"`
	Dept      string `db:"dept"`
	Division  string `db:"division"`
	Level     Level  `db:"level"`
	Parent    string `db:"parent"`
	Kind      string `db:"kind"`
	Phone     string `db:"phone"`
	Complaint string `db:"complaint"`
	Trust     string `db:"trust"`
}

type outletRow struct {
	Code      string `db:"code"`
	Name      string `db:"name"`
	Kind      string `db:"kind"`
	Division  string `db:"division"`
	Address   string `db:"address"`
	Phone     string `db:"phone"`
	Complaint string `db:"complaint"`
	Hours     string `db:"hours"`
	Trust     string `db:"trust"`
}

type counterRow struct {
	ID     string `db:"id"`
	Outlet string `db:"outlet"`
	No     string `db:"no"`
	Name   string `db:"name"`
	Kind   string `db:"kind"`
}

// version reads the version of the organisation.
func (m *Module) version(ctx context.Context) (int64, error) {
	var v int64
	if err := m.DB.Conn(ctx).Get(ctx, &v, `SELECT version FROM org_version WHERE id = 1`); err != nil {
		return 0, fmt.Errorf("read version of the organisation: %w", err)
	}
	return v, nil
}

// bump moves the version. It is the first statement of every edit, so it also
// makes edits wait for each other.
func (m *Module) bump(ctx context.Context) error {
	_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE org_version SET version = version + 1 WHERE id = 1`)
	m.DB.Remember(ctx, editedKey{}, true)
	m.DB.AfterCommit(ctx, func() { m.edits.Add(1) })
	return err
}

type editedKey struct{}

// edited says whether the transaction of ctx has edited the organisation.
func (m *Module) edited(ctx context.Context) bool {
	return m.DB.Remembered(ctx, editedKey{}) != nil
}

// edit runs fn in a transaction that moves the version.
func (m *Module) edit(ctx context.Context, fn func(ctx context.Context) error) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		if err := m.bump(ctx); err != nil {
			return err
		}
		return fn(ctx)
	})
}

// read makes a snapshot. The version is read first: if an edit comes between,
// the snapshot is newer than it says and is only read once more.
func (m *Module) read(ctx context.Context) (*snapshot, error) {
	version, err := m.version(ctx)
	if err != nil {
		return nil, err
	}
	c := m.DB.Conn(ctx)
	var (
		divisions []divisionRow
		agencies  []agencyRow
		outlets   []outletRow
		counters  []counterRow
		r         Rows
	)
	for _, q := range []struct {
		dest  any
		query string
	}{
		{&divisions, `SELECT code, name, short_name, kind, level, parent, quasi, valid_from, valid_to, successor, trust, source
			FROM org_division ORDER BY code`},
		{&agencies, `SELECT code, name, short_name, uscc, dept, division, level, parent, kind, phone, complaint, trust
			FROM org_agency ORDER BY division, dept, code`},
		{&outlets, `SELECT code, name, kind, division, address, phone, complaint, hours, trust FROM org_outlet ORDER BY code`},
		{&counters, `SELECT id, outlet, no, name, kind FROM org_counter ORDER BY id`},
		{&r.Posts, `SELECT code, name, duty FROM org_post ORDER BY code`},
		{&r.CalendarDays, `SELECT division, day, is_off, name, notice FROM org_calendar_day ORDER BY division, day`},
	} {
		if err := c.Select(ctx, q.dest, q.query); err != nil {
			return nil, fmt.Errorf("read the organisation: %w", err)
		}
	}
	r.Divisions = convert(divisions, func(d divisionRow) Division { return Division(d) })
	r.Agencies = convert(agencies, func(a agencyRow) Agency { return Agency(a) })
	r.Counters = convert(counters, func(c counterRow) Counter { return Counter(c) })
	r.Outlets = make([]Outlet, len(outlets))
	for i, o := range outlets {
		if r.Outlets[i], err = o.outlet(); err != nil {
			return nil, err
		}
	}
	return newSnapshot(version, r), nil
}

func (o outletRow) outlet() (Outlet, error) {
	out := Outlet{Code: o.Code, Name: o.Name, Kind: o.Kind, Division: o.Division, Address: o.Address,
		Phone: o.Phone, Complaint: o.Complaint, Trust: o.Trust}
	if err := json.Unmarshal([]byte(o.Hours), &out.Hours); err != nil {
		return out, fmt.Errorf("hours of outlet %s: %w", o.Code, err)
	}
	return out, nil
}

func hoursJSON(hours []Hours) string {
	if len(hours) == 0 {
		return "[]"
	}
	raw, err := json.Marshal(hours)
	if err != nil {
		panic(err) // three strings
	}
	return string(raw)
}

func convert[A, B any](list []A, fn func(A) B) []B {
	out := make([]B, len(list))
	for i, v := range list {
		out[i] = fn(v)
	}
	return out
}

// insert writes many rows with few statements; columns are separated by
// commas, suffix is the ON CONFLICT part.
func (m *Module) insert(ctx context.Context, table, columns, suffix string, rows [][]any) error {
	return m.DB.Conn(ctx).InsertRows(ctx, table, strings.Split(columns, ", "), suffix, rows)
}
