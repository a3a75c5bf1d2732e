package browser_test

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"testing"

	"yimen/internal/identity"
)

func init() {
	notPages["/account/confirm"] = "leads on whoever has just signed in"
	notPages["/office/corrections/{id}/file"] = "paper"
}

// misspelt has a wrong name.
const misspelt = "citizen-5"

// correction asks for a name to be put right and gives the page of it.
func (c *city) correction(t testing.TB) string {
	t.Helper()
	err := c.Identity.AskCorrection(c.as(t, misspelt), identity.Correction{Name: "邓小芳", Reason: "登记时写错了一个字"}, photograph(t))
	if !errors.Is(err, identity.ErrCorrectionOne) { // asked when the things were gathered before, in vain
		must(t, err)
	}
	list, err := c.Identity.CorrectionsToDecide(c.System)
	must(t, err)
	return "/office/corrections/" + list[0].ID
}

// photograph is a picture as a form uploads it.
func photograph(t testing.TB) *multipart.FileHeader {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", "身份证.png")
	must(t, err)
	must(t, png.Encode(part, image.NewGray(image.Rect(0, 0, 64, 40))))
	must(t, w.Close())
	r, err := http.NewRequest(http.MethodPost, "/", &body)
	must(t, err)
	r.Header.Set("Content-Type", w.FormDataContentType())
	must(t, r.ParseMultipartForm(1<<20))
	return r.MultipartForm.File["file"][0]
}
