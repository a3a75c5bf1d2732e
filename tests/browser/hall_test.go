package browser_test

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"yimen/internal/kit/webtest/browser"
	"yimen/internal/queue"
)

// The two clerks of the town's hall and their windows.
const (
	townClerk       = "clerk-" + theTown
	townClerk2      = "clerk-" + theTown + "-02"
	townManager     = "manager-" + theCounty
	townWindow      = theTown + "-01"
	townWindow2     = theTown + "-02"
	townHall        = "/hall/" + theTown
	startsVoice     = "开始语音播报"
	stopsVoice      = "关闭语音播报"
	firstOnTheWall  = `(document.querySelector(".qu-calls li.is-first") || {textContent: ""}).textContent.replace(/\s+/g, "")`
	spiesOnTheVoice = `window.spoken = [];
		Object.defineProperty(window, "speechSynthesis", {value: {speaking: false, getVoices: () => [], cancel: () => window.spoken.push("(still)"),
			speak: words => window.spoken.push(words.text)}});`
)

// spoken is what the page has had read out, in order; the spy must have been
// there before the page.
func (v *visitor) spoken() string {
	v.t.Helper()
	return strings.Join(browser.Eval[[]string](v.Browser, `window.spoken`), "|")
}

func (v *visitor) listen() {
	v.t.Helper()
	_, err := chromedp.Call(v.Context(), page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: spiesOnTheVoice})
	must(v.t, err)
}

// A number from the machine with the wrong priority, which the clerk puts
// right; called onto the wall, which says it once by itself; held, taken up
// again, sent on to the next window and finished there. The figures know.
func TestANumberIsCalledServedAndSentOn(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, wall *visitor) {
		wall.listen()
		wall.Open(townHall).tick(seeing+`("`+startsVoice+`")`, startsVoice)
		wall.until(`document.querySelector("[data-voice]").textContent === "` + stopsVoice + `"`)

		machine := wall.beside().Open("/take/" + theTown)
		machine.tick(`document.querySelector("input[name=priority][value=soldier]")`, "军人").Keep("machine")
		slip := machine.Click("综合业务").Says("军人优先", "当日有效").Keep("slip")
		no := browser.Eval[string](slip.Browser, `document.querySelector(".qu-slip h1").firstChild.textContent.trim()`)

		clerk := wall.beside().As(townClerk).Open("/counter")
		clerk.sit(townWindow).Click("大厅排队").Says("等候的人").Keep("hall").Click(no)
		clerk.Says("军人", "更正优先").Fill("priority", queue.Elder).Fill("reason", "没有军人证，出示身份证68岁").Click("更正")
		clerk.Says("已改为“老年人”", "军人改为老年人：没有军人证，出示身份证68岁").Keep("number").Axe(t)

		clerk.Open("/counter").Click("叫下一位").Says(no, "已叫号", "老年人").Keep("called")
		wall.until(firstOnTheWall + `.startsWith("` + no + `→请到1号窗口优先")`)
		wall.Keep("wall")
		say := queue.Shown{No: no, Counter: "1"}.Say()
		if got := wall.spoken(); got != "语音播报已开始|"+say {
			t.Errorf("the wall said %q, want %q once", got, say)
		}
		slip.Click("在手机上看").Says("到您了！请到1号窗口").Keep("phone")
		clerk.Click("重呼").Says("已重呼" + no)
		wall.until(firstOnTheWall + `.includes("第2次呼叫")`)
		if got := wall.spoken(); got != "语音播报已开始|"+say+"|"+say {
			t.Errorf("the wall said %q: once for each of two calls is wanted", got)
		}

		clerk.Click("已到").Says("办理中").Click("挂起").Says("挂起的号", "现在没有叫号").Keep("held")
		clerk.Click(no + "恢复").Says("办理中")
		clerk.tick(seeing+`("转移")`, "转移")
		clerk.Fill("counter", townWindow2).Keep("transfer").Click("转过去").Says(no + "号已转出")

		second := wall.beside().As(townClerk2).Open("/counter").sit(townWindow2)
		second.Click("叫下一位").Says(no).Click("已到").Click("办结此号").Says("现在没有叫号")
		c.theSwitchIsKept(t, wall)
		second.Open("/counter/queue/statistics").Says("各窗口", "2号 综合窗口", "各窗口各时段办完的人数").Keep("figures")
		csv := browser.Eval[string](second.Browser, `fetch(document.querySelector('a[href*="/statistics/hours"]').href).then(r => r.text())`)
		if !strings.Contains(csv, ",2,综合窗口,") || !strings.Contains(csv, "平均等候（分钟）") {
			t.Errorf("the table is %q", csv)
		}
		for _, v := range []*visitor{machine, clerk, second} {
			v.Calm(t)
		}
	})
}

// sit takes a window, unless the clerk sits there already.
func (v *visitor) sit(window string) *visitor {
	v.t.Helper()
	if v.Has(`select[name=counter]`) == 0 {
		return v
	}
	return v.Fill("counter", window).Click("坐到这里").Says("号窗口")
}

// theSwitchIsKept: a voice that is on is on after the page has come again, and
// one that was switched off is off; the wall still shows who is called.
func (c *city) theSwitchIsKept(t *testing.T, wall *visitor) {
	t.Helper()
	wall.Open(townHall).tick(seeing+`("`+stopsVoice+`")`, stopsVoice) // it was on
	wall.until(`document.querySelector("[data-voice]").textContent === "` + startsVoice + `"`)
	wall.Open(townHall).Says(startsVoice)
	ctx := c.as(t, townClerk2)
	taken, err := c.Hall.Take(ctx, queue.Take{Outlet: theTown})
	must(t, err)
	_, err = c.Hall.Call(ctx, townWindow2)
	must(t, err)
	wall.until(firstOnTheWall + `.startsWith("` + taken.No + `→请到2号窗口")`)
	if got := wall.spoken(); got != "" {
		t.Errorf("the voice is off and said %q", got)
	}
	must(t, c.Hall.Finish(ctx, taken.ID))
}

// walls are the screens on which numbers are shown, the last one upright.
var walls = [][2]int{{1920, 1080}, {3840, 2160}, {1080, 1920}}

// The wall of a full hall: twelve numbers called and nothing cut off, written
// large enough to be read across the hall.
func TestTheWallFitsItsScreen(t *testing.T) {
	const cityHall = "440200000000"
	c := theCity()
	ctx := c.as(t, cityManager)
	counters, err := c.Org.Counters(ctx, cityHall)
	must(t, err)
	finish := []string{}
	for _, window := range counters[len(counters)-12:] {
		serves, err := c.Hall.Serves(ctx, window)
		must(t, err)
		_, err = c.Hall.Take(ctx, queue.Take{Outlet: cityHall, Queue: serves[0].ID})
		must(t, err)
		called, err := c.Hall.Call(ctx, window.ID)
		must(t, err)
		finish = append(finish, called.ID)
	}
	t.Cleanup(func() {
		for _, id := range finish {
			must(t, c.Hall.Finish(context.WithoutCancel(ctx), id))
		}
	})
	for _, size := range walls {
		v := visit(t, c)
		v.screen(size)
		v.Open("/hall/" + cityHall)
		if n := v.Has(".qu-calls li"); n != 12 {
			t.Errorf("%v: %d numbers are shown, want 12", size, n)
		}
		v.Keep("wall")
		wide := browser.Eval[[]string](v.Browser, `Array.from(document.querySelectorAll(".qu-calls li")).filter(e => e.scrollWidth > e.clientWidth).map(e => e.innerText)`)
		high := browser.Eval[int](v.Browser, `document.documentElement.scrollHeight`)
		letters := browser.Eval[float64](v.Browser, `Math.min(...Array.from(document.querySelectorAll(".qu-calls b")).map(e => parseFloat(getComputedStyle(e).fontSize)))`)
		if len(wide) > 0 || high > size[1] {
			t.Errorf("%v: the wall is %d high, too wide are %q", size, high, wide)
		}
		// Letters of a thirtieth of the screen's shorter side are read from ten times its width.
		if least := float64(min(size[0], size[1])) / 30; letters < least {
			t.Errorf("%v: numbers are %.0f px high, want at least %.0f", size, letters, least)
		}
		v.Calm(t)
	}
}
