package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/kit/web/ui/sample"
	"yimen/internal/kit/webtest/browser"
)

// samplePages serves the sample pages with everything around them.
func samplePages() *web.Router {
	nav := []ui.NavItem{{Label: "首页", URL: "/", Icon: "home"}, {Label: "办事", URL: "/guide", Active: true, Icon: "list"},
		{Label: "我的办件", URL: "/mine", Badge: "3", Icon: "folder"}, {Label: "政策", URL: "/policies", Icon: "book"}}
	rt := web.NewRouter(web.Options{
		Site: ui.Site{Name: "一门政务服务", Organiser: "韶关市人民政府", Undertake: "韶关市政务服务数据管理局", Code: "4402000000",
			RegionURL: "/region"},
		User:   func(*http.Request) *ui.User { return &ui.User{Name: "盘小妹", Role: "个人用户"} },
		Nav:    func(*http.Request, ui.Face) []ui.NavItem { return nav },
		Region: func(*http.Request) string { return "乳源瑶族自治县" },
	})
	crumbs := []ui.Crumb{{Label: "首页", URL: "/"}, {Label: "办事指南", URL: "/guide"}, {Label: "再生育审批"}}
	rt.Get("/guide", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		return web.Render(w, r, 200, sample.Guide(ui.PageOpts{Title: "再生育审批", Lead: "夫妻符合条件、需要再生育的，向女方户籍地乡镇申请。", Breadcrumb: crumbs,
			Actions: []ui.Link{{Label: "立即办理", URL: "/apply", Icon: "arrow-right"}, {Label: "收藏", URL: "/star"}}}))
	})
	apply := func(form *web.Form, status int) web.Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			return web.Render(w, r, status, sample.Apply(ui.PageOpts{Title: "填写信息", Breadcrumb: crumbs, Narrow: true}, form, form.ErrorOf))
		}
	}
	wrong := web.NewForm(url.Values{})
	wrong.Error("id_no", "身份证号最后一位与前面的数字不符，请对照证件重新填写。")
	wrong.Error("who", "请选择由谁办理。")
	rt.Get("/apply", web.Public, apply(nil, 200))
	rt.Get("/apply/wrong", web.Public, apply(wrong, 422))
	rt.Post("/apply", web.Public, apply(wrong, 422))
	rt.Get("/inbox", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		return web.Render(w, r, 200, sample.Inbox(ui.PageOpts{Title: "收件", Face: ui.Staff}))
	})
	rt.Get("/notice", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		return web.Render(w, r, 200, sample.Notice(ui.PageOpts{Title: "受理通知书", Face: ui.Print}))
	})
	rt.Get("/broken", web.Public, func(http.ResponseWriter, *http.Request) error {
		return errs.ErrInternal
	})
	return rt
}

// Every page part, in a real browser: nothing breaks the content policy,
// axe finds nothing serious, and a 360-px phone needs no sideways scrolling.
func TestPagePartsInABrowser(t *testing.T) {
	rt := samplePages()
	web.NewAPI(rt, "一门", "1.0")
	server := httptest.NewServer(rt)
	defer server.Close()
	b := browser.New(t)
	for _, page := range []struct{ name, path string }{
		{"guide", "/guide"}, {"apply", "/apply"}, {"apply-wrong", "/apply/wrong"}, {"inbox", "/inbox"},
		{"notice", "/notice"}, {"error", "/broken"}, {"docs", "/docs"},
	} {
		t.Run(page.name, func(t *testing.T) {
			b.Go(server.URL + page.path)
			b.Screenshot(t, page.name, 1366, 900)
			b.Axe(t)
			b.Fits(t, 360)
			b.Screenshot(t, page.name, 360, 740)
			b.Calm(t)
		})
	}
	t.Run("elder", func(t *testing.T) {
		b.Go(server.URL + "/elder?next=/guide")
		if got := b.Address(); got != server.URL+"/guide" {
			t.Fatalf("came back to %s", got)
		}
		b.Screenshot(t, "elder", 1366, 900)
		b.Axe(t)
		b.Fits(t, 360)
		b.Screenshot(t, "elder", 360, 740)
		b.Calm(t)
	})
}
