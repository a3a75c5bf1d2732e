package admin

import (
	"context"
	"net/http"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/files"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/progress"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/kit/web/ui/gallery"
	"yimen/internal/messages"
	"yimen/internal/org"
	"yimen/workday"
)

// Deps is what the module stands on.
type Deps struct {
	DB       *db.DB
	Identity *identity.Module
	Org      *org.Module
	Cases    *cases.Module
	Audit    *audit.Log
	Queue    *jobs.Queue
	Progress *progress.Tracker
	Store    *files.Store
	Clock    clock.Clock
	// Troubles are what an administrator has to look at, one sentence each.
	Troubles func(ctx context.Context) []string
}

// Module is the pages of administrators.
type Module struct {
	Deps
	startImport func(ctx context.Context, s progress.Start, f upload) (id string, err error)
}

// New makes the module.
func New(d Deps) *Module {
	if d.Clock == nil {
		d.Clock = clock.Real
	}
	m := &Module{Deps: d}
	m.startImport = progress.Define(d.Progress, "org.import", m.load)
	return m
}

// The guards.
var (
	anyGuard     = identity.HasAny(identity.VerbSystemView, identity.VerbAuditView, identity.VerbAccountManage, identity.VerbGrantManage, identity.VerbOrgManage, messages.VerbManage, "item.edit", "item.review", "item.publish", "seal.view", "seal.apply", "seal.approve", "seal.make")
	systemGuard  = identity.Has(identity.VerbSystemView)
	auditGuard   = identity.Has(identity.VerbAuditView)
	peopleGuard  = identity.HasAny(identity.VerbAccountManage, identity.VerbGrantManage)
	accountGuard = identity.Has(identity.VerbAccountManage)
	orgGuard     = identity.Has(identity.VerbOrgManage)
)

// Routes adds the pages.
func (m *Module) Routes(rt *web.Router) {
	rt.Get("/admin", anyGuard, m.start)

	rt.Get("/admin/parts", identity.Staff(), gallery.Show)

	rt.Get("/admin/jobs", systemGuard, m.failures)
	rt.Post("/admin/jobs/retry", systemGuard, m.retryKind)
	rt.Post("/admin/jobs/{id}/retry", systemGuard, m.retry)
	rt.Post("/admin/jobs/{id}/put-away", systemGuard, m.putAway)

	rt.Get("/admin/audit", auditGuard, m.searchAudit)
	rt.Get("/admin/audit/export.csv", auditGuard, m.exportAudit)
	rt.Post("/admin/audit/verify", auditGuard, m.verifyAudit)

	rt.Get("/admin/accounts", peopleGuard, m.accounts)
	rt.Get("/admin/accounts/new", accountGuard, m.newAccount)
	rt.Post("/admin/accounts/new", accountGuard, m.createAccount)
	rt.Post("/admin/accounts/{id}/{state}", accountGuard, m.setState)
	rt.PostEach("/admin/accounts/{id}/password", accountGuard, m.resetPassword)
	rt.Get("/admin/accounts/{id}/roles", peopleGuard, m.roles)
	rt.Post("/admin/accounts/{id}/roles", accountGuard, m.giveRole)
	rt.Post("/admin/accounts/{id}/roles/{grant}/revoke", peopleGuard, m.takeRole)
	rt.Get("/admin/changes", peopleGuard, m.changes)
	rt.Post("/admin/changes/{id}", peopleGuard, m.decideChange)

	rt.Get("/admin/outlets", orgGuard, m.outlets)
	rt.Get("/admin/outlets/{code}", orgGuard, m.outlet)
	rt.Post("/admin/outlets/{code}", orgGuard, m.saveOutlet)

	rt.Get("/admin/org", orgGuard, m.tree)
	rt.Get("/admin/staff", orgGuard, m.staff)
	rt.Get("/admin/registers/{register}/new", orgGuard, m.row)
	rt.Post("/admin/registers/{register}/new", orgGuard, m.saveRow)
	rt.Get("/admin/registers/{register}/{key}", orgGuard, m.row)
	rt.Post("/admin/registers/{register}/{key}", orgGuard, m.saveRow)
	rt.Get("/admin/exchange", orgGuard, m.exchange)
	rt.PostLimit("/admin/exchange", orgGuard, uploadLimit, m.importFile)
	rt.Get("/admin/exchange/{file}", orgGuard, m.exportFile)
	rt.Get("/admin/roles", peopleGuard, m.roleList)

	rt.Get("/admin/calendar", orgGuard, m.calendar)
	rt.Post("/admin/calendar", orgGuard, m.saveCalendar)
	rt.Get("/admin/calendar/notice", orgGuard, m.notice)
	rt.Post("/admin/calendar/notice", orgGuard, m.readNotice)
}

// area is one thing to look after.
type area struct {
	Title, Text, URL, Icon string
	verbs                  []identity.Verb
}

var areas = []area{
	{"事项管理", "编制、审核、发布办事指南。", "/admin/items", "file", []identity.Verb{"item.edit", "item.review", "item.publish"}},
	{"后台任务", "查看失败的后台任务，重试或者搁置。", "/admin/jobs", "server", []identity.Verb{identity.VerbSystemView}},
	{"审计日志", "查询谁在何时做了什么，校验日志是否完整。", "/admin/audit", "shield", []identity.Verb{identity.VerbAuditView}},
	{"账号", "查找、新建、停用工作人员账号。", "/admin/accounts", "users", []identity.Verb{identity.VerbAccountManage}},
	{"角色", "查看每个角色能做什么。", "/admin/roles", "shield", []identity.Verb{identity.VerbAccountManage, identity.VerbGrantManage}},
	{"角色变更", "系统管理员提出、安全管理员授权，授权后才生效。", "/admin/changes", "lock", []identity.Verb{identity.VerbAccountManage, identity.VerbGrantManage}},
	{"临时委托", "谁把权限临时委托给了谁，到哪天为止；可以授权，也可以立即结束。", "/office/delegations", "users", []identity.Verb{identity.VerbGrantManage, identity.VerbDelegationAuthorise}},
	{"账号和授权", "查看每个账号的角色和管到哪里，可以立即撤销。", "/admin/accounts", "users", []identity.Verb{identity.VerbGrantManage}},
	{"组织机构", "逐级查看地区、单位和网点，新增和修改。", "/admin/org", "building", []identity.Verb{identity.VerbOrgManage}},
	{"工作人员", "查找、新增、调动和离岗。", "/admin/staff", "users", []identity.Verb{identity.VerbOrgManage}},
	{"导入和导出", "成批导入地区、单位、网点和人员，逐行报告错在哪里。", "/admin/exchange", "file", []identity.Verb{identity.VerbOrgManage}},
	{"办事网点", "维护网点地址、电话和办公时间。", "/admin/outlets", "map-pin", []identity.Verb{identity.VerbOrgManage}},
	{"同意书", "群众同意的说明，按版本和日期；发布新版。", "/admin/consents", "file", []identity.Verb{identity.VerbConsentPublish}},
	{"消息通知", "通知的文字、短信和邮件的发送记录。", "/admin/messages", "bell", []identity.Verb{messages.VerbManage}},
	{"接入应用", "用一门账号登录的部门系统：登记、审批、停用。", "/admin/clients", "lock", []identity.Verb{"client.ask", "client.authorise"}},
	{"排队设置", "设置各网点的队列、窗口分工和取号机。", "/admin/queues", "users", []identity.Verb{"queue.manage"}},
	{"待盖章的文书", "通知、决定作出后自动盖章，没有盖成的在这里看原因。", "/admin/notices", "file", []identity.Verb{"seal.view"}},
	{"电子印章", "申请、审批、制作、停用印章，查看用印记录。", "/admin/seals", "shield", []identity.Verb{"seal.view", "seal.apply", "seal.approve", "seal.make"}},
	{"工作日历", "登记地方节假日，办件期限随之重算。", "/admin/calendar", "calendar", []identity.Verb{identity.VerbOrgManage}},
}

// start shows what the viewer may look after, and nothing else.
func (m *Module) start(w http.ResponseWriter, r *http.Request) error {
	actor := identity.FromContext(r.Context())
	var mine []area
	for _, a := range areas {
		for _, v := range a.verbs {
			if actor.Has(v) {
				mine = append(mine, a)
				break
			}
		}
	}
	var troubles []string
	if m.Troubles != nil && actor.Has(identity.VerbSystemView) {
		troubles = m.Troubles(r.Context())
	}
	return web.Render(w, r, http.StatusOK, startView(mine, troubles))
}

func page(title, lead string) ui.PageOpts {
	return ui.PageOpts{Title: title, Lead: lead, Face: ui.Staff, Breadcrumb: []ui.Crumb{{Label: "管理", URL: "/admin"}, {Label: title}}}
}

func subPage(title string, parent ui.Crumb) ui.PageOpts {
	o := page(title, "")
	o.Breadcrumb = []ui.Crumb{{Label: "管理", URL: "/admin"}, parent, {Label: title}}
	return o
}

func (m *Module) today(r *http.Request) workday.Date {
	return workday.DateOf(clock.FromContext(r.Context(), m.Clock).Now(), clock.Beijing)
}

// mayManage says whether the viewer may keep what stands in a division; "" is
// the whole of the city's organisation.
func mayManage(r *http.Request, division string) bool {
	return identity.FromContext(r.Context()).Can(identity.VerbOrgManage, identity.Place{Division: division, Receiving: division})
}
