package browser_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"yimen/internal/app"
	"yimen/internal/cases"
	"yimen/internal/identity"
)

// somebody is another citizen of the sample city for each screen, so that
// nobody has done anything before.
func (v *visitor) somebody(from int) string {
	return fmt.Sprintf("citizen-%d", from+slices.Index(sizes, v.size))
}

// The space of one's own: what waits comes first, a case is a line of time, its
// papers can be read again, and the telephone is changed by a code.
func TestMySpace(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		me := v.somebody(40)
		a := unemployment("other")
		a.account = me
		waits := c.correcting(t, a)
		runs := c.reviewing(t, a)
		c.begun(t, a)

		v.LogIn(me, app.DemoPassword, "/my").Says("等您处理", "去补正材料", "没填完的草稿", "继续填写", "现在在您手里").Keep("home")
		v.Axe(t)
		v.press(`document.querySelector('#cases a[href="/my/cases/`+runs.Number+`"]')`, "the case under way")
		v.Says(runs.Number, "受理", "打印申请表").Keep("case")
		v.Open("/my/documents").Says("补正材料一次性告知书", waits.Number, "受理").Keep("documents")
		v.Click("补正材料一次性告知书").Says(waits.Number, "复印件不清晰").Keep("document")

		before, err := c.Identity.Person(c.System, me)
		must(t, err)
		fresh := fmt.Sprintf("1390000%04d", v.size[0])
		v.Open("/my/profile").Fill("phone", fresh).Click("保存").Says("验证码已发到新手机号").Keep("code")
		outbox := v.beside()
		code := regexp.MustCompile(`更换联系手机号，验证码(\d{6})`).FindStringSubmatch(outbox.Open("/demo/outbox?channel=sms").seen())
		if code == nil {
			t.Fatalf("no code left:\n%s", outbox.Excerpt())
		}
		v.Fill("code", code[1]).Click("确认换号").Says("已经换过来", fresh[:3]+"****"+fresh[7:]).Keep("profile")
		outbox.SaysSoon("/demo/outbox?channel=sms", "您的联系手机号已改成"+fresh[:3])
		if before.Phone == fresh {
			t.Error("the number was this one before")
		}
	})
}

// A daughter asks to act for her mother, who agrees; she applies for her, both
// follow it, and the mother ends it.
func TestActingForSomebodyElse(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		agent, principal := v.somebody(44), v.somebody(50)
		mother, err := c.Identity.Person(c.System, principal)
		must(t, err)
		daughter, err := c.Identity.Person(c.System, agent)
		must(t, err)

		v.LogIn(agent, app.DemoPassword, "/my/mandates/new").Fill("side", "agent").Fill("kind", identity.MandateFamily).Fill("name", mother.Name).Fill("id_no", mother.IDNo).
			Fill("scope", "all").Fill("to", "2027-09-01").Fill("purpose", "代办失业登记").Keep("ask")
		v.Axe(t)
		v.Click("提出，请对方确认").Says("等对方确认", mother.Name).Keep("asked")

		other := v.beside().LogIn(principal, app.DemoPassword, "/my").Says("1份委托等您确认")
		other.Click("有1份委托等您确认").Says(daughter.Name+"可以替您办", "不要同意").Keep("confirm")
		other.Click("同意").Says("委托已经生效", "谁替您办")

		a := unemployment("dismissed")
		a.account = principal
		number := v.applyFor(a, agent, mother.Name)
		v.Open("/my?whose=others").Says(number, "替"+mother.Name+"办").Keep("agent-cases")
		other.Open("/my").Says(number, "由代办人提交").Keep("principal-cases")

		other.Open("/my/mandates").Click("结束").Says("已经结束").Keep("ended")
		v.Open("/my/mandates").Says("结束")
		v.Open("/apply/SG01010").Click("就在“").SaysNot("替" + mother.Name + "办")
		other.Calm(t)
	})
}

// applyFor begins an application as agent and chooses for whom. What the pages
// in the middle ask is filled in behind them: other stories answer that.
func (v *visitor) applyFor(a *application, agent, name string) string {
	v.t.Helper()
	s, ctx := v.city.submission(v.t, a), v.city.as(v.t, agent)
	v.Open("/apply/" + a.item + "?division=" + a.division).Click("就在“").Says("这件事为谁办").Keep("for-whom")
	for _, x := range identity.FromContext(ctx).Mandates {
		v.Fill("mandate", x.ID)
	}
	v.Click("下一步").Says(name, "代办人").Keep("as-agent")
	number := strings.Split(v.At(), "/")[2]
	for i, m := range s.Materials {
		sheet, err := os.Open(photo(v.t, m.ID))
		must(v.t, err)
		f, err := v.city.Cases.Uploads().Save(ctx, m.ID+".png", "image/png", sheet, identity.FromContext(ctx).Account)
		must(v.t, err)
		must(v.t, sheet.Close())
		s.Materials[i] = cases.Handed{ID: m.ID, File: f.ID}
	}
	_, err := v.city.Cases.ChangeDraft(ctx, number, func(_ context.Context, d *cases.Submission) error {
		d.Answers, d.Form, d.Materials = s.Answers, s.Form, s.Materials
		return nil
	})
	must(v.t, err)
	v.Open("/apply/" + number + "/next")
	return v.athome(a)
}
