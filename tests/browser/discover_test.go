package browser_test

import (
	"slices"
	"testing"

	"yimen/internal/kit/webtest/browser"
)

// A villager on a phone says in her own words what she wants, is asked what
// matters, ticks off what she has, prints the list, and tells of a mistake. An
// administrator sees it, and teaches the site a word that it did not know.
func TestFindingWhatOneNeeds(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		v.Open("/region?q=daliaokeng").Says("乳源瑶族自治县游溪镇").Keep("region")
		v.press(`document.querySelector("#matches button")`, "the village")
		v.Says("离您最近的窗口", "在大寮坑村就能办").Keep("home")

		v.Type(`#home-search input[name="q"]`, "家里失火急用钱")
		asked := `#home-search-suggest a[href*="SG02004"]` // what half the words suggest comes first
		v.Wait(asked)
		v.Keep("suggested").Browser.Click(asked)
		v.Wait("#answers")
		v.Says("临时救助对象认定及给付", "每个人都要的有", "游溪镇大寮坑村党群服务中心").Keep("guide")
		for name, option := range map[string]string{"q.kind": "expense", "q.cause": "illness", "q.who": "self"} {
			v.Browser.Click(`#answers input[name="` + name + `"][value="` + option + `"]`)
			v.Wait(`#answers input[name="` + name + `"][value="` + option + `"]:checked`)
		}
		v.comes("一共")
		v.Browser.Click(".ym-checklist label")
		v.Wait(".ym-checklist input:checked")
		v.Axe(t)

		v.Click("打印这份清单").Says("您的情况", "要带的材料", "到哪里办").Keep("to-take-away")
		v.Open("/items/SG02004")
		if kept := browser.Eval[int](v.Browser, `document.querySelectorAll(".ym-checklist input:checked").length`); kept != 1 {
			t.Errorf("%d ticks were kept, want 1", kept)
		}

		// Any page's header suggests as the home page does.
		v.Type(`header input[name="q"]`, "优待")
		v.Wait("#ym-suggest a")
		v.Keep("suggested-in-header")
		v.Axe(t)
		v.Browser.Click("#ym-suggest a")
		v.Wait("#answers, .ym-checklist")
		v.Wait(`a[href^="/report"]`) // which stands further down

		word := []string{"救命稻草", "雪中送炭", "天上掉馅饼", "阿拉丁神灯"}[slices.Index(sizes, v.size)] // the site forgives: words must differ
		v.Click("这页有错？告诉我们，3个工作日内答复").Fill("kind", "unclear").Fill("text", "样例看不懂"+word).Click("提交").Says("收到了", "前答复").Keep("reported")
		v.Open("/search?q="+word).Says("没有找到这样的事项", "别人常办的").Keep("not-found")

		admin := v.beside().As("editor-440200")
		admin.Open("/admin/reports").Says("样例看不懂" + word)
		admin.Open("/admin/search-misses").Says(word)
		admin.Open("/admin/synonyms").Fill("word", word).Fill("target", "SG02004").Click("保存").Says("已保存")
		v.Open("/search?q=" + word).Says("临时救助对象认定及给付")
		admin.Calm(t)
	})
}

// Somebody old turns to the elder version: few things to choose from, help at
// hand, and everything else one press away.
func TestElderHome(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		v.Open("/elder?next=/").Says("您要办什么事", "打12345", "长辈常办的事").SaysNot("按主题找").Keep("home")
		v.Axe(t)
		v.Click("请人帮我办").Says("帮办不收钱", "绿色通道").Keep("assist")
		v.Axe(t)
		v.Open("/").Click("更多要办的事").Says("按主题找", "专区", "企业办事").Keep("everything")
		v.Open("/").Click("高龄老人津贴申领").Says("要带什么").Keep("guide")
		v.Click("返回普通版").Open("/").Says("按人生的大事找")
	})
}
