package designer

import (
	"net/url"
	"strconv"
	"strings"

	"yimen/internal/catalogue"
	"yimen/internal/kit/web/ui"
)

const listPath = "/admin/items"

func itemURL(code string) string { return listPath + "/" + url.PathEscape(code) }

// sectionURL is the page of a section: those with fields share one.
func sectionURL(code, key string) string {
	switch key {
	case "materials", "situations", "form", "process":
		return itemURL(code) + "/" + key
	}
	return itemURL(code) + "/edit/" + key
}

func elementURL(code, section, id string) string {
	return sectionURL(code, section) + "/" + url.PathEscape(id)
}

func compareURL(code string, from, to int) string {
	return itemURL(code) + "/compare?from=" + strconv.Itoa(from) + "&to=" + strconv.Itoa(to)
}

func crumbs(d *catalogue.Definition, last string) []ui.Crumb {
	list := []ui.Crumb{{Label: "事项管理", URL: listPath}}
	if d != nil {
		list = append(list, ui.Crumb{Label: d.Name, URL: itemURL(d.Code)})
	}
	return append(list, ui.Crumb{Label: last})
}

// placeOf is where a field of a definition is edited: the address of its page
// with the input on it.
func placeOf(d *catalogue.Definition, path string) string {
	s := sectionOfField(path)
	parts := strings.Split(path, ".")
	at := func(i int) int {
		if len(parts) <= i {
			return -1
		}
		n, err := strconv.Atoi(parts[i])
		if err != nil {
			return -1
		}
		return n
	}
	switch i := at(1); {
	case parts[0] == "materials" && i >= 0 && i < len(d.Materials):
		return elementURL(d.Code, "materials", d.Materials[i].ID) + "#" + ui.FieldID(path)
	case parts[0] == "situations" && i >= 0 && i < len(d.Situations):
		return elementURL(d.Code, "situations", d.Situations[i].ID) + "#" + ui.FieldID(path)
	case parts[0] == "form" && len(parts) > 2 && parts[1] == "properties":
		return elementURL(d.Code, "form", parts[2])
	case parts[0] == "process" && nodeAt(d, path) != "":
		return elementURL(d.Code, "process", nodeAt(d, path))
	}
	return sectionURL(d.Code, s.Key) + "#" + ui.FieldID(path)
}
