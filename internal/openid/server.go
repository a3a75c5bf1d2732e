package openid

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
)

// Addresses of the protocol.
const (
	discoveryPath  = oidc.DiscoveryEndpoint
	authorizePath  = "/oauth/authorize"
	tokenPath      = "/oauth/token"
	keysPath       = "/oauth/keys"
	userinfoPath   = "/oauth/userinfo"
	introspectPath = "/oauth/introspect"
	revokePath     = "/oauth/revoke"
	devicePath     = "/oauth/device_authorization"
	logoutPath     = "/oauth/logout"
)

// server is op.Server: the library parses the request, finds and proves the
// client through VerifyClient, and writes the answer. What people see (the
// authorisation and logout endpoints) are pages of ours, see authorize.go.
type server struct {
	op.UnimplementedServer
	m *Module
}

// handler is the library's, for the addresses that machines use.
func (m *Module) handler() http.Handler {
	at := op.NewEndpoint
	return op.RegisterServer(server{m: m}, op.Endpoints{Token: at(tokenPath), Introspection: at(introspectPath), Userinfo: at(userinfoPath),
		Revocation: at(revokePath), DeviceAuthorization: at(devicePath), JwksURI: at(keysPath)},
		op.WithServerCORSOptions(nil)) // no page of another site speaks to us: systems do
}

// Routes adds the addresses of the protocol and the pages.
func (m *Module) Routes(rt *web.Router) {
	machines := web.Public.And(web.RateLimit("oauth", machineRate, time.Minute, nil))
	people := web.Public.And(web.RateLimit("oauth pages", peopleRate, time.Minute, nil))
	h := m.answering()
	rt.Handle("GET "+discoveryPath, web.Public, h)
	rt.Handle("GET "+keysPath, web.Public, h)
	rt.Handle("POST "+tokenPath, machines, h)
	rt.Handle("POST "+introspectPath, machines, h)
	rt.Handle("POST "+revokePath, machines, h)
	rt.Handle("POST "+devicePath, people, h)
	rt.Handle("GET "+userinfoPath, machines, h)
	rt.Handle("POST "+userinfoPath, machines, h)
	m.pageRoutes(rt, people)
	m.adminRoutes(rt)
}

// Requests a minute from one address. Whole systems stand behind one; and a
// hall with its kiosks behind another.
const (
	machineRate = 600_000
	peopleRate  = 600
)

// answering is the library's handler, with what it leaves to us: nothing is
// stored on the way, and a refused proof says how to bring one.
func (m *Module) answering() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == discoveryPath || r.URL.Path == keysPath {
			w.Header().Set("Cache-Control", "public, max-age=300")
		} else {
			w.Header().Set("Cache-Control", "no-store")
			w.Header().Set("Pragma", "no-cache")
		}
		m.serve().ServeHTTP(&refusal{ResponseWriter: w, path: r.URL.Path}, r)
	})
}

// refusal adds the WWW-Authenticate header to a 401.
type refusal struct {
	http.ResponseWriter
	path string
}

func (w *refusal) WriteHeader(status int) {
	if status == http.StatusUnauthorized {
		how := `Basic realm="yimen"`
		if w.path == userinfoPath {
			how = `Bearer error="invalid_token"`
		}
		w.Header().Set("WWW-Authenticate", how)
	}
	w.ResponseWriter.WriteHeader(status)
}

// fault is an error as the protocol tells it. What is not the protocol's own is
// logged here and said to nobody.
func (m *Module) fault(ctx context.Context, err error) error {
	var own *oidc.Error
	var status op.StatusError
	if err == nil || errors.As(err, &own) || errors.As(err, &status) {
		return err
	}
	m.Log.LogAttrs(ctx, slog.LevelError, "openid failed", slog.String("error", err.Error()))
	if errs.KindOf(err) == errs.Unavailable {
		return op.NewStatusError(oidc.ErrServerError().WithDescription("temporarily unavailable, try again"), http.StatusServiceUnavailable)
	}
	return oidc.ErrServerError().WithDescription("internal error")
}

// answer makes the library's answer of what a verb gave.
func answer[T any](m *Module, ctx context.Context, data T, err error) (*op.Response, error) {
	if err != nil {
		return nil, m.fault(ctx, err)
	}
	return op.NewResponse(data), nil
}

// Discovery implements op.Server.
func (s server) Discovery(ctx context.Context, _ *op.Request[struct{}]) (*op.Response, error) {
	return op.NewResponse(s.m.discovery()), nil
}

// metadata is what discovery says; the library's shape lacks the last ones.
type metadata struct {
	oidc.DiscoveryConfiguration
	IssParameter bool `json:"authorization_response_iss_parameter_supported"` // RFC 9207
}

func (m *Module) discovery() metadata {
	at := func(path string) string { return m.Issuer + path }
	var scopes []string
	for _, s := range Scopes {
		scopes = append(scopes, s.Name)
	}
	ways := []oidc.AuthMethod{oidc.AuthMethodBasic, oidc.AuthMethodPost, oidc.AuthMethodPrivateKeyJWT}
	algs := assertionAlgNames()
	return metadata{DiscoveryConfiguration: oidc.DiscoveryConfiguration{
		Issuer: m.Issuer, AuthorizationEndpoint: at(authorizePath), TokenEndpoint: at(tokenPath), IntrospectionEndpoint: at(introspectPath),
		UserinfoEndpoint: at(userinfoPath), RevocationEndpoint: at(revokePath), EndSessionEndpoint: at(logoutPath),
		DeviceAuthorizationEndpoint: at(devicePath), JwksURI: at(keysPath),
		ScopesSupported: scopes, ResponseTypesSupported: []string{"code"}, ResponseModesSupported: []string{"query"},
		GrantTypesSupported: grantNames, SubjectTypesSupported: []string{"pairwise", "public"},
		ACRValuesSupported:                []string{acrOf(1), acrOf(2), acrOf(3), acrOf(4)},
		IDTokenSigningAlgValuesSupported:  []string{string(signingAlg)},
		TokenEndpointAuthMethodsSupported: append(ways, oidc.AuthMethodNone), TokenEndpointAuthSigningAlgValuesSupported: algs,
		RevocationEndpointAuthMethodsSupported: append(ways, oidc.AuthMethodNone), RevocationEndpointAuthSigningAlgValuesSupported: algs,
		IntrospectionEndpointAuthMethodsSupported: ways, IntrospectionEndpointAuthSigningAlgValuesSupported: algs,
		CodeChallengeMethodsSupported: []oidc.CodeChallengeMethod{oidc.CodeChallengeMethodS256},
		ClaimTypesSupported:           []string{"normal"},
		ClaimsSupported: strings.Fields("sub iss aud exp iat auth_time nonce acr amr azp sid at_hash name account_kind phone_number " +
			"id_type id_number level acting_for staff_id agency outlet division"),
		UILocalesSupported:         oidc.ParseLocales([]string{"zh-CN"}),
		BackChannelLogoutSupported: true, BackChannelLogoutSessionSupported: true,
	}, IssParameter: true}
}

// Keys implements op.Server.
func (s server) Keys(ctx context.Context, _ *op.Request[struct{}]) (*op.Response, error) {
	if _, err := s.m.signing(ctx); err != nil { // the first is made when somebody asks
		return nil, s.m.fault(ctx, err)
	}
	list, err := s.m.published(ctx)
	if err != nil {
		return nil, s.m.fault(ctx, err)
	}
	return op.NewResponse(keySet(list)), nil
}

// VerifyClient implements op.Server.
func (s server) VerifyClient(ctx context.Context, r *op.Request[op.ClientCredentials]) (op.Client, error) {
	c, err := s.m.prove(ctx, *r.Data)
	if err != nil {
		return nil, s.m.fault(ctx, err)
	}
	return asOP{c}, nil
}

// CodeExchange implements op.Server.
func (s server) CodeExchange(ctx context.Context, r *op.ClientRequest[oidc.AccessTokenRequest]) (*op.Response, error) {
	got, err := s.m.redeem(ctx, clientOf(r.Client), r.Data.Code, r.Data.RedirectURI, r.Data.CodeVerifier)
	return answer(s.m, ctx, got, err)
}

// RefreshToken implements op.Server.
func (s server) RefreshToken(ctx context.Context, r *op.ClientRequest[oidc.RefreshTokenRequest]) (*op.Response, error) {
	got, err := s.m.refresh(ctx, clientOf(r.Client), r.Data.RefreshToken, words(r.Data.Scopes.String()))
	return answer(s.m, ctx, got, err)
}

// ClientCredentialsExchange implements op.Server.
func (s server) ClientCredentialsExchange(ctx context.Context, r *op.ClientRequest[oidc.ClientCredentialsRequest]) (*op.Response, error) {
	got, err := s.m.machineToken(ctx, clientOf(r.Client), words(r.Data.Scope.String()), r.Form["audience"])
	return answer(s.m, ctx, got, err)
}

// DeviceAuthorization implements op.Server.
func (s server) DeviceAuthorization(ctx context.Context, r *op.ClientRequest[oidc.DeviceAuthorizationRequest]) (*op.Response, error) {
	got, err := s.m.askForDevice(ctx, clientOf(r.Client), words(r.Data.Scopes.String()))
	return answer(s.m, ctx, got, err)
}

// DeviceToken implements op.Server.
func (s server) DeviceToken(ctx context.Context, r *op.ClientRequest[oidc.DeviceAccessTokenRequest]) (*op.Response, error) {
	got, err := s.m.deviceToken(ctx, clientOf(r.Client), r.Data.DeviceCode)
	return answer(s.m, ctx, got, err)
}

// TokenExchange implements op.Server.
func (s server) TokenExchange(ctx context.Context, r *op.ClientRequest[oidc.TokenExchangeRequest]) (*op.Response, error) {
	got, err := s.m.exchange(ctx, clientOf(r.Client), *r.Data)
	return answer(s.m, ctx, got, err)
}

// Introspect implements op.Server.
func (s server) Introspect(ctx context.Context, r *op.Request[op.IntrospectionRequest]) (*op.Response, error) {
	c, err := s.m.prove(ctx, *r.Data.ClientCredentials)
	if err != nil {
		return nil, s.m.fault(ctx, err)
	}
	got, err := s.m.introspect(ctx, c, r.Data.Token)
	return answer(s.m, ctx, got, err)
}

// UserInfo implements op.Server.
func (s server) UserInfo(ctx context.Context, r *op.Request[oidc.UserInfoRequest]) (*op.Response, error) {
	got, err := s.m.userinfo(ctx, r.Data.AccessToken)
	return answer(s.m, ctx, got, err)
}

// Revocation implements op.Server.
func (s server) Revocation(ctx context.Context, r *op.ClientRequest[oidc.RevocationRequest]) (*op.Response, error) {
	return answer[any](s.m, ctx, nil, s.m.revoke(ctx, clientOf(r.Client), r.Data.Token))
}
