package sealed_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/sealed"
)

var sources = []db.Source{sealed.Migrations, {Module: "note", Files: fstest.MapFS{
	"20261122990001_note.sql": {Data: []byte(`-- +goose Up
CREATE TABLE note_person (id TEXT PRIMARY KEY, no TEXT NOT NULL, no_key TEXT NOT NULL DEFAULT '', phone TEXT NOT NULL);
CREATE TABLE note_before (person TEXT NOT NULL, n BIGINT NOT NULL, phone TEXT NOT NULL, PRIMARY KEY (person, n));`)},
}}}

var (
	no     = sealed.Define("note_person", "id", "no", sealed.Indexed("no_key", sealed.Upper))
	phone  = sealed.Define("note_person", "id", "phone")
	before = sealed.Define("note_before", "person", "phone", sealed.SameAs("note_person", "phone"))
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func ring(t *testing.T, d *db.DB, key string) *sealed.Ring {
	t.Helper()
	root, err := sealed.KeyFile(key, true)
	must(t, err)
	return sealed.New(d, root, clock.Real)
}

func each(t *testing.T, fn func(t *testing.T, d *db.DB, r *sealed.Ring, key string)) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		key := filepath.Join(t.TempDir(), "files.key")
		r := ring(t, d, key)
		must(t, r.Prepare(t.Context()))
		fn(t, d, r, key)
	})
}

func TestAValueOpensWhereItWasSealedOnly(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, r *sealed.Ring, key string) {
		v := r.Seal(no, "a", "440232199001011233")
		if strings.Contains(v, "440232") || v == r.Seal(no, "a", "440232199001011233") {
			t.Fatalf("%s is readable, or the same twice", v)
		}
		if plain, err := r.Open(no, "a", v); err != nil || plain != "440232199001011233" {
			t.Fatalf("opens as %q: %v", plain, err)
		}
		for name, open := range map[string]func() (string, error){
			"another row":    func() (string, error) { return r.Open(no, "b", v) },
			"another column": func() (string, error) { return r.Open(phone, "a", v) },
			"cut":            func() (string, error) { return r.Open(no, "a", v[:len(v)-2]) },
			"changed":        func() (string, error) { return r.Open(no, "a", v[:10]+"AA"+v[12:]) },
			"short":          func() (string, error) { return r.Open(no, "a", "sm4.1.AA") },
			"no version":     func() (string, error) { return r.Open(no, "a", "sm4.x.AA") },
		} {
			if plain, err := open(); !errors.Is(err, sealed.ErrWrong) || plain != "" {
				t.Errorf("%s: %q, %v", name, plain, err)
			}
		}
		if _, err := r.Open(no, "a", "sm4.7."+strings.SplitN(v, ".", 3)[2]); err == nil {
			t.Error("opened by a key that is not there")
		}
		copied := r.Seal(phone, "a", "13800001111")
		if plain, err := r.Open(before, "a", copied); err != nil || plain != "13800001111" {
			t.Errorf("a copy within the row: %q, %v", plain, err)
		}
		for _, plain := range []string{"", "13800001111", "{}"} { // nothing, and what is not sealed yet
			if got, err := r.Open(phone, "a", plain); err != nil || got != plain {
				t.Errorf("%q opens as %q: %v", plain, got, err)
			}
		}
		if r.Seal(phone, "a", "") != "" || r.Index(no, " ") != "" {
			t.Error("nothing is sealed or found")
		}
		if a, b := r.Index(no, " 11010519491231002x"), r.Index(no, "11010519491231002X"); a != b || len(a) != 22 {
			t.Errorf("found by %s and %s", a, b)
		}
		again := ring(t, d, key) // another process
		if plain, err := again.Open(no, "a", v); err != nil || plain == "" || again.Index(no, "x1") != r.Index(no, "x1") {
			t.Errorf("another process: %q, %v", plain, err)
		}
	})
}

func TestAnotherKeyFileOpensNothing(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, _ *sealed.Ring, _ string) {
		other := ring(t, d, filepath.Join(t.TempDir(), "other.key"))
		if err := other.Prepare(t.Context()); !errors.Is(err, sealed.ErrOtherRoot) {
			t.Fatalf("another key file: %v", err)
		}
		if _, err := sealed.KeyFile(filepath.Join(t.TempDir(), "none.key"), false); err == nil {
			t.Fatal("a missing key file is made without being asked for")
		}
	})
}

func TestWhatIsOldIsSealedAnewBesideThoseWhoWork(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, r *sealed.Ring, _ string) {
		ctx, c := t.Context(), d.Conn(t.Context())
		const people = 450
		for i := range people {
			id := fmt.Sprintf("p%03d", i)
			_, err := c.Exec(ctx, `INSERT INTO note_person (id, no, phone) VALUES ($1, $2, $3)`, id, fmt.Sprintf("no%dx", i), "13800001111")
			must(t, err)
			for n := range 3 {
				_, err = c.Exec(ctx, `INSERT INTO note_before (person, n, phone) VALUES ($1, $2, $3)`, id, n, "13900002222")
				must(t, err)
			}
		}
		// One run is stopped after its beginning; the next goes on.
		limited, cancel := context.WithCancel(ctx)
		cancel()
		if err := r.Renew(limited); err == nil {
			t.Fatal("a run that was stopped says it is done")
		}
		must(t, r.Renew(ctx))
		left := func() (n int) {
			must(t, c.Get(ctx, &n, `SELECT (SELECT COUNT(*) FROM note_person WHERE no NOT LIKE $1 OR phone NOT LIKE $1 OR no_key = '')
				+ (SELECT COUNT(*) FROM note_before WHERE phone NOT LIKE $1)`, fmt.Sprintf("sm4.%d.%%", r.Newest())))
			return n
		}
		if n := left(); n != 0 {
			t.Fatalf("%d values are not sealed", n)
		}
		// What the release before writes meanwhile is found by the next pass.
		version, err := r.Rotate(ctx)
		must(t, err)
		if version != 2 || left() == 0 {
			t.Fatalf("after rotating: version %d, %d left", version, left())
		}
		_, err = c.Exec(ctx, `INSERT INTO note_person (id, no, phone) VALUES ('new', 'nonew', '13700003333')`)
		must(t, err)
		must(t, r.Renew(ctx))
		if n := left(); n != 0 {
			t.Fatalf("%d values are not sealed with the newest key", n)
		}
		var stored string
		must(t, c.Get(ctx, &stored, `SELECT no FROM note_person WHERE no_key = $1`, r.Index(no, "NONEW")))
		if plain, err := r.Open(no, "new", stored); err != nil || plain != "nonew" {
			t.Fatalf("found %q: %v", plain, err)
		}
		for _, p := range progress(t, r) {
			if !p.Clean || p.Version != 2 {
				t.Errorf("%s: %+v", p.Table, p)
			}
		}
		// A value that was moved is named and left alone; the others go on.
		_, err = c.Exec(ctx, `UPDATE note_person SET phone = (SELECT phone FROM note_person x WHERE x.id = 'p001') WHERE id = 'p000'`)
		must(t, err)
		_, err = r.Rotate(ctx)
		must(t, err)
		if err := r.Renew(ctx); !errors.Is(err, sealed.ErrWrong) || !strings.Contains(err.Error(), "note_person.phone of row p000") {
			t.Fatalf("a value that was moved: %v", err)
		}
		if n := left(); n != 1 {
			t.Fatalf("%d values are left, not the one that was moved", n)
		}
	})
}

func progress(t *testing.T, r *sealed.Ring) (mine []sealed.Progress) {
	t.Helper()
	list, err := r.Progress(t.Context())
	must(t, err)
	for _, p := range list {
		if strings.HasPrefix(p.Table, "note_") {
			mine = append(mine, p)
		}
	}
	if len(mine) != 2 {
		t.Fatalf("progress of %d tables", len(mine))
	}
	return mine
}

func TestTheThrowawayRingIsOfThisProcess(t *testing.T) {
	r := sealed.Throwaway()
	if plain, err := r.Open(no, "a", r.Seal(no, "a", "x")); err != nil || plain != "x" || r != sealed.Throwaway() {
		t.Fatalf("%q, %v", plain, err)
	}
}

func BenchmarkSeal(b *testing.B) {
	r := sealed.Throwaway()
	for b.Loop() {
		r.Seal(no, "0193a1b2-0000-7000-8000-000000000000", "440232199001011233")
	}
}

func BenchmarkOpen(b *testing.B) {
	r := sealed.Throwaway()
	v := r.Seal(no, "0193a1b2-0000-7000-8000-000000000000", "440232199001011233")
	for b.Loop() {
		if _, err := r.Open(no, "0193a1b2-0000-7000-8000-000000000000", v); err != nil {
			b.Fatal(err)
		}
	}
}
