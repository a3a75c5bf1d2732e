package licences

import (
	"context"
	"errors"
	"net/http"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
)

// myURL is where people find their own licences.
const myURL = "/my/licences"

// documentRoutes adds the files of documents: for holders, and for who looks
// after those of the issuer.
func (m *Module) documentRoutes(rt *web.Router) {
	for _, form := range []string{"ofd", "pdf"} {
		rt.Get(myURL+"/{identifier}/file."+form, identity.Applicant(), m.sendFile(m.Own, form))
		rt.Get(officeURL+"/{identifier}/file."+form, lookGuard, m.sendFile(m.taken, form))
	}
	rt.Get(myURL+"/{identifier}/page.svg", identity.Applicant(), m.sendPicture(m.Own))
	rt.Get(officeURL+"/{identifier}/page.svg", lookGuard, m.sendPicture(m.seen))
	rt.Post(officeURL+"/{identifier}/document", manageGuard, m.makeDocument)
	rt.Post(myURL+"/{identifier}/document", identity.Applicant(), m.makeOwnDocument)
	m.scanRoutes(rt)
	m.templateRoutes(rt)
}

// opener finds a licence for who may have it.
type opener func(ctx context.Context, identifier string) (Shown, error)

// seen finds a licence for staff as Open does, whose page was recorded already.
func (m *Module) seen(ctx context.Context, identifier string) (Shown, error) {
	l, err := m.one(ctx, "identifier", identifier)
	if err != nil {
		return Shown{}, err
	}
	a := identity.FromContext(ctx)
	if !a.Can(VerbManage, l.place()) && !a.Can(VerbView, l.place()) {
		return Shown{}, ErrUnknown
	}
	return m.shown(ctx, l)
}

// taken finds a licence for staff who take its document away, which is recorded.
func (m *Module) taken(ctx context.Context, identifier string) (Shown, error) {
	s, err := m.seen(ctx, identifier)
	if err != nil {
		return s, err
	}
	return s, m.record(ctx, "licence.download", s.Identifier, "", "")
}

func (m *Module) sendFile(open opener, form string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		s, err := open(r.Context(), r.PathValue("identifier"))
		if err != nil {
			return err
		}
		var data []byte
		if form == "pdf" {
			data, err = m.readPDF(r.Context(), s.Licence, s.sheetFile())
		} else {
			data, err = m.read(r.Context(), s.Paper.OFD)
		}
		if err != nil {
			return err
		}
		web.Give(w, s.fileName(form), data)
		return nil
	}
}

func (m *Module) sendPicture(open opener) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		s, err := open(r.Context(), r.PathValue("identifier"))
		if err != nil {
			return err
		}
		data, err := m.read(r.Context(), s.Paper.OFD)
		if err != nil {
			return err
		}
		svg, err := picture(data)
		if err != nil {
			return err
		}
		sendSVG(w, svg)
		return nil
	}
}

// sendSVG shows a picture of a page, which is of one person alone.
func sendSVG(w http.ResponseWriter, svg []byte) {
	h := w.Header()
	h.Set("Content-Type", "image/svg+xml")
	h.Set("Cache-Control", "private, max-age=600")
	h.Set("Content-Security-Policy", "default-src 'none'; img-src data:")
	_, _ = w.Write(svg) // the reader has gone: nobody to tell
}

func (m *Module) makeDocument(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	identifier := r.PathValue("identifier")
	if _, err := m.Document(r.Context(), identifier); err != nil {
		if err := f.Merge(err); err != nil {
			return err
		}
		return m.showLicence(w, r, f)
	}
	web.Flash(r, "success", "已制作并盖章。")
	return web.Redirect(w, r, licenceURL(identifier))
}

// makeOwnDocument tells on the licence's page, which the portal keeps, what kept
// the document from being made.
func (m *Module) makeOwnDocument(w http.ResponseWriter, r *http.Request) error {
	identifier := r.PathValue("identifier")
	_, err := m.DocumentOwn(r.Context(), identifier)
	switch kind := errs.KindOf(err); {
	case err == nil:
		web.Flash(r, "success", "已制作并盖章，可以下载。")
	case kind == errs.Internal || errors.Is(err, ErrUnknown):
		return err
	default:
		web.Flash(r, "danger", errs.From(err).Message)
	}
	return web.Redirect(w, r, OwnURL(identifier))
}

// documentURL is below which the files of a document stand.
func (s Shown) documentURL(mine bool) string {
	if mine {
		return OwnURL(s.Identifier)
	}
	return licenceURL(s.Identifier)
}
