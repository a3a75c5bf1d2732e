package catalogue

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
)

var (
	codePattern    = regexp.MustCompile(`^[A-Z]{2}[0-9]{5}$`)
	questionID     = regexp.MustCompile(`^[\p{L}_][\p{L}\p{N}_]{0,63}$`) // an identifier of the expression language
	plainID        = regexp.MustCompile(`^[\p{L}\p{N}_\-]{1,64}$`)
	seqPattern     = regexp.MustCompile(`^[0-9]{2}$`)
	deptPattern    = regexp.MustCompile(`^D[0-9]{2}$`)
	specialPattern = regexp.MustCompile(`^[a-z_]+(:[0-9]{1,3})?$`)
	phonePattern   = regexp.MustCompile(`^[0-9][0-9\- ()、，,;；/转]{2,60}$`)
)

// Validate checks the shape of a definition: every field that is there can be
// read, codes are of their lists, ids are unique. It is what a draft must pass
// to be stored. Whether the item may be published is another matter: see Check.
// The error is errs.ErrInvalid with the JSON path of every wrong field.
func (d *Definition) Validate() error {
	v := &shape{}
	v.identity(d)
	v.responsibility(d)
	v.time(d)
	v.materials(d)
	v.situations(d)
	v.channels(d)
	v.form(d)
	return v.Err()
}

// shape collects what is wrong with the shape of a definition.
type shape struct{ errs.Fields }

func (v *shape) text(field, title, value string, max int) {
	switch n := utf8.RuneCountInString(value); {
	case strings.TrimSpace(value) == "":
		v.Add(field, "请填写%s。", title)
	case n > max:
		v.Add(field, "%s不能超过%d个字，现有%d个字。", title, max, n)
	}
}

func (v *shape) oneOf(field, title, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		v.Add(field, "%s应为%s之一，现为“%s”。", title, strings.Join(allowed, "、"), value)
	}
}

func (v *shape) allOf(field, title string, values []string, allowed ...string) {
	if len(values) == 0 {
		v.Add(field, "%s至少选一项。", title)
	}
	for i, value := range values {
		v.oneOf(fmt.Sprintf("%s.%d", field, i), title, value, allowed...)
	}
}

func (v *shape) matches(field, title, value string, re *regexp.Regexp, like string) {
	if !re.MatchString(value) {
		v.Add(field, "%s的格式应如 %s，现为“%s”。", title, like, value)
	}
}

func (v *shape) identity(d *Definition) {
	v.matches("code", "事项编号", d.Code, codePattern, "SG01001")
	v.text("base_code", "基本编码", d.BaseCode, 12)
	v.matches("seq", "业务办理项序号", d.Seq, seqPattern, "01")
	v.text("name", "事项名称", d.Name, 200)
	v.text("base_name", "基本目录名称", d.BaseName, 200)
	v.oneOf("type", "事项类型", d.Type, TypeLicence, TypePunishment, TypeCoercion, TypeLevy, TypePayment,
		TypeInspection, TypeConfirmation, TypeReward, TypeRuling, TypeOther, TypeService)
	v.text("domain", "业务领域", d.Domain, 50)
}

func (v *shape) responsibility(d *Definition) {
	v.matches("dept", "责任部门编号", d.Dept, deptPattern, "D11")
	v.text("dept_name", "责任部门名称", d.DeptName, 100)
	if len(d.Levels) == 0 {
		v.Add("levels", "行使层级至少选一级。")
	}
	for i, level := range d.Levels {
		if level < LevelCity || level > LevelVillage {
			v.Add(fmt.Sprintf("levels.%d", i), "行使层级应为3（市）、4（县）、5（镇）或6（村），现为%d。", level)
		}
	}
	if d.DecidedAt < LevelCity || d.DecidedAt > LevelVillage {
		v.Add("decided_at", "决定层级应为3（市）、4（县）、5（镇）或6（村），现为%d。", d.DecidedAt)
	}
	v.oneOf("accepted_by", "受理主体", d.AcceptedBy, AcceptedByWindow, AcceptedByAgency)
	v.allOf("audience", "服务对象", d.Audience, "person", "enterprise")
	for field, phone := range map[string]string{"consult": d.Consult, "complaint": d.Complaint} {
		if phone != "" && !phonePattern.MatchString(phone) {
			v.Add(field, "电话“%s”无法识别，请填写区号和号码，如0751-8888888。", phone)
		}
	}
}

func (v *shape) time(d *Definition) {
	v.oneOf("kind", "办件类型", d.Kind, KindInstant, KindPromised)
	v.limit("statutory", "法定办结时限", d.Statutory)
	v.limit("promised", "承诺办结时限", d.Promised)
	for i, b := range d.Basis {
		v.text(fmt.Sprintf("basis.%d.law", i), "设定依据的法律法规名称", b.Law, 300)
	}
	v.oneOf("result.kind", "结果类型", d.Result.Kind, ResultLicence, ResultDocument, ResultApproval, ResultOther)
	v.oneOf("result.licence_how", "怎么发证", d.Result.LicenceHow, "", LicenceExtend, LicenceReissue, LicenceChange)
	for i, by := range d.Result.DeliverBy {
		v.oneOf(fmt.Sprintf("result.deliver_by.%d", i), "送达方式", by, "window", "post", "electronic")
	}
	for i, s := range d.Special {
		v.matches(fmt.Sprintf("special.%d", i), "特别程序", s, specialPattern, "hearing 或 publicity:7")
	}
}

func (v *shape) limit(field, title string, l Limit) {
	v.oneOf(field+".unit", title+"的单位", l.Unit, UnitWorkday, UnitDay, UnitNone)
	if l.N < 0 || l.N > 3660 {
		v.Add(field+".n", "%s应在0到3660之间，现为%d。", title, l.N)
	}
	if l.Unit == UnitNone && l.N != 0 {
		v.Add(field+".n", "%s的单位为“无”时天数应为0，现为%d。", title, l.N)
	}
}

func (v *shape) materials(d *Definition) {
	seen := map[string]bool{}
	for i, m := range d.Materials {
		at := fmt.Sprintf("materials.%d", i)
		v.id(at+".id", m.ID, plainID, seen)
		v.text(at+".name", "材料名称", m.Name, 200)
		v.oneOf(at+".kind", "材料类型", m.Kind, "original", "copy", "both")
		v.oneOf(at+".form", "材料形式", m.Form, "paper", "electronic", "both")
		v.oneOf(at+".necessity", "材料必要性", m.Necessity, Required, Optional, Defer)
		v.oneOf(at+".source", "来源渠道", m.Source, "applicant", "government", "other")
		if m.Class != "" {
			v.oneOf(at+".class", "材料类别", m.Class, classes...)
		}
		if len(m.Proof) > 10 {
			v.Add(at+".proof", "证明清单编号不能超过10个字符，如60。")
		}
		if m.Originals < 0 || m.Originals > 99 {
			v.Add(at+".originals", "原件份数应在0到99之间，现为%d。", m.Originals)
		}
		if m.Copies < 0 || m.Copies > 99 {
			v.Add(at+".copies", "复印件份数应在0到99之间，现为%d。", m.Copies)
		}
	}
}

func (v *shape) id(field, id string, re *regexp.Regexp, seen map[string]bool) {
	if !re.MatchString(id) {
		v.Add(field, "编号“%s”只能含字母、数字和下划线，最长64个字符；问题的编号不能以数字开头。", id)
	}
	if seen[id] {
		v.Add(field, "编号“%s”重复，请改用另一个。", id)
	}
	seen[id] = true
}

func (v *shape) situations(d *Definition) {
	questions := map[string]bool{}
	for i, q := range d.Situations {
		at := fmt.Sprintf("situations.%d", i)
		v.id(at+".id", q.ID, questionID, questions)
		v.text(at+".text", "问题", q.Text, 200)
		if len(q.Options) == 0 {
			v.Add(at+".options", "问题“%s”没有选项，请至少添加一个。", q.Text)
		}
		options := map[string]bool{}
		for j, o := range q.Options {
			v.id(fmt.Sprintf("%s.options.%d.id", at, j), o.ID, plainID, options)
			v.text(fmt.Sprintf("%s.options.%d.label", at, j), "选项", o.Label, 200)
		}
	}
}

func (v *shape) channels(d *Definition) {
	v.allOf("channels", "办理形式", d.Channels, "window", "web", "mobile", "post", "kiosk")
	if d.Depth < 1 || d.Depth > 4 {
		v.Add("depth", "网上办理深度应为1到4，现为%d。", d.Depth)
	}
	if d.Visits < 0 || d.Visits > 9 {
		v.Add("visits", "到现场次数应在0到9之间，现为%d。", d.Visits)
	}
	if !identity.Level(d.MinLevel).Valid() {
		v.Add("min_level", "最低实名等级应为0到4，现为%d。", d.MinLevel)
	}
	v.oneOf("scope", "通办范围", d.Scope, "", "全国", "跨省", "跨市", "跨县", "全市", "跨镇", "跨村")
}

func (v *shape) form(d *Definition) {
	var schema struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(d.Form, &schema); err != nil {
		v.Add("form", "表单不是有效的 JSON Schema：%v。", err)
		return
	}
	if schema.Type != "object" {
		v.Add("form.type", "表单的 type 应为 object，现为“%s”。", schema.Type)
	}
}
