package app

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"yimen/internal/apply"
	"yimen/internal/assurance/presence"
	"yimen/internal/identity"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/licences"
	"yimen/internal/messages"
	"yimen/internal/portal"
	"yimen/internal/proofs"
	"yimen/internal/seals"
	"yimen/internal/training"
)

// route hangs every module's pages and operations on one router.
func (a *App) route() {
	a.Router = web.NewRouter(web.Options{
		DB: a.DB, Keys: a.Keys, Clock: a.Clock, Log: a.Log, TrustProxy: a.TrustProxy, Metrics: a.figures(), MetricsToken: a.MetricsKey,
		Subject: identity.Subject, Beside: identity.Beside, Ready: a.ready, Troubles: a.troubles, Ahead: a.Store.Ahead,
		Site: ui.Site{Name: "一门政务服务", Organiser: "韶关市政务服务数据管理局", Undertake: "韶关市行政服务中心",
			RegionURL: "/region", SuggestURL: "/search/suggest", ReportURL: "/report"},
		User: user, Nav: a.nav, FaceOf: faceOf, Region: a.regionName,
		Help: a.Help.URL, Under: a.Help.Bar, Space: space,
	})
	a.Router.Use(a.Audit.Refusals(a.Log))
	a.Router.Use(a.Identity.Middleware)
	jobs.RegisterPeriodic(a.Queue, "web.cleanup", time.Hour, a.Router.Cleanup)

	a.Progress.Routes(a.Router, identity.Staff())
	a.Identity.Routes(a.Router)
	a.Messages.Routes(a.Router)
	a.Presence.Routes(a.Router)
	a.OpenID.Routes(a.Router)
	if a.Client != nil {
		a.Client.Routes(a.Router)
	}
	a.Assurance.Routes(a.Router)
	a.Help.Routes(a.Router)
	a.Catalogue.Routes(a.Router)
	a.Designer.Routes(a.Router)
	a.Seals.Routes(a.Router)
	a.Notices.Routes(a.Router)
	a.Training.Routes(a.Router)
	a.Proofs.Routes(a.Router)
	a.Licences.Routes(a.Router)
	a.Cases.Routes(a.Router)
	a.Portal.Routes(a.Router)
	a.Hall.Routes(a.Router)
	a.Counter.Routes(a.Router)
	a.Office.Routes(a.Router)
	a.Admin.Routes(a.Router)

	api := web.NewAPI(a.Router, "一门政务服务接口", Version)
	a.Org.API(api)
	a.Messages.API(api)
	a.Catalogue.API(api)
	a.Workflow.API(api)
	a.Cases.API(api)
	a.Training.API(api)
	a.Licences.API(api)
	a.Seals.API(api)
}

// figures is what /metrics shows beside the requests: the process, the jobs and
// the clock.
func (a *App) figures() *prometheus.Registry {
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	reg.MustRegister(jobs.Collectors()...)
	reg.MustRegister(a.Queue.Standing())
	reg.MustRegister(a.clockFigures()...)
	return reg
}

// ready says whether requests can be answered: the database answers and can
// be written to.
func (a *App) ready(ctx context.Context) error {
	if err := a.DB.Ping(ctx); err != nil {
		return err
	}
	return a.DB.Writable(ctx)
}

func user(r *http.Request) *ui.User {
	actor := identity.FromContext(r.Context())
	if !actor.SignedIn() {
		return nil
	}
	u := &ui.User{Name: actor.Name, Staff: actor.IsStaff(), HomeURL: homeOf(actor), Links: []ui.Link{{Label: "我的工作", URL: homeOf(actor)}}}
	if actor.IsApplicant() {
		u.Links = []ui.Link{{Label: "我的办件", URL: "/my"}, {Label: "消息设置", URL: "/my/settings"}, {Label: "我的电子证明", URL: proofs.RequestsURL}, {Label: "我反映的清单外证明", URL: proofs.MineURL}, {Label: "已授权的应用", URL: "/my/apps"}}
	}
	if actor.Kind == identity.KindPerson && actor.Level < identity.LevelPresence {
		u.Links = append(u.Links, ui.Link{Label: "人脸核验", URL: presence.Path})
	}
	if actor.Has(identity.VerbMandateConfirm) && !actor.IsSystem() {
		u.Links = append(u.Links, ui.Link{Label: "核验亲子关系", URL: "/counter/mandates"})
	}
	if actor.Has(identity.VerbPersonCorrect) && !actor.IsSystem() {
		u.Links = append(u.Links, ui.Link{Label: "个人信息更正", URL: "/office/corrections"})
	}
	if actor.Kind == identity.KindStaff {
		u.Links = append(u.Links, ui.Link{Label: "临时委托", URL: "/office/delegations"})
	}
	if actor.IsStaff() && actor.Staff != "" {
		u.Links = append(u.Links, ui.Link{Label: "我的证书", URL: training.MineURL})
	}
	security := "/account/security"
	if actor.IsApplicant() {
		security = "/my/security"
	}
	u.Links = append(u.Links, ui.Link{Label: "账号安全", URL: security}, ui.Link{Label: "登录记录", URL: "/account/logins"}, ui.Link{Label: "修改密码", URL: "/account/password"})
	return u
}

// homeOf is where somebody begins: staff at the first of their pages, others
// at the first page of the site.
func homeOf(actor identity.Actor) string {
	if actor.IsApplicant() {
		return "/"
	}
	if items := staffNav(actor); len(items) > 0 {
		return items[0].URL
	}
	return "/"
}

// faceOf tells which face an error page wears.
func faceOf(r *http.Request) ui.Face {
	for _, staff := range []string{"/counter", "/office", "/admin"} {
		if r.URL.Path == staff || strings.HasPrefix(r.URL.Path, staff+"/") {
			return ui.Staff
		}
	}
	return ui.Citizen
}

// nav gives the entries of the header that the visitor may use.
func (a *App) nav(r *http.Request, face ui.Face) []ui.NavItem {
	actor := identity.FromContext(r.Context())
	if face == ui.Staff || actor.IsStaff() && face != ui.Citizen {
		items := staffNav(actor)
		if actor.IsStaff() {
			items = third(items, a.boxItem(r, true))
		}
		return mark(r, items)
	}
	items := []ui.NavItem{
		{Label: "首页", URL: "/", Icon: "home"},
		{Label: "办事", URL: "/search", Icon: "list"},
		{Label: "查进度", URL: "/progress", Icon: "search"},
		{Label: "我的办件", URL: "/my", Icon: "user"},
	}
	if actor.IsApplicant() {
		items = third(items, a.boxItem(r, false))
	}
	return mark(r, items)
}

// space is the way about the applicant's own space, on the first page of each of
// its parts; pages below them are left by the line that says where one is.
func space(r *http.Request) *ui.Space {
	if !identity.FromContext(r.Context()).IsApplicant() {
		return nil
	}
	s := &ui.Space{
		Main: []ui.NavItem{{Label: "办件", URL: "/my"}, {Label: "证照", URL: portal.LicencesURL}, {Label: "证明", URL: proofs.RequestsURL}, {Label: "文书", URL: "/my/documents"}},
		More: []ui.NavItem{{Label: "替别人办", URL: "/my/mandates"}, {Label: "我的单位", URL: "/my/company"}, {Label: "我的资料", URL: "/my/profile"},
			{Label: "账号安全", URL: "/my/security"}, {Label: "已授权的应用", URL: "/my/apps"}, {Label: "我的反映", URL: proofs.MineURL}},
	}
	here := r.URL.Path
	if strings.HasPrefix(here, "/my/data") || strings.HasPrefix(here, "/my/profile/") {
		here = "/my/profile"
	}
	found := false
	for _, list := range [][]ui.NavItem{s.Main, s.More} {
		for i := range list {
			list[i].Active = list[i].URL == here
			found = found || list[i].Active
		}
	}
	if !found {
		return nil
	}
	return s
}

// third puts an entry in the third place: phones show three without rolling,
// and a count that nobody sees tells nothing.
func third(items []ui.NavItem, item ui.NavItem) []ui.NavItem {
	return slices.Insert(items, min(2, len(items)), item)
}

// boxItem is the reader's messages with how many are unread. A count that
// cannot be read is left out: the page matters more.
func (a *App) boxItem(r *http.Request, staff bool) ui.NavItem {
	item := ui.NavItem{Label: "消息", URL: messages.BoxURL(staff), Icon: "bell"}
	n, err := a.Messages.Unread(r.Context())
	switch {
	case err != nil || n <= 0:
	case n > 99:
		item.Badge = "99+"
	default:
		item.Badge = strconv.Itoa(n)
	}
	return item
}

// staffNav gives the pages of somebody who works here.
func staffNav(actor identity.Actor) []ui.NavItem {
	var items []ui.NavItem
	add := func(label, url, icon string, verbs ...identity.Verb) {
		for _, v := range verbs {
			if actor.Has(v) {
				items = append(items, ui.NavItem{Label: label, URL: url, Icon: icon})
				return
			}
		}
	}
	add("窗口", "/counter", "home", "case.submit_for", "case.receive")
	add("待办", "/office", "inbox", "task.review", "task.approve", "task.decide", "task.view")
	add("办件", "/office/cases", "list", "case.view")
	add("大厅", "/counter/queue", "users", "queue.view")
	add("证明", proofs.DeskURL, "check", proofs.VerbIssue, proofs.VerbCheck)
	add("承诺", proofs.CommitmentsURL, "shield", proofs.VerbVerify, proofs.VerbSupervise)
	add("监督", proofs.SupervisionURL, "flag", proofs.VerbSupervise, proofs.VerbReply)
	add("培训", "/office/training", "star", training.VerbManage, training.VerbView)
	add("证照", "/office/licences", "id", licences.VerbView, licences.VerbManage)
	add("证照类型", "/office/licence-types", "id", licences.VerbTypes, licences.VerbTemplates)
	for i := range items {
		if items[i].URL == "/office/licences" {
			items[i].Also = "/office/licence-" // what waits to be issued, types
		}
	}
	add("事项", "/admin/items", "file", "item.edit", "item.review", "item.publish")
	add("网站", "/admin/site", "star", "site.edit")
	add("管理", "/admin", "settings", "system.view", "org.manage", "account.manage", "grant.manage", "audit.view", messages.VerbManage, seals.VerbView)
	return items
}

// mark finds the entry of the page: the longest beginning of its path.
func mark(r *http.Request, items []ui.NavItem) []ui.NavItem {
	best, length := -1, 0
	for i, it := range items {
		for _, begin := range []string{it.URL + "/", it.Also} {
			if begin != "" && len(begin) > length && strings.HasPrefix(r.URL.Path+"/", begin) {
				best, length = i, len(begin)
			}
		}
	}
	if best >= 0 {
		items[best].Active = true
	}
	return items
}

// wizard is the application as both sides of the counter use it.
func (a *App) wizard() apply.Wizard {
	return apply.Wizard{Cases: a.Cases, Catalogue: a.Catalogue, Org: a.Org, Identity: a.Identity, Store: a.Store, Clock: a.Clock, Licences: a.Licences, Promises: a.Proofs}
}

// regionName is the division the visitor has chosen, as the header shows it.
func (a *App) regionName(r *http.Request) string { return a.Portal.RegionName(r) }

// regionCode is the same for the guides, which name their division.
func (a *App) regionCode(r *http.Request) string { return a.Portal.RegionCode(r) }
