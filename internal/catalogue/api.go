package catalogue

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/org"
)

// API adds the public operations on items. Nobody need be signed in: what can
// be applied for is everybody's to know.
func (m *Module) API(api huma.API) {
	op := func(method, path, id, summary string) huma.Operation {
		return huma.Operation{Method: method, Path: path, OperationID: id, Summary: summary, Tags: []string{"事项"}}
	}
	web.Op(api, op(http.MethodGet, "/api/v1/items", "list-items", "搜索政务服务事项"), web.Public, m.apiList)
	web.Op(api, op(http.MethodGet, "/api/v1/items/{code}", "get-item", "办事指南"), web.Public, m.apiGuide)
	checklist := op(http.MethodPost, "/api/v1/items/{code}/checklist", "resolve-checklist", "按情形得出材料清单和表单")
	checklist.DefaultStatus = http.StatusOK
	web.Op(api, checklist, web.Public, m.apiChecklist)
}

type listInput struct {
	Q        string `query:"q" doc:"关键词：两字以上的词、拼音、首字母或事项编号"`
	Division string `query:"division" doc:"12位行政区划代码；只列该级可办的事项"`
	Audience string `query:"audience" doc:"person（个人）或 enterprise（企业）"`
	Dept     string `query:"dept" doc:"部门编号，如 D11"`
	Domain   string `query:"domain" doc:"业务领域"`
	Tag      string `query:"tag" doc:"标签"`
	Level    int    `query:"level" doc:"行使层级：3市、4县、5镇、6村"`
	After    string `query:"after" doc:"上一页给出的 next"`
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"20" doc:"每页条数，最多200"`
}

type itemJSON struct {
	Code         string   `json:"code"`
	Name         string   `json:"name"`
	Agency       string   `json:"agency"`
	Dept         string   `json:"dept"`
	Kind         string   `json:"kind"`
	PromisedDays int      `json:"promised_days" doc:"工作日，0为即办"`
	Audience     []string `json:"audience"`
	Levels       []int    `json:"levels"`
	Tags         []string `json:"tags"`
	Version      int      `json:"version"`
}

type listOutput struct {
	Body struct {
		Items []itemJSON `json:"items"`
		Next  string     `json:"next" doc:"下一页的 after，没有下一页时为空"`
	}
}

func (m *Module) apiList(ctx context.Context, in *listInput) (*listOutput, error) {
	items, next, err := m.Search(ctx, Query{Q: in.Q, Division: in.Division, Audience: in.Audience, Dept: in.Dept, Domain: in.Domain, Tag: in.Tag, Level: in.Level},
		db.Page{Limit: in.Limit, After: in.After})
	if err != nil {
		return nil, err
	}
	out := &listOutput{}
	out.Body.Items, out.Body.Next = make([]itemJSON, len(items)), next
	for i, it := range items {
		out.Body.Items[i] = itemJSON{it.Code, it.Name, it.Agency, it.Dept, it.Kind, it.PromisedDays, it.Audience, it.Levels, it.Tags, it.Version}
	}
	return out, nil
}

type guideInput struct {
	Code     string `path:"code" doc:"事项编号，或33位业务办理项编码"`
	Division string `query:"division" doc:"12位行政区划代码"`
}

type agencyJSON struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// guideJSON is the guide as other systems read it.
type guideJSON struct {
	Code               string          `json:"code"`
	BaseCode           string          `json:"base_code"`
	ImplementationCode string          `json:"implementation_code" doc:"31位实施编码，未选地区时可能为空"`
	HandlingCode       string          `json:"handling_code" doc:"33位业务办理项编码，未选地区时可能为空"`
	Name               string          `json:"name"`
	Type               string          `json:"type"`
	Kind               string          `json:"kind"`
	Domain             string          `json:"domain"`
	Audience           []string        `json:"audience"`
	Levels             []int           `json:"levels" doc:"行使层级：3市、4县、5镇、6村"`
	DecidedAt          int             `json:"decided_at"`
	Tags               []string        `json:"tags"`
	Version            int             `json:"version"`
	PublishedAt        time.Time       `json:"published_at"`
	Division           string          `json:"division" doc:"实际受理的地区，可能是所选地区的上级"`
	Agency             *agencyJSON     `json:"agency" doc:"实施主体"`
	CompetentAgency    *agencyJSON     `json:"competent_agency" doc:"作出决定的机关"`
	Basis              []Basis         `json:"basis"`
	Conditions         []string        `json:"conditions"`
	Materials          []materialJSON  `json:"materials"`
	Situations         []questionJSON  `json:"situations"`
	NoMaterials        bool            `json:"no_materials"`
	Steps              []GuideStep     `json:"steps"`
	Limits             limitsJSON      `json:"limits"`
	PromisedDays       int             `json:"promised_days"`
	Fee                Fee             `json:"fee"`
	Result             Result          `json:"result"`
	Places             []GuidePlace    `json:"places"`
	Visits             int             `json:"visits"`
	VisitReason        string          `json:"visit_reason"`
	Online             bool            `json:"online"`
	Depth              int             `json:"depth"`
	MinLevel           int             `json:"min_level" doc:"网上申请的最低实名等级，0至4"`
	Channels           []string        `json:"channels"`
	Scope              string          `json:"scope"`
	Special            []Procedure     `json:"special"`
	FAQ                []QA            `json:"faq"`
	Remedy             Remedy          `json:"remedy"`
	Consult            string          `json:"consult"`
	Complaint          string          `json:"complaint"`
	FormSchema         json.RawMessage `json:"form_schema" doc:"JSON Schema 2020-12"`
}

type limitsJSON struct {
	Statutory Limit `json:"statutory"`
	Promised  Limit `json:"promised"`
}

type guideOutput struct{ Body guideJSON }

func (m *Module) apiGuide(ctx context.Context, in *guideInput) (*guideOutput, error) {
	g, err := m.Guide(ctx, in.Code, in.Division)
	if err != nil {
		return nil, err
	}
	d := &g.Version.Definition
	out := guideJSON{
		Code: d.Code, BaseCode: d.BaseCode, ImplementationCode: g.ImplementationCode, HandlingCode: g.HandlingCode,
		Name: d.Name, Type: d.Type, Kind: d.Kind, Domain: d.Domain, Audience: d.Audience, Levels: d.Levels, DecidedAt: d.DecidedAt, Tags: nonNil(d.Tags),
		Version: g.Version.N, PublishedAt: g.Version.PublishedAt, Division: g.Division.Code,
		Agency: agencyOf(g.Agency), CompetentAgency: agencyOf(g.Competent),
		Basis: d.Basis, Conditions: nonNil(d.Conditions), Materials: materialsOf(d.Materials), Situations: questionsOf(d.Situations),
		NoMaterials: d.NoMaterials, Steps: g.Steps, Limits: limitsJSON{d.Statutory, d.Promised}, PromisedDays: d.Promised.Workdays(),
		Fee: d.Fee, Result: d.Result, Places: g.Places, Visits: d.Visits, VisitReason: d.VisitReason, Online: d.Online, Depth: d.Depth, MinLevel: d.MinLevel,
		Channels: d.Channels, Scope: d.Scope, Special: d.Procedures(), FAQ: d.FAQ, Remedy: d.Remedy,
		Consult: g.Consult, Complaint: g.Complaint, FormSchema: d.Form,
	}
	return &guideOutput{out}, nil
}

func agencyOf(a org.Agency) *agencyJSON {
	if a.Code == "" {
		return nil
	}
	return &agencyJSON{a.Code, a.Name}
}

type materialJSON struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Required    bool     `json:"required"`
	Necessity   string   `json:"necessity"`
	Kind        string   `json:"kind"`
	Form        string   `json:"form"`
	Originals   int      `json:"originals"`
	Copies      int      `json:"copies"`
	Source      string   `json:"source"`
	Issuer      string   `json:"issuer"`
	Basis       string   `json:"basis"`
	Notes       string   `json:"notes"`
	Standard    string   `json:"accept_standard"`
	Sample      string   `json:"sample"`
	LicenceType string   `json:"licence_type" doc:"licence_types中的第一种；请改用licence_types"`
	Licences    []string `json:"licence_types" doc:"申请人自己的这些电子证照，有一种就可以不交这份材料"`
	SatisfiedBy []string `json:"satisfied_by" doc:"file 上传 form 由填写的表单生成 licence 电子证照 data 数据共享（共享平台接通后可用） organ 由部门核查 promise 告知承诺 later 容缺后补"`
	Looked      string   `json:"looked,omitempty" doc:"向登记信息查询的结果；只在申请人本人登录后查询本人时有"`
	Found       bool     `json:"found,omitempty" doc:"已查到，不用提供"`
	Waived      string   `json:"waived,omitempty" doc:"不用提供的原因"`
}

func materialsOf(list []Material) []materialJSON {
	out := make([]materialJSON, len(list))
	for i, mat := range list {
		out[i] = materialJSON{mat.ID, mat.Name, mat.Required(), mat.Necessity, mat.Kind, mat.Form, mat.Originals, mat.Copies,
			mat.Source, mat.Issuer, mat.Basis, mat.Notes, mat.AcceptStandard, mat.Sample, mat.LicenceTypes.first(), append([]string{}, mat.LicenceTypes...), mat.SatisfiedBy(),
			mat.Looked, mat.Found, mat.Waived}
	}
	return out
}

// first is the one type that clients of before know of.
func (l LicenceTypes) first() string {
	if len(l) == 0 {
		return ""
	}
	return l[0]
}

type questionJSON struct {
	ID       string       `json:"id"`
	Text     string       `json:"text"`
	Help     string       `json:"help"`
	Multiple bool         `json:"multiple"`
	Options  []optionJSON `json:"options"`
}

type optionJSON struct {
	ID    string `json:"id"`
	Label string `json:"label"`
}

func questionsOf(list []Question) []questionJSON {
	out := make([]questionJSON, len(list))
	for i, q := range list {
		out[i] = questionJSON{ID: q.ID, Text: q.Text, Help: q.Help, Multiple: q.Multiple, Options: make([]optionJSON, len(q.Options))}
		for j, o := range q.Options {
			out[i].Options[j] = optionJSON{o.ID, o.Label}
		}
	}
	return out
}

type checklistInput struct {
	Code string `path:"code"`
	Body struct {
		Division  string         `json:"division,omitempty" doc:"事项所在的12位行政区划代码"`
		Version   int            `json:"version,omitempty" doc:"事项版本，缺省为现行版本"`
		Answers   map[string]any `json:"answers,omitempty" doc:"问题编号 → 选项编号，或选项编号的列表"`
		Applicant *struct {
			Type   string `json:"type,omitempty"`
			Name   string `json:"name,omitempty"`
			IDType string `json:"id_type,omitempty"`
			IDNo   string `json:"id_no,omitempty"`
			Phone  string `json:"phone,omitempty"`
		} `json:"applicant,omitempty" doc:"给出类型时检查事项是否面向该类申请人；给出本人的证件号码时，可以查询的证明当场查询"`
	}
}

type checklistOutput struct {
	Body struct {
		Version    int             `json:"version"`
		Questions  []questionJSON  `json:"questions" doc:"已回答和待回答的问题"`
		Open       []string        `json:"open" doc:"待回答问题的编号"`
		Answers    Answers         `json:"answers" doc:"有效的回答"`
		Materials  []materialJSON  `json:"materials"`
		FormSchema json.RawMessage `json:"form_schema" doc:"JSON Schema 2020-12"`
		Defaults   map[string]any  `json:"defaults" doc:"由回答得出的表单内容"`
		Stop       string          `json:"stop" doc:"不能继续办理的原因，可以办理时为空"`
		Complete   bool            `json:"complete"`
	}
}

func (m *Module) apiChecklist(ctx context.Context, in *checklistInput) (*checklistOutput, error) {
	answers, err := readAnswers(in.Body.Answers)
	if err != nil {
		return nil, err
	}
	list, err := m.Checklist(ctx, in.Code, in.Body.Division, in.Body.Version, answers)
	if err != nil {
		return nil, err
	}
	if a := in.Body.Applicant; a != nil && a.Type != "" && !list.item.Serves(a.Type) {
		return nil, errs.ErrInvalid.Field("applicant.type", "该事项不面向这类申请人，请更换申请人或选择其他事项。")
	}
	if a := in.Body.Applicant; a != nil && a.IDNo != "" && m.LookUp != nil && list.Complete {
		if err := m.LookUp(ctx, list.item, in.Body.Division, a.IDNo, list.Materials); err != nil {
			return nil, err
		}
	}
	out := &checklistOutput{}
	b := &out.Body
	b.Version, b.Questions, b.Open, b.Answers = list.Version, questionsOf(list.Questions), list.Open, list.Answers
	b.Materials, b.FormSchema, b.Defaults, b.Stop, b.Complete = materialsOf(list.Materials), list.FormSchema, list.Defaults, list.Stop, list.Complete
	return out, nil
}

// readAnswers takes an answer as a string or as a list of strings.
func readAnswers(raw map[string]any) (Answers, error) {
	var bad errs.Fields
	answers := Answers{}
	for id, v := range raw {
		switch x := v.(type) {
		case string:
			answers[id] = []string{x}
		case []any:
			answers[id] = []string{}
			for _, o := range x {
				s, ok := o.(string)
				if !ok {
					bad.Add("answers."+id, "回答应为选项编号，如 %s。", `"self"`)
					break
				}
				answers[id] = append(answers[id], s)
			}
		default:
			bad.Add("answers."+id, "回答应为选项编号，或选项编号的列表，请改正。")
		}
	}
	return answers, bad.Err()
}
