package portal_test

import (
	"strings"
	"testing"

	"yimen/internal/kit/db"
	"yimen/internal/kit/webtest"
	"yimen/internal/licences"
)

func TestHomeNamesWhatCanBeDoneInTheRegion(t *testing.T) {
	w := theCity(t)
	c := webtest.New(t, w.router)
	c.Get("/").Status(200).Must("199个事项", "按人生的大事找", "全市通办", "按主题找", "全市任何一个窗口都能办", "查进度", "我的办件", "长辈版", "12345", "样例城市：选一个身份进入", "个人办事", "企业办事", "社会保险")

	page := c.Get("/region?at=" + village + "&next=/").Status(200)
	page.Must("韶关市", "游溪镇", "大寮坑村", "就近的办事网点", "周一至周五").MustNot("或者选择下一级")
	c2 := page.Form("#region").Send().At("/").Status(200)
	c2.Must("在大寮坑村就能办", "离您最近的窗口", "大寮坑村").MustNot("全市任何一个窗口都能办")
	c.Get("/?for=enterprise").Status(200).Must("按企业的阶段找", "开办", "注销", "企业常办的事").MustNot("按人生的大事找")
	c.Get("/").Must("按企业的阶段找") // the browser remembers for whom
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
	c.Get("/search?q=结婚登记&near=1").Must("这些条件下没有", "项符合").MustNot("到游溪镇办")
	c.Get("/search?near=1").Must("到大寮坑村办").MustNot("到游溪镇办")
}

// TestEverydayWordsAndFilters: what is typed as it is said leads on, and every
// choice says how many it leaves.
func TestEverydayWordsAndFilters(t *testing.T) {
	w := theCity(t)
	c := webtest.New(t, w.router)
	page := c.Get("/search?q=办准生正").Status(200).Must("生育登记", "按读音找的是“办准生证”", "网上能办（", "零跑动（", "卫生健康局（")
	page.Form("#find").Fill("way", "none").Fill("domain", "生育健康").Send().Status(200)
	c.Get("/search?way=swim").Status(422)
	c.Get("/search/suggest?q=低保").Status(200).Must("最低生活保障对象认定").MustNot("<html")
	c.Get("/search/suggest?q=").Status(200)
	c.Get("/search/suggest?q=火星移民").Status(200).Must("还没有匹配的事项")
	if page := c.Get("/search/suggest?q=" + strings.Repeat("长", 101)); page.Code != 200 {
		t.Errorf("suggestions for too much: %d", page.Code)
	}
}

// TestSearchesInVainAreCounted: words only, once for each time they were sent,
// and no number of anybody.
func TestSearchesInVainAreCounted(t *testing.T) {
	w := theCity(t)
	c := webtest.New(t, w.router)
	for range 2 {
		c.Get("/search?q=火星居留许可").Status(200).Must("没有找到这样的事项", "不记是谁搜的", "别人常办的")
	}
	c.Get("/search?q=查查440232199001011234")
	list, _, err := w.catalogue.Misses(w.system, false, db.Page{Limit: 200})
	must(t, err)
	found := map[string]int64{}
	for _, x := range list {
		found[x.Word] = x.Times
		if strings.Contains(x.Word, "4402") {
			t.Errorf("a number is kept: %s", x.Word)
		}
	}
	if found["火星居留许可"] != 2 {
		t.Errorf("counted %v", found)
	}
}

func TestZonesEventsThemesAndDepartments(t *testing.T) {
	w := theCity(t)
	c := webtest.New(t, w.router)
	c.Get("/zones").Status(200).Must("全市通办", "粤省事", "人生的大事", "企业的阶段", "个人主题")
	zone := c.Get("/zones/yueshengshi").Status(200).Must("养老保险", "林木采伐", "生育登记", "社保就业", "民族特色")
	zone.Click("林木采伐").Status(200).Must("林木采伐许可证核发", "专区和主题")
	c.Get("/events/birth").Status(200).Must("出生医学证明签发", "出生登记（入户）")
	c.Get("/themes/t-shehui").Status(200).Must("社会保障卡申领")
	c.Get("/zones/birth").Status(404) // it is a life event
	c.Get("/zones/none").Status(404).Must("没有找到这个专区或主题")
	c.Get("/departments").Status(200).Must("民政局", "公安局").Click("民政局").Status(200).Must("最低生活保障对象认定", "社会救助")
	c.Get("/departments/D99").Status(404)
}

func TestRegionByNameAndOutlets(t *testing.T) {
	w := theCity(t)
	c := webtest.New(t, w.router)
	for _, typed := range []string{"大寮坑", "daliaokeng", "游溪大寮坑", "dlk"} {
		c.Get("/region?q="+typed).Status(200).Must("大寮坑村", "乳源瑶族自治县游溪镇")
	}
	c.Get("/region?q=不存在的地方").Status(200).Must("没有叫“不存在的地方”的")
	page := c.Get("/region?q=大寮坑&next=/search")
	page.Form("#matches form").Send().At("/search").Must("大寮坑村")
	// Signing in and out does not lose the choice.
	c.PostForm("/demo/login", map[string][]string{"account": {"citizen-1"}, "next": {"/"}})
	c.PostForm("/region", map[string][]string{"division": {county}, "next": {"/"}})
	c.Get("/region").Must("您登记的住址在大寮坑村", "选我住的大寮坑村")
	c.PostForm("/logout", nil)
	c.Get("/").Must("在乳源瑶族自治县就能办")

	outlet := c.Get("/outlets/"+village).Status(200).Must("大寮坑村", "正在上班，12:00午休", "这里能办什么", "打电话", "把大寮坑村设为我的地区")
	outlet.Form("#choose").Send().At("/outlets/" + village).MustNot("设为我的地区")
	c.Get("/search?at=" + village + "&q=低保").Must("最低生活保障对象认定")
	c.Get("/search?at=999").Status(404)
	c.Get("/outlets/999").Status(404).Must("没有这个办事网点")
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
	others := map[string]bool{"/docs": true, "/proofs": true, licences.CheckURL: true} // modules that this city has not
	for _, a := range page.Find("main .ym-map a") {
		if to := webtest.Attr(a, "href"); !strings.HasPrefix(to, "/elder") && !others[to] {
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

// The elder version's front page holds few things, and all the others are one
// link away.
func TestElderHome(t *testing.T) {
	w := theCity(t)
	c := webtest.New(t, w.router)
	page := c.Get("/elder?next=/").Status(200).Must("您要办什么事", "打12345", "请人帮我办", "长辈常办的事", "高龄老人津贴申领", "领取社会保险待遇资格认证").
		MustNot("按主题找", "企业办事", "专区")
	if n := len(page.Find("main .ym-elder-items li")); n != 8 {
		t.Errorf("%d items", n)
	}
	page.One("#home-search input[name=q]")
	page.Click("更多要办的事").Status(200).Must("按主题找", "企业办事", "专区", "长辈常办")
	page.Click("请人帮我办").Status(200).Must("帮办不收钱", "绿色通道", "委托一个人替我办", "打12345")
	c.Get("/?for=enterprise").Must("按企业的阶段找")
	c.Get("/?for=person").Must("按人生的大事找")
	page = c.Get("/region?at="+village+"&next=/").Form("#region").Send().At("/").Must("离您最近的窗口", "大寮坑村")
	page.Click("返回普通版").Must("在大寮坑村就能办", "按人生的大事找")
	c.Get("/assist").Must("大寮坑村", "换个地方")
}

// Every page of the citizens' site suggests while one types in its header.
func TestHeaderSuggests(t *testing.T) {
	w := theCity(t)
	c := webtest.New(t, w.router)
	c.Get("/progress").One(`header form.ym-search input[hx-get="/search/suggest"]`)
	c.Get("/search/suggest?q=养老").Status(200).Must("城乡居民基本养老保险").MustNot("</html>")
}
