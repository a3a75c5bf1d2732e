package licences

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"yimen/gb"
	"yimen/internal/kit/db"
	"yimen/internal/kit/search"
)

// Who a licence is issued to.
const (
	HolderPerson     = "person"
	HolderEnterprise = "enterprise"
	HolderBoth       = "both"
)

// Type is a kind of licence (证照类型).
type Type struct {
	ID       string // ZZ001: the key by which items name it
	Code     string // 21 characters (GB/T 36904)
	Assigned bool   // the code was given by this city, until one is published
	Name     string
	Kind     string // 证照 证明 批文 …
	Category string
	Holder   string // HolderPerson, HolderEnterprise, HolderBoth
	Dept     string // who issues, in words
	Unique   bool   // a holder has one that is valid at most
	Fields   []Field
	Trust    string // of the record: verified, knowledge …
	Rule     Rule
	Version  int64 // grows with every change
}

// Field is one thing that a licence says (照面项), beside what all say.
type Field struct {
	Name     string `json:"name"` // as in the metadata, without KZ_: XB
	Label    string `json:"label"`
	Kind     string `json:"kind"` // text, date, number, picture
	Required bool   `json:"required,omitempty"`
	// From is where its text comes from when a case grants the licence: a text
	// with names of the item's form in braces, alternatives between bars
	// ("{harvest_place}|{address_detail}"). Without it a form's field of the same
	// title gives it. That of a picture is a material of the item, by its id or its
	// name.
	From string `json:"from,omitempty"`
}

// found says whether a type is meant by what somebody types: words of its name,
// field or department, their pinyin, or a part of its key or code.
func (t Type) found(q string) bool {
	code := strings.ToUpper(q)
	return search.Match(t.Name, q) || search.Match(t.Kind+" "+t.Category+" "+t.Dept, q) || strings.Contains(t.Name, q) || strings.Contains(t.ID, code) || len(code) > 3 && strings.Contains(t.Code, code)
}

type typeRow struct {
	ID       string `db:"id"`
	Code     string `db:"code"`
	Assigned bool   `db:"assigned"`
	Name     string `db:"name"`
	Kind     string `db:"kind"`
	Category string `db:"category"`
	Holder   string `db:"holder"`
	Dept     string `db:"dept"`
	Unique   bool   `db:"one_only"`
	Fields   string `db:"fields"`
	Trust    string `db:"trust"`
	Rule     string `db:"rule"`
	Version  int64  `db:"version"`
}

const selectType = `SELECT id, code, assigned, name, kind, category, holder, dept, one_only, fields, trust, rule, version FROM licences_type`

func (r typeRow) plain() (Type, error) {
	t := Type{ID: r.ID, Code: r.Code, Assigned: r.Assigned, Name: r.Name, Kind: r.Kind, Category: r.Category, Holder: r.Holder,
		Dept: r.Dept, Unique: r.Unique, Trust: r.Trust, Version: r.Version}
	if err := json.Unmarshal([]byte(r.Rule), &t.Rule); err != nil {
		return t, wrap("rule of type "+r.ID, err)
	}
	return t, wrap("fields of type "+r.ID, json.Unmarshal([]byte(r.Fields), &t.Fields))
}

const insertType = `INSERT INTO licences_type (id, code, assigned, name, kind, category, holder, dept, one_only, fields, trust, rule, version)
	VALUES (:id, :code, :assigned, :name, :kind, :category, :holder, :dept, :one_only, :fields, :trust, :rule, :version)`

// row is the type as it is stored.
func (t Type) row() (typeRow, error) {
	if t.Fields == nil {
		t.Fields = []Field{}
	}
	fields, err := json.Marshal(t.Fields)
	if err != nil {
		return typeRow{}, err
	}
	rule, err := json.Marshal(t.Rule)
	return typeRow{ID: t.ID, Code: t.Code, Assigned: t.Assigned, Name: t.Name, Kind: t.Kind, Category: t.Category, Holder: t.Holder, Dept: t.Dept,
		Unique: t.Unique, Fields: string(fields), Trust: t.Trust, Rule: string(rule), Version: t.Version}, err
}

// Types lists the types in the order of their keys.
func (m *Module) Types(ctx context.Context) ([]Type, error) {
	var rows []typeRow
	if err := m.DB.Conn(ctx).Select(ctx, &rows, selectType+` ORDER BY id`); err != nil {
		return nil, wrap("list types", err)
	}
	list := make([]Type, len(rows))
	for i, r := range rows {
		var err error
		if list[i], err = r.plain(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Type finds a type by its key, its code or its exact name; ErrTypeUnknown.
func (m *Module) Type(ctx context.Context, id string) (Type, error) {
	var r typeRow
	err := m.DB.Conn(ctx).Get(ctx, &r, selectType+` WHERE id = $1 OR code = $1 OR name = $1 ORDER BY id LIMIT 1`, id)
	if errors.Is(err, db.ErrNoRows) {
		return Type{}, ErrTypeUnknown
	}
	if err != nil {
		return Type{}, wrap("read type", err)
	}
	return r.plain()
}

// LoadTypes stores types, in the place of those of the same key. A type without
// a code gets one under definer, the credit code of the authority that keeps
// the city's catalogue: it and three digits.
func (m *Module) LoadTypes(ctx context.Context, definer string, list []Type) error {
	if _, err := gb.ParseUSCC(definer); err != nil {
		return fmt.Errorf("licences: definer of types: %w", err)
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		for i, t := range list {
			if t.Code == "" {
				t.Code, t.Assigned = fmt.Sprintf("%s%03d", definer, i+1), true
			}
			t.Version = 1
			r, err := t.row()
			if err != nil {
				return err
			}
			_, err = m.DB.Conn(ctx).ExecNamed(ctx, insertType+` ON CONFLICT (id) DO UPDATE SET code = excluded.code, assigned = excluded.assigned,
				name = excluded.name, kind = excluded.kind, category = excluded.category, holder = excluded.holder, dept = excluded.dept,
				one_only = excluded.one_only, fields = excluded.fields, trust = excluded.trust, rule = excluded.rule`, r)
			if err != nil {
				return fmt.Errorf("licences: store type %s: %w", t.ID, err)
			}
		}
		return nil
	})
}
