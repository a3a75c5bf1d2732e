package openid

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/digest"
	"yimen/internal/kit/web"
)

// request is what a client asks of a person, checked.
type request struct {
	Client    string         `json:"client"`
	Redirect  string         `json:"redirect"`
	State     string         `json:"state,omitempty"`
	Nonce     string         `json:"nonce,omitempty"`
	Challenge string         `json:"challenge"`
	Scopes    []string       `json:"scopes"`
	Level     identity.Level `json:"level,omitempty"`
	None      bool           `json:"none,omitempty"`    // prompt=none: no page may be shown
	Consent   bool           `json:"consent,omitempty"` // prompt=consent
	MaxAge    int            `json:"max_age"`           // seconds; -1: as old as may be
	At        time.Time      `json:"at"`

	id     string // as it stands in addresses; "" while it is not kept
	client Client
}

// authorize is where a client sends people (the authorisation endpoint).
func (m *Module) authorize(w http.ResponseWriter, r *http.Request) error {
	q, problem, err := m.readRequest(r)
	if err != nil {
		return err
	}
	if problem != nil {
		return m.goBack(w, r, q, url.Values{"error": {string(problem.ErrorType)}, "error_description": {problem.Description}}, true)
	}
	return m.advance(w, r, q, true)
}

// resume goes on with a request after a page in between.
func (m *Module) resume(w http.ResponseWriter, r *http.Request) error {
	q, err := m.keptRequest(r.Context(), r.URL.Query().Get("request"))
	if err != nil {
		return err
	}
	return m.advance(w, r, q, false)
}

// advance finds what is still missing: who it is, whether the realm is right,
// how fresh and how sure that is, what they allow; then the person goes back to
// the client with a code. straight: nothing was shown yet.
func (m *Module) advance(w http.ResponseWriter, r *http.Request, q *request, straight bool) error {
	ctx, actor := r.Context(), identity.FromContext(r.Context())
	now := m.now(ctx)
	stop := func(code, text string) error { // where a page would be needed and none may be shown
		return m.goBack(w, r, q, url.Values{"error": {code}, "error_description": {text}}, straight)
	}
	switch {
	case !actor.SignedIn() || actor.Via != identity.ViaSession:
		if q.None {
			return stop("login_required", "nobody is signed in")
		}
		return m.sendTo(w, r, q, loginURL)
	case actor.IsStaff() != (q.client.Realm == Staff):
		if q.None {
			return stop("login_required", "signed in on the other side of the counter")
		}
		return m.askAgain(w, r, q, true)
	case q.stale(actor, now, straight):
		if q.None {
			return stop("login_required", "signed in too long ago")
		}
		return m.askAgain(w, r, q, false)
	case actor.IsApplicant() && actor.Level < q.Level:
		if q.None {
			return stop("unmet_authentication_requirements", "the person has not proven who they are as well as is asked")
		}
		return m.sendTo(w, r, q, func(next string) string { return m.Identity.StepUp(q.Level, next) })
	}
	given, err := m.mayHave(ctx, q, actor)
	if err != nil {
		return err
	}
	if !given {
		if q.None {
			return stop("consent_required", "the person has not allowed it yet")
		}
		if err := m.keepRequest(ctx, q); err != nil {
			return err
		}
		return m.consentPage(w, r, q)
	}
	return m.grantCode(w, r, q, straight)
}

// stale says that somebody signed in longer ago than is asked. Signing in after
// the request is always good enough.
func (q *request) stale(a identity.Actor, now time.Time, straight bool) bool {
	if q.MaxAge < 0 || !straight && !a.SignedInAt.Before(q.At.Truncate(time.Second)) {
		return false
	}
	return now.Sub(a.SignedInAt) >= time.Duration(q.MaxAge)*time.Second
}

// mayHave says whether the person has allowed what is asked. Staff are not
// asked: what their systems may know the security administrator has authorised.
func (m *Module) mayHave(ctx context.Context, q *request, actor identity.Actor) (bool, error) {
	if q.client.Realm == Staff {
		return true, nil
	}
	if q.Consent {
		return false, nil
	}
	given, err := m.consentOf(ctx, actor.Account, q.Client)
	if err != nil || !given.covers(q.Scopes) {
		return false, err
	}
	return m.Identity.Consented(ctx, actor.Account, identity.ConsentSharing) // a new version of its text asks again
}

// grantCode sends the person back with a code for what they allowed.
func (m *Module) grantCode(w http.ResponseWriter, r *http.Request, q *request, straight bool) error {
	actor, code := identity.FromContext(r.Context()), ""
	err := m.DB.InTx(r.Context(), func(ctx context.Context) error {
		if q.id != "" { // whoever opens the page a second time gets no second code
			n, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM openid_request WHERE id = $1`, digest.Of(q.id))
			if err != nil {
				return err
			}
			if n == 0 {
				return ErrRequestUnknown
			}
		}
		g, err := m.begin(ctx, q.client, actor, q.Scopes)
		if err != nil {
			return err
		}
		if err := m.keep(ctx, g); err != nil {
			return err
		}
		if _, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE openid_consent SET used_at = $3 WHERE account = $1 AND client = $2`, actor.Account, q.Client, m.now(ctx)); err != nil {
			return err
		}
		code, err = m.issue(ctx, g, codePrefix, token{Kind: kindCode, Own: g.Scopes, Redirect: q.Redirect, Challenge: q.Challenge, Nonce: q.Nonce,
			Until: m.now(ctx).Add(codeLife)})
		if err != nil {
			return err
		}
		return m.record(ctx, "client.sign_in", "client", q.Client, "scopes="+g.Scopes, "")
	})
	if err != nil {
		return err
	}
	m.used(r.Context(), q.client)
	return m.goBack(w, r, q, url.Values{"code": {code}}, straight)
}

// goBack leads the person back to the client. A browser follows a redirect to
// another site only when no form of ours led here (Content-Security-Policy,
// form-action), so after a page of ours it is a page that goes on by itself.
func (m *Module) goBack(w http.ResponseWriter, r *http.Request, q *request, say url.Values, straight bool) error {
	if q.State != "" {
		say.Set("state", q.State)
	}
	say.Set("iss", m.Issuer) // RFC 9207: which provider this answer is of
	to := withQuery(q.Redirect, say)
	if straight {
		http.Redirect(w, r, to, http.StatusFound)
		return nil
	}
	return m.backPage(w, r, q.client.Name, to)
}

// backPage goes on to another site by itself, and has a link for who waits.
func (m *Module) backPage(w http.ResponseWriter, r *http.Request, name, to string) error {
	w.Header().Set("Refresh", "0; url="+to)
	return web.Render(w, r, http.StatusOK, backView(name, to))
}

// withQuery adds parameters to an address that may have some.
func withQuery(address string, add url.Values) string {
	sep := "?"
	if strings.Contains(address, "?") {
		sep = "&"
	}
	return address + sep + add.Encode()
}

// sendTo keeps the request and sends the person to a page that leads back.
func (m *Module) sendTo(w http.ResponseWriter, r *http.Request, q *request, page func(next string) string) error {
	if err := m.keepRequest(r.Context(), q); err != nil {
		return err
	}
	return web.Redirect(w, r, page(q.next()))
}

func (q *request) next() string { return resumePath + "?request=" + url.QueryEscape(q.id) }

// keepRequest keeps a request while the person is on other pages.
func (m *Module) keepRequest(ctx context.Context, q *request) error {
	if q.id != "" {
		return nil
	}
	raw, err := json.Marshal(q)
	if err != nil {
		return fmt.Errorf("keep request: %w", err)
	}
	id, now := secretText("")[:32], m.now(ctx)
	_, err = m.DB.Conn(ctx).Exec(ctx, `INSERT INTO openid_request (id, client, asked, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)`,
		digest.Of(id), q.Client, string(raw), now, now.Add(askLife))
	if err != nil {
		return fmt.Errorf("keep request: %w", err)
	}
	q.id = id
	return nil
}

// keptRequest finds a request by its id; ErrRequestUnknown.
func (m *Module) keptRequest(ctx context.Context, id string) (*request, error) {
	var raw string
	err := m.DB.Conn(db.Fresh(ctx)).Get(ctx, &raw, `SELECT asked FROM openid_request WHERE id = $1 AND expires_at > $2`, digest.Of(id), m.now(ctx))
	if errors.Is(err, db.ErrNoRows) || id == "" {
		return nil, ErrRequestUnknown
	}
	if err != nil {
		return nil, fmt.Errorf("find request: %w", err)
	}
	q := &request{id: id}
	if err := json.Unmarshal([]byte(raw), q); err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	q.client, err = m.client(ctx, q.Client)
	if err == nil && (q.client.State != StateActive || !slices.Contains(q.client.Definition.Redirects, q.Redirect)) {
		err = ErrRequestUnknown
	}
	return q, err
}

// readRequest reads and checks what a client sent. While it is not certain which
// client it is and that the address is the client's, nobody is sent anywhere:
// that is the error. What is wrong beyond that, the client hears (problem).
func (m *Module) readRequest(r *http.Request) (q *request, problem *oidc.Error, err error) {
	v := r.URL.Query()
	for name, values := range v { // RFC 6749, 3.1: a parameter is sent once
		if len(values) > 1 && name != "resource" {
			return nil, nil, ErrAsk.Because(fmt.Errorf("parameter %s twice", name))
		}
	}
	c, err := m.client(r.Context(), v.Get("client_id"))
	if errors.Is(err, ErrClientUnknown) || err == nil && c.State != StateActive {
		return nil, nil, ErrAsk.Because(errors.New("no such client"))
	}
	if err != nil {
		return nil, nil, err
	}
	q = &request{Client: c.ID, client: c, Redirect: v.Get("redirect_uri"), State: v.Get("state"), Nonce: v.Get("nonce"),
		Challenge: v.Get("code_challenge"), MaxAge: -1, At: m.now(r.Context())}
	if !slices.Contains(c.Definition.Redirects, q.Redirect) {
		return nil, nil, ErrAsk.Because(errors.New("redirect_uri is not registered"))
	}
	if op.ValidateAuthReqRedirectURI(asOP{c}, q.Redirect, oidc.ResponseTypeCode) != nil {
		return nil, nil, ErrAsk.Because(errors.New("redirect_uri is refused"))
	}
	return q, q.fill(v), nil
}

// fill takes over what the client asks, or says what is wrong with it.
func (q *request) fill(v url.Values) *oidc.Error {
	switch {
	case v.Get("response_type") != string(oidc.ResponseTypeCode):
		return &oidc.Error{ErrorType: "unsupported_response_type", Description: "only code"}
	case v.Get("request") != "":
		return oidc.ErrRequestNotSupported().WithDescription("request objects are not supported")
	case v.Get("request_uri") != "":
		return &oidc.Error{ErrorType: "request_uri_not_supported", Description: "request objects are not supported"}
	case v.Get("response_mode") != "" && v.Get("response_mode") != string(oidc.ResponseModeQuery):
		return oidc.ErrInvalidRequest().WithDescription("only response_mode query")
	case !q.client.may(oidc.GrantTypeCode):
		return oidc.ErrUnauthorizedClient().WithDescription("the client is not registered for codes")
	case v.Get("code_challenge_method") != string(oidc.CodeChallengeMethodS256):
		return oidc.ErrInvalidRequest().WithDescription("PKCE with S256 is required")
	case len(q.Challenge) != 43 || !validVerifier(q.Challenge):
		return oidc.ErrInvalidRequest().WithDescription("code_challenge is not a SHA-256 in base64url")
	case len(q.State) > 1000 || len(q.Nonce) > 500:
		return oidc.ErrInvalidRequest().WithDescription("state or nonce is too long")
	}
	q.Scopes = only(words(v.Get("scope")), q.client.Definition.Scopes)
	if !slices.Contains(q.Scopes, scopeOpenID) {
		return oidc.ErrInvalidScope().WithDescription("scope openid is required")
	}
	return q.fillPrompt(v)
}

// fillPrompt reads how fresh and how sure the sign-in must be.
func (q *request) fillPrompt(v url.Values) *oidc.Error {
	prompts := words(v.Get("prompt"))
	maxAge, err := op.ValidateAuthReqPrompt(prompts, nil)
	if err != nil {
		return oidc.ErrInvalidRequest().WithDescription("prompt none stands alone")
	}
	q.None, q.Consent = slices.Contains(prompts, oidc.PromptNone), slices.Contains(prompts, oidc.PromptConsent)
	if maxAge != nil || slices.Contains(prompts, oidc.PromptSelectAccount) {
		q.MaxAge = 0
	}
	if text := v.Get("max_age"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return oidc.ErrInvalidRequest().WithDescription("max_age is not a number of seconds")
		}
		if q.MaxAge < 0 || n < q.MaxAge {
			q.MaxAge = n
		}
	}
	// acr_values are wishes in order; the least of those we know is what is needed.
	for _, acr := range words(v.Get("acr_values")) {
		if l, ok := levelOf(acr); ok && (q.Level == 0 || l < q.Level) {
			q.Level = l
		}
	}
	return nil
}

// realmTitle names whom a client serves.
func realmTitle(realm string) string {
	if realm == Staff {
		return "工作人员"
	}
	return "群众和企业"
}

// statusOf is 422 for a form with something wrong in it.
func statusOf(f *web.Form) int {
	if f.OK() {
		return http.StatusOK
	}
	return http.StatusUnprocessableEntity
}
