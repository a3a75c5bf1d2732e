package openid

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/digest"
)

// States of a device's code.
const (
	deviceWaiting = "waiting"
	deviceAllowed = "allowed"
	deviceRefused = "refused"
	deviceDone    = "done"
)

type device struct {
	Hash      string     `db:"hash"`
	UserCode  string     `db:"user_code"`
	Client    string     `db:"client"`
	Scopes    string     `db:"scopes"`
	State     string     `db:"state"`
	Grant     string     `db:"grant_id"`
	Pause     int        `db:"pause"`
	AskedAt   *time.Time `db:"asked_at"`
	CreatedAt time.Time  `db:"created_at"`
	ExpiresAt time.Time  `db:"expires_at"`
}

const deviceColumns = `hash, user_code, client, scopes, state, grant_id, pause, asked_at, created_at, expires_at`

// askForDevice begins the login of a device without a keyboard: it shows a
// short code, which a person types at /device (RFC 8628).
func (m *Module) askForDevice(ctx context.Context, c Client, scopes []string) (*oidc.DeviceAuthorizationResponse, error) {
	if !c.may(oidc.GrantTypeDeviceCode) {
		return nil, oidc.ErrUnauthorizedClient().WithDescription("the client is not registered for devices")
	}
	if len(scopes) == 0 {
		scopes = []string{scopeOpenID}
	}
	if !allIn(scopes, c.Definition.Scopes) {
		return nil, oidc.ErrInvalidScope().WithDescription("a scope that the client is not registered for")
	}
	secret, code, now := secretText("yd_"), userCode(), m.now(ctx)
	_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO openid_device (`+deviceColumns+`) VALUES ($1, $2, $3, $4, $5, '', $6, NULL, $7, $8)`,
		digest.Of(secret), digest.Of(code), c.ID, strings.Join(scopes, " "), deviceWaiting, devicePace, now, now.Add(deviceLife))
	if err != nil {
		return nil, fmt.Errorf("keep device code: %w", err)
	}
	shown := code[:4] + "-" + code[4:]
	return &oidc.DeviceAuthorizationResponse{DeviceCode: secret, UserCode: shown, VerificationURI: m.Issuer + devicePage,
		VerificationURIComplete: m.Issuer + devicePage + "?code=" + shown, ExpiresIn: int(deviceLife.Seconds()), Interval: devicePace}, nil
}

// userCode is eight consonants: nothing that reads like a word or like a digit.
func userCode() string {
	var code strings.Builder
	for code.Len() < 8 {
		var b [1]byte
		rand.Read(b[:])                                      // never fails
		if n := len(op.CharSetBase20); int(b[0]) < 256/n*n { // the rest would favour some
			code.WriteByte(op.CharSetBase20[int(b[0])%n])
		}
	}
	return code.String()
}

// readCode is what somebody typed as it is kept: without dashes, in capitals.
func readCode(typed string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'Ａ' && r <= 'ｚ' {
			r -= 'Ａ' - 'A'
		}
		if r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		if r < 'A' || r > 'Z' {
			return -1
		}
		return r
	}, typed)
}

// deviceOf finds a device that waits, by the code on its screen; ErrDeviceCode.
func (m *Module) deviceOf(ctx context.Context, typed string) (device, Client, error) {
	var d device
	err := m.DB.Conn(ctx).Get(ctx, &d, `SELECT `+deviceColumns+` FROM openid_device WHERE user_code = $1`, digest.Of(readCode(typed)))
	if errors.Is(err, db.ErrNoRows) || err == nil && (d.State != deviceWaiting || !d.ExpiresAt.After(m.now(ctx))) {
		return d, Client{}, ErrDeviceCode
	}
	if err != nil {
		return d, Client{}, fmt.Errorf("find device: %w", err)
	}
	c, err := m.client(ctx, d.Client)
	if err == nil && c.State != StateActive {
		err = ErrDeviceCode
	}
	return d, c, err
}

// decideDevice lets a device in as the person of ctx, or not.
func (m *Module) decideDevice(ctx context.Context, typed string, yes bool) error {
	actor := identity.FromContext(ctx)
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		d, c, err := m.deviceOf(ctx, typed)
		if err != nil {
			return err
		}
		if actor.IsStaff() != (c.Realm == Staff) {
			return ErrDeviceCode.Say("这台设备不是给您现在登录的这类账号用的，请换账号登录后再试。")
		}
		state, id, action := deviceRefused, "", "consent.refuse"
		if yes {
			// The device's session is its own: signing out on the phone leaves it.
			own := actor
			own.Session = db.NewID()
			g, err := m.begin(ctx, c, own, words(d.Scopes))
			if err != nil {
				return err
			}
			if err := m.keep(ctx, g); err != nil {
				return err
			}
			if err := m.consentTo(ctx, c, words(d.Scopes), false); err != nil {
				return err
			}
			state, id, action = deviceAllowed, g.ID, "consent.device"
		}
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE openid_device SET state = $3, grant_id = $4 WHERE hash = $1 AND state = $2`, d.Hash, deviceWaiting, state, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrDeviceCode
		}
		return m.record(ctx, action, "client", c.ID, "", "")
	})
}

// deviceToken answers a device that asks whether somebody has let it in.
func (m *Module) deviceToken(ctx context.Context, c Client, secret string) (*oidc.AccessTokenResponse, error) {
	var resp *oidc.AccessTokenResponse
	var refusal error
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		var d device
		err := m.DB.Conn(ctx).Get(ctx, &d, `SELECT `+deviceColumns+` FROM openid_device WHERE hash = $1 AND client = $2`, digest.Of(secret), c.ID)
		if errors.Is(err, db.ErrNoRows) {
			refusal = badGrant()
			return nil
		}
		if err != nil {
			return fmt.Errorf("find device: %w", err)
		}
		now := m.now(ctx)
		switch {
		case d.State == deviceDone:
			refusal = badGrant()
		case !d.ExpiresAt.After(now):
			refusal = oidc.ErrExpiredDeviceCode()
		case d.State == deviceRefused:
			refusal = oidc.ErrAccessDenied()
		case d.State == deviceAllowed:
			resp, err = m.letIn(ctx, c, d)
			return err
		case d.AskedAt != nil && now.Sub(*d.AskedAt) < time.Duration(d.Pause)*time.Second:
			refusal = oidc.ErrSlowDown()
			d.Pause += devicePace
		default:
			refusal = oidc.ErrAuthorizationPending()
		}
		_, err = m.DB.Conn(ctx).Exec(ctx, `UPDATE openid_device SET asked_at = $2, pause = $3 WHERE hash = $1`, d.Hash, now, d.Pause)
		return err
	})
	if err != nil {
		return nil, err
	}
	if refusal != nil {
		return nil, refusal
	}
	return resp, nil
}

// letIn gives an allowed device its tokens, once.
func (m *Module) letIn(ctx context.Context, c Client, d device) (*oidc.AccessTokenResponse, error) {
	n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE openid_device SET state = $3 WHERE hash = $1 AND state = $2`, d.Hash, deviceAllowed, deviceDone)
	if err != nil || n == 0 {
		return nil, orBad(err)
	}
	var g grant
	if err := m.DB.Conn(ctx).Get(ctx, &g, `SELECT `+strings.Join(grantColumns, ", ")+` FROM openid_grant WHERE id = $1`, d.Grant); err != nil {
		return nil, fmt.Errorf("find authorisation of a device: %w", err)
	}
	if g.EndedAt != nil {
		return nil, badGrant()
	}
	return m.tokensOf(ctx, c, g, words(g.Scopes), "")
}
