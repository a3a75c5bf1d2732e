package apply

import (
	"context"
	"io"
	"mime/multipart"
	"slices"

	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/files"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// Side says on which side of the counter the page is: paper can only be
// handed over at a window.
type Side string

// The sides.
const (
	Online Side = "online"
	Window Side = "window"
)

// Ways in which a material can be met (收取方式), as the way.<id> input says.
const (
	WayForm    = "form"    // 填写的表单就是申请表
	WayFile    = "file"    // 上传或扫描
	WayPaper   = "paper"   // 窗口收取纸质
	WayLicence = "licence" // 电子证照
	WayPromise = "promise" // 告知承诺
	WayOrgan   = "organ"   // 由部门核查，查询没有查到的
	WayLater   = "later"   // 容缺后补
	WayNone    = "none"    // 选交材料，不交
)

var wayLabels = map[string]string{
	WayLicence: "用电子证照，不用交", WayForm: "用刚才填写的表单，不用另交", WayFile: "上传照片或文件", WayPaper: "当场收取纸质材料", WayPromise: "签署告知承诺，免交", WayOrgan: "由办理部门核查，不用交",
	WayLater: "先受理，之后补交（容缺）", WayNone: "不提交（选交材料）",
}

// WaysOf lists how a material can be met on this side of the counter.
// Electronic licences are beside these: whoever has found some offers them.
func WaysOf(m catalogue.Material, side Side) []string {
	if m.Needless() {
		return []string{WayNone}
	}
	var ways []string
	if m.ByForm {
		ways = append(ways, WayForm)
	}
	if side == Window && !m.Paperless {
		ways = append(ways, WayPaper)
	}
	if !m.Paperless {
		ways = append(ways, WayFile)
	}
	if m.Organ {
		ways = append(ways, WayOrgan)
	}
	if m.Promise {
		ways = append(ways, WayPromise)
	}
	if m.CanDefer() {
		ways = append(ways, WayLater)
	}
	if !m.Required() {
		ways = append(ways, WayNone)
	}
	return ways
}

// WayOf says how a material has been met so far: its way, or the first choice
// of the side.
func WayOf(m catalogue.Material, h cases.Handed, side Side) string {
	switch {
	case h.File != "":
		return WayFile
	case h.Paper:
		return WayPaper
	case h.Promise:
		return WayPromise
	case h.Organ:
		return WayOrgan
	case h.Later:
		return WayLater
	case h.Form:
		return WayForm
	case h.Licence != "":
		return WayLicence
	}
	if side == Online && !m.Required() {
		return WayNone
	}
	return WaysOf(m, side)[0]
}

// WayOptions are the ways of WaysOf as a field offers them.
func WayOptions(m catalogue.Material, side Side) []ui.Option {
	var options []ui.Option
	for _, w := range WaysOf(m, side) {
		options = append(options, ui.Option{Value: w, Label: wayLabels[w]})
	}
	return options
}

// HandedOf finds how a material was met: the first of its files, where there
// are several; the zero Handed if not at all.
func HandedOf(list []cases.Handed, id string) cases.Handed {
	if all := HandedAll(list, id); len(all) > 0 {
		return all[0]
	}
	return cases.Handed{ID: id}
}

// HandedAll is everything handed in for a material, in order: a material may
// be several files (front and back, page after page).
func HandedAll(list []cases.Handed, id string) []cases.Handed {
	var all []cases.Handed
	for _, h := range list {
		if h.ID == id {
			all = append(all, h)
		}
	}
	return all
}

// Uploads takes in what the applicant hands over: the store itself, or one
// that also notes what has to be swept (cases.Uploads).
type Uploads interface {
	Save(ctx context.Context, name, declared string, r io.Reader, owner string) (files.File, error)
}

// ReadMaterials reads the posted materials: new uploads are stored under owner,
// files uploaded before are kept unless replaced. What is wrong with an upload
// is noted in the form beside its field; the other files are kept. To be
// called outside a transaction, because the file store may be across a network.
func ReadMaterials(ctx context.Context, f *web.Form, list []catalogue.Material, before []cases.Handed, store Uploads, owner string, side Side) ([]cases.Handed, error) {
	var handed []cases.Handed
	for _, m := range list {
		parts, err := material(ctx, f, m, HandedAll(before, m.ID), store, owner, side)
		handed = append(handed, parts...)
		if err != nil {
			return handed, err
		}
	}
	return handed, nil
}

func material(ctx context.Context, f *web.Form, m catalogue.Material, before []cases.Handed, store Uploads, owner string, side Side) ([]cases.Handed, error) {
	// A chosen file says more than a radio button that was left alone.
	if len(f.Files("file."+m.ID)) > 0 {
		fresh, err := takeFiles(ctx, f, m.ID, store, owner)
		if err != nil || len(fresh) > 0 {
			return fresh, err
		}
		return onlyFiles(before), nil
	}
	if way := f.Value("way." + m.ID); len(before) == 1 && before[0].Licence != "" && (way == "" || way == WayLicence) {
		return before, nil // agreed to elsewhere
	}
	h := wayOf(f.Value("way."+m.ID), m, side)
	if h == (cases.Handed{ID: m.ID}) && f.Value("way."+m.ID) != WayNone {
		return onlyFiles(before), nil
	}
	if h == (cases.Handed{ID: m.ID}) {
		return nil, nil
	}
	return []cases.Handed{h}, nil
}

// Brought is how a material is met by what was chosen for it at home and the
// files that are there: nothing when files are wanted and none is.
func Brought(m catalogue.Material, way string, files []cases.Handed) []cases.Handed {
	if h := wayOf(way, m, Online); !empty(h) {
		return []cases.Handed{h}
	}
	return HandedAll(files, m.ID)
}

// wayOf is what a choice without a file comes to; the empty Handed when files
// are wanted, or the way is not open.
func wayOf(way string, m catalogue.Material, side Side) cases.Handed {
	h := cases.Handed{ID: m.ID}
	switch way {
	case WayPaper:
		h.Paper = side == Window
	case WayForm:
		h.Form = m.ByForm
	case WayPromise:
		h.Promise = m.Promise
	case WayOrgan:
		h.Organ = m.Organ
	case WayLater:
		h.Later = m.CanDefer()
	}
	return h
}

// takeFiles stores the files chosen for a material, in order. One that is
// refused is told beside the field and does not keep the others out.
func takeFiles(ctx context.Context, f *web.Form, id string, store Uploads, owner string) ([]cases.Handed, error) {
	var taken []cases.Handed
	for _, upload := range f.Files("file." + id) {
		saved, err := saveUpload(ctx, store, upload, owner)
		if problem := uploadProblem(err); problem != "" {
			f.Error("file."+id, problem)
			continue
		}
		if err != nil {
			return taken, err
		}
		taken = append(taken, cases.Handed{ID: id, File: saved.ID})
	}
	return taken, nil
}

func onlyFiles(list []cases.Handed) []cases.Handed {
	return slices.DeleteFunc(slices.Clone(list), func(h cases.Handed) bool { return h.File == "" })
}

func saveUpload(ctx context.Context, store Uploads, upload *multipart.FileHeader, owner string) (files.File, error) {
	body, err := upload.Open()
	if err != nil {
		return files.File{}, err
	}
	defer body.Close()
	return store.Save(ctx, upload.Filename, upload.Header.Get("Content-Type"), body, owner)
}

// uploadProblem is the sentence for an error that the sender can mend.
func uploadProblem(err error) string {
	if err == nil {
		return ""
	}
	e := errs.From(err)
	if e.Kind != errs.Invalid && e.Kind != errs.TooLarge {
		return ""
	}
	if len(e.Fields) > 0 {
		return e.Fields[0].Message
	}
	return e.Message
}

// Missing names the required materials that are not met yet.
func Missing(list []catalogue.Material, handed []cases.Handed) []string {
	var missing []string
	for _, m := range list {
		if m.Required() && HandedOf(handed, m.ID) == (cases.Handed{ID: m.ID}) {
			missing = append(missing, m.Name)
		}
	}
	return missing
}
