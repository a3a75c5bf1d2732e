package cases

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/web"
)

// Routes adds the pages that belong to a case whoever looks at it: its notices
// on paper, and the files handed in with it.
func (m *Module) Routes(rt *web.Router) {
	rt.Get("/cases/{number}/notices/{id}", identity.SignedIn(), m.pageNotice)
	rt.Get("/cases/{number}/files/{id}", identity.SignedIn(), m.pageFile)
}

// NoticeURL is the address of a notice's print page.
func NoticeURL(number, id string) string {
	return "/cases/" + url.PathEscape(number) + "/notices/" + url.PathEscape(id)
}

// FileURL is the address of a file handed in with a case.
func FileURL(number, id string) string {
	return "/cases/" + url.PathEscape(number) + "/files/" + url.PathEscape(id)
}

// ProgressURL is what the QR code of a notice leads to: the public progress,
// with the number filled in and the query code still to type.
func (m *Module) ProgressURL(r *http.Request, number string) string {
	base := strings.TrimRight(m.Rules.PublicURL, "/")
	if base == "" {
		scheme := "http"
		if r.TLS != nil {
			scheme = "https"
		}
		base = scheme + "://" + r.Host
	}
	return base + "/progress?number=" + url.QueryEscape(number)
}

func (m *Module) pageNotice(w http.ResponseWriter, r *http.Request) error {
	n, err := m.Notice(r.Context(), r.PathValue("number"), r.PathValue("id"))
	if err != nil {
		return err
	}
	verify, self := m.ProgressURL(r, n.Sheet.Number), NoticeURL(n.Sheet.Number, n.ID)
	if n.Kind != NoticeReceipt {
		return web.Render(w, r, http.StatusOK, noticePage(n.Sheet, verify, "", m.sealedURL(n)))
	}
	if r.URL.Query().Get("paper") == paperRoll {
		return web.Render(w, r, http.StatusOK, noticeRoll(n.Sheet, verify, self))
	}
	return web.Render(w, r, http.StatusOK, noticePage(n.Sheet, verify, self+"?paper="+paperRoll, ""))
}

// sealedURL is the address of the sealed document without the ending; "" for whoever
// may not have it: it bears the applicant's whole number.
func (m *Module) sealedURL(n Notice) string {
	if m.Sealer == nil || n.Masked || n.Kind == NoticeDelivery {
		return ""
	}
	return NoticeURL(n.Sheet.Number, n.ID) + "/sealed"
}

// shownInline are the types a browser shows safely; others are saved.
var shownInline = map[string]bool{
	"application/pdf": true, "image/jpeg": true, "image/png": true, "image/gif": true, "image/webp": true, "image/bmp": true,
}

// filePolicy lets a file stand in a frame of our own pages, beside the form it
// belongs to, and do nothing.
const filePolicy = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; object-src 'self'; base-uri 'none'; " +
	"form-action 'none'; frame-ancestors 'self'"

func (m *Module) pageFile(w http.ResponseWriter, r *http.Request) error {
	body, f, err := m.OpenFile(r.Context(), r.PathValue("number"), r.PathValue("id"))
	if err != nil {
		return err
	}
	defer body.Close()
	disposition := "attachment"
	if shownInline[f.MediaType] {
		disposition = "inline"
	}
	h := w.Header()
	h.Set("Content-Type", f.MediaType)
	h.Set("Content-Disposition", disposition+"; filename*=UTF-8''"+url.PathEscape(f.Name))
	h.Set("Content-Length", strconv.FormatInt(f.Size, 10))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", filePolicy)
	h.Set("Cache-Control", "private, no-store")
	_, _ = io.Copy(w, body) // the reader has gone: nobody to tell
	return nil
}
