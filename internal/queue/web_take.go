package queue

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/org"
)

// deviceCookie holds the token of a machine.
const deviceCookie = "yimen_machine"

// machinePage is the screen of a take-a-number machine.
type machinePage struct {
	outlet org.Outlet
	now    Summary
	form   *web.Form
	paired bool // may give out numbers
	shut   bool // outside the hours; the demo gives out all the same
}

// machine shows what one can queue for; on a device that is not a machine, how
// to make it one.
func (m *Module) machine(w http.ResponseWriter, r *http.Request) error {
	return m.machineAgain(w, r, nil)
}

func (m *Module) machineAgain(w http.ResponseWriter, r *http.Request, form *web.Form) error {
	ctx := r.Context()
	p := machinePage{form: form}
	var err error
	if p.outlet, err = m.Org.Outlet(ctx, r.PathValue("outlet")); err != nil {
		return err
	}
	if p.paired, err = m.mayGive(r, p.outlet); err != nil {
		return err
	}
	if p.paired {
		if p.now, err = m.Waiting(ctx, p.outlet.Code); err != nil {
			return err
		}
	}
	p.shut = m.open(ctx, p.outlet) != nil
	return web.Render(w, r, form.Status(), machineView(p, m.Demo))
}

// mayGive tells whether this browser may give out numbers here: it is a
// machine of the hall, a clerk of it sits at it, or all of this is a demo.
func (m *Module) mayGive(r *http.Request, o org.Outlet) (bool, error) {
	if m.Demo || identity.FromContext(r.Context()).Can(VerbCall, at(o.Division)) {
		return true, nil
	}
	return m.ownDevice(r, o)
}

func (m *Module) ownDevice(r *http.Request, o org.Outlet) (bool, error) {
	c, err := r.Cookie(deviceCookie)
	if err != nil {
		return false, nil
	}
	return m.paired(r.Context(), o.Code, c.Value)
}

// machineGuard lets in whoever may give out numbers at the outlet of the path.
func (m *Module) machineGuard() web.Guard {
	return web.Guard{Name: "machine of the outlet", Check: func(r *http.Request) error {
		o, err := m.Org.Outlet(r.Context(), r.PathValue("outlet"))
		if err != nil {
			return err
		}
		if ok, err := m.mayGive(r, o); err != nil || ok {
			return err
		}
		return ErrMachine
	}}
}

// takeNumber gives out a number and shows the slip.
func (m *Module) takeNumber(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	o, err := m.Org.Outlet(r.Context(), r.PathValue("outlet"))
	if err != nil {
		return err
	}
	t, err := m.Take(r.Context(), Take{Outlet: o.Code, Queue: form.Value("queue"), Priority: form.Value("priority")})
	if err := form.Merge(err); err != nil {
		return err
	}
	if !form.OK() {
		return m.machineAgain(w, r, form)
	}
	return web.Redirect(w, r, SlipURL(t.Code))
}

// pair makes this browser a machine of the hall.
func (m *Module) pair(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	outlet := r.PathValue("outlet")
	token, err := m.Pair(r.Context(), outlet, form.Value("code"))
	if err != nil {
		if !errors.Is(err, ErrPairing) {
			return err
		}
		form.Error("code", ErrPairing.Message)
		return m.machineAgain(w, r, form)
	}
	http.SetCookie(w, &http.Cookie{Name: deviceCookie, Value: token, Path: "/take/" + outlet, MaxAge: 400 * 24 * 3600,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: strings.HasPrefix(m.BaseURL, "https:")})
	return web.Redirect(w, r, TakeURL(outlet))
}

// slipPage is a ticket as it is printed.
type slipPage struct {
	t      Followed
	outlet org.Outlet
	url    string // to follow it on a phone
}

// slip shows a new number, large, and prints it on 80-mm paper.
func (m *Module) slip(w http.ResponseWriter, r *http.Request) error {
	f, err := m.Follow(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	p := slipPage{t: f, url: m.BaseURL + TicketURL(f.Code)}
	if p.outlet, err = m.Org.Outlet(r.Context(), f.Outlet); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, slipView(p))
}

// followPage is one's own ticket on one's phone.
type followPage struct {
	Followed
	outlet org.Outlet
}

// follow shows where one stands; the page asks again by itself.
func (m *Module) follow(w http.ResponseWriter, r *http.Request) error {
	f, err := m.Follow(r.Context(), strings.ToUpper(r.PathValue("code")))
	if err != nil {
		return err
	}
	p := followPage{Followed: f}
	if p.outlet, err = m.Org.Outlet(r.Context(), f.Outlet); err != nil {
		return err
	}
	return web.RenderPart(w, r, http.StatusOK, followView(p), followPart(p))
}

// wall is the display of a hall. The script of the page asks for the part
// alone, with the version it has; nothing new is answered in a few bytes.
func (m *Module) wall(w http.ResponseWriter, r *http.Request) error {
	outlet := r.PathValue("outlet")
	if has := r.Header.Get("X-Board-Version"); has != "" && has != "0" {
		v, err := m.version(r.Context(), outlet)
		if err != nil {
			return err
		}
		if strconv.FormatInt(v, 10) == has {
			w.WriteHeader(http.StatusNoContent)
			return nil
		}
	}
	b, err := m.Board(r.Context(), outlet)
	if err != nil {
		return err
	}
	return web.RenderPart(w, r, http.StatusOK, wallView(b), wallPart(b))
}

// machineTitle is what the machine greets with.
func (p machinePage) title() string { return p.outlet.Name + "　取号" }

func lineNote(l Line) string {
	switch {
	case l.Waiting == 0 && l.Counters == 0:
		return "现在没有人在等"
	case l.Waiting == 0:
		return "不用等"
	}
	note := "等候" + itoa(l.Waiting) + "人"
	if n := l.Minutes(); n > 0 {
		note += "，约" + itoa(n) + "分钟"
	}
	return note
}

func waitNote(f Followed) string {
	switch {
	case f.Minutes < 0:
		return "现在还没有窗口在叫这个队列，请留意叫号。"
	case f.Ahead == 0:
		return "下一个就到您了，请到窗口附近等候。"
	}
	return "大约还要等" + itoa(f.Minutes) + "分钟。时间是估计的，请留意叫号。"
}

// plain is a page with nothing around it.
func plain(title string) ui.PageOpts {
	return ui.PageOpts{Title: title, Face: ui.Plain, NoHeading: true, Styles: styles, Scripts: scripts}
}
