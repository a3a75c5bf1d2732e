package apply

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"mime/multipart"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"

	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/files"
	"yimen/internal/kit/web"
)

func TestWays(t *testing.T) {
	required := catalogue.Material{ID: "m", Necessity: catalogue.Required}
	promise, later, optional := required, required, required
	promise.Promise, later.Deferrable, optional.Necessity = true, true, catalogue.Optional
	for _, c := range []struct {
		name  string
		m     catalogue.Material
		side  Side
		ways  []string
		first string
	}{
		{"at home a file", required, Online, []string{WayFile}, WayFile},
		{"at a window paper first", required, Window, []string{WayPaper, WayFile}, WayPaper},
		{"a promise instead", promise, Online, []string{WayFile, WayPromise}, WayFile},
		{"later", later, Window, []string{WayPaper, WayFile, WayLater}, WayPaper},
		{"optional, left out at home", optional, Online, []string{WayFile, WayNone}, WayNone},
	} {
		if got := WaysOf(c.m, c.side); !slices.Equal(got, c.ways) {
			t.Errorf("%s: ways %v, want %v", c.name, got, c.ways)
		}
		if got := WayOf(c.m, cases.Handed{ID: "m"}, c.side); got != c.first {
			t.Errorf("%s: first choice %s, want %s", c.name, got, c.first)
		}
	}
	if got := WayOf(later, cases.Handed{ID: "m", Later: true}, Online); got != WayLater {
		t.Errorf("a deferred material shows %s", got)
	}
}

// sent is a posted form with files.
func sent(t *testing.T, fields map[string]string, uploads map[string][]byte) *web.Form {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, v := range fields {
		if err := w.WriteField(name, v); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range uploads {
		part, err := w.CreateFormFile(name, name+".png")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/", &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	f, err := web.ReadForm(r)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestReadMaterials(t *testing.T) {
	dir := t.TempDir()
	store, err := files.Open(context.Background(), files.Options{URL: "file://" + filepath.ToSlash(dir) + "/files",
		KeyFile: filepath.Join(dir, "key"), CreateKey: true}, dbtest.Open(t, []db.Source{files.Migrations}), clock.Real)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	list := []catalogue.Material{
		{ID: "photo", Name: "照片", Necessity: catalogue.Required}, {ID: "kept", Name: "户口簿", Necessity: catalogue.Required},
		{ID: "paper", Name: "申请表", Necessity: catalogue.Required}, {ID: "later", Name: "证明", Necessity: catalogue.Required, Deferrable: true},
		{ID: "wrong", Name: "附件", Necessity: catalogue.Required}, {ID: "promise", Name: "承诺", Necessity: catalogue.Required},
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	before := []cases.Handed{{ID: "kept", File: "old"}, {ID: "wrong", File: "before"}, {ID: "photo", Later: true}}
	fields := map[string]string{"way.kept": WayFile, "way.paper": WayPaper, "way.later": WayLater, "way.photo": WayLater, "way.promise": WayPromise}
	uploads := map[string][]byte{"file.photo": picture.Bytes(), "file.wrong": []byte("no picture")}

	f := sent(t, fields, uploads)
	handed, err := ReadMaterials(context.Background(), f, list, before, store, "somebody", Online)
	if err != nil {
		t.Fatal(err)
	}
	stored := HandedOf(handed, "photo")
	if stored.File == "" || stored.Later {
		t.Errorf("a chosen file beside another way: %+v", stored)
	} else if file, err := store.Stat(context.Background(), stored.File); err != nil || file.Owner != "somebody" {
		t.Errorf("stored as %+v, %v", file, err)
	}
	for id, want := range map[string]cases.Handed{
		"kept": {ID: "kept", File: "old"}, "later": {ID: "later", Later: true}, "wrong": {ID: "wrong", File: "before"},
		"paper":   {ID: "paper"},   // nobody hands over paper at home
		"promise": {ID: "promise"}, // this material takes none
	} {
		if got := HandedOf(handed, id); got != want {
			t.Errorf("%s: %+v, want %+v", id, got, want)
		}
	}
	if f.ErrorOf("file.wrong") == "" || len(f.Errors()) != 1 {
		t.Errorf("errors: %v", f.Errors())
	}
	if got := Missing(list, handed); !slices.Equal(got, []string{"申请表", "承诺"}) {
		t.Errorf("missing: %v", got)
	}

	atWindow, err := ReadMaterials(context.Background(), sent(t, fields, nil), list, nil, store, "clerk", Window)
	if err != nil {
		t.Fatal(err)
	}
	if !HandedOf(atWindow, "paper").Paper {
		t.Error("paper is not taken at a window")
	}
}

func TestStepOfNamesThePageToMend(t *testing.T) {
	for field, step := range map[string]string{
		"applicant.phone": "people", "agent.name": "people", "answers.age": "questions", "form.bank": "form",
		"materials.id_card": "materials", "defer_until": "review", "deliver_to": "review", "": "review",
	} {
		if got := stepOf(field); got != step {
			t.Errorf("%q is mended on %s, want %s", field, got, step)
		}
	}
}
