package messages

import (
	"net/http"
	"net/url"

	"yimen/internal/identity"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// The guards.
var (
	manageGuard = identity.Has(VerbManage)
	staffGuard  = identity.Staff()
)

// place is on which side of the counter a box is read: the same pages in two
// frames.
type place struct {
	m        *Module
	box      string // address of the list
	settings string
	face     ui.Face
	crumb    ui.Crumb
	empty    string // what an empty box says
}

// ofStaff tells whether those who read here work here.
func (p place) ofStaff() bool { return p.face == ui.Staff }

func (m *Module) places() (citizens, staff place) {
	citizens = place{m, "/my/messages", "/my/settings", ui.Citizen, ui.Crumb{Label: "我的办件", URL: "/my"},
		"办件有了进展，会在这里告诉您，同时按您的设置发短信、邮件。"}
	staff = place{m, "/office/messages", "/office/messages/settings", ui.Staff, ui.Crumb{Label: "办公", URL: "/office"},
		"转办、催办、超期会在这里告诉您；登记了手机号的，催办和超期也发短信；填了邮箱的，也发邮件。"}
	return citizens, staff
}

// BoxURL is where staff, or citizens, read their messages.
func BoxURL(staff bool) string {
	if staff {
		return "/office/messages"
	}
	return "/my/messages"
}

// Routes adds the pages.
func (m *Module) Routes(rt *web.Router) {
	citizens, staff := m.places()
	citizens.mount(rt, identity.Applicant())
	staff.mount(rt, staffGuard)

	rt.Get("/admin/messages", manageGuard, m.templatesPage)
	rt.Get("/admin/messages/deliveries", manageGuard, m.deliveriesPage)
	rt.Post("/admin/messages/deliveries/retry", manageGuard, m.retryFailed)
	rt.Post("/admin/messages/deliveries/{id}/retry", manageGuard, m.retryOne)
	rt.Get("/admin/messages/templates/{key}", manageGuard, m.templatePage)
	rt.Post("/admin/messages/templates/{key}", manageGuard, m.saveTemplate)
	rt.PostEach("/admin/messages/templates/{key}/preview", manageGuard, m.previewTemplate)
	rt.Post("/admin/messages/templates/{key}/test", manageGuard, m.testTemplate)
	if m.Outbox {
		rt.Get("/demo/outbox", web.Public, m.outboxPage)
	}
}

func (p place) mount(rt *web.Router, g web.Guard) {
	rt.Get(p.box, g, p.list)
	rt.Get(p.box+"/{id}", g, p.open)
	rt.Post(p.box+"/read", g, p.readAll)
	rt.Post(p.box+"/{id}/hide", g, p.hide)
	rt.Get(p.settings, g, p.settingsPage)
	rt.Post(p.settings, g, p.saveSettings)
	rt.Post(p.settings+"/mail", g, p.askMail)
	rt.PostEach(p.settings+"/mail/confirm", g, p.confirmMail)
	rt.Post(p.settings+"/mail/remove", g, p.removeMail)
}

func (p place) messageURL(id string) string { return p.box + "/" + url.PathEscape(id) }

func templateURL(key string) string { return "/admin/messages/templates/" + url.PathEscape(key) }

// statusOf is 422 for a form with something wrong in it.
func statusOf(f *web.Form) int {
	if f.OK() {
		return http.StatusOK
	}
	return http.StatusUnprocessableEntity
}
