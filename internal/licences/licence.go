package licences

import (
	"slices"
	"time"

	"yimen/gb"
	"yimen/workday"
)

// State is what a licence is worth.
type State string

// The states, in the order in which lists offer them.
const (
	Valid     State = "valid"     // 有效
	Suspended State = "suspended" // 暂扣
	Withdrawn State = "withdrawn" // 撤销
	Revoked   State = "revoked"   // 吊销
	Cancelled State = "cancelled" // 注销
	Replaced  State = "replaced"  // 已被新版本代替
	Lapsed    State = "lapsed"    // 过期: follows from the day, never stored
)

// States are all of them.
var States = []State{Valid, Suspended, Lapsed, Replaced, Withdrawn, Revoked, Cancelled}

var stateWords = map[State]struct{ name, code string }{
	// Codes as the ministry of housing publishes them (domain.md §8.5): 05 is 失效,
	// whether by time or by a newer version.
	Valid: {"有效", "01"}, Suspended: {"暂扣", "02"}, Withdrawn: {"已撤销", "03"}, Cancelled: {"已注销", "04"},
	Lapsed: {"已过期", "05"}, Replaced: {"已换发新版本", "05"}, Revoked: {"已吊销", "07"},
}

// Name is the state in words; Code the two digits under which stores exchange it.
func (s State) Name() string { return stateWords[s].name }
func (s State) Code() string { return stateWords[s].code }

// Trust says how far a licence may be believed (存量证照可信等级).
type Trust string

// The levels. A and B may stand in for a paper, C where the city says so.
const (
	TrustA Trust = "A" // issued here, sealed
	TrustB Trust = "B" // stock, confirmed by its issuer
	TrustC Trust = "C" // scanned at a window, looked at by staff
	TrustD Trust = "D" // brought by its holder
)

var trustWords = map[Trust]string{TrustA: "A级：系统签发", TrustB: "B级：存量，颁发机构已确认", TrustC: "C级：窗口扫描，工作人员看过", TrustD: "D级：持证人自己上传"}

// Name is the level in words.
func (t Trust) Name() string { return trustWords[t] }

// Replaces says that the issuer stands behind the licence: it may be made into a
// document. Whether it stands in for a paper is the city's to say (Deps.Least).
func (t Trust) Replaces() bool { return t == TrustA || t == TrustB }

// Act is what is done to a licence after it is in the store.
type Act string

// The acts.
const (
	Suspend  Act = "suspend"
	Restore  Act = "restore"
	Withdraw Act = "withdraw"
	Revoke   Act = "revoke"
	Cancel   Act = "cancel"
)

// Acts are all of them, in the order in which a page offers them.
var Acts = []Act{Suspend, Restore, Withdraw, Revoke, Cancel}

// move is one line of the table of what may be done.
type move struct {
	name string  // in words
	code string  // operation in exchange (domain.md §8.5)
	from []State // on the day
	to   State
}

var moves = map[Act]move{
	Suspend:  {"暂扣", "03", []State{Valid}, Suspended},
	Restore:  {"发还", "06", []State{Suspended}, Valid},
	Withdraw: {"撤销", "05", []State{Valid, Suspended}, Withdrawn},
	Revoke:   {"吊销", "05", []State{Valid, Suspended}, Revoked},
	Cancel:   {"注销", "05", []State{Valid, Withdrawn, Revoked, Lapsed, Replaced}, Cancelled},
}

// Name is the act in words.
func (a Act) Name() string { return moves[a].name }

// Licence is an electronic licence in the store.
type Licence struct {
	ID         string
	Identifier string // GB/T 36904
	Type       string // key of the type
	TypeName   string
	Number     string // the printed number (证照编号)
	HolderKind string // HolderPerson, HolderEnterprise
	HolderName string
	HolderNo   string // resident number or credit code
	Issuer     string // agency
	IssuerName string
	IssuerCode string // its credit code
	IssuerDept string // its department, for rights
	Division   string // of the issuer, for rights
	IssuedOn   workday.Date
	From, To   workday.Date // To zero: for good (长期)
	Fields     map[string]string
	Trust      Trust
	Version    int
	Case       string // of which it is the result; "" none
	MadeAt     time.Time
	Flags      []gb.LicenceFlag // in which the identifier of stock departs from the standard

	pictures shots    // it came with, until they are stored: then Fields names them
	scans    [][]byte // likewise, as JPEG
	state    State    // as stored
	revision int64
	believed bool // this city lets licences of that trust stand in for a paper
}

// HolderType is the code of the kind of the holder's number (GB/T 36903).
func (l Licence) HolderType() string {
	if l.HolderKind == HolderEnterprise {
		return string(gb.IDCreditCode)
	}
	return string(gb.IDResident)
}

// StateOn is what the licence is worth on a day.
func (l Licence) StateOn(day workday.Date) State {
	if (l.state == Valid || l.state == Suspended) && !l.To.IsZero() && l.To.Before(day) {
		return Lapsed
	}
	return l.state
}

// Stands says that the licence counts on a day: it is valid, and has begun.
func (l Licence) Stands(day workday.Date) bool {
	return l.StateOn(day) == Valid && !day.Before(l.From)
}

// Allowed are the acts that the licence's state of a day lets one do.
func (l Licence) Allowed(day workday.Date) []Act {
	var list []Act
	for _, a := range Acts {
		if slices.Contains(moves[a].from, l.StateOn(day)) {
			list = append(list, a)
		}
	}
	return list
}
