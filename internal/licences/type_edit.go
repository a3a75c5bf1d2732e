package licences

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
)

// Bounds of a type.
const maxFields = 40

// Kinds of a field, in the order in which a page offers them.
var fieldKinds = []string{"text", "date", "number", kindPicture}

var fieldKindWords = map[string]string{"text": "文字", "date": "日期", "number": "数字", kindPicture: "图片"}

var metaName = regexp.MustCompile(`^[A-Z][A-Z0-9]{0,19}$`)

var templateNames = regexp.MustCompile(`\{([^{}]*)\}`)

// SaveType stores a new type (without ID) or a change of one, of which the
// caller has seen t.Version. A type of which there are licences keeps its
// fields: what was issued goes on saying what it says. Errors: ErrNotKeeper,
// ErrTypeChanged, ErrTypeUnknown, and errs.ErrInvalid with fields.
func (m *Module) SaveType(ctx context.Context, t Type) (Type, error) {
	if !identity.FromContext(ctx).Has(VerbTypes) {
		return t, ErrNotKeeper
	}
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		var err error
		t, err = m.saveType(ctx, t)
		return err
	})
	return t, err
}

// saveType is SaveType inside a transaction, for whom it is known to be right.
func (m *Module) saveType(ctx context.Context, t Type) (Type, error) {
	var old Type
	if t.ID != "" {
		var err error
		if old, err = m.Type(ctx, t.ID); err != nil {
			return t, err
		}
		t.ID = old.ID
	}
	if err := m.checkType(ctx, &t, old); err != nil {
		return t, err
	}
	if t.Code == "" {
		if err := m.assignCode(ctx, &t, old); err != nil {
			return t, err
		}
	}
	if old.ID == "" {
		return t, m.addType(ctx, &t)
	}
	if err := m.keepVersion(ctx, old); err != nil {
		return t, err
	}
	seen := t.Version
	t.Version++
	r, err := t.row()
	if err != nil {
		return t, err
	}
	n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE licences_type SET code = $2, assigned = $3, name = $4, kind = $5, category = $6, holder = $7, dept = $8,
		one_only = $9, fields = $10, rule = $11, version = $12 WHERE id = $1 AND version = $13`,
		t.ID, r.Code, r.Assigned, r.Name, r.Kind, r.Category, r.Holder, r.Dept, r.Unique, r.Fields, r.Rule, t.Version, seen)
	if err == nil && n == 0 {
		return t, ErrTypeChanged
	}
	if err != nil {
		return t, wrap("change type", err)
	}
	return t, m.recordType(ctx, "licence_type.change", t)
}

func (m *Module) addType(ctx context.Context, t *Type) error {
	var last []string
	if err := m.DB.Conn(ctx).Select(ctx, &last, `SELECT id FROM licences_type WHERE id LIKE 'ZZ%' ORDER BY LENGTH(id) DESC, id DESC LIMIT 1`); err != nil {
		return wrap("find the last type", err)
	}
	n := 0
	if len(last) == 1 {
		if _, err := fmt.Sscanf(last[0], "ZZ%d", &n); err != nil {
			return wrap("key of the last type", err)
		}
	}
	t.ID, t.Version, t.Trust = fmt.Sprintf("ZZ%03d", n+1), 1, "local"
	r, err := t.row()
	if err != nil {
		return err
	}
	if _, err := m.DB.Conn(ctx).ExecNamed(ctx, insertType, r); db.IsUnique(err) {
		return ErrTypeChanged
	} else if err != nil {
		return wrap("add type", err)
	}
	return m.recordType(ctx, "licence_type.add", *t)
}

// keepVersion keeps what the type said until now.
func (m *Module) keepVersion(ctx context.Context, old Type) error {
	content, err := json.Marshal(old)
	if err != nil {
		return err
	}
	a := identity.FromContext(ctx)
	_, err = m.DB.Conn(ctx).Exec(ctx, `INSERT INTO licences_type_version (type, version, content, by_name, account, at) VALUES ($1, $2, $3, $4, $5, $6)`,
		old.ID, old.Version, string(content), a.Name, a.Account, m.now(ctx))
	if db.IsUnique(err) {
		return ErrTypeChanged
	}
	return wrap("keep version of type", err)
}

// assignCode gives a type that has no published code one of this city: the
// credit code of who keeps the list, and three digits.
func (m *Module) assignCode(ctx context.Context, t *Type, old Type) error {
	if old.Assigned {
		t.Code, t.Assigned = old.Code, true
		return nil
	}
	var codes []string
	if err := m.DB.Conn(ctx).Select(ctx, &codes, `SELECT code FROM licences_type ORDER BY code`); err != nil {
		return wrap("list codes", err)
	}
	var own []string
	if err := m.DB.Conn(ctx).Select(ctx, &own, `SELECT code FROM licences_type WHERE assigned ORDER BY code LIMIT 1`); err != nil {
		return wrap("find the keeper's code", err)
	}
	definer := ""
	if len(own) == 1 {
		definer = own[0][:18]
	} else {
		agency, err := m.Org.Agency(ctx, identity.FromContext(ctx).Agency)
		if err != nil && errs.KindOf(err) != errs.NotFound {
			return err
		}
		definer = agency.USCC
	}
	if _, err := gb.ParseUSCC(definer); err != nil {
		return ErrTypeInvalid.Field("code", "不能代编类型代码：您的单位没有统一社会信用代码，请填国家公布的21位代码。")
	}
	for n := 1; n <= 999; n++ {
		code := fmt.Sprintf("%s%03d", definer, n)
		if _, used := slices.BinarySearch(codes, code); !used {
			t.Code, t.Assigned = code, true
			return nil
		}
	}
	return ErrTypeInvalid.Field("code", "本市代编的类型代码已经用完（999个），请填国家公布的代码。")
}

// checkType says at once all that is wrong with a type.
func (m *Module) checkType(ctx context.Context, t *Type, old Type) error {
	var bad errs.Fields
	for _, x := range []struct {
		field, label string
		text         *string
	}{{"name", "名称", &t.Name}, {"kind", "种类", &t.Kind}, {"category", "领域", &t.Category}, {"dept", "颁发部门", &t.Dept}} {
		*x.text = strings.TrimSpace(*x.text)
		if n := utf8.RuneCountInString(*x.text); n < 1 || n > 60 {
			bad.Add(x.field, "请填写%s，不超过60个字。", x.label)
		}
	}
	if holderWords[t.Holder] == "" {
		bad.Add("holder", "请选择发给谁。")
	}
	same, err := m.Type(ctx, t.Name)
	if err != nil && !errors.Is(err, ErrTypeUnknown) {
		return err
	}
	if err == nil && same.ID != t.ID && same.Name == t.Name {
		bad.Add("name", "已经有叫“%s”的类型（%s），请直接改那一种。", same.Name, same.ID)
	}
	t.Code = strings.ToUpper(strings.TrimSpace(t.Code))
	if t.Code != "" {
		t.Assigned = old.Assigned && t.Code == old.Code
		if gb.CheckLicenceType(t.Code) != nil {
			bad.Add("code", "类型代码是21位：定义机关的统一社会信用代码加3位序号；还没有公布的请留空，由本市代编。")
		}
	}
	t.checkFields(&bad)
	t.Rule.check(&bad)
	if old.ID != "" {
		if err := m.keepsFields(ctx, old, *t, &bad); err != nil {
			return err
		}
	}
	return bad.Err()
}

func (t Type) checkFields(bad *errs.Fields) {
	names, labels := map[string]bool{}, map[string]bool{}
	if len(t.Fields) > maxFields {
		bad.Add("fields", "照面项目最多%d项。", maxFields)
	}
	for i, f := range t.Fields {
		at := fmt.Sprintf("field.%d", i)
		switch {
		case !metaName.MatchString(f.Name):
			bad.Add(at+".name", "元数据名用大写拼音字头，例如XKSX，不超过20个字符。")
		case names[f.Name]:
			bad.Add(at+".name", "元数据名“%s”重复了。", f.Name)
		}
		switch n := utf8.RuneCountInString(f.Label); {
		case n < 1 || n > 30:
			bad.Add(at+".label", "请填写项目名称，不超过30个字。")
		case labels[f.Label]:
			bad.Add(at+".label", "项目“%s”重复了。", f.Label)
		}
		if !slices.Contains(fieldKinds, f.Kind) {
			bad.Add(at+".kind", "请选择是文字、日期、数字还是图片。")
		}
		if rest := templateNames.ReplaceAllString(f.From, ""); strings.ContainsAny(rest, "{}") || utf8.RuneCountInString(f.From) > 200 {
			bad.Add(at+".from", "大括号没有成对，或者超过200个字。")
		}
		names[f.Name], labels[f.Label] = true, true
	}
}

// keepsFields refuses to take a field away, or to make it another, while there
// are licences that say it.
func (m *Module) keepsFields(ctx context.Context, old, t Type, bad *errs.Fields) error {
	var used []string
	if err := m.DB.Conn(ctx).Select(ctx, &used, `SELECT id FROM licences_licence WHERE type = $1 LIMIT 1`, old.ID); err != nil || len(used) == 0 {
		return wrap("look for licences of type", err)
	}
	for _, f := range old.Fields {
		i := slices.IndexFunc(t.Fields, func(x Field) bool { return x.Name == f.Name })
		switch {
		case i < 0:
			bad.Add("fields", "已经发过这种证照，不能去掉“%s”（%s）；不再用的可以改成不必填。", f.Label, f.Name)
		case t.Fields[i].Kind != f.Kind:
			bad.Add(fmt.Sprintf("field.%d.kind", i), "已经发过这种证照，“%s”不能从%s改成%s。", f.Label, fieldKindWords[f.Kind], fieldKindWords[t.Fields[i].Kind])
		}
	}
	return nil
}

func (m *Module) recordType(ctx context.Context, action string, t Type) error {
	a := identity.FromContext(ctx)
	return m.Audit.Write(ctx, audit.Entry{Actor: a.Account, ActorName: a.Name, Address: a.Address,
		Action: action, Object: "licence_type", ObjectID: t.ID, Detail: t.Name, Result: "ok"})
}
