package portal

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"yimen/internal/catalogue"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/licences"
	"yimen/workday"
)

// LicencesURL is the applicant's own electronic licences.
const LicencesURL = "/my/licences"

func licenceURL(identifier string) string { return LicencesURL + "/" + url.PathEscape(identifier) }

type licencesPage struct {
	list  []licences.Licence
	next  string
	paged bool
	today workday.Date
}

func (p licencesPage) nextURL() string {
	if p.next == "" {
		return ""
	}
	return LicencesURL + query("after", p.next)
}

func (p licencesPage) firstURL() string {
	if !p.paged {
		return ""
	}
	return LicencesURL
}

func (m *Module) today(r *http.Request) workday.Date {
	return workday.DateOf(clock.FromContext(r.Context(), m.Clock).Now(), clock.Beijing)
}

// licences lists what the applicant holds, and the companies they lead.
func (m *Module) licences(w http.ResponseWriter, r *http.Request) error {
	after := r.URL.Query().Get("after")
	p := licencesPage{paged: after != "", today: m.today(r)}
	var err error
	if p.list, p.next, err = m.Licences.Mine(r.Context(), db.Page{Limit: 30, After: after}); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, licencesView(p))
}

type licencePage struct {
	licences.Shown
	readings []licences.Reading
	today    workday.Date
	uses     []licences.Use
	copies   []licences.Copy
}

func (m *Module) licence(w http.ResponseWriter, r *http.Request) error {
	s, err := m.Licences.Own(r.Context(), r.PathValue("identifier"))
	if err != nil {
		return err
	}
	p := licencePage{Shown: s, today: m.today(r)}
	if p.readings, err = m.Licences.Readings(r.Context(), s.Identifier); err != nil {
		return err
	}
	if p.uses, err = m.Licences.UsesOfOwn(r.Context(), s.Identifier); err != nil {
		return err
	}
	if p.copies, err = m.Licences.Copies(r.Context(), s); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, licenceView(p))
}

// findInstead looks for electronic licences that the applicant need only agree to,
// instead of bringing what is asked for.
func (m *Module) findInstead(ctx context.Context, p *actPage) error {
	p.instead = map[string][]licences.Licence{}
	if m.Licences == nil || !p.open() {
		return nil
	}
	for _, x := range p.list {
		if len(x.LicenceTypes) == 0 {
			continue
		}
		list, err := m.Licences.Offered(ctx, p.Item, x.LicenceTypes, p.Applicant.IDNo)
		if err != nil {
			return err
		}
		p.instead[x.ID] = list
	}
	return nil
}

// agreed is the licence that the applicant has ticked for a material; "" none.
func (p *actPage) agreed(x catalogue.Material) string {
	id := p.form.Value("licence." + x.ID)
	if !slices.ContainsFunc(p.instead[x.ID], func(l licences.Licence) bool { return l.Identifier == id }) {
		return ""
	}
	return id
}

// agreeOptions are what the applicant may tick for a material.
func (p *actPage) agreeOptions(x catalogue.Material) []ui.Option {
	options := []ui.Option{{Value: "", Label: "不用，我自己补交"}}
	for _, l := range p.instead[x.ID] {
		options = append(options, ui.Option{Value: l.Identifier, Label: "同意使用" + l.TypeName + "（" + l.Tail() + "）", Help: l.IssuerName + "颁发，" + l.Term()})
	}
	return options
}
