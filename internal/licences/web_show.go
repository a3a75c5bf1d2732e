package licences

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// ownURL is the holder's page of a licence, which the portal keeps.
func ownURL(identifier string) string { return "/my/licences/" + url.PathEscape(identifier) }

// ShowURL is where the holder of a licence shows it to others.
func ShowURL(identifier string) string { return ownURL(identifier) + "/show" }

// shownURL is where a code is read.
const shownURL = "/licences/shown"

// sessionReading is which reading a browser may see again.
const sessionReading = "licence_reading"

// showRoutes adds the pages of showing and of reading what is shown.
func (m *Module) showRoutes(rt *web.Router) {
	reads := web.Public.And(web.RateLimit("licence shown", 30, time.Minute, nil))
	rt.Get("/my/licences/{identifier}/show", identity.Applicant(), m.choose)
	rt.Post("/my/licences/{identifier}/show", identity.Applicant(), m.show)
	rt.Get("/my/licences/{identifier}/show/{id}", identity.Applicant(), m.showPage)
	rt.Get(shownURL+"/{code}", reads, m.beforeReading)
	rt.PostEach(shownURL+"/{code}", reads, m.readCode) // a code is used up whatever becomes of the answer
}

type choosePage struct {
	Shown
	form *web.Form
}

func (m *Module) choose(w http.ResponseWriter, r *http.Request) error {
	return m.chooseAgain(w, r, web.NewForm(url.Values{"mode": {string(ShowLeast)}}))
}

func (m *Module) chooseAgain(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	l, err := m.Own(r.Context(), r.PathValue("identifier"))
	if err != nil {
		return err
	}
	return web.Render(w, r, f.Status(), chooseView(choosePage{l, f}))
}

func (m *Module) show(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	identifier := r.PathValue("identifier")
	s, err := m.Show(r.Context(), identifier, Choice{Mode: Mode(f.Value("mode")), Recipient: f.Value("recipient"), Purpose: f.Value("purpose")})
	if err := f.Merge(err); err != nil {
		return err
	}
	if !f.OK() {
		return m.chooseAgain(w, r, f)
	}
	return web.Redirect(w, r, ShowURL(identifier)+"/"+s.ID)
}

// showingPage is what the holder holds out.
type showingPage struct {
	Showing
	licence  Shown
	address  string // in the QR code; "" there is none now
	over     bool
	demo     bool // the address is written out: two browsers on one machine can try it
	readings []Reading
	now      time.Time
}

func (p showingPage) url() string { return ShowURL(p.licence.Identifier) + "/" + p.ID }

// poll is what the page asks every few seconds: whether its code still counts.
func (p showingPage) poll() string { return p.url() + "?code=" + strconv.Itoa(p.No) }

// until is when the code ends, to the second.
func (p showingPage) until() string { return clockTime(p.LapsesAt) }

func clockTime(t time.Time) string { return t.In(clock.Beijing).Format("15:04:05") }

// showPage gives a new code each time it is loaded. What it asks by itself every
// few seconds is answered with nothing while its code counts, with the next one
// shortly before that lapses, and with who read it once somebody did.
func (m *Module) showPage(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	s, l, err := m.ownShowing(ctx, r.PathValue("identifier"), r.PathValue("id"))
	if err != nil {
		return err
	}
	p := showingPage{Showing: s, licence: l, demo: m.Demo, now: m.now(ctx)}
	no, asked := r.URL.Query().Get("code"), r.Header.Get("HX-Request") == "true"
	current := strconv.Itoa(s.No) == no
	switch {
	case asked && current && s.ReadAt == nil && p.now.Before(s.LapsesAt.Add(-renewBefore)):
		w.WriteHeader(http.StatusNoContent)
		return nil
	case asked && (!current || s.ReadAt != nil): // read, or shown on another page meanwhile
	default:
		var code string
		p.Showing, code, err = m.NewCode(ctx, s)
		if err != nil && !errors.Is(err, ErrShowingOver) {
			return err
		}
		if p.over = err != nil; !p.over {
			p.address = strings.TrimRight(m.BaseURL, "/") + shownURL + "/" + code
		}
	}
	if p.readings, err = m.readings(ctx, l.ID, s.ID); err != nil {
		return err
	}
	return web.RenderPart(w, r, http.StatusOK, showingView(p), showingPart(p))
}

type shownPage struct {
	code  string
	wrong string // why nothing is shown
	seen  *Seen
}

// beforeReading asks before it uses a code up: programs that look at every
// address they meet would else read what is meant for somebody.
func (m *Module) beforeReading(w http.ResponseWriter, r *http.Request) error {
	return m.shownPage(w, r, func(r *http.Request, code string) (*Seen, error) { return nil, m.Readable(r.Context(), code) })
}

func (m *Module) readCode(w http.ResponseWriter, r *http.Request) error {
	return m.shownPage(w, r, func(r *http.Request, code string) (*Seen, error) {
		seen, err := m.Read(r.Context(), code)
		if err != nil {
			return nil, err
		}
		web.Session(r).Put(sessionReading, seen.Reading.ID)
		return &seen, nil
	})
}

// shownPage shows what this browser has read, or else what read gives.
func (m *Module) shownPage(w http.ResponseWriter, r *http.Request, read func(*http.Request, string) (*Seen, error)) error {
	w.Header().Set("Cache-Control", "no-store")
	p := shownPage{code: r.PathValue("code")}
	var err error
	if id := web.Session(r).GetString(sessionReading); id != "" {
		seen, again := m.SeeAgain(r.Context(), p.code, id)
		if again == nil {
			p.seen = &seen
		} else if !errors.Is(again, ErrCodeUsed) {
			return again
		}
	}
	if p.seen == nil {
		p.seen, err = read(r, p.code)
	}
	if errs.KindOf(err) == errs.NotFound && err != nil {
		p.wrong = errs.From(err).Message
		return web.Render(w, r, http.StatusUnprocessableEntity, shownView(p))
	}
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, shownView(p))
}

// words is how much was read and from where, for the holder.
func (r Reading) words() string {
	words := r.Mode.Name()
	if r.Address != "" {
		words += "；网络地址" + r.Address
	}
	return words
}

func readingTimeline(list []Reading) []ui.TimelineEntry {
	entries := make([]ui.TimelineEntry, len(list))
	for i, r := range list {
		entries[i] = ui.TimelineEntry{At: r.At, Title: r.Who(), Text: r.words()}
	}
	return entries
}

func modeOptions() []ui.Option {
	return []ui.Option{{Value: string(ShowLeast), Label: "出示：只给看必要的", Help: "对方看到证照名称、姓名（个人有遮盖）、今天是否有效、颁发机构、有效期和标识。"},
		{Value: string(ShowAll), Label: "共享：给看全部内容", Help: "对方可以看10分钟。要写明给谁看、做什么用，会记下来。"}}
}
