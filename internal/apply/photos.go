package apply

import (
	"bytes"
	"context"
	"image/jpeg"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"

	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/kit/files"
	"yimen/internal/kit/pictures"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// maxFiles is how many files one material may be: every page of a long
// contract, but not a film.
const maxFiles = 20

// Photos are the files of one material on a page: those there so far, each to
// be turned, moved or removed, and the ways to add more. With the script
// (PhotoScript) a photo is made smaller, sent as soon as it is taken, and tried
// again when the line breaks; without it the same buttons send the form. The
// server hears of both as do=add, rotate.<file>, up.<file> or remove.<file>.
type Photos struct {
	Material catalogue.Material
	Files    []files.File             // in order
	Problem  string                   // with what came last; "" none
	URL      func(file string) string // where one is seen, small; with ?full=1 whole
}

// PhotoScript is the script, PhotoStyle the styles of pages with Photos.
const (
	PhotoScript = "apply-photo.js"
	PhotoStyle  = "apply-online.css"
)

// ListID is the element that an answer to the script replaces.
func (p Photos) ListID() string { return "files-" + ui.FieldID(p.Material.ID) }

// Bench is where the files of an applicant are worked on.
type Bench struct {
	Store   *files.Store
	Uploads cases.Uploads
	Owner   string // account
}

// Take stores the files that were chosen for a material, beside have that are
// there already. What is wrong with one is noted in the form and does not keep
// the others out. Not to be called inside a transaction: the store may be across
// a network.
func (b Bench) Take(ctx context.Context, f *web.Form, id string, have int) ([]cases.Handed, error) {
	if n := len(f.Files("file." + id)); n > 0 && have+n > maxFiles {
		f.Error("file."+id, "一份材料最多20个文件，请先删除不要的，或合成一个PDF再上传。")
		return nil, nil
	}
	return takeFiles(ctx, f, id, b.Uploads, b.Owner)
}

// Turn stores a quarter turn to the right of a picture as a file of its own;
// nothing, with the reason in the form, when it cannot be turned.
func (b Bench) Turn(ctx context.Context, f *web.Form, id string, old files.File) ([]cases.Handed, error) {
	body, _, err := b.Store.Open(ctx, old.ID)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	img, err := decode(body, old)
	if err != nil {
		f.Error("file."+id, "“"+old.Name+"”转不了方向：请重新拍照，或在手机相册里转好再上传。")
		return nil, nil
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, pictures.Upright(img, 6), &jpeg.Options{Quality: 88}); err != nil {
		return nil, err
	}
	name := strings.TrimSuffix(old.Name, path.Ext(old.Name)) + ".jpg"
	saved, err := b.Uploads.Save(ctx, name, "image/jpeg", &out, b.Owner)
	if err != nil {
		return nil, err
	}
	return []cases.Handed{{ID: id, File: saved.ID}}, nil
}

// Arrange is the files of a material after one was removed, moved forward or
// turned, and with the fresh ones at the end. The same picture sent twice stays
// one. kept tells about every file, by id.
func Arrange(mine []cases.Handed, do, file string, fresh []cases.Handed, kept map[string]files.File) []cases.Handed {
	at := slices.IndexFunc(mine, func(h cases.Handed) bool { return h.File == file })
	switch {
	case do == "remove" && at >= 0:
		mine = slices.Delete(mine, at, at+1)
	case do == "up" && at > 0:
		mine[at-1], mine[at] = mine[at], mine[at-1]
	case do == "rotate" && at >= 0 && len(fresh) == 1:
		mine[at] = fresh[0]
		return mine
	case do == "rotate":
		return mine
	}
	for _, h := range fresh {
		same := func(o cases.Handed) bool { return kept[o.File].SM3 == kept[h.File].SM3 && o.File != "" }
		if !slices.ContainsFunc(mine, same) {
			mine = append(mine, h)
		}
	}
	return mine
}

// SendFile gives an uploaded file: small, to be recognised by, or whole with
// ?full=1. What is no picture is given whole only. The caller has made sure
// that the reader may see it.
func SendFile(rw http.ResponseWriter, r *http.Request, store *files.Store, id string) error {
	body, f, err := store.Open(r.Context(), id)
	if err != nil {
		return err
	}
	defer body.Close()
	h := rw.Header()
	h.Set("Cache-Control", "private, max-age=3600")
	h.Set("X-Content-Type-Options", "nosniff")
	if r.URL.Query().Get("full") == "" {
		if small, err := thumbnail(body, f); err == nil {
			h.Set("Content-Type", "image/jpeg")
			_, _ = rw.Write(small) // the reader has gone: nobody to tell
			return nil
		}
		return web.ErrNotFound
	}
	disposition := "attachment"
	if isPicture(f) || f.MediaType == "application/pdf" {
		disposition = "inline"
	}
	h.Set("Content-Type", f.MediaType)
	h.Set("Content-Disposition", disposition)
	_, _ = io.Copy(rw, body)
	return nil
}
