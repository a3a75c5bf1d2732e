package catalogue

import (
	"net/url"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/web"
)

// siteRoutes adds the papers made of a guide, what readers tell of mistakes, and
// the pages of those who keep the site.
func (m *Module) siteRoutes(rt *web.Router) {
	rt.Get("/items/{code}/sheet", web.Public, web.MayLag(m.showTakeaway))
	rt.Get("/items/{code}/poster", web.Public, web.MayLag(m.showPoster))
	rt.Get("/report", web.Public, m.askReport)
	rt.Post("/report", web.Public.And(web.RateLimit("report", reportRate, time.Hour, web.ClientAddr)), m.makeReport)
	rt.Get("/report/{code}", web.Public.And(web.RateLimit("report seen", 60, time.Minute, web.ClientAddr)), m.showReport)

	site := identity.Has(RightSite)
	rt.Get(sitePath, site, m.showSite)
	rt.Get(synonymsPath, site, m.showSynonyms)
	rt.Post(synonymsPath, site, m.saveSynonym)
	rt.Get(synonymsPath+"/export", site, m.exportSynonyms)
	rt.Get(synonymsPath+"/import", site, m.showSynonymImport)
	rt.PostLimit(synonymsPath+"/import", site, maxSheetFile+1<<20, m.importSynonyms)
	rt.Get(synonymsPath+"/{id}", site, m.showSynonym)
	rt.Post(synonymsPath+"/{id}/remove", site, m.removeSynonym)
	rt.Get(missesPath, site, m.showMisses)
	rt.Post(missesPath, site, m.actOnMiss)
	rt.Get(zonesPath, site, m.showZones)
	rt.Post(zonesPath, site, m.saveZone)
	rt.Get(zonesPath+"/new", site, m.newZone)
	rt.Get(zonesPath+"/export", site, m.exportZones)
	rt.Get(zonesPath+"/import", site, m.showZoneImport)
	rt.PostLimit(zonesPath+"/import", site, maxSheetFile+1<<20, m.importZones)
	rt.Get(zonesPath+"/{id}", site, m.showZone)
	rt.Post(zonesPath+"/{id}/remove", site, m.removeZone)
	rt.Get(reportsPath, site, m.showReports)
	rt.Get(reportsPath+"/{id}", site, m.showAnswer)
	rt.Post(reportsPath+"/{id}", site, m.answerReport)
}

// pageURL is the list from a row on; "" is no page, " " is from the start.
func pageURL(q url.Values, after string) string {
	if after == "" {
		return ""
	}
	to := url.Values{}
	for name, values := range q {
		to[name] = values
	}
	to.Del("after")
	if after != " " {
		to.Set("after", after)
	}
	return "?" + to.Encode()
}

// sheetURL is where an item is kept.
func sheetURL(code string) string { return deskPath + "/" + url.PathEscape(code) }
