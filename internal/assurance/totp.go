package assurance

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/digest"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/sealed"
)

// Bounds of codes of an app (RFC 6238).
const (
	totpStep      = 30 * time.Second
	totpSkew      = 1 // steps that a phone's clock may be off, either way
	totpTries     = 5 // wrong codes in totpWindow
	totpWindow    = 15 * time.Minute
	recoveryCodes = 10
)

// Errors of codes of an app.
var (
	ErrTOTP     = errs.Define(errs.Invalid, "assurance_totp_wrong", "动态口令不正确，或已经用过。请等手机上换出下一个再填；手机时间不准的，请打开自动校时。")
	ErrTOTPOft  = errs.Define(errs.RateLimited, "assurance_totp_too_many", "动态口令连续输错5次，请15分钟后再试。")
	ErrTOTPNone = errs.Define(errs.Conflict, "assurance_totp_none", "还没有设置动态口令，请先扫码设置。")
)

var totpSecret = sealed.Define("assurance_totp", "account", "secret")

type totpRow struct {
	Account     string     `db:"account"`
	Secret      string     `db:"secret"`
	Step        int64      `db:"step"`
	ConfirmedAt *time.Time `db:"confirmed_at"`
}

func (m *Module) totpOf(ctx context.Context, account string) (totpRow, bool, error) {
	var row totpRow
	err := m.DB.Conn(ctx).Get(ctx, &row, `SELECT account, secret, step, confirmed_at FROM assurance_totp WHERE account = $1`, account)
	if errors.Is(err, db.ErrNoRows) {
		return row, false, nil
	}
	if err == nil {
		row.Secret, err = m.Keys.Open(totpSecret, account, row.Secret)
	}
	return row, err == nil, wrap("read app", err)
}

// HasTOTP tells whether the account (id) has an app set up.
func (m *Module) HasTOTP(ctx context.Context, account string) (bool, error) {
	row, there, err := m.totpOf(ctx, account)
	return there && row.ConfirmedAt != nil, err
}

// second asks those who have an app for its code, and the administrators also
// when they have none yet: they set it up there.
func (m *Module) second(ctx context.Context, a identity.Actor) (string, error) {
	has, err := m.HasTOTP(ctx, a.Account)
	if err != nil || has {
		return "/login/second", err
	}
	if !m.AdminsNeedTOTP || !a.IsStaff() {
		return "", nil
	}
	held, err := m.Identity.Held(ctx, a.Account)
	for _, h := range held {
		if role, _ := identity.RoleNamed(h.Role); role.Admin != "" {
			return "/login/second", nil
		}
	}
	return "", err
}

// newTOTP begins to set an app up and gives what its QR code says and the
// secret to type; begun again it is another one. An app in use stays until
// confirmTOTP.
func (m *Module) newTOTP(ctx context.Context, account, login string) (address, secret string, err error) {
	row, there, err := m.totpOf(ctx, account)
	if err != nil {
		return "", "", err
	}
	if there && row.ConfirmedAt != nil {
		return "", "", errs.ErrInvalid.Say("动态口令已经设置过了，要换手机请先停用。")
	}
	if there {
		secret = row.Secret // the page shown again shows the same code
	}
	key, err := makeKey(login, secret)
	if err != nil || there {
		return key.URL(), key.Secret(), err
	}
	_, err = m.DB.Conn(ctx).Exec(ctx, `INSERT INTO assurance_totp (account, secret, step, created_at) VALUES ($1, $2, 0, $3)
		ON CONFLICT (account) DO NOTHING`, account, m.Keys.Seal(totpSecret, account, key.Secret()), m.now(ctx))
	return key.URL(), key.Secret(), wrap("begin app", err)
}

// makeKey is a key of a secret ("": a new one).
func makeKey(login, secret string) (*otp.Key, error) {
	o := totp.GenerateOpts{Issuer: "一门政务服务", AccountName: login, SecretSize: 20}
	if secret != "" {
		raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
		if err != nil {
			return nil, wrap("read app's secret", err)
		}
		o.Secret = raw
	}
	key, err := totp.Generate(o)
	return key, wrap("make app's secret", err)
}

// confirmTOTP puts the app into use once a code of it is right, and gives the
// recovery codes, which are shown once.
func (m *Module) confirmTOTP(ctx context.Context, account, code string) ([]string, error) {
	if err := m.checkTOTP(ctx, account, code); err != nil {
		return nil, err
	}
	codes := make([]string, recoveryCodes)
	rows := make([][]any, recoveryCodes)
	for i := range codes {
		t := strings.ToLower(rand.Text())
		codes[i] = t[:5] + "-" + t[5:10] + "-" + t[10:15]
		rows[i] = []any{account, recoveryHash(account, codes[i])}
	}
	return codes, m.DB.InTx(ctx, func(ctx context.Context) error {
		c := m.DB.Conn(ctx)
		if _, err := c.Exec(ctx, `UPDATE assurance_totp SET confirmed_at = $2 WHERE account = $1`, account, m.now(ctx)); err != nil {
			return wrap("confirm app", err)
		}
		if _, err := c.Exec(ctx, `DELETE FROM assurance_recovery WHERE account = $1`, account); err != nil {
			return wrap("drop recovery codes", err)
		}
		if err := c.InsertRows(ctx, "assurance_recovery", []string{"account", "code"}, "", rows); err != nil {
			return wrap("keep recovery codes", err)
		}
		return m.changed(ctx, account, identity.ChangedTOTPSet, "totp.set")
	})
}

// RemoveTOTP stops the actor's own app. They prove with a code that it is they.
func (m *Module) RemoveTOTP(ctx context.Context, code string) error {
	account := identity.FromContext(ctx).Account
	if err := m.passSecond(ctx, account, code); err != nil {
		return err
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		for _, table := range []string{"assurance_totp", "assurance_recovery"} {
			if _, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM `+table+` WHERE account = $1`, account); err != nil {
				return wrap("remove app", err)
			}
		}
		return m.changed(ctx, account, identity.ChangedTOTPGone, "totp.remove")
	})
}

// passSecond takes a code of the app, or a recovery code. Each try counts first.
func (m *Module) passSecond(ctx context.Context, account, code string) error {
	if len(strings.TrimSpace(code)) > 8 {
		return m.useRecovery(ctx, account, code)
	}
	return m.checkTOTP(ctx, account, code)
}

// tryOnce counts a try in its window; ErrTOTPOft.
func (m *Module) tryOnce(ctx context.Context, account string) (slot string, err error) {
	now := m.now(ctx)
	slot = now.Truncate(totpWindow).Format(time.RFC3339)
	n, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO assurance_pace (who, slot, n, last_at) VALUES ($1, $2, 1, $3)
		ON CONFLICT (who, slot) DO UPDATE SET n = assurance_pace.n + 1, last_at = $3 WHERE assurance_pace.n < $4`,
		digest.Of("totp", account), slot, now, totpTries)
	if err == nil && n == 0 {
		err = ErrTOTPOft
	}
	return slot, err
}

func (m *Module) forgetTries(ctx context.Context, account, slot string) error {
	_, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM assurance_pace WHERE who = $1 AND slot = $2`, digest.Of("totp", account), slot)
	return wrap("forget tries", err)
}

// checkTOTP takes a code of the present step or of one beside it; a step whose
// code was taken, and every one before it, is taken no more.
func (m *Module) checkTOTP(ctx context.Context, account, code string) error {
	slot, err := m.tryOnce(ctx, account)
	if err != nil {
		return err
	}
	row, there, err := m.totpOf(ctx, account)
	if err != nil {
		return err
	}
	if !there {
		return ErrTOTPNone
	}
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	now, found := m.now(ctx), int64(0)
	for i := -totpSkew; i <= totpSkew; i++ {
		at := now.Add(time.Duration(i) * totpStep)
		want, err := totp.GenerateCode(row.Secret, at)
		if err != nil {
			return wrap("compute code", err)
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			found = at.Unix() / int64(totpStep.Seconds())
		}
	}
	wrong := ErrTOTP.Field("code", ErrTOTP.Message)
	if found == 0 {
		return wrong
	}
	n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE assurance_totp SET step = $2 WHERE account = $1 AND step < $2`, account, found)
	if err != nil {
		return wrap("use code up", err)
	}
	if n == 0 {
		return wrong
	}
	return m.forgetTries(ctx, account, slot)
}

func (m *Module) useRecovery(ctx context.Context, account, code string) error {
	slot, err := m.tryOnce(ctx, account)
	if err != nil {
		return err
	}
	n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE assurance_recovery SET used_at = $3 WHERE account = $1 AND code = $2 AND used_at IS NULL`,
		account, recoveryHash(account, code), m.now(ctx))
	if err != nil {
		return wrap("use recovery code", err)
	}
	if n == 0 {
		return ErrTOTP.Field("code", "恢复码不正确，或已经用过。每个恢复码只能用一次。")
	}
	return errors.Join(m.forgetTries(ctx, account, slot), m.record(ctx, "totp.recovery", account, "ok", ""))
}

// recoveryLeft counts the recovery codes not used yet.
func (m *Module) recoveryLeft(ctx context.Context, account string) (int, error) {
	var n int
	err := m.DB.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM assurance_recovery WHERE account = $1 AND used_at IS NULL`, account)
	return n, wrap("count recovery codes", err)
}

func recoveryHash(account, code string) string {
	return digest.Of("recovery", account, strings.ToLower(strings.TrimSpace(code)))
}
