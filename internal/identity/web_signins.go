package identity

import (
	"net/http"

	"yimen/internal/kit/web"
)

// shownSignIns is how many sign-ins the page shows.
const shownSignIns = 50

// signInsPage shows somebody who used their account, and when.
func (m *Module) signInsPage(w http.ResponseWriter, r *http.Request) error {
	list, err := m.SignIns(r.Context(), shownSignIns)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, signInsView(list))
}

var methodNames = map[string]string{
	MethodPassword: "密码", methodDemo: "演示一键登录", "sms": "短信验证码", "passkey": "通行密钥", "totp": "密码和动态口令", "scan": "扫码", "face": "刷脸", "card": "身份证",
}

// MethodName is a way of signing in in words, or its code.
func MethodName(method string) string {
	if name, ok := methodNames[method]; ok {
		return name
	}
	return method
}

var refusalNames = map[string]string{"login_failed": "密码不对", "login_locked": "次数太多，已锁定", "account_disabled": "账号已停用", "first_password_over": "一次性密码已过期"}

// resultName says how a sign-in ended.
func resultName(code string) string {
	if code == "ok" {
		return "成功"
	}
	if name, ok := refusalNames[code]; ok {
		return "没有成功：" + name
	}
	return "没有成功"
}
