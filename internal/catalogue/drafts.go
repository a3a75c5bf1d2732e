package catalogue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/org"
)

// Saved is what became of an edit.
type Saved struct {
	N        int
	Edit     int64     // what the editor has seen now: goes with the next act
	Changed  bool      // something was stored
	Findings []Finding // what still stands against publication
}

// SaveDraft stores an edit: a new item, or the version on its way, or the next
// version of a published one. seen is the Edit number the editor started from,
// 0 for a new item; if somebody has changed the item since, it is ErrStale and
// nothing is stored. Other errors: errs.ErrInvalid (shape), ErrRight, ErrMove
// while a version is in review, ErrCodeTaken.
func (m *Module) SaveDraft(ctx context.Context, d Definition, seen int64) (Saved, error) {
	if err := d.Validate(); err != nil {
		return Saved{}, err
	}
	raw, err := json.Marshal(d)
	if err != nil {
		return Saved{}, err
	}
	owner, err := m.owner(ctx, d.Dept)
	if err != nil {
		return Saved{}, err
	}
	if !identity.FromContext(ctx).Can(RightEdit, owner) {
		return Saved{}, ErrRight
	}
	saved := Saved{Changed: true}
	if saved.Findings, err = m.Check(ctx, &d); err != nil {
		return Saved{}, err
	}
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		row, err := m.lockItem(ctx, d.Code)
		if errors.Is(err, ErrItemUnknown) && seen == 0 {
			row = itemRow{State: Draft, Agency: owner.Agency, Division: owner.Division}
			return m.startItem(ctx, &row, &d, string(raw), &saved)
		}
		if err != nil {
			return err
		}
		if seen != row.Edit {
			return m.stale(ctx, &row, seen)
		}
		return m.editItem(ctx, &row, owner, &d, string(raw), false, &saved)
	})
	return saved, err
}

// owner is whose item it is: the department's agency in the home city.
func (m *Module) owner(ctx context.Context, dept string) (identity.Place, error) {
	home, err := m.Org.Home(ctx)
	if err != nil {
		return identity.Place{}, err
	}
	a, err := m.Org.AgencyByDept(ctx, dept, home.Code)
	if errors.Is(err, org.ErrNoAgency) {
		return identity.Place{}, errs.ErrInvalid.Field("dept", fmt.Sprintf("%s没有编号为“%s”的部门，请改正责任部门。", home.Name, dept))
	}
	return identity.Place{Division: home.Code, Agency: a.Code, Dept: dept}, err
}

func (m *Module) startItem(ctx context.Context, row *itemRow, d *Definition, raw string, saved *Saved) error {
	row.describe(d)
	row.Latest, row.Edit, row.OpenState, row.ChangedAt = 1, 1, Draft, m.now(ctx)
	if _, err := m.DB.Conn(ctx).ExecNamed(ctx, insertItem, row); err != nil {
		return taken(err)
	}
	saved.N, saved.Edit = 1, 1
	if err := m.addVersion(ctx, row, raw); err != nil {
		return err
	}
	return m.note(ctx, row, 1, Edit, "", nil)
}

func (m *Module) addVersion(ctx context.Context, row *itemRow, raw string) error {
	who := identity.FromContext(ctx)
	_, err := m.DB.Conn(ctx).ExecNamed(ctx, insertVersion, versionRow{Item: row.Code, N: row.Latest, State: Draft, Definition: raw,
		Author: who.Account, AuthorName: who.Name, CreatedAt: row.ChangedAt})
	return err
}

func taken(err error) error {
	if db.IsUnique(err) {
		return ErrCodeTaken.Because(err)
	}
	return err
}

func (m *Module) editItem(ctx context.Context, row *itemRow, owner identity.Place, d *Definition, raw string, byItself bool, saved *Saved) error {
	// An item that changes its department needs the right at both.
	if !identity.FromContext(ctx).Can(RightEdit, row.place()) {
		return ErrRight
	}
	if row.State == Cancelled {
		return ErrMove.Say("事项已取消，不能再编辑；如需恢复请新建事项并使用新的编号。")
	}
	if row.Published > 0 && (d.BaseCode != row.BaseCode || d.Seq != row.Seq) {
		return errs.ErrInvalid.Field("base_code", "基本编码和业务办理项序号发布后不能修改，请改回“"+row.BaseCode+"”和“"+row.Seq+"”。")
	}
	before, err := m.readVersion(ctx, row.Code, row.newest())
	if err != nil {
		return err
	}
	if row.OpenState != "" {
		if _, err := find(row.OpenState, Edit); err != nil {
			return err
		}
	}
	row.Edit++
	row.ChangedAt = m.now(ctx)
	if row.OpenState == "" {
		row.Latest++
		err = m.addVersion(ctx, row, raw)
	} else {
		who := identity.FromContext(ctx)
		err = m.writeDraft(ctx, versionRow{Item: row.Code, N: row.Latest, State: Draft, Definition: raw, Author: who.Account, AuthorName: who.Name})
	}
	if err != nil {
		return err
	}
	row.OpenState = Draft
	if row.Published == 0 { // lists show the draft until there is more
		row.describe(d)
		row.Agency, row.Division = owner.Agency, owner.Division
	}
	if _, err := m.DB.Conn(ctx).ExecNamed(ctx, updateItem, row); err != nil {
		return taken(err)
	}
	saved.N, saved.Edit = row.Latest, row.Edit
	return m.noteEdit(ctx, row, changedFields(before.Definition, raw), byItself)
}

func (r *itemRow) place() identity.Place {
	return identity.Place{Division: r.Division, Agency: r.Agency, Dept: r.Dept}
}

// note appends one act to the item's history, and to the audit log.
func (m *Module) note(ctx context.Context, row *itemRow, n int, verb Verb, opinion string, changed []string) error {
	who := identity.FromContext(ctx)
	list, err := json.Marshal(nonNil(changed))
	if err != nil {
		return err
	}
	_, err = m.DB.Conn(ctx).ExecNamed(ctx, insertAct, actRow{Item: row.Code, Edit: row.Edit, N: n, Verb: verb, At: row.ChangedAt,
		Actor: who.Account, ActorName: who.Name, Opinion: opinion, Changed: string(list)})
	if err != nil {
		return err
	}
	return m.audited(ctx, row, n, verb)
}

// changedFields names the top-level fields in which two definitions differ.
func changedFields(before, after string) []string {
	var a, b map[string]json.RawMessage
	if json.Unmarshal([]byte(before), &a) != nil || json.Unmarshal([]byte(after), &b) != nil {
		return nil
	}
	var changed []string
	for name := range b {
		if string(a[name]) != string(b[name]) {
			changed = append(changed, name)
		}
	}
	for name := range a {
		if _, still := b[name]; !still {
			changed = append(changed, name)
		}
	}
	slices.Sort(changed)
	return changed
}

var fieldTitles = map[string]string{
	"base_code": "基本编码", "seq": "业务办理项序号", "name": "事项名称", "base_name": "基本目录名称", "type": "事项类型",
	"domain": "业务领域", "dept": "责任部门", "dept_name": "责任部门名称", "levels": "行使层级", "decided_at": "决定层级",
	"accepted_by": "受理主体", "audience": "服务对象", "person_themes": "自然人主题", "enterprise_themes": "法人主题",
	"tags": "标签", "synonyms": "别名", "kind": "办件类型", "basis": "设定依据", "conditions": "受理条件",
	"statutory": "法定办结时限", "promised": "承诺办结时限", "fee": "收费", "result": "办理结果", "materials": "申请材料",
	"base_materials": "必交材料", "situations": "情形", "no_materials": "免提交", "form": "表单", "process": "办理流程",
	"special": "特别程序", "visits": "到现场次数", "visit_reason": "必须现场办理原因", "online": "网上办理", "depth": "网上办理深度", "min_level": "最低实名等级",
	"channels": "办理形式", "scope": "通办范围", "hall": "进驻大厅", "hall_exempt": "不进驻理由", "faq": "常见问题",
	"remedy": "救济途径", "consult": "咨询电话", "complaint": "监督投诉电话", "trust": "可信程度", "source": "来源", "defect": "已知缺陷",
}

// FieldTitle is the Chinese name of a top-level field of a definition.
func FieldTitle(field string) string {
	if t, ok := fieldTitles[field]; ok {
		return t
	}
	return field
}
