package cases

import (
	"encoding/json"
	"time"

	"yimen/workday"
)

// Channels: the way in which an application came in (申请来源).
const (
	ChannelWindow = "window" // 窗口
	ChannelWeb    = "web"    // 网上
	ChannelMobile = "mobile" // 移动端
	ChannelPost   = "post"   // 邮寄
	ChannelKiosk  = "kiosk"  // 自助终端
)

// Ways of delivery (送达方式).
const (
	DeliverWindow     = "window"     // 窗口领取
	DeliverPost       = "post"       // 邮寄送达
	DeliverElectronic = "electronic" // 电子送达
)

// Outcomes of a decision.
const (
	Granted = "granted" // 准予
	Denied  = "denied"  // 不予
)

// Applicant is whose matter it is (申请人).
type Applicant struct {
	Type   string `json:"type"` // person | enterprise
	Name   string `json:"name"`
	IDType string `json:"id_type"` // three digits, domain.md §1.2; 111 resident card, 001 USCC
	IDNo   string `json:"id_no"`
	Phone  string `json:"phone"`
}

// Agent acts for the applicant on a written or electronically signed
// authority (代理人). The result goes to the applicant.
type Agent struct {
	Name      string `json:"name"`
	IDType    string `json:"id_type"`
	IDNo      string `json:"id_no"`
	Phone     string `json:"phone"`
	Authority string `json:"authority"` // id of the file that holds the authority, or its number and date
}

// Handed is how the applicant meets one material of the checklist: exactly one
// of the ways is used. A material of several files (front and back) is as many
// Handed of the same ID, in their order.
type Handed struct {
	ID      string `json:"id"`                // of the material in the definition
	File    string `json:"file,omitempty"`    // id of an uploaded file
	Licence string `json:"licence,omitempty"` // number of an electronic licence
	Promise bool   `json:"promise,omitempty"` // 告知承诺: a promise in place of the proof
	Organ   bool   `json:"organ,omitempty"`   // 由部门核查: what was not found is left to the organ
	Paper   bool   `json:"paper,omitempty"`   // handed over as paper, at a window only
	Later   bool   `json:"later,omitempty"`   // 容缺: promised for later, see Submission.DeferUntil
	Form    bool   `json:"form,omitempty"`    // 申请表: the form of this application is the paper
	Consent bool   `json:"consent,omitempty"` // the holder agrees, with this very act, that Licence is used
}

// Submission is an application as it comes in (申请).
type Submission struct {
	Item       string              `json:"item"`     // code of the handling item
	Division   string              `json:"division"` // 12 digits: where the matter belongs
	Outlet     string              `json:"outlet"`   // receiving outlet; "": the clerk's own, or the nearest to the division
	Channel    string              `json:"channel"`
	Applicant  Applicant           `json:"applicant"`
	Agent      *Agent              `json:"agent,omitempty"`
	Answers    map[string][]string `json:"answers"`
	Form       json.RawMessage     `json:"form"`
	Materials  []Handed            `json:"materials"`
	DeferUntil workday.Date        `json:"defer_until"`       // 容缺: when the missing ones will be there
	Deliver    string              `json:"deliver"`           // window | post | electronic; "": the item's first
	DeliverTo  string              `json:"deliver_to"`        // address for post; outlet code for window, "" the receiving one
	Draft      string              `json:"draft,omitempty"`   // number of the draft that this turns into a case
	Key        string              `json:"key,omitempty"`     // idempotency key: the same key of the same account gives the same case
	Version    int                 `json:"version,omitempty"` // version the applicant filled in; 0: the current one
	Pages      []string            `json:"pages,omitempty"`   // of a draft: the pages that have been filled in, as the wizard calls them
	Mandate    string              `json:"mandate,omitempty"` // of a draft: the mandate it is filled in under; Submit looks itself which one stands
	Seen       string              `json:"seen,omitempty"`    // by a clerk: how they saw who it is, in words, for the history
	Sample     bool                `json:"-"`                 // made by the sample city
}

// Act is what somebody does to a case: which of the fields are needed depends
// on the verb.
type Act struct {
	Opinion  string `json:"opinion,omitempty"`  // 意见、理由
	Revision int    `json:"revision,omitempty"` // of the page the act was made on; 0: not checked

	Deficiencies []Deficiency `json:"deficiencies,omitempty"` // request-correction
	Days         int          `json:"days,omitempty"`         // request-correction: working days to correct; pause: expected days; extend: days
	Grounds      string       `json:"grounds,omitempty"`      // refuse-acceptance: not_needed | not_competent | not_eligible | incomplete
	Organ        string       `json:"organ,omitempty"`        // refuse-acceptance for jurisdiction: the organ to turn to
	Procedure    string       `json:"procedure,omitempty"`    // pause: hearing, inspection … as the item lists
	Document     string       `json:"document,omitempty"`     // pause, extend: number of the written notice; "": one is given
	ApprovedBy   string       `json:"approved_by,omitempty"`  // extend: who approved it
	Outcome      string       `json:"outcome,omitempty"`      // decide: granted | denied
	Remedies     string       `json:"remedies,omitempty"`     // decide denied, refuse-acceptance: "" takes the item's

	Receiver     string `json:"receiver,omitempty"`       // deliver: who took it
	ReceiverIDNo string `json:"receiver_id_no,omitempty"` // deliver: last four of the receiver's number
	Tracking     string `json:"tracking,omitempty"`       // deliver by post: waybill

	Form      json.RawMessage `json:"form,omitempty"`      // correct: replaces the form
	Materials []Handed        `json:"materials,omitempty"` // correct, supplement: replace those of the same id
	Channel   string          `json:"channel,omitempty"`   // correct: how it came; "": window for clerks, web else
}

// Deficiency is one thing that is missing or wrong, and its cure (补正事项).
type Deficiency struct {
	Material string `json:"material,omitempty"` // id of the material; "": something else
	Problem  string `json:"problem"`
	Cure     string `json:"cure"`
}

// Place is an agency or outlet of a case, as it was called on the day.
type Place struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Division string `json:"division"`
	Address  string `json:"address,omitempty"`
	Phone    string `json:"phone,omitempty"`
}

// Case is one application on its way (办件). Receiving outlet, competent agency
// and place of delivery are three places, each credited for its work.
type Case struct {
	ID        string `json:"-"`
	Number    string `json:"number"`               // 16 digits, see NewNumber
	QueryCode string `json:"query_code,omitempty"` // 6 characters; with the number it opens the public progress
	State     State  `json:"state"`
	StateName string `json:"state_name"`
	Revision  int    `json:"revision"` // grows with every change

	Item         string `json:"item"`
	ItemName     string `json:"item_name"`
	Version      int    `json:"version"`
	Kind         string `json:"kind"` // instant | promised
	Division     string `json:"division"`
	DivisionName string `json:"division_name"`
	Channel      string `json:"channel"`

	Applicant Applicant `json:"applicant"`
	Agent     *Agent    `json:"agent,omitempty"`
	Account   string    `json:"-"` // the account it belongs to; "" when a clerk filed it
	Own       bool      `json:"-"` // the viewer's own, as its applicant or under a mandate: nothing of it is masked
	Filed     bool      `json:"-"` // by who signed in to the applicant's account, or under its mandate: not by a number alone
	Delegated bool      `json:"-"` // filed by somebody under a mandate of the applicant

	Receiving Place  `json:"receiving_outlet"`
	Competent Place  `json:"competent_agency"`
	Dept      string `json:"dept"`
	Deliver   string `json:"deliver"`
	DeliverTo Place  `json:"deliver_to"`

	SubmittedAt     time.Time    `json:"submitted_at"`
	ReceivedOn      workday.Date `json:"received_on"`
	ReceiptDueOn    workday.Date `json:"receipt_due_on"`    // accept, refuse or ask for correction by
	CorrectionDueOn workday.Date `json:"correction_due_on"` // applicant corrects by
	AcceptedOn      workday.Date `json:"accepted_on"`
	Deemed          bool         `json:"deemed_accepted"` // accepted by the organ's silence
	DecidedOn       workday.Date `json:"decided_on"`
	Outcome         string       `json:"outcome,omitempty"` // granted | denied
	ClosedAt        *time.Time   `json:"closed_at"`
	PromiseDueOn    workday.Date `json:"promise_due_on"` // decide by: the clock of the promise, pauses and extension counted
	DueOn           workday.Date `json:"due_on"`         // the clock that runs now: receipt, correction, promise or delivery
	Clock           string       `json:"clock"`          // receipt | correction | promise | delivery | none: which one DueOn is of
	Light           string       `json:"light"`          // normal | yellow | red | overdue | none
	DaysLeft        *int         `json:"days_left"`      // working days until DueOn, negative when past; null without a clock
	Corrections     int          `json:"corrections"`    // 0 or 1
	DeferredUntil   workday.Date `json:"deferred_until"` // 容缺 materials are due
	Sample          bool         `json:"sample,omitempty"`
	Damaged         bool         `json:"damaged,omitempty"` // its row cannot be read whole: StateName says so, it cannot be opened

	Allowed []Verb   `json:"allowed"` // what the viewer may do now
	Content *Content `json:"content,omitempty"`
}

// Content is the large part of a case: loaded by Find, not by List.
type Content struct {
	Answers   map[string][]string `json:"answers"`
	Form      json.RawMessage     `json:"form"`
	Checklist Checklist           `json:"checklist"`
	Materials []Material          `json:"materials"`
	Notices   []NoticeRow         `json:"notices"`
	Ledger    []workday.Entry     `json:"ledger"`
	// Correction is what was asked for, while and after it was.
	Correction []Deficiency `json:"correction,omitempty"`
	// StatutoryDueOn is the legal limit by the same ledger; no date if the law sets none.
	StatutoryDueOn workday.Date `json:"statutory_due_on"`
	// Instance is the workflow instance, once accepted.
	Instance string `json:"instance,omitempty"`
}

// Checklist is the snapshot of what the item asked for on the day (domain.md
// §2.6): later edits of the item do not alter a running case.
type Checklist struct {
	Item      string          `json:"item"`
	Version   int             `json:"version"`
	BasisText string          `json:"basis"`
	Path      []Answered      `json:"path"`
	Materials []ChecklistItem `json:"materials"`
}

// Answered is one question of the path and what was answered.
type Answered struct {
	Question string   `json:"question"`
	Text     string   `json:"text"`
	Options  []string `json:"options"`
	Labels   []string `json:"labels"`
}

// ChecklistItem is one material of the resolved list.
type ChecklistItem struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Necessity string `json:"necessity"`
	Promise   bool   `json:"promise,omitempty"`
	Later     bool   `json:"later,omitempty"`  // may follow later (容缺)
	Waived    string `json:"waived,omitempty"` // why it need not be brought
}

// Needless says that it need not be brought and was not taken in.
func (c ChecklistItem) Needless() bool { return c.Waived != "" && !c.Promise }

// Material is one material as handed in. A corrected one is a new row; the
// old one stays, superseded.
type Material struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Way        string     `json:"way"` // form | file | licence | promise | paper | later
	File       string     `json:"file,omitempty"`
	FileName   string     `json:"file_name,omitempty"`
	Licence    string     `json:"licence,omitempty"`
	At         time.Time  `json:"at"`
	Superseded *time.Time `json:"superseded_at,omitempty"`
}

// Entry is one line of a case's history. It is appended and never changed.
type Entry struct {
	Seq     int             `json:"seq"`
	At      time.Time       `json:"at"`
	Verb    Verb            `json:"verb"`
	Title   string          `json:"title"` // the verb for people
	From    State           `json:"from"`
	To      State           `json:"to"`
	Who     string          `json:"who"`      // account, or the name of the job
	WhoName string          `json:"who_name"` // name for people
	Agency  string          `json:"agency,omitempty"`
	Opinion string          `json:"opinion,omitempty"`
	Detail  json.RawMessage `json:"detail,omitempty"`
}

// Query narrows a list of cases. Empty fields do not.
type Query struct {
	State  State
	States []State // any of these, if State is empty
	Mine   bool    // only those of the viewer's own account
	Whose  string  // with Mine: self, the viewer's own matters; others, those they look after for somebody
	Q      string  // number or its beginning, or the applicant's name or its beginning
	Light  string  // normal | yellow | red | overdue
	Agency string  // competent agency
	Outlet string  // receiving outlet
	Item   string
	From   workday.Date // submitted on or after (Beijing)
	To     workday.Date // submitted on or before
	Sample *bool
}
