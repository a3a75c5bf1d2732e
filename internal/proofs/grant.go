package proofs

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/licences"
	"yimen/internal/messages"
	"yimen/workday"
)

// Rights over requests.
var (
	VerbIssue = identity.DefineVerb("proof.issue", "开具电子证明")
	VerbCheck = identity.DefineVerb("proof.check", "核实申请证明的群众情况")
)

func init() {
	identity.Extend("approver", VerbIssue)
	identity.Extend("agency_head", VerbIssue)
	identity.Extend("window_clerk", VerbCheck)
}

// Acts on a request.
const (
	GrantAskHome  = "check"    // ask those on the spot
	GrantAnswer   = "answer"   // they answer
	GrantIssue    = "issue"    //
	GrantRefuse   = "refuse"   //
	GrantTakeBack = "withdraw" // by who asked
)

var grantMoves = map[string]struct {
	from []string
	to   string
	name string
}{
	GrantAskHome:  {[]string{Requested}, RequestChecking, "请村里核实"},
	GrantAnswer:   {[]string{RequestChecking}, RequestChecked, "答复核实情况"},
	GrantIssue:    {[]string{Requested, RequestChecking, RequestChecked}, RequestIssued, "开具"},
	GrantRefuse:   {[]string{Requested, RequestChecking, RequestChecked}, RequestRefused, "不开具"},
	GrantTakeBack: {[]string{Requested, RequestChecking, RequestChecked}, RequestTaken, "撤回申请"},
}

// Grant is what somebody does to a request.
type Grant struct {
	Verb   string
	Text   string            // the question, the answer, or the reason of a refusal
	Until  workday.Date      // of issue: the last day on which it is valid
	Fields map[string]string // of issue: what the proof says, by the names of its type
}

// acts are those the actor may do now, in the order of the page.
func (q Request) acts(a identity.Actor) []string {
	var list []string
	for _, verb := range []string{GrantAnswer, GrantIssue, GrantAskHome, GrantRefuse, GrantTakeBack} {
		if q.may(a, verb) && slices.Contains(grantMoves[verb].from, q.State) {
			list = append(list, verb)
		}
	}
	return list
}

func (q Request) may(a identity.Actor, verb string) bool {
	switch verb {
	case GrantAnswer:
		return q.mayCheck(a)
	case GrantTakeBack:
		return a.IsApplicant() && a.Account == q.Account
	}
	return q.mayIssue(a)
}

// mostYears is how long a proof may be valid.
const mostYears = 5

func (g *Grant) check(today workday.Date) error {
	var bad errs.Fields
	g.Text = strings.TrimSpace(g.Text)
	if n := utf8.RuneCountInString(g.Text); g.Verb != GrantIssue && g.Verb != GrantTakeBack && (n < 2 || n > 500) {
		bad.Add("text", "请写明内容，2到500个字。")
	}
	if g.Verb == GrantIssue && (!g.Until.After(today) || g.Until.After(today.Add(mostYears*365))) {
		bad.Add("until", "有效期应在今天以后、%d年以内。", mostYears)
	}
	return bad.Err()
}

// Grant does an act. What is issued is sealed and in the store in the same
// transaction, or nothing is. ErrRequestUnknown, ErrRequestRight,
// ErrRequestMove, errs.ErrInvalid, and those of licences.
func (m *Module) Grant(ctx context.Context, id string, g Grant) (Request, error) {
	move, known := grantMoves[g.Verb]
	if !known {
		return Request{}, ErrRequestMove
	}
	var q Request
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		var err error
		if q, err = m.Request(ctx, id); err != nil {
			return err
		}
		actor, before := identity.FromContext(ctx), q.State
		if !q.may(actor, g.Verb) {
			return ErrRequestRight
		}
		if !slices.Contains(move.from, before) {
			return ErrRequestMove
		}
		if err := g.check(m.today(ctx)); err != nil {
			return err
		}
		q.State = move.to
		m.grant(ctx, &q, g)
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE proofs_request SET state = $3, open = $4, question = $5, answer = $6, checker_name = $7, handler_name = $8, reason = $9, decided_at = $10
			WHERE id = $1 AND state = $2`, q.ID, before, q.State, q.Open, q.Question, q.Answer, q.CheckerName, q.HandlerName, q.Reason, q.DecidedAt)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrRequestMove
		}
		if g.Verb == GrantIssue {
			if err := m.issue(ctx, &q, g); err != nil {
				return err
			}
		}
		if err := m.record(ctx, "proof.request_"+g.Verb, "proof_request", q.Number, q.ProofName); err != nil {
			return err
		}
		return m.afterGrant(ctx, q, g)
	})
	return q, wrap("work on request", err)
}

// grant changes the request as an act does.
func (m *Module) grant(ctx context.Context, q *Request, g Grant) {
	name := identity.FromContext(ctx).Name
	switch g.Verb {
	case GrantAskHome:
		q.Question, q.HandlerName = g.Text, name
	case GrantAnswer:
		q.Answer, q.CheckerName = g.Text, name
	case GrantRefuse:
		q.Reason, q.HandlerName = g.Text, name
	case GrantIssue:
		q.HandlerName = name
	}
	if q.State == RequestIssued || q.State == RequestRefused || q.State == RequestTaken {
		now := m.now(ctx)
		q.Open, q.DecidedAt = 0, &now
	}
}

// issue makes the licence.
func (m *Module) issue(ctx context.Context, q *Request, g Grant) error {
	p, err := m.Identity.Person(ctx, q.Account)
	if err != nil {
		return err
	}
	l, err := m.Licences.IssueProof(ctx, licences.Entry{Type: q.Type, Number: q.Number, HolderName: p.Name, HolderNo: p.IDNo,
		Issuer: q.Agency, IssuedOn: m.today(ctx), To: g.Until, Fields: g.Fields}, q.Number)
	if err != nil {
		return err
	}
	q.Identifier = l.Identifier
	_, err = m.DB.Conn(ctx).Exec(ctx, `UPDATE proofs_request SET identifier = $2 WHERE id = $1`, q.ID, q.Identifier)
	return err
}

// afterGrant tells whoever has to know.
func (m *Module) afterGrant(ctx context.Context, q Request, g Grant) error {
	if m.Messages == nil {
		return nil
	}
	switch g.Verb {
	case GrantAskHome:
		return m.tellVillage(ctx, q)
	case GrantAnswer:
		return m.tellColleagues(ctx, q, "proof.request_answered", "answered")
	case GrantIssue, GrantRefuse:
		n := messages.Notice{To: q.Account, Template: "proof.request_" + q.State, Link: myRequestURL(q.ID), Division: q.Division,
			Vars: map[string]string{"request": q.Number, "proof": q.ProofName, "agency": q.AgencyName}, Key: "proof:request:" + q.ID + ":" + q.State}
		return m.Messages.Send(ctx, n)
	}
	return nil
}
