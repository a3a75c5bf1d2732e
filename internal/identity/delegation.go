package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

// States of a delegation. An active one counts between its days only.
const (
	DelegationAsked   = "asked"   // 待授权: nobody may anything by it yet
	DelegationActive  = "active"  // 已授权
	DelegationRefused = "refused" // 未同意
	DelegationEnded   = "ended"   // 已结束 before its last day
)

// maxDelegation is how many days rights may be lent for.
const maxDelegation = 90

// Delegation (临时委托授权) lends a colleague some of the roles one holds while one
// is away. What the deputy may is read from what the delegator holds at that
// moment, so it is never wider and ends with it; it is not lent on.
type Delegation struct {
	ID            string       `db:"id"`
	Delegator     string       `db:"delegator"`
	DelegatorName string       `db:"delegator_name"`
	Deputy        string       `db:"deputy"`
	DeputyName    string       `db:"deputy_name"`
	RoleNames     string       `db:"roles"` // separated by commas
	From          workday.Date `db:"from_on"`
	To            workday.Date `db:"to_on"`
	Reason        string       `db:"reason"`
	State         string       `db:"state"`
	Agency        string       `db:"agency"`
	Division      string       `db:"division"`
	AskedAt       time.Time    `db:"asked_at"`
	DecidedName   string       `db:"decided_name"`
	DecidedAt     *time.Time   `db:"decided_at"`
	Note          string       `db:"note"`
	EndedName     string       `db:"ended_name"`
	EndedAt       *time.Time   `db:"ended_at"`
	EndsAt        time.Time    `db:"ends_at"`
}

// Roles are the names of the roles that are lent.
func (d Delegation) Roles() []string { return strings.Split(d.RoleNames, ",") }

func (d Delegation) place() Place {
	return Place{Receiving: d.Division, Division: d.Division, Agency: d.Agency}
}

// Errors about delegations.
var (
	ErrDelegationUnknown = errs.Define(errs.NotFound, "lending_unknown", "没有这条临时委托，请回到列表重新选择。")
	ErrDelegationOver    = errs.Define(errs.Conflict, "delegation_over", "这条临时委托已经处理过或已经到期，请刷新页面查看。")
	ErrDelegationInvalid = errs.Define(errs.Invalid, "delegation_invalid", "临时委托填写有误，请按提示修改。")
	ErrDelegationDenied  = errs.Define(errs.Denied, "delegation_denied", "您不能授权这条临时委托：要由本单位负责人、中心管理人员或安全管理员授权，委托人和受托人自己都不行。")
)

const selectDelegation = `SELECT x.id, x.delegator, p.display_name AS delegator_name, x.deputy, q.display_name AS deputy_name, x.roles, x.from_on, x.to_on,
	x.reason, x.state, x.agency, x.division, x.asked_at, COALESCE(k.display_name, '') AS decided_name, x.decided_at, x.note,
	COALESCE(e.display_name, '') AS ended_name, x.ended_at, x.ends_at
	FROM identity_delegation x JOIN identity_account p ON p.id = x.delegator JOIN identity_account q ON q.id = x.deputy
	LEFT JOIN identity_account k ON k.id = x.decided_by LEFT JOIN identity_account e ON e.id = x.ended_by`

// lends says whether a role is among those lent: never an administrator's.
func lends(role Role, names string) bool {
	return lendable(role) && slices.Contains(strings.Split(names, ","), role.Name)
}

// lendable keeps back what an administrator may, by whatever role.
func lendable(role Role) bool {
	return role.Admin == "" && !slices.ContainsFunc(role.Verbs, func(v Verb) bool {
		return v == VerbAccountManage || v == VerbGrantManage || v == VerbAuditView
	})
}

// Lendable lists the actor's own roles that could be lent, each once.
func (m *Module) Lendable(ctx context.Context) ([]Role, error) {
	held, err := m.Held(ctx, FromContext(ctx).Account)
	if err != nil {
		return nil, err
	}
	var list []Role
	for _, h := range held {
		role, known := RoleNamed(h.Role)
		if known && lendable(role) && !slices.ContainsFunc(list, func(r Role) bool { return r.Name == role.Name }) {
			list = append(list, role)
		}
	}
	return list, nil
}

// Deputies lists up to 200 active colleagues of the actor's agency, or of the
// outlet of those who have no agency.
func (m *Module) Deputies(ctx context.Context) ([]Account, error) {
	a := FromContext(ctx)
	w := new(db.Where).And("a.kind = ?", string(KindStaff)).And("a.state = ?", stateActive).And("a.id <> ?", a.Account)
	switch {
	case a.Agency != "":
		w.And("a.agency = ?", a.Agency)
	case a.Outlet != "":
		w.And("a.outlet = ?", a.Outlet)
	default:
		return nil, nil
	}
	var rows []listedAccount
	if err := m.DB.Conn(ctx).Select(ctx, &rows, accountFields+w.SQL()+` ORDER BY a.name_key LIMIT 200`, w.Args()...); err != nil {
		return nil, fmt.Errorf("list deputies: %w", err)
	}
	return plainAccounts(rows), nil
}

// AskDelegation asks for roles of the actor's own to be lent to d.Deputy
// (account id) from d.From to d.To; somebody else authorises it. Errors:
// ErrNoRight, ErrDelegationInvalid with fields roles, deputy, from, to, reason.
func (m *Module) AskDelegation(ctx context.Context, d Delegation, roles []string) (string, error) {
	a := FromContext(ctx)
	if a.Kind != KindStaff {
		return "", ErrNoRight
	}
	d.ID, d.Delegator, d.RoleNames, d.State, d.AskedAt = db.NewID(), a.Account, strings.Join(roles, ","), DelegationAsked, m.now(ctx)
	d.Agency, d.Division, d.Reason = a.Agency, a.Division, strings.TrimSpace(d.Reason)
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		if err := m.lockAccount(ctx, a.Account); err != nil {
			return err
		}
		if err := m.checkDelegation(ctx, d); err != nil {
			return err
		}
		_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO identity_delegation (id, delegator, deputy, roles, from_on, to_on, begins_at, ends_at,
			reason, state, agency, division, asked_at, decided_by, note, ended_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '', '', '')`,
			d.ID, d.Delegator, d.Deputy, d.RoleNames, d.From, d.To, midnight(d.From), midnight(d.To.Add(1)), d.Reason, d.State, d.Agency, d.Division, d.AskedAt)
		if err != nil {
			return fmt.Errorf("store delegation: %w", err)
		}
		return m.recordDelegation(ctx, "delegation.ask", d.ID, d.RoleNames)
	})
	return d.ID, err
}

// midnight is the instant at which a day begins in Beijing.
func midnight(d workday.Date) time.Time {
	return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, clock.Beijing).UTC()
}

func (m *Module) checkDelegation(ctx context.Context, d Delegation) error {
	var bad errs.Fields
	today := workday.DateOf(m.now(ctx), clock.Beijing)
	switch {
	case d.From.IsZero() || d.From.Before(today):
		bad.Add("from", "请选择开始日期，最早是今天。")
	case d.To.IsZero() || d.To.Before(d.From):
		bad.Add("to", "结束日期不能早于开始日期，请修改。")
	case d.From.Add(maxDelegation - 1).Before(d.To):
		bad.Add("to", "一次临时委托最长%d天，请选择较早的日期。", maxDelegation)
	}
	if n := utf8.RuneCountInString(d.Reason); n == 0 || n > maxReason {
		bad.Add("reason", "请写清为什么要委托，不超过200个字，例如：年休假。")
	}
	if err := m.checkLent(ctx, d, &bad); err != nil {
		return err
	}
	if err := m.checkDeputy(ctx, d, &bad); err != nil {
		return err
	}
	return bad.As(ErrDelegationInvalid)
}

// checkLent sees that the delegator holds every role themselves: what was lent to
// them is not lent on, and an administrator's is never lent.
func (m *Module) checkLent(ctx context.Context, d Delegation, bad *errs.Fields) error {
	held, err := m.Held(ctx, d.Delegator)
	if err != nil {
		return err
	}
	if d.RoleNames == "" {
		bad.Add("roles", "请至少选一个角色。")
		return nil
	}
	for _, name := range d.Roles() {
		role, known := RoleNamed(name)
		own := slices.ContainsFunc(held, func(h Held) bool { return h.Role == name })
		switch {
		case !known || !own:
			bad.Add("roles", "只能委托自己现在有的角色，请重新选择。")
		case !lendable(role):
			bad.Add("roles", "管理员的角色不能委托：请由另一位管理员办理。")
		}
	}
	return nil
}

// checkDeputy sees that the deputy works in the same place and is not away
// themselves on those days, which would send the rights in a circle.
func (m *Module) checkDeputy(ctx context.Context, d Delegation, bad *errs.Fields) error {
	if d.Deputy == "" {
		bad.Add("deputy", "请选择受托人。")
		return nil
	}
	row, err := m.account(ctx, d.Deputy)
	if err != nil && !errors.Is(err, ErrAccountUnknown) {
		return err
	}
	own, ownErr := m.account(ctx, d.Delegator)
	if ownErr != nil {
		return ownErr
	}
	together := own.Agency != "" && own.Agency == row.Agency || own.Agency == "" && own.Outlet != "" && own.Outlet == row.Outlet
	switch {
	case row.ID == d.Delegator:
		bad.Add("deputy", "不能委托给自己，请另选一位。")
		return nil
	case err != nil || row.Kind != KindStaff || row.State != stateActive || !together:
		bad.Add("deputy", "受托人应是同一单位或同一网点的在岗同事，请另选一位。")
		return nil
	}
	var n int
	err = m.DB.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM identity_delegation WHERE delegator = $1 AND state IN ('asked', 'active')
		AND to_on >= $2 AND from_on <= $3`, row.ID, d.From, d.To)
	if err != nil {
		return fmt.Errorf("read delegations of the deputy: %w", err)
	}
	if n > 0 {
		bad.Add("deputy", "这位同事在这几天把自己的权限委托给了别人，不能再受托，请另选一位。")
	}
	return nil
}

// AuthoriseDelegation lets the deputy act from the first day on. It is for who
// may authorise where the delegator works, or for the security administrator;
// never for one of the two themselves. Errors: ErrDelegationUnknown,
// ErrDelegationDenied, ErrDelegationOver, ErrDelegationInvalid.
func (m *Module) AuthoriseDelegation(ctx context.Context, id string) error {
	return m.decideDelegation(ctx, id, DelegationActive, "")
}

// RefuseDelegation says no, and why. Errors: as AuthoriseDelegation.
func (m *Module) RefuseDelegation(ctx context.Context, id, note string) error {
	if n := utf8.RuneCountInString(strings.TrimSpace(note)); n == 0 || n > maxReason {
		return ErrDelegationInvalid.Field("note", "请写明不同意的理由，不超过200个字。")
	}
	return m.decideDelegation(ctx, id, DelegationRefused, strings.TrimSpace(note))
}

func (m *Module) decideDelegation(ctx context.Context, id, state, note string) error {
	a := FromContext(ctx)
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		d, err := m.delegation(ctx, id)
		if err != nil {
			return err
		}
		if !mayAuthorise(a, d) {
			return ErrDelegationDenied
		}
		if !d.EndsAt.After(m.now(ctx)) {
			return ErrDelegationOver
		}
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE identity_delegation SET state = $2, decided_by = $3, decided_at = $4, note = $5
			WHERE id = $1 AND state = 'asked'`, id, state, a.Account, m.now(ctx), note)
		if err != nil {
			return fmt.Errorf("decide on delegation: %w", err)
		}
		if n == 0 {
			return ErrDelegationOver
		}
		if state == DelegationActive {
			var bad errs.Fields // what was true when it was asked may not be now
			if err := errors.Join(m.checkLent(ctx, d, &bad), m.checkDeputy(ctx, d, &bad)); err != nil {
				return err
			}
			if !bad.Empty() {
				return ErrDelegationInvalid.Say("%s", bad.List()[0].Message)
			}
			if err := m.lend(ctx, d.Deputy, d.EndsAt); err != nil {
				return err
			}
		}
		what := lendingGiven
		if state == DelegationRefused {
			what = lendingRefused
		}
		if err := m.tellLending(ctx, id, what); err != nil {
			return err
		}
		return m.recordDelegation(ctx, "delegation."+state, id, d.RoleNames)
	})
}

// mayAuthorise says whether the actor may say yes or no: not one of the two, and
// not by a right that was itself lent.
func mayAuthorise(a Actor, d Delegation) bool {
	if a.Account == d.Delegator || a.Account == d.Deputy {
		return false
	}
	return a.Has(VerbGrantManage) || a.Can(VerbDelegationAuthorise, d.place())
}

// EndDelegation ends one at once: the deputy's next request is without it. Either
// of the two may, and who may authorise. Errors: ErrDelegationUnknown, ErrDelegationOver.
func (m *Module) EndDelegation(ctx context.Context, id string) error {
	a := FromContext(ctx)
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		d, err := m.delegation(ctx, id)
		if err != nil {
			return err
		}
		if a.Account != d.Delegator && a.Account != d.Deputy && !mayAuthorise(a, d) {
			return ErrDelegationUnknown
		}
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE identity_delegation SET state = 'ended', ended_by = $2, ended_at = $3
			WHERE id = $1 AND state IN ('asked', 'active') AND ends_at > $3`, id, a.Account, m.now(ctx))
		if err != nil {
			return fmt.Errorf("end delegation: %w", err)
		}
		if n == 0 {
			return ErrDelegationOver
		}
		if err := m.tellLending(ctx, id, lendingEnded); err != nil {
			return err
		}
		return m.recordDelegation(ctx, "delegation.end", id, d.RoleNames)
	})
}

func (m *Module) delegation(ctx context.Context, id string) (Delegation, error) {
	var d Delegation
	err := m.DB.Conn(ctx).Get(ctx, &d, selectDelegation+` WHERE x.id = $1`, id)
	if errors.Is(err, db.ErrNoRows) {
		return d, ErrDelegationUnknown
	}
	return d, err
}

// OwnDelegations lists what the actor lent and was lent, newest first, up to 50.
func (m *Module) OwnDelegations(ctx context.Context) ([]Delegation, error) {
	var list []Delegation
	err := m.DB.Conn(ctx).Select(ctx, &list, selectDelegation+` WHERE x.delegator = $1 OR x.deputy = $1 ORDER BY x.id DESC LIMIT 50`, FromContext(ctx).Account)
	return list, err
}

// DelegationsToDecide lists those the actor may authorise or end, the waiting
// ones first, up to 200: of the agencies and divisions they may authorise for;
// of all for the security administrator.
func (m *Module) DelegationsToDecide(ctx context.Context) ([]Delegation, error) {
	a := FromContext(ctx)
	w := new(db.Where).And("x.delegator <> ? AND x.deputy <> ?", a.Account, a.Account).And("x.ends_at > ?", m.now(ctx)).And("x.state IN ('asked', 'active')")
	if !a.Has(VerbGrantManage) {
		a.Scope(VerbDelegationAuthorise).Where(w, Columns{Receiving: "x.division", Division: "x.division", Agency: "x.agency"})
	}
	var list []Delegation
	err := m.DB.Conn(ctx).Select(ctx, &list, selectDelegation+w.SQL()+` ORDER BY CASE x.state WHEN 'asked' THEN 0 ELSE 1 END, x.id DESC LIMIT 200`, w.Args()...)
	return list, err
}

// recordDelegation notes an act on a delegation in the audit.
func (m *Module) recordDelegation(ctx context.Context, action, id, roles string) error {
	a := FromContext(ctx)
	return m.write(ctx, audit.Entry{Actor: a.Account, ActorName: a.Name, Address: a.Address,
		Action: action, Object: "lending", ObjectID: id, Result: "ok", Detail: roles})
}
