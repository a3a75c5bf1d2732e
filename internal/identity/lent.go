package identity

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
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
	return []any{&r.Lender, &r.Name, &r.Roles, &r.Role, (*string)(&r.About), &r.From, &r.To, &r.Agency, &r.Dept}
}

// lentQuery reads what colleagues have lent an account at a moment from what they
// hold themselves, so that it is never wider, and ends with it.
const lentQuery = `SELECT p.id, p.display_name, x.roles, g.role, g.about, g.div_from, g.div_to, g.agency, g.dept
	FROM identity_delegation x JOIN identity_account p ON p.id = x.delegator AND p.state = 'active' JOIN identity_grant g ON g.account = p.id
	WHERE x.deputy = $1 AND x.state = 'active' AND x.begins_at <= $2 AND x.ends_at > $2`

// markedAccount is an account that bore a mark when it was last read.
type markedAccount struct {
	id   string
	kind Kind
}

// lent is what others let an account do at a moment, by its kind one of the lists.
type lent struct {
	of       markedAccount
	grants   []lentRow
	mandates []namedMandate
	leaders  []levelsHeld
}

// read asks for it.
func (l *lent) read(now time.Time) db.Read {
	today := workday.DateOf(now, clock.Beijing).String()
	switch l.of.kind {
	case KindPerson:
		return db.Scanned(&l.mandates, standingColumns, standingQuery, l.of.id, today)
	case KindEnterprise:
		return db.Scanned(&l.leaders, (*levelsHeld).columns, leadersQuery, l.of.id, today)
	default:
		return db.Scanned(&l.grants, (*lentRow).columns, lentQuery, l.of.id, now)
	}
}

// rights is how many rights it gives at most; none of what was not read.
func (l *lent) rights() int {
	n := 0
	if l != nil {
		for _, r := range l.grants {
			n += rightsOf(r.Role)
		}
	}
	return n
}

// give adds it to the actor, whose kind and account it is read for.
func (l *lent) give(a *Actor, now time.Time) {
	a.Grants = slices.Grow(a.Grants, l.rights())
	a.addLent(l.grants)
	for _, r := range l.mandates {
		r.State, r.Agent, r.AgentName = MandateActive, a.Account, a.Name
		a.Mandates = append(a.Mandates, r.mandate())
	}
	a.Level = max(a.Level, highest(l.leaders, now))
}

// hints are the tokens of sessions whose account bore a mark when it was last
// read here: then what is lent can be asked for in one message with the session.
// They decide nothing. One that is wrong asks for what nobody looks at, and one
// that is missing costs a second message.
type hints struct {
	mu   sync.Mutex
	last map[string]markedAccount
}

// mostHints is how many there are before they begin anew; some 150 bytes each.
const mostHints = 20_000

func (h *hints) get(token string) (markedAccount, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	of, ok := h.last[token]
	return of, ok
}

// note takes down how an account was found.
func (h *hints) note(token string, r actorRow) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case !r.Lent:
		delete(h.last, token)
	case h.last == nil || len(h.last) >= mostHints:
		h.last = map[string]markedAccount{token: {r.ID, r.Kind}}
	default:
		h.last[token] = markedAccount{r.ID, r.Kind}
	}
}

// addLent gives the actor the grants that colleagues have lent it.
func (a *Actor) addLent(rows []lentRow) {
	slices.SortFunc(rows, func(a, b lentRow) int {
		return cmp.Or(strings.Compare(a.Lender, b.Lender), strings.Compare(a.Role, b.Role))
	})
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
}

// standingQuery reads the mandates under which a person may act on a day. It is
// asked at every request of theirs: what an active one has not, or the actor
// knows, is not read.
const standingQuery = `SELECT x.id, x.kind, x.role, x.principal, p.display_name, x.proposed_by, x.scope, x.items, x.case_number, x.from_on, x.to_on,
	x.purpose, x.created_at, x.confirmed_at
	FROM identity_mandate x JOIN identity_account p ON p.id = x.principal AND p.state = 'active'
	WHERE x.agent = $1 AND x.principal <> x.agent AND x.state = 'active' AND x.from_on <= $2 AND x.to_on >= $2
	ORDER BY x.created_at DESC, x.id DESC LIMIT 200`

func standingColumns(r *namedMandate) []any {
	return []any{&r.ID, &r.Kind, &r.Role, &r.Principal, &r.PrincipalName, &r.ProposedBy, &r.Scope, &r.Items, &r.Case, &r.From, &r.To,
		&r.Purpose, &r.CreatedAt, &r.ConfirmedAt}
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
