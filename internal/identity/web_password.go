package identity

import (
	"errors"
	"net/http"

	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
)

// passwordPage is where one changes one's own password.
func (m *Module) passwordPage(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, passwordView(nil))
}

// changePassword asks for the old password first: a screen left open must not
// be enough to take an account over. All other sessions end.
func (m *Module) changePassword(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	actor := FromContext(r.Context())
	old, fresh, again := form.Raw().Get("old"), form.Raw().Get("new"), form.Raw().Get("again")
	if fresh != again {
		form.Error("again", "两次输入的新密码不一致，请重新输入。")
	}
	if fresh == old {
		form.Error("new", "新密码不能与原密码相同。")
	}
	if form.OK() {
		if _, err = m.Login(r.Context(), actor.Login, old, web.ClientAddr(r)); err != nil {
			if kind := errs.KindOf(err); kind == errs.Internal || kind == errs.Unavailable {
				return err
			}
			form.Error("old", "原密码不正确，请重新输入。")
		}
	}
	if form.OK() {
		err = m.SetPassword(r.Context(), actor.Account, fresh)
		if errors.Is(err, ErrPasswordWeak) {
			form.Error("new", errs.From(err).Message)
		} else if err != nil {
			return err
		}
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, passwordView(form))
	}
	a, err := m.Actor(r.Context(), actor.Account)
	if err != nil {
		return err
	}
	m.takeSession(r, a) // the change has ended this session too
	web.Flash(r, "success", "密码已修改，其他设备上的登录已全部退出。")
	return web.Redirect(w, r, m.home(a))
}

// home is where somebody begins.
func (m *Module) home(a Actor) string {
	if m.HomeOf == nil {
		return "/"
	}
	return m.HomeOf(a)
}
