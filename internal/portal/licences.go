package portal

import (
	"net/http"
	"net/url"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
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
	return web.Render(w, r, http.StatusOK, licenceView(p))
}
