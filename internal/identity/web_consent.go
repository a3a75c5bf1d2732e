package identity

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// Addresses of consents.
const (
	MyConsentsURL    = "/my/consents"
	adminConsentsURL = "/admin/consents"
)

// ConsentURL is the page of a text: the version in force, or one of them.
func ConsentURL(kind string, version int) string {
	if version == 0 {
		return "/consents/" + kind
	}
	return "/consents/" + kind + "?version=" + strconv.Itoa(version)
}

func (m *Module) consentRoutes(rt *web.Router) {
	rt.Get("/consents/{kind}", web.Public, m.consentTextPage)
	rt.Get(MyConsentsURL, Applicant(), m.consentsPage)
	rt.Post(MyConsentsURL+"/{kind}", Applicant(), m.agreePage)
	rt.Post(MyConsentsURL+"/{kind}/withdraw", Applicant(), m.withdrawPage)
	rt.Get(adminConsentsURL, Has(VerbConsentPublish), m.consentTextsPage)
	rt.Post(adminConsentsURL, Has(VerbConsentPublish), m.publishPage)
}

func (m *Module) consentTextPage(w http.ResponseWriter, r *http.Request) error {
	kind := r.PathValue("kind")
	t, err := m.ConsentText(r.Context(), kind)
	if n, bad := strconv.Atoi(r.URL.Query().Get("version")); bad == nil {
		t, err = m.ConsentVersion(r.Context(), kind, n)
	}
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, consentTextView(t))
}

// standing is a text with what the visitor did about it.
type standing struct {
	text      ConsentText
	last      *Consent // nil: never asked
	note      string   // what taking it back leads to
	elsewhere *ui.Link // where it is taken back, if not here
}

func (s standing) stands() bool   { return s.last != nil && s.last.WithdrawnAt == nil }
func (s standing) outdated() bool { return s.stands() && s.last.Version != s.text.Version }

var consentNotes = map[string]string{
	ConsentTerms:   "不同意就不能用账号在网上办事，可以到窗口办。",
	ConsentFace:    "撤回后，再要刷脸时会重新问您。以前核验得到的实名等级，到期前仍然有效。不想刷脸的，到窗口核对身份证，一样能办。",
	ConsentSharing: "按应用撤回：取消哪个应用的授权，它就不能再取得您的信息。",
	ConsentLicence: "撤回后，办事时不再调用您的电子证照，要自己交材料。已经交上去的不受影响。",
}

func (m *Module) consentsPage(w http.ResponseWriter, r *http.Request) error {
	list, err := m.standings(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, consentsView(list))
}

func (m *Module) standings(ctx context.Context) ([]standing, error) {
	given, err := m.Consents(ctx)
	if err != nil {
		return nil, err
	}
	var list []standing
	for _, kind := range ConsentKinds {
		s := standing{note: consentNotes[kind]}
		if s.text, err = m.ConsentText(ctx, kind); err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(given, func(c Consent) bool { return c.Kind == kind }); i >= 0 {
			s.last = &given[i]
		}
		if kind == ConsentSharing {
			s.elsewhere = &ui.Link{Label: "已授权的应用", URL: "/my/apps"}
		}
		list = append(list, s)
	}
	return list, nil
}

// agreePage takes a yes to the version that was shown.
func (m *Module) agreePage(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	kind := r.PathValue("kind")
	version, _ := strconv.Atoi(form.Value("version")) // none is no version in force
	if err := m.GiveConsent(r.Context(), FromContext(r.Context()).Account, kind, version, ConsentByWeb); err != nil {
		return err
	}
	web.Flash(r, "success", "已记下您同意《"+ConsentTitle(kind)+"》。")
	return web.Redirect(w, r, MyConsentsURL)
}

func (m *Module) withdrawPage(w http.ResponseWriter, r *http.Request) error {
	kind := r.PathValue("kind")
	if err := m.WithdrawConsent(r.Context(), kind); err != nil {
		return err
	}
	web.Flash(r, "success", "已撤回《"+ConsentTitle(kind)+"》。"+consentNotes[kind])
	return web.Redirect(w, r, MyConsentsURL)
}

// textsPage is every version, and the form of the next.
type textsPage struct {
	form *web.Form
	list []ConsentText
	now  map[string]int // version in force, by kind
}

func (m *Module) consentTextsPage(w http.ResponseWriter, r *http.Request) error {
	return m.showTexts(w, r, http.StatusOK, web.NewForm(nil))
}

func (m *Module) showTexts(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	p := textsPage{form: form, now: map[string]int{}}
	var err error
	if p.list, err = m.ConsentTexts(r.Context()); err != nil {
		return err
	}
	for _, kind := range ConsentKinds {
		t, err := m.ConsentText(r.Context(), kind)
		if err != nil {
			return err
		}
		p.now[kind] = t.Version
	}
	return web.Render(w, r, status, textsView(p))
}

func (m *Module) publishPage(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	t := ConsentText{Kind: form.Value("kind"), Body: form.Value("body"), BeginsOn: form.Date("begins_on")}
	if form.OK() {
		if err := form.Merge(m.PublishConsent(r.Context(), t)); err != nil {
			return err
		}
	}
	if !form.OK() {
		return m.showTexts(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(r, "success", "新版已登记，从"+t.BeginsOn.Chinese()+"起用；用到时会重新问群众同意不同意。")
	return web.Redirect(w, r, adminConsentsURL)
}

// state says how a version stands.
func (p textsPage) state(t ConsentText) string {
	switch n := p.now[t.Kind]; {
	case t.Version == n:
		return "现行"
	case t.Version > n:
		return "待起用"
	}
	return "已更新"
}

func kindOptions() []ui.Option {
	list := make([]ui.Option, len(ConsentKinds))
	for i, kind := range ConsentKinds {
		list[i] = ui.Option{Value: kind, Label: consentTitles[kind]}
	}
	return list
}

var channelNames = map[string]string{ConsentByWeb: "网上", ConsentByWindow: "窗口"}

// said is what was said of a text, in one line.
func (s standing) said() string {
	when := func(t time.Time) string { return ui.DateTime(t) }
	switch {
	case s.last == nil:
		return "还没有问过您，用到时会问。"
	case s.last.WithdrawnAt != nil:
		return when(*s.last.WithdrawnAt) + "撤回。"
	}
	return when(s.last.GivenAt) + "在" + channelNames[s.last.Channel] + "同意第" + strconv.Itoa(s.last.Version) + "版。"
}

// ConsentAgain tells a form of an asking page that the text changed meanwhile.
func ConsentAgain(form *web.Form, field string, err error) error {
	if err == nil || errs.From(err).Code != ErrConsentChanged.Code {
		return err
	}
	form.Error(field, ErrConsentChanged.Message)
	return nil
}
