package assurance

import (
	"crypto/rand"
	"net/http"
	"net/url"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
)

// sessionScan is the key of what the waiting browser alone knows.
const sessionScan = "assurance_scan"

type scanPage struct {
	address string // in the QR code
	next    string
	state   string
	demo    bool // the address is written out: two browsers on one machine can try it
}

// scanPage shows a QR code for a phone that is signed in.
func (m *Module) scanPage(w http.ResponseWriter, r *http.Request) error {
	next := web.SafeNext(r.URL.Query().Get("next"))
	if identity.FromContext(r.Context()).SignedIn() {
		return web.Redirect(w, r, next)
	}
	s := web.Session(r)
	if s.GetString(sessionScan) == "" {
		s.Put(sessionScan, rand.Text())
	}
	code, err := m.beginScan(r.Context(), s.GetString(sessionScan), identity.AgentWords(r.UserAgent()), web.ClientAddr(r), next)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, scanView(scanPage{m.BaseURL + "/scan/" + url.PathEscape(code), next, scanWaiting, m.Demo}))
}

// scanState tells the waiting browser how far it is, and signs it in once the
// phone said yes. It is asked every two seconds, or by a button.
func (m *Module) scanState(w http.ResponseWriter, r *http.Request) error {
	s, err := m.scanOf(r.Context(), web.Session(r).GetString(sessionScan))
	if errs.KindOf(err) == errs.NotFound && err != nil {
		s, err = Scan{State: scanExpired, Next: "/"}, nil
	}
	if err != nil {
		return err
	}
	if s.State == scanConfirmed {
		return m.scanEnter(w, r)
	}
	p := scanPage{next: s.Next, state: s.State}
	return web.RenderPart(w, r, http.StatusOK, scanWaitView(p), scanStateView(p))
}

func (m *Module) scanEnter(w http.ResponseWriter, r *http.Request) error {
	s, err := m.useScan(r.Context(), web.Session(r).GetString(sessionScan))
	if err != nil {
		return err
	}
	if r.Header.Get("HX-Request") != "true" {
		return m.enter(w, r, s.Account, "scan", s.Next)
	}
	if err := m.Identity.SignIn(r, s.Account, "scan"); err != nil {
		return err
	}
	w.Header().Set("HX-Redirect", web.SafeNext(s.Next))
	w.WriteHeader(http.StatusOK)
	return nil
}

type scannedPage struct {
	scan Scan
	code string
	err  string
}

// scannedPage is what the phone shows: where somebody wants to sign in, yes or
// no.
func (m *Module) scannedPage(w http.ResponseWriter, r *http.Request) error {
	code := r.PathValue("code")
	s, err := m.openScan(r.Context(), code)
	if err != nil {
		if errs.KindOf(err) == errs.Internal {
			return err
		}
		return web.Render(w, r, errs.KindOf(err).Status(), scannedView(scannedPage{err: errs.From(err).Message}))
	}
	return web.Render(w, r, http.StatusOK, scannedView(scannedPage{scan: s, code: code}))
}

func (m *Module) scanAnswer(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	yes := form.Value("say") == "yes"
	if err := m.answerScan(r.Context(), r.PathValue("code"), yes); err != nil {
		if errs.KindOf(err) == errs.Internal {
			return err
		}
		return web.Render(w, r, errs.KindOf(err).Status(), scannedView(scannedPage{err: errs.From(err).Message}))
	}
	text := "已拒绝。如果不是您在登录，建议到“账号安全”看看最近的登录。"
	if yes {
		text = "已确认，那台设备马上登录。用完请在那台设备上退出。"
	}
	web.Flash(r, "success", text)
	return web.Redirect(w, r, "/my/security")
}
