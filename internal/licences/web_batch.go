package licences

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"

	"yimen/internal/kit/progress"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

const batchesURL = "/office/licence-batches"

func batchURL(id string) string { return batchesURL + "/" + url.PathEscape(id) }

func (m *Module) batchRoutes(rt *web.Router) {
	rt.Get(batchesURL, manageGuard, m.batches)
	rt.Get(batchesURL+"/sheet.xlsx", manageGuard, m.emptySheet)
	rt.PostLimit(batchesURL, manageGuard, maxSheetFile+1<<20, m.uploadBatch)
	rt.Get(batchesURL+"/{id}", manageGuard, m.batch)
	rt.Post(batchesURL+"/{id}", manageGuard, m.beginBatch)
	rt.Get(batchesURL+"/{id}/result.xlsx", manageGuard, m.batchResult)
}

var batchesCrumb = ui.Crumb{Label: "按表签发", URL: batchesURL}

// batchesPage is where a sheet is had and sent in: first its type, then the rest.
type batchesPage struct {
	form  *web.Form
	of    Type // zero: to be chosen
	types []Type
	list  []Batch
}

func (m *Module) batches(w http.ResponseWriter, r *http.Request) error {
	return m.showBatches(w, r, r.URL.Query().Get("type"), nil)
}

func (m *Module) showBatches(w http.ResponseWriter, r *http.Request, licenceType string, f *web.Form) error {
	p := batchesPage{form: f}
	var err error
	if licenceType != "" {
		if p.of, err = m.Type(r.Context(), licenceType); err != nil {
			return err
		}
		return web.Render(w, r, f.Status(), uploadView(p))
	}
	if p.types, err = m.Types(r.Context()); err != nil {
		return err
	}
	if p.list, err = m.Batches(r.Context()); err != nil {
		return err
	}
	return web.Render(w, r, f.Status(), batchesView(p))
}

func (m *Module) emptySheet(w http.ResponseWriter, r *http.Request) error {
	t, err := m.Type(r.Context(), r.URL.Query().Get("type"))
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.WriteSheet(&b); err != nil {
		return err
	}
	web.Give(w, t.Name+"签发表.xlsx", b.Bytes())
	return nil
}

func (m *Module) uploadBatch(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	head := f.File("file")
	if head == nil {
		f.Error("file", "请选择填好的表格。")
		return m.showBatches(w, r, f.Value("type"), f)
	}
	file, err := head.Open()
	if err != nil {
		return err
	}
	defer file.Close()
	b, err := m.LookAt(r.Context(), f.Value("type"), head.Filename, file)
	if err := f.Merge(told(err)); err != nil {
		return err
	}
	if !f.OK() {
		return m.showBatches(w, r, f.Value("type"), f)
	}
	return web.Redirect(w, r, batchURL(b.ID))
}

func (m *Module) batch(w http.ResponseWriter, r *http.Request) error {
	return m.showBatch(w, r, nil)
}

func (m *Module) showBatch(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	p, err := m.viewBatch(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	p.form = f
	return web.Render(w, r, f.Status(), batchView(p))
}

func (m *Module) beginBatch(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	work, err := m.Begin(r.Context(), r.PathValue("id"))
	if err := f.Merge(err); err != nil {
		return err
	}
	if !f.OK() {
		return m.showBatch(w, r, f)
	}
	return web.Redirect(w, r, progress.URL(work))
}

func (m *Module) batchResult(w http.ResponseWriter, r *http.Request) error {
	var b bytes.Buffer
	if err := m.WriteResult(r.Context(), r.PathValue("id"), &b); err != nil {
		return err
	}
	web.Give(w, "签发结果.xlsx", b.Bytes())
	return nil
}

// lead says how the lines of a batch are.
func (p batchPage) lead() string {
	return "“" + p.File + "”，共" + strconv.Itoa(p.Lines) + "行，可以签发" + strconv.Itoa(p.Good) + "行。"
}
