package portal

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"yimen/internal/apply"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/files"
	"yimen/internal/kit/web"
)

// readReply finds the files that were uploaded for this page before, perhaps
// on another device.
func (m *Module) readReply(ctx context.Context, p *actPage) error {
	r, err := m.Cases.Reply(ctx, p.Number)
	if err != nil {
		return err
	}
	return m.show(ctx, p, r)
}

// show puts a reply on the page: the files of materials that are still asked
// for.
func (m *Module) show(ctx context.Context, p *actPage, r cases.Reply) error {
	p.handed, p.savedAt = nil, r.UpdatedAt
	for _, h := range r.Materials {
		if !slices.ContainsFunc(p.list, func(x catalogue.Material) bool { return x.ID == h.ID }) {
			continue
		}
		f, err := m.Store.Stat(ctx, h.File)
		if errs.KindOf(err) == errs.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		p.handed, p.kept[h.File] = append(p.handed, h), f
	}
	return nil
}

// brought stores the files that came with the form, or the picture that is to
// be turned, and adds new ones to the reply: whatever else is wrong with the
// form, nobody uploads a photo twice.
func (m *Module) brought(ctx context.Context, p *actPage, do, file string) ([]cases.Handed, error) {
	b := apply.Bench{Store: m.Store, Uploads: m.Cases.Uploads(), Owner: identity.FromContext(ctx).Account}
	if do == "rotate" {
		f, ok := p.kept[file]
		if !ok {
			return nil, nil
		}
		return b.Turn(ctx, p.form, p.materialOf(file), f)
	}
	var fresh []cases.Handed
	for _, x := range p.list {
		more, err := b.Take(ctx, p.form, x.ID, len(apply.HandedAll(p.handed, x.ID)))
		if err != nil {
			return nil, err
		}
		fresh = append(fresh, more...)
	}
	if len(fresh) == 0 {
		return nil, nil
	}
	return fresh, m.changeReply(ctx, p, "add", "", fresh)
}

// changeReply arranges the files of the materials that are touched, and shows
// the reply as it is then.
func (m *Module) changeReply(ctx context.Context, p *actPage, do, file string, fresh []cases.Handed) error {
	about := map[string]files.File{}
	for _, h := range fresh {
		f, err := m.Store.Stat(ctx, h.File)
		if err != nil {
			return err
		}
		about[h.File] = f
	}
	for id, f := range p.kept {
		about[id] = f
	}
	r, err := m.Cases.ChangeReply(ctx, p.Number, func(all []cases.Handed) []cases.Handed {
		var next []cases.Handed
		for _, x := range p.list {
			more := slices.DeleteFunc(slices.Clone(fresh), func(h cases.Handed) bool { return h.ID != x.ID })
			next = append(next, apply.Arrange(apply.HandedAll(all, x.ID), do, file, more, about)...)
		}
		return next
	})
	if err != nil {
		return err
	}
	return m.show(ctx, p, r)
}

// arrange answers a button beside a file, and the script that sends one photo:
// the files of that material, or the whole page with every word kept.
func (m *Module) arrange(w http.ResponseWriter, r *http.Request, p *actPage, do, file string, fresh []cases.Handed) error {
	x := p.touched(file)
	if do != "add" {
		if err := m.changeReply(r.Context(), p, do, file, fresh); err != nil {
			return err
		}
	}
	status := http.StatusOK
	if !p.form.OK() {
		status = http.StatusUnprocessableEntity
	}
	if err := p.fill(); err != nil {
		return err
	}
	if x == nil {
		return web.Render(w, r, status, actView(p))
	}
	return web.RenderPart(w, r, status, actView(p), apply.PhotoList(p.photos(*x)))
}

// materialOf is the material that a file of the reply belongs to.
func (p *actPage) materialOf(file string) string {
	for _, h := range p.handed {
		if h.File == file && file != "" {
			return h.ID
		}
	}
	return ""
}

// touched is the material that a request is about: by its file, or by what was
// chosen for it; nil when it is none.
func (p *actPage) touched(file string) *catalogue.Material {
	id := p.materialOf(file)
	for i, x := range p.list {
		if x.ID == id || id == "" && (len(p.form.Files("file."+x.ID)) > 0 || p.form.ErrorOf("file."+x.ID) != "") {
			return &p.list[i]
		}
	}
	return nil
}

// photos are the files of a material as the page shows them.
func (p *actPage) photos(x catalogue.Material) apply.Photos {
	list := apply.Photos{Material: x, Problem: p.form.ErrorOf("file." + x.ID), URL: func(id string) string { return UploadURL(p.Number, id) }}
	for _, h := range apply.HandedAll(p.handed, x.ID) {
		if f, ok := p.kept[h.File]; ok {
			list.Files = append(list.Files, f)
		}
	}
	return list
}

// UploadURL is a file that the applicant has uploaded for a case and not handed
// in yet.
func UploadURL(number, file string) string {
	return CaseURL(number) + "/uploads/" + url.PathEscape(file)
}

// upload gives such a file to whoever uploaded it.
func (m *Module) upload(w http.ResponseWriter, r *http.Request) error {
	reply, err := m.Cases.Reply(r.Context(), r.PathValue("number"))
	if err != nil {
		return err
	}
	id := r.PathValue("file")
	if !slices.ContainsFunc(reply.Materials, func(h cases.Handed) bool { return h.File == id && id != "" }) {
		return web.ErrNotFound
	}
	return apply.SendFile(w, r, m.Store, id)
}
