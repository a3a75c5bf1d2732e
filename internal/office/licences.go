package office

import (
	"net/http"
	"net/url"
	"slices"

	"yimen/internal/cases"
	"yimen/internal/kit/web"
	"yimen/internal/licences"
	"yimen/workday"
)

// usedPage is an electronic licence that stands in for a material of a case, as it
// was when the application came in.
type usedPage struct {
	c     cases.Case
	use   licences.Use
	shown licences.Shown
	today workday.Date
}

// showLicence shows it to whoever may see the case; each look is recorded.
func (m *Module) showLicence(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	c, err := m.Cases.Find(ctx, r.PathValue("number"))
	if err != nil {
		return err
	}
	p := usedPage{c: c, today: m.today(ctx)}
	if p.use, p.shown, err = m.Licences.ReadUsed(ctx, c.Number, r.PathValue("use")); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, usedView(p))
}

// byLicence says that a licence stands in for some material.
func (p *casePage) byLicence() bool {
	return slices.ContainsFunc(p.c.Content.Materials, func(x cases.Material) bool { return x.Licence != "" })
}

// licenceURL is the page of the licence that stands in for a material; "" when
// its use is not known.
func (p *casePage) licenceURL(x cases.Material) string {
	i := slices.IndexFunc(p.used, func(u licences.Use) bool { return u.Material == x.ID && u.Identifier == x.Licence })
	if i < 0 {
		return ""
	}
	return CaseURL(p.c.Number) + "/licences/" + url.PathEscape(p.used[i].ID)
}
