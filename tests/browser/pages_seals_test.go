package browser_test

import (
	"net/url"
	"testing"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/seals"
	"yimen/workday"
)

func init() {
	notPages["/admin/seals/{id}/picture.png"] = "picture"
	notPages["/admin/seals/preview.png"] = "picture"
	notPages["/admin/seals/uses/export"] = "table"
	notPages["/admin/certificates/requests/{id}"] = "request for a certificate"
	notPages["/cases/{number}/notices/{id}/sealed.ofd"] = "sealed file"
	notPages["/cases/{number}/notices/{id}/sealed.pdf"] = "sealed file"
	notPages["/seals/crl"] = "machines"
	notPages["/seals/crl/root"] = "machines"
	notPages["/seals/crl/pdf"] = "machines"
	notPages["/seals/roots"] = "machines"
}

// Who looks after the sample city's seals.
const cityKeeper, countyKeeper, sealMaker = "seals-440200", "seals-440232", "seals-make-440200"

// seals gives a seal that is in use, as soon as there is one, and one that waits
// for its approval.
func (c *city) seals(t testing.TB) (inUse, asked string) {
	t.Helper()
	var list []seals.Seal
	for end := time.Now().Add(2 * time.Minute); len(list) == 0; time.Sleep(200 * time.Millisecond) {
		var err error
		list, _, err = c.Seals.List(c.as(t, countyKeeper), seals.Query{State: seals.Active, Agency: "440232-d11"}, db.Page{Limit: 1})
		must(t, err)
		if time.Now().After(end) {
			t.Fatal("the sample city has no seal in use: they are made in the background, and two minutes were not enough")
		}
	}
	today := workday.DateOf(c.Clock.Now(), clock.Beijing)
	s, err := c.Seals.Apply(c.as(t, countyKeeper), seals.Application{Kind: seals.Business, Agency: "440232-d11", Line: "窗口业务专用章", Purposes: []string{seals.ForNotice},
		From: today, Until: today.Add(365), Custodian: countyKeeper})
	must(t, err)
	return list[0].ID, s.ID
}

// sealPages are samples of what keepers, approvers and makers of seals see.
func sealPages(x things) map[string][]sample {
	draft := url.Values{"kind": {seals.Licence}, "agency": {"440232-d11"}, "line": {"电子证照专用章"}}
	return map[string][]sample{
		"/admin/seals":        {{cityKeeper, "/admin/seals"}, {countyKeeper, "/admin/seals?state=cancelled"}},
		"/admin/seals/new":    {{countyKeeper, "/admin/seals/new"}, {countyKeeper, "/admin/seals/new?" + draft.Encode()}},
		"/admin/seals/{id}":   {{countyKeeper, "/admin/seals/" + x.seal}, {"seals-approve-440200", "/admin/seals/" + x.asked}},
		"/admin/seals/uses":   {{cityKeeper, "/admin/seals/uses"}},
		"/admin/notices":      {{countyKeeper, "/admin/notices"}},
		"/admin/certificates": {{sealMaker, "/admin/certificates"}},
	}
}
