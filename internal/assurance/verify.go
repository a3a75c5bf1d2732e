package assurance

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/web"
)

// Proving is a way to prove a level on the step-up page.
type Proving struct {
	Method      identity.Method
	Title, Text string
	Needs       string // what one has to have at hand
	Takes       string // how long: 约1分钟
	Go          string // on its button; begins with a verb
	URL         string // of its page; level and next are added
	PersonsOnly bool   // not for enterprises
}

// OfferProof adds a way to the step-up page, while the program starts. Its page
// takes ?level= and ?next=, records the proof with identity.Prove and goes on
// to [Back].
func (m *Module) OfferProof(p Proving) { m.proofs = append(m.proofs, p) }

// known are the ways that the law knows and a city may connect: who connects one
// (a bank's four-element check, a certificate authority) writes its page, offers
// it with OfferProof and records with identity.Prove. Until then people are told
// that there is none here.
var known = []struct {
	method identity.Method
	text   string
}{
	{identity.ByBank, "核对姓名、身份证号码、银行卡号和银行预留的手机号"},
	{identity.ByCA, "用证书机构签发的数字证书签名"},
}

// missing are the known ways to a level that nobody has connected here.
func (m *Module) missing(least identity.Level) []string {
	var list []string
	for _, k := range known {
		if k.method.Proves() >= least && !slices.ContainsFunc(m.proofs, func(p Proving) bool { return p.Method == k.method }) {
			list = append(list, k.method.Title()+"（"+k.text+"，可到"+k.method.Proves().Title()+"）")
		}
	}
	return list
}

// Back is where the page of a way goes on after its proof: the step-up page,
// which leads back to where the person was once the level is held.
func Back(level, next string) string {
	return "/verify?" + url.Values{"level": {level}, "next": {web.SafeNext(next)}}.Encode()
}

type verifyPage struct {
	held, least identity.Level
	asked       bool // something needs that level
	next        string
	ways        []Proving
	missing     []string // ways that are not connected here
	person      bool
}

// window says that a counter leads as high as is asked for.
func (p verifyPage) window() bool { return p.least <= identity.LevelPresence }

func (p verifyPage) way(w Proving) string {
	return w.URL + "?" + url.Values{"level": {strconv.Itoa(int(p.least))}, "next": {p.next}}.Encode()
}

// verifyPage leads to a level, or on, when it is held.
func (m *Module) verifyPage(w http.ResponseWriter, r *http.Request) error {
	a, q := identity.FromContext(r.Context()), r.URL.Query()
	n, _ := strconv.Atoi(q.Get("level"))
	p := verifyPage{held: a.Level, least: identity.Level(n), asked: n > 0, next: web.SafeNext(q.Get("next")), person: a.Kind == identity.KindPerson}
	if !p.least.Valid() || n == 0 {
		p.asked = false
		p.least = min(a.Level+1, identity.LevelCA)
	}
	if n > 0 && p.held >= p.least {
		return web.Redirect(w, r, p.next)
	}
	for _, way := range m.proofs {
		if way.Method.Proves() >= p.least && (p.person || !way.PersonsOnly) {
			p.ways = append(p.ways, way)
		}
	}
	p.missing = m.missing(p.least)
	slices.SortStableFunc(p.ways, func(a, b Proving) int { return int(a.Method.Proves() - b.Method.Proves()) })
	return web.Render(w, r, http.StatusOK, verifyView(p))
}

type registerPage struct {
	form        *web.Form
	name, idNo  string // masked
	next, level string
}

func (m *Module) proveRegisterPage(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	return m.showRegister(w, r, http.StatusOK, web.NewForm(nil), q.Get("next"), q.Get("level"))
}

func (m *Module) showRegister(w http.ResponseWriter, r *http.Request, status int, form *web.Form, next, level string) error {
	if m.Register == nil {
		return web.ErrNotFound
	}
	who, err := m.Identity.Person(r.Context(), identity.FromContext(r.Context()).Account)
	if err != nil {
		return err
	}
	return web.Render(w, r, status, registerView(registerPage{form: form, next: web.SafeNext(next), level: level,
		name: gb.MaskName(who.Name), idNo: gb.MaskIDNumber(gb.IDType(who.IDType), who.IDNo)}))
}

// proveRegister proves level 2: the number typed is the account's own, and the
// register has it under the account's name.
func (m *Module) proveRegister(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if m.Register == nil {
		return web.ErrNotFound
	}
	ctx, next, level := r.Context(), form.Value("next"), form.Value("level")
	a := identity.FromContext(ctx)
	who, err := m.Identity.Person(ctx, a.Account)
	if err != nil {
		return err
	}
	id, err := m.checkPerson(ctx, form.Value("name"), form.Value("id_no"))
	if err == nil {
		err = m.ask(ctx, "account:"+a.Account, form.Value("name"), id)
	}
	if err == nil && (who.IDNo != id || who.Name != form.Value("name")) {
		err = ErrRegister // somebody else's number, though it be right
	}
	if err != nil {
		if errors.Is(err, ErrRegister) {
			if err := m.record(ctx, "prove.refuse", a.Account, ErrRegister.Code, "method=register"); err != nil {
				return err
			}
		}
		status, err := refused(form, err)
		if err != nil {
			return err
		}
		return m.showRegister(w, r, status, form, next, level)
	}
	if err := m.Identity.Prove(ctx, identity.Proof{Account: a.Account, Method: identity.ByRegister}); err != nil {
		return err
	}
	web.Flash(r, "success", "核验通过，实名等级已升为中级。")
	if level == "" {
		return web.Redirect(w, r, securityURL(ctx))
	}
	return web.Redirect(w, r, Back(level, next))
}
