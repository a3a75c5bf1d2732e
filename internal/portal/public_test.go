package portal_test

import (
	"strings"
	"testing"

	"yimen/internal/kit/webtest"
)

func TestHomeNamesWhatCanBeDoneInTheRegion(t *testing.T) {
	w := theCity(t)
	c := webtest.New(t, w.router)
	c.Get("/").Status(200).Must("199 个事项", "全市任何一个窗口都能办", "查进度", "我的办件", "长辈版", "12345", "样例城市：点一下，以一个身份进入", "个人办事", "企业办事", "社会保险")

	page := c.Get("/region?at=" + village + "&next=/").Status(200)
	page.Must("韶关市", "游溪镇", "大寮坑村", "就近的办事网点", "周一至周五").MustNot("或者选择下一级")
	c2 := page.Form("#region").Send().At("/").Status(200)
	c2.Must("在大寮坑村就能办").MustNot("全市任何一个窗口都能办")
}

func TestRegionIsChosenAndKept(t *testing.T) {
	w := theCity(t)
	c := webtest.New(t, w.router)
	page := c.Get("/region?next=" + "/items/SG01001").Click("乳源瑶族自治县").Click("游溪镇").Click("大寮坑村")
	// The guide names its division in the address: it changes with the choice.
	page.Form("#region").Send().At("/items/SG01001?division=" + village).Status(200)
	c.Get("/search?domain=婚姻登记").Must("大寮坑村", "到乳源瑶族自治县办")
	c.Get("/region?at=440232999999").Status(404)
	c.PostForm("/region", map[string][]string{"division": {"440200000000"}, "next": {"/search"}}).At("/search").Must("全市的事项")
	c.NoRedirect().PostForm("/region", map[string][]string{"division": {village}, "next": {"https://evil.example/"}}).Location("/")
}

func TestSearchFindsAndPages(t *testing.T) {
	w := theCity(t)
	c := webtest.New(t, w.router)
	c.Get("/search?q=养老保险").Status(200).Must("城乡居民基本养老保险参保登记", "当场办好", "个人")
	page := c.Get("/search?audience=enterprise").Status(200).Must("下一页")
	first := webtest.TextOf(page.Find(".ym-result")[0])
	if next := page.Click("下一页"); webtest.TextOf(next.Find(".ym-result")[0]) == first {
		t.Error("the second page begins as the first")
	} else {
		next.Must("回到第一页")
	}
	c.Get("/search?q=火星移民").Status(200).Must("没有找到这样的事项", "12345")
	c.Get("/search?q="+strings.Repeat("长", 101)).Status(422).Must("搜索的内容不能超过100个字", strings.Repeat("长", 101))
	c.Get("/search?audience=alien").Status(422)
	c.Get("/search?after=nonsense").Status(422).Must("翻页位置无法识别")
	c.Get("/items").At("/search").Status(200)
}

// TestNearLeavesWhatIsHandledHere: a village hides nothing, unless asked to.
func TestNearLeavesWhatIsHandledHere(t *testing.T) {
	w := theCity(t)
	c := webtest.New(t, w.router)
	c.PostForm("/region", map[string][]string{"division": {village}, "next": {"/"}})
	c.Get("/search?q=结婚登记").Must("到游溪镇办", "乳源瑶族自治县民政局")
	c.Get("/search?q=结婚登记&near=1").Must("没有找到").MustNot("到游溪镇办")
	c.Get("/search?near=1").Must("到大寮坑村办").MustNot("到游溪镇办")
}

func TestDemoOffersPeopleWhoExist(t *testing.T) {
	w := theCity(t)
	page := webtest.New(t, w.router).Get("/demo").Status(200)
	forms := page.Find("form[action=/demo/login]")
	if len(forms) < 12 {
		t.Fatalf("%d people on offer, want a dozen or more", len(forms))
	}
	for _, f := range forms {
		account := webtest.Attr(webtest.Select(f, "input[name=account]")[0], "value")
		next := webtest.Attr(webtest.Select(f, "input[name=next]")[0], "value")
		webtest.New(t, w.router).NoRedirect().PostForm("/demo/login", map[string][]string{"account": {account}, "next": {next}}).Location(next)
	}
}

func TestDemoIsOnlyThereInTheSampleCity(t *testing.T) {
	c := webtest.New(t, bare(t, false).router)
	c.Get("/demo").Status(404)
	c.Get("/").Status(200).MustNot("样例城市", "/demo")
	c.Get("/sitemap").Status(200).MustNot("/demo")
	c.PostForm("/demo/login", map[string][]string{"account": {"citizen-1"}}).Status(404)
}

func TestAboutPages(t *testing.T) {
	c := webtest.New(t, theCity(t).router)
	c.Get("/accessibility").Status(200).Must("无障碍声明", "还做不到的")
	page := c.Get("/sitemap").Status(200)
	for _, a := range page.Find("main .ym-map a") {
		if to := webtest.Attr(a, "href"); !strings.HasPrefix(to, "/elder") && to != "/docs" {
			if p := c.Get(to); p.Code != 200 {
				t.Errorf("%s in the site map answers %d", to, p.Code)
			}
		}
	}
}

func TestPagesOfOnesOwnAskToSignIn(t *testing.T) {
	c := webtest.New(t, theCity(t).router).NoRedirect()
	for _, path := range []string{"/my", "/my/cases/1", "/my/cases/1/correct", "/my/cases/1/supplement", "/my/cases/1/withdraw", "/apply/SG01001", "/apply/new?item=SG01001"} {
		p := c.Get(path).Status(303)
		if to := p.Header().Get("Location"); !strings.HasPrefix(to, "/login?next=%2F") {
			t.Errorf("%s leads to %s", path, to)
		}
	}
	c.PostForm("/my/cases/1/withdraw", nil).Status(303)
	clerk := theCity(t).as(t, "clerk-440232112209")
	clerk.Get("/my").Status(403).MustNot("办新的事")
	clerk.Get("/apply/SG01001").Status(403)
}
