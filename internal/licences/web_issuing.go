package licences

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

const (
	issuingURL = "/office/licence-orders"
	issueURL   = officeURL + "/issue"
)

func (m *Module) issueRoutes(rt *web.Router) {
	rt.Get(issuingURL, manageGuard, m.issuing)
	rt.Get(issuingURL+"/{case}", manageGuard, m.issuingCase)
	rt.Post(issuingURL+"/{case}", manageGuard, m.complete)
	rt.Get(issueURL, manageGuard, m.issuePage)
	rt.Post(issueURL, manageGuard, m.issueOne)
}

var issuingCrumb = ui.Crumb{Label: "待签发", URL: issuingURL}

type issuingList struct {
	list []Order
	next string
	more bool // not the first page
}

func (p issuingList) first() string {
	if !p.more {
		return ""
	}
	return issuingURL
}

func (m *Module) issuing(w http.ResponseWriter, r *http.Request) error {
	after := r.URL.Query().Get("after")
	p := issuingList{more: after != ""}
	var err error
	if p.list, p.next, err = m.Waiting(r.Context(), db.Page{After: after}); err != nil {
		return err
	}
	if p.next != "" {
		p.next = issuingURL + "?after=" + url.QueryEscape(p.next)
	}
	return web.Render(w, r, http.StatusOK, issuingView(p))
}

// issueForm is a licence as staff fill it in: of a case, or of none.
type issueForm struct {
	form  *web.Form
	order *Order // nil: of no case
	grant Grant
	of    Type // zero: to be chosen
	older []Licence
	types []Type
}

func (p issueForm) url() string {
	if p.order != nil {
		return issuingURL + "/" + p.order.Case
	}
	return issueURL
}

func (p issueForm) olderOptions() []ui.Option {
	list := []ui.Option{{Value: "new", Label: "新发一本"}}
	for _, l := range p.older {
		list = append(list, ui.Option{Value: l.Identifier, Label: "换发“" + l.MaskedNumber() + "”（" + l.Term() + "）"})
	}
	return list
}

func (m *Module) issuingCase(w http.ResponseWriter, r *http.Request) error {
	p, err := m.caseForm(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, p.view())
}

// caseForm reads a case whose licence waits, with what its form begins with. A
// page that tries to issue reads it before: afterwards, when that has failed,
// its transaction is not one to read from.
func (m *Module) caseForm(r *http.Request) (issueForm, error) {
	o, err := m.order(r.Context(), r.PathValue("case"))
	p := issueForm{order: &o}
	if err != nil || o.State != OrderWaiting {
		return p, err
	}
	var n Completion
	n, p.of, p.older, p.grant, err = m.draft(r.Context(), o)
	p.form = web.NewForm(valuesOf(n))
	return p, err
}

func (p issueForm) view() templ.Component {
	if p.order != nil && p.order.State != OrderWaiting {
		return issuedView(*p.order)
	}
	return issueView(p)
}

// valuesOf is what the form of a licence begins with.
func valuesOf(n Completion) url.Values {
	v := url.Values{"replaces": {n.Replaces}, "holder_name": {n.HolderName}, "holder_no": {n.HolderNo}}
	if n.Replaces == "" {
		v.Set("replaces", "new")
	}
	if !n.From.IsZero() {
		v.Set("from", n.From.String())
	}
	if !n.To.IsZero() {
		v.Set("to", n.To.String())
	}
	if n.ForGood {
		v.Set("for_good", "1")
	}
	for name, text := range n.Fields {
		v.Set("fields."+name, text)
	}
	return v
}

func readCompletion(f *web.Form, t Type) Completion {
	n := Completion{Number: f.Value("number"), HolderName: f.Value("holder_name"), HolderNo: f.Value("holder_no"), From: f.Date("from"), To: f.Date("to"),
		ForGood: f.Value("for_good") != "", Fields: map[string]string{}, Pictures: map[string][]byte{}}
	if id := f.Value("replaces"); id != "new" {
		n.Replaces = id
	}
	if n.ForGood && !n.To.IsZero() {
		f.Error("to", "选了“长期有效”，就不要填最后一天。")
	}
	for _, x := range t.Fields {
		if x.Kind != kindPicture {
			n.Fields[x.Name] = f.Value("fields." + x.Name)
		} else if head := f.File("fields." + x.Name); head != nil {
			n.Pictures[x.Name] = readPart(head)
		}
	}
	return n
}

// readPart reads an uploaded picture, no more than shows that it is too large;
// one that cannot be read is none, and refused as such.
func readPart(head *multipart.FileHeader) []byte {
	file, err := head.Open()
	if err != nil {
		return []byte{0}
	}
	defer file.Close()
	raw, err := io.ReadAll(io.LimitReader(file, maxPictureFile+1))
	if err != nil || len(raw) == 0 {
		return []byte{0}
	}
	return raw
}

// pictures says whether the form of a type takes pictures.
func (p issueForm) pictures() bool {
	return slices.ContainsFunc(p.of.Fields, func(f Field) bool { return f.Kind == kindPicture })
}

// fieldHelp is what stands below the input of a field.
func (p issueForm) fieldHelp(f Field) string {
	switch {
	case f.Kind != kindPicture:
		return ""
	case p.order != nil:
		return fmt.Sprintf("JPG或PNG图片，不超过%dMB。不选就用申请材料里的，换发的沿用旧证上的。", maxPictureFile>>20)
	}
	return fmt.Sprintf("JPG或PNG图片，不超过%dMB。", maxPictureFile>>20)
}

// enctype is how the form is sent.
func (p issueForm) enctype() string {
	if p.pictures() {
		return "multipart/form-data"
	}
	return "application/x-www-form-urlencoded"
}

func (m *Module) complete(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p, err := m.caseForm(r)
	if err != nil {
		return err
	}
	p.form = f
	ctx, number, next, done := r.Context(), r.PathValue("case"), issuingURL, "已签发，申请人会收到通知。"
	if f.Value("do") == "drop" {
		done, err = "已定为不签发电子证照。", m.Drop(ctx, number, f.Value("reason"))
	} else if n := readCompletion(f, p.of); f.OK() {
		var l Licence
		l, err = m.Complete(ctx, number, n)
		next = licenceURL(l.Identifier)
	}
	if err := f.Merge(told(err)); err != nil {
		return err
	}
	if !f.OK() {
		return web.Render(w, r, f.Status(), p.view())
	}
	web.Flash(r, "success", done)
	return web.Redirect(w, r, next)
}

// told is an error as one about the form where people can mend it: a seal that
// is missing is no fault of the page's.
func told(err error) error {
	switch errs.KindOf(err) {
	case errs.NotFound, errs.Denied, errs.Unavailable:
		if !errors.Is(err, ErrOrderUnknown) {
			return errs.ErrInvalid.Say("%s", errs.From(err).Message)
		}
	}
	return err
}

// issuePage is one licence of no case: first its type, then what it says.
func (m *Module) issuePage(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	p := issueForm{form: web.NewForm(nil)}
	if id := q.Get("type"); id != "" {
		var err error
		if p.of, err = m.Type(r.Context(), id); err != nil {
			return err
		}
		from := m.today(r.Context())
		to, said := p.of.Rule.term(from)
		p.form = web.NewForm(valuesOf(Completion{From: from, To: to, ForGood: said && to.IsZero()}))
		return web.Render(w, r, http.StatusOK, issueView(p))
	}
	var err error
	if p.types, err = m.Types(r.Context()); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, chooseTypeView(p))
}

func (m *Module) issueOne(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p := issueForm{form: f}
	if p.of, err = m.Type(r.Context(), f.Value("type")); err != nil {
		return err
	}
	n := readCompletion(f, p.of)
	var l Licence
	if f.OK() {
		l, err = m.Issue(r.Context(), Issue{Approval: f.Value("document"), Entry: Entry{Type: p.of.ID, Number: n.Number, HolderName: n.HolderName, HolderNo: n.HolderNo,
			From: n.From, To: n.To, Fields: n.Fields, Pictures: n.Pictures, forGood: n.ForGood}})
		if err != nil {
			if err := f.Merge(told(err)); err != nil {
				return err
			}
		}
	}
	if !f.OK() {
		return web.Render(w, r, f.Status(), issueView(p))
	}
	web.Flash(r, "success", "已签发。")
	return web.Redirect(w, r, licenceURL(l.Identifier))
}

// fieldType is the input for a field.
func (f Field) fieldType() string {
	switch f.Kind {
	case "date":
		return "date"
	case kindPicture:
		return "file"
	}
	return ""
}

func (f Field) accept() string {
	if f.Kind == kindPicture {
		return "image/jpeg,image/png"
	}
	return ""
}
