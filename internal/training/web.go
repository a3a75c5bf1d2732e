package training

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/files"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/workday"
)

// uploadLimit is the largest form with a material, in bytes.
const uploadLimit = 51 << 20

var (
	lookGuard   = identity.HasAny(VerbView, VerbManage)
	manageGuard = identity.Has(VerbManage)
)

// Routes adds the pages.
func (m *Module) Routes(rt *web.Router) {
	staff := identity.Staff()
	rt.Get("/office/training", lookGuard, m.overview)
	rt.Get("/office/training/courses/new", manageGuard, m.newCourse)
	rt.Post("/office/training/courses/new", manageGuard, m.saveCourse)
	rt.Get("/office/training/courses/{id}", lookGuard, m.course)
	rt.Post("/office/training/courses/{id}", manageGuard, m.saveCourse)
	rt.PostLimit("/office/training/courses/{id}/materials", manageGuard, uploadLimit, m.addMaterial)
	rt.Post("/office/training/courses/{id}/materials/{file}/remove", manageGuard, m.removeMaterial)
	rt.Post("/office/training/courses/{id}/sessions", manageGuard, m.plan)
	rt.Post("/office/training/courses/{id}/items", manageGuard, m.require)
	rt.Post("/office/training/courses/{id}/items/{item}/release", manageGuard, m.release)
	rt.Get("/office/training/courses/{id}/materials/{file}", staff, m.sendMaterial)
	rt.Get("/office/training/sessions/{id}", lookGuard, m.session)
	rt.Post("/office/training/sessions/{id}/enrol", manageGuard, m.enrol)
	rt.Post("/office/training/sessions/{id}/enrol-due", manageGuard, m.enrolDue)
	rt.Get("/office/training/sessions/{id}/sheet", lookGuard, m.sendSheet)
	rt.PostLimit("/office/training/sessions/{id}/sheet", manageGuard, mostSheet+1<<16, m.takeSheet)
	rt.Post("/office/training/sessions/{id}/results", manageGuard, m.results)
	rt.Get("/office/training/certificates", lookGuard, m.certificates)
	rt.Get("/office/training/certificates/export", lookGuard, m.export)
	rt.Get("/office/training/certificates/{id}", staff, m.paper)
	rt.Post("/office/training/certificates/{id}/revoke", manageGuard, m.revoke)
	rt.Get(MineURL, staff, m.mine)
	rt.Post("/office/training/sessions/{id}/sign-in", staff, m.signIn)
}

func courseURL(id string) string  { return "/office/training/courses/" + url.PathEscape(id) }
func sessionURL(id string) string { return "/office/training/sessions/" + url.PathEscape(id) }
func paperURL(id string) string   { return "/office/training/certificates/" + url.PathEscape(id) }

var home = ui.Crumb{Label: "培训与上岗", URL: "/office/training"}

func page(title, lead string, trail ...ui.Crumb) ui.PageOpts {
	return ui.PageOpts{Title: title, Lead: lead, Face: ui.Staff, Styles: []string{"training.css"}, Breadcrumb: append(trail, ui.Crumb{Label: title})}
}

func itoa(n int) string { return strconv.Itoa(n) }

func kindOptions() []ui.Option {
	return []ui.Option{{Value: KindPost, Label: kindNames[KindPost]}, {Value: KindBusiness, Label: kindNames[KindBusiness]}, {Value: KindRefresher, Label: kindNames[KindRefresher]}}
}

func stateOptions() []ui.Option {
	var list []ui.Option
	for _, s := range []string{Valid, Due, Lapsed, Revoked} {
		list = append(list, ui.Option{Value: s, Label: stateNames[s]})
	}
	return list
}

func tone(state string) string {
	switch state {
	case Valid:
		return "success"
	case Due:
		return "warning"
	}
	return "danger"
}

type overviewPage struct {
	courses  []Course
	due      []Certificate
	lapsed   []Certificate
	moreDue  bool
	moreGone bool
	manages  bool
	today    workday.Date
}

// shownDue is how many of those who are due the first page names.
const shownDue = 10

func (m *Module) overview(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p := overviewPage{manages: identity.FromContext(ctx).Has(VerbManage), today: m.today(ctx)}
	var err error
	if p.courses, err = m.Courses(ctx); err != nil {
		return err
	}
	next := ""
	if p.due, next, err = m.Certificates(ctx, Find{State: Due}, db.Page{Limit: shownDue}); err != nil {
		return err
	}
	p.moreDue = next != ""
	if p.lapsed, next, err = m.Certificates(ctx, Find{State: Lapsed}, db.Page{Limit: shownDue}); err != nil {
		return err
	}
	p.moreGone = next != ""
	return web.Render(w, r, http.StatusOK, overviewView(p))
}

type coursePage struct {
	Course
	place     string // name of the division
	manages   bool
	form      *web.Form // of whichever part was sent
	materials []Material
	sessions  []Session
	items     []Requirement
}

func (m *Module) newCourse(w http.ResponseWriter, r *http.Request) error {
	f := web.NewForm(nil)
	f.Set("division", m.ownDivision(r.Context()))
	f.Set("months", "24")
	return web.Render(w, r, http.StatusOK, newCourseView(f))
}

func (m *Module) saveCourse(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	months, _ := strconv.Atoi(f.Value("months")) // what is no number is refused as 0
	c := Course{ID: r.PathValue("id"), Kind: f.Value("kind"), Title: f.Value("title"), About: f.Value("about"), Months: months,
		Division: f.Value("division"), Ended: f.Value("ended") != ""}
	saved, err := m.SaveCourse(r.Context(), c)
	if err := f.Merge(err); err != nil {
		return err
	}
	if !f.OK() {
		if c.ID == "" {
			return web.Render(w, r, f.Status(), newCourseView(f))
		}
		return m.showCourse(w, r, f)
	}
	web.Flash(r, "success", "课程已保存。")
	return web.Redirect(w, r, courseURL(saved.ID))
}

func (m *Module) course(w http.ResponseWriter, r *http.Request) error { return m.showCourse(w, r, nil) }

func (m *Module) showCourse(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	ctx := r.Context()
	p := coursePage{form: f}
	var err error
	if p.Course, err = m.Course(ctx, r.PathValue("id")); err != nil {
		return err
	}
	p.manages = identity.FromContext(ctx).Can(VerbManage, at(p.Division))
	d, err := m.Org.Division(ctx, p.Division)
	if err != nil {
		return err
	}
	p.place = d.Name
	if p.materials, err = m.Materials(ctx, p.ID); err != nil {
		return err
	}
	if p.sessions, err = m.SessionsOf(ctx, p.ID); err != nil {
		return err
	}
	if p.items, err = m.Requirements(ctx, p.ID); err != nil {
		return err
	}
	return web.Render(w, r, f.Status(), courseView(p))
}

// onCourse does something to a course, and shows it.
func (m *Module) onCourse(w http.ResponseWriter, r *http.Request, said string, do func(f *web.Form, id string) error) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if f.OK() {
		if err := f.Merge(do(f, r.PathValue("id"))); err != nil {
			return err
		}
	}
	if !f.OK() {
		return m.showCourse(w, r, f)
	}
	web.Flash(r, "success", said)
	return web.Redirect(w, r, courseURL(r.PathValue("id")))
}

func (m *Module) addMaterial(w http.ResponseWriter, r *http.Request) error {
	return m.onCourse(w, r, "资料已上传。", func(f *web.Form, id string) error {
		head := f.File("material")
		if head == nil {
			return ErrInvalid.Field("material", "请选择要上传的资料。")
		}
		return m.AddMaterial(r.Context(), id, head)
	})
}

func (m *Module) removeMaterial(w http.ResponseWriter, r *http.Request) error {
	return m.onCourse(w, r, "资料已删除。", func(_ *web.Form, id string) error {
		return m.RemoveMaterial(r.Context(), id, r.PathValue("file"))
	})
}

func (m *Module) plan(w http.ResponseWriter, r *http.Request) error {
	return m.onCourse(w, r, "培训已安排。", func(f *web.Form, id string) error {
		s := Session{Course: id, On: f.Date("on"), Hours: f.Value("hours"), Place: f.Value("place"), Trainer: f.Value("trainer")}
		if !f.OK() {
			return nil
		}
		_, err := m.Plan(r.Context(), s)
		return err
	})
}

func (m *Module) require(w http.ResponseWriter, r *http.Request) error {
	return m.onCourse(w, r, "已要求持证受理。", func(f *web.Form, id string) error {
		return m.Require(r.Context(), id, strings.ToUpper(f.Value("item")))
	})
}

func (m *Module) release(w http.ResponseWriter, r *http.Request) error {
	return m.onCourse(w, r, "不再要求持证受理。", func(_ *web.Form, id string) error {
		return m.Release(r.Context(), id, r.PathValue("item"))
	})
}

// sendMaterial gives a file to whoever works here.
func (m *Module) sendMaterial(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	list, err := m.Materials(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	for _, x := range list {
		if x.File != r.PathValue("file") {
			continue
		}
		body, _, err := m.Store.Open(ctx, x.File)
		if err != nil {
			return err
		}
		defer body.Close()
		web.Attach(w, x.Name)
		_, _ = io.Copy(w, body) // the reader has gone: nobody to tell
		return nil
	}
	return files.ErrNotFound
}

type sessionPage struct {
	Session
	manages bool
	today   workday.Date
	list    []Attendance
	form    *web.Form
}

func (p sessionPage) signed() int {
	n := 0
	for _, a := range p.list {
		if a.SignedAt != nil {
			n++
		}
	}
	return n
}

func (m *Module) session(w http.ResponseWriter, r *http.Request) error {
	return m.showSession(w, r, nil)
}

// openSession reads a session with its list, for who may look there.
func (m *Module) openSession(ctx context.Context, id string) (p sessionPage, err error) {
	p.today = m.today(ctx)
	if p.Session, err = m.Session(ctx, id); err != nil {
		return p, err
	}
	actor := identity.FromContext(ctx)
	p.manages = actor.Can(VerbManage, at(p.Division))
	if !p.manages && !actor.Can(VerbView, at(p.Division)) {
		return p, ErrNotHere
	}
	p.list, err = m.List(ctx, p.ID)
	return p, err
}

func (m *Module) showSession(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	p, err := m.openSession(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	p.form = f
	return web.Render(w, r, f.Status(), sessionView(p))
}

// sendSheet gives the list as a sheet to be filled in.
func (m *Module) sendSheet(w http.ResponseWriter, r *http.Request) error {
	p, err := m.openSession(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := m.WriteSheet(&b, p.list); err != nil {
		return err
	}
	if err := m.record(r.Context(), "training.sheet", "training_session", p.ID, "", itoa(len(p.list))); err != nil {
		return err
	}
	web.Give(w, "签到表"+p.On.String()+".xlsx", b.Bytes())
	return nil
}

func (m *Module) takeSheet(w http.ResponseWriter, r *http.Request) error {
	return m.onSession(w, r, "签到表已导入%d人。请核对结果，再登记发证。", func(f *web.Form, id string) (int, error) {
		head := f.File("sheet")
		if head == nil {
			return 0, ErrInvalid.Field("sheet", "请选择填好的签到表。")
		}
		body, err := head.Open()
		if err != nil {
			return 0, err
		}
		defer body.Close()
		return m.ReadSheet(r.Context(), id, body)
	})
}

func (m *Module) enrolDue(w http.ResponseWriter, r *http.Request) error {
	return m.onSession(w, r, "名单已加入%d人。", func(_ *web.Form, id string) (int, error) {
		return m.EnrolDue(r.Context(), id)
	})
}

// onSession does something to a session that is about so many people, and shows
// it again.
func (m *Module) onSession(w http.ResponseWriter, r *http.Request, said string, do func(f *web.Form, id string) (int, error)) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	n, err := do(f, r.PathValue("id"))
	if err := f.Merge(err); err != nil {
		return err
	}
	if !f.OK() {
		return m.showSession(w, r, f)
	}
	web.Flash(r, "success", fmt.Sprintf(said, n))
	return web.Redirect(w, r, sessionURL(r.PathValue("id")))
}

// paper is a certificate to be printed.
func (m *Module) paper(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	c, err := m.Certificate(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	course, err := m.Course(ctx, c.Course)
	if err != nil {
		return err
	}
	d, err := m.Org.Division(ctx, course.Division)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, paperView(c, d.Name, c.State(m.today(ctx))))
}

func (m *Module) enrol(w http.ResponseWriter, r *http.Request) error {
	return m.onSession(w, r, "名单已加入%d人。", func(f *web.Form, id string) (int, error) {
		return m.Enrol(r.Context(), id, f.Value("place"))
	})
}

func (m *Module) results(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	results := map[string]string{}
	for name := range f.Raw() {
		if staff, ok := strings.CutPrefix(name, "result."); ok {
			results[staff] = f.Value(name)
		}
	}
	n, err := m.Results(r.Context(), r.PathValue("id"), results)
	if err := f.Merge(err); err != nil {
		return err
	}
	if !f.OK() {
		return m.showSession(w, r, f)
	}
	web.Flash(r, "success", "结果已登记，发放证书"+itoa(n)+"张。")
	return web.Redirect(w, r, sessionURL(r.PathValue("id")))
}

type certificatesPage struct {
	find    Find
	list    []Certificate
	next    string
	paged   bool
	today   workday.Date
	form    *web.Form // of a revocation that was not made
	of      string
	manages bool
}

func findOf(q url.Values) Find {
	return Find{State: q.Get("state"), Course: q.Get("course"), Q: strings.TrimSpace(q.Get("q"))}
}

func (f Find) query() url.Values {
	v := url.Values{}
	for name, value := range map[string]string{"state": f.State, "course": f.Course, "q": f.Q} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return v
}

func (m *Module) certificates(w http.ResponseWriter, r *http.Request) error {
	return m.showCertificates(w, r, certificatesPage{find: findOf(r.URL.Query())})
}

func (m *Module) showCertificates(w http.ResponseWriter, r *http.Request, p certificatesPage) error {
	ctx, after := r.Context(), r.URL.Query().Get("after")
	p.today, p.paged, p.manages = m.today(ctx), after != "", identity.FromContext(ctx).Has(VerbManage)
	var err error
	if p.list, p.next, err = m.Certificates(ctx, p.find, db.Page{Limit: 50, After: after}); err != nil {
		return err
	}
	if p.next != "" {
		v := p.find.query()
		v.Set("after", p.next)
		p.next = "/office/training/certificates?" + v.Encode()
	}
	return web.Render(w, r, p.form.Status(), certificatesView(p))
}

// export gives all that the list would show, page after page.
func (m *Module) export(w http.ResponseWriter, r *http.Request) error {
	ctx, find, today := r.Context(), findOf(r.URL.Query()), m.today(r.Context())
	at := db.Page{Limit: db.MaxLimit}
	list, next, err := m.Certificates(ctx, find, at)
	if err != nil {
		return err
	}
	if err := m.record(ctx, "training.export", "training_certificate", "", "", find.query().Encode()); err != nil {
		return err
	}
	out := web.StartTable(w, "培训证书.csv", "证书编号", "课程", "姓名", "人员编号", "网点或单位", "区划", "起", "止", "状态", "撤销原因")
	defer out.Close()
	for {
		for _, c := range list {
			out.Row(c.Number, c.Title, c.Name, c.Staff, c.Unit, c.Division, c.From.String(), c.Until.String(), stateNames[c.State(today)], c.Reason)
		}
		if next == "" {
			return nil
		}
		at.After = next
		if list, next, err = m.Certificates(ctx, find, at); err != nil {
			out.Row("导出中断，请重新导出")
			return nil
		}
	}
}

func (m *Module) revoke(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if err := f.Merge(m.Revoke(r.Context(), r.PathValue("id"), f.Value("reason"))); err != nil {
		return err
	}
	if !f.OK() {
		return m.showCertificates(w, r, certificatesPage{form: f, of: r.PathValue("id")})
	}
	web.Flash(r, "success", "证书已撤销，从现在起不能凭它受理。")
	return web.Redirect(w, r, "/office/training/certificates?state="+Revoked)
}

type minePage struct {
	list   []Certificate
	coming []Session
	today  workday.Date
	files  map[string][]Material // by course
	signed map[string]bool       // by session: the reader has signed in
}

func (m *Module) mine(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p := minePage{today: m.today(ctx), files: map[string][]Material{}}
	var err error
	if p.list, err = m.Mine(ctx); err != nil {
		return err
	}
	if p.coming, err = m.Coming(ctx, identity.FromContext(ctx).Division); err != nil {
		return err
	}
	if p.signed, err = m.signed(ctx, identity.FromContext(ctx).Staff); err != nil {
		return err
	}
	for _, s := range p.coming {
		if p.files[s.Course] != nil {
			continue
		}
		if p.files[s.Course], err = m.Materials(ctx, s.Course); err != nil {
			return err
		}
	}
	return web.Render(w, r, http.StatusOK, mineView(p))
}

func (m *Module) signIn(w http.ResponseWriter, r *http.Request) error {
	if err := m.SignIn(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	web.Flash(r, "success", "已签到。")
	return web.Redirect(w, r, MineURL)
}
