package browser_test

import "net/url"

// designerPages are samples of the pages of those who keep the service items.
func designerPages(things) map[string][]sample {
	const item = "/admin/items/SG02004"
	editor := func(paths ...string) []sample {
		var list []sample
		for _, p := range paths {
			list = append(list, sample{"editor-440200", p})
		}
		return list
	}
	return map[string][]sample{
		"/admin/items/bulk":                   editor("/admin/items/bulk?tag=" + url.QueryEscape("镇村")),
		"/admin/items/areas":                  editor("/admin/items/areas"),
		"/admin/items/{code}/json":            editor(item + "/json"),
		"/admin/items/{code}/compare":         {{"reviewer-440200", item + "/compare"}},
		"/admin/items/{code}/preview":         editor(item + "/preview"),
		"/admin/items/{code}/try":             editor(item + "/try"),
		"/admin/items/{code}/edit/{section}":  append(editor(item+"/edit/time", item+"/edit/basis"), sample{"reviewer-440200", item + "/edit/places"}),
		"/admin/items/{code}/materials":       editor(item + "/materials"),
		"/admin/items/{code}/materials/{id}":  editor(item+"/materials/id_card", item+"/materials/-"),
		"/admin/items/{code}/situations":      editor(item + "/situations?a.kind="),
		"/admin/items/{code}/situations/{id}": editor(item+"/situations/authority", item+"/situations/-"),
		"/admin/items/{code}/form":            editor(item + "/form?q=" + url.QueryEscape("姓名")),
		"/admin/items/{code}/form/{name}":     editor(item+"/form/relief_kind", item+"/form/-"),
		"/admin/items/{code}/process":         editor(item + "/process"),
		"/admin/items/{code}/process/{id}":    editor(item+"/process/route", item+"/process/survey", item+"/process/-?kind=step&after=survey"),
	}
}
