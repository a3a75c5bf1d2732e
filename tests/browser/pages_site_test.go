package browser_test

import (
	"sync"

	"yimen/internal/catalogue"
	"yimen/internal/kit/db"
)

func init() {
	notPages["/admin/synonyms/export"] = "table"
	notPages["/admin/zones/export"] = "table"
	notPages["/search/suggest"] = "piece of a page"
}

// onLists is one of each that those who keep the site have lists of.
var onLists = sync.OnceValue(func() (x struct{ report, code, synonym string }) {
	c := theCity()
	made, err := c.Catalogue.MakeReport(c.System, catalogue.Report{Page: "/items/SG01010", Title: "失业登记", Item: "SG01010", Kind: "wrong",
		Text: "电话打不通，请换一个。"})
	if err != nil {
		panic(err)
	}
	if err := c.Catalogue.NoteMiss(c.System, "办个火星居留"); err != nil {
		panic(err)
	}
	list, _, err := c.Catalogue.Synonyms(c.System, catalogue.SynonymQuery{Item: "SG04001"}, db.Page{Limit: 1})
	if err != nil || len(list) == 0 {
		panic("no synonyms in the sample city")
	}
	x.report, x.code, x.synonym = made.ID, made.Code, list[0].ID
	return x
})

// sitePages are samples of the pages of those who keep the site.
func sitePages() map[string][]sample {
	x := onLists()
	return map[string][]sample{
		"/report/{code}":         {{"", "/report/" + x.code}},
		"/admin/site":            {{"editor-440200", "/admin/site"}, {"admin-system", "/admin/site"}},
		"/admin/synonyms":        {{"editor-440200", "/admin/synonyms"}, {"editor-440200", "/admin/synonyms?q=zzzz"}},
		"/admin/synonyms/import": {{"editor-440200", "/admin/synonyms/import"}},
		"/admin/zones/import":    {{"editor-440200", "/admin/zones/import"}},
		"/admin/synonyms/{id}":   {{"editor-440200", "/admin/synonyms/" + x.synonym}},
		"/admin/search-misses":   {{"editor-440200", "/admin/search-misses"}, {"editor-440200", "/admin/search-misses?show=ignored"}},
		"/admin/zones":           {{"editor-440200", "/admin/zones"}},
		"/admin/zones/new":       {{"editor-440200", "/admin/zones/new"}},
		"/admin/zones/{id}":      {{"editor-440200", "/admin/zones/yueshengshi"}},
		"/admin/reports":         {{"editor-440200", "/admin/reports"}, {"editor-440200", "/admin/reports?state=answered"}},
		"/admin/reports/{id}":    {{"editor-440200", "/admin/reports/" + x.report}},
	}
}
