package browser_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/webtest/browser"
	"yimen/internal/workflow"
)

// narrow tells whether the window is one that is touched rather than typed at.
func (v *visitor) narrow() bool { return v.size[0] < 1000 }

// panel opens what an approver does with a case, where it is folded away at
// the foot of a small window.
func (v *visitor) panel() *visitor {
	v.t.Helper()
	if v.Has(".of-panel > details:not([open])") == 1 {
		v.tick(`document.querySelector(".of-panel summary")`, "the bar at the foot")
	}
	return v
}

// lights are how urgent the rows of the inbox are, from 0, the worst.
func (v *visitor) lights() []int {
	v.t.Helper()
	return browser.Eval[[]int](v.Browser, `Array.from(document.querySelectorAll("[data-row]")).map(r => {
		const light = r.querySelector(".ym-light");
		const i = light ? ["is-overdue", "is-red", "is-yellow", "is-normal"].findIndex(c => light.classList.contains(c)) : -1;
		return i < 0 ? 9 : i;
	})`)
}

// An approver looks at what is most urgent, narrows it down, keeps that way of
// looking under a name, comes back to it, and takes it out again.
func TestInbox(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		x := c.inCounty(t, pension())
		v.As(countyApprover).Open("/office?box=").Says("待办", "已超期", x.Number).Keep("inbox")
		if order := v.lights(); !slices.IsSorted(order) || len(order) < 2 {
			t.Errorf("the rows are lit %v, want the worst first", order)
		}
		v.Click("按事项").Says("分组", x.ItemName).Keep("groups")
		v.Click(x.ItemName).Says(x.Number)

		name := fmt.Sprintf("养老%d", v.size[0])
		v.tick(`document.querySelector(".of-keep summary")`, "the way to keep it")
		v.Fill("name", name).Click("保存").Says("已保存", name)
		v.Open("/office?box=done").SaysNot(x.Number).Click(name).Says(x.Number)
		if v.Has(`.of-chips a[aria-current="true"]`) != 1 {
			t.Error("the filter in use is not marked")
		}
		v.tick(`document.querySelector(".of-keep summary")`, "the way to keep it")
		v.Keep("filters")
		v.Axe(t)
		v.press(`Array.from(document.querySelectorAll(".of-keep-row")).find(r => r.innerText.includes(`+quote(name)+`)).querySelector('[value="delete"]')`, "the button that removes it")
		if v.Says("已删除"); strings.Contains(v.Text(".of-chips"), name) {
			t.Errorf("%s is still offered", name)
		}
	})
}

// An approver with many cases and one hour: picks some, agrees to all of them
// in the same words after seeing what will happen, and reads line by line what
// became of each. At a desk that is done by keys.
func TestManyAtOneStroke(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		one, two := c.inCounty(t, pension()), c.inCounty(t, pension())
		v.As(countyApprover).Open("/office?box=free&item=" + one.Item)
		k := &keys{v}
		mine := []string{one.Number, two.Number}
		for _, number := range mine {
			if v.narrow() {
				v.tick(`document.querySelector('[data-row]:has(a[href*="`+number+`"]) .of-pick label')`, "the box of "+number)
			}
		}
		for picked := 0; picked < 2 && !v.narrow(); {
			k.press("j")
			if slices.ContainsFunc(mine, func(number string) bool { return strings.Contains(k.at().Text, number) }) {
				k.press("x")
				picked++
			}
		}
		v.comes("已选2件").Keep("picked")
		if v.narrow() {
			v.Click("批量同意")
		} else {
			k.leave("e")
		}
		v.Says("将办理2件", "每件办件分别办理").Keep("preview")
		v.Axe(t)
		v.Fill("opinion", "经审查，符合条件，同意。")
		k.next()
		v.SaysSoon(v.At(), "已同意").Keep("report")
		v.Axe(t)
	})
}

// Case after case without a way back to the list: the next one opens by itself.
func TestOneAfterTheOther(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		one, two := c.inCounty(t, pension()), c.inCounty(t, pension())
		v.As(countyApprover).Open("/office?box=free&item=" + one.Item)
		k := &keys{v}
		if v.narrow() {
			v.press(`document.querySelector("[data-row] [data-open]")`, "the first case")
		} else {
			k.press("j")
			k.leave("o")
		}
		first := v.At()
		v.panel().Fill("open_next", "1").Fill("opinion", "情况属实。")
		if v.Has(`input[name="outcome"]`) > 0 {
			v.Fill("outcome", workflow.Granted).Click("提交决定")
		} else {
			v.Click("同意")
		}
		v.Says("已办理").Keep("next")
		if v.At() == first || v.At() == "/office" {
			t.Errorf("%s is open; the case after %s is wanted (of %s, %s)", v.At(), first, one.Number, two.Number)
		}
	})
}

// The words somebody writes every day: kept, put in order, put into an opinion
// by a key, changed, and taken out.
func TestOpinionPhrases(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		x := c.inCounty(t, pension())
		account := "chief-440232-d11"
		mine := []string{fmt.Sprintf("%d：材料齐全，同意。", v.size[0]), fmt.Sprintf("%d：情况属实，同意。", v.size[0])}
		v.As(account).Open("/office/phrases")
		for _, text := range mine {
			v.Fill("phrase", text).Click("保存").Says("已存为常用意见", text)
		}
		for v.first() != mine[1] {
			v.Click("上移：" + mine[1])
		}
		v.Keep("phrases")
		v.Axe(t)

		v.Open("/office/cases/"+x.Number).panel().tick(`document.querySelector('.of-task [name="opinion"]')`, "the opinion")
		(&keys{v}).press("1", chromedp.ModifierAlt)
		if got := browser.Eval[string](v.Browser, `document.querySelector('.of-task [name="opinion"]').value`); got != mine[1] {
			t.Errorf("Alt+1 wrote %q, want %q", got, mine[1])
		}
		v.Keep("opinion")

		v.Open("/office/phrases").Click("修改："+mine[1]).Fill("phrase", mine[1]+"请下一环节复核。").Click("保存").Says("已修改", "请下一环节复核。")
		for _, text := range mine {
			v.Click("删除").Says("已删除").SaysNot(text + "请") // the first one: those are the last made
		}
	})
}

// first is the phrase at the top of the visitor's own.
func (v *visitor) first() string {
	v.t.Helper()
	return browser.Eval[string](v.Browser, `document.querySelector(".of-phrases li p").innerText.trim()`)
}

// filed hands in an application with pictures of its papers and brings it to
// the county.
func (c *city) filed(t testing.TB, a *application) cases.Case {
	t.Helper()
	s := c.submission(t, a)
	ctx := c.as(t, villageClerk)
	for i, m := range s.Materials {
		paper, err := os.Open(photo(t, fmt.Sprintf("材料%d", i+1)))
		must(t, err)
		kept, err := c.Store.Save(ctx, fmt.Sprintf("材料%d.png", i+1), "image/png", paper, identity.FromContext(ctx).Account)
		must(t, err)
		must(t, paper.Close())
		s.Materials[i] = cases.Handed{ID: m.ID, File: kept.ID}
	}
	return c.toCounty(t, c.accepted(t, s))
}

// decided is a case that everybody has agreed to.
func (c *city) decided(t testing.TB, a *application) cases.Case {
	t.Helper()
	x := c.inCounty(t, a)
	for range 6 {
		open := c.opens(t, x.Number)
		if len(open) == 0 {
			return c.found(t, x.Number)
		}
		act := workflow.Act{Opinion: "符合条件，同意。"}
		if open[0].Role == "decide" {
			act.Outcome = workflow.Granted
		}
		must(t, c.Workflow.Approve(c.as(t, c.approverOf(t, open[0])), open[0].ID, act))
	}
	t.Fatalf("%s is not decided", x.Number)
	return x
}

// Everything about a case on one page: its papers beside the form, what has
// been looked through, the process drawn, the clock, what was done, and how
// cases like it were decided.
func TestTheCaseOnOnePage(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		like, x := c.decided(t, pension()), c.filed(t, pension())
		v.As(countyApprover).Open("/office/cases/"+x.Number).Says(x.Applicant.Name, "申请表", "办理流程", "时限台账", "办理记录", "已核对0／").Keep("case")
		if v.Has(".of-picture svg") != 1 || v.Has("#clock tbody tr") == 0 {
			t.Error("the process is not drawn, or the clock shows nothing")
		}
		name := v.Text("[data-viewer-name]")
		v.tick(`document.querySelector('[data-viewer-do="next"]')`, "the next file")
		if v.Text("[data-viewer-name]") == name || v.Has(".of-stage img") != 1 {
			t.Errorf("%s is still shown", name)
		}
		v.Keep("file")
		v.Click("核对无误").Says("已核对1／", v.nameOf(countyApprover)+"已核对").Keep("checked")
		v.Axe(t)
		v.Click("相似办件").Says(like.Number, "准予").Click("对照").Says("申请表对照", "个人号码已遮盖").Keep("similar")
		v.Axe(t)
	})
}
