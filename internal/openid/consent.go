package openid

import (
	"context"
	"fmt"
	"strings"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

// consentWords are what a consent says.
type consentWords struct {
	Scopes      string     `db:"scopes"`
	Standing    bool       `db:"standing"`
	GivenAt     time.Time  `db:"given_at"`
	WithdrawnAt *time.Time `db:"withdrawn_at"`
	UsedAt      *time.Time `db:"used_at"`
	AlarmAt     *time.Time `db:"alarm_at"`
}

const consentColumns = `id, account, client, scopes, standing, given_at, withdrawn_at, used_at, alarm_at`

// consentTo keeps that the person of ctx lets a client have scopes; standing
// that it may act for them later too. What was given before stays given.
func (m *Module) consentTo(ctx context.Context, c Client, scopes []string, standing bool) error {
	actor := identity.FromContext(ctx)
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		old, err := m.consentOf(ctx, actor.Account, c.ID)
		if err != nil {
			return err
		}
		if old != nil {
			scopes = append(scopes, words(old.Scopes)...)
		}
		scopes = only(scopes, c.Definition.Scopes)
		now := m.now(ctx)
		_, err = m.DB.Conn(ctx).Exec(ctx, `INSERT INTO openid_consent (`+consentColumns+`) VALUES ($1, $2, $3, $4, $5, $6, NULL, $6, NULL)
			ON CONFLICT (account, client) DO UPDATE SET scopes = excluded.scopes, standing = excluded.standing, given_at = excluded.given_at,
			withdrawn_at = NULL, used_at = excluded.used_at, alarm_at = NULL`,
			db.NewID(), actor.Account, c.ID, strings.Join(scopes, " "), standing, now)
		if err != nil {
			return fmt.Errorf("keep consent: %w", err)
		}
		text, err := m.Identity.ConsentText(ctx, identity.ConsentSharing)
		if err == nil {
			err = m.Identity.GiveConsent(ctx, actor.Account, text.Kind, text.Version, identity.ConsentByWeb)
		}
		if err != nil {
			return err
		}
		return m.record(ctx, "consent.give", "client", c.ID, fmt.Sprintf("scopes=%s standing=%t", strings.Join(scopes, " "), standing), c.Definition.Purpose)
	})
}

// Withdraw takes back what the person of ctx let a client have: all tokens end,
// and the client is told. Nothing to take back is no error.
func (m *Module) Withdraw(ctx context.Context, client string) error {
	actor := identity.FromContext(ctx)
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE openid_consent SET withdrawn_at = $3 WHERE account = $1 AND client = $2 AND withdrawn_at IS NULL`,
			actor.Account, client, m.now(ctx))
		if err != nil {
			return fmt.Errorf("withdraw consent: %w", err)
		}
		if err := m.endFamilies(ctx, actor.Account, client); err != nil {
			return err
		}
		return m.record(ctx, "consent.withdraw", "client", client, "", "")
	})
}

// endFamilies ends what an account granted a client, with what others got from
// it by exchange.
func (m *Module) endFamilies(ctx context.Context, account, client string) error {
	var families []string
	err := m.DB.Conn(ctx).Select(ctx, &families, `SELECT DISTINCT family FROM openid_grant
		WHERE account = $1 AND client = $2 AND ended_at IS NULL AND expires_at > $3`, account, client, m.now(ctx))
	if err != nil || len(families) == 0 {
		return err
	}
	return m.endGrants(ctx, "withdrawn", new(db.Where).In("family", families))
}

// app is a client that a person let have something.
type app struct {
	consent
	client Client
	live   int // authorisations with tokens that are good now
}

// apps lists what the person of ctx let clients have, newest first.
func (m *Module) apps(ctx context.Context) ([]app, error) {
	actor := identity.FromContext(ctx)
	var rows []consent
	err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT `+consentColumns+` FROM openid_consent WHERE account = $1 ORDER BY given_at DESC, id LIMIT 200`, actor.Account)
	if err != nil {
		return nil, fmt.Errorf("list consents: %w", err)
	}
	ids := make([]string, len(rows))
	for i, x := range rows {
		ids[i] = x.Client
	}
	known, err := m.names(ctx, ids)
	if err != nil {
		return nil, err
	}
	var living []string
	err = m.DB.Conn(ctx).Select(ctx, &living, `SELECT client FROM openid_grant WHERE account = $1 AND ended_at IS NULL AND expires_at > $2`, actor.Account, m.now(ctx))
	if err != nil {
		return nil, fmt.Errorf("count authorisations: %w", err)
	}
	live := map[string]int{}
	for _, id := range living {
		live[id]++
	}
	list := make([]app, len(rows))
	for i, x := range rows {
		list[i] = app{consent: x, client: known[x.Client], live: live[x.Client]}
	}
	return list, nil
}
