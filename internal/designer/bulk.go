package designer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/progress"
	"yimen/internal/kit/web/ui"
)

// What a bulk change does to every item.
const (
	bulkSet     = "set"     // one field gets a value
	bulkLimit   = "limit"   // 承诺 or 法定时限
	bulkFee     = "fee"     // 收费
	bulkReplace = "replace" // a text is replaced wherever it stands
	bulkTag     = "tag"     // a tag is put on
	bulkUntag   = "untag"   // a tag is taken off
	bulkAdd     = "add"     // a material is added
	bulkDrop    = "drop"    // a material is taken out
	bulkApprove = "approve" // versions in review are approved and published
)

var bulkKinds = choices(bulkSet, "修改一项内容", bulkLimit, "修改办结时限", bulkFee, "修改收费", bulkReplace, "替换文字", bulkTag, "加标签", bulkUntag, "去标签",
	bulkAdd, "增加一份材料", bulkDrop, "去掉一份材料")

// bulkFields are those that "修改一项内容" may set for all.
var bulkFields = choices("consult", "咨询电话", "complaint", "监督投诉电话", "domain", "业务领域", "visit_reason", "必须现场办理的原因",
	"hall_exempt", "依法不进驻的理由", "remedy.reconsideration", "行政复议", "remedy.litigation", "行政诉讼", "source", "内容来源")

// bulkItem is one item of a bulk change, as its preview saw it.
type bulkItem struct {
	Code string `json:"code"`
	Seen int64  `json:"seen"`
}

// bulkChange is one change to many items: what the preview shows is what the
// job does, for both call apply.
type bulkChange struct {
	Items   []bulkItem `json:"items"`
	Kind    string     `json:"kind"`
	Field   string     `json:"field,omitempty"`   // bulkSet; of bulkLimit promised or statutory
	Value   string     `json:"value,omitempty"`   // the new text, tag, name of a material, number of days
	Find    string     `json:"find,omitempty"`    // bulkReplace
	Unit    string     `json:"unit,omitempty"`    // bulkLimit
	Item    string     `json:"item,omitempty"`    // bulkFee: 收费项目
	Basis   string     `json:"basis,omitempty"`   // bulkFee
	Need    string     `json:"need,omitempty"`    // bulkAdd: necessity
	Charged bool       `json:"charged,omitempty"` // bulkFee
	Submit  bool       `json:"submit,omitempty"`  // hand in for review where the checks pass
}

// check tells what is missing in the change itself.
func (c bulkChange) check() error {
	var bad errs.Fields
	value := strings.TrimSpace(c.Value)
	switch c.Kind {
	case bulkSet:
		if labelOf(bulkFields, c.Field) == c.Field {
			bad.Add("field", "请选择要修改的内容。")
		}
	case bulkLimit:
		if c.Field != "promised" && c.Field != "statutory" {
			bad.Add("limit_field", "请选择要修改的时限。")
		}
		if n := atoi(value); n < 0 || value != itoa(n) {
			bad.Add("days", "时限应填写整数，当场办结填0。")
		}
		if !slices.ContainsFunc(limitUnits, func(o ui.Option) bool { return o.Value == c.Unit }) {
			bad.Add("unit", "请选择单位。")
		}
	case bulkReplace:
		if len([]rune(c.Find)) < 2 {
			bad.Add("find", "要替换的文字至少两个字。")
		}
	case bulkTag, bulkUntag, bulkAdd, bulkDrop:
		if value == "" || len([]rune(value)) > 200 {
			bad.Add("value", "请填写名称，不超过200个字。")
		}
	case bulkFee, bulkApprove:
	default:
		bad.Add("kind", "请选择要做的修改。")
	}
	if len(c.Items) == 0 {
		bad.Add("items", "请至少选择一个事项。")
	}
	return bad.Err()
}

// words say what the change does.
func (c bulkChange) words() string {
	switch c.Kind {
	case bulkSet:
		return labelOf(bulkFields, c.Field) + "改为“" + c.Value + "”"
	case bulkLimit:
		return FieldName(c.Field) + "改为" + catalogue.Limit{N: atoi(c.Value), Unit: c.Unit}.Promise()
	case bulkFee:
		if c.Charged {
			return "改为收费：" + c.Item + "，" + c.Value
		}
		return "改为不收费"
	case bulkReplace:
		return "“" + c.Find + "”替换为“" + c.Value + "”"
	case bulkApprove:
		return "审核通过并发布"
	}
	return labelOf(bulkKinds, c.Kind) + "“" + c.Value + "”"
}

// FieldName is the Chinese name of a top-level field.
func FieldName(name string) string { return catalogue.FieldTitle(name) }

// apply does the change to one definition; nothing changes where it does not
// fit.
func (c bulkChange) apply(d *catalogue.Definition) error {
	switch c.Kind {
	case bulkSet:
		doc, err := open(d)
		if err != nil {
			return err
		}
		doc.put(c.Field, strings.TrimSpace(c.Value))
		return doc.into(d)
	case bulkLimit:
		l := catalogue.Limit{N: atoi(c.Value), Unit: c.Unit}
		if l.N == 0 {
			l.Unit = catalogue.UnitNone
		}
		if c.Field == "statutory" {
			d.Statutory = l
			return nil
		}
		d.Promised, d.Kind = l, catalogue.KindPromised
		if l.None() {
			d.Kind = catalogue.KindInstant
		}
	case bulkFee:
		d.Fee = catalogue.Fee{}
		if c.Charged {
			d.Fee = catalogue.Fee{Charged: true, Item: c.Item, Standard: c.Value, Basis: c.Basis}
		}
	case bulkReplace:
		return replaceText(d, c.Find, c.Value)
	case bulkTag:
		if !slices.Contains(d.Tags, c.Value) {
			d.Tags = append(slices.Clone(d.Tags), c.Value)
		}
	case bulkUntag:
		d.Tags = without(d.Tags, c.Value)
	case bulkAdd:
		addMaterial(d, c.Value, c.Need)
	case bulkDrop:
		for _, m := range d.Materials {
			if m.Name == c.Value {
				dropMaterial(d, m.ID)
			}
		}
	}
	return nil
}

// addMaterial asks everybody for one more material, where none is called so.
func addMaterial(d *catalogue.Definition, name, necessity string) {
	if slices.ContainsFunc(d.Materials, func(m catalogue.Material) bool { return m.Name == name }) {
		return
	}
	id := freeID("m", func(x string) bool { _, taken := d.Material(x); return taken })
	if necessity == "" {
		necessity = catalogue.Required
	}
	d.Materials = append(slices.Clone(d.Materials), catalogue.Material{ID: id, Name: name, Kind: "original", Form: "both", Originals: 1,
		Necessity: necessity, Source: "applicant"})
	d.BaseMaterials, d.NoMaterials = append(slices.Clone(d.BaseMaterials), id), false
}

// replaced are the parts of a definition in which texts are replaced: what
// people read, no codes and no ids.
var replaced = []string{"name", "basis", "conditions", "fee", "result", "materials", "situations", "visit_reason", "faq", "remedy", "hall_exempt", "consult", "complaint"}

// kept are names of members whose text means something to the program.
var kept = []string{"id", "when", "kind", "form", "unit", "necessity", "source", "licence_type", "deliver_by", "defaults", "blank_url"}

func replaceText(d *catalogue.Definition, find, with string) error {
	doc, err := open(d)
	if err != nil {
		return err
	}
	for _, name := range replaced {
		v := doc.top(name)
		if text, err := encode(v); err != nil || !strings.Contains(string(text), quoted(find)) {
			continue
		}
		doc.touched[name] = replaceIn(v, find, with)
	}
	return doc.into(d)
}

// quoted is a text as it stands within a JSON string.
func quoted(s string) string {
	raw, _ := encode(s)
	return strings.Trim(string(raw), `"`)
}

func replaceIn(v any, find, with string) any {
	switch x := v.(type) {
	case string:
		return strings.ReplaceAll(x, find, with)
	case []any:
		for i := range x {
			x[i] = replaceIn(x[i], find, with)
		}
	case map[string]any:
		for k, e := range x {
			_, plain := e.(string)
			list, isList := e.([]any)
			ids := isList && len(list) > 0 && k == "materials" // ids of an option; the definition's own are objects
			if slices.Contains(kept, k) && plain || k == "defaults" || k == "deliver_by" || k == "licence_type" || ids {
				continue
			}
			x[k] = replaceIn(e, find, with)
		}
	}
	return v
}

// outcome is what a bulk change does to one item.
type outcome struct {
	Item     catalogue.Item
	Seen     int64
	Changes  []Change
	Findings []catalogue.Finding // what would stand against publication afterwards
	Worse    int                 // how many of them the change brings
	Problem  string              // why the item cannot be changed, ""
	Outlets  int                 // where it is taken in
}

// foresee tells what the change does to one item, without storing anything.
func (m *Module) foresee(ctx context.Context, c bulkChange, code string) (outcome, error) {
	s, err := m.Catalogue.Sheet(ctx, code)
	var e *errs.Error
	if errors.As(err, &e) {
		return outcome{Item: catalogue.Item{Code: code}, Problem: e.Message}, nil
	}
	if err != nil {
		return outcome{}, err
	}
	o := outcome{Item: s.Item, Seen: s.Edit}
	if c.Kind == bulkApprove {
		return m.foreseeReview(ctx, o, s)
	}
	if !slices.Contains(s.Verbs, catalogue.Edit) {
		o.Problem = "现在不能编辑（" + s.Newest.State.String() + "，或没有权限）。"
		return o, nil
	}
	after, err := s.Newest.Definition.Clone()
	if err != nil {
		return o, err
	}
	if err := c.apply(&after); err != nil {
		return o, err
	}
	if err := after.Validate(); err != nil {
		o.Problem = firstProblem(err)
		return o, nil
	}
	if o.Findings, err = m.Catalogue.Check(ctx, &after); err != nil {
		return o, err
	}
	o.Worse = len(o.Findings) - len(s.Findings)
	o.Changes, err = Compare(&s.Newest.Definition, &after)
	return o, err
}

func (m *Module) foreseeReview(ctx context.Context, o outcome, s catalogue.Sheet) (outcome, error) {
	if !slices.Contains(s.Verbs, catalogue.Approve) {
		o.Problem = "不在待审核，或编辑人是您本人，或没有审核权限。"
		return o, nil
	}
	o.Findings = s.Findings
	for _, v := range s.Versions {
		if v.State != catalogue.Published && v.State != catalogue.Suspended {
			continue
		}
		before, err := m.Catalogue.Version(ctx, s.Item.Code, v.N)
		if err != nil {
			return o, err
		}
		o.Changes, err = Compare(&before.Definition, &s.Newest.Definition)
		return o, err
	}
	o.Changes = []Change{{Section: "基本信息", Label: "新事项", Kind: Added, After: s.Item.Name}}
	return o, nil
}

func firstProblem(err error) string {
	e := errs.From(err)
	if len(e.Fields) > 0 {
		return e.Fields[0].Message
	}
	return e.Message
}

type bulkStarter func(ctx context.Context, s progress.Start, c bulkChange) (string, error)

// defineBulk tells the tracker how a bulk change is done: item by item, each a
// draft of its own, with the rights of the one who started it.
func (m *Module) defineBulk() bulkStarter {
	if m.Works == nil {
		return nil
	}
	return progress.Define(m.Works, "designer.bulk", func(ctx context.Context, run *progress.Run, c bulkChange) error {
		seen := map[string]int64{}
		var todo []progress.Step
		for _, it := range c.Items {
			seen[it.Code] = it.Seen
			todo = append(todo, progress.Step{Key: it.Code, Title: it.Code})
		}
		return run.Each(ctx, todo, func(ctx context.Context, s progress.Step) (string, error) {
			return m.bulkOne(ctx, c, s.Key, seen[s.Key])
		})
	})
}

// bulkOne does the change to one item; somebody's edit since the preview is
// ErrStale.
func (m *Module) bulkOne(ctx context.Context, c bulkChange, code string, seen int64) (string, error) {
	if c.Kind == bulkApprove {
		if _, err := m.Catalogue.Do(ctx, catalogue.Act{Item: code, Seen: seen, Opinion: "批量审核通过"}, catalogue.Approve, time.Time{}); err != nil {
			return "", err
		}
		_, err := m.Catalogue.Do(ctx, catalogue.Act{Item: code, Seen: seen + 1}, catalogue.Publish, time.Time{})
		return "已审核通过并发布", err
	}
	saved, err := m.Catalogue.Change(ctx, catalogue.Revision{Item: code, Seen: seen}, c.apply)
	switch {
	case err != nil:
		return "", err
	case !saved.Changed:
		return "没有需要改的地方", nil
	case len(saved.Findings) > 0:
		return fmt.Sprintf("已存为第%d版草稿，发布前还有%d个问题", saved.N, len(saved.Findings)), nil
	case !c.Submit:
		return fmt.Sprintf("已存为第%d版草稿", saved.N), nil
	}
	_, err = m.Catalogue.Do(ctx, catalogue.Act{Item: code, Seen: saved.Edit}, catalogue.Submit, time.Time{})
	return fmt.Sprintf("第%d版已提交审核", saved.N), err
}

// packed writes a change into one hidden input of its preview.
func (c bulkChange) packed() (string, error) {
	raw, err := json.Marshal(c)
	return string(raw), err
}

func unpack(s string) (bulkChange, error) {
	var c bulkChange
	if err := json.Unmarshal([]byte(s), &c); err != nil {
		return c, errs.ErrInvalid.Field("", "预览的内容读不出来，请重新预览。")
	}
	return c, nil
}
