package seals

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// Addresses.
const (
	listPath  = "/admin/seals"
	usesPath  = "/admin/seals/uses"
	certsPath = "/admin/certificates"
)

// importLimit is the largest file of certificates, in bytes.
const importLimit = 1 << 20

var (
	lookGuard  = identity.HasAny(VerbView, VerbApply, VerbApprove, VerbMake)
	applyGuard = identity.Has(VerbApply)
	makeGuard  = identity.Has(VerbMake)
)

// Routes adds the pages.
func (m *Module) Routes(rt *web.Router) {
	rt.Get(listPath, lookGuard, m.list)
	rt.Get(listPath+"/new", applyGuard, m.newSeal)
	rt.Post(listPath+"/new", applyGuard, m.saveSeal)
	rt.Get(listPath+"/preview.png", applyGuard, m.previewPicture)
	rt.Get(usesPath, lookGuard, m.uses)
	rt.Get(usesPath+"/export", lookGuard, m.exportUses)
	rt.Get(listPath+"/{id}", lookGuard, m.seal)
	rt.Get(listPath+"/{id}/picture.png", lookGuard, m.sendPicture)
	rt.Post(listPath+"/{id}/request", makeGuard, m.requestSigner)
	rt.Post(listPath+"/{id}/moves/{move}", lookGuard, m.moveSeal)
	rt.Get(certsPath, makeGuard, m.certificates)
	rt.Post(certsPath+"/requests", makeGuard, m.requestMaker)
	rt.Get(certsPath+"/requests/{id}", makeGuard, m.sendRequest)
	rt.PostLimit(certsPath+"/import", makeGuard, importLimit, m.importFile)
	rt.Get(listURLs[RoleCA], web.Public, m.sendList(RoleCA))
	rt.Get(listURLs[RoleRoot], web.Public, m.sendList(RoleRoot))
	rt.Get(listURLs[RolePDFRoot], web.Public, m.sendList(RolePDFRoot))
	rt.Get("/seals/roots", web.Public, m.sendRoots)
}

func sealURL(id string) string { return listPath + "/" + url.PathEscape(id) }

func page(title, lead string, trail ...ui.Crumb) ui.PageOpts {
	crumbs := append([]ui.Crumb{{Label: "管理", URL: "/admin"}}, trail...)
	return ui.PageOpts{Title: title, Lead: lead, Face: ui.Staff, Styles: []string{"seals.css"}, Breadcrumb: append(crumbs, ui.Crumb{Label: title})}
}

var home = ui.Crumb{Label: "电子印章", URL: listPath}

func tone(s State) string {
	switch s {
	case Active:
		return "success"
	case Suspended, Cancelled, Refused:
		return "danger"
	}
	return "warning"
}

func stateOptions() []ui.Option {
	list := make([]ui.Option, len(States))
	for i, s := range States {
		list[i] = ui.Option{Value: string(s), Label: s.Title()}
	}
	return list
}

func kindOptions() []ui.Option {
	list := make([]ui.Option, len(kinds))
	for i, k := range kinds {
		list[i] = ui.Option{Value: k, Label: kindNames[k]}
	}
	return list
}

type listPage struct {
	form    *web.Form
	list    []Seal
	next    string
	first   string
	counts  map[State]int
	actor   identity.Actor
	done    int // the sample city's agencies that have their seals
	of      int
	waiting bool // some have none yet
}

func (p listPage) total() int {
	n := 0
	for _, x := range p.counts {
		n += x
	}
	return n
}

// underWay are seals asked for and not yet in use.
func (p listPage) underWay() int {
	return p.counts[Applied] + p.counts[Approved] + p.counts[Recorded] + p.counts[Made] + p.counts[HandedOut]
}

func (m *Module) list(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, p := r.Context(), listPage{form: f, actor: identity.FromContext(r.Context())}
	q := Query{State: State(f.Value("state")), Kind: f.Value("kind"), Q: f.Value("q")}
	if p.list, p.next, err = m.List(ctx, q, db.Page{Limit: 30, After: f.Value("after")}); err != nil {
		return err
	}
	p.next, p.first = pageURLs(listPath, f, p.next, "state", "kind", "q")
	if p.counts, err = m.Counts(ctx); err != nil {
		return err
	}
	if m.Demo {
		if p.done, p.of, err = m.Furnished(ctx); err != nil {
			return err
		}
		p.waiting = p.done < p.of
	}
	return web.Render(w, r, http.StatusOK, listView(p))
}

// pageURLs are the addresses of the next and of the first page of a list.
func pageURLs(path string, f *web.Form, next string, names ...string) (nextURL, firstURL string) {
	v := url.Values{}
	for _, n := range names {
		if f.Value(n) != "" {
			v.Set(n, f.Value(n))
		}
	}
	if f.Value("after") != "" {
		firstURL = path + "?" + v.Encode()
	}
	if next != "" {
		v.Set("after", next)
		nextURL = path + "?" + v.Encode()
	}
	return nextURL, firstURL
}

type sealPage struct {
	whole
	form        *web.Form
	move        Move // that was not made
	moves       []Move
	waits       string // for whom, and what for; "" nobody else
	history     []Step
	uses        []Record
	certificate *Certificate
	certStands  string
	canRequest  bool
}

func (m *Module) seal(w http.ResponseWriter, r *http.Request) error {
	return m.showSeal(w, r, nil, "")
}

func (m *Module) showSeal(w http.ResponseWriter, r *http.Request, f *web.Form, move Move) error {
	ctx, p := r.Context(), sealPage{form: f, move: move}
	var err error
	if p.whole, err = m.look(ctx, r.PathValue("id")); err != nil {
		return err
	}
	p.moves = m.MovesFor(ctx, p.Seal)
	if p.waits, err = m.waitsFor(ctx, p.Seal); err != nil {
		return err
	}
	if p.history, err = m.History(ctx, p.ID); err != nil {
		return err
	}
	if p.uses, _, err = m.Uses(ctx, UseQuery{Seal: p.ID}, db.Page{Limit: 10}); err != nil {
		return err
	}
	if p.Certificate != "" {
		c, err := m.Certificate(ctx, p.Certificate)
		if err != nil {
			return err
		}
		p.certificate, p.certStands = &c, c.Standing(m.now(ctx))
	}
	p.canRequest = p.State == Recorded && p.Certificate == "" && !m.Demo && identity.FromContext(ctx).Can(VerbMake, p.at())
	return web.Render(w, r, f.Status(), sealView(p))
}

// moveSeal makes a move; what is missing is said beside its form.
func (m *Module) moveSeal(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	revision, _ := strconv.Atoi(f.Value("revision")) // what is no number is checked against none
	act := Act{Move: Move(r.PathValue("move")), Reason: f.Value("reason"), RecordNo: f.Value("record_no"), Revision: revision}
	s, err := m.Do(r.Context(), r.PathValue("id"), act)
	if err := f.Merge(err); err != nil {
		return err
	}
	if !f.OK() {
		return m.showSeal(w, r, f, act.Move)
	}
	web.Flash(r, "success", "已"+act.Move.Title()+"，印章现在的状态是“"+s.State.Title()+"”。")
	return web.Redirect(w, r, sealURL(s.ID))
}

func (m *Module) sendPicture(w http.ResponseWriter, r *http.Request) error {
	s, err := m.look(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	raw, err := base64.StdEncoding.DecodeString(s.Picture)
	if err != nil {
		return wrap("read picture", err)
	}
	return sendPNG(w, raw)
}

func sendPNG(w http.ResponseWriter, raw []byte) error {
	w.Header().Set("Content-Type", "image/png")
	_, _ = w.Write(raw) // the reader has gone: nobody to tell
	return nil
}

func (m *Module) requestSigner(w http.ResponseWriter, r *http.Request) error {
	if _, err := m.AskSigner(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	web.Flash(r, "success", "证书申请已生成，请下载后交给证书机构。")
	return web.Redirect(w, r, certsPath)
}

type usesPage struct {
	form        *web.Form
	list        []Record
	next, first string
	query       string
}

var useFields = []string{"seal", "case", "hash", "result", "from", "until"}

func useQuery(f *web.Form) UseQuery {
	return UseQuery{Seal: f.Value("seal"), Case: strings.ToUpper(f.Value("case")), Hash: f.Value("hash"), Result: f.Value("result"),
		From: f.Date("from"), Until: f.Date("until")}
}

func (m *Module) uses(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p := usesPage{form: f}
	q := useQuery(f)
	if f.OK() {
		if p.list, p.next, err = m.Uses(r.Context(), q, db.Page{Limit: 50, After: f.Value("after")}); err != nil {
			return err
		}
	}
	p.next, p.first = pageURLs(usesPath, f, p.next, useFields...)
	_, export := pageURLs(usesPath+"/export", web.NewForm(withAfter(f)), "", useFields...)
	p.query = export
	return web.Render(w, r, f.Status(), usesView(p))
}

// withAfter are the conditions of a list, as pageURLs wants them for the export.
func withAfter(f *web.Form) url.Values {
	v := url.Values{"after": {"all"}}
	for _, n := range useFields {
		v.Set(n, f.Value(n))
	}
	return v
}

// exportUses gives all that the list would show, page after page.
func (m *Module) exportUses(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, q, at := r.Context(), useQuery(f), db.Page{Limit: db.MaxLimit}
	list, next, err := m.Uses(ctx, q, at)
	if err != nil {
		return err
	}
	if err := m.record(ctx, "seal.uses.export", "seal_use", "", "", r.URL.RawQuery); err != nil {
		return err
	}
	out := web.StartTable(w, "用印记录.csv", "时间", "印章", "用途", "文件", "文件摘要（SM3）", "位置", "办件", "审批依据", "用印人", "结果")
	defer out.Close()
	for {
		for _, x := range list {
			out.Row(ui.DateTime(x.At), x.SealName, PurposeTitle(x.Purpose), x.Document, x.Hash, x.Place, x.Case, x.Approval, x.Name, x.ResultText())
		}
		if next == "" {
			return nil
		}
		at.After = next
		if list, next, err = m.Uses(ctx, q, at); err != nil {
			out.Row("导出中断，请重新导出")
			return nil
		}
	}
}
