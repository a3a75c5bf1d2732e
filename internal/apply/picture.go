package apply

import (
	"bytes"
	"context"
	"image"
	_ "image/gif" // what telephones and scanners write
	"image/jpeg"
	_ "image/png"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"

	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/kit/files"
	"yimen/internal/kit/web"
)

// The bounds of what is decoded here: a photo of 40 million points is more than
// any telephone of today takes, and a bomb of zeros is refused by its header.
const (
	maxPoints  = 40_000_000
	maxPicture = 30 << 20
	thumbSide  = 240
)

// picture gives a file of the draft to its owner: small, to be recognised by,
// or whole with ?full=1. What is no picture is given whole.
func (w *Wizard) picture(rw http.ResponseWriter, r *http.Request) error {
	d, err := w.Cases.Draft(r.Context(), r.PathValue("draft"))
	if err != nil {
		return err
	}
	id := r.PathValue("file")
	if !slices.ContainsFunc(d.Submission.Materials, func(h cases.Handed) bool { return h.File == id && id != "" }) {
		return web.ErrNotFound
	}
	body, f, err := w.Store.Open(r.Context(), id)
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

func isPicture(f files.File) bool {
	return f.MediaType == "image/jpeg" || f.MediaType == "image/png" || f.MediaType == "image/gif"
}

// thumbnail is the picture at most thumbSide wide and high, the right way up.
func thumbnail(r io.Reader, f files.File) ([]byte, error) {
	img, err := decode(r, f)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = jpeg.Encode(&out, shrunk(img, thumbSide), &jpeg.Options{Quality: 75})
	return out.Bytes(), err
}

// decode reads a picture and turns it as its camera says it was held.
func decode(r io.Reader, f files.File) (image.Image, error) {
	if !isPicture(f) || f.Size > maxPicture {
		return nil, image.ErrFormat
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	if c.Width <= 0 || c.Height <= 0 || c.Width > maxPoints/c.Height {
		return nil, image.ErrFormat
	}
	img, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	return upright(img, orientation(raw)), nil
}

// rotated stores a quarter turn to the right of a file of the material, as a
// file of its own; nothing when it is no picture of this material.
func (j *journey) rotated(ctx context.Context, m catalogue.Material, file string) ([]cases.Handed, error) {
	f, ok := j.kept[file]
	if !ok || !slices.ContainsFunc(HandedAll(j.draft.Submission.Materials, m.ID), func(h cases.Handed) bool { return h.File == file }) {
		return nil, nil
	}
	body, _, err := j.w.Store.Open(ctx, file)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	img, err := decode(body, f)
	if err != nil {
		j.form.Error("file."+m.ID, "“"+f.Name+"”转不了方向：请重新拍照，或在手机相册里转好再上传。")
		return nil, nil
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, upright(img, 6), &jpeg.Options{Quality: 88}); err != nil {
		return nil, err
	}
	name := strings.TrimSuffix(f.Name, path.Ext(f.Name)) + ".jpg"
	saved, err := j.w.Cases.Uploads().Save(ctx, name, "image/jpeg", &out, actor(ctx).Account)
	if err != nil {
		return nil, err
	}
	j.kept[saved.ID] = saved
	return []cases.Handed{{ID: m.ID, File: saved.ID}}, nil
}
