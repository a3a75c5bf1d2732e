package designer

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"

	"yimen/internal/catalogue"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/web"
)

// workbookLimit is the largest upload of items.
const workbookLimit = 21 << 20

func (m *Module) exportItems(w http.ResponseWriter, r *http.Request) error {
	var book bytes.Buffer
	if err := m.Catalogue.Export(r.Context(), &book); err != nil {
		return err
	}
	web.Attach(w, "事项目录-"+clock.FromContext(r.Context(), m.Clock).Now().In(clock.Beijing).Format("20060102")+".xlsx")
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
	report, err := m.Catalogue.Import(r.Context(), file, form.Value("partial") == "true")
	if err == nil {
		return web.Render(w, r, http.StatusOK, importView(form, &report))
	}
	shown := &report
	if !errors.Is(err, catalogue.ErrLines) {
		shown = nil
	}
	status, err := told(form, err)
	if err != nil {
		return err
	}
	return web.Render(w, r, status, importView(form, shown))
}

func (m *Module) showPresence(w http.ResponseWriter, r *http.Request) error {
	p, err := m.Catalogue.PresenceRate(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, presenceView(p))
}
