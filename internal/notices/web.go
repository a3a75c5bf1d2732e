package notices

import (
	"context"
	"net/http"
	"net/url"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/seals"
)

// openPath is the page of documents that are not sealed yet.
const openPath = "/admin/notices"

// Routes adds the files of notices, and the page of those that want a seal.
func (m *Module) Routes(rt *web.Router) {
	rt.Get("/cases/{number}/notices/{id}/sealed.ofd", identity.SignedIn(), m.send(".ofd", m.Open))
	rt.Get("/cases/{number}/notices/{id}/sealed.pdf", identity.SignedIn(), m.send(".pdf", m.PDF))
	rt.Get(openPath, identity.Has(seals.VerbView), m.listOpen)
	rt.Post(openPath+"/{notice}/seal", identity.Has(seals.VerbView), m.again)
}

// opener gives a form of the document of a notice.
type opener func(ctx context.Context, number, id string) (Document, []byte, error)

// send gives a sealed file away, in one of its forms.
func (m *Module) send(ext string, open opener) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p, raw, err := open(r.Context(), r.PathValue("number"), r.PathValue("id"))
		if err != nil {
			return err
		}
		give := web.Give
		if ext == ".pdf" {
			give = web.GiveInline
		}
		give(w, fileName(p, ext), raw)
		return nil
	}
}

// rights are where a document stands.
var rights = identity.Columns{Receiving: "division", Division: "division", Agency: "agency", Dept: "dept"}

// Unsealed lists the documents that want a seal and that the viewer may look after,
// those that failed first, and the cursor of the next page.
func (m *Module) Unsealed(ctx context.Context, p db.Page) ([]Document, string, error) {
	w := new(db.Where)
	identity.FromContext(ctx).Scope(seals.VerbView).Where(w, rights)
	w.And("state IN (?, ?, ?)", Failed, Making, Waiting)
	var state, id string
	if ok, err := p.Key(&state, &id); err != nil {
		return nil, "", err
	} else if ok {
		w.And("(state, notice) > (?, ?)", state, id)
	}
	limit := w.Arg(p.Size() + 1)
	var list []Document
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT `+columns+` FROM notices_document`+w.SQL()+` ORDER BY state, notice LIMIT `+limit, w.Args()...)
	if err != nil {
		return nil, "", wrap("list unsealed documents", err)
	}
	list, next := db.Cut(list, p, func(x Document) []any { return []any{x.State, x.Notice} })
	return list, next, nil
}

func (m *Module) listOpen(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	list, next, err := m.Unsealed(r.Context(), db.Page{Limit: 50, After: f.Value("after")})
	if err != nil {
		return err
	}
	if next != "" {
		next = openPath + "?" + url.Values{"after": {next}}.Encode()
	}
	return web.Render(w, r, http.StatusOK, openView(list, next))
}

// again tries to seal a document at once.
func (m *Module) again(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p, err := m.read(ctx, r.PathValue("notice"))
	if err != nil {
		return err
	}
	if !identity.FromContext(ctx).Can(seals.VerbView, identity.Place{Receiving: p.Division, Division: p.Division, Agency: p.Agency, Dept: p.Dept}) {
		return ErrNone
	}
	if p, err = m.make(ctx, p.Notice); err != nil {
		return err
	}
	web.Flash(r, "success", "“"+p.Title+" "+p.DocNo+"”已经盖章。")
	return web.Redirect(w, r, openPath)
}

// title is a state in words.
func (s State) title() string {
	switch s {
	case Waiting:
		return "等待盖章"
	case Making:
		return "正在盖章"
	case Failed:
		return "没有盖成"
	}
	return "已盖章"
}

func (s State) tone() string {
	if s == Failed {
		return "danger"
	}
	return "warning"
}

var openOpts = ui.PageOpts{Title: "待盖章的文书", Lead: "通知、决定等文书作出后自动盖章。没有盖成的写明原因，原因消除后系统会自动重试。", Face: ui.Staff,
	Breadcrumb: []ui.Crumb{{Label: "管理", URL: "/admin"}, {Label: "电子印章", URL: "/admin/seals"}, {Label: "待盖章的文书"}}}
