package org

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
)

// The registers, as Import and Export name them.
const (
	Divisions = "divisions"
	Agencies  = "agencies"
	Outlets   = "outlets"
	StaffList = "staff"
)

// Registers are their names, in the order in which they are loaded.
var Registers = []string{Divisions, Agencies, Outlets, StaffList}

// Errors of registers.
var (
	ErrRowExists = errs.Define(errs.Conflict, "org_row_exists", "这个代码已经登记，请换一个，或打开原有的一条修改。")
	ErrRow       = errs.Define(errs.Invalid, "org_row_invalid", "登记信息有误，请按提示修改。")
)

// RegisterColumns are the columns of a register, those that must be filled first.
func RegisterColumns(register string) (required, optional []string) {
	imp := importers[register]
	return imp.required, imp.optional
}

// Row gives one row of a register by column, as a line of its file would have
// it. Errors: ErrDivisionUnknown, ErrAgencyUnknown, ErrOutletUnknown,
// ErrStaffUnknown, ErrImportKind.
func (m *Module) Row(ctx context.Context, register, key string) (map[string]string, error) {
	switch register {
	case Divisions:
		d, err := m.Division(ctx, key)
		return d.row(), err
	case Agencies:
		a, err := m.Agency(ctx, key)
		return a.row(), err
	case Outlets:
		o, err := m.Outlet(ctx, key)
		return o.row(), err
	case StaffList:
		s, err := m.StaffMember(ctx, key)
		return s.row(), err
	}
	return nil, ErrImportKind
}

// PutRow stores one row of a register, checked as a line of its file would be;
// columns that are not given are empty, but for the telephone of staff, which
// then stays. A new one must not be there yet
// (ErrRowExists). Errors of columns are ErrRow with fields.
func (m *Module) PutRow(ctx context.Context, register string, row map[string]string, isNew bool, may func(division string) bool) error {
	imp, ok := importers[register]
	if !ok {
		return ErrImportKind
	}
	return m.edit(ctx, func(ctx context.Context) error {
		at, err := m.read(ctx)
		if err != nil {
			return err
		}
		l := line{no: 1, fields: map[string]string{}, failed: new(bool)}
		for column, value := range row {
			l.fields[column] = strings.TrimSpace(value)
		}
		if isNew {
			switch there, err := m.Row(ctx, register, l.key()); {
			case err == nil && there != nil:
				return ErrRowExists
			case errs.KindOf(err) != errs.NotFound:
				return err
			}
		}
		in := newImporting(at, may)
		in.parse(imp, []line{l})
		if len(in.errors) > 0 {
			wrong := ErrRow
			for _, e := range in.errors {
				wrong = wrong.Field(e.Field, e.Message)
			}
			return wrong
		}
		if err := m.insertRows(ctx, in.rows, replace); err != nil {
			return err
		}
		return m.record(ctx, "org."+register+".put", register, l.key(), "")
	})
}

// Export writes a register as the file that Import reads, of the divisions
// that keep lets through, and says how many rows it wrote.
func (m *Module) Export(ctx context.Context, register string, w io.Writer, keep func(division string) bool) (int, error) {
	imp, ok := importers[register]
	if !ok {
		return 0, ErrImportKind
	}
	rows, err := m.rows(ctx, register, keep)
	if err != nil {
		return 0, err
	}
	columns := slices.Concat(imp.required, imp.optional)
	out := csv.NewWriter(w)
	if err := out.Write(columns); err != nil {
		return 0, err
	}
	for _, row := range rows {
		cells := make([]string, len(columns))
		for i, column := range columns {
			cells[i] = row[column]
		}
		if err := out.Write(cells); err != nil {
			return 0, err
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return 0, err
	}
	return len(rows), m.record(ctx, "org.export", register, "", fmt.Sprintf("rows=%d", len(rows)))
}

// rows gives the rows of a register in the order of their keys.
func (m *Module) rows(ctx context.Context, register string, keep func(division string) bool) ([]map[string]string, error) {
	s, err := m.view(ctx)
	if err != nil {
		return nil, err
	}
	var rows []map[string]string
	switch register {
	case Divisions:
		for _, code := range sortedKeys(s.divisions) {
			if keep(code) {
				rows = append(rows, s.divisions[code].row())
			}
		}
	case Agencies:
		for _, a := range s.agencyList {
			if keep(a.Division) {
				rows = append(rows, a.row())
			}
		}
	case Outlets:
		for _, o := range s.outletList {
			if keep(o.Division) {
				rows = append(rows, o.row())
			}
		}
	case StaffList:
		all, err := m.AllStaff(ctx)
		if err != nil {
			return nil, err
		}
		for _, member := range all {
			if keep(s.divisionOf(member)) {
				rows = append(rows, member.row())
			}
		}
	}
	return rows, nil
}

// DivisionOf is where a member of staff works; "" when the body is unknown.
func (m *Module) DivisionOf(ctx context.Context, member Staff) (string, error) {
	s, err := m.view(ctx)
	if err != nil {
		return "", err
	}
	return s.divisionOf(member), nil
}

func (s *snapshot) divisionOf(member Staff) string {
	if a, ok := s.agencies[member.Agency]; ok {
		return a.Division
	}
	if o, ok := s.outlets[member.Outlet]; ok {
		return o.Division
	}
	return ""
}

func (d Division) row() map[string]string {
	row := map[string]string{"code": d.Code, "name": d.Name, "short_name": d.ShortName, "kind": d.Kind, "parent": d.Parent,
		"quasi": flag(d.Quasi), "successor": d.Successor, "trust": d.Trust, "source": d.Source}
	if !d.ValidFrom.IsZero() {
		row["valid_from"] = d.ValidFrom.String()
	}
	if !d.ValidTo.IsZero() {
		row["valid_to"] = d.ValidTo.String()
	}
	return row
}

func (a Agency) row() map[string]string {
	return map[string]string{"code": a.Code, "name": a.Name, "short_name": a.ShortName, "uscc": a.USCC, "dept": a.Dept,
		"division": a.Division, "parent": a.Parent, "kind": a.Kind, "phone": a.Phone, "complaint": a.Complaint, "trust": a.Trust}
}

func (o Outlet) row() map[string]string {
	return map[string]string{"code": o.Code, "name": o.Name, "kind": o.Kind, "division": o.Division, "address": o.Address,
		"phone": o.Phone, "complaint": o.Complaint, "hours": WriteHours(o.Hours), "trust": o.Trust}
}

func (s Staff) row() map[string]string {
	return map[string]string{"id": s.ID, "name": s.Name, "agency": s.Agency, "outlet": s.Outlet, "post": s.Post, "active": flag(s.Active), "phone": s.Phone}
}

func flag(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

func sortedKeys[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// WriteHours writes hours as ParseHours reads them:
// 1-5 08:30-12:00;1-5 14:30-17:30.
func WriteHours(hours []Hours) string {
	parts := make([]string, len(hours))
	for i, h := range hours {
		parts[i] = fmt.Sprintf("%s %s-%s", h.Days, h.Open, h.Close)
	}
	return strings.Join(parts, ";")
}

// StaffQuery narrows a search for staff; zero fields do not.
type StaffQuery struct {
	Q        string // part of the name, or the beginning of the id
	Agency   string
	Outlet   string
	Division string            // whose staff, with those below
	Inactive bool              // those who left too
	Right    func(w *db.Where) // adds the viewer's right, by the column "division"; nil: everybody
}

// FindStaff lists staff by id.
func (m *Module) FindStaff(ctx context.Context, q StaffQuery, p db.Page) (list []Staff, next string, err error) {
	var after string
	if _, err := p.Key(&after); err != nil {
		return nil, "", err
	}
	w := new(db.Where).And("id > ?", after)
	q.where(w)
	limit := w.Arg(p.Size() + 1)
	if err := m.DB.Conn(ctx).Select(ctx, &list, staffColumns+w.SQL()+" ORDER BY id LIMIT "+limit, w.Args()...); err != nil {
		return nil, "", fmt.Errorf("find staff: %w", err)
	}
	list, next = db.Cut(list, p, func(s Staff) []any { return []any{s.ID} })
	return list, next, nil
}

func (q StaffQuery) where(w *db.Where) {
	if !q.Inactive {
		w.And("active = ?", true)
	}
	if q.Agency != "" {
		w.And("agency = ?", q.Agency)
	}
	if q.Outlet != "" {
		w.And("outlet = ?", q.Outlet)
	}
	if q.Division != "" {
		from, to := Range(q.Division)
		w.And("division >= ? AND division < ?", from, to)
	}
	if q.Q != "" {
		like := strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(q.Q)
		w.And(`name LIKE ? ESCAPE '\' OR id LIKE ? ESCAPE '\'`, "%"+like+"%", like+"%")
	}
	if q.Right != nil {
		q.Right(w)
	}
}
