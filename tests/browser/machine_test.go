package browser_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"yimen/internal/app"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/web"
	"yimen/internal/kit/webtest/browser"
	"yimen/internal/queue"
	"yimen/workday"
)

// inEarnest is the same city, served beside the other as in daily use: without
// the shortcuts of the demonstration, at ten in the morning of the next working
// day, however late it is here.
func (c *city) inEarnest(t *testing.T) (*city, *clock.Fake) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	day := c.Org.Calendar(c.System, theCounty).AddWorkdays(workday.DateOf(time.Now(), clock.Beijing), 1)
	now := clock.NewFake(day.Time(clock.Beijing).Add(10 * time.Hour))
	settings := c.Settings
	settings.Demo, settings.Clock, settings.BaseURL = false, now, "http://"+listener.Addr().String()
	ctx, cancel := context.WithCancel(identity.With(context.Background(), identity.System("test")))
	a, err := app.Open(ctx, settings)
	must(t, err)
	served := make(chan error, 1)
	go func() { served <- web.Serve(ctx, web.Server("", a.Router), listener, 10*time.Second) }()
	t.Cleanup(func() {
		cancel()
		must(t, <-served)
		must(t, a.Close())
	})
	return &city{App: a, URL: settings.BaseURL, System: context.WithoutCancel(ctx)}, now
}

// A manager allows a machine; whoever stands at it types the code, once, and
// from then on it gives out numbers on slips. Without a code it gives none.
func TestAMachineIsPaired(t *testing.T) {
	c, now := theCity().inEarnest(t)
	everySizeIn(t, c, func(t *testing.T, c *city, manager *visitor) {
		now.Advance(time.Minute)
		t.Cleanup(func() { c.clearTheHall(t, townClerk, theTown) })
		manager.LogIn(townManager, app.DemoPassword, "/admin/queues?q="+theTown)
		manager.Says("共1个网点").Click("游溪镇公共服务中心").Click("生成开通码").Says("写明是哪一台").Keep("where")
		manager.Fill("device", "一楼大门左侧").Click("生成开通码").Says("只显示这一次", "等待输入开通码").Keep("code")
		code := browser.Eval[string](manager.Browser, `document.querySelector(".qu-code").textContent.trim()`)

		machine := manager.beside().Open("/take/" + theTown).SaysNot("综合业务").Keep("closed")
		machine.Fill("code", "AAAAAAAA").Click("开通").Says("开通码不对或已过期").Keep("wrong").Axe(t)
		if v := manager.size; v == sizes[0] { // once: the machine's address may try ten times a minute
			late, err := c.Hall.AddDevice(c.as(t, townManager), theTown, "二楼")
			must(t, err)
			now.Advance(16 * time.Minute)
			machine.Fill("code", late).Click("开通").Says("开通码不对或已过期")
			code, err = c.Hall.AddDevice(c.as(t, townManager), theTown, "二楼")
			must(t, err)
		}
		machine.Fill("code", code).Click("开通").Says("请点要办的业务取号").SaysNot("演示")
		machine.tick(`document.querySelector("input[name=priority][value=elder]")`, "老年人")
		slip := machine.Click("综合业务").Says("老年人优先", "前面", "打印号票").Keep("slip")
		no := browser.Eval[string](slip.Browser, `document.querySelector(".qu-slip h1").firstChild.textContent.trim()`)
		ticket, err := c.Hall.Find(c.as(t, townClerk), theTown, no)
		must(t, err)
		if ticket.Priority != "elder" || ticket.Queue == "" {
			t.Errorf("given out was %+v", ticket)
		}
		slip.fitsPaper("号票", 80, 130)

		manager.Open("/admin/queues/" + theTown).Says("开通").Click("停用").Says("这台取号机已停用")
		stopped, err := c.Hall.Devices(c.as(t, townManager), theTown)
		must(t, err)
		if len(stopped) == 0 { // the one in use was the only one
			machine.Open("/take/" + theTown).Says("开通这台取号机")
		}
		machine.Calm(t)
	})
}

// clearTheHall ends whoever is called or waits at the first window of a hall.
func (c *city) clearTheHall(t *testing.T, clerk, outlet string) {
	t.Helper()
	ctx, window := c.as(t, clerk), outlet+"-01"
	for {
		if now, busy, err := c.Hall.Serving(ctx, window); err == nil && busy {
			must(t, c.Hall.Finish(ctx, now.ID))
		}
		_, err := c.Hall.Call(ctx, window)
		if errors.Is(err, queue.ErrNobodyWaiting) {
			return
		}
		must(t, err)
	}
}
