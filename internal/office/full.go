package office

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"yimen/gb"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// purposes are what somebody may need a person's whole numbers for.
var purposes = []ui.Option{
	{Value: "核对身份", Label: "核对身份"}, {Value: "联系申请人", Label: "联系申请人"}, {Value: "制作证件文书", Label: "制作证件、文书"},
	{Value: "向其他部门核实", Label: "向其他部门核实"}, {Value: "其他", Label: "其他"},
}

const mostWords = 100

// fullPage asks what for, and then shows the numbers, this once.
type fullPage struct {
	c     cases.Case
	form  *web.Form
	shown bool

	filled []ui.Row // numbers in the form, once they are shown
}

func fullURL(number string) string { return CaseURL(number) + "/full" }

// askFull asks what for.
func (m *Module) askFull(w http.ResponseWriter, r *http.Request) error {
	c, err := m.Cases.FindInFull(r.Context(), r.PathValue("number"))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, fullView(fullPage{c: c, form: web.NewForm(nil)}))
}

// showFull records who looks and what for, and shows the numbers.
func (m *Module) showFull(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	c, err := m.Cases.FindInFull(r.Context(), r.PathValue("number"))
	if err != nil {
		return err
	}
	purpose, words := form.Value("purpose"), strings.TrimSpace(form.Value("words"))
	if !slices.ContainsFunc(purposes, func(o ui.Option) bool { return o.Value == purpose }) {
		form.Error("purpose", "请选择查看的用途。")
	}
	switch n := utf8.RuneCountInString(words); {
	case n < 4:
		form.Error("words", "请用几个字说明为什么要看，至少4个字：本人以后能看到这条记录。")
	case n > mostWords:
		form.Error("words", "说明不能超过100个字。")
	}
	p := fullPage{c: c, form: form}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, fullView(p))
	}
	if c, err = m.Cases.LookInFull(r.Context(), c.Number, purpose+"："+words); err != nil {
		return err
	}
	p.c, p.shown = c, true
	if p.filled, err = m.numbersIn(r.Context(), c); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, fullView(p))
}

// numbersIn are the fields of a case's form that pages mask, whole.
func (m *Module) numbersIn(ctx context.Context, c cases.Case) ([]ui.Row, error) {
	version, err := m.Catalogue.Version(ctx, c.Item, c.Version)
	if err != nil {
		return nil, err
	}
	fields, err := catalogue.FormFields(version.Definition.Form)
	if err != nil {
		return nil, err
	}
	numbers, err := catalogue.NumbersIn(fields, c.Content.Form)
	rows := make([]ui.Row, len(numbers))
	for i, n := range numbers {
		rows[i] = ui.Row{Label: n.Title, Value: n.Value}
	}
	return rows, err
}

// rows are the numbers, whole once they are shown.
func (p fullPage) rows() []ui.Row {
	a := p.c.Applicant
	id, phone := p.numbers(a.IDType, a.IDNo, a.Phone)
	rows := []ui.Row{{Label: "申请人", Value: a.Name}, {Label: "证件", Value: gb.IDType(a.IDType).String()},
		{Label: "证件号码", Value: id}, {Label: "联系电话", Value: phone}}
	if g := p.c.Agent; g != nil {
		id, phone = p.numbers(g.IDType, g.IDNo, g.Phone)
		rows = append(rows, ui.Row{Label: "代办人", Value: g.Name}, ui.Row{Label: "代办人证件号码", Value: id}, ui.Row{Label: "代办人电话", Value: phone})
	}
	for _, r := range p.filled { // what was filled in again says nothing new
		if !slices.ContainsFunc(rows, func(had ui.Row) bool { return had.Value == r.Value }) {
			rows = append(rows, r)
		}
	}
	return rows
}

func (p fullPage) numbers(idType, idNo, phone string) (string, string) {
	if p.shown {
		return idNo, phone
	}
	return gb.MaskIDNumber(gb.IDType(idType), idNo), gb.MaskPhone(phone)
}
