package presence

import (
	"embed"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/static"
)

//go:embed dist
var dist embed.FS

func init() {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("presence: " + err.Error()) // embedded at build time
	}
	static.Add(sub)
}

// Path is where one proves presence by face; with ?next= it leads on.
const Path = "/verify/face"

// The most that is sent for one try, with the head of each frame.
const bodyLimit = MaxShots * (MaxShot + 5)

// framesType is the kind of body the frames come in: each one byte for its step, four for its length (the highest first)
// and the JPEG. Not a form: parts of a form that are large would be put into temporary files.
const framesType = "application/x-yimen-frames"

// Routes adds the pages.
func (m *Module) Routes(rt *web.Router) {
	guard := identity.Applicant()
	limit := web.RateLimit("face", 20, time.Minute, nil)
	rt.Get(Path, guard, m.intro)
	rt.Post(Path+"/start", guard.And(limit), m.start)
	rt.Get(Path+"/try/{id}", guard, m.page)
	rt.PostLimit(Path+"/try/{id}/frames", guard.And(limit), bodyLimit, m.frames)
}

func introURL(next string) string { return Path + "?next=" + url.QueryEscape(next) }

func tryURL(id, next string) string {
	return Path + "/try/" + url.PathEscape(id) + "?next=" + url.QueryEscape(next)
}

func sendURL(id, next string) string {
	return Path + "/try/" + url.PathEscape(id) + "/frames?next=" + url.QueryEscape(next)
}

func nextOf(r *http.Request) string {
	next := web.SafeNext(r.FormValue("next"))
	if next == "/" {
		return "/my"
	}
	return next
}

// introPage says what will happen and asks for consent.
type introPage struct {
	next    string
	left    int
	problem string // why it cannot be done at all; "" it can
	held    bool   // the level is held already
	text    identity.ConsentText
	form    *web.Form
}

func (m *Module) intro(w http.ResponseWriter, r *http.Request) error {
	return m.introAgain(w, r, nil)
}

func (m *Module) introAgain(w http.ResponseWriter, r *http.Request, form *web.Form) error {
	p := introPage{next: nextOf(r), form: form}
	var err error
	if p.text, err = m.Identity.ConsentText(r.Context(), identity.ConsentFace); err != nil {
		return err
	}
	a, err := m.me(r.Context())
	switch {
	case errors.Is(err, ErrNoRegister), errors.Is(err, ErrNotPerson):
		p.problem = errs.From(err).Message
	case err != nil:
		return err
	default:
		p.held = a.Level >= identity.LevelPresence
		if p.left, err = m.left(r.Context(), a.Account, m.now(r.Context())); err != nil {
			return err
		}
		if p.left <= 0 {
			p.problem = ErrTooOften.Message
		}
	}
	status := http.StatusOK
	if !form.OK() {
		status = http.StatusUnprocessableEntity
	}
	return web.Render(w, r, status, introView(p))
}

// start begins a try for whoever agreed.
func (m *Module) start(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if form.Value("agree") == "" {
		form.Error("agree", "请先看完说明，同意后再开始；不同意的，可以带身份证到窗口核验。")
		return m.introAgain(w, r, form)
	}
	// What was on the page is what is agreed to: a text that changed meanwhile is
	// shown again.
	version, _ := strconv.Atoi(form.Value("version"))
	err = m.Identity.GiveConsent(r.Context(), identity.FromContext(r.Context()).Account, identity.ConsentFace, version, identity.ConsentByWeb)
	if err := identity.ConsentAgain(form, "agree", err); err != nil {
		return err
	}
	if !form.OK() {
		return m.introAgain(w, r, form)
	}
	t, err := m.Start(r.Context())
	if err != nil {
		return err
	}
	return web.Redirect(w, r, tryURL(t.ID, nextOf(r)))
}

// tryPage is a try: before it, the movements and the camera; after it, how it ended.
type tryPage struct {
	t    Try
	next string
	open bool
	left int
	now  time.Time
}

func (m *Module) page(w http.ResponseWriter, r *http.Request) error {
	t, err := m.find(r.Context(), r.PathValue("id"))
	if errors.Is(err, ErrTryGone) || errors.Is(err, ErrNoRegister) || errors.Is(err, ErrNotPerson) {
		return web.Redirect(w, r, introURL(nextOf(r))) // it is somebody else's, or of another session: from the beginning
	}
	if err != nil {
		return err
	}
	now := m.now(r.Context())
	p := tryPage{t: t, next: nextOf(r), open: t.Open(now), now: now}
	if t.UsedAt == nil && !p.open {
		p.t.Result = Replaced
	}
	if p.left, err = m.left(r.Context(), t.Account, now); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, tryView(p))
}

// frames takes the frames of a try and says where it is told how it ended.
func (m *Module) frames(w http.ResponseWriter, r *http.Request) error {
	if r.Header.Get("Content-Type") != framesType {
		return web.ErrBodyUnreadable
	}
	shots, err := readShots(r.Body)
	if err != nil {
		return err
	}
	if _, err := m.Check(r.Context(), r.PathValue("id"), shots); err != nil {
		return err
	}
	return web.Redirect(w, r, tryURL(r.PathValue("id"), nextOf(r)))
}

// readShots reads the body into memory, which its limit bounds.
func readShots(body io.Reader) ([]Shot, error) {
	var list []Shot
	for {
		var head [5]byte
		if _, err := io.ReadFull(body, head[:]); errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return list, nil
		} else if err != nil {
			return nil, badBody(err)
		}
		size := binary.BigEndian.Uint32(head[1:])
		if size > MaxShot || len(list) == MaxShots {
			return nil, web.ErrBodyTooLarge
		}
		data := make([]byte, size)
		if _, err := io.ReadFull(body, data); err != nil {
			return nil, badBody(err)
		}
		list = append(list, Shot{Step: int(head[0]), Data: data})
	}
}

func badBody(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return web.ErrBodyTooLarge.Because(err)
	}
	return web.ErrBodyUnreadable.Because(err)
}
