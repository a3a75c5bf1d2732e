package apply

import (
	"bytes"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"slices"

	"yimen/internal/cases"
	"yimen/internal/kit/files"
	"yimen/internal/kit/pictures"
	"yimen/internal/kit/web"
)

// The bounds of what is decoded here.
const (
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
	return SendFile(rw, r, w.Store, id)
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
	err = jpeg.Encode(&out, pictures.Shrunk(img, thumbSide), &jpeg.Options{Quality: 75})
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
	return pictures.Read(raw)
}
