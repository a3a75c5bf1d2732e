package identity

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"
)

// Kind says what sort of account it is.
type Kind string

// The kinds.
const (
	KindPerson     Kind = "person"     // 自然人
	KindEnterprise Kind = "enterprise" // 法人
	KindStaff      Kind = "staff"      // 工作人员
	KindSystem     Kind = "system"     // the program itself, or a peer system with a token
)

// How an actor came in.
const (
	ViaSession = "session"
	ViaToken   = "token"
	ViaSystem  = "system"
)

// Actor is who is asking, with what they may do. The zero Actor is anonymous
// and may nothing that needs a right.
type Actor struct {
	Account  string // id
	Login    string // account name, as typed at the login page
	Name     string // display name
	Kind     Kind
	Person   string // applicant key of persons and enterprises: the account's id; "" for staff
	Agency   string // staff: own agency
	Outlet   string // staff: own outlet
	Division string // staff: division of work; persons: of residence
	Staff    string // org staff id
	Grants   []Grant
	Via      string // session | token | system
	Address  string // of the client, without port; "" when there is none
	// ActingFor is whoever this act is done for, set by the module that found
	// the right behind it: the staff id of a delegation (org.ActsFor), or the
	// account of the principal of a mandate.
	ActingFor string
	// Covers are the accounts of colleagues on leave for whom the actor stands
	// in, set by the module that asked (workflow).
	Covers []string
	// Mandates are those under which a citizen may act for others today.
	Mandates []Mandate

	// Level is the highest level of proof (实名等级) that holds now; 0 for staff.
	Level Level

	// Of who came by a session: its number, when they signed in and how.
	Session    string
	SignedInAt time.Time
	FreshAt    time.Time // when they last showed that it is they, see Module.IsFresh
	Method     string

	// Of the account when it was loaded.
	epoch  int64
	seat   string // number of the one session of staff; "" none yet
	first  bool   // the password was set by somebody else
	shared bool   // one of the demo's accounts, see Rules
	admin  bool   // one of the three administrators
}

// Epoch counts what ended all sessions of the account: another password, a stop.
// What was allowed in one epoch is not allowed in the next.
func (a Actor) Epoch() int64 { return a.epoch }

// SignedIn says that the actor is somebody.
func (a Actor) SignedIn() bool { return a.Account != "" }

// IsStaff says that the actor works here (or is the program itself).
func (a Actor) IsStaff() bool { return a.Kind == KindStaff || a.Kind == KindSystem }

// IsSystem says that the actor is the program's own work: no right is asked.
func (a Actor) IsSystem() bool { return a.Via == ViaSystem }

// IsApplicant says that the actor is a citizen or an enterprise.
func (a Actor) IsApplicant() bool { return a.Kind == KindPerson || a.Kind == KindEnterprise }

// System is the program's own work (jobs, the sample city): it may
// everything. No login or token ever gives it.
func System(name string) Actor {
	return Actor{Account: "system:" + name, Login: "system:" + name, Name: "系统（" + name + "）", Kind: KindSystem, Via: ViaSystem}
}

// Known is the name of who did something, as staff and citizens read it: what the
// program did by itself it does not name by its parts.
func Known(name string) string {
	if part, ok := strings.CutPrefix(name, "系统（"); ok && part != "" && part[0] < utf8.RuneSelf {
		return "系统自动"
	}
	return name
}

type actorKey struct{}

// With puts who is asking into the context.
func With(ctx context.Context, a Actor) context.Context { return context.WithValue(ctx, actorKey{}, a) }

// FromContext gives who is asking; the zero Actor is anonymous.
func FromContext(ctx context.Context) Actor {
	a, _ := ctx.Value(actorKey{}).(Actor)
	return a
}
