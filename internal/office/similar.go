package office

import (
	"context"
	"net/http"
	"slices"

	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/kit/web"
)

// similarPage compares a case with earlier ones of the same item and answers.
type similarPage struct {
	c       cases.Case
	in      string
	list    []cases.Alike
	with    cases.Case // compared side by side; no number: none
	lines   []twoLines
	granted int
	denied  int
	usual   int // working days from acceptance to decision, the middle of the list
}

// mostSimilar is how many earlier cases are shown.
const mostSimilar = 20

func similarURL(number string) string { return CaseURL(number) + "/similar" }

func (m *Module) showSimilar(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	c, err := m.Cases.Find(ctx, r.PathValue("number"))
	if err != nil {
		return err
	}
	p := similarPage{c: c, in: r.URL.Query().Get("in")}
	if p.list, err = m.Cases.Similar(ctx, c.Number, mostSimilar); err != nil {
		return err
	}
	p.sum()
	if with := r.URL.Query().Get("with"); with != "" {
		if err := m.compare(ctx, &p, with); err != nil {
			return err
		}
	}
	return web.Render(w, r, http.StatusOK, similarView(p))
}

func (p *similarPage) sum() {
	var days []int
	for _, x := range p.list {
		if x.Outcome == cases.Denied {
			p.denied++
		} else {
			p.granted++
		}
		days = append(days, x.Days)
	}
	if len(days) > 0 {
		slices.Sort(days)
		p.usual = days[len(days)/2]
	}
}

// compare puts the form of one earlier case beside that of this one. Personal
// numbers are masked in both: whose they were is not compared.
func (m *Module) compare(ctx context.Context, p *similarPage, number string) error {
	var err error
	if p.with, err = m.Cases.Find(ctx, number); err != nil {
		return err
	}
	if p.with.Item != p.c.Item {
		return cases.ErrUnknown
	}
	one, err := m.maskedLines(ctx, p.c)
	if err != nil {
		return err
	}
	two, err := m.maskedLines(ctx, p.with)
	p.lines = sideBySide(one, two)
	return err
}

func (m *Module) maskedLines(ctx context.Context, c cases.Case) ([]formLine, error) {
	v, err := m.Catalogue.Version(ctx, c.Item, c.Version)
	if err != nil {
		return nil, err
	}
	page := &casePage{c: c}
	if page.fields, err = catalogue.FormFields(v.Definition.Form); err != nil {
		return nil, err
	}
	if err := m.nameDivisions(ctx, page); err != nil {
		return nil, err
	}
	form, err := catalogue.MaskForm(page.fields, c.Content.Form)
	if err != nil {
		return nil, err
	}
	return formLines(page.fields, form), nil
}
