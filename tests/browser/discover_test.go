package browser_test

import (
	"testing"

	"yimen/internal/kit/webtest/browser"
)

// A villager on a phone says in her own words what she wants, is asked what
// matters, ticks off what she has, prints the list, and tells of a mistake. An
// administrator sees it, and teaches the site a word that it did not know.
func TestFindingWhatOneNeeds(t *testing.T) {
	c := theCity()
	v := visit(t, c)
	v.Resize(360, 740)
	v.Open("/region?q=daliaokeng").Says("乳源瑶族自治县游溪镇")
	v.Browser.Click("#matches button")
	v.Wait(".ym-hero")
	v.Says("离您最近的窗口", "在大寮坑村就能办")

	v.Type(`#home-search input[name="q"]`, "家里失火急用钱")
	v.Wait(".ym-suggest a")
	v.Browser.Click(".ym-suggest a")
	v.Wait("#answers")
	v.Says("临时救助对象认定及给付", "每个人都要的有", "游溪镇大寮坑村党群服务中心")
	for name, option := range map[string]string{"q.kind": "expense", "q.cause": "illness", "q.who": "self"} {
		v.Browser.Click(`#answers input[name="` + name + `"][value="` + option + `"]`)
		v.Wait(`#answers input[name="` + name + `"][value="` + option + `"]:checked`)
	}
	v.comes("一共")
	v.Browser.Click(".ym-checklist label")
	v.Wait(".ym-checklist input:checked")
	v.Fits(t, 360)
	v.Axe(t)

	v.Click("打印这份清单").Says("您的情况", "要带的材料", "到哪里办")
	v.Open("/items/SG02004")
	if kept := browser.Eval[int](v.Browser, `document.querySelectorAll(".ym-checklist input:checked").length`); kept != 1 {
		t.Errorf("%d ticks were kept, want 1", kept)
	}

	v.Click("这页有错？告诉我们，3个工作日内答复").Fill("kind", "unclear").Fill("text", "样例看不懂").Click("提交").Says("收到了", "前答复")
	v.Open("/search?q=救命稻草").Says("没有找到这样的事项", "别人常办的")
	v.Calm(t)

	admin := v.beside().As("editor-440200")
	admin.Open("/admin/reports").Says("样例看不懂")
	admin.Open("/admin/search-misses").Says("救命稻草")
	admin.Open("/admin/synonyms").Fill("word", "救命稻草").Fill("target", "SG02004").Click("保存").Says("已保存")
	v.Open("/search?q=救命稻草").Says("临时救助对象认定及给付")
	admin.Calm(t)
}
