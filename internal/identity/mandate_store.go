package identity

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/workday"
)

type mandateRow struct {
	ID           string       `db:"id"`
	Role         string       `db:"role"`
	AppointedBy  string       `db:"appointed_by"`
	Kind         string       `db:"kind"`
	Principal    string       `db:"principal"`
	Agent        string       `db:"agent"`
	ProposedBy   string       `db:"proposed_by"`
	ChildName    string       `db:"child_name"`
	ChildIDNo    string       `db:"child_id_no"`
	ChildIDNoKey string       `db:"child_id_no_key"`
	Scope        string       `db:"scope"`
	Items        string       `db:"items"`
	Case         string       `db:"case_number"`
	From         workday.Date `db:"from_on"`
	To           workday.Date `db:"to_on"`
	Purpose      string       `db:"purpose"`
	State        string       `db:"state"`
	CreatedAt    time.Time    `db:"created_at"`
	ConfirmedAt  *time.Time   `db:"confirmed_at"`
	ConfirmedBy  string       `db:"confirmed_by"`
	EndedAt      *time.Time   `db:"ended_at"`
	EndedBy      string       `db:"ended_by"`
}

// namedMandate is a row beside the names of its sides.
type namedMandate struct {
	mandateRow
	PrincipalName string `db:"principal_name"`
	AgentName     string `db:"agent_name"`
	EndedName     string `db:"ended_name"`
}

const mandateColumns = `x.id, x.kind, x.role, x.appointed_by, x.principal, x.agent, x.proposed_by, x.child_name, x.child_id_no, x.child_id_no_key, x.scope, x.items, x.case_number,
	x.from_on, x.to_on, x.purpose, x.state, x.created_at, x.confirmed_at, x.confirmed_by, x.ended_at, x.ended_by`

const selectMandate = `SELECT ` + mandateColumns + `, COALESCE(p.display_name, x.child_name) AS principal_name,
	COALESCE(g.display_name, '') AS agent_name, COALESCE(e.display_name, '') AS ended_name
	FROM identity_mandate x LEFT JOIN identity_account p ON p.id = x.principal
	LEFT JOIN identity_account g ON g.id = x.agent LEFT JOIN identity_account e ON e.id = x.ended_by`

func (r namedMandate) mandate() Mandate {
	x := Mandate{ID: r.ID, Kind: r.Kind, Role: r.Role, Principal: r.Principal, PrincipalName: r.PrincipalName, Agent: r.Agent, AgentName: r.AgentName,
		ProposedBy: r.ProposedBy, Scope: r.Scope, Case: r.Case, From: r.From, To: r.To, Purpose: r.Purpose, State: r.State,
		CreatedAt: r.CreatedAt, ConfirmedAt: r.ConfirmedAt, EndedAt: r.EndedAt, EndedBy: r.EndedName}
	if r.Items != "" {
		x.Items = strings.Split(r.Items, ",")
	}
	return x
}

func plainMandates(rows []namedMandate) []Mandate {
	list := make([]Mandate, len(rows))
	for i, r := range rows {
		list[i] = r.mandate()
	}
	return list
}

func (r mandateRow) isSide(account string) bool {
	return account != "" && (r.Principal == account || r.Agent == account)
}

// otherSide is the account opposite, "" for a child without one.
func (r mandateRow) otherSide(account string) string {
	if r.Principal == account {
		return r.Agent
	}
	return r.Principal
}

func (m *Module) mandateRows(ctx context.Context, where string, args ...any) ([]namedMandate, error) {
	var rows []namedMandate
	if err := m.DB.Conn(ctx).Select(ctx, &rows, selectMandate+where, args...); err != nil {
		return nil, err
	}
	for i := range rows {
		if err := rows[i].reveal(m.Keys); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// Mandate gives one of the actor's own mandates, on either side;
// ErrMandateUnknown.
func (m *Module) Mandate(ctx context.Context, id string) (Mandate, error) {
	rows, err := m.mandateRows(ctx, " WHERE x.id = $1", id)
	if err != nil {
		return Mandate{}, fmt.Errorf("read mandate: %w", err)
	}
	if len(rows) == 0 || !rows[0].isSide(FromContext(ctx).Account) {
		return Mandate{}, ErrMandateUnknown
	}
	return rows[0].mandate(), nil
}

func (m *Module) mandateByID(ctx context.Context, id string) (Mandate, error) {
	rows, err := m.mandateRows(ctx, " WHERE x.id = $1", id)
	if err != nil || len(rows) == 0 {
		return Mandate{}, errors.Join(ErrMandateUnknown, err)
	}
	return rows[0].mandate(), nil
}

// Mandates lists the actor's own mandates, on either side, newest first; next
// is "" at the end. Errors: db.ErrCursor.
func (m *Module) Mandates(ctx context.Context, p db.Page) (list []Mandate, next string, err error) {
	a := FromContext(ctx)
	w := new(db.Where).And("? <> '' AND (x.principal = ? OR x.agent = ?)", a.Account, a.Account, a.Account)
	var at time.Time
	var id string
	if after, err := p.Key(&at, &id); err != nil {
		return nil, "", err
	} else if after {
		w.And("(x.created_at, x.id) < (?, ?)", at, id)
	}
	limit := w.Arg(p.Size() + 1)
	rows, err := m.mandateRows(ctx, w.SQL()+" ORDER BY x.created_at DESC, x.id DESC LIMIT "+limit, w.Args()...)
	if err != nil {
		return nil, "", fmt.Errorf("list mandates: %w", err)
	}
	rows, next = db.Cut(rows, p, func(r namedMandate) []any { return []any{r.CreatedAt, r.ID} })
	return plainMandates(rows), next, nil
}

// MandatesAsked counts the proposals that wait for the actor's yes or no.
func (m *Module) MandatesAsked(ctx context.Context) (int, error) {
	a := FromContext(ctx).Account
	var n int
	err := m.DB.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM identity_mandate WHERE state = $1 AND proposed_by <> $2 AND to_on >= $3
		AND (principal = $4 OR agent = $5)`, MandateProposed, a, workday.DateOf(m.now(ctx), clock.Beijing).String(), a, a)
	if err != nil {
		return 0, fmt.Errorf("count mandates: %w", err)
	}
	return n, nil
}

func (m *Module) insertMandate(ctx context.Context, r mandateRow) error {
	_, err := m.DB.Conn(ctx).ExecNamed(ctx, `INSERT INTO identity_mandate (id, kind, role, appointed_by, principal, agent, proposed_by, child_name, child_id_no,
		child_id_no_key, scope, items, case_number, from_on, to_on, purpose, state, created_at, confirmed_at, confirmed_by, ended_at, ended_by)
		VALUES (:id, :kind, :role, :appointed_by, :principal, :agent, :proposed_by, :child_name, :child_id_no, :child_id_no_key, :scope, :items, :case_number, :from_on, :to_on,
		:purpose, :state, :created_at, :confirmed_at, :confirmed_by, :ended_at, :ended_by)`, r.sealed(m.Keys))
	if err != nil {
		return err
	}
	return m.lendMandate(ctx, r)
}

// lockMandate reads a row that nobody else changes until the commit.
func (m *Module) lockMandate(ctx context.Context, id string) (mandateRow, error) {
	c := m.DB.Conn(ctx)
	n, err := c.Exec(ctx, `UPDATE identity_mandate SET state = state WHERE id = $1`, id)
	if err != nil {
		return mandateRow{}, fmt.Errorf("lock mandate: %w", err)
	}
	var r mandateRow
	if n == 1 {
		err = c.Get(ctx, &r, `SELECT `+mandateColumns+` FROM identity_mandate x WHERE x.id = $1`, id)
	}
	if n == 0 || errors.Is(err, db.ErrNoRows) {
		return r, ErrMandateUnknown
	}
	if err != nil {
		return r, err
	}
	return r, r.reveal(m.Keys)
}

func (m *Module) updateMandate(ctx context.Context, r mandateRow) error {
	_, err := m.DB.Conn(ctx).ExecNamed(ctx, `UPDATE identity_mandate SET principal = :principal, child_name = :child_name,
		child_id_no = :child_id_no, child_id_no_key = :child_id_no_key, state = :state, confirmed_at = :confirmed_at, confirmed_by = :confirmed_by,
		ended_at = :ended_at, ended_by = :ended_by WHERE id = :id`, r.sealed(m.Keys))
	if err != nil {
		return err
	}
	return m.lendMandate(ctx, r)
}

// personNamed finds the active person or enterprise that bears the name and
// the number (or the account's name); the zero Person when none does both.
func (m *Module) personNamed(ctx context.Context, name, idNo, account string) (Person, error) {
	var p Person
	key, other := m.Keys.Pair(accountIDNo, idNo)
	err := m.DB.Conn(ctx).Get(ctx, &p, `SELECT id, kind, display_name, id_type, id_no, phone, division, address, legal_name
		FROM identity_account WHERE kind IN ('person', 'enterprise') AND state = 'active' AND display_name = $1
		AND (id_no <> '' AND (id_no_key IN ($4, $5) OR id_no = $2) OR name_key <> '' AND name_key = $3)`,
		name, idNo, nameKey(account), key, other)
	if errors.Is(err, db.ErrNoRows) {
		return Person{}, nil
	}
	if err != nil {
		return p, err
	}
	return p, p.reveal(m.Keys)
}

func (m *Module) hasAccount(ctx context.Context, idNo string) (bool, error) {
	var n int
	key, other := m.Keys.Pair(accountIDNo, idNo)
	err := m.DB.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM identity_account WHERE kind IN ('person', 'enterprise')
		AND id_no <> '' AND (id_no_key IN ($1, $3) OR id_no = $2)`, key, idNo, other)
	return n > 0, err
}

// recordMandate notes an act on a mandate in the audit.
func (m *Module) recordMandate(ctx context.Context, action, id string) error {
	a := FromContext(ctx)
	return m.write(ctx, audit.Entry{Actor: a.Account, ActorName: a.Name, Address: a.Address,
		Action: action, Object: "mandate", ObjectID: id, Result: "ok"})
}

// tellMandate publishes what happened, for who has to hear of it.
func (m *Module) tellMandate(ctx context.Context, r mandateRow, what, to string) error {
	if m.Events == nil || to == "" {
		return nil
	}
	return m.Events.Publish(ctx, MandateChanged{Mandate: r.ID, What: what, To: to, By: FromContext(ctx).Name})
}
