package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// helpPages are samples of the help.
func helpPages() map[string][]sample {
	return map[string][]sample{
		"/help":           {{"", "/help"}, {villager, "/help?q=补正"}, {villageClerk, "/help"}, {"", "/help?q=qqqq"}},
		"/help/{guide}":   {{"", "/help/citizen"}, {villageClerk, "/help/clerk"}, {"", "/help/words"}, {"admin-system", "/help/operator"}, {"", "/help/api"}},
		"/help/shortcuts": {{"", "/help/shortcuts"}, {approver, "/help/shortcuts"}},
		"/help/tour":      {{villageClerk, "/help/tour"}, {approver, "/help/tour"}},
	}
}

// A clerk on the first day walks through the real pages, leaves, goes on, and
// looks up what a page and its keys are about without leaving it.
func TestFirstDayOfAClerk(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		clerk := map[int]string{360: "clerk-440232112207", 768: "clerk-440232112208", 1366: "clerk-440232112210"}[v.size[0]]
		v.As(clerk).Open("/help").Click("跟着导览走一遍").Says("共9步").Click("开始")
		v.Says("第1步/共9步", "认识窗口首页", "待受理").Keep("tour")
		v.Axe(t)
		v.Click("下一步").Says("第2步/共9步", "输入两个字").Click("退出导览").SaysNot("第2步/共9步")
		v.Says("走到第2步").Click("接着走").Says("第2步/共9步")
		for range 8 {
			if v.Has(`.ym-tour button[value="10"]`) == 1 {
				v.Click("走完了")
				break
			}
			v.Click("下一步")
		}
		v.Says("导览走完了", "已走完", "再走一遍").Keep("done")

		v.Open("/counter")
		v.tick(`document.querySelector(".ym-help-link")`, "the link to the help")
		v.comes("看整份指南").Says("登录之后").Keep("beside")
		v.Axe(t)
		if v.Has("#ym-help h2:focus") != 1 {
			t.Error("the reader is not taken to the panel")
		}
		v.tick(`document.querySelector("[data-help-close]")`, "the button that closes the help")
		if v.Has("#ym-help") != 0 {
			t.Error("the panel stays")
		}
		v.Press("?")
		v.comes("这一页").Says("快捷键", "Alt+F").Keep("keys")
		v.Press(kb.Escape)
		if v.Has("#ym-help") != 0 {
			t.Error("Escape does not close the panel")
		}
	})
}
