package openid

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
)

// Realms: whom a client serves.
const (
	People = "people" // citizens and enterprises
	Staff  = "staff"  // those who work here
)

// How a client proves who it is.
const (
	AuthSecret = "secret"          // client_secret_basic or _post
	AuthKey    = "private_key_jwt" // a signed assertion
	AuthNone   = "none"            // cannot keep a secret: kiosks, programs on people's own machines
)

// States of a client.
const (
	StateAsked    = "asked"
	StateActive   = "active"
	StateDisabled = "disabled"
)

// Grants a client may be given, by their names in the protocol.
var grantNames = []oidc.GrantType{oidc.GrantTypeCode, oidc.GrantTypeRefreshToken, oidc.GrantTypeClientCredentials,
	oidc.GrantTypeDeviceCode, oidc.GrantTypeTokenExchange}

// Definition is what is registered of a client, and changed only with the
// security administrator's authorisation.
type Definition struct {
	Name        string   `json:"name"`
	Agency      string   `json:"agency"`  // 管理单位
	Purpose     string   `json:"purpose"` // one sentence, shown to people who are asked
	Contact     string   `json:"contact"`
	Realm       string   `json:"realm"`
	Auth        string   `json:"auth"`
	Keys        string   `json:"keys,omitempty"`        // JSON Web Key Set, with AuthKey
	Redirects   []string `json:"redirects,omitempty"`   // compared whole
	PostLogout  []string `json:"post_logout,omitempty"` // compared whole
	Backchannel string   `json:"backchannel,omitempty"` // told when a session ends
	Grants      []string `json:"grants"`                //
	Scopes      []string `json:"scopes"`                //
	FullReason  string   `json:"full_reason,omitempty"` // why it must see the whole number, with scope identity
	Sector      string   `json:"sector,omitempty"`      // clients of one sector know a person by one name; "": the client alone
	PublicSub   bool     `json:"public_sub,omitempty"`  // sub is the account's id, the same everywhere
}

// Client is a connected system.
type Client struct {
	ID         string     `db:"id"`
	Name       string     `db:"name"`
	Realm      string     `db:"realm"`
	State      string     `db:"state"`
	Raw        string     `db:"definition"`
	SecretHash string     `db:"secret_hash"`
	SecretAt   *time.Time `db:"secret_at"`
	Revision   int        `db:"revision"`
	CreatedAt  time.Time  `db:"created_at"`
	CreatedBy  string     `db:"created_by"`
	UpdatedAt  time.Time  `db:"updated_at"`
	LastUsedAt *time.Time `db:"last_used_at"`

	Definition Definition `db:"-"`
}

const clientColumns = `id, name, realm, state, definition, secret_hash, secret_at, revision, created_at, created_by, updated_at, last_used_at`

// client finds a client in whatever state; ErrClientUnknown.
func (m *Module) client(ctx context.Context, id string) (Client, error) {
	var c Client
	err := m.DB.Conn(ctx).Get(ctx, &c, `SELECT `+clientColumns+` FROM openid_client WHERE id = $1`, id)
	if errors.Is(err, db.ErrNoRows) {
		return c, ErrClientUnknown
	}
	if err != nil {
		return c, fmt.Errorf("read client: %w", err)
	}
	return c, c.read()
}

// ClientAt finds the client in force that people are sent back to at an address,
// compared whole; ErrClientUnknown. For the program itself.
func (m *Module) ClientAt(ctx context.Context, redirect string) (id string, err error) {
	if !identity.FromContext(ctx).IsSystem() {
		return "", identity.ErrNoRight
	}
	var rows []Client
	err = m.DB.Conn(ctx).Select(ctx, &rows, `SELECT `+clientColumns+` FROM openid_client WHERE state = $1 ORDER BY id`, StateActive)
	if err != nil {
		return "", fmt.Errorf("find client: %w", err)
	}
	for _, c := range rows {
		if err := c.read(); err != nil {
			return "", err
		}
		if slices.Contains(c.Definition.Redirects, redirect) {
			return c.ID, nil
		}
	}
	return "", ErrClientUnknown
}

func (c *Client) read() error {
	if err := json.Unmarshal([]byte(c.Raw), &c.Definition); err != nil {
		return fmt.Errorf("definition of client %s: %w", c.ID, err)
	}
	return nil
}

// names gives the names of clients by id.
func (m *Module) names(ctx context.Context, ids []string) (map[string]Client, error) {
	found := map[string]Client{}
	if len(ids) == 0 {
		return found, nil
	}
	var rows []Client
	w := new(db.Where).In("id", ids)
	if err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT `+clientColumns+` FROM openid_client`+w.SQL(), w.Args()...); err != nil {
		return nil, fmt.Errorf("read clients: %w", err)
	}
	for _, c := range rows {
		if err := c.read(); err != nil {
			return nil, err
		}
		found[c.ID] = c
	}
	return found, nil
}

// sector is under which name people are known to the client.
func (c Client) sector() string {
	if c.Definition.Sector != "" {
		return "sector:" + c.Definition.Sector
	}
	return "client:" + c.ID
}

func (c Client) may(g oidc.GrantType) bool { return slices.Contains(c.Definition.Grants, string(g)) }

// used notes that the client was there, once a minute at most.
func (m *Module) used(ctx context.Context, c Client) {
	now := m.now(ctx)
	if last, ok := m.seen.Load(c.ID); ok && now.Sub(last.(time.Time)) < time.Minute {
		return
	}
	m.seen.Store(c.ID, now)
	// Best effort: a token must not wait for it, nor fail by it.
	_, _ = m.DB.Conn(ctx).Exec(ctx, `UPDATE openid_client SET last_used_at = $2 WHERE id = $1`, c.ID, now)
}

// check says what is wrong with a definition, field by field.
func (d *Definition) check() error {
	var f errs.Fields
	d.checkWords(&f)
	d.checkAddresses(&f)
	d.checkGrants(&f)
	if d.Auth == AuthKey {
		if _, err := publicKeys(d.Keys); err != nil {
			f.Add("keys", "公钥应为 JSON Web Key Set，每把公钥要有编号（kid），不能含私钥，请修改。")
		}
	}
	if f.Empty() {
		return nil
	}
	e := ErrClientInvalid
	for _, x := range f.List() {
		e = e.Field(x.Name, x.Message)
	}
	return e
}

func (d *Definition) checkWords(f *errs.Fields) {
	for _, x := range []struct {
		name, value, message string
		most                 int
	}{
		{"name", d.Name, "请填写应用名称，不超过40个字。", 40}, {"agency", d.Agency, "请填写管理单位，不超过60个字。", 60},
		{"purpose", d.Purpose, "请用一句话写明用途，不超过100个字；群众授权时会看到。", 100}, {"contact", d.Contact, "请填写联系人和电话，不超过60个字。", 60},
	} {
		if n := len([]rune(x.value)); n == 0 || n > x.most {
			f.Add(x.name, "%s", x.message)
		}
	}
	if d.Realm != People && d.Realm != Staff {
		f.Add("realm", "请选择服务对象。")
	}
	if !slices.Contains([]string{AuthSecret, AuthKey, AuthNone}, d.Auth) {
		f.Add("auth", "请选择应用证明身份的方式。")
	}
	if len([]rune(d.Sector)) > 60 {
		f.Add("sector", "系统群名称不超过60个字，请缩短。")
	}
}

func (d *Definition) checkAddresses(f *errs.Fields) {
	for _, x := range []struct {
		name string
		list []string
	}{{"redirects", d.Redirects}, {"post_logout", d.PostLogout}, {"backchannel", words(d.Backchannel)}} {
		for _, a := range x.list {
			if problem := addressProblem(a); problem != "" {
				f.Add(x.name, "地址 %s %s", a, problem)
				break
			}
		}
	}
	if len(d.Redirects) == 0 && slices.Contains(d.Grants, string(oidc.GrantTypeCode)) {
		f.Add("redirects", "用网页登录的应用要登记登录后返回的地址。")
	}
}

func (d *Definition) checkGrants(f *errs.Fields) {
	if len(d.Grants) == 0 || slices.ContainsFunc(d.Grants, func(g string) bool { return !slices.Contains(grantNames, oidc.GrantType(g)) }) {
		f.Add("grants", "请至少选择一种接入方式。")
	}
	machine := slices.Contains(d.Grants, string(oidc.GrantTypeClientCredentials)) || slices.Contains(d.Grants, string(oidc.GrantTypeTokenExchange))
	if machine && d.Auth == AuthNone {
		f.Add("auth", "以系统身份或代群众办理的应用，必须用密钥或签名证明身份。")
	}
	if len(d.Scopes) == 0 || !slices.Contains(d.Scopes, scopeOpenID) {
		f.Add("scopes", "请至少选择“知道是您”。")
	}
	for _, s := range d.Scopes {
		if scope, ok := scopeNamed(s); !ok || d.Realm == Staff && !scope.Staff {
			f.Add("scopes", "面向工作人员的应用不能取得群众的手机、证件、代办单位，请取消这些内容。")
			break
		}
	}
	if slices.Contains(d.Scopes, scopeIdentity) && strings.TrimSpace(d.FullReason) == "" {
		f.Add("full_reason", "要取得完整证件号码的，必须写明依据和理由；群众授权时会看到。")
	}
}

// addressProblem says why an address cannot be registered; "" when it can.
// Codes go there, so it is https, or this very machine.
func addressProblem(raw string) string {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "" || len(raw) > 500:
		return "不是完整的网址，请修改。"
	case u.Fragment != "" || strings.Contains(raw, "#"):
		return "不能含“#”，请修改。"
	case u.User != nil || strings.ContainsAny(raw, "*\\ \t\r\n"):
		return "含有不允许的字符，请修改。"
	case u.Scheme == "https":
		return ""
	case u.Scheme == "http" && isLoopback(u.Hostname()):
		return ""
	}
	return "应以 https:// 开头（本机调试可以用 http://127.0.0.1），请修改。"
}

func isLoopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// publicKeys reads a registered key set: public keys of strong kinds, each with
// an id.
func publicKeys(raw string) (*jose.JSONWebKeySet, error) {
	var set jose.JSONWebKeySet
	if err := json.Unmarshal([]byte(raw), &set); err != nil {
		return nil, err
	}
	if len(set.Keys) == 0 {
		return nil, errors.New("no key")
	}
	for _, k := range set.Keys {
		if k.KeyID == "" || !k.Valid() || !k.IsPublic() {
			return nil, errors.New("a key without id, or not public")
		}
		switch x := k.Key.(type) {
		case *ecdsa.PublicKey, ed25519.PublicKey:
		case *rsa.PublicKey:
			if x.N.BitLen() < 2048 {
				return nil, errors.New("a short key")
			}
		default:
			return nil, errors.New("a key of no use")
		}
	}
	return &set, nil
}

// asOP is the client as the library wants to see it.
type asOP struct{ Client }

// The shape of op.Client.
func (c asOP) GetID() string                        { return c.ID }
func (c asOP) RedirectURIs() []string               { return c.Definition.Redirects }
func (c asOP) PostLogoutRedirectURIs() []string     { return c.Definition.PostLogout }
func (c asOP) ApplicationType() op.ApplicationType  { return op.ApplicationTypeWeb }
func (c asOP) ResponseTypes() []oidc.ResponseType   { return []oidc.ResponseType{oidc.ResponseTypeCode} }
func (c asOP) LoginURL(string) string               { return "/login" }
func (c asOP) AccessTokenType() op.AccessTokenType  { return op.AccessTokenTypeBearer }
func (c asOP) IDTokenLifetime() time.Duration       { return maxAccess }
func (c asOP) DevMode() bool                        { return false }
func (c asOP) IsScopeAllowed(s string) bool         { return slices.Contains(c.Definition.Scopes, s) }
func (c asOP) IDTokenUserinfoClaimsAssertion() bool { return false }
func (c asOP) ClockSkew() time.Duration             { return 0 }

func (c asOP) RestrictAdditionalIdTokenScopes() func([]string) []string {
	return func([]string) []string { return nil }
}

func (c asOP) RestrictAdditionalAccessTokenScopes() func([]string) []string {
	return func([]string) []string { return nil }
}

func (c asOP) AuthMethod() oidc.AuthMethod {
	switch c.Definition.Auth {
	case AuthKey:
		return oidc.AuthMethodPrivateKeyJWT
	case AuthNone:
		return oidc.AuthMethodNone
	}
	return oidc.AuthMethodBasic
}

func (c asOP) GrantTypes() []oidc.GrantType {
	list := make([]oidc.GrantType, len(c.Definition.Grants))
	for i, g := range c.Definition.Grants {
		list[i] = oidc.GrantType(g)
	}
	return list
}

// clientOf is the client that the library handed back.
func clientOf(c op.Client) Client { return c.(asOP).Client }
