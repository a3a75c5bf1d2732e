package catalogue

import (
	"encoding/json"

	"yimen/internal/workflow"
)

// sample is an item that breaks no rule: a licence with questions, a form with
// a table, and a process. Every call gives a fresh one.
func sample() *Definition {
	return &Definition{
		Code: "SG11001", BaseCode: "440111001000", Seq: "01", Name: "林木采伐许可证核发", BaseName: "林木采伐许可证核发",
		Type: TypeLicence, Domain: "林业", Dept: "D11", DeptName: "林业局",
		Levels: []int{LevelCounty, LevelTown, LevelVillage}, DecidedAt: LevelCounty, AcceptedBy: AcceptedByWindow,
		Audience: []string{"person", "enterprise"}, Tags: []string{"镇村", "全市通办"}, Synonyms: []string{"砍树证"},
		Kind: KindPromised, Basis: []Basis{{Law: "中华人民共和国森林法", Article: "第五十六条"}}, Conditions: []string{"林木权属清楚"},
		Statutory: Limit{20, UnitWorkday}, Promised: Limit{8, UnitWorkday},
		Result: Result{Name: "林木采伐许可证", Kind: ResultLicence, Sample: "许可证编号、采伐地点、采伐量", DeliverBy: []string{"window", "post"}},
		Materials: []Material{
			{ID: "form", Name: "林木采伐申请表", Kind: "original", Form: "both", Originals: 1, Necessity: Required, Source: "applicant"},
			{ID: "id_card", Name: "居民身份证", Kind: "copy", Form: "both", Copies: 1, Necessity: Required, Source: "government", LicenceTypes: []string{"11100000000013127D001"}},
			{ID: "design", Name: "伐区调查设计文件", Kind: "original", Form: "both", Originals: 1, Necessity: Defer, Source: "other"},
			{ID: "power", Name: "授权委托书", Kind: "original", Form: "both", Originals: 1, Necessity: Required, Source: "applicant", Promise: true},
			{ID: "agent_id", Name: "代办人身份证", Kind: "copy", Form: "both", Copies: 1, Necessity: Required, Source: "government"},
		},
		BaseMaterials: []string{"form", "id_card"},
		Situations: []Question{
			{ID: "who", Text: "由谁来办理？", Options: []Option{
				{ID: "self", Label: "本人办理", Defaults: map[string]any{"handled_by": "self"}},
				{ID: "agent", Label: "委托他人", Materials: []string{"power"}, Defaults: map[string]any{"handled_by": "agent"}},
				{ID: "nobody", Label: "没有权属", Stop: "林木权属不清的，不予采伐。"},
			}},
			{ID: "agent_near", Text: "代办人是否同住？", When: `who == "agent"`, Options: []Option{
				{ID: "yes", Label: "同住"}, {ID: "no", Label: "不同住", Materials: []string{"agent_id"}},
			}},
			{ID: "extras", Text: "有哪些情形？", Multiple: true, Options: []Option{
				{ID: "large", Label: "超过15立方米", Materials: []string{"design"}}, {ID: "steep", Label: "坡度超过35度"},
			}},
		},
		Form: json.RawMessage(sampleForm), Process: sampleProcess(),
		Special: []string{"inspection", "publicity:5"},
		Visits:  0, Online: true, Depth: 4, MinLevel: 2, Channels: []string{"window", "web", "mobile", "post"}, Scope: "全市", Hall: true,
		FAQ:    []QA{{"自留山的树要办证吗？", "自留山上的林木需要办理，房前屋后的零星林木不需要。"}},
		Remedy: Remedy{"市人民政府", "人民法院"}, Consult: "0751-8880001", Complaint: "0751-8880002", Trust: "suggested",
	}
}

func sampleProcess() workflow.Definition {
	return workflow.Definition{Name: "林木采伐审批", Nodes: []workflow.Node{
		{ID: "review", Kind: workflow.Step, Name: "镇审核", Agency: "town", Role: workflow.RoleReview, Limit: 2},
		{ID: "survey", Kind: workflow.Step, Name: "现场核查", Agency: "competent", Role: workflow.RoleSurvey, Limit: 3},
		{ID: "decide", Kind: workflow.Step, Name: "审批", Agency: "competent", Role: workflow.RoleDecide, Limit: 2, Decision: true},
	}}
}

const sampleForm = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "required": ["name", "id_no", "phone", "handled_by", "area", "declared", "bank"],
  "additionalProperties": false,
  "properties": {
    "name": {"type": "string", "title": "姓名", "minLength": 1, "maxLength": 50, "format": "person-name", "x-section": "申请人", "x-order": 10, "x-element": "applicant_name"},
    "id_no": {"type": "string", "title": "身份证号", "format": "resident-id", "x-section": "申请人", "x-order": 20},
    "phone": {"type": "string", "title": "手机号", "format": "mobile", "x-section": "申请人", "x-order": 30},
    "handled_by": {"type": "string", "title": "办理人", "enum": ["self", "agent"], "x-labels": {"self": "本人", "agent": "代办人"}, "x-section": "申请人", "x-order": 15},
    "agent_name": {"type": "string", "title": "代办人姓名", "x-when": {"handled_by": ["agent"]}, "x-section": "申请人", "x-order": 16},
    "area": {"type": "number", "title": "面积", "exclusiveMinimum": 0, "maximum": 1000, "x-unit": "亩", "x-section": "采伐", "x-order": 40},
    "trees": {"type": "integer", "title": "株数", "minimum": 1, "x-section": "采伐", "x-order": 41},
    "kinds": {"type": "array", "title": "树种", "uniqueItems": true, "items": {"type": "string", "oneOf": [{"const": "pine", "title": "松"}, {"const": "fir", "title": "杉"}]}, "x-section": "采伐", "x-order": 42},
    "cut_on": {"type": "string", "title": "采伐日期", "format": "date", "x-section": "采伐", "x-order": 43},
    "place": {"type": "object", "title": "地点", "x-order": 45, "required": ["village"], "properties": {
      "village": {"type": "string", "title": "村组", "maxLength": 20}, "hill": {"type": "string", "title": "山名"}}},
    "bank": {"type": "string", "title": "银行账号", "format": "bank-account", "x-order": 50},
    "members": {"type": "array", "title": "共有人", "maxItems": 3, "x-order": 60, "items": {"type": "object", "required": ["name"], "additionalProperties": false, "properties": {
      "name": {"type": "string", "title": "姓名", "minLength": 2},
      "id_no": {"type": "string", "title": "身份证号", "format": "resident-id"},
      "share": {"type": "number", "title": "份额", "minimum": 0, "maximum": 100},
      "agrees": {"type": "boolean", "title": "同意采伐"}}}},
    "declared": {"type": "boolean", "const": true, "title": "以上内容属实", "x-order": 90}
  },
  "allOf": [{"if": {"properties": {"handled_by": {"const": "agent"}}, "required": ["handled_by"]}, "then": {"required": ["agent_name"]}}]
}`
