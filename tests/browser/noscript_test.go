package browser_test

import (
	"testing"

	"yimen/internal/app"
	"yimen/internal/kit/webtest/browser"
)

// An old telephone, a strict firewall, a script that did not arrive: the whole
// application works without JavaScript.
func TestWithoutScripts(t *testing.T) { everySize(t, appliesWithoutScripts) }

func appliesWithoutScripts(t *testing.T, c *city, v *visitor) {
	v.WithoutScripts()
	v.LogIn(villager, "wrong password", "/my").Says("账号或密码")
	v.LogIn(villager, app.DemoPassword, "/my")
	if v.At() != "/my" {
		t.Fatalf("after signing in the page is %s, want /my", v.At())
	}
	if browser.Eval[bool](v.Browser, `document.querySelectorAll("[data-when-note]").length > 0 && document.querySelector("[data-when-note]").hidden`) {
		t.Fatal("scripts of the page ran; this test shows nothing")
	}
	number := v.applyOnline(unemployment("dismissed"))
	v.Says(number).Keep("submitted")
	found, err := c.Cases.Find(c.System, number)
	must(t, err)

	stranger := v.beside()
	stranger.WithoutScripts()
	stranger.Open("/progress").Fill("number", number).Fill("query_code", found.QueryCode).Click("查询").Says("办理经过", found.ItemName).Keep("progress")
	v.Open("/my/cases/"+number).Click("撤回申请").Fill("opinion", "填错了，重新申请。").Click("确定撤回").Says("已撤回").Keep("withdrawn")
	stranger.Calm(t)
}
