package office

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/workday"
)

func (m *Module) now(ctx context.Context) time.Time { return clock.FromContext(ctx, m.Clock).Now() }

func (m *Module) today(ctx context.Context) workday.Date {
	return workday.DateOf(m.now(ctx), clock.Beijing)
}

// preference is what an account has chosen for itself.
type preference struct {
	Account  string `db:"account"`
	OpenNext bool   `db:"open_next"`
	Digest   bool   `db:"digest"`
	Filter   string `db:"default_filter"` // id of a saved filter
}

func (m *Module) preference(ctx context.Context) (preference, error) {
	p := preference{Account: identity.FromContext(ctx).Account, Digest: true}
	err := m.DB.Conn(ctx).Get(ctx, &p, `SELECT account, open_next, digest, default_filter FROM office_preference WHERE account = $1`, p.Account)
	if err != nil && !errors.Is(err, db.ErrNoRows) {
		return p, fmt.Errorf("read preference: %w", err)
	}
	return p, nil
}

func (m *Module) prefer(ctx context.Context, change func(*preference)) error {
	p, err := m.preference(ctx)
	if err != nil {
		return err
	}
	old := p
	if change(&p); p == old {
		return nil
	}
	_, err = m.DB.Conn(ctx).Exec(ctx, `INSERT INTO office_preference (account, open_next, digest, default_filter) VALUES ($1, $2, $3, $4)
		ON CONFLICT (account) DO UPDATE SET open_next = excluded.open_next, digest = excluded.digest, default_filter = excluded.default_filter`,
		p.Account, p.OpenNext, p.Digest, p.Filter)
	if err != nil {
		return fmt.Errorf("keep preference: %w", err)
	}
	return nil
}

// rule is what a chief has set for an agency.
type rule struct {
	Agency       string `db:"agency"`
	AutoAssign   bool   `db:"auto_assign"`   // what comes in is shared out by load
	ConfirmLeave bool   `db:"confirm_leave"` // a leave counts when the chief has confirmed it
}

// ruleOf gives an agency's rules; unless somebody said otherwise nothing is
// shared out by itself and leave is confirmed.
func (m *Module) ruleOf(ctx context.Context, agency string) (rule, error) {
	r := rule{Agency: agency, ConfirmLeave: true}
	err := m.DB.Conn(ctx).Get(ctx, &r, `SELECT agency, auto_assign, confirm_leave FROM office_rule WHERE agency = $1`, agency)
	if err != nil && !errors.Is(err, db.ErrNoRows) {
		return r, fmt.Errorf("read rules of the agency: %w", err)
	}
	return r, nil
}

func (m *Module) setRule(ctx context.Context, r rule) error {
	_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO office_rule (agency, auto_assign, confirm_leave, changed_by, changed_at)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT (agency) DO UPDATE SET auto_assign = excluded.auto_assign,
		confirm_leave = excluded.confirm_leave, changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
		r.Agency, r.AutoAssign, r.ConfirmLeave, identity.FromContext(ctx).Account, m.now(ctx))
	if err != nil {
		return fmt.Errorf("set rules of the agency: %w", err)
	}
	return nil
}

// sharing lists the agencies whose work is shared out by itself.
func (m *Module) sharing(ctx context.Context) ([]string, error) {
	var list []string
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT agency FROM office_rule WHERE auto_assign = $1 ORDER BY agency`, true)
	if err != nil {
		return nil, fmt.Errorf("read agencies that share out: %w", err)
	}
	return list, nil
}
