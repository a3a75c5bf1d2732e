package identity_test

import (
	"testing"

	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/webtest"
)

// TestPasswordIsChangedByWhoKnowsTheOldOne: the page asks for the old password,
// a wrong one and a weak new one change nothing, and the new one is needed from
// then on.
func TestPasswordIsChangedByWhoKnowsTheOldOne(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		w.staff(t, "clerk-a")
		const better = "Better-Word-77"
		c := w.site(t)
		signIn(c, "clerk-a", password, "/me").Status(303)
		change := func(old, fresh, again string) *webtest.Page {
			return c.Get("/account/password").Status(200).Form("#password").
				Fill("old", old).Fill("new", fresh).Fill("again", again).Send()
		}
		change("nonsense-1", better, better).Status(422).Must("原密码不正确")
		change(password, better, better+"8").Status(422).Must("两次输入的新密码不一致")
		change(password, password, password).Status(422).Must("不能与原密码相同")
		change(password, "short", "short").Status(422)
		change(password, better, better).Status(200).Must("[clerk-a via session]")

		signIn(w.site(t), "clerk-a", password, "/me").Status(422)
		signIn(w.site(t), "clerk-a", better, "/me").Status(303)
		w.site(t).NoRedirect().Get("/account/password").Status(303)
	})
}
