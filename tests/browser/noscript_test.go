package browser_test

import (
	"testing"

	"yimen/internal/app"
	"yimen/internal/kit/webtest/browser"
)

// An old telephone, a strict firewall, a script that did not arrive: the whole
// application works without JavaScript.
func TestWithoutScripts(t *testing.T) {
	v := visit(t, theCity())
	v.WithoutScripts()
	v.Resize(360, 740)

	v.LogIn(villager, "wrong password", "/my").Says("账号或密码")
	v.LogIn(villager, app.DemoPassword, "/my")
	if v.At() != "/my" {
		t.Fatalf("after signing in the page is %s, want /my", v.At())
	}
	if browser.Eval[bool](v.Browser, `document.querySelectorAll("[data-when-note]").length > 0 && document.querySelector("[data-when-note]").hidden`) {
		t.Fatal("scripts of the page ran; this test shows nothing")
	}
	number := v.applyOnline(unemployment("dismissed"))
	v.Says(number)
	c, err := v.city.Cases.Find(v.city.System, number)
	must(t, err)

	stranger := v.beside()
	stranger.WithoutScripts()
	stranger.Open("/progress").Fill("number", number).Fill("query_code", c.QueryCode).Click("查询").Says("办理经过", c.ItemName)
	v.Open("/my/cases/"+number).Click("撤回申请").Fill("opinion", "填错了，重新申请。").Click("确定撤回").Says("已撤回")
	v.Calm(t)
	stranger.Calm(t)
}
