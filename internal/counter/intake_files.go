package counter

import (
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"yimen/internal/apply"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/files"
	"yimen/internal/kit/web"
)

// filesMost is how many files one material may consist of.
const filesMost = 20

// upload stores what was scanned, photographed or picked for one material and
// adds it to the draft. Sending it twice stores it once more and harms nothing;
// what is wrong with one file is told and the others are kept.
func (m *Module) upload(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	s, f, err := m.sentSheet(r)
	if err != nil {
		return err
	}
	need, ok := s.def.Material(f.Value("material"))
	if !ok {
		f.Error("material", "请选择这些文件是哪一份材料。")
	}
	if ok {
		if err := m.addFiles(ctx, s, need, f); err != nil {
			return err
		}
	}
	if err := m.resolve(ctx, s); err != nil {
		return err
	}
	if err := s.showOver(f); err != nil {
		return err
	}
	status := http.StatusOK
	if !f.OK() {
		status = http.StatusUnprocessableEntity
	}
	if r.Header.Get("HX-Request") != "" {
		return web.Render(w, r, status, materialParts(s))
	}
	if f.OK() {
		return web.Redirect(w, r, IntakeURL(s.draft.Number, s.visit)+"#"+gap{Name: "materials." + need.ID}.id())
	}
	return web.Render(w, r, status, sheetView(s))
}

// showOver shows what is stored, with what is wrong noted in f.
func (s *sheet) showOver(f *web.Form) error {
	s.form = f
	return s.show()
}

func (m *Module) addFiles(ctx context.Context, s *sheet, need catalogue.Material, f *web.Form) error {
	var added []cases.Handed
	for _, part := range f.Files("file") {
		saved, err := m.saveUpload(ctx, part)
		if e := errs.From(err); e != nil {
			if e.Kind != errs.Invalid && e.Kind != errs.TooLarge {
				return err
			}
			f.Error("materials."+need.ID, part.Filename+"："+message(e))
			continue
		}
		added = append(added, cases.Handed{ID: need.ID, File: saved.ID})
	}
	before := filesOf(s.sub().Materials, need.ID)
	if len(before)+len(added) > filesMost {
		f.Error("materials."+need.ID, "一份材料最多"+strconv.Itoa(filesMost)+"个文件，请删掉多余的，或合成一个 PDF。")
		added = added[:max(0, filesMost-len(before))]
	}
	if len(added) == 0 {
		if f.OK() {
			f.Error("materials."+need.ID, "没有收到文件，请重新选择。")
		}
		return nil
	}
	others := slices.DeleteFunc(slices.Clone(s.sub().Materials), func(h cases.Handed) bool { return h.ID == need.ID })
	s.sub().Materials = append(append(others, before...), added...)
	var err error
	s.draft, err = m.saveSheet(ctx, s)
	return err
}

// saveSheet stores the draft as it stands.
func (m *Module) saveSheet(ctx context.Context, s *sheet) (cases.Draft, error) {
	s.sub().Draft, s.sub().Item = s.draft.Number, s.draft.Item
	return m.Cases.SaveDraft(ctx, *s.sub())
}

func (m *Module) saveUpload(ctx context.Context, part *multipart.FileHeader) (files.File, error) {
	body, err := part.Open()
	if err != nil {
		return files.File{}, err
	}
	defer body.Close()
	return m.Cases.Uploads().Save(ctx, part.Filename, part.Header.Get("Content-Type"), body, identity.FromContext(ctx).Account)
}

func message(e *errs.Error) string {
	if len(e.Fields) > 0 {
		return e.Fields[0].Message
	}
	return e.Message
}

// removeFile takes one file off the draft again.
func (m *Module) removeFile(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	s, f, err := m.sentSheet(r)
	if err != nil {
		return err
	}
	file := r.PathValue("file")
	s.sub().Materials = slices.DeleteFunc(slices.Clone(s.sub().Materials), func(h cases.Handed) bool { return h.File == file })
	if s.draft, err = m.saveSheet(ctx, s); err != nil {
		return err
	}
	if err := m.resolve(ctx, s); err != nil {
		return err
	}
	if err := s.showOver(f); err != nil {
		return err
	}
	if r.Header.Get("HX-Request") != "" {
		return web.Render(w, r, http.StatusOK, materialParts(s))
	}
	return web.Redirect(w, r, IntakeURL(s.draft.Number, s.visit))
}

// pictures are the types a browser shows safely; others are saved.
var pictures = []string{"application/pdf", "image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp"}

// draftFile shows a file of a draft of the clerk.
func (m *Module) draftFile(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), r.PathValue("file")
	d, err := m.Cases.Draft(ctx, r.PathValue("draft"))
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(d.Submission.Materials, func(h cases.Handed) bool { return h.File == id }) {
		return web.ErrNotFound
	}
	body, f, err := m.Store.Open(ctx, id)
	if err != nil {
		return err
	}
	defer body.Close()
	disposition := "attachment"
	if slices.Contains(pictures, f.MediaType) {
		disposition = "inline"
	}
	h := w.Header()
	h.Set("Content-Type", f.MediaType)
	h.Set("Content-Disposition", disposition+"; filename*=UTF-8''"+url.PathEscape(f.Name))
	h.Set("Content-Length", strconv.FormatInt(f.Size, 10))
	h.Set("Cache-Control", "private, no-store")
	_, _ = io.Copy(w, body) // the reader has gone: nobody to tell
	return nil
}

// waysHere are the ways of a material at the window, the first two by the keys
// 1 and 2 wherever possible.
func waysHere(m catalogue.Material) []string { return apply.WaysOf(m, apply.Window) }
