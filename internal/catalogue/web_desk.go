package catalogue

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

const deskPath = "/admin/items"

func sheetURL(code string) string { return deskPath + "/" + url.PathEscape(code) }

func deskCrumbs(last string) []ui.Crumb {
	return []ui.Crumb{{Label: "工作台", URL: "/"}, {Label: "事项管理", URL: deskPath}, {Label: last}}
}

// deskPage is the list of items for their keepers.
type deskPage struct {
	Query DeskQuery
	Items []Item
	Next  string
	First string
}

func (m *Module) showDesk(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	p := deskPage{Query: DeskQuery{Q: q.Get("q"), Dept: q.Get("dept"), State: State(q.Get("state"))}}
	var err error
	p.Items, p.Next, err = m.Desk(r.Context(), p.Query, db.Page{Limit: 50, After: q.Get("after")})
	if err != nil {
		return err
	}
	p.Next, p.First = pageURL(q, p.Next), ""
	if q.Get("after") != "" {
		p.First = pageURL(q, " ")
	}
	return web.Render(w, r, http.StatusOK, deskView(p))
}

// pageURL is the list from a row on; " " is from the start, "" is no page.
func pageURL(q url.Values, after string) string {
	if after == "" {
		return ""
	}
	to := url.Values{}
	for name, values := range q {
		to[name] = values
	}
	to.Del("after")
	if after != " " {
		to.Set("after", after)
	}
	return deskPath + "?" + to.Encode()
}

func stateOptions() []ui.Option {
	var list []ui.Option
	for _, s := range []State{Draft, InReview, Approved, Rejected, Published, Suspended, Cancelled} {
		list = append(list, ui.Option{Value: string(s), Label: s.String()})
	}
	return list
}

func toneOf(s State) string {
	switch s {
	case Published:
		return "success"
	case InReview, Approved:
		return "info"
	case Rejected, Suspended:
		return "warning"
	case Cancelled:
		return "danger"
	}
	return "muted"
}

// sheetPage is one item on its keeper's desk. Form holds what was typed when a
// save or an act was refused.
type sheetPage struct {
	Sheet
	Form *web.Form
	JSON string // the definition in the editor
}

func (m *Module) showSheet(w http.ResponseWriter, r *http.Request) error {
	return m.renderSheet(w, r, http.StatusOK, r.PathValue("code"), nil)
}

// renderSheet shows the item; a form that was refused is shown as it was sent.
func (m *Module) renderSheet(w http.ResponseWriter, r *http.Request, status int, code string, form *web.Form) error {
	s, err := m.Sheet(r.Context(), code)
	if err != nil {
		return err
	}
	p := sheetPage{Sheet: s, Form: form}
	if p.JSON, err = pretty(&s.Newest.Definition); err != nil {
		return err
	}
	if form.Has("definition") {
		p.JSON = form.Raw().Get("definition")
	}
	return web.Render(w, r, status, sheetView(p))
}

func pretty(d *Definition) (string, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(d)
	return out.String(), err
}

func (m *Module) showNew(w http.ResponseWriter, r *http.Request) error {
	blank, err := pretty(&Definition{
		Type: TypeService, Levels: []int{LevelTown}, DecidedAt: LevelTown, AcceptedBy: AcceptedByWindow, Audience: []string{"person"},
		Kind: KindInstant, Basis: []Basis{{}}, Conditions: []string{}, Statutory: Limit{Unit: UnitNone}, Promised: Limit{Unit: UnitNone},
		Result: Result{Kind: ResultOther, DeliverBy: []string{"window"}}, Materials: []Material{}, BaseMaterials: []string{}, Situations: []Question{},
		Form: json.RawMessage(`{"type":"object","properties":{}}`), Online: true, Depth: 4, Channels: []string{"window", "web", "mobile", "post"}, Hall: true,
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, newView(web.NewForm(nil), blank))
}

// saveItem stores an edit: the whole definition, or the common fields of the
// newest version.
func (m *Module) saveItem(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	code := form.Value("code")
	d, seen, err := m.editedDefinition(r, form)
	if err == nil {
		_, err = m.SaveDraft(r.Context(), d, seen)
	}
	if err == nil {
		web.Flash(r, "success", "已保存为草稿。下面列出发布前还要处理的问题。")
		return web.Redirect(w, r, sheetURL(d.Code))
	}
	status := errs.KindOf(err).Status()
	if err := form.Merge(err); err != nil {
		return err
	}
	if code == "" {
		return web.Render(w, r, status, newView(form, form.Raw().Get("definition")))
	}
	return m.renderSheet(w, r, status, code, form)
}

func (m *Module) editedDefinition(r *http.Request, form *web.Form) (Definition, int64, error) {
	seen, _ := strconv.ParseInt(form.Value("seen"), 10, 64) // anything else is 0: nothing seen
	if form.Has("definition") {
		d, err := readDefinition(form.Raw().Get("definition"))
		if code := form.Value("code"); err == nil && code != "" && d.Code != code {
			err = errs.ErrInvalid.Field("definition", "code 应为本事项的编号“"+code+"”，编号不能修改；另立事项请用“新增事项”。")
		}
		return d, seen, err
	}
	s, err := m.Sheet(r.Context(), form.Value("code"))
	if err != nil {
		return Definition{}, 0, err
	}
	d, err := s.Newest.Definition.Clone()
	if err != nil {
		return d, 0, err
	}
	return d, seen, commonFields(form, &d)
}

func readDefinition(text string) (Definition, error) {
	var d Definition
	dec := json.NewDecoder(bytes.NewReader([]byte(text)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		return d, errs.ErrInvalid.Field("definition", fmt.Sprintf("定义不是有效的 JSON（第%d个字符附近）：%v。", dec.InputOffset(), err))
	}
	return d, nil
}

// commonFields takes the fields that change most often from their own form.
func commonFields(form *web.Form, d *Definition) error {
	var bad errs.Fields
	number := func(name, title string, into *int) {
		n, err := strconv.Atoi(form.Value(name))
		if err != nil {
			bad.Add(name, "%s应填写整数。", title)
			return
		}
		*into = n
	}
	d.Name, d.Kind = form.Value("name"), form.Value("kind")
	number("statutory.n", "法定办结时限", &d.Statutory.N)
	number("promised.n", "承诺办结时限", &d.Promised.N)
	d.Statutory.Unit, d.Promised.Unit = form.Value("statutory.unit"), form.Value("promised.unit")
	number("visits", "到现场次数", &d.Visits)
	d.VisitReason = form.Value("visit_reason")
	d.Conditions = lines(form.Raw().Get("conditions"))
	d.Synonyms = lines(form.Raw().Get("synonyms"))
	d.Consult, d.Complaint = form.Value("consult"), form.Value("complaint")
	d.Hall, d.HallExempt = form.Value("hall") == "true", form.Value("hall_exempt")
	return bad.Err()
}

// actOnItem does a verb: the whole life of a version from one form.
func (m *Module) actOnItem(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	code, verb := r.PathValue("code"), Verb(form.Value("verb"))
	seen, _ := strconv.ParseInt(form.Value("seen"), 10, 64)
	if _, known := verbNames[verb]; !known || verb == Edit {
		return ErrMove
	}
	_, err = m.do(r.Context(), Act{Item: code, Seen: seen, Opinion: form.Value("opinion")}, verb)
	if err == nil {
		web.Flash(r, "success", "已"+verb.String()+"。")
		return web.Redirect(w, r, sheetURL(code))
	}
	status := errs.KindOf(err).Status()
	if err := form.Merge(err); err != nil {
		return err
	}
	return m.renderSheet(w, r, status, code, form)
}

// showVersion shows the definition of any version as it was.
func (m *Module) showVersion(w http.ResponseWriter, r *http.Request) error {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		return ErrVersion
	}
	if _, err := m.Sheet(r.Context(), r.PathValue("code")); err != nil { // the right to see drafts
		return err
	}
	v, err := m.Version(r.Context(), r.PathValue("code"), n)
	if err != nil {
		return err
	}
	text, err := pretty(&v.Definition)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, versionView(v, text))
}

func (m *Module) exportItems(w http.ResponseWriter, r *http.Request) error {
	var book bytes.Buffer
	if err := m.Export(r.Context(), &book); err != nil {
		return err
	}
	name := "事项目录-" + m.now(r.Context()).In(clock.Beijing).Format("20060102") + ".xlsx"
	w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	w.Header().Set("Content-Disposition", "attachment; filename=items.xlsx; filename*=UTF-8''"+url.PathEscape(name))
	_, err := book.WriteTo(w)
	return err
}

func (m *Module) showImport(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, importView(web.NewForm(nil), nil))
}

func (m *Module) importItems(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	header := form.File("workbook")
	if header == nil {
		form.Error("workbook", "请选择要导入的 xlsx 表格。")
		return web.Render(w, r, http.StatusUnprocessableEntity, importView(form, nil))
	}
	file, err := header.Open()
	if err != nil {
		return fmt.Errorf("open uploaded workbook: %w", err)
	}
	defer file.Close()
	report, err := m.Import(r.Context(), file, form.Value("partial") == "true")
	if err == nil {
		return web.Render(w, r, http.StatusOK, importView(form, &report))
	}
	status := errs.KindOf(err).Status()
	shown := &report
	if !errors.Is(err, ErrLines) {
		shown = nil
	}
	if err := form.Merge(err); err != nil {
		return err
	}
	return web.Render(w, r, status, importView(form, shown))
}

func (m *Module) showPresence(w http.ResponseWriter, r *http.Request) error {
	p, err := m.PresenceRate(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, presenceView(p))
}
