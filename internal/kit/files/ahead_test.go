package files_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/files"
)

// form is a form with files, as a server reads it; name → content.
func form(t testing.TB, parts ...[2]string) []*multipart.FileHeader {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		f, err := w.CreateFormFile("file", p[0])
		must(t, err)
		_, err = f.Write([]byte(p[1]))
		must(t, err)
	}
	must(t, w.Close())
	r := httptest.NewRequest(http.MethodPost, "/", &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	must(t, r.ParseMultipartForm(1<<20))
	return r.MultipartForm.File["file"]
}

func (p place) saveHead(ctx context.Context, head *multipart.FileHeader) (files.File, error) {
	body, err := head.Open()
	if err != nil {
		return files.File{}, err
	}
	defer body.Close()
	return p.Save(ctx, head.Filename, "", body, "citizen-1")
}

func TestStoredAhead(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		p := open(t, d)
		heads := form(t, [2]string{"甲.txt", "同一份"}, [2]string{"甲.txt", "同一份"}, [2]string{"乙.txt", "没有人要"})
		ctx, done := p.Ahead(context.Background(), heads)
		if n := len(p.blobs(t)); n != 3 {
			t.Fatalf("%d blobs were stored ahead, want 3", n)
		}
		// The first attempt is undone; the second finds them all the same.
		undone := errors.New("undone")
		var ids []string
		save := func(ctx context.Context) error {
			ids = nil
			for _, head := range heads[:2] {
				f, err := p.saveHead(ctx, head)
				if err != nil {
					return err
				}
				ids = append(ids, f.ID)
			}
			return nil
		}
		if err := d.InTx(ctx, func(ctx context.Context) error { return errors.Join(save(ctx), undone) }); !errors.Is(err, undone) {
			t.Fatal(err)
		}
		must(t, d.InTx(ctx, save))
		done()
		if ids[0] == ids[1] {
			t.Error("two files of the same content became one")
		}
		for _, id := range ids {
			if got, err := p.read(id); err != nil || string(got) != "同一份" {
				t.Errorf("%q, %v", got, err)
			}
		}
		if n := len(p.blobs(t)); n != 2 {
			t.Errorf("%d blobs are left, want the two that were asked for", n)
		}
	})
}

func TestWhatIsWrongAheadIsToldBySave(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		p := open(t, d)
		heads := form(t, [2]string{"病毒.exe", "MZ"}, [2]string{"图.png", "不是图"}, [2]string{"空.txt", ""})
		ctx, done := p.Ahead(context.Background(), heads)
		for i, want := range []error{files.ErrTypeRefused, files.ErrTypeMismatch, files.ErrEmpty} {
			err := d.InTx(ctx, func(ctx context.Context) error { _, err := p.saveHead(ctx, heads[i]); return err })
			if !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", heads[i].Filename, err, want)
			}
		}
		done()
		p.checkEmpty(t)
	})
}

// hanging is an object store that takes connections and answers when it is told.
type hanging struct{ slow chan struct{} }

func (h *hanging) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("list-type") != "" || strings.Count(strings.Trim(r.URL.Path, "/"), "/") == 0 {
		fmt.Fprint(w, `<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>`)
		return
	}
	_, _ = io.Copy(io.Discard, r.Body)
	select {
	case <-h.slow:
		w.Header().Set("ETag", `"1"`)
	case <-r.Context().Done():
	}
}

// hung is a store whose object store does not answer until h.slow is closed.
func hung(t *testing.T, d *db.DB) (place, *hanging) {
	t.Helper()
	h := &hanging{make(chan struct{})}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return open(t, d, func(o *files.Options) {
		o.URL, o.Patience = "s3://bucket?region=cn-north-1&use_path_style=true&endpoint="+server.URL, 200*time.Millisecond
	}), h
}

func awsKeys(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
}

// A store that does not answer is given up; meanwhile nobody else waits for the
// one who writes.
func TestStoreThatHangs(t *testing.T) {
	awsKeys(t)
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		p, h := hung(t, d)
		heads := form(t, [2]string{"甲.txt", "内容"})

		stored := make(chan context.Context)
		go func() {
			ctx, _ := p.Ahead(context.Background(), heads)
			stored <- ctx
		}()
		must(t, d.InTx(context.Background(), func(ctx context.Context) error { // the one writer of SQLite is free
			_, err := d.Conn(ctx).Exec(ctx, `DELETE FROM files_file WHERE id = $1`, "nobody")
			return err
		}))
		ctx := <-stored
		if err := d.InTx(ctx, func(ctx context.Context) error { _, err := p.saveHead(ctx, heads[0]); return err }); !errors.Is(err, files.ErrUnavailable) {
			t.Errorf("a store that hangs: %v, want %v", err, files.ErrUnavailable)
		}
		close(h.slow)
		ctx, done := p.Ahead(context.Background(), heads)
		defer done()
		var f files.File
		must(t, d.InTx(ctx, func(ctx context.Context) (err error) { f, err = p.saveHead(ctx, heads[0]); return err }))
		if f.Size != int64(len("内容")) || f.SM3 == "" || !strings.HasPrefix(f.MediaType, "text/plain") {
			t.Errorf("%+v", f)
		}
	})
}

func TestReadingFromAStoreThatHangs(t *testing.T) {
	awsKeys(t)
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		p, _ := hung(t, d)
		_, err := d.Conn(context.Background()).Exec(context.Background(), `INSERT INTO files_file (id, name, media_type, size, sm3, owner, created_at)
			VALUES ($1, '甲.txt', 'text/plain', 6, '', 'citizen-1', $2)`, db.NewID(), clock.Real.Now())
		must(t, err)
		var id string
		must(t, d.Conn(context.Background()).Get(context.Background(), &id, `SELECT id FROM files_file`))
		if _, _, err := p.Open(context.Background(), id); !errors.Is(err, files.ErrUnavailable) {
			t.Errorf("%v, want %v", err, files.ErrUnavailable)
		}
	})
}
