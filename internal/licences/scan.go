package licences

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/pictures"
	"yimen/internal/kit/web"
)

// asScans reads scans of a paper as asPicture does pictures, finer: they are read.
func asScans(list [][]byte, bad *errs.Fields) ([][]byte, error) {
	var out [][]byte
	for i, raw := range list {
		img, err := pictures.Read(raw)
		if err != nil {
			bad.Add("scan", "第%d张不是能用的图片，请换成JPG或PNG图片，不超过4000万像素。", i+1)
			continue
		}
		made, err := jpegOf(pictures.Shrunk(img, scanSide))
		if err != nil {
			return nil, err
		}
		out = append(out, made)
	}
	return out, nil
}

// keepScans stores the scans that a licence of the stock came with: in the
// transaction that stores it.
func (m *Module) keepScans(ctx context.Context, l Licence) error {
	for i, raw := range l.scans {
		if m.Files == nil {
			return ErrNotSealed
		}
		f, err := m.keep(ctx, fmt.Sprintf("%s %s%d.jpg", l.TypeName, colScan, i+1), raw)
		if err != nil {
			return err
		}
		if _, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO licences_scan (licence, no, file) VALUES ($1, $2, $3)`, l.ID, i+1, f.ID); err != nil {
			return wrap("store scan", err)
		}
	}
	return nil
}

// scansOf are the files of the scans of a licence, in their order.
func (m *Module) scansOf(ctx context.Context, licence string) ([]string, error) {
	var list []string
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT file FROM licences_scan WHERE licence = $1 ORDER BY no`, licence)
	return list, wrap("list scans", err)
}

// Picture is one that belongs to a licence: a photograph in a field, or a scan of
// the paper.
type Picture struct {
	Title string
	name  string // in its address
}

// picturesShown are those of a licence that its page shows by themselves: every
// scan, and the pictures of its fields while no document shows them.
func (m *Module) picturesShown(ctx context.Context, s Shown) ([]Picture, error) {
	var list []Picture
	for _, f := range s.Of.Fields {
		if f.Kind == kindPicture && s.Fields[f.Name] != "" && !s.Paper.There() {
			list = append(list, Picture{f.Label, f.Name})
		}
	}
	scans, err := m.scansOf(ctx, s.ID)
	for i := range scans {
		title := colScan
		if len(scans) > 1 {
			title += strconv.Itoa(i + 1)
		}
		list = append(list, Picture{title, "scan-" + strconv.Itoa(i+1)})
	}
	return list, err
}

// pictureFile finds the stored file of a picture by the name in its address; ErrUnknown.
func (m *Module) pictureFile(ctx context.Context, s Shown, name string) (string, error) {
	if no, ok := strings.CutPrefix(name, "scan-"); ok {
		scans, err := m.scansOf(ctx, s.ID)
		if err != nil {
			return "", err
		}
		if i, err := strconv.Atoi(no); err == nil && i >= 1 && i <= len(scans) {
			return scans[i-1], nil
		}
		return "", ErrUnknown
	}
	for _, f := range s.Of.Fields {
		if f.Kind == kindPicture && f.Name == name && s.Fields[name] != "" {
			return s.Fields[name], nil
		}
	}
	return "", ErrUnknown
}

func (m *Module) scanRoutes(rt *web.Router) {
	rt.Get(myURL+"/{identifier}/pictures/{name}", identity.Applicant(), m.sendPhoto(m.Own))
	rt.Get(officeURL+"/{identifier}/pictures/{name}", lookGuard, m.sendPhoto(m.seen))
}

func (m *Module) sendPhoto(open opener) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		s, err := open(r.Context(), r.PathValue("identifier"))
		if err != nil {
			return err
		}
		return m.photo(w, r, s, r.PathValue("name"))
	}
}

// photo sends a picture of a licence.
func (m *Module) photo(w http.ResponseWriter, r *http.Request, s Shown, name string) error {
	id, err := m.pictureFile(r.Context(), s, name)
	if err != nil {
		return err
	}
	raw, err := m.read(r.Context(), id)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/jpeg")
	w.Header().Set("Cache-Control", "private, max-age=600")
	_, _ = w.Write(raw) // the reader has gone: nobody to tell
	return nil
}
