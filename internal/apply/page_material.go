package apply

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/files"
	"yimen/internal/kit/web"
	"yimen/internal/licences"
)

// onceField carries the idempotency key of a form with files. Under its usual
// name the router would run the whole handler in one transaction, the upload
// to the file store across the network included; so the uploads are stored
// first, and only the change of the draft runs under the key.
const onceField = "once"

// material is the one in sight.
func (j *journey) material() catalogue.Material {
	i := slices.IndexFunc(j.list.Materials, func(m catalogue.Material) bool { return m.ID == j.stop().id() })
	return j.list.Materials[i]
}

// saveMaterial takes in one material: files chosen are added to those already
// there, and a button beside a file turns, moves or removes it. Without such a
// button it goes on to the next page.
func (w *Wizard) saveMaterial(rw http.ResponseWriter, r *http.Request) error {
	j, err := w.journey(r)
	if err != nil {
		return w.sentAlready(rw, r, err)
	}
	key := pageKey("materials", r)
	if !j.standAt(key) {
		return j.elsewhere(rw, r, "materials")
	}
	if j.form, err = web.ReadForm(r); err != nil {
		return err
	}
	m := j.material()
	if err := j.findLicences(r.Context(), m); err != nil {
		return err
	}
	if err := j.findPromise(r.Context(), m); err != nil {
		return err
	}
	do, file, _ := strings.Cut(j.form.Value("do"), ".")
	fresh, err := j.uploaded(r.Context(), m)
	if err != nil {
		return err
	}
	if do == "rotate" {
		if fresh, err = j.rotated(r.Context(), m, file); err != nil {
			return err
		}
	}
	if once := j.form.Value(onceField); once != "" {
		r.Header.Set(web.KeyHeader, once)
	}
	return w.once(func(rw http.ResponseWriter, r *http.Request) error {
		return j.keepMaterial(rw, r, m, do, file, fresh)
	})(rw, r)
}

// uploaded stores the files that were chosen.
func (j *journey) uploaded(ctx context.Context, m catalogue.Material) ([]cases.Handed, error) {
	have := len(onlyFiles(HandedAll(j.draft.Submission.Materials, m.ID)))
	fresh, err := j.bench(ctx).Take(ctx, j.form, m.ID, have)
	if err != nil {
		return nil, err
	}
	return fresh, j.know(ctx, fresh)
}

// rotated stores a quarter turn of a file of the material; nothing when it is
// none of them.
func (j *journey) rotated(ctx context.Context, m catalogue.Material, file string) ([]cases.Handed, error) {
	if !slices.ContainsFunc(j.filesOf(m), func(f files.File) bool { return f.ID == file }) {
		return nil, nil
	}
	fresh, err := j.bench(ctx).Turn(ctx, j.form, m.ID, j.kept[file])
	if err != nil {
		return nil, err
	}
	return fresh, j.know(ctx, fresh)
}

// know reads what the store says about new files.
func (j *journey) know(ctx context.Context, fresh []cases.Handed) error {
	var err error
	for _, h := range fresh {
		if j.kept[h.File], err = j.w.Store.Stat(ctx, h.File); err != nil {
			return err
		}
	}
	return nil
}

func (j *journey) bench(ctx context.Context) Bench {
	return Bench{Store: j.w.Store, Uploads: j.w.Cases.Uploads(), Owner: actor(ctx).Account}
}

// photos are the files of a material as its page shows them.
func (j *journey) photos(m catalogue.Material) Photos {
	return Photos{Material: m, Files: j.filesOf(m), Problem: j.form.ErrorOf("file." + m.ID), URL: func(id string) string { return j.url("uploads/" + id) }}
}

// keepMaterial writes what was done to the material into the draft and goes
// on, or shows what is wrong. The page comes back as a piece for the script.
func (j *journey) keepMaterial(rw http.ResponseWriter, r *http.Request, m catalogue.Material, do, file string, fresh []cases.Handed) error {
	key := j.stop().key
	onward := do == ""
	if onward && len(fresh) == 0 && j.form.Value("way."+m.ID) == WayLicence {
		j.checkConsent(m)
	}
	if onward && len(fresh) == 0 && m.Promise && j.form.Value("way."+m.ID) == WayPromise {
		j.checkPromise(m)
	}
	if err := j.changeMaterial(r.Context(), m, do, file, fresh, onward); err != nil {
		return err
	}
	if onward && j.form.OK() && m.Required() && empty(HandedOf(j.draft.Submission.Materials, m.ID)) {
		j.form.Error("file."+m.ID, "“"+m.Name+"”还没有提交：请拍照或选择文件"+otherWays(m, Online)+"。")
	}
	if !j.standAt(key) {
		return j.elsewhere(rw, r, "materials")
	}
	switch {
	case !j.form.OK():
		if way := j.form.Value("way." + m.ID); way != WayLicence && way != WayPromise {
			j.form.Set("way."+m.ID, j.wayNow(m))
		}
		return j.show(rw, r, http.StatusUnprocessableEntity)
	case onward:
		return j.onward(rw, r, key)
	}
	return web.Redirect(rw, r, j.stopURL(key)+"#"+j.photos(m).ListID())
}

func (j *journey) changeMaterial(ctx context.Context, m catalogue.Material, do, file string, fresh []cases.Handed, onward bool) error {
	if !j.form.OK() && len(fresh) == 0 {
		return nil // nothing that came in is right: the draft stays as it is
	}
	d, err := j.w.Cases.ChangeDraft(ctx, j.draft.Number, func(ctx context.Context, s *cases.Submission) error {
		before := HandedOf(s.Materials, m.ID)
		mine := onlyFiles(HandedAll(s.Materials, m.ID))
		if way := j.form.Value("way." + m.ID); do == "" && len(fresh) == 0 && way == WayLicence {
			h, err := j.consent(ctx, m)
			if err != nil {
				return err
			}
			before, mine = cases.Handed{}, []cases.Handed{h}
		} else if do == "" && len(fresh) == 0 && way != WayFile && j.form.Has("way."+m.ID) {
			mine = nil // another way was chosen
			if h := wayOf(way, m, Online); !empty(h) {
				mine = []cases.Handed{h}
			}
		} else {
			mine = Arrange(mine, do, file, fresh, j.kept)
		}
		if err := j.unagreed(ctx, m, before); err != nil {
			return err
		}
		s.Materials = append(slices.DeleteFunc(s.Materials, func(h cases.Handed) bool { return h.ID == m.ID }), mine...)
		if onward {
			notePage(s, "materials/"+m.ID)
		}
		return nil
	})
	if licences.Refused(err) {
		j.form.Error("consent."+m.ID, errs.From(err).Message)
		return nil
	}
	if err != nil {
		return err
	}
	j.draft = d
	return j.look(ctx)
}
