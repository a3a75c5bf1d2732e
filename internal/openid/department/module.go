package department

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/web"
	"yimen/internal/openid"
)

// Addresses of the system. It comes back to pagePath from signing out, to
// backPath from signing in.
const (
	pagePath    = "/demo/client"
	loginPath   = "/demo/client/login"
	backPath    = "/demo/client/back"
	refreshPath = "/demo/client/refresh"
	logoutPath  = "/demo/client/logout"
)

const systemName = "不动产登记系统（演示）"

// scopes are what it asks for.
var scopes = []string{gooidc.ScopeOpenID, "profile", "phone", "level", "enterprise"}

// reachPatience is how long the provider may take to answer.
const reachPatience = 10 * time.Second

// Deps is what the system stands on.
type Deps struct {
	OpenID *openid.Module // registers it, as two administrators would
	Issuer string         // the provider's address; the system stands at the same
	Clock  clock.Clock
	Log    *slog.Logger
	Reach  *http.Client // nil: a client of its own
}

// Module is the system. Safe for concurrent use.
type Module struct {
	Deps
	visits   visits
	renewing sync.Mutex

	mu    sync.Mutex
	party *party // once it is registered and has found the provider
}

// party is the system as the provider knows it, and the other way round.
type party struct {
	oauth2.Config
	provider *gooidc.Provider
	leave    string // where people sign out
}

// New makes the system.
func New(d Deps) *Module {
	if d.Clock == nil {
		d.Clock = clock.Real
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	if d.Reach == nil {
		d.Reach = &http.Client{Timeout: reachPatience}
	}
	d.Issuer = strings.TrimRight(d.Issuer, "/")
	return &Module{Deps: d}
}

// Routes adds the pages.
func (m *Module) Routes(rt *web.Router) {
	calls := web.Public.And(web.RateLimit("demo client", 60, time.Minute, nil))
	rt.Get(pagePath, web.Public, m.page)
	rt.Get(loginPath, calls, m.login)
	rt.Get(backPath, calls, m.back)
	rt.PostEach(refreshPath, calls, m.refresh)
	rt.PostEach(logoutPath, calls, m.logout)
}

// definition is what the administrators authorise. Its secret is made anew at
// each start: nobody has to keep it.
func (m *Module) definition() openid.Definition {
	return openid.Definition{Name: systemName, Agency: "韶关市自然资源局（演示）", Purpose: "演示用统一身份登录部门系统", Contact: "演示",
		Realm: openid.People, Auth: openid.AuthSecret, Redirects: []string{m.Issuer + backPath}, PostLogout: []string{m.Issuer + pagePath},
		Grants: []string{"authorization_code", "refresh_token"}, Scopes: scopes}
}

// registered gives the system's standing with the provider: at the first call it
// registers, gets a secret and reads the discovery document. What fails is tried
// again by the next visitor.
func (m *Module) registered(ctx context.Context) (*party, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.party != nil {
		return m.party, nil
	}
	// The provider's keys are fetched long after this request.
	provider, err := gooidc.NewProvider(gooidc.ClientContext(context.WithoutCancel(ctx), m.Reach), m.Issuer)
	if err != nil {
		return nil, err
	}
	var more struct {
		Leave string `json:"end_session_endpoint"`
	}
	if err := provider.Claims(&more); err != nil {
		return nil, err
	}
	id, secret, err := m.register(identity.With(ctx, identity.System("demo client")))
	if err != nil {
		return nil, err
	}
	m.party = &party{provider: provider, leave: more.Leave, Config: oauth2.Config{ClientID: id, ClientSecret: secret,
		Endpoint: provider.Endpoint(), RedirectURL: m.Issuer + backPath, Scopes: scopes}}
	return m.party, nil
}

// register finds the system among the clients of an earlier start, or asks for
// it and authorises it, and makes its secret.
func (m *Module) register(ctx context.Context) (id, secret string, err error) {
	d := m.definition()
	id, err = m.OpenID.ClientAt(ctx, d.Redirects[0])
	if errors.Is(err, openid.ErrClientUnknown) {
		if id, err = m.OpenID.AskClient(ctx, "", d); err == nil {
			err = m.OpenID.DecideLatest(ctx, id)
		}
	}
	if err != nil {
		return "", "", err
	}
	secret, err = m.OpenID.NewSecret(ctx, id)
	return id, secret, err
}
