package identity

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yimen/gb"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

// Kinds of mandate.
const (
	MandatePerson     = "person"     // 委托: one person for another
	MandateFamily     = "family"     // 亲属: a parent for a child, a child for old parents
	MandateEnterprise = "enterprise" // 经办人: a person for an enterprise
)

// Scopes of a mandate.
const (
	ScopeAll   = "all"
	ScopeItems = "items"
	ScopeCase  = "case"
)

// States of a mandate. Only an active one within its dates stands.
const (
	MandateProposed = "proposed" // one side has agreed
	MandateActive   = "active"
	MandateDeclined = "declined"
	MandateEnded    = "ended"
)

// maxMandateYears bounds a mandate between grown-ups: whoever wants more is
// asked again. One for a child ends when the child is eighteen.
const maxMandateYears = 3

const adult = 18

// elder is from what age a parent may agree at a window, without an account.
const elder = 60

// Mandate is the right to act for somebody else (委托代理, 民法典 art. 161 ff.;
// for children art. 27 and 34).
type Mandate struct {
	ID            string
	Kind          string
	Role          string // of MandateEnterprise: legal admin handler
	Principal     string // account whose matters they are; "" a child without one
	PrincipalName string
	Agent         string // account that acts
	AgentName     string
	ProposedBy    string
	Scope         string
	Items         []string // codes, with ScopeItems
	Case          string   // number, with ScopeCase
	From, To      workday.Date
	Purpose       string
	State         string
	CreatedAt     time.Time
	ConfirmedAt   *time.Time
	EndedAt       *time.Time
	EndedBy       string // name of who ended it
}

// Stands says that the mandate holds on a day.
func (x Mandate) Stands(on workday.Date) bool {
	return x.State == MandateActive && !on.Before(x.From) && !on.After(x.To)
}

// Covers says that one may apply for the item under it. A mandate for one case
// is for no new one.
func (x Mandate) Covers(item string) bool {
	return x.Scope == ScopeAll || x.Scope == ScopeItems && slices.Contains(x.Items, item)
}

// Errors of mandates.
var (
	ErrMandateUnknown = errs.Define(errs.NotFound, "mandate_unknown", "没有找到这份委托，可能已经撤回，请刷新页面。")
	ErrMandateState   = errs.Define(errs.Conflict, "mandate_state", "这份委托的状态已有变化，请刷新页面后再操作。")
	ErrMandateDenied  = errs.Define(errs.Denied, "mandate_denied", "您不能确认这份委托：提出的一方不能自己确认，要由对方确认。")
	ErrMandateInvalid = errs.Define(errs.Invalid, "mandate_invalid", "委托填写有误，请按提示修改。")
	ErrMandateExpired = errs.Define(errs.Conflict, "mandate_expired", "这份委托的期限已过，请重新提出。")
)

// Proposal is a mandate as one side asks for it. The other side is named by
// name and ID number, or by name and account.
type Proposal struct {
	AsAgent  bool   // the proposer wants to act; else they want to be acted for
	Kind     string // "": enterprise for an enterprise's account, else person
	Name     string
	IDNo     string
	Account  string
	Scope    string
	Items    []string
	Case     string
	From, To workday.Date // zero From: today
	Purpose  string

	window bool // asked for before a clerk
}

// HeldMandate gives the actor's standing mandate of that id.
func (a Actor) HeldMandate(id string) (Mandate, bool) {
	i := slices.IndexFunc(a.Mandates, func(x Mandate) bool { return x.ID == id })
	if i < 0 || id == "" {
		return Mandate{}, false
	}
	return a.Mandates[i], true
}

// MandateFor gives the standing mandate under which the actor may apply for an
// item in the name of principal.
func (a Actor) MandateFor(principal, item string) (Mandate, bool) {
	i := slices.IndexFunc(a.Mandates, func(x Mandate) bool { return x.Principal == principal && x.Covers(item) })
	if i < 0 || principal == "" {
		return Mandate{}, false
	}
	return a.Mandates[i], true
}

// ProposeMandate stores a proposal; the other side confirms it. Errors:
// ErrSignIn, ErrMandateInvalid with fields.
func (m *Module) ProposeMandate(ctx context.Context, p Proposal) (Mandate, error) {
	a := FromContext(ctx)
	if !a.SignedIn() || !a.IsApplicant() {
		return Mandate{}, ErrSignIn
	}
	return m.proposeMandate(ctx, a, &p, "mandate.propose")
}

// proposeMandate stores what a wishes; who does it for them is the context's.
func (m *Module) proposeMandate(ctx context.Context, a Actor, p *Proposal, action string) (Mandate, error) {
	row, err := m.checkProposal(ctx, a, p)
	if err != nil {
		return Mandate{}, err
	}
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		if err := m.insertMandate(ctx, row); err != nil {
			return err
		}
		if err := m.recordMandate(ctx, action, row.ID); err != nil {
			return err
		}
		return m.tellMandate(With(ctx, a), row, "proposed", row.otherSide(a.Account)) // in their name, whoever typed it
	})
	if err != nil {
		return Mandate{}, err
	}
	return m.mandateByID(ctx, row.ID)
}

// checkProposal finds the other side and tells everything that is wrong.
func (m *Module) checkProposal(ctx context.Context, a Actor, p *Proposal) (mandateRow, error) {
	var bad errs.Fields
	today := workday.DateOf(m.now(ctx), clock.Beijing)
	row := mandateRow{ID: db.NewID(), ProposedBy: a.Account, Scope: p.Scope, Purpose: strings.TrimSpace(p.Purpose),
		State: MandateProposed, CreatedAt: m.now(ctx)}
	me, err := m.Person(ctx, a.Account)
	if err != nil {
		return row, err
	}
	other, err := m.otherSide(ctx, p, today, &bad)
	if err != nil {
		return row, err
	}
	row.Principal, row.Agent = a.Account, other.Account
	principal, agent := me, other
	if p.AsAgent {
		row.Principal, row.Agent = other.Account, a.Account
		principal, agent = other, me
		if other.Account == "" && other.Name != "" {
			row.ChildName, row.ChildIDNo = other.Name, other.IDNo
		}
	}
	if other.Account == a.Account {
		bad.Add("id_no", "不能委托给自己：请填写对方的姓名和证件号码。")
	}
	if row.Kind = kindOf(p.Kind, principal.Kind); row.Kind == MandateEnterprise {
		row.Role = HandlerRole
	}
	if agent.Kind == KindEnterprise {
		bad.Add("name", "代办的要是个人：单位不能替别人办，请填写经办人本人。")
	}
	p.checkScope(&row, &bad)
	p.checkDates(&row, today, principal.IDNo, &bad)
	checkAgent(row, agent.IDNo, today, &bad)
	if n := utf8.RuneCountInString(row.Purpose); n == 0 || n > 100 {
		bad.Add("purpose", "请写清委托他办什么事，不超过100个字，例如：代办母亲的养老保险。")
	}
	if !bad.Empty() {
		return row, bad.As(ErrMandateInvalid)
	}
	if err := m.checkTwice(ctx, row, today, &bad); err != nil {
		return row, err
	}
	return row, bad.As(ErrMandateInvalid)
}

func kindOf(asked string, principal Kind) string {
	switch {
	case principal == KindEnterprise:
		return MandateEnterprise
	case asked == MandateFamily:
		return MandateFamily
	}
	return MandatePerson
}

// otherSide finds who is named. Whether somebody has an account is told only to
// who knows both name and number: a wrong name and a number that nobody has
// look the same. A parent may name a child, a child an
// old parent, who has no account: a window confirms it.
func (m *Module) otherSide(ctx context.Context, p *Proposal, today workday.Date, bad *errs.Fields) (Person, error) {
	name, no := strings.TrimSpace(p.Name), strings.ToUpper(strings.TrimSpace(p.IDNo))
	if name == "" {
		bad.Add("name", "请填写对方的姓名或单位名称。")
	}
	if no == "" && p.Account == "" {
		bad.Add("id_no", "请填写对方的证件号码，或他在本站的账号。")
	}
	if !bad.Empty() {
		return Person{}, nil
	}
	found, err := m.personNamed(ctx, name, no, p.Account)
	if err != nil || found.Account != "" {
		return found, err
	}
	if p.window {
		if known, err := m.inRegister(ctx, name, no, today, bad); err != nil || !known {
			return Person{}, err
		}
	}
	taken, err := m.hasAccount(ctx, no)
	if err != nil {
		return Person{}, err
	}
	id, bent := gb.ParseResidentID(no, today)
	switch {
	case !taken && bent == nil && p.AsAgent && p.Kind == MandateFamily && (id.Age(today) < adult || id.Age(today) >= elder):
		return Person{Kind: KindPerson, Name: name, IDNo: no}, nil
	case !p.window:
		bad.Add("id_no", "没有找到姓名和号码都相符的账号：请核对；对方还没有账号的，请先到任一窗口登记。")
	case taken:
		bad.Add("name", "这个号码的账号登记的是别的姓名，请照证件核对；登记错了的，请本人先更正。")
	default:
		bad.Add("id_no", "他还没有账号：请他本人带身份证到窗口开通，再来建立。替未满%d周岁的孩子、%d周岁以上的父母办，不用先开通。", adult, elder)
	}
	return Person{}, nil
}

func (p *Proposal) checkScope(row *mandateRow, bad *errs.Fields) {
	switch p.Scope {
	case ScopeAll:
	case ScopeItems:
		row.Items = strings.Join(p.Items, ",")
		if len(p.Items) == 0 || len(p.Items) > 50 {
			bad.Add("items", "请选择1至50个事项。")
		}
	case ScopeCase:
		row.Case = strings.TrimSpace(p.Case)
		if len(row.Case) != 16 || strings.Trim(row.Case, "0123456789") != "" {
			bad.Add("case", "请填写16位办件编号。")
		}
	default:
		bad.Add("scope", "请选择委托的范围。")
	}
}

func (p *Proposal) checkDates(row *mandateRow, today workday.Date, principalNo string, bad *errs.Fields) {
	if row.From, row.To = p.From, p.To; row.From.IsZero() {
		row.From = today
	}
	last := workday.NewDate(row.From.Year()+maxMandateYears, row.From.Month(), row.From.Day())
	limit := "委托期限最长3年，请选择较早的日期。"
	if id, err := gb.ParseResidentID(principalNo, today); err == nil && row.Kind == MandateFamily && id.Age(today) < adult {
		born := id.Birth()
		last = workday.NewDate(born.Year()+adult, born.Month(), born.Day()).Add(-1)
		limit = "替孩子办事到他满18周岁为止，最晚可选" + last.Chinese() + "。"
	}
	switch {
	case row.To.IsZero():
		bad.Add("to", "请选择到哪一天为止。")
	case row.To.Before(row.From) || row.To.Before(today):
		bad.Add("to", "结束日期要在今天和开始日期之后，请重新选择。")
	case row.To.After(last):
		bad.Add("to", "%s", limit)
	}
}

// checkAgent refuses who is not of age: what a child does for others binds
// nobody (民法典 art. 17, 18, 23).
func checkAgent(row mandateRow, agentNo string, today workday.Date, bad *errs.Fields) {
	if id, err := gb.ParseResidentID(agentNo, today); err == nil && row.Kind != MandateEnterprise && id.Age(today) < adult {
		bad.Add("side", "替别人办事的要年满%d周岁，请换成由大人替他办。", adult)
	}
}

// checkTwice refuses a bond that stands at least as long already, or waits; who
// acts for an enterprise is appointed by rules of its own.
func (m *Module) checkTwice(ctx context.Context, row mandateRow, today workday.Date, bad *errs.Fields) error {
	if row.Kind == MandateEnterprise {
		return nil
	}
	key, other := m.Keys.Pair(childIDNo, row.ChildIDNo)
	rows, err := m.mandateRows(ctx, ` WHERE x.agent = $1 AND x.principal = $2 AND (x.principal <> '' OR x.child_id_no_key IN ($3, $4) AND x.child_id_no_key <> '')
		AND x.kind = $5 AND x.scope = $6 AND x.items = $7 AND x.case_number = $8 AND x.state IN ($9, $10) AND x.to_on >= $11 ORDER BY x.to_on DESC LIMIT 10`,
		row.Agent, row.Principal, key, other, row.Kind, row.Scope, row.Items, row.Case, MandateProposed, MandateActive, today.String())
	if err != nil {
		return fmt.Errorf("look for the same mandate: %w", err)
	}
	for _, x := range rows {
		switch {
		case x.State == MandateProposed:
			bad.Add("id_no", "这份委托已经提出过，还在等对方确认，不用再提；要改内容的，请先撤回。")
			return nil
		case !row.To.After(x.To):
			bad.Add("to", "这份委托已经生效，到%s为止，不用再建；要延长的，请选更晚的日期。", x.To.Chinese())
			return nil
		}
	}
	return nil
}

// ConfirmMandate is the other side's yes. Errors: ErrMandateUnknown,
// ErrMandateDenied (one's own proposal), ErrMandateState, ErrMandateExpired.
func (m *Module) ConfirmMandate(ctx context.Context, id string) (Mandate, error) {
	return m.turnMandate(ctx, id, "mandate.confirm", func(ctx context.Context, row *mandateRow, a Actor) error {
		if row.ProposedBy == row.sideOf(a) || row.Principal == "" {
			return ErrMandateDenied
		}
		return m.activate(ctx, row, a)
	})
}

// activate makes a proposal stand.
func (m *Module) activate(ctx context.Context, row *mandateRow, a Actor) error {
	if row.State != MandateProposed {
		return ErrMandateState
	}
	if row.To.Before(workday.DateOf(m.now(ctx), clock.Beijing)) {
		return ErrMandateExpired
	}
	now := m.now(ctx)
	row.State, row.ConfirmedAt, row.ConfirmedBy = MandateActive, &now, a.Account
	return m.tellMandate(ctx, *row, "confirmed", row.ProposedBy)
}

// EndMandate is either side's no: a proposal is declined or taken back, a
// mandate that stands ends at once. Errors: ErrMandateUnknown, ErrMandateState.
func (m *Module) EndMandate(ctx context.Context, id string) (Mandate, error) {
	return m.turnMandate(ctx, id, "mandate.end", func(ctx context.Context, row *mandateRow, a Actor) error {
		now := m.now(ctx)
		switch {
		case row.State == MandateActive || row.State == MandateProposed && row.ProposedBy == row.sideOf(a):
			row.State = MandateEnded
		case row.State == MandateProposed:
			row.State = MandateDeclined
		default:
			return ErrMandateState
		}
		row.EndedAt, row.EndedBy = &now, a.Account
		return m.tellMandate(ctx, *row, row.State, row.otherSide(row.sideOf(a)))
	})
}

// turnMandate changes one mandate of the actor's under a lock and records it.
func (m *Module) turnMandate(ctx context.Context, id, action string, change func(context.Context, *mandateRow, Actor) error) (Mandate, error) {
	a := FromContext(ctx)
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		row, err := m.lockMandate(ctx, id)
		if err != nil {
			return err
		}
		if row.sideOf(a) == "" {
			return ErrMandateUnknown
		}
		if err := change(ctx, &row, a); err != nil {
			return err
		}
		if err := m.updateMandate(ctx, row); err != nil {
			return err
		}
		return m.recordMandate(ctx, action, id)
	})
	if err != nil {
		return Mandate{}, err
	}
	return m.mandateByID(ctx, id)
}
