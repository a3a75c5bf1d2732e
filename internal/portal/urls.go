package portal

import (
	"net/url"
	"strings"

	"yimen/internal/catalogue"
)

// HomeURL is the front page.
func HomeURL() string { return "/" }

// DemoURL is the start page of the sample city.
func DemoURL() string { return "/demo" }

// MyURL is the list of one's own cases; show is "" (all), "running", "done" or
// "drafts", after the cursor of a later page.
func MyURL(show, after string) string { return "/my" + query("show", show, "after", after) }

// CaseURL is one of one's own cases.
func CaseURL(number string) string { return "/my/cases/" + url.PathEscape(number) }

// ActURL is the page on which the applicant does something to a case: correct,
// supplement or withdraw.
func ActURL(number, verb string) string { return CaseURL(number) + "/" + verb }

// ProgressURL is the public progress; number is filled in, the query code is
// always typed.
func ProgressURL(number string) string { return "/progress" + query("number", number) }

// RegionURL is where the region is chosen: at is the division in sight, next
// the page to go back to.
func RegionURL(at, next string) string { return "/region" + query("at", at, "next", next) }

// Search is what somebody looks for; empty fields do not matter.
type Search struct {
	Q        string // what was typed
	Audience string // person | enterprise
	Domain   string
	Dept     string
	Tag      string
	Way      string // online | none: see catalogue.Query
	Near     bool   // only what is handled in the region itself
	At       string // only what is handled at this division, whatever the region
	After    string
}

// URL is the page of results.
func (s Search) URL() string {
	near := ""
	if s.Near {
		near = "1"
	}
	return "/search" + query("q", s.Q, "audience", s.Audience, "domain", s.Domain, "dept", s.Dept, "tag", s.Tag, "way", s.Way,
		"near", near, "at", s.At, "after", s.After)
}

// ZoneURL is the page of a zone, life event or theme.
func ZoneURL(kind, id string) string {
	folder := map[string]string{catalogue.KindEvent: "/events/", catalogue.KindTheme: "/themes/"}[kind]
	if folder == "" {
		folder = "/zones/"
	}
	return folder + url.PathEscape(id)
}

// DepartmentURL is the page of a department's items; dept is its key (D11).
func DepartmentURL(dept string) string { return "/departments/" + url.PathEscape(dept) }

// OutletURL is the page of a place where people apply.
func OutletURL(code string) string { return "/outlets/" + url.PathEscape(code) }

// DraftURL is where an application that is not sent yet goes on.
func DraftURL(number string) string { return "/apply/" + url.PathEscape(number) + "/next" }

// query writes the pairs that have a value.
func query(pairs ...string) string {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// inRegion gives the page to go back to after the region was chosen: a guide
// names its division in the address.
func inRegion(next, division string) string {
	u, err := url.Parse(next)
	if err != nil || strings.HasPrefix(u.Path, "/region") {
		return HomeURL()
	}
	q := u.Query()
	if strings.HasPrefix(u.Path, "/items/") {
		q.Set("division", division)
		if division == "" {
			q.Del("division")
		}
	}
	q.Del("after") // the list is another one now
	u.RawQuery = q.Encode()
	return u.String()
}
