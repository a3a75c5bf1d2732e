package licences

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/workday"
)

var (
	lookGuard   = identity.HasAny(VerbView, VerbManage)
	manageGuard = identity.Has(VerbManage)
	checkGuard  = web.Public.And(web.RateLimit("licence check", 60, time.Minute, nil))
)

// uploadLimit is the largest form with a file of stock, in bytes.
const uploadLimit = maxArchive + 1<<20

// Routes adds the pages.
func (m *Module) Routes(rt *web.Router) {
	m.showRoutes(rt)
	rt.PostEachLimit(CheckURL, verifyGuard, verifyLimit, m.verifyFile) // looks, and keeps nothing
	rt.Get(CheckURL, checkGuard, m.checkPage)
	rt.Get(officeURL, lookGuard, m.list)
	rt.Get(officeURL+"/import", manageGuard, m.importPage)
	rt.Get(officeURL+"/import/template.csv", manageGuard, m.template)
	rt.PostEachLimit(officeURL+"/import", manageGuard, uploadLimit, m.importFile) // what is in the store already is refused: twice is once
	m.issueRoutes(rt)
	m.batchRoutes(rt)
	rt.Get(officeURL+"/{identifier}", lookGuard, m.licence)
	rt.Post(officeURL+"/{identifier}", manageGuard, m.do)
	rt.Get(officeURL+"/{identifier}/uses.csv", lookGuard, m.exportUses)
	rt.Get(typesURL, typesLook, m.types)
	rt.Get(typesURL+"/{id}", typesLook, m.typePage)
	m.typeRoutes(rt)
	m.documentRoutes(rt)
	m.copyRoutes(rt)
}

var home = ui.Crumb{Label: "电子证照", URL: officeURL}

func page(title, lead string, trail ...ui.Crumb) ui.PageOpts {
	return ui.PageOpts{Title: title, Lead: lead, Face: ui.Staff, Styles: []string{"licences.css"}, Breadcrumb: append(trail, ui.Crumb{Label: title})}
}

type checkedPage struct {
	form    *web.Form
	found   *Checked
	verdict *Verdict // of a file
	name    string   // of the file
}

// checkPage answers anybody who has an identifier.
func (m *Module) checkPage(w http.ResponseWriter, r *http.Request) error {
	p := checkedPage{form: web.NewForm(r.URL.Query())}
	if !p.form.Has("id") {
		return web.Render(w, r, http.StatusOK, checkView(p))
	}
	id := p.form.Value("id")
	if id == "" {
		p.form.Error("id", "请输入电子证照标识。")
		return web.Render(w, r, http.StatusUnprocessableEntity, checkView(p))
	}
	c, err := m.Check(r.Context(), id)
	switch {
	case errors.Is(err, ErrUnknown):
		p.form.Error("id", notThere(err))
		return web.Render(w, r, http.StatusUnprocessableEntity, checkView(p))
	case err != nil:
		return err
	}
	p.found = &c
	return web.Render(w, r, http.StatusOK, checkView(p))
}

// notThere says what is wrong with the identifier, or that there is none such.
func notThere(err error) string {
	if e := errs.From(err); len(e.Fields) > 0 {
		return e.Fields[0].Message
	}
	return "库里没有这个标识的证照。可能输错了，或者这本证照不是本市颁发的。"
}

type listPage struct {
	find    Find
	list    []Licence
	types   []Type
	next    string
	paged   bool
	manages bool
	today   workday.Date
}

func (f Find) query() string {
	return url.Values{"q": {f.Q}, "type": {f.Type}, "state": {string(f.State)}, "trust": {string(f.Trust)}}.Encode()
}

func (m *Module) list(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	p := listPage{find: Find{Q: q.Get("q"), Type: q.Get("type"), State: State(q.Get("state")), Trust: Trust(q.Get("trust"))},
		manages: identity.FromContext(ctx).Has(VerbManage), today: m.today(ctx), paged: q.Get("after") != ""}
	var err error
	if p.types, err = m.Types(ctx); err != nil {
		return err
	}
	if p.list, p.next, err = m.List(ctx, p.find, db.Page{After: q.Get("after")}); err != nil {
		return err
	}
	if p.next != "" {
		p.next = officeURL + "?" + p.find.query() + "&after=" + url.QueryEscape(p.next)
	}
	return web.Render(w, r, http.StatusOK, listView(p))
}

// first is the address of the first page, from a later one.
func (p listPage) first() string {
	if !p.paged {
		return ""
	}
	return officeURL + "?" + p.find.query()
}

type licencePage struct {
	Shown
	form  *web.Form
	today workday.Date
	uses  []Use
	made  []Copy
}

func (m *Module) licence(w http.ResponseWriter, r *http.Request) error {
	return m.showLicence(w, r, nil)
}

func (m *Module) showLicence(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	p := licencePage{form: f, today: m.today(r.Context())}
	var err error
	if p.Shown, err = m.Open(r.Context(), r.PathValue("identifier")); err != nil {
		return err
	}
	if p.uses, err = m.uses(r.Context(), p.ID, usesShown); err != nil {
		return err
	}
	if p.made, err = m.Copies(r.Context(), p.Shown); err != nil {
		return err
	}
	return web.Render(w, r, f.Status(), licenceView(p))
}

func (m *Module) do(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	identifier, act := r.PathValue("identifier"), Act(f.Value("act"))
	if err := f.Merge(m.Do(r.Context(), identifier, Step{Act: act, Reason: f.Value("reason"), Document: f.Value("document")})); err != nil {
		return err
	}
	if !f.OK() {
		return m.showLicence(w, r, f)
	}
	web.Flash(r, "success", "已办理"+act.Name()+"。")
	return web.Redirect(w, r, licenceURL(identifier))
}

type importPage struct {
	form *web.Form
	done *Imported
	try  bool
}

func (m *Module) importPage(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, importView(importPage{form: web.NewForm(nil)}))
}

func (m *Module) template(w http.ResponseWriter, _ *http.Request) error {
	web.StartTable(w, "存量证照模板.csv", StockColumns...).Close()
	return nil
}

func (m *Module) importFile(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p := importPage{form: f, try: f.Value("how") != "all"}
	head := f.File("file")
	if head == nil {
		f.Error("file", "请选择要导入的文件。")
		return web.Render(w, r, f.Status(), importView(p))
	}
	file, err := head.Open()
	if err != nil {
		return err
	}
	defer file.Close()
	done, err := m.ImportFile(r.Context(), file, head.Size, p.try)
	if errs.KindOf(err) == errs.Invalid && err != nil {
		f.Error("file", errs.From(err).Message)
		return web.Render(w, r, f.Status(), importView(p))
	}
	if err != nil {
		return err
	}
	p.done = &done
	status := http.StatusOK
	if len(done.Wrong) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return web.Render(w, r, status, importView(p))
}

func (m *Module) types(w http.ResponseWriter, r *http.Request) error {
	list, err := m.Types(r.Context())
	if err != nil {
		return err
	}
	q := strings.TrimSpace(r.URL.Query().Get("q"))
	if q != "" {
		list = slices.DeleteFunc(list, func(t Type) bool { return !t.found(q) })
	}
	return web.Render(w, r, http.StatusOK, typesView(list, q, identity.FromContext(r.Context()).Has(VerbTypes)))
}

func (m *Module) typePage(w http.ResponseWriter, r *http.Request) error {
	t, err := m.Type(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, typeView(t, identity.FromContext(r.Context()).Has(VerbTypes)))
}

// maskNo is a holder's number as a list shows it.
func maskNo(l Licence) string {
	return gb.MaskIDNumber(gb.IDType(l.HolderType()), l.HolderNo)
}
