package org

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"yimen/internal/kit/db"
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
	m.DB.AfterCommit(ctx, func() { m.edits.Add(1) })
	return err
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

// insert writes many rows with few statements: one row at a time would cost
// a city's sixteen thousand rows several seconds. suffix is the ON CONFLICT part.
func (m *Module) insert(ctx context.Context, table, columns, suffix string, rows [][]any) error {
	const mostArgs = 6000 // well under the 32,766 of SQLite and the 65,535 of PostgreSQL
	for len(rows) > 0 {
		width := len(rows[0])
		n := min(mostArgs/width, len(rows))
		args := make([]any, 0, n*width)
		var b strings.Builder
		b.WriteString("INSERT INTO " + table + " (" + columns + ") VALUES ")
		for i, row := range rows[:n] {
			m.tuple(&b, i, len(args), width)
			args = append(args, row...)
		}
		b.WriteString(" " + suffix)
		if _, err := m.DB.Conn(ctx).Exec(ctx, b.String(), args...); err != nil {
			return fmt.Errorf("load %s: %w", table, err)
		}
		rows = rows[n:]
	}
	return nil
}

// tuple writes the placeholders of one row. On SQLite they are ?: it looks up
// every $n by name in a list, which is quadratic in a statement this long.
func (m *Module) tuple(b *strings.Builder, row, used, width int) {
	if row > 0 {
		b.WriteByte(',')
	}
	sep := byte('(')
	for i := range width {
		b.WriteByte(sep)
		sep = ','
		if m.DB.Engine() == db.SQLite {
			b.WriteByte('?')
			continue
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(used + i + 1))
	}
	b.WriteByte(')')
}
