package licences

import (
	"context"
	"net/http"
	"net/url"
	"path"
	"strconv"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/workday"
)

// CopiesURL is where the holder of a licence makes copies of it for one purpose.
func CopiesURL(identifier string) string { return ownURL(identifier) + "/copies" }

// copyRoutes adds the pages of copies: the holder's, and those of staff.
func (m *Module) copyRoutes(rt *web.Router) {
	own := copySide{m, true, m.Own, m.Own, m.CopyOwn}
	rt.Get("/my/licences/{identifier}/copies", identity.Applicant(), own.list)
	rt.Post("/my/licences/{identifier}/copies", identity.Applicant(), own.make)
	rt.Get("/my/licences/{identifier}/copies/{id}/{file}", identity.Applicant(), own.file)
	staff := copySide{m, false, m.seen, m.taken, m.CopyFor}
	rt.Get(officeURL+"/{identifier}/copies", lookGuard, staff.list)
	rt.Post(officeURL+"/{identifier}/copies", manageGuard, staff.make)
	rt.Get(officeURL+"/{identifier}/copies/{id}/{file}", lookGuard, staff.file)
}

// copySide is the pages of copies as one side sees them.
type copySide struct {
	m          *Module
	mine       bool
	look, take opener // to see the list, to have a file
	copy       func(ctx context.Context, identifier string, w CopyWish) (Copy, error)
}

type copiesPage struct {
	Shown
	form  *web.Form
	mine  bool
	list  []Copy
	today workday.Date
	may   bool // make one
}

func (p copiesPage) url() string { return p.documentURL(p.mine) + "/copies" }

func (c copySide) list(w http.ResponseWriter, r *http.Request) error {
	return c.page(w, r, web.NewForm(url.Values{"days": {"30"}}))
}

func (c copySide) page(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	s, err := c.look(r.Context(), r.PathValue("identifier"))
	if err != nil {
		return err
	}
	p := copiesPage{Shown: s, form: f, mine: c.mine, today: c.m.today(r.Context())}
	p.may = s.Stands(p.today) && s.Trust.Replaces() && (c.mine || identity.FromContext(r.Context()).Can(VerbManage, s.place()))
	if p.list, err = c.m.Copies(r.Context(), s); err != nil {
		return err
	}
	return web.Render(w, r, f.Status(), copiesView(p))
}

func (c copySide) make(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	days, _ := strconv.Atoi(f.Value("days")) // none is refused with what is wrong
	identifier := r.PathValue("identifier")
	_, err = c.copy(r.Context(), identifier, CopyWish{Purpose: f.Value("purpose"), Recipient: f.Value("recipient"), Days: days})
	if errs.KindOf(err) != errs.NotFound {
		err = told(err)
	}
	if err := f.Merge(err); err != nil {
		return err
	}
	if !f.OK() {
		return c.page(w, r, f)
	}
	web.Flash(r, "success", "加注件做好了，可以下载。")
	return web.Redirect(w, r, Shown{Licence: Licence{Identifier: identifier}}.documentURL(c.mine)+"/copies")
}

// file gives a copy away, as 加注件.ofd or 加注件.pdf.
func (c copySide) file(w http.ResponseWriter, r *http.Request) error {
	form := r.PathValue("file")
	if form != "copy.ofd" && form != "copy.pdf" {
		return ErrCopyUnknown
	}
	s, err := c.take(r.Context(), r.PathValue("identifier"))
	if err != nil {
		return err
	}
	x, err := c.m.copyOf(r.Context(), s, r.PathValue("id"))
	if err != nil {
		return err
	}
	var data []byte
	if form == "copy.pdf" {
		data, err = c.m.readPDF(r.Context(), s.Licence, x.sheetFile(s))
	} else {
		data, err = c.m.read(r.Context(), x.OFD)
	}
	if err != nil {
		return err
	}
	web.Give(w, s.TypeName+"加注件（"+x.Recipient+"）."+path.Ext(form)[1:], data)
	return nil
}

// copyState is how long a copy counts, in words.
func copyState(c Copy, today workday.Date) string {
	if c.Ended(today) {
		return "已过期"
	}
	return "到" + c.EndsOn.Chinese()
}

func (c Copy) maker() string {
	if c.Agency == "" {
		return c.By
	}
	return c.Agency + "　" + c.By
}

func (p copiesPage) frame() ui.PageOpts {
	const lead = "把证照给别人时，用写明用途的副本：照面上斜着印有用途、给谁、到哪天为止，盖颁发机构的电子印章，挪作他用就看得出来。"
	if p.mine {
		return ui.PageOpts{Title: "加注件", Lead: lead, Narrow: true, Styles: []string{"licences.css"}, Breadcrumb: ownTrail(p.Shown, "加注件")}
	}
	return page("加注件", lead, home, ui.Crumb{Label: p.TypeName, URL: licenceURL(p.Identifier)})
}

// whyNoCopy says why none can be made of the licence here.
func (p copiesPage) whyNoCopy() string {
	switch {
	case !p.Trust.Replaces():
		return ErrUnsure.Message
	case !p.Stands(p.today):
		return "这本证照现在不能做加注件：" + p.Why(p.today)
	}
	return ErrNotHere.Message
}
