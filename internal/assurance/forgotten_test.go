package assurance

import (
	"net/url"
	"testing"
	"time"

	"yimen/internal/kit/webtest"
)

// TestForgottenPassword: whoever has just signed in by their telephone sets a new
// password without the old one; who signed in by password, or ten minutes ago, or
// sends the form past the page does not. All else of the account is signed out.
func TestForgottenPassword(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const better = "Better-Word-77"
		w.proven()
		byPhone := func() *webtest.Client {
			c := w.browser()
			c.PostForm("/login/sms", url.Values{"phone": {phone}}).Status(303)
			c.PostForm("/login/sms/code", url.Values{"code": {w.code(phone)}, "next": {"/account/password"}}).Status(303).Location("/account/password")
			w.clock.Advance(2 * time.Minute) // until the next code may be asked for
			return c
		}
		set := func(c *webtest.Client) *webtest.Page {
			return c.PostForm("/account/password", url.Values{"new": {better}, "again": {better}})
		}
		w.browser().Get("/login").Status(200).Must("忘记密码", "也可以填核验过的手机号")
		elsewhere := w.in()
		set(elsewhere).Status(422).Must("原密码不正确")
		elsewhere.Get("/account/password").Status(200).Must("原密码")

		late := byPhone()
		w.clock.Advance(10 * time.Minute)
		late.Get("/account/password").Status(200).Must("原密码", "忘记了的")
		set(late).Status(422).Must("原密码不正确")

		c := byPhone()
		c.Get("/account/password").Status(200).Must("不用填原密码").MustNot("忘记了的")
		c.PostForm("/account/password", url.Values{"new": {"short"}, "again": {"short"}}).Status(422).Must("至少8位").MustNot("不能与原密码相同")
		set(c).Status(303)
		elsewhere.Get("/account/password").Status(303)
		w.browser().PostForm("/login", url.Values{"account": {phone}, "password": {better}}).Status(303)
		w.browser().PostForm("/login", url.Values{"account": {"villager"}, "password": {password}}).Status(422).Must("用手机验证码登录后可以设新密码")
	})
}
