package archive_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yimen/internal/kit/archive"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/files"
)

var sources = []db.Source{files.Migrations, audit.Migrations, archive.Migrations}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// city is a log with entries of two years, and where it is put away.
type city struct {
	*archive.Archive
	t     *testing.T
	d     *db.DB
	log   *audit.Log
	store *files.Store
	dir   string
	ctx   context.Context
}

func each(t *testing.T, fn func(c *city)) {
	t.Helper()
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		c := &city{t: t, d: d, dir: t.TempDir(), ctx: context.Background()}
		now := clock.NewFake(time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC))
		c.log = audit.New(d, now)
		must(t, audit.Protect(c.ctx, d))
		var err error
		c.store, err = files.Open(c.ctx, files.Options{URL: "file://" + filepath.ToSlash(filepath.Join(c.dir, "files")),
			KeyFile: filepath.Join(c.dir, "key"), CreateKey: true}, d, now)
		must(t, err)
		t.Cleanup(func() { c.store.Close() })
		c.Archive = archive.New(d, c.store, now, db.Years(sources), func(ctx context.Context) error { return audit.ProtectYears(ctx, d) })
		c.log.ReadFrom(c.Archive)
		for i := range 12 {
			at := time.Date(2023, time.Month(1+i), 15, 4, 0, 0, 0, time.UTC)
			must(t, c.log.Write(c.ctx, audit.Entry{At: at, Actor: "clerk", Action: "case.read", Object: "case", ObjectID: fmt.Sprint(i), Purpose: "“查询”\n"}))
			must(t, c.log.Write(c.ctx, audit.Entry{At: at.AddDate(1, 0, 0), Actor: "clerk", Action: "case.read"}))
		}
		must(t, c.log.Seal(c.ctx))
		fn(c)
	})
}

func (c *city) verify() audit.Report {
	c.t.Helper()
	r, err := c.log.Verify(c.ctx)
	must(c.t, err)
	return r
}

func (c *city) blobs() (names []string) {
	must(c.t, filepath.WalkDir(filepath.Join(c.dir, "files"), func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			names = append(names, path)
		}
		return err
	}))
	return names
}

func TestAYearIsPutAwayAndStaysReadable(t *testing.T) {
	each(t, func(c *city) {
		look, err := c.Look(c.ctx, c.log.Table(), 2023)
		must(t, err)
		if look.Lines != 12 || look.Parts != 1 || len(c.blobs()) != 0 {
			t.Fatalf("%+v", look)
		}
		r, err := c.Put(c.ctx, c.log.Table(), 2023, "li")
		must(t, err)
		if !r.Removed || r.Lines != 12 || r.Parts != 1 || r.Bytes == 0 {
			t.Fatalf("%+v", r)
		}
		left, _, err := c.log.Search(c.ctx, audit.Query{To: time.Date(2023, 12, 31, 0, 0, 0, 0, time.UTC)}, db.Page{})
		must(t, err)
		if len(left) != 0 {
			t.Errorf("%d rows are still in the database", len(left))
		}
		if r := c.verify(); !r.OK() || r.Rows != 24 || r.Archived != 12 {
			t.Errorf("%+v", r)
		}
		if _, err := c.d.Conn(c.ctx).Exec(c.ctx, `DELETE FROM audit_row`); err == nil {
			t.Error("the log can be emptied now")
		}
		if _, err := c.Put(c.ctx, c.log.Table(), 2023, "li"); err == nil {
			t.Error("a year is put away twice")
		}
		if _, err := c.Put(c.ctx, c.log.Table(), 2026, "li"); err == nil {
			t.Error("a year is put away that is not over")
		}
		years, err := c.Years(c.ctx)
		must(t, err)
		if len(years) != 1 || years[0].Year != 2023 || years[0].By != "li" || years[0].Lines != 12 {
			t.Errorf("%+v", years)
		}
		must(t, c.Prepare(c.ctx))
	})
}

func TestADamagedArchiveIsNamed(t *testing.T) {
	each(t, func(c *city) {
		_, err := c.Put(c.ctx, c.log.Table(), 2023, "li")
		must(t, err)
		for _, path := range c.blobs() {
			raw, err := os.ReadFile(path)
			must(t, err)
			raw[len(raw)/2] ^= 1
			must(t, os.WriteFile(path, raw, 0o600))
		}
		r := c.verify()
		if r.OK() || r.Findings[0].Kind != audit.RowRemoved || !strings.Contains(r.Findings[0].Why, "file ") {
			t.Errorf("%+v", r.Findings)
		}
	})
}

// failing is a store that has lost what it was given.
type failing struct{ *files.Store }

func (f failing) Open(ctx context.Context, id string) (io.ReadCloser, files.File, error) {
	return io.NopCloser(bytes.NewReader([]byte("nothing"))), files.File{}, nil
}

func TestNothingIsGoneWhenItCannotBeReadBack(t *testing.T) {
	each(t, func(c *city) {
		a := archive.New(c.d, failing{c.store}, clock.Real, db.Years(sources), nil)
		if r, err := a.Put(c.ctx, c.log.Table(), 2023, "li"); err == nil || r.Removed {
			t.Errorf("%+v, %v", r, err)
		}
		if r := c.verify(); !r.OK() || r.Rows != 24 || r.Archived != 0 {
			t.Errorf("%+v", r)
		}
		if left := c.blobs(); len(left) != 0 {
			t.Errorf("files of nothing are left: %v", left)
		}
		stop := errors.New("stop")
		table := c.log.Table()
		table.Guard = func(context.Context) error { return stop }
		if _, err := c.Put(c.ctx, table, 2023, "li"); !errors.Is(err, stop) {
			t.Errorf("%v", err)
		}
		if r := c.verify(); !r.OK() || r.Archived != 0 || len(c.blobs()) != 0 {
			t.Errorf("%+v", r)
		}
	})
}

func TestAYearThatIsNotSealedStays(t *testing.T) {
	each(t, func(c *city) {
		must(t, c.log.Write(c.ctx, audit.Entry{At: time.Date(2023, 5, 1, 0, 0, 0, 0, time.UTC), Actor: "clerk", Action: "case.read"}))
		if _, err := c.Put(c.ctx, c.log.Table(), 2023, "li"); err == nil || !strings.Contains(err.Error(), "not sealed") {
			t.Errorf("%v", err)
		}
	})
}
