package catalogue

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
)

// zoneImportPage is where a file of zones comes in.
type zoneImportPage struct {
	form   *web.Form
	report *ZoneReport // nil: none was read
	try    bool
}

func (m *Module) showZoneImport(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, zoneImportView(zoneImportPage{form: web.NewForm(url.Values{"how": {"try"}})}))
}

func (m *Module) importZones(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p := zoneImportPage{form: form, try: form.Value("how") == "try"}
	header := form.File("file")
	if header == nil {
		form.Error("file", "请选择要导入的 xlsx 或 csv 文件。")
		return web.Render(w, r, http.StatusUnprocessableEntity, zoneImportView(p))
	}
	file, err := header.Open()
	if err != nil {
		return fmt.Errorf("open uploaded zones: %w", err)
	}
	defer file.Close()
	report, err := m.ImportZones(r.Context(), file, ZoneImport{Partial: form.Value("how") == "partial", Try: p.try})
	if err == nil || errors.Is(err, ErrZoneLines) {
		p.report = &report
	}
	status := http.StatusOK
	if err != nil {
		status = errs.KindOf(err).Status()
	}
	if err := form.Merge(err); err != nil {
		return err
	}
	return web.Render(w, r, status, zoneImportView(p))
}

// exportZones writes a table of all zones, or the empty one to begin with.
func (m *Module) exportZones(w http.ResponseWriter, r *http.Request) error {
	format := sheetFormat(r)
	template := r.URL.Query().Get("template") != ""
	var out bytes.Buffer
	if err := m.ExportZones(r.Context(), &out, format, template); err != nil {
		return err
	}
	name := "专区和主题-" + m.now(r.Context()).In(clock.Beijing).Format("20060102") + "." + format
	if template {
		name = "专区和主题模板." + format
	}
	web.Attach(w, name)
	_, err := out.WriteTo(w)
	return err
}

// outcome says in one sentence what became of the file.
func (p zoneImportPage) outcome() (kind, text string) {
	r := p.report
	did := fmt.Sprintf("新增%d个，修改%d个，原样不动%d个", r.Added, r.Changed, r.Present)
	switch {
	case p.try && len(r.Errors) == 0:
		return "success", fmt.Sprintf("检查了%d行，全部正确：可以%s。这次没有写入，选“导入”再传一次就写入。", r.Lines, did)
	case p.try:
		return "warning", fmt.Sprintf("检查了%d行，有错%d处；这次没有写入。", r.Lines, len(r.Errors))
	case len(r.Errors) == 0:
		return "success", fmt.Sprintf("共%d行：%s。", r.Lines, did)
	case r.Added+r.Changed+r.Present > 0:
		return "warning", fmt.Sprintf("共%d行：%s；有错%d处，那几行没有导入。", r.Lines, did, len(r.Errors))
	}
	return "warning", fmt.Sprintf("共%d行，有错%d处，整个文件没有导入。", r.Lines, len(r.Errors))
}
