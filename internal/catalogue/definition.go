package catalogue

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"yimen/internal/workflow"
)

// Types of item that may be applied for (依申请, domain.md §2.3). The others
// (punishment 02, coercion 03, levy 04, inspection 06) start with the state and
// are never offered.
const (
	TypeLicence      = "01" // 行政许可
	TypePunishment   = "02" // 行政处罚
	TypeCoercion     = "03" // 行政强制
	TypeLevy         = "04" // 行政征收
	TypePayment      = "05" // 行政给付
	TypeInspection   = "06" // 行政检查
	TypeConfirmation = "07" // 行政确认
	TypeReward       = "08" // 行政奖励
	TypeRuling       = "09" // 行政裁决
	TypeOther        = "10" // 其他行政权力
	TypeService      = "20" // 公共服务
)

// Levels at which an item is exercised (行使层级, §2.3), the digit of the
// implementation code.
const (
	LevelProvince = 2
	LevelCity     = 3
	LevelCounty   = 4
	LevelTown     = 5
	LevelVillage  = 6
)

// Kinds of item by time (办件类型).
const (
	KindInstant  = "instant"  // 即办件
	KindPromised = "promised" // 承诺件
)

// Who takes the application in.
const (
	AcceptedByWindow = "window" // 综合窗口: the comprehensive window accepts for the agency
	AcceptedByAgency = "agency" // the competent agency accepts itself
)

// Definition is one handling item (业务办理项), whole: what is law, what to
// bring, how it is decided. It is frozen when it is published; an edit is a
// new version, and a running case keeps the version it was handed in under
// (§2.7). What differs from place to place (agency, address, hours, phones) is
// not here: it is derived, see Guide.
//
// The JSON is what city/items/*.json hold, what the editor shows and what the
// versions table stores; names are snake_case.
type Definition struct {
	// Identity (§2.1–2.2). Code is our key of the handling item (SG01001) and
	// never reused. BaseCode is the 12-character base code (基本编码), Seq the two
	// digits that make an implementation code a handling-item code.
	Code     string `json:"code"`
	BaseCode string `json:"base_code"`
	Seq      string `json:"seq"`
	Name     string `json:"name"`      // 业务办理项名称, at most 200 characters
	BaseName string `json:"base_name"` // 事项名称 of the base catalogue
	Type     string `json:"type"`      // 事项类型01, 05, 07, 08, 09, 10, 20
	Domain   string `json:"domain"`    // 业务领域: 社会保险

	// Who is responsible, and where (§2.3). Dept is the department's key (D11)
	// whose agency at DecidedAt decides; Levels are all levels that offer the item.
	Dept       string `json:"dept"`
	DeptName   string `json:"dept_name"`
	Levels     []int  `json:"levels"`
	DecidedAt  int    `json:"decided_at"`
	AcceptedBy string `json:"accepted_by"` // window | agency

	// Whom it serves (服务对象, 主题). Themes may be left out; Domain then stands
	// for the theme of every audience.
	Audience         []string `json:"audience"` // person | enterprise
	PersonThemes     []string `json:"person_themes,omitempty"`
	EnterpriseThemes []string `json:"enterprise_themes,omitempty"`
	Tags             []string `json:"tags,omitempty"`     // 镇村, 全市通办, 粤省事 …
	Synonyms         []string `json:"synonyms,omitempty"` // what people call it; searched, not shown

	// Law, conditions, time and money.
	Kind       string   `json:"kind"` // instant | promised
	Basis      []Basis  `json:"basis"`
	Conditions []string `json:"conditions"`
	Statutory  Limit    `json:"statutory"` // 法定办结时限
	Promised   Limit    `json:"promised"`  // 承诺办结时限; N 0 is 即办
	Fee        Fee      `json:"fee"`
	Result     Result   `json:"result"`

	// What to hand in: materials, and the questions that trim them (§2.6).
	Materials     []Material `json:"materials"`
	BaseMaterials []string   `json:"base_materials"` // ids that every applicant needs
	Situations    []Question `json:"situations"`
	NoMaterials   bool       `json:"no_materials,omitempty"` // 免提交: nothing need be brought

	// Form is a JSON Schema 2020-12 of type object; see FormFields for the x- keys.
	Form json.RawMessage `json:"form"`
	// Process is how the item is decided once it is accepted.
	Process workflow.Definition `json:"process"`
	// Special lists the special procedures (特别程序) that may stop the clock:
	// a name, or name:days where the item fixes them ("publicity:7"). See Procedures.
	Special []string `json:"special,omitempty"`

	// MinLevel is how surely it must be known who applies, when nobody sees them:
	// an identity.Level, 0 for anybody who is signed in (§14). At a window the
	// clerk has the person before them.
	MinLevel int `json:"min_level"`

	// How it can be handled (§2.3).
	Visits      int      `json:"visits"`                // 到现场次数
	VisitReason string   `json:"visit_reason"`          // 必须现场办理原因, empty when Visits is 0
	Online      bool     `json:"online"`                // 是否网办
	Depth       int      `json:"depth"`                 // 网上办理深度1–4
	Channels    []string `json:"channels"`              // window | web | mobile | post | kiosk
	Scope       string   `json:"scope"`                 // 通办范围: 全国 跨省 跨市 跨县 全市 跨镇 跨村, or ""
	Hall        bool     `json:"hall"`                  // 是否进驻政务大厅
	HallExempt  string   `json:"hall_exempt,omitempty"` // why the law keeps it out of the hall (不进驻清单)

	// Answers and remedies.
	FAQ       []QA   `json:"faq,omitempty"`
	Remedy    Remedy `json:"remedy"`
	Consult   string `json:"consult"`   // 咨询电话
	Complaint string `json:"complaint"` // 监督投诉电话

	// Where this record comes from, and how far it may be believed.
	Trust  string `json:"trust,omitempty"` // source | article | mixed | name_only | knowledge | suggested
	Source string `json:"source,omitempty"`
	Defect string `json:"defect,omitempty"` // a known fault of the record
}

// Basis is one legal ground (设定依据): law, document number, article and its words.
type Basis struct {
	Law     string `json:"law"`
	Number  string `json:"number,omitempty"`
	Article string `json:"article,omitempty"`
	Text    string `json:"text,omitempty"`
}

// Units of a Limit.
const (
	UnitWorkday = "workday" // 工作日
	UnitDay     = "day"     // 自然日
	UnitNone    = "none"    // no limit in law; as a promise: 即办
)

// Limit is a time limit of N units.
type Limit struct {
	N    int    `json:"n"`
	Unit string `json:"unit"`
}

// None says that there is no number of days: no limit in law, or 即办.
func (l Limit) None() bool { return l.N == 0 }

// Workdays is the limit in working days; natural days count five for seven
// (§16,时限压缩率), rounded up.
func (l Limit) Workdays() int {
	if l.Unit == UnitDay {
		return (l.N*5 + 6) / 7
	}
	return l.N
}

// Promise is the limit as people read a promise: 即办, 5个工作日, 30日.
func (l Limit) Promise() string {
	if l.None() {
		return "即办"
	}
	return l.Chinese()
}

// Chinese is the limit as people read a statute: 无, 20个工作日, 60日.
func (l Limit) Chinese() string {
	switch {
	case l.None():
		return "无"
	case l.Unit == UnitDay:
		return strconv.Itoa(l.N) + "日"
	}
	return strconv.Itoa(l.N) + "个工作日"
}

// Fee is what it costs (收费). Item, Standard and Basis are required when Charged.
type Fee struct {
	Charged  bool   `json:"charged"`
	Item     string `json:"item,omitempty"`
	Standard string `json:"standard,omitempty"`
	Basis    string `json:"basis,omitempty"`
	Online   bool   `json:"online,omitempty"` // 支持网上支付
}

// Kinds of result (结果类型).
const (
	ResultLicence  = "licence"  // 出证办结
	ResultDocument = "document" // 出文办结
	ResultApproval = "approval" // 审批办结
	ResultOther    = "other"
)

// Ways in which a result changes a licence there is (Result.LicenceHow).
const (
	LicenceExtend  = "extend"  // 延续
	LicenceReissue = "reissue" // 补领、换领
	LicenceChange  = "change"  // 变更
)

// Result is what the applicant receives (结果名称, 结果类型, 结果样本).
type Result struct {
	Name        string   `json:"name"`
	Kind        string   `json:"kind"`                   // licence | document | approval | other
	LicenceType string   `json:"licence_type,omitempty"` // key or code of the type of the electronic licence that is issued
	LicenceHow  string   `json:"licence_how,omitempty"`  // "" a new one, or what becomes of the one before: extend | reissue | change
	Sample      string   `json:"sample,omitempty"`       // text of the sample, or id of a file
	DeliverBy   []string `json:"deliver_by"`             // window | post | electronic
}

// Necessity of a material (材料必要性).
const (
	Required = "required"   // 必要
	Optional = "optional"   // 非必要
	Defer    = "deferrable" // 容缺后补
)

// Material is one thing to hand in (申请材料, §2.4).
type Material struct {
	ID             string       `json:"id"` // unique in the item: m1, id_card
	Name           string       `json:"name"`
	Kind           string       `json:"kind"` // original | copy | both
	Form           string       `json:"form"` // paper | electronic | both
	Originals      int          `json:"originals"`
	Copies         int          `json:"copies"`
	Necessity      string       `json:"necessity"` // required | optional | deferrable
	Source         string       `json:"source"`    // applicant | government | other (来源渠道)
	Issuer         string       `json:"issuer,omitempty"`
	Basis          string       `json:"basis,omitempty"` // the law that asks for it
	Notes          string       `json:"notes,omitempty"` // 填报须知
	AcceptStandard string       `json:"accept_standard,omitempty"`
	BlankURL       string       `json:"blank_url,omitempty"`
	Sample         string       `json:"sample,omitempty"`       // text of the sample, or id of a file
	LicenceTypes   LicenceTypes `json:"licence_type,omitempty"` // electronic licences of the applicant's own, any of which stands in for it (免提交)
	DataShare      bool         `json:"data_share,omitempty"`   // checked by data sharing, need not be brought
	Promise        bool         `json:"promise,omitempty"`      // may be replaced by a promise (告知承诺)
	Deferrable     bool         `json:"deferrable,omitempty"`   // may follow later (容缺)
	ByForm         bool         `json:"by_form,omitempty"`      // the filled form is this paper (申请表): nothing else need be handed in
	Class          string       `json:"class,omitempty"`        // what it is (材料类别); "": told from the rest, see ClassOf
	Proof          string       `json:"proof,omitempty"`        // of a proof: its number on the city's list (证明事项清单)

	// Waived is why it need not be brought after all. A checklist says so when the
	// list of proofs has changed since the version was published, and of a proof
	// that the organ looks up; never stored in a definition.
	Waived string `json:"-"`

	// What the city's registers said of an applicant's checklist (proofs.LookUp);
	// never stored either.
	Looked    string `json:"-"` // in words; "" nothing was looked up
	Found     bool   `json:"-"` // they say what the proof would: Waived tells it too
	Organ     bool   `json:"-"` // they do not, and it may be left to the organ that decides
	Paperless bool   `json:"-"` // they do not, and no paper may be asked for instead
}

// LicenceTypes are types of electronic licences, each by its key, code or name
// (ZZ001). One is written as a text, as versions of before have it, and several
// as a list; both are read.
type LicenceTypes []string

func (l LicenceTypes) MarshalJSON() ([]byte, error) {
	if len(l) == 1 {
		return json.Marshal(l[0])
	}
	return json.Marshal([]string(l))
}

func (l *LicenceTypes) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*l = nil
		if one != "" {
			*l = LicenceTypes{one}
		}
		return nil
	}
	return json.Unmarshal(raw, (*[]string)(l))
}

// Required says that the applicant cannot do without it.
func (m Material) Required() bool { return m.Necessity != Optional }

// Needless says that it need not be brought and is not taken in: the list of
// proofs does not keep it, or the organ looks it up.
func (m Material) Needless() bool { return m.Waived != "" && !m.Promise }

// CanDefer says that it may be handed in after acceptance (容缺后补).
func (m Material) CanDefer() bool { return m.Deferrable || m.Necessity == Defer }

// SatisfiedBy lists the ways in which it can be given: file | form | licence |
// data | organ | promise | later.
func (m Material) SatisfiedBy() []string {
	if m.Found {
		return []string{"data"}
	}
	var ways []string
	if !m.Paperless {
		ways = append(ways, "file")
	}
	if m.ByForm {
		ways = append(ways, "form")
	}
	if len(m.LicenceTypes) > 0 {
		ways = append(ways, "licence")
	}
	if m.DataShare && m.Looked == "" {
		ways = append(ways, "data")
	}
	if m.Organ {
		ways = append(ways, "organ")
	}
	if m.Promise {
		ways = append(ways, "promise")
	}
	if m.CanDefer() {
		ways = append(ways, "later")
	}
	return ways
}

// Question is one question of the situations (情形). When is an expression over
// the earlier answers ("" is always): an answer reads as its option id, or as
// the list of ids where the question is Multiple.
//
//	who == "minor" && "house" in assets
type Question struct {
	ID       string   `json:"id"`
	Text     string   `json:"text"`
	Help     string   `json:"help,omitempty"`
	Multiple bool     `json:"multiple,omitempty"`
	When     string   `json:"when,omitempty"`
	Options  []Option `json:"options"`
}

// Option is one answer: the materials it adds, the form values it fills in, or
// the reason why the applicant cannot go on.
type Option struct {
	ID        string         `json:"id"`
	Label     string         `json:"label"`
	Materials []string       `json:"materials,omitempty"`
	Stop      string         `json:"stop,omitempty"`
	Defaults  map[string]any `json:"defaults,omitempty"`
}

// QA is one entry of 常见问题.
type QA struct {
	Q string `json:"q"`
	A string `json:"a"`
}

// Remedy tells where a decision can be challenged.
type Remedy struct {
	Reconsideration string `json:"reconsideration"` // 行政复议
	Litigation      string `json:"litigation"`      // 行政诉讼
}

// Procedure is one special procedure (特别程序) an item permits.
type Procedure struct {
	Kind string `json:"kind"`           // hearing, tender, auction, inspection, testing, quarantine, appraisal, expert_review, publicity …
	Days int    `json:"days,omitempty"` // working days the item fixes; 0: as long as it takes
}

// Procedures reads Special: "hearing", "publicity:7".
func (d *Definition) Procedures() []Procedure {
	list := make([]Procedure, 0, len(d.Special))
	for _, s := range d.Special {
		kind, days, _ := strings.Cut(s, ":")
		n, _ := strconv.Atoi(days)
		list = append(list, Procedure{Kind: kind, Days: n})
	}
	return list
}

// Material gives the material of an id.
func (d *Definition) Material(id string) (Material, bool) {
	for _, m := range d.Materials {
		if m.ID == id {
			return m, true
		}
	}
	return Material{}, false
}

// Serves says whether the item is for this audience: person or enterprise.
func (d *Definition) Serves(audience string) bool { return slices.Contains(d.Audience, audience) }

// At says whether the item is offered at this level.
func (d *Definition) At(level int) bool { return slices.Contains(d.Levels, level) }

// HasChannel says whether an application may come in this way.
func (d *Definition) HasChannel(channel string) bool { return slices.Contains(d.Channels, channel) }

// Clone gives a deep copy, for an edit that must leave the published one alone.
func (d *Definition) Clone() (Definition, error) {
	var c Definition
	raw, err := json.Marshal(d)
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(raw, &c)
}
