package openid

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/digest"
)

// Change is what was asked for a client, and what was said to it.
type Change struct {
	ID          string     `db:"id"`
	Client      string     `db:"client"`
	Raw         string     `db:"definition"`
	State       string     `db:"state"` // asked | authorised | declined
	AskedAt     time.Time  `db:"asked_at"`
	AskedBy     string     `db:"asked_by"`
	AskedName   string     `db:"asked_name"`
	DecidedAt   *time.Time `db:"decided_at"`
	DecidedBy   string     `db:"decided_by"`
	DecidedName string     `db:"decided_name"`
	Reason      string     `db:"reason"`

	Definition Definition `db:"-"`
}

const (
	changeAsked      = "asked"
	changeAuthorised = "authorised"
	changeDeclined   = "declined"
)

const changeColumns = `id, client, definition, state, asked_at, asked_by, asked_name, decided_at, decided_by, decided_name, reason`

// newClientID names a client: short, nothing about its owner in it.
func newClientID() string { return "ym-" + strings.ToLower(rand.Text()[:16]) }

// AskClient asks for a client, or for another definition of one (id); nothing
// holds before AuthoriseClient. Needs VerbAsk. A change that waits is replaced.
// Errors: ErrClientInvalid with fields, ErrClientUnknown.
func (m *Module) AskClient(ctx context.Context, id string, d Definition) (string, error) {
	actor := identity.FromContext(ctx)
	if !actor.IsSystem() && !actor.Has(VerbAsk) {
		return "", identity.ErrNoRight
	}
	if err := d.check(); err != nil {
		return "", err
	}
	raw, err := json.Marshal(d)
	if err != nil {
		return "", fmt.Errorf("write definition: %w", err)
	}
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		now := m.now(ctx)
		if id == "" {
			id = newClientID()
			_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO openid_client (`+clientColumns+`)
				VALUES ($1, $2, $3, $4, $5, '', NULL, 1, $6, $7, $6, NULL)`, id, d.Name, d.Realm, StateAsked, string(raw), now, actor.Account)
			if err != nil {
				return fmt.Errorf("add client: %w", err)
			}
		} else if c, err := m.client(ctx, id); err != nil {
			return err
		} else if c.State != StateAsked && c.Realm != d.Realm {
			return ErrClientInvalid.Field("realm", "服务对象不能改，请另外登记一个应用。")
		}
		if _, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM openid_change WHERE client = $1 AND state = $2`, id, changeAsked); err != nil {
			return err
		}
		_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO openid_change (`+changeColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, '', '', '')`,
			db.NewID(), id, string(raw), changeAsked, now, actor.Account, actor.Name)
		if err != nil {
			return fmt.Errorf("ask for client: %w", err)
		}
		return m.record(ctx, "client.ask", "client", id, d.Name, "")
	})
	return id, err
}

// waiting is the change of a client that nobody has decided yet; nil: none.
func (m *Module) waiting(ctx context.Context, client string) (*Change, error) {
	var c Change
	err := m.DB.Conn(ctx).Get(ctx, &c, `SELECT `+changeColumns+` FROM openid_change WHERE client = $1 AND state = $2 ORDER BY id DESC LIMIT 1`,
		client, changeAsked)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(c.Raw), &c.Definition)
	}
	if err != nil {
		return nil, fmt.Errorf("read change: %w", err)
	}
	return &c, nil
}

// Decide authorises (yes) or declines what was asked for a client. Needs
// VerbAuthorise, and another account than the one that asked. seen is the
// change that was looked at: a newer one is not decided by mistake.
func (m *Module) Decide(ctx context.Context, client, seen string, yes bool, reason string) error {
	actor := identity.FromContext(ctx)
	if !actor.IsSystem() && !actor.Has(VerbAuthorise) {
		return identity.ErrNoRight
	}
	if reason = strings.TrimSpace(reason); !yes && reason == "" {
		return ErrClientInvalid.Field("reason", "不同意的，请写明原因。")
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		x, err := m.waiting(ctx, client)
		if err != nil {
			return err
		}
		if x == nil || x.ID != seen {
			return ErrChangeUnknown
		}
		if x.AskedBy == actor.Account && !actor.IsSystem() {
			return ErrOwnChange
		}
		state, action := changeDeclined, "client.decline"
		if yes {
			state, action = changeAuthorised, "client.authorise"
		}
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE openid_change SET state = $3, decided_at = $4, decided_by = $5, decided_name = $6, reason = $7
			WHERE id = $1 AND state = $2`, x.ID, changeAsked, state, m.now(ctx), actor.Account, actor.Name, reason)
		if err != nil || n == 0 {
			return errors.Join(err, ErrChangeUnknown)
		}
		if yes {
			err = m.apply(ctx, client, x)
		}
		if err != nil {
			return err
		}
		return m.record(ctx, action, "client", client, x.ID, "")
	})
}

// DecideLatest authorises what was asked last, for the program itself: the
// sample city and tests.
func (m *Module) DecideLatest(ctx context.Context, client string) error {
	x, err := m.waiting(ctx, client)
	if err != nil || x == nil {
		return errors.Join(err, ErrChangeUnknown)
	}
	return m.Decide(ctx, client, x.ID, true, "")
}

// apply puts an authorised definition into force. What the client holds beyond
// it ends.
func (m *Module) apply(ctx context.Context, client string, x *Change) error {
	d := x.Definition
	hash := `secret_hash`
	if d.Auth != AuthSecret {
		hash = `''`
	}
	_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE openid_client SET name = $2, realm = $3, definition = $4, secret_hash = `+hash+`,
		state = CASE WHEN state = $5 THEN $6 ELSE state END, revision = revision + 1, updated_at = $7 WHERE id = $1`,
		client, d.Name, d.Realm, x.Raw, StateAsked, StateActive, m.now(ctx))
	if err != nil {
		return fmt.Errorf("apply change: %w", err)
	}
	return m.endGrants(ctx, "client changed", new(db.Where).And("client = ?", client))
}

// Disable stops a client at once, with all its tokens: either administrator
// may. Enable lets it in again and is the security administrator's.
func (m *Module) Disable(ctx context.Context, client string) error {
	return m.setState(ctx, client, StateActive, StateDisabled, VerbAsk, VerbAuthorise)
}

// Enable undoes Disable.
func (m *Module) Enable(ctx context.Context, client string) error {
	return m.setState(ctx, client, StateDisabled, StateActive, VerbAuthorise)
}

func (m *Module) setState(ctx context.Context, client, from, to string, verbs ...identity.Verb) error {
	actor, may := identity.FromContext(ctx), false
	for _, v := range verbs {
		may = may || actor.Has(v)
	}
	if !may {
		return identity.ErrNoRight
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE openid_client SET state = $3, updated_at = $4 WHERE id = $1 AND state = $2`,
			client, from, to, m.now(ctx))
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrClientState
		}
		if to == StateDisabled {
			if err := m.endGrants(ctx, "client disabled", new(db.Where).And("client = ?", client)); err != nil {
				return err
			}
		}
		return m.record(ctx, "client."+to, "client", client, "", "")
	})
}

// NewSecret makes the secret of a client; it is told once. The one before is
// void at once. Needs VerbAsk.
func (m *Module) NewSecret(ctx context.Context, client string) (string, error) {
	actor := identity.FromContext(ctx)
	if !actor.IsSystem() && !actor.Has(VerbAsk) {
		return "", identity.ErrNoRight
	}
	secret := secretText("ys_")
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		c, err := m.client(ctx, client)
		if err != nil {
			return err
		}
		if c.State != StateActive || c.Definition.Auth != AuthSecret {
			return ErrClientState
		}
		_, err = m.DB.Conn(ctx).Exec(ctx, `UPDATE openid_client SET secret_hash = $2, secret_at = $3 WHERE id = $1`, client, digest.Of(secret), m.now(ctx))
		if err != nil {
			return err
		}
		return m.record(ctx, "client.secret", "client", client, "", "")
	})
	if err != nil {
		return "", err
	}
	return secret, nil
}

// Clients lists clients by name. Needs VerbAsk or VerbAuthorise. The second
// result tells which have a change that waits.
func (m *Module) Clients(ctx context.Context, p db.Page) ([]Client, map[string]bool, string, error) {
	actor := identity.FromContext(ctx)
	if !actor.Has(VerbAsk) && !actor.Has(VerbAuthorise) {
		return nil, nil, "", identity.ErrNoRight
	}
	w := new(db.Where)
	var name, id string
	if ok, err := p.Key(&name, &id); err != nil {
		return nil, nil, "", err
	} else if ok {
		w.And("(name > ? OR name = ? AND id > ?)", name, name, id)
	}
	var rows []Client
	err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT `+clientColumns+` FROM openid_client`+w.SQL()+` ORDER BY name, id LIMIT `+fmt.Sprint(p.Size()+1), w.Args()...)
	if err != nil {
		return nil, nil, "", fmt.Errorf("list clients: %w", err)
	}
	rows, next := db.Cut(rows, p, func(c Client) []any { return []any{c.Name, c.ID} })
	ids := make([]string, len(rows))
	for i := range rows {
		if err := rows[i].read(); err != nil {
			return nil, nil, "", err
		}
		ids[i] = rows[i].ID
	}
	waits := map[string]bool{}
	if len(ids) > 0 {
		var list []string
		in := new(db.Where).And("state = ?", changeAsked).In("client", ids)
		if err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT client FROM openid_change`+in.SQL(), in.Args()...); err != nil {
			return nil, nil, "", err
		}
		for _, id := range list {
			waits[id] = true
		}
	}
	return rows, waits, next, nil
}

// history lists what was asked for a client, newest first.
func (m *Module) history(ctx context.Context, client string) ([]Change, error) {
	var rows []Change
	err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT `+changeColumns+` FROM openid_change WHERE client = $1 ORDER BY id DESC LIMIT 50`, client)
	if err != nil {
		return nil, fmt.Errorf("list changes: %w", err)
	}
	return rows, nil
}
