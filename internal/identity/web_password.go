package identity

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
)

const passwordURL = "/account/password"

// passwordWords are why the page is shown and what is asked of a new password.
type passwordWords struct {
	why, help, old string
	free           bool // the old one is not asked for
}

// recovers tells whether whoever sits there may set a password without the old
// one: an applicant who has just shown by their telephone or key that it is they.
// Staff get another from their administrator.
func (m *Module) recovers(r *http.Request) bool {
	a := FromContext(r.Context())
	return a.IsApplicant() && m.IsFresh(r) &&
		slices.ContainsFunc(m.ways, func(w Way) bool { return w.Recovers && w.Name == a.Method })
}

func (m *Module) passwordWords(r *http.Request) passwordWords {
	a := FromContext(r.Context())
	w := passwordWords{free: m.recovers(r), help: fmt.Sprintf("至少%d位，含大写字母、小写字母、数字、符号中的三类，里面不要有账号名。", m.Rules.length(a.Kind, a.admin))}
	if a.Kind == KindStaff {
		w.help += fmt.Sprintf("不能与最近用过的%d个密码相同，最长用%d天。", m.Rules.PasswordHistory, m.Rules.PasswordDays)
	}
	if a.IsApplicant() && slices.ContainsFunc(m.ways, func(w Way) bool { return w.Recovers }) {
		w.old = "忘记了的，退出后用手机验证码或通行密钥登录，10分钟内可以直接设新密码。"
	}
	switch {
	case a.first && !a.shared:
		w.why = "您现在用的是别人设置的初始密码。请先换成只有自己知道的密码，再使用系统。"
	case web.Session(r).GetString(sessionChange) != "":
		w.why = fmt.Sprintf("您的密码已经用满%d天。请先修改密码，再使用系统。", m.Rules.PasswordDays)
	}
	return w
}

// firstField is the first sentence about a field, or the error's own.
func firstField(err error) string {
	e := errs.From(err)
	if len(e.Fields) > 0 {
		return e.Fields[0].Message
	}
	return e.Message
}

// passwordPage is where one changes one's own password.
func (m *Module) passwordPage(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, passwordView(nil, m.passwordWords(r)))
}

// changePassword asks for the old password first, but of who recovers: a screen
// left open must not be enough to take an account over. All other sessions end.
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
	free := m.recovers(r)
	if fresh == old && !free {
		form.Error("new", "新密码不能与原密码相同。")
	}
	if form.OK() && !free {
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
			form.Error("new", firstField(err))
		} else if err != nil {
			return err
		}
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, passwordView(form, m.passwordWords(r)))
	}
	a, err := m.Actor(r.Context(), actor.Account)
	if err != nil {
		return err
	}
	session, err := m.sitDown(r.Context(), a) // the change has ended this one too
	if err != nil {
		return err
	}
	m.takeSession(r, a, session, actor.Method)
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
