package catalogue

import (
	"errors"
	"net/http"

	"yimen/internal/kit/web"
)

// showPreview is the guide as the newest version of an item would give it, for
// those who may see drafts.
func (m *Module) showPreview(w http.ResponseWriter, r *http.Request) error {
	s, err := m.Sheet(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	division := r.URL.Query().Get("division")
	g, err := m.guideOf(r.Context(), s.Newest, division)
	if errors.Is(err, ErrNotOffered) {
		division = ""
		g, err = m.guideOf(r.Context(), s.Newest, "")
	}
	if err != nil {
		return err
	}
	p := guidePage{Guide: g, def: &g.Version.Definition, division: division, preview: true, path: r.URL.Path,
		notice: "这是" + versionWord(s.Newest.N) + "（" + s.Newest.State.String() + "）的预览，群众还看不到这一页。"}
	if err := m.completeGuide(r, &p); err != nil {
		return err
	}
	return web.RenderPart(w, r, http.StatusOK, guideView(p), bringPart(p))
}
