package web_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/sealed"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/kit/webtest"
)

// counter is a site whose form adds one to a number: a row per effect, in the
// table of sessions since it is there.
type counter struct {
	d     *db.DB
	pause time.Duration
	fail  bool

	beside func() // what others do meanwhile; nil: nothing
}

func (k *counter) add(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	err = k.d.InTx(ctx, func(ctx context.Context) error {
		_, err := k.d.Conn(ctx).Exec(ctx, `INSERT INTO web_session (token, subject, data, idle_until, expires_at, created_at)
			VALUES ($1, 'effect', '', $2, $2, $2)`, db.NewID(), morning)
		return err
	})
	if err != nil {
		return err
	}
	time.Sleep(k.pause)
	if k.beside != nil {
		k.beside()
	}
	switch {
	case k.fail:
		return errors.New("something broke")
	case f.Value("name") == "":
		return web.Render(w, r, 422, ui.Alert("danger", "请填写姓名。"))
	case f.Value("name") == "panic":
		panic("in the middle")
	}
	w.Header().Set("Location", "/cases/"+db.NewID())
	w.WriteHeader(http.StatusCreated)
	_, err = fmt.Fprintf(w, "办件 %s", db.NewID())
	return err
}

func (k *counter) effects(t *testing.T) int {
	t.Helper()
	var n int
	if err := k.d.Conn(t.Context()).Get(t.Context(), &n, `SELECT COUNT(*) FROM web_session WHERE subject = 'effect'`); err != nil {
		t.Fatal(err)
	}
	return n
}

func (k *counter) site(c clock.Clock) *web.Router {
	rt := web.NewRouter(web.Options{DB: k.d, Clock: c, Subject: func(r *http.Request) string { return r.Header.Get("X-Account") }})
	rt.Post("/cases", web.Public, k.add)
	rt.Post("/others", web.Public, k.add)
	return rt
}

func TestKeyTakesEffectOnce(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		k := &counter{d: d}
		c := webtest.New(t, k.site(clock.NewFake(morning))).NoRedirect()
		form := url.Values{"name": {"盘小妹"}, "idempotency_key": {"key-1"}}
		first := c.PostForm("/cases", form).Status(201)
		again := c.PostForm("/cases", form).Status(201)
		if first.Body != again.Body || first.Header().Get("Location") != again.Header().Get("Location") {
			t.Errorf("answers differ: %q %q", first.Body, again.Body)
		}
		if got, want := again.Header().Get("Content-Type"), first.Header().Get("Content-Type"); got != want {
			t.Errorf("content type %q, first %q", got, want)
		}
		if n := k.effects(t); n != 1 {
			t.Fatalf("%d effects, want 1", n)
		}

		// The header is the same key; multipart draws new borders each time.
		fields := url.Values{"name": {"盘小妹"}}
		file := webtest.Upload{Field: "photo", Name: "a.jpg", Content: []byte("jpeg")}
		byHeader := c.With("Idempotency-Key", "key-2")
		byHeader.PostMultipart("/cases", fields, file).Status(201)
		byHeader.PostMultipart("/cases", fields, file).Status(201)
		if n := k.effects(t); n != 2 {
			t.Fatalf("%d effects, want 2", n)
		}
		file.Content = []byte("other")
		byHeader.PostMultipart("/cases", fields, file).Status(422).Must("idempotency_key_reused")

		form.Set("name", "邓阿妹")
		c.PostForm("/cases", form).Status(422).Must("idempotency_key_reused")
		c.With("X-Account", "somebody").PostForm("/cases", form).Status(201)
		c.PostForm("/others", form).Status(201)
		if n := k.effects(t); n != 4 {
			t.Fatalf("%d effects, want 4", n)
		}
		c.PostForm("/cases", url.Values{"name": {"无号"}}).Status(201)
		c.PostForm("/cases", url.Values{"name": {"无号"}}).Status(201)
		if n := k.effects(t); n != 6 {
			t.Fatalf("%d effects, want 6", n)
		}
	})
}

func TestErrorsAreNotStored(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		k := &counter{d: d}
		c := webtest.New(t, k.site(clock.NewFake(morning))).With("Idempotency-Key", "key-1").NoRedirect()
		c.PostForm("/cases", nil).Status(422).Must("请填写姓名。")
		k.fail = true
		c.PostForm("/cases", url.Values{"name": {"a"}}).Status(500)
		k.fail = false
		c.PostForm("/cases", url.Values{"name": {"panic"}}).Status(500)
		if n := k.effects(t); n != 0 {
			t.Fatalf("%d effects of answers that failed", n)
		}
		c.PostForm("/cases", url.Values{"name": {"a"}}).Status(201)
		if n := k.effects(t); n != 1 {
			t.Fatalf("%d effects, want 1", n)
		}
	})
}

// Two that come at the same moment: one effect, the same answer.
func TestKeyUsedAtTheSameTime(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		k := &counter{d: d, pause: 50 * time.Millisecond}
		rt := k.site(clock.NewFake(morning))
		bodies := make([]string, 4)
		var wait sync.WaitGroup
		for i := range bodies {
			wait.Go(func() {
				c := webtest.New(t, rt).NoRedirect()
				bodies[i] = c.PostForm("/cases", url.Values{"name": {"盘小妹"}, "idempotency_key": {"key"}}).Body
			})
		}
		wait.Wait()
		for _, b := range bodies {
			if b != bodies[0] || !strings.HasPrefix(b, "办件 ") {
				t.Errorf("answers differ: %q", bodies)
			}
		}
		if n := k.effects(t); n != 1 {
			t.Fatalf("%d effects, want 1", n)
		}
	})
}

// A process of the release before inserted the row of its key first and waited
// for nobody's lock. When it was quicker, what we did is undone and its answer told.
func TestKeyTakenByTheReleaseBefore(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		if d.Engine() == db.SQLite {
			return // has one process, and its transactions the one writer
		}
		k := &counter{d: d}
		rt := k.site(clock.NewFake(morning))
		c := webtest.New(t, rt).NoRedirect()
		form := url.Values{"name": {"盘小妹"}, "idempotency_key": {"key"}}
		first := c.PostForm("/cases", form).Status(201)
		exec := func(statement string) {
			if _, err := d.Conn(t.Context()).Exec(t.Context(), statement); err != nil {
				t.Error(err)
			}
		}
		exec(`CREATE TABLE theirs AS SELECT * FROM web_idempotency`)
		exec(`DELETE FROM web_idempotency`)
		runs := 0
		k.beside = func() {
			runs++
			exec(`INSERT INTO web_idempotency SELECT * FROM theirs`)
		}
		again := c.PostForm("/cases", form).Status(201)
		if again.Body != first.Body || again.Header().Get("Idempotency-Replayed") != "true" {
			t.Errorf("answered %q, the release before %q", again.Body, first.Body)
		}
		if n := k.effects(t); n != 1 || runs != 1 {
			t.Fatalf("%d effects of %d runs beside, want 1 of 1", n, runs)
		}
	})
}

// An answer that the release before kept is given again by this one.
func TestAnswersOfTheReleaseBefore(t *testing.T) {
	d := dbtest.Open(t, schema)
	keys := sealed.Throwaway()
	rt := web.NewRouter(web.Options{DB: d, Clock: clock.NewFake(morning), Keys: keys})
	rt.Post("/cases", web.Public, (&counter{d: d}).add)
	c, form := webtest.New(t, rt).NoRedirect(), url.Values{"name": {"盘小妹"}, "idempotency_key": {"key"}}
	c.PostForm("/cases", form).Status(201)
	var id string
	if err := d.Conn(t.Context()).Get(t.Context(), &id, `SELECT id FROM web_idempotency`); err != nil {
		t.Fatal(err)
	}
	body := slices.IndexFunc(sealed.Columns(), func(c *sealed.Column) bool { return c.String() == "web_idempotency.body" })
	theirs := keys.Seal(sealed.Columns()[body], id, base64.StdEncoding.EncodeToString([]byte("办件 440232")))
	if _, err := d.Conn(t.Context()).Exec(t.Context(), `UPDATE web_idempotency SET body = $1`, theirs); err != nil {
		t.Fatal(err)
	}
	if again := c.PostForm("/cases", form).Status(201); again.Body != "办件 440232" {
		t.Errorf("answered %q", again.Body)
	}
}

// The row of a key is written once: it is the most frequent of all.
func TestTheRowOfAKeyIsWrittenOnce(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		k := &counter{d: d}
		rt := k.site(clock.NewFake(morning))
		var writes []string
		ctx := db.Observe(t.Context(), func(s db.Sent) {
			if verb, _, _ := strings.Cut(s.Query, " "); strings.Contains(s.Query, "web_idempotency") && verb != "SELECT" {
				writes = append(writes, verb)
			}
		})
		r := httptest.NewRequest(http.MethodPost, "/cases", strings.NewReader("name=a&idempotency_key=key")).WithContext(ctx)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		rt.ServeHTTP(w, r)
		if w.Code != http.StatusCreated || strings.Join(writes, "|") != "INSERT" {
			t.Errorf("%d after %q", w.Code, writes)
		}
		if n := answers(t, d); n != 1 {
			t.Errorf("%d answers", n)
		}
	})
}

func TestStoredAnswersAreRemovedAfterAWeek(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		k := &counter{d: d}
		now := clock.NewFake(morning)
		rt := k.site(now)
		c := webtest.New(t, rt).With("Idempotency-Key", "key").NoRedirect()
		form := url.Values{"name": {"a"}}
		c.PostForm("/cases", form).Status(201)
		now.Advance(6 * 24 * time.Hour)
		clean(t, rt)
		if n := answers(t, d); n != 1 {
			t.Errorf("%d answers after 6 days, want 1", n)
		}
		now.Advance(2 * 24 * time.Hour)
		clean(t, rt)
		if n := answers(t, d); n != 0 {
			t.Errorf("%d answers after 8 days, want none", n)
		}
	})
}

func clean(t *testing.T, rt *web.Router) {
	t.Helper()
	if err := rt.Cleanup(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func answers(t *testing.T, d *db.DB) int {
	t.Helper()
	var n int
	if err := d.Conn(t.Context()).Get(t.Context(), &n, `SELECT COUNT(*) FROM web_idempotency`); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestUnreadableKeys(t *testing.T) {
	k := &counter{d: dbtest.Open(t, schema)}
	c := webtest.New(t, k.site(clock.NewFake(morning)))
	for _, key := range []string{strings.Repeat("k", 256), "two words", "编号"} {
		c.PostForm("/cases", url.Values{"name": {"a"}, "idempotency_key": {key}}).Status(422).Must("idempotency_key_unreadable")
	}
	if n := k.effects(t); n != 0 {
		t.Errorf("%d effects", n)
	}
}

// A session changed inside a keyed form is stored after the transaction: on
// SQLite there is one writer, and it would wait for itself.
func TestSessionInsideAKeyedForm(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		c := webtest.New(t, signIn(d, clock.NewFake(morning))).With("Idempotency-Key", "key")
		c.PostForm("/in", nil).At("/page").Must("已登录。")
		c.Get("/").Must("clerk-1")
		c.PostForm("/out", nil).At("/")
		c.Get("/").MustNot("clerk-1")
	})
}

// The files of a form are stored before its transaction begins; what was
// found in the context then is there inside it.
func TestFilesAreStoredAheadOfTheTransaction(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		type stored struct{}
		var log []string
		rt := web.NewRouter(web.Options{DB: d, Clock: clock.NewFake(morning), Ahead: func(ctx context.Context, heads []*multipart.FileHeader) (context.Context, func()) {
			log = append(log, fmt.Sprintf("store %d %v", len(heads), d.InTxNow(ctx)))
			return context.WithValue(ctx, stored{}, "kept"), func() { log = append(log, "done") }
		}})
		rt.Post("/files", web.Public, func(w http.ResponseWriter, r *http.Request) error {
			log = append(log, fmt.Sprintf("handle %v %v", r.Context().Value(stored{}), d.InTxNow(r.Context())))
			return nil
		})
		c := webtest.New(t, rt)
		c.PostMultipart("/files", url.Values{web.KeyField: {"key-1"}}, webtest.Upload{Field: "file", Name: "甲.txt", Content: []byte("内容")}).Status(200)
		if want := "store 1 false|handle kept true|done"; strings.Join(log, "|") != want {
			t.Errorf("%s, want %s", strings.Join(log, "|"), want)
		}
	})
}
