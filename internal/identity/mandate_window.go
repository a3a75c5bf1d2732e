package identity

import (
	"context"
	"fmt"
	"log/slog"

	"yimen/gb"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

// ProposeAtWindow is ProposeMandate for the owner of an account who stands before
// a clerk with the document d: a child and a parent, one acting for the other in
// all matters. It is the one side's wish and no more: the other side says yes in
// their own account, or at a window (AgreeAtWindow, ConfirmChild). Errors:
// ErrNoRight, ErrAccountUnknown, ErrNotThisPerson, ErrMandateInvalid with fields.
func (m *Module) ProposeAtWindow(ctx context.Context, account string, d Document, p Proposal) (Mandate, error) {
	clerk, err := vouching(ctx, d.Method)
	if err != nil {
		return Mandate{}, err
	}
	if !clerk.IsSystem() && !clerk.Has(VerbMandateConfirm) {
		return Mandate{}, ErrNoRight
	}
	person, err := m.inHand(ctx, account, d)
	if err != nil {
		return Mandate{}, err
	}
	a, err := m.Actor(ctx, person.Account)
	if err != nil {
		return Mandate{}, err
	}
	p.Kind, p.Scope, p.Account, p.window = MandateFamily, ScopeAll, "", true
	return m.proposeMandate(ctx, a, &p, "mandate.propose_window")
}

// FamilyOf lists the family bonds of somebody before a clerk that stand or wait,
// on either side, newest first, at most 20. Errors: ErrNoRight.
func (m *Module) FamilyOf(ctx context.Context, account string) ([]Mandate, error) {
	a := FromContext(ctx)
	if !a.IsSystem() && !a.Has(VerbMandateConfirm) {
		return nil, ErrNoRight
	}
	rows, err := m.mandateRows(ctx, ` WHERE (x.principal = $1 OR x.agent = $1) AND x.kind = $2 AND x.state IN ($3, $4) AND x.to_on >= $5
		ORDER BY x.created_at DESC, x.id DESC LIMIT 20`, account, MandateFamily, MandateProposed, MandateActive, workday.DateOf(m.now(ctx), clock.Beijing).String())
	if err != nil {
		return nil, fmt.Errorf("list family: %w", err)
	}
	return plainMandates(rows), nil
}

// inRegister compares a name and a number with the person register and tells a
// clerk, who has the papers in hand, what is wrong. Online it is not told: names
// and numbers are not to be tried out.
func (m *Module) inRegister(ctx context.Context, name, no string, today workday.Date, bad *errs.Fields) (bool, error) {
	if _, err := gb.ParseResidentID(no, today); err != nil {
		bad.Add("id_no", "这不是正确的公民身份号码，请照户口簿或身份证核对。")
		return false, nil
	}
	if m.Residents == nil {
		return true, nil
	}
	same, err := m.Residents.Match(ctx, name, no)
	if err != nil { // the other side's papers are looked at when they say yes
		m.Log.LogAttrs(ctx, slog.LevelWarn, "register not asked about a family bond", slog.String("error", err.Error()))
		return true, ctx.Err()
	}
	if !same {
		bad.Add("id_no", "姓名和号码与人口登记信息对不上，请照户口簿或身份证核对；刚改过名的，请先到派出所变更登记。")
	}
	return same, nil
}
