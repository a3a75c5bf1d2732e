package licences

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/web"
)

// Columns of a list of types: those of the city's shipped list.
const (
	colID, colTypeName, colKind, colCategory   = "local_id", "licence_name", "kind", "category"
	colHolderType, colDept, colCode, colStatus = "holder_type", "issuing_dept", "type_code", "type_code_status"
)

// TypeColumns are the columns in their order.
var TypeColumns = []string{colID, colTypeName, colKind, colCategory, colHolderType, colDept, colCode, colStatus}

const toAssign = "to_assign" // the city gives the code itself

// HolderOf reads who a type is issued to from words such as 自然人、法人.
func HolderOf(words string) string {
	kinds := strings.FieldsFunc(words, func(r rune) bool { return r == '、' || r == '，' || r == ' ' })
	person := slices.Contains(kinds, "自然人") || slices.Contains(kinds, "个人")
	switch {
	case len(kinds) == 0:
		return ""
	case person && len(kinds) > 1:
		return HolderBoth
	case person:
		return HolderPerson
	}
	return HolderEnterprise
}

var holderColumn = map[string]string{HolderPerson: "自然人", HolderEnterprise: "法人", HolderBoth: "自然人、法人"}

// ExportTypes writes the list of types.
func (m *Module) ExportTypes(ctx context.Context, to *web.Table) error {
	list, err := m.Types(ctx)
	if err != nil {
		return err
	}
	for _, t := range list {
		status := "verified"
		if t.Assigned {
			status = toAssign
		}
		to.Row(t.ID, t.Name, t.Kind, t.Category, holderColumn[t.Holder], t.Dept, t.Code, status)
	}
	return nil
}

// ImportTypes takes over a list of types: all of it or nothing. A line with a key that
// is there changes that type's record and leaves its fields; one without a key is
// a new type. With try it only looks. Errors: ErrNotKeeper, ErrStockFile, ErrStockHeader.
func (m *Module) ImportTypes(ctx context.Context, r io.Reader, try bool) (Imported, error) {
	if !identity.FromContext(ctx).Has(VerbTypes) {
		return Imported{}, ErrNotKeeper
	}
	header, lines, err := readStock(r, TypeColumns[1:6])
	if err != nil {
		return Imported{}, err
	}
	done := Imported{Rows: len(lines)}
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		for i, line := range lines {
			t, err := m.typeLine(ctx, header, line)
			if err == nil {
				_, err = m.saveType(ctx, t)
			}
			wrong, err := lineErrors(i+2, err)
			if err != nil {
				return err
			}
			done.Wrong = append(done.Wrong, wrong...)
		}
		if len(done.Wrong) > 0 || try {
			return errStopped
		}
		return nil
	})
	if errors.Is(err, errStopped) {
		return done, nil
	}
	if err == nil {
		done.Stored = len(lines)
	}
	return done, err
}

// typeLine is the type of a line, upon what is stored of it.
func (m *Module) typeLine(ctx context.Context, header, line []string) (Type, error) {
	cell := map[string]string{}
	for i, column := range header {
		cell[column] = strings.TrimSpace(line[i])
	}
	var t Type
	if id := cell[colID]; id != "" {
		var err error
		if t, err = m.Type(ctx, id); errors.Is(err, ErrTypeUnknown) || err == nil && t.ID != id {
			return t, ErrTypeUnknown.Field("id", "没有编号为"+id+"的类型；新增的类型请把编号留空，由系统编。")
		} else if err != nil {
			return t, err
		}
	}
	t.Name, t.Kind, t.Category, t.Dept = cell[colTypeName], cell[colKind], cell[colCategory], cell[colDept]
	t.Holder = HolderOf(cell[colHolderType])
	if slices.Contains(header, colCode) {
		t.Code = cell[colCode]
	}
	return t, nil
}
