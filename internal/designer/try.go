package designer

import (
	"net/http"
	"strings"

	"yimen/internal/apply"
	"yimen/internal/catalogue"
	"yimen/internal/kit/web"
)

// tryPage is an application as a citizen would go through it, over a version
// that nobody else sees: the questions one by one, then form and materials.
type tryPage struct {
	*treePage
	Fields []catalogue.FormField
	Filled *web.Form
	Window bool // as the window sees it, not the citizen
}

func (t *tryPage) side() apply.Side {
	if t.Window {
		return apply.Window
	}
	return apply.Online
}

func (t *tryPage) materialsTitle() string {
	if t.Window {
		return "收取材料"
	}
	return "上传材料"
}

// seenFrom is an address of this page as one side of the counter sees it.
func seenFrom(window bool, to string) string {
	if window {
		return strings.Replace(to, "?", "?as=window&", 1)
	}
	return to
}

func (m *Module) showTry(w http.ResponseWriter, r *http.Request) error {
	p, err := m.load(r.Context(), r.PathValue("code"), "")
	if err != nil {
		return err
	}
	t := &tryPage{treePage: m.treeOf(p, r.URL.Query()), Filled: web.NewForm(nil), Window: r.URL.Query().Get("as") == "window"}
	if t.Broken == "" {
		if t.Fields, err = catalogue.FormFields(p.Now.Form); err != nil {
			t.Broken = "表单的结构无法识别，请在“完整定义”里改正。"
		} else if err := m.fillTry(r, t); err != nil {
			return err
		}
	}
	return web.Render(w, r, http.StatusOK, tryView(t))
}

// fillTry fills in what the answers fill in, and the places near.
func (m *Module) fillTry(r *http.Request, t *tryPage) error {
	home, err := m.Org.Home(r.Context())
	if err != nil {
		return err
	}
	if err := apply.Places(r.Context(), m.Org, t.Fields, nil, home.Code); err != nil {
		return err
	}
	return apply.Fill(t.Filled, t.Fields, nil, t.Try.List.Defaults)
}
