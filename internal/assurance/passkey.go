package assurance

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
)

// Bounds of passkeys.
const (
	passkeysMost  = 10
	ceremonyLives = 5 * time.Minute
	passkeyName   = 30 // characters
)

// Errors of passkeys.
var (
	ErrPasskey       = errs.Define(errs.Invalid, "assurance_passkey_failed", "没有认出这个通行密钥，请再试一次，或换一种方式登录。")
	ErrPasskeyOver   = errs.Define(errs.Invalid, "assurance_passkey_over", "等待时间过长，请再点一次按钮。")
	ErrPasskeyCopied = errs.Define(errs.Denied, "assurance_passkey_copied", "这个通行密钥的使用次数对不上，可能被复制过，已经停用。请换一种方式登录，在“账号安全”里删除它再设一个。")
	ErrPasskeyMany   = errs.Define(errs.Conflict, "assurance_passkey_many", "通行密钥已经有10个，请先删除不用的。")
	ErrPasskeyHere   = errs.Define(errs.Unavailable, "assurance_passkey_address", "在这个网址上用不了通行密钥，请用网站的正式域名打开。")
)

// Passkey is a key on somebody's phone or computer.
type Passkey struct {
	ID         string     `db:"id"`
	Account    string     `db:"account"`
	Name       string     `db:"name"`
	Credential string     `db:"credential"`
	CreatedAt  time.Time  `db:"created_at"`
	UsedAt     *time.Time `db:"used_at"`
	WarnedAt   *time.Time `db:"warned_at"`
}

// passkeys is this site as keys know it.
type passkeys struct {
	site  *webauthn.WebAuthn // nil: keys cannot know it
	local string             // where a site at a bare loopback address is opened instead
}

// newPasskeys names the site by its address. Keys know a site by its domain: at
// a bare address none can be made; a loopback address is called localhost.
func newPasskeys(base string) (*passkeys, error) {
	u, err := url.Parse(base)
	if err != nil || u.Hostname() == "" {
		return &passkeys{}, nil
	}
	host, local := u.Hostname(), ""
	if ip := net.ParseIP(host); ip != nil {
		if !ip.IsLoopback() {
			return &passkeys{}, nil
		}
		host = "localhost"
		u.Host = strings.TrimSuffix(net.JoinHostPort(host, u.Port()), ":")
		local = u.Scheme + "://" + u.Host
	}
	site, err := webauthn.New(&webauthn.Config{RPID: host, RPDisplayName: "一门政务服务", RPOrigins: []string{u.Scheme + "://" + u.Host},
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired,
			UserVerification: protocol.VerificationRequired}})
	if err != nil {
		return nil, fmt.Errorf("assurance: passkeys at %s: %w", base, err)
	}
	return &passkeys{site: site, local: local}, nil
}

// keyHolder is an account as the library asks for it.
type keyHolder struct {
	account, login, name string
	keys                 []webauthn.Credential
}

func (u keyHolder) WebAuthnID() []byte                         { return []byte(u.account) }
func (u keyHolder) WebAuthnName() string                       { return u.login }
func (u keyHolder) WebAuthnDisplayName() string                { return u.name }
func (u keyHolder) WebAuthnCredentials() []webauthn.Credential { return u.keys }

// Passkeys lists the keys of an account (id), oldest first.
func (m *Module) Passkeys(ctx context.Context, account string) ([]Passkey, error) {
	var list []Passkey
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT id, account, name, credential, created_at, used_at, warned_at FROM assurance_passkey
		WHERE account = $1 ORDER BY created_at, id`, account)
	return list, wrap("list passkeys", err)
}

func (m *Module) holder(ctx context.Context, a identity.Actor) (keyHolder, error) {
	u := keyHolder{account: a.Account, login: a.Login, name: a.Name}
	list, err := m.Passkeys(ctx, a.Account)
	for _, k := range list {
		var c webauthn.Credential
		if err := json.Unmarshal([]byte(k.Credential), &c); err != nil {
			return u, wrap("read passkey", err)
		}
		u.keys = append(u.keys, c)
	}
	return u, err
}

// ceremony is what the server remembers between asking a key and its answer.
type ceremony struct {
	At   time.Time            `json:"at"`
	Data webauthn.SessionData `json:"data"`
}

func (m *Module) packCeremony(ctx context.Context, s *webauthn.SessionData) (string, error) {
	raw, err := json.Marshal(ceremony{m.now(ctx), *s})
	return string(raw), err
}

func (m *Module) unpackCeremony(ctx context.Context, text string) (webauthn.SessionData, error) {
	var c ceremony
	if text == "" || json.Unmarshal([]byte(text), &c) != nil || m.now(ctx).Sub(c.At) > ceremonyLives {
		return c.Data, ErrPasskeyOver
	}
	return c.Data, nil
}

// beginPasskey asks the actor's browser to make a key. options goes to the
// browser, kept stays in its session.
func (m *Module) beginPasskey(ctx context.Context) (options any, kept string, err error) {
	if m.keys.site == nil {
		return nil, "", ErrPasskeyHere
	}
	u, err := m.holder(ctx, identity.FromContext(ctx))
	if err != nil {
		return nil, "", err
	}
	if len(u.keys) >= passkeysMost {
		return nil, "", ErrPasskeyMany
	}
	var have []protocol.CredentialDescriptor
	for _, k := range u.keys {
		have = append(have, k.Descriptor())
	}
	o, s, err := m.keys.site.BeginRegistration(u, webauthn.WithExclusions(have))
	if err != nil {
		return nil, "", wrap("begin passkey", err)
	}
	kept, err = m.packCeremony(ctx, s)
	return o.Response, kept, err
}

// addPasskey keeps the key that the actor's browser made.
func (m *Module) addPasskey(ctx context.Context, kept, name string, answer []byte) error {
	s, err := m.unpackCeremony(ctx, kept)
	if err != nil {
		return err
	}
	a := identity.FromContext(ctx)
	u, err := m.holder(ctx, a)
	if err != nil {
		return err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBody(bytes.NewReader(answer))
	if err != nil {
		return ErrPasskey.Because(err)
	}
	c, err := m.keys.site.CreateCredential(u, s, parsed)
	if err != nil {
		return ErrPasskey.Because(err)
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return wrap("keep passkey", err)
	}
	if name = strings.TrimSpace(name); name == "" || utf8.RuneCountInString(name) > passkeyName {
		name = "通行密钥"
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO assurance_passkey (id, account, name, credential, created_at) VALUES ($1, $2, $3, $4, $5)`,
			keyID(c.ID), a.Account, name, string(raw), m.now(ctx))
		if err != nil {
			return wrap("keep passkey", err)
		}
		return m.changed(ctx, a.Account, identity.ChangedPasskeyAdded, "passkey.add")
	})
}

// RemovePasskey removes one of the actor's own keys; one that is not there is
// no error.
func (m *Module) RemovePasskey(ctx context.Context, id string) error {
	a := identity.FromContext(ctx)
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		n, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM assurance_passkey WHERE id = $1 AND account = $2`, id, a.Account)
		if err != nil || n == 0 {
			return wrap("remove passkey", err)
		}
		return m.changed(ctx, a.Account, identity.ChangedPasskeyGone, "passkey.remove")
	})
}

// askPasskey asks a browser for any key it has of this site.
func (m *Module) askPasskey(ctx context.Context) (options any, kept string, err error) {
	if m.keys.site == nil {
		return nil, "", ErrPasskeyHere
	}
	o, s, err := m.keys.site.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, "", wrap("ask for passkey", err)
	}
	kept, err = m.packCeremony(ctx, s)
	return o.Response, kept, err
}

// whoseKey gives the account whose key answered. Every refusal but a copied
// key's is ErrPasskey: a stranger learns nothing of keys or accounts.
func (m *Module) whoseKey(ctx context.Context, kept string, answer []byte) (account string, err error) {
	s, err := m.unpackCeremony(ctx, kept)
	if err != nil {
		return "", err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBody(bytes.NewReader(answer))
	if err != nil {
		return "", ErrPasskey.Because(err)
	}
	var broken error
	user, c, err := m.keys.site.ValidatePasskeyLogin(func(rawID, handle []byte) (webauthn.User, error) {
		a, err := m.Identity.Actor(ctx, string(handle))
		if err != nil {
			return nil, err
		}
		u, err := m.holder(ctx, a)
		broken = err
		return u, err
	}, s, parsed)
	if broken != nil {
		return "", broken
	}
	if err != nil {
		return "", ErrPasskey.Because(err)
	}
	account = string(user.WebAuthnID())
	return account, m.keyUsed(ctx, account, c)
}

// keyUsed keeps the key's new counter. One that went back, now or before, is
// refused for good.
func (m *Module) keyUsed(ctx context.Context, account string, c *webauthn.Credential) error {
	id, now := keyID(c.ID), m.now(ctx)
	var warned *time.Time
	err := m.DB.Conn(ctx).Get(ctx, &warned, `SELECT warned_at FROM assurance_passkey WHERE id = $1 AND account = $2`, id, account)
	if errors.Is(err, db.ErrNoRows) {
		return ErrPasskey
	}
	if err != nil {
		return wrap("read passkey", err)
	}
	if c.Authenticator.CloneWarning || warned != nil {
		_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE assurance_passkey SET warned_at = $2 WHERE id = $1 AND warned_at IS NULL`, id, now)
		return errors.Join(ErrPasskeyCopied, err, m.record(ctx, "passkey.refuse", account, ErrPasskeyCopied.Code, ""))
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return wrap("keep passkey", err)
	}
	_, err = m.DB.Conn(ctx).Exec(ctx, `UPDATE assurance_passkey SET credential = $2, used_at = $3 WHERE id = $1`, id, string(raw), now)
	return wrap("keep passkey's counter", err)
}

func keyID(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }
