package seals

import (
	"slices"
	"strings"
	"time"

	"yimen/workday"
)

// State is how a seal stands.
type State string

// The states.
const (
	Applied   State = "applied"
	Refused   State = "refused"
	Approved  State = "approved"
	Recorded  State = "recorded"
	Made      State = "made"
	HandedOut State = "handed_out"
	Active    State = "active"
	Suspended State = "suspended"
	Cancelled State = "cancelled"
)

// States in the order of a seal's life.
var States = []State{Applied, Refused, Approved, Recorded, Made, HandedOut, Active, Suspended, Cancelled}

var stateNames = map[State]string{Applied: "待审批", Refused: "未批准", Approved: "已批准，待备案", Recorded: "已备案，待制作", Made: "已制作，待发放",
	HandedOut: "已发放，待启用", Active: "使用中", Suspended: "已停用", Cancelled: "已注销"}

// Title is the state in words.
func (s State) Title() string { return stateNames[s] }

// Kinds of seals.
const (
	Official = "official" // 公章
	Special  = "special"  // 专用章
	Licence  = "licence"  // 电子证照专用章
	Business = "business" // 业务专用章
	Personal = "person"   // 法定代表人名章
)

// kinds in the order of lists.
var kinds = []string{Official, Special, Licence, Business, Personal}

var kindNames = map[string]string{Official: "公章", Special: "专用章", Licence: "电子证照专用章", Business: "业务专用章", Personal: "法定代表人名章"}

// sizeOf is the diameter or side of a kind, in millimetres. Round official seals
// of local organs are 42 mm (国发〔1999〕25号).
func sizeOf(kind string) int {
	switch kind {
	case Official:
		return 42
	case Personal:
		return 20
	}
	return 40
}

// Purposes that are not about a type of licence.
const (
	ForNotice   = "notice"
	ForProof    = "proof"
	ForDocument = "document"
	// ForLicence is the beginning of the purposes about licences; the type
	// follows, or * for all.
	ForLicence = "licence:"
	AnyLicence = ForLicence + "*"
	// ForProofOf is the beginning of the purposes about one type of proof; ForProof
	// is all of them.
	ForProofOf = ForProof + ":"
)

// PurposeTitle is a purpose in words.
func PurposeTitle(p string) string {
	switch {
	case p == ForNotice:
		return "通知、决定等文书"
	case p == ForProof:
		return "各类证明"
	case p == ForDocument:
		return "公文"
	case p == AnyLicence:
		return "各类电子证照"
	case strings.HasPrefix(p, ForProofOf):
		return "证明（" + strings.TrimPrefix(p, ForProofOf) + "）"
	case strings.HasPrefix(p, ForLicence):
		return "电子证照（" + strings.TrimPrefix(p, ForLicence) + "）"
	}
	return p
}

// Seal is one seal.
type Seal struct {
	ID            string       `db:"id"`
	ESID          string       `db:"es_id"` // 13 digits: division and number
	Name          string       `db:"name"`
	Kind          string       `db:"kind"`
	Line          string       `db:"line"` // below the star; "" none
	Agency        string       `db:"agency"`
	AgencyName    string       `db:"agency_name"`
	Division      string       `db:"division"`
	Dept          string       `db:"dept"`
	Width         int          `db:"width"` // mm
	Height        int          `db:"height"`
	RecordNo      string       `db:"record_no"` // 公安备案号
	From          workday.Date `db:"from_on"`
	Until         workday.Date `db:"until_on"` // the last day
	Custodian     string       `db:"custodian"`
	CustodianName string       `db:"custodian_name"`
	AppliedBy     string       `db:"applied_by"`
	State         State        `db:"state"`
	Handle        string       `db:"handle"`
	Certificate   string       `db:"certificate"`
	StoppedAt     *time.Time   `db:"stopped_at"`
	StopReason    string       `db:"stop_reason"`
	Revision      int          `db:"revision"`
	MadeAt        time.Time    `db:"made_at"` // of the application
	Purposes      []string     `db:"-"`       // of [Module.Find] alone
}

// Size is the diameter of a round seal or the side of a square one, in
// millimetres.
func (s Seal) Size() int { return sizeOf(s.Kind) }

// KindName is the kind in words.
func (s Seal) KindName() string { return kindNames[s.Kind] }

// Move is something that happens to a seal.
type Move string

// The moves.
const (
	MoveApply    Move = "apply"
	MoveApprove  Move = "approve"
	MoveRefuse   Move = "refuse"
	MoveRecord   Move = "record"
	MoveMake     Move = "make"
	MoveHandOut  Move = "hand_out"
	MoveActivate Move = "activate"
	MoveSuspend  Move = "suspend"
	MoveResume   Move = "resume"
	MoveCancel   Move = "cancel"
)

// Moves in the order of a seal's life.
var Moves = []Move{MoveApply, MoveApprove, MoveRefuse, MoveRecord, MoveMake, MoveHandOut, MoveActivate, MoveSuspend, MoveResume, MoveCancel}

var moveNames = map[Move]string{MoveApply: "申请", MoveApprove: "批准", MoveRefuse: "不批准", MoveRecord: "登记备案", MoveMake: "制作", MoveHandOut: "发放",
	MoveActivate: "领用启用", MoveSuspend: "停用", MoveResume: "恢复使用", MoveCancel: "注销"}

// Title is the move in words.
func (m Move) Title() string { return moveNames[m] }

// moves is the one table of what may happen to a seal: from which states, to
// which one, and whether a reason is to be given.
var moves = map[Move]struct {
	from   []State
	to     State
	reason bool
}{
	MoveApprove:  {[]State{Applied}, Approved, false},
	MoveRefuse:   {[]State{Applied}, Refused, true},
	MoveRecord:   {[]State{Approved}, Recorded, false},
	MoveMake:     {[]State{Recorded}, Made, false},
	MoveHandOut:  {[]State{Made}, HandedOut, false},
	MoveActivate: {[]State{HandedOut}, Active, false},
	MoveSuspend:  {[]State{Active}, Suspended, true},
	MoveResume:   {[]State{Suspended}, Active, true},
	MoveCancel:   {[]State{Made, HandedOut, Active, Suspended}, Cancelled, true},
}

// Allowed gives where a move leads from a state, and false when it is not in
// the table.
func Allowed(from State, m Move) (State, bool) {
	x := moves[m]
	if !slices.Contains(x.from, from) {
		return "", false
	}
	return x.to, true
}
