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

// showPage shows the page of its document.
func (m *Module) showPage(w http.ResponseWriter, r *http.Request) error {
	c, err := m.Cases.Find(r.Context(), r.PathValue("number"))
	if err != nil {
		return err
	}
	return m.Licences.SendUsed(w, r, c.Number, r.PathValue("use"))
}

// showPhoto shows a picture that it came into the store with.
func (m *Module) showPhoto(w http.ResponseWriter, r *http.Request) error {
	c, err := m.Cases.Find(r.Context(), r.PathValue("number"))
	if err != nil {
		return err
	}
	return m.Licences.SendUsedPhoto(w, r, c.Number, r.PathValue("use"), r.PathValue("name"))
}

// usedURL is the page of a licence that was used in a case.
func usedURL(number string, u licences.Use) string {
	return CaseURL(number) + "/licences/" + url.PathEscape(u.ID)
}

// byLicence says that a licence stands in for some material.
func (p *casePage) byLicence() bool {
	return slices.ContainsFunc(p.c.Content.Materials, func(x cases.Material) bool { return x.Licence != "" })
}

// useOf is the use of the licence that stands in for a material; false when none
// is known.
func (p *casePage) useOf(x cases.Material) (licences.Use, bool) {
	i := slices.IndexFunc(p.used, func(u licences.Use) bool { return u.Material == x.ID && u.Identifier == x.Licence })
	if x.Licence == "" || i < 0 {
		return licences.Use{}, false
	}
	return p.used[i], true
}

// shownLicence is the page of the document of a licence in the pane, beside the
// files; false when there is none.
func (p *casePage) shownLicence(x cases.Material) (shownFile, bool) {
	u, ok := p.useOf(x)
	if !ok || u.Document == "" {
		return shownFile{}, false
	}
	return shownFile{ID: "licence-" + u.ID, Name: "电子证照", Material: x.Name, Kind: "image", Old: x.Superseded != nil, URL: usedURL(p.c.Number, u) + "/page.svg"}, true
}
