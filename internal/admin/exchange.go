package admin

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/progress"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/org"
)

// uploadLimit is the largest request with a file of a register.
const uploadLimit = 66 << 20

// upload is a file on its way into a register: the arguments of its work.
type upload struct {
	Register string
	File     string // in the store
	Partial  bool
	Try      bool
}

var errExchangeFile = errs.Define(errs.NotFound, "org_export_unknown", "没有这个导出文件，请从“导入和导出”里选择。")

type exchangePage struct {
	form  *web.Form
	posts []ui.Option
}

// exchange is where registers come in and go out as files.
func (m *Module) exchange(w http.ResponseWriter, r *http.Request) error {
	return m.showExchange(w, r, http.StatusOK, web.NewForm(url.Values{"register": {org.StaffList}}))
}

func (m *Module) showExchange(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	posts, err := m.postOptions(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, status, exchangeView(exchangePage{form, posts}))
}

// importFile keeps the file and has it loaded in the background: a province's
// villages take longer than anybody waits for a page.
func (m *Module) importFile(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	x, ok := registerNamed(form.Value("register"))
	if !ok {
		form.Error("register", "请选择导入到哪里。")
	}
	file := form.File("file")
	if file == nil {
		form.Error("file", "请选择 CSV 文件。")
	}
	if !form.OK() {
		return m.showExchange(w, r, http.StatusUnprocessableEntity, form)
	}
	content, err := file.Open()
	if err != nil {
		return fmt.Errorf("open upload: %w", err)
	}
	defer content.Close()
	// The store knows no tables; to it this is text.
	name := strings.TrimSuffix(strings.TrimSuffix(file.Filename, ".csv"), ".CSV")
	kept, err := m.Store.Save(r.Context(), name+".txt", "text/plain", content, identity.FromContext(r.Context()).Account)
	if err != nil {
		if errs.KindOf(err) != errs.Invalid {
			return err
		}
		form.Error("file", errs.From(err).Message)
		return m.showExchange(w, r, http.StatusUnprocessableEntity, form)
	}
	u := upload{Register: x.name, File: kept.ID, Partial: form.Value("how") == "partial", Try: form.Value("how") == "try"}
	title := "导入" + x.title
	if u.Try {
		title = "检查" + x.title
	}
	id, err := m.startImport(r.Context(), progress.Start{Title: title + "：" + file.Filename, Back: "/admin/exchange"}, u)
	if err != nil {
		return err
	}
	return web.Redirect(w, r, progress.URL(id))
}

// load loads a file with the rights of whoever brought it and reports every
// wrong line.
func (m *Module) load(ctx context.Context, run *progress.Run, u upload) error {
	content, _, err := m.Store.Open(ctx, u.File)
	if err != nil {
		return err
	}
	defer content.Close()
	actor := identity.FromContext(ctx)
	may := func(division string) bool {
		return actor.Can(identity.VerbOrgManage, identity.Place{Division: division, Receiving: division})
	}
	report, err := m.Org.Import(ctx, u.Register, content, org.ImportOptions{Partial: u.Partial, Try: u.Try, May: may})
	if err != nil {
		return err
	}
	if err := run.Report(ctx, wrongLines(u.Register, report.Errors)); err != nil {
		return err
	}
	return run.Note(ctx, outcome(u, report))
}

// wrongLines are the lines of a report, one for each wrong line of the file
// whatever is wrong with it; errors come by line.
func wrongLines(register string, list []org.LineError) []progress.Line {
	var lines []progress.Line
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].Line == list[0].Line {
			n++
		}
		var fields, texts []string
		for _, e := range list[:n] {
			text, label := e.Message, labelOf(register, e.Field)
			if label != "" {
				fields = append(fields, label)
				if n > 1 {
					text = label + "：" + text
				}
			}
			texts = append(texts, text)
		}
		no := list[0].Line
		title := strings.TrimSpace(fmt.Sprintf("第%d行 %s", no, strings.Join(fields, "、")))
		lines = append(lines, progress.Line{No: no, Key: fmt.Sprint(no), Title: title, Message: strings.Join(texts, "")})
		list = list[n:]
	}
	return lines
}

// outcome says in one sentence what became of a file.
func outcome(u upload, r org.ImportReport) string {
	wrong := map[int]bool{}
	for _, e := range r.Errors {
		wrong[e.Line] = true
	}
	switch {
	case u.Try && len(wrong) == 0:
		return fmt.Sprintf("检查了%d行，全部正确，可以导入；这次没有写入。", r.Rows)
	case u.Try:
		return fmt.Sprintf("检查了%d行，%d行有错；这次没有写入。", r.Rows, len(wrong))
	case len(wrong) == 0:
		return fmt.Sprintf("共%d行，全部导入。", r.Loaded)
	case u.Partial:
		return fmt.Sprintf("共%d行，导入%d行，%d行有错没有导入。", r.Rows, r.Loaded, len(wrong))
	}
	return fmt.Sprintf("共%d行，%d行有错，整个文件没有导入；改好后重新上传。", r.Rows, len(wrong))
}

// labelOf is a column in words.
func labelOf(register, column string) string {
	if x, ok := registerNamed(register); ok {
		for _, f := range x.fields {
			if f.Name == column {
				return f.Label
			}
		}
	}
	return column
}

// exportFile writes a register as a table, of the viewer's reach only; the
// template has its header alone.
func (m *Module) exportFile(w http.ResponseWriter, r *http.Request) error {
	name, ok := strings.CutSuffix(r.PathValue("file"), ".csv")
	name, template := strings.CutSuffix(name, "-template")
	x, known := registerNamed(name)
	if !ok || !known {
		return errExchangeFile
	}
	if template {
		required, optional := org.RegisterColumns(name)
		web.StartTable(w, x.title+"模板.csv", slices.Concat(required, optional)...).Close()
		return nil
	}
	web.StartTable(w, x.title+".csv")
	_, err := m.Org.Export(r.Context(), name, w, func(division string) bool { return mayManage(r, division) })
	return err
}
