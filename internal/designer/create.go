package designer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/workflow"
)

// newFields are what an item needs to exist.
func newFields(depts []ui.Option) []field {
	return []field{
		{Path: "code", Label: "事项编号", Required: true, Max: 7, Help: "两位字母加五位数字，如 SG01001；以后不能改，也不再给别的事项用。"},
		{Path: "base_code", Label: "基本编码", Required: true, Max: 12, Help: "12位，见上级基本目录。"},
		{Path: "name", Label: "事项名称", Required: true, Max: 200, Wide: true},
		{Path: "type", Label: "事项类型", Kind: choice, Options: itemTypes[:7], Required: true},
		{Path: "dept", Label: "责任部门", Kind: choice, Options: depts, Required: true},
		{Path: "domain", Label: "业务领域", Required: true, Max: 50},
		{Path: "levels", Label: "行使层级", Kind: ranks, Options: itemLevels, Required: true, Wide: true},
		{Path: "decided_at", Label: "决定层级", Kind: levels, Options: itemLevels, Required: true},
		{Path: "audience", Label: "服务对象", Kind: ticks, Options: audiences, Required: true, Wide: true},
	}
}

// blank is an item of which nothing is known yet but what is usual.
func blank() catalogue.Definition {
	return catalogue.Definition{
		Seq: "01", AcceptedBy: catalogue.AcceptedByWindow, Kind: catalogue.KindInstant,
		Basis: []catalogue.Basis{}, Conditions: []string{}, Statutory: catalogue.Limit{Unit: catalogue.UnitNone}, Promised: catalogue.Limit{Unit: catalogue.UnitNone},
		Result:    catalogue.Result{Kind: catalogue.ResultOther, DeliverBy: []string{"window"}},
		Materials: []catalogue.Material{}, BaseMaterials: []string{}, Situations: []catalogue.Question{},
		Form:    json.RawMessage(`{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{},"additionalProperties":false}`),
		Process: workflow.Definition{Nodes: []workflow.Node{{ID: "decide", Kind: workflow.Step, Name: "办理", Agency: "competent", Role: workflow.RoleDecide, Decision: true}}},
		Online:  true, Depth: 4, MinLevel: int(identity.LevelRegister), Channels: []string{"window", "web", "mobile", "post"}, Hall: true,
	}
}

func (m *Module) showNew(w http.ResponseWriter, r *http.Request) error {
	depts, err := m.departments(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, newView(web.NewForm(nil), depts))
}

// createItem stores the first draft of an item.
func (m *Module) createItem(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	d, err := m.newItem(r, form)
	if err == nil {
		_, err = m.Catalogue.SaveDraft(r.Context(), d, 0)
	}
	if err == nil {
		web.Flash(r, "success", "已建立草稿。请逐页补齐内容，右侧列出发布前还要处理的问题。")
		return web.Redirect(w, r, sectionURL(d.Code, "basic"))
	}
	status, err := told(form, err)
	if err != nil {
		return err
	}
	depts, err := m.departments(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, status, newView(form, depts))
}

func (m *Module) newItem(r *http.Request, form *web.Form) (catalogue.Definition, error) {
	if form.Has("definition") {
		return readDefinition(form.Raw().Get("definition"))
	}
	d := blank()
	doc, err := open(&d)
	if err != nil {
		return d, err
	}
	var bad errs.Fields
	take(form.Raw(), doc, "", newFields(nil), &bad)
	doc.put("base_name", form.Value("name"))
	if err := m.nameDepartment(r, doc, form.Value("dept")); err != nil {
		bad.Merge("", err)
	}
	if err := doc.into(&d); err != nil {
		return d, err
	}
	// Everything that is missing is told at once, each thing once.
	var told errs.Fields
	for _, f := range bad.List() {
		told.Add(f.Name, "%s", f.Message)
	}
	for _, f := range fieldsIn(d.Validate()) {
		if !slices.ContainsFunc(bad.List(), func(g errs.Field) bool { return g.Name == f.Name }) && onForm(f.Name) {
			told.Add(f.Name, "%s", f.Message)
		}
	}
	return d, told.Err()
}

func fieldsIn(err error) []errs.Field {
	if err == nil {
		return nil
	}
	return errs.From(err).Fields
}

// onForm says whether the form for a new item has an input of that name: what
// else is wrong follows from one of those.
func onForm(name string) bool {
	return slices.ContainsFunc(newFields(nil), func(f field) bool { return f.Path == name })
}

func pretty(d *catalogue.Definition) (string, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(d)
	return out.String(), err
}

func readDefinition(text string) (catalogue.Definition, error) {
	var d catalogue.Definition
	dec := json.NewDecoder(bytes.NewReader([]byte(text)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		return d, errs.ErrInvalid.Field("definition", fmt.Sprintf("定义不是有效的 JSON（第%d个字符附近）：%v。", dec.InputOffset(), err))
	}
	return d, nil
}

func (m *Module) showJSON(w http.ResponseWriter, r *http.Request) error {
	p, err := m.load(r.Context(), r.PathValue("code"), "json")
	if err != nil {
		return err
	}
	text, err := pretty(p.Now)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, jsonView(p, text))
}

// saveJSON replaces the whole definition; nobody else may have changed
// anything meanwhile.
func (m *Module) saveJSON(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	code := r.PathValue("code")
	d, err := readDefinition(form.Raw().Get("definition"))
	if err == nil && d.Code != code {
		err = errs.ErrInvalid.Field("definition", "code 应为本事项的编号“"+code+"”，编号不能修改；另立事项请用“新增事项”。")
	}
	var saved catalogue.Saved
	if err == nil {
		saved, err = m.Catalogue.Change(r.Context(), catalogue.Revision{Item: code, Seen: seenOf(form)}, func(old *catalogue.Definition) error { *old = d; return nil })
	}
	if err == nil {
		web.Flash(r, "success", savedWords(saved))
		return web.Redirect(w, r, itemURL(code)+"/json")
	}
	status, err := told(form, err)
	if err != nil {
		return err
	}
	p, err := m.load(r.Context(), code, "json")
	if err != nil {
		return err
	}
	p.Form, p.Edit = form, seenOf(form)
	return web.Render(w, r, status, jsonView(p, form.Raw().Get("definition")))
}

// showVersion shows the definition of any version as it was.
func (m *Module) showVersion(w http.ResponseWriter, r *http.Request) error {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		return catalogue.ErrVersion
	}
	if _, err := m.Catalogue.Sheet(r.Context(), r.PathValue("code")); err != nil { // the right to see drafts
		return err
	}
	v, err := m.Catalogue.Version(r.Context(), r.PathValue("code"), n)
	if err != nil {
		return err
	}
	text, err := pretty(&v.Definition)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, versionView(v, text))
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s) // what is no number is 0: not said
	return n
}
