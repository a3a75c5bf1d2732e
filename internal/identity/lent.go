package identity

import (
	"context"
	"fmt"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/workday"
)

// What others let an account do — a colleague's delegation, a person's mandate,
// the level of who leads an enterprise — few have at a time, and every request
// would have to look. So an account bears a mark, lent_until: not before it can
// there be none to look for. It gives nothing by itself and is never taken back;
// what there is, is read at each request from where it is kept.

// lend marks an account until a moment at least, in the transaction in which
// what is lent begins to stand.
func (m *Module) lend(ctx context.Context, account string, until time.Time) error {
	_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE identity_account SET lent_until = $2 WHERE id = $1 AND (lent_until IS NULL OR lent_until < $2)`,
		account, until.UTC())
	if err != nil {
		return fmt.Errorf("mark that something is lent: %w", err)
	}
	return nil
}

// lendMandate marks who has something of a mandate that stands.
func (m *Module) lendMandate(ctx context.Context, r mandateRow) error {
	if r.State != MandateActive {
		return nil
	}
	until := midnight(r.To.Add(1))
	if err := m.lend(ctx, r.Agent, until); err != nil || r.Role != LegalRole {
		return err
	}
	return m.lend(ctx, r.Principal, until)
}

// lentRow is a grant that a colleague holds, beside the delegation it is lent by.
type lentRow struct {
	Lender string
	Name   string
	Roles  string
	grantOfRow
}

func (r *lentRow) columns() []any {
	return []any{&r.Lender, &r.Name, &r.Roles, &r.Role, &r.About, &r.From, &r.To, &r.Agency, &r.Dept}
}

// lentQuery reads what colleagues have lent an account at a moment from what they
// hold themselves, so that it is never wider, and ends with it.
const lentQuery = `SELECT p.id, p.display_name, x.roles, g.role, g.about, g.div_from, g.div_to, g.agency, g.dept
	FROM identity_delegation x JOIN identity_account p ON p.id = x.delegator AND p.state = 'active' JOIN identity_grant g ON g.account = p.id
	WHERE x.deputy = $1 AND x.state = 'active' AND x.begins_at <= $2 AND x.ends_at > $2 ORDER BY p.id, g.role, x.id`

// addLent gives the actor the grants that colleagues have lent it.
func (m *Module) addLent(ctx context.Context, a *Actor) error {
	var rows []lentRow
	if err := m.DB.Conn(ctx).Together(ctx, db.Scanned(&rows, (*lentRow).columns, lentQuery, a.Account, m.now(ctx))); err != nil {
		return fmt.Errorf("read lent rights: %w", err)
	}
	for _, r := range rows {
		role, known := RoleNamed(r.Role)
		if !known || !lends(role, r.Roles) {
			continue
		}
		a.admin = a.admin || role.Admin != ""
		for _, v := range role.Verbs {
			if v == VerbDelegationAuthorise {
				continue // who stands in lends nothing on
			}
			g := r.grant(v)
			g.Lender, g.LenderName = r.Lender, r.Name
			a.Grants = append(a.Grants, g)
		}
	}
	return nil
}

// standingQuery reads the mandates under which a person may act on a day. It is
// asked at every request of theirs: what an active one has not, or the actor
// knows, is not read.
const standingQuery = `SELECT x.id, x.kind, x.role, x.principal, p.display_name, x.proposed_by, x.scope, x.items, x.case_number, x.from_on, x.to_on,
	x.purpose, x.created_at, x.confirmed_at
	FROM identity_mandate x JOIN identity_account p ON p.id = x.principal AND p.state = 'active'
	WHERE x.agent = $1 AND x.principal <> x.agent AND x.state = 'active' AND x.from_on <= $2 AND x.to_on >= $2
	ORDER BY x.created_at DESC, x.id DESC LIMIT 200`

// standing are the mandates under which the actor may act today.
func (m *Module) standing(ctx context.Context, a Actor) ([]Mandate, error) {
	var rows []namedMandate
	columns := func(r *namedMandate) []any {
		r.State, r.Agent, r.AgentName = MandateActive, a.Account, a.Name
		return []any{&r.ID, &r.Kind, &r.Role, &r.Principal, &r.PrincipalName, &r.ProposedBy, &r.Scope, &r.Items, &r.Case, &r.From, &r.To,
			&r.Purpose, &r.CreatedAt, &r.ConfirmedAt}
	}
	today := workday.DateOf(m.now(ctx), clock.Beijing).String()
	if err := m.DB.Conn(ctx).Together(ctx, db.Scanned(&rows, columns, standingQuery, a.Account, today)); err != nil {
		return nil, fmt.Errorf("read standing mandates: %w", err)
	}
	return plainMandates(rows), nil
}

// lateMark is how far back markLent looks.
const lateMark = 24 * time.Hour

// markLent marks what a process of the release before, which knows of no mark,
// has let stand while both ran.
func (m *Module) markLent(ctx context.Context) error {
	now := m.now(ctx)
	var lent []struct {
		Account string    `db:"account"`
		Until   time.Time `db:"until"`
	}
	err := m.DB.Conn(ctx).Select(ctx, &lent, `SELECT x.deputy AS account, x.ends_at AS until FROM identity_delegation x
		JOIN identity_account a ON a.id = x.deputy AND (a.lent_until IS NULL OR a.lent_until < x.ends_at)
		WHERE x.state = 'active' AND x.ends_at > $1 AND x.decided_at > $2`, now, now.Add(-lateMark))
	if err != nil {
		return fmt.Errorf("find delegations without a mark: %w", err)
	}
	for _, l := range lent {
		if err := m.lend(ctx, l.Account, l.Until); err != nil {
			return err
		}
	}
	rows, err := m.mandateRows(ctx, ` WHERE x.state = $1 AND x.to_on >= $2 AND x.confirmed_at > $3`, MandateActive,
		workday.DateOf(now, clock.Beijing).String(), now.Add(-lateMark))
	if err != nil {
		return fmt.Errorf("find new mandates: %w", err)
	}
	for _, r := range rows {
		if err := m.lendMandate(ctx, r.mandateRow); err != nil {
			return err
		}
	}
	return nil
}
