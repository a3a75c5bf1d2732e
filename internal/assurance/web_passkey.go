package assurance

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
)

// Keys of a session in which a browser was asked for a passkey.
const (
	sessionAsked = "assurance_passkey_asked"
	sessionMake  = "assurance_passkey_make"
)

// passkeyMost is more than any key answers, in bytes.
const passkeyMost = 64 << 10

var passkeyScript = []string{"passkey.js"}

type keyLoginPage struct {
	next  string
	here  bool   // passkeys work at this address
	local string // address to open instead, "" none
}

func (m *Module) passkeyLoginPage(w http.ResponseWriter, r *http.Request) error {
	next := web.SafeNext(r.URL.Query().Get("next"))
	if identity.FromContext(r.Context()).SignedIn() && r.URL.Query().Get("again") == "" {
		return web.Redirect(w, r, next)
	}
	return web.Render(w, r, http.StatusOK, keyLoginView(keyLoginPage{next, m.keys.site != nil, m.elsewhere(r)}))
}

// elsewhere is where passkeys work when they do not at the address the visitor
// has opened: a bare loopback address is also called localhost. "" is here.
func (m *Module) elsewhere(r *http.Request) string {
	if m.keys.local == "" || "http://"+r.Host == m.keys.local || "https://"+r.Host == m.keys.local {
		return ""
	}
	return m.keys.local
}

// tell answers the script that speaks with the key: in JSON, a refusal too.
func (m *Module) tell(w http.ResponseWriter, r *http.Request, answer any, err error) error {
	status := http.StatusOK
	if err != nil {
		e := errs.From(err)
		if status = e.Kind.Status(); status >= 500 {
			m.Log.LogAttrs(r.Context(), slog.LevelError, "passkey failed", slog.String("request", web.RequestID(r)), slog.String("error", err.Error()))
		}
		if status == http.StatusUnauthorized {
			status = http.StatusUnprocessableEntity
		}
		answer = map[string]string{"message": e.Message, "code": e.Code}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(answer)
}

// passkeyAnswer is what the script sends: the key's answer, and what else it
// knows.
type passkeyAnswer struct {
	Name       string          `json:"name"`
	Next       string          `json:"next"`
	Credential json.RawMessage `json:"credential"`
}

func readAnswer(r *http.Request) (passkeyAnswer, error) {
	var a passkeyAnswer
	raw, err := io.ReadAll(io.LimitReader(r.Body, passkeyMost))
	if err == nil {
		err = json.Unmarshal(raw, &a)
	}
	if err != nil {
		return a, web.ErrBodyUnreadable.Because(err)
	}
	return a, nil
}

func (m *Module) passkeyAsk(w http.ResponseWriter, r *http.Request) error {
	options, kept, err := m.askPasskey(r.Context())
	if err == nil {
		web.Session(r).Put(sessionAsked, kept)
	}
	return m.tell(w, r, options, err)
}

func (m *Module) passkeyLogin(w http.ResponseWriter, r *http.Request) error {
	answer, err := readAnswer(r)
	kept := web.Session(r).Pop(sessionAsked) // an answer is good for one question
	var account string
	if err == nil {
		account, err = m.whoseKey(r.Context(), kept, answer.Credential)
	}
	if err == nil {
		err = m.Identity.SignIn(r, account, "passkey")
	}
	next := web.SafeNext(answer.Next)
	if err == nil && next == "/" {
		a, err := m.Identity.Actor(r.Context(), account)
		if err != nil {
			return err
		}
		next = m.Identity.Home(a)
	}
	return m.tell(w, r, map[string]string{"next": next}, err)
}

func (m *Module) passkeyBegin(w http.ResponseWriter, r *http.Request) error {
	if !m.Identity.IsFresh(r) {
		return m.tell(w, r, nil, identity.ErrNotFresh)
	}
	options, kept, err := m.beginPasskey(r.Context())
	if err == nil {
		web.Session(r).Put(sessionMake, kept)
	}
	return m.tell(w, r, options, err)
}

func (m *Module) passkeyAdd(w http.ResponseWriter, r *http.Request) error {
	answer, err := readAnswer(r)
	kept := web.Session(r).Pop(sessionMake)
	if err == nil && !m.Identity.IsFresh(r) {
		err = identity.ErrNotFresh
	}
	if err == nil {
		err = m.addPasskey(r.Context(), kept, answer.Name, answer.Credential)
	}
	if err == nil {
		web.Flash(r, "success", "通行密钥已设置，下次可以用它登录。")
	}
	return m.tell(w, r, map[string]string{"next": securityURL(r.Context())}, err)
}

func (m *Module) passkeyRemove(w http.ResponseWriter, r *http.Request) error {
	if err := m.RemovePasskey(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	web.Flash(r, "success", "通行密钥已删除，不能再用它登录。")
	return web.Redirect(w, r, securityURL(r.Context()))
}
