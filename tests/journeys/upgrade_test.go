package journeys

import (
	"archive/tar"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yimen/internal/app"
	"yimen/internal/cases"
	"yimen/internal/kit/backup"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/files"
	"yimen/internal/kit/jobs"
)

// The database of the release before is migrated while people work with that
// release: nobody is refused, nothing is lost, two that migrate at once do it
// once, and what the release before writes afterwards is good too. Then this
// release goes on with it.
func TestUpgradeWhileWorking(t *testing.T) {
	each(t, func(t *testing.T, e engine) {
		c := cityOfReleaseBefore(t, e)
		if c.behind(t) {
			if out, err := c.yimen("serve", "--addr", "127.0.0.1:0"); err == nil || !strings.Contains(out, "yimen migrate") {
				t.Fatalf("serves a schema that is behind: %v\n%s", err, out)
			}
		}
		old := c.releaseBefore(t)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(old.work)
		}
		t.Cleanup(func() { old.end(); wg.Wait() }) // before its database is closed
		old.waitFor(t, 20)

		migrated := make(chan error, 2)
		for range cap(migrated) {
			go func() {
				out, err := c.yimen("migrate")
				for again := 0; err != nil && strings.Contains(out, "locked") && again < 5; again++ { // the writers may leave SQLite no gap: run again
					out, err = c.yimen("migrate")
				}
				if err != nil || !strings.HasPrefix(out, "schema ") {
					err = errors.Join(err, errors.New(out))
				}
				migrated <- err
			}()
		}
		must(t, errors.Join(<-migrated, <-migrated))
		old.waitFor(t, old.count()+20) // the release before still runs
		old.end()
		wg.Wait()

		s := c.serve(t, "serve")
		for i, x := range old.made {
			if n := c.count(t, "SELECT COUNT(*) FROM cases_case WHERE number = $1", x.number); n != 1 {
				t.Fatalf("case %s, acknowledged by the release before, is there %d times", x.number, n)
			}
			if i%10 == 0 {
				s.as(t, "").get("/api/v1/progress?number="+x.number+"&query_code="+x.code).says(t, "number", x.number)
			}
		}
		if n := c.count(t, `SELECT COUNT(*) FROM cases_case c WHERE c.history_len <> (SELECT COUNT(*) FROM cases_history h WHERE h.case_id = c.id)`); n != 0 {
			t.Errorf("%d cases with half a history", n)
		}
		if out, err := c.yimen("verify", "cases"); err != nil {
			t.Errorf("verify cases: %v\n%s", err, out)
		}
		c.auditWhole(t)
	})
}

// cityOfReleaseBefore is a city as the release before has left it.
func cityOfReleaseBefore(t *testing.T, e engine) *city {
	t.Helper()
	folder := t.TempDir()
	unpack(t, "testdata/release/backup.tar", folder)
	c, err := emptyCity(e, filepath.Join(t.TempDir(), "data"))
	must(t, err)
	key, err := os.ReadFile(filepath.Join(folder, "files.key"))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(c.dir, "files.key"), key, 0o600))
	ctx := t.Context()
	d, err := db.Open(ctx, c.database, db.Options{})
	must(t, err)
	defer d.Close()
	store, err := files.Open(ctx, files.Options{URL: "file://" + c.dir + "/files", KeyFile: c.dir + "/files.key"}, d, clock.Real)
	must(t, err)
	defer store.Close()
	q, err := jobs.New(d, jobs.Options{})
	must(t, err)
	made, err := filepath.Glob(filepath.Join(folder, "2*Z"))
	must(t, err)
	_, err = backup.Restore(ctx, backup.City{DB: d, Files: store, Queue: q, Sources: app.Migrations(),
		Migrate: func(context.Context, *db.DB) error { return nil }}, made[0])
	must(t, err)
	return c
}

func unpack(t *testing.T, path, to string) {
	t.Helper()
	f, err := os.Open(path)
	must(t, err)
	defer f.Close()
	for r := tar.NewReader(f); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		must(t, err)
		at := filepath.Join(to, filepath.FromSlash(h.Name))
		if h.Typeflag == tar.TypeDir {
			must(t, os.MkdirAll(at, 0o700))
			continue
		}
		content, err := io.ReadAll(r)
		must(t, err)
		must(t, os.WriteFile(at, content, 0o600))
	}
}

// behind says whether this release has migrations the city lacks.
func (c *city) behind(t *testing.T) bool {
	t.Helper()
	d, err := db.Open(t.Context(), c.database, db.Options{})
	must(t, err)
	defer d.Close()
	s, err := d.Schema(t.Context(), app.Migrations())
	must(t, err)
	return s.Pending > 0
}

// An oldRelease writes as the release before does: the columns that it knows,
// of every table of a case, in one transaction.
type oldRelease struct {
	t       *testing.T
	d       *sql.DB
	columns map[string][]string
	from    string // id of the case it copies
	code    string // its query code
	stop    chan struct{}
	end     func() // closes stop, once

	mu   sync.Mutex
	made []oldCase
}

type oldCase struct{ number, code string }

func (c *city) releaseBefore(t *testing.T) *oldRelease {
	t.Helper()
	o := &oldRelease{t: t, columns: map[string][]string{}, stop: make(chan struct{})}
	o.end = sync.OnceFunc(func() { close(o.stop) })
	d, err := db.Open(t.Context(), c.database, db.Options{})
	must(t, err)
	tables, err := d.Tables(t.Context())
	must(t, err)
	must(t, d.Close())
	for _, table := range tables {
		for _, column := range table.Columns {
			o.columns[table.Name] = append(o.columns[table.Name], column.Name)
		}
	}
	if o.d, err = sql.Open("pgx", c.database); c.engine == sqlite {
		o.d, err = sql.Open("sqlite", "file:"+strings.TrimPrefix(c.database, "sqlite:")+"?_pragma=busy_timeout(20000)&_txlock=immediate")
	}
	must(t, err)
	t.Cleanup(func() { o.d.Close() })
	must(t, o.d.QueryRow(`SELECT id, query_code FROM cases_case WHERE state = 'reviewing' ORDER BY id LIMIT 1`).Scan(&o.from, &o.code))
	return o
}

// work makes and reads cases until it is stopped.
func (o *oldRelease) work() {
	for {
		select {
		case <-o.stop:
			return
		default:
		}
		number, err := o.submit()
		if err == nil {
			err = o.list()
		}
		if err != nil {
			o.t.Errorf("the release before is kept from working: %v", err)
			return
		}
		o.mu.Lock()
		o.made = append(o.made, oldCase{number, o.code})
		o.mu.Unlock()
	}
}

func (o *oldRelease) submit() (string, error) {
	id, number := db.NewID(), cases.NewNumber(time.Now())
	tx, err := o.d.Begin()
	if err != nil {
		return "", err
	}
	defer func() { _ = tx.Rollback() }()
	for _, part := range []struct {
		table, key string
		own        map[string]string // columns of which the copy has its own
	}{
		{"cases_case", "id", map[string]string{"id": id, "number": number, "idempotency_key": "", "key_scope": "", "key_digest": ""}},
		{"cases_content", "case_id", map[string]string{"case_id": id}},
		{"cases_history", "case_id", map[string]string{"case_id": id}},
		{"cases_clock", "case_id", map[string]string{"case_id": id}},
	} {
		values, args := slices.Clone(o.columns[part.table]), []any{o.from}
		for i, column := range values {
			switch v, ok := part.own[column]; {
			case ok && v == "":
				values[i] = "NULL"
			case ok:
				args = append(args, v)
				values[i] = fmt.Sprintf("$%d", len(args))
			}
		}
		_, err := tx.Exec("INSERT INTO "+part.table+" ("+strings.Join(o.columns[part.table], ", ")+") SELECT "+
			strings.Join(values, ", ")+" FROM "+part.table+" WHERE "+part.key+" = $1", args...)
		if err != nil {
			return "", fmt.Errorf("%s: %w", part.table, err)
		}
	}
	if _, err := tx.Exec(`UPDATE cases_case SET revision = revision + 1 WHERE id = $1`, id); err != nil {
		return "", err
	}
	return number, tx.Commit()
}

func (o *oldRelease) list() error {
	rows, err := o.d.Query("SELECT " + strings.Join(o.columns["cases_case"], ", ") + " FROM cases_case ORDER BY submitted_at DESC, id DESC LIMIT 20")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
	}
	return rows.Err()
}

func (o *oldRelease) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.made)
}

// waitFor waits until so many cases are made.
func (o *oldRelease) waitFor(t *testing.T, n int) {
	t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); o.count() < n; time.Sleep(10 * time.Millisecond) {
		if t.Failed() || time.Now().After(deadline) {
			t.Fatalf("the release before made %d cases, waiting for %d", o.count(), n)
		}
	}
}
