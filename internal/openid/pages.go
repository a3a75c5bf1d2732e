package openid

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/digest"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
)

// Addresses of the pages.
const (
	resumePath  = "/oauth/continue"
	consentPath = "/oauth/consent"
	againPath   = "/oauth/again"
	devicePage  = "/device"
	appsPath    = "/my/apps"
)

func (m *Module) pageRoutes(rt *web.Router, people web.Guard) {
	rt.Get(authorizePath, people, m.authorize)
	rt.Get(resumePath, people, m.resume)
	rt.Post(consentPath, identity.SignedIn(), m.decideConsent)
	rt.PostEach(againPath, people, m.signInAgain)
	rt.Get(logoutPath, people, m.logoutPage)
	rt.PostEach(logoutPath, people, m.confirmLogout)
	rt.Get(devicePage, identity.SignedIn(), m.deviceForm)
	codes := web.RateLimit("device code", 20, maxAccess, func(r *http.Request) string { return identity.Subject(r) })
	rt.PostEach(devicePage, identity.SignedIn().And(codes), m.findDevice)
	rt.Post(devicePage+"/decide", identity.SignedIn(), m.decideDevicePage)
	rt.Get(appsPath, identity.Applicant(), m.appsPage)
	rt.Post(appsPath+"/{client}/withdraw", identity.Applicant(), m.withdrawPage)
}

// given is one line of the consent page: what, and what it is today.
type given struct {
	Scope
	value string
}

// consentView's page.
type consentAsk struct {
	q       *request
	lines   []given
	before  bool // something was allowed before
	enables bool // the client may act later, too
}

// consentPage asks the person what the client may have.
func (m *Module) consentPage(w http.ResponseWriter, r *http.Request, q *request) error {
	p := consentAsk{q: q, enables: q.client.mayActLater()}
	var err error
	if p.lines, err = m.linesOf(r.Context(), q.Scopes); err != nil {
		return err
	}
	old, err := m.consentOf(r.Context(), identity.FromContext(r.Context()).Account, q.Client)
	if err != nil {
		return err
	}
	p.before = old != nil
	return web.Render(w, r, http.StatusOK, consentView(p))
}

func (c Client) mayActLater() bool {
	return slices.Contains(c.Definition.Grants, "urn:ietf:params:oauth:grant-type:token-exchange")
}

// linesOf says what each scope would give of the person of ctx, starred.
func (m *Module) linesOf(ctx context.Context, scopes []string) ([]given, error) {
	actor := identity.FromContext(ctx)
	p, err := m.Identity.Person(ctx, actor.Account)
	if err != nil && !actor.IsStaff() {
		return nil, err
	}
	values := map[string]string{scopeProfile: gb.MaskName(actor.Name), scopePhone: gb.MaskPhone(p.Phone), scopeIdentity: maskNumber(p),
		scopeLevel: actor.Level.Title()}
	var lines []given
	for _, s := range Scopes {
		if slices.Contains(scopes, s.Name) {
			lines = append(lines, given{s, values[s.Name]})
		}
	}
	return lines, nil
}

func maskNumber(p identity.Person) string {
	if p.IDNo == "" {
		return ""
	}
	return gb.MaskIDNumber(gb.IDType(p.IDType), p.IDNo)
}

// decideConsent takes the person's yes or no.
func (m *Module) decideConsent(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	q, err := m.keptRequest(r.Context(), form.Value("request"))
	if err != nil {
		return err
	}
	actor := identity.FromContext(r.Context())
	if actor.IsStaff() != (q.client.Realm == Staff) {
		return ErrRequestUnknown
	}
	if form.Value("decision") != "allow" {
		if _, err := m.DB.Conn(r.Context()).Exec(r.Context(), `DELETE FROM openid_request WHERE id = $1`, digest.Of(q.id)); err != nil {
			return err
		}
		if err := m.record(r.Context(), "consent.refuse", "client", q.Client, "", ""); err != nil {
			return err
		}
		return m.goBack(w, r, q, map[string][]string{"error": {"access_denied"}, "error_description": {"the person said no"}}, false)
	}
	standing := q.client.mayActLater() && form.Value("standing") == "1"
	if err := m.consentTo(r.Context(), q.client, q.Scopes, standing); err != nil {
		return err
	}
	return m.grantCode(w, r, q, false)
}

// askAgain shows why somebody must sign in anew.
func (m *Module) askAgain(w http.ResponseWriter, r *http.Request, q *request, otherRealm bool) error {
	if err := m.keepRequest(r.Context(), q); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, againView(q, otherRealm))
}

// signInAgain signs out and goes to the login page.
func (m *Module) signInAgain(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	q, err := m.keptRequest(r.Context(), form.Value("request"))
	if err != nil {
		return err
	}
	if err := m.Identity.SignOut(r); err != nil {
		return err
	}
	return m.sendTo(w, r, q, loginURL)
}

// devicePageView's page.
type deviceAsk struct {
	form   *web.Form
	client Client
	lines  []given
	found  bool
	done   string // what was decided
}

func (m *Module) deviceForm(w http.ResponseWriter, r *http.Request) error {
	form := web.NewForm(nil)
	if code := readCode(r.URL.Query().Get("code")); len(code) == 8 {
		form.Set("code", code[:4]+"-"+code[4:])
	}
	p := deviceAsk{form: form, done: r.URL.Query().Get("done")}
	return web.Render(w, r, http.StatusOK, deviceView(p))
}

// findDevice shows whose code it is and what it asks for.
func (m *Module) findDevice(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p := deviceAsk{form: form}
	d, c, err := m.deviceOf(r.Context(), form.Value("code"))
	actor := identity.FromContext(r.Context())
	switch {
	case errs.KindOf(err) == errs.Invalid:
		form.Error("code", errs.From(err).Message)
	case err != nil:
		return err
	case actor.IsStaff() != (c.Realm == Staff):
		form.Error("code", "这台设备给"+realmTitle(c.Realm)+"使用，请换账号登录后再试。")
	default:
		p.client, p.found = c, true
		if p.lines, err = m.linesOf(r.Context(), words(d.Scopes)); err != nil {
			return err
		}
	}
	return web.Render(w, r, statusOf(form), deviceView(p))
}

func (m *Module) decideDevicePage(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	yes := form.Value("decision") == "allow"
	if err := form.Merge(m.decideDevice(r.Context(), form.Value("code"), yes)); err != nil {
		return err
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, deviceView(deviceAsk{form: form}))
	}
	done := "refused"
	if yes {
		done = "allowed"
	}
	return web.Redirect(w, r, devicePage+"?done="+done)
}

// appsPage is what the person let systems have (已授权的应用).
func (m *Module) appsPage(w http.ResponseWriter, r *http.Request) error {
	list, err := m.apps(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, appsView(list))
}

func (m *Module) withdrawPage(w http.ResponseWriter, r *http.Request) error {
	c, err := m.client(r.Context(), r.PathValue("client"))
	if err != nil {
		return err
	}
	if err := m.Withdraw(r.Context(), c.ID); err != nil {
		return err
	}
	web.Flash(r, "success", "已取消对“"+c.Name+"”的授权，它取得的登录凭证已全部收回。")
	return web.Redirect(w, r, appsPath)
}

// scopeTitles names scopes for a line of text.
func scopeTitles(scopes []string) string {
	var titles []string
	for _, s := range Scopes {
		if slices.Contains(scopes, s.Name) {
			titles = append(titles, s.Title)
		}
	}
	return strings.Join(titles, "、")
}
