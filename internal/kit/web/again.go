package web

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"yimen/internal/kit/errs"
	"yimen/internal/kit/web/ui"
)

// onceField is the key of forms whose files are stored before it is looked at.
const onceField = "once"

// again is the form of a request that could not be answered now, so that its
// words are not lost with the page. Only a form with a key: whether the first
// attempt was stored may be unknown, and a second one must not do it twice.
func again(r *http.Request, e *errs.Error) *ui.Again {
	if e.Kind != errs.Unavailable || r.Method != http.MethodPost || r.Header.Get("HX-Request") == "true" || !isForm(r) {
		return nil
	}
	if parseBody(r) != nil || r.PostForm.Get(KeyField) == "" && r.PostForm.Get(onceField) == "" {
		return nil
	}
	a := &ui.Again{URL: r.URL.RequestURI()}
	for _, name := range slices.Sorted(maps.Keys(r.PostForm)) {
		if strings.Contains(name, "password") {
			a.Secrets = append(a.Secrets, name)
			continue
		}
		for _, value := range r.PostForm[name] {
			a.Fields = append(a.Fields, ui.AgainField{Name: name, Value: value})
		}
	}
	if r.MultipartForm == nil {
		return a
	}
	for _, name := range slices.Sorted(maps.Keys(r.MultipartForm.File)) {
		f := ui.AgainFile{Name: name}
		for _, head := range r.MultipartForm.File[name] {
			if head.Filename != "" {
				f.Chosen = append(f.Chosen, head.Filename)
			}
		}
		if len(f.Chosen) > 0 {
			a.Files = append(a.Files, f)
		}
	}
	return a
}
