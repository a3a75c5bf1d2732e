package catalogue

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

const (
	sitePath     = "/admin/site"
	synonymsPath = "/admin/synonyms"
	missesPath   = "/admin/search-misses"
)

func siteCrumbs(last string) []ui.Crumb {
	return []ui.Crumb{{Label: "工作台", URL: "/"}, {Label: "网站", URL: sitePath}, {Label: last}}
}

// sitePage is where those who keep the site begin.
type sitePage struct {
	synonyms, misses, zones, reports int
}

func (m *Module) showSite(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	zones, err := m.AllZones(ctx)
	if err != nil {
		return err
	}
	p := sitePage{zones: len(zones)}
	for into, count := range map[*int]func(context.Context) (int, error){&p.synonyms: m.CountSynonyms, &p.misses: m.CountMisses, &p.reports: m.CountReports} {
		if *into, err = count(ctx); err != nil {
			return err
		}
	}
	return web.Render(w, r, http.StatusOK, siteView(p))
}

// synonymsPage is the table of synonyms with the form for a new one.
type synonymsPage struct {
	form   *web.Form
	q      string
	list   []Synonym
	total  int
	next   string
	first  string
	edited Synonym // the one on its own page; zero on the list
	wanted []Item  // what the target may be, when it was not clear
}

func (m *Module) showSynonyms(w http.ResponseWriter, r *http.Request) error {
	return m.renderSynonyms(w, r, http.StatusOK, synonymsPage{form: web.NewForm(nil)})
}

func (m *Module) renderSynonyms(w http.ResponseWriter, r *http.Request, status int, p synonymsPage) error {
	q := r.URL.Query()
	p.q = q.Get("q")
	var err error
	if p.list, p.next, err = m.Synonyms(r.Context(), SynonymQuery{Q: p.q, Item: q.Get("item")}, db.Page{Limit: 50, After: q.Get("after")}); err != nil {
		return err
	}
	if p.total, err = m.CountSynonyms(r.Context()); err != nil {
		return err
	}
	p.next, p.first = pageURL(q, p.next), firstURL(q)
	return web.Render(w, r, status, synonymsView(p))
}

func (m *Module) showSynonym(w http.ResponseWriter, r *http.Request) error {
	if err := m.mayEditSite(r.Context()); err != nil {
		return err
	}
	s, err := m.Synonym(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	form := web.NewForm(nil)
	form.Set("word", s.Word)
	form.Set("target", s.Target())
	return web.Render(w, r, http.StatusOK, synonymView(synonymsPage{form: form, edited: s}))
}

// saveSynonym adds one, or changes the one whose id the form holds.
func (m *Module) saveSynonym(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p := synonymsPage{form: form, edited: Synonym{ID: form.Value("id")}}
	s := Synonym{ID: p.edited.ID, Word: form.Value("word")}
	if p.wanted, err = m.readTarget(r.Context(), form, &s); err != nil {
		return err
	}
	if form.OK() {
		_, err = m.SaveSynonym(r.Context(), s)
		if err := form.Merge(err); err != nil {
			return err
		}
	}
	if form.OK() {
		web.Flash(r, "success", "已保存。现在搜“"+s.Word+"”就能找到。")
		return web.Redirect(w, r, synonymsPath)
	}
	if p.edited.ID != "" {
		return web.Render(w, r, http.StatusUnprocessableEntity, synonymView(p))
	}
	return m.renderSynonyms(w, r, http.StatusUnprocessableEntity, p)
}

// readTarget reads what a word stands for: a code, the exact name of an item,
// or, where the form says so, another word. When a name is not clear it gives
// the items that may be meant.
func (m *Module) readTarget(ctx context.Context, form *web.Form, s *Synonym) ([]Item, error) {
	typed := form.Value("target")
	if picked := form.Value("item"); picked != "" {
		typed = picked
	}
	switch {
	case typed == "":
		form.Error("target", "请写事项的编号或名称，或规范的写法。")
		return nil, nil
	case form.Value("as") == "phrase":
		s.Phrase = typed
		return nil, nil
	case codePattern.MatchString(strings.ToUpper(typed)):
		s.Item = strings.ToUpper(typed)
		return nil, nil
	}
	found, err := m.Find(ctx, Query{Q: typed}, db.Page{Limit: 6})
	if err != nil {
		return nil, form.Merge(err)
	}
	for _, it := range found.Items {
		if it.Name == typed {
			s.Item = it.Code
			return nil, nil
		}
	}
	if len(found.Items) == 0 {
		form.Error("target", "没有找到“"+typed+"”这个事项，请写编号，或换个名称。")
	} else {
		form.Error("target", "请在下面选是哪一个事项。")
	}
	return found.Items, nil
}

func (m *Module) removeSynonym(w http.ResponseWriter, r *http.Request) error {
	if err := m.RemoveSynonym(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	web.Flash(r, "success", "已删除。")
	return web.Redirect(w, r, synonymsPath)
}

func (m *Module) exportSynonyms(w http.ResponseWriter, r *http.Request) error {
	format := sheetFormat(r)
	var out bytes.Buffer
	if err := m.ExportSynonyms(r.Context(), &out, format); err != nil {
		return err
	}
	web.Attach(w, "同义词-"+m.now(r.Context()).In(clock.Beijing).Format("20060102")+"."+format)
	_, err := out.WriteTo(w)
	return err
}

// sheetFormat is the kind of file that is asked for: xlsx, or csv.
func sheetFormat(r *http.Request) string {
	if r.URL.Query().Get("format") == "csv" {
		return "csv"
	}
	return "xlsx"
}

func (m *Module) showSynonymImport(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, synonymImportView(web.NewForm(nil), nil))
}

func (m *Module) importSynonyms(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	header := form.File("file")
	if header == nil {
		form.Error("file", "请选择要导入的 xlsx 或 csv 文件。")
		return web.Render(w, r, http.StatusUnprocessableEntity, synonymImportView(form, nil))
	}
	file, err := header.Open()
	if err != nil {
		return fmt.Errorf("open uploaded synonyms: %w", err)
	}
	defer file.Close()
	report, err := m.ImportSynonyms(r.Context(), file, form.Value("partial") == "true")
	shown := &report
	if err != nil && !errors.Is(err, ErrSynonymLines) {
		shown = nil
	}
	status := http.StatusOK
	if err != nil {
		status = errs.KindOf(err).Status()
	}
	if err := form.Merge(err); err != nil {
		return err
	}
	return web.Render(w, r, status, synonymImportView(form, shown))
}

// missesPage is what was searched for in vain.
type missesPage struct {
	form    *web.Form
	ignored bool
	list    []missLine
	next    string
	first   string
}

// missLine is a word with what it may mean.
type missLine struct {
	Miss
	wanted []Item
}

func (m *Module) showMisses(w http.ResponseWriter, r *http.Request) error {
	return m.renderMisses(w, r, http.StatusOK, web.NewForm(nil))
}

func (m *Module) renderMisses(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	q := r.URL.Query()
	p := missesPage{form: form, ignored: q.Get("show") == "ignored"}
	list, next, err := m.Misses(r.Context(), p.ignored, db.Page{Limit: 30, After: q.Get("after")})
	if err != nil {
		return err
	}
	for _, x := range list {
		line := missLine{Miss: x}
		if typed := form.Value("target"); typed != "" && form.Value("word") == x.Word {
			found, err := m.Find(r.Context(), Query{Q: typed}, db.Page{Limit: 6})
			if err != nil && !errors.Is(err, errs.ErrInvalid) {
				return err
			}
			line.wanted = found.Items
		}
		p.list = append(p.list, line)
	}
	p.next, p.first = pageURL(q, next), firstURL(q)
	return web.Render(w, r, status, missesView(p))
}

// actOnMiss makes a word a synonym, puts it aside, or back.
func (m *Module) actOnMiss(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, word, done := r.Context(), form.Value("word"), "已不再提示“"+form.Value("word")+"”。"
	switch form.Value("act") {
	case "ignore":
		err = m.IgnoreMiss(ctx, word, true)
	case "restore":
		err, done = m.IgnoreMiss(ctx, word, false), "已放回列表。"
	default:
		done = "已记为同义词。现在搜“" + word + "”就能找到。"
		s := Synonym{Word: word}
		if _, err = m.readTarget(ctx, form, &s); err == nil && form.OK() {
			err = m.TeachMiss(ctx, word, s)
		}
	}
	if err := form.Merge(err); err != nil {
		return err
	}
	if !form.OK() {
		return m.renderMisses(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(r, "success", done)
	return web.Redirect(w, r, missesPath)
}
