package backup_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"yimen/internal/kit/backup"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/files"
	"yimen/internal/kit/jobs"
)

// notes is a module of two tables that refer to each other and a row that its
// migration begins with.
func notes(more ...string) db.Source {
	fs := fstest.MapFS{"202600000001_notes_tables.sql": {Data: []byte(`-- +goose Up
CREATE TABLE notes_book (id TEXT PRIMARY KEY, open BOOLEAN NOT NULL);
CREATE TABLE notes_note (id TEXT PRIMARY KEY, book TEXT NOT NULL REFERENCES notes_book (id), n BIGINT, text TEXT, at TIMESTAMP);
CREATE TABLE notes_head (id BIGINT PRIMARY KEY, n BIGINT NOT NULL);
INSERT INTO notes_head (id, n) VALUES (1, 0);
`)}}
	for i, s := range more {
		fs[fmt.Sprintf("20260000000%d_notes_more.sql", i+2)] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + s + ";\n")}
	}
	return db.Source{Module: "notes", Files: fs}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// city is a city over a database, with the key of the test's folder.
func city(t *testing.T, d *db.DB, key string, sources ...db.Source) backup.City {
	t.Helper()
	s, err := files.Open(context.Background(), files.Options{URL: "file://" + t.TempDir(), KeyFile: key, CreateKey: true}, d, clock.Real)
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	q, err := jobs.New(d, jobs.Options{})
	must(t, err)
	sources = append([]db.Source{files.Migrations}, sources...)
	return backup.City{DB: d, Files: s, Queue: q, Sources: sources, Release: "test",
		Migrate: func(ctx context.Context, d *db.DB) error { return d.Migrate(ctx, sources) }}
}

type remind struct {
	ID string `json:"id"`
}

func (remind) Kind() string { return "notes.remind" }

var morning = time.Date(2026, 11, 22, 1, 2, 3, 456789000, time.UTC)

// fill writes what is hard to carry: nothing, odd marks, many rows, a file.
func fill(t *testing.T, c backup.City) files.File {
	t.Helper()
	var f files.File
	must(t, c.DB.InTx(context.Background(), func(ctx context.Context) error {
		conn := c.DB.Conn(ctx)
		must(t, conn.InsertRows(ctx, "notes_book", []string{"id", "open"}, "", [][]any{{"a", true}, {"b", false}}))
		rows := [][]any{{"odd", "a", int64(-9007199254740993), "<b>“引号”</b> \\ \" \t\r\n\u2028 😀", morning}, {"none", "b", nil, nil, nil}, {"empty", "b", int64(0), "", morning}}
		for i := range 5000 {
			rows = append(rows, []any{fmt.Sprintf("n%04d", i), "a", int64(i), strings.Repeat("字", i%40), morning.Add(time.Duration(i) * time.Second)})
		}
		must(t, conn.InsertRows(ctx, "notes_note", []string{"id", "book", "n", "text", "at"}, "", rows))
		_, err := conn.Exec(ctx, `UPDATE notes_head SET n = $1`, 7)
		must(t, err)
		must(t, c.Queue.Insert(ctx, remind{"1"}, jobs.Unique("one"), jobs.Priority(3), jobs.At(time.Now().Add(time.Hour))))
		must(t, c.Queue.Insert(ctx, remind{"2"}))
		f, err = c.Files.Save(ctx, "证明.txt", "", strings.NewReader("大寮坑村"), "li")
		return err
	}))
	return f
}

// From each engine into each: all rows, the jobs and the files are there again,
// and a later release has its own tables besides.
func TestThereAndBack(t *testing.T) {
	dbtest.Each(t, []db.Source{files.Migrations, notes()}, func(t *testing.T, from *db.DB) {
		key, dir := filepath.Join(t.TempDir(), "files.key"), t.TempDir()
		c := city(t, from, key, notes())
		f := fill(t, c)
		folder, m, err := backup.Write(context.Background(), c, dir, 0)
		must(t, err)
		if m.Table("notes_note").Rows != 5003 || m.Jobs.Rows != 2 || m.Files.Files != 1 || m.Files.New != 1 || len(m.Files.Missing) != 0 {
			t.Fatalf("kept %+v", m)
		}
		_, err = backup.Check(folder)
		must(t, err)
		dbtest.Each(t, nil, func(t *testing.T, to *db.DB) {
			later := city(t, to, key, notes("ALTER TABLE notes_book ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'"))
			r, err := backup.Restore(context.Background(), later, folder)
			must(t, err)
			if r.FilesWhole != 1 || len(r.FilesWrong) != 0 {
				t.Errorf("files: %+v", r)
			}
			same(t, later, f)
			if _, err := backup.Restore(context.Background(), later, folder); !errors.Is(err, backup.ErrNotEmpty) {
				t.Errorf("over what is there: %v", err)
			}
		})
	})
}

func same(t *testing.T, c backup.City, f files.File) {
	t.Helper()
	ctx := context.Background()
	var odd struct {
		N    int64     `db:"n"`
		Text string    `db:"text"`
		At   time.Time `db:"at"`
	}
	must(t, c.DB.Conn(ctx).Get(ctx, &odd, `SELECT n, text, at FROM notes_note WHERE id = 'odd'`))
	if odd.N != -9007199254740993 || odd.Text != "<b>“引号”</b> \\ \" \t\r\n\u2028 😀" || !odd.At.Equal(morning) {
		t.Errorf("the odd row is %+v", odd)
	}
	var n, heads, colours int
	must(t, c.DB.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM notes_note`))
	must(t, c.DB.Conn(ctx).Get(ctx, &heads, `SELECT SUM(n) FROM notes_head`))
	must(t, c.DB.Conn(ctx).Get(ctx, &colours, `SELECT COUNT(*) FROM notes_book WHERE colour = 'red'`))
	if n != 5003 || heads != 7 || colours != 2 {
		t.Errorf("%d notes, heads %d, %d colours", n, heads, colours)
	}
	must(t, c.Files.Verify(ctx, f.ID))
	var waiting []string
	must(t, c.DB.InTx(ctx, func(ctx context.Context) error {
		must(t, c.Queue.Insert(ctx, remind{"3"}, jobs.Unique("one"))) // still waits: left out
		return c.Queue.Keep(ctx, func(k jobs.Kept) error {
			waiting = append(waiting, fmt.Sprintf("%s %s %d", k.Kind, k.Args, k.Priority))
			return nil
		})
	}))
	if got := strings.ReplaceAll(strings.Join(waiting, "; "), `": "`, `":"`); got != `notes.remind {"id":"1"} 3; notes.remind {"id":"2"} 2` {
		t.Errorf("jobs: %s", got)
	}
}

// What others write while a backup runs is in it as a whole or not at all.
func TestOneMoment(t *testing.T) {
	dbtest.Each(t, []db.Source{files.Migrations, notes()}, func(t *testing.T, d *db.DB) {
		key := filepath.Join(t.TempDir(), "files.key")
		c := city(t, d, key, notes())
		fill(t, c)
		ctx, done := context.WithCancel(context.Background())
		begun, stopped := make(chan struct{}), make(chan error, 1)
		go func() {
			for i := 0; ctx.Err() == nil; i++ {
				if i == 1 {
					close(begun) // a line stands, others follow
				}
				err := d.InTx(context.Background(), func(ctx context.Context) error {
					_, err := d.Conn(ctx).Exec(ctx, `INSERT INTO notes_note (id, book) VALUES ($1, 'a')`, fmt.Sprintf("w%06d", i))
					if err == nil {
						_, err = d.Conn(ctx).Exec(ctx, `UPDATE notes_head SET n = n + 1`)
					}
					return err
				})
				if err != nil {
					stopped <- err
					return
				}
			}
			stopped <- nil
		}()
		select {
		case <-begun:
		case err := <-stopped:
			t.Fatal(err)
		}
		folder, m, err := backup.Write(context.Background(), c, t.TempDir(), 0)
		done()
		must(t, err)
		must(t, <-stopped)
		to := city(t, dbtest.Open(t, nil), filepath.Join(t.TempDir(), "other.key"), notes())
		if _, err := backup.Restore(context.Background(), to, folder); err == nil || !strings.Contains(err.Error(), "key") {
			t.Errorf("with another key: %v", err)
		}
		var head int
		lines := m.Table("notes_note").Rows - 5003
		back := city(t, dbtest.Open(t, nil), key, notes())
		_, err = backup.Restore(context.Background(), back, folder)
		must(t, err)
		must(t, back.DB.Conn(context.Background()).Get(context.Background(), &head, `SELECT n FROM notes_head`))
		if head-7 != lines || lines == 0 {
			t.Errorf("%d lines were kept and the head counts %d", lines, head-7)
		}
	})
}

// A byte changed anywhere in the rows is found, by Check and by Restore, and a
// restore that fails leaves no row.
func TestDamage(t *testing.T) {
	d := dbtest.Open(t, []db.Source{files.Migrations, notes()})
	key, dir := filepath.Join(t.TempDir(), "files.key"), t.TempDir()
	c := city(t, d, key, notes())
	f := fill(t, c)
	folder, _, err := backup.Write(context.Background(), c, dir, 0)
	must(t, err)
	path := filepath.Join(folder, "notes_note.jsonl.zst")
	whole, err := os.ReadFile(path)
	must(t, err)
	for _, at := range []int{5, len(whole) / 2, len(whole) - 1} {
		damaged := append([]byte(nil), whole...)
		damaged[at] ^= 1
		must(t, os.WriteFile(path, damaged, 0o600))
		if _, err := backup.Check(folder); err == nil || !strings.Contains(err.Error(), "notes_note") {
			t.Errorf("byte %d: Check says %v", at, err)
		}
		to := city(t, dbtest.Open(t, nil), key, notes())
		if _, err := backup.Restore(context.Background(), to, folder); err == nil {
			t.Errorf("byte %d: restored", at)
		}
		var rows int
		must(t, to.DB.Conn(context.Background()).Get(context.Background(), &rows, `SELECT (SELECT COUNT(*) FROM notes_note) + (SELECT COUNT(*) FROM notes_book)`))
		if rows != 0 {
			t.Errorf("byte %d: %d rows are left", at, rows)
		}
	}
	must(t, os.WriteFile(path, whole, 0o600))

	blob := filepath.Join(dir, "files", f.ID[len(f.ID)-2:], f.ID)
	sealed, err := os.ReadFile(blob)
	must(t, err)
	sealed[len(sealed)-1] ^= 1
	must(t, os.WriteFile(blob, sealed, 0o600))
	r, err := backup.Restore(context.Background(), city(t, dbtest.Open(t, nil), key, notes()), folder)
	must(t, err)
	if len(r.FilesWrong) != 1 || r.FilesWrong[0] != f.ID {
		t.Errorf("wrong files: %v", r.FilesWrong)
	}
	if _, err := backup.Restore(context.Background(), city(t, dbtest.Open(t, nil), key), folder); err == nil || !strings.Contains(err.Error(), "later release") {
		t.Errorf("a release without the migration: %v", err)
	}
}

// Backups share their files; the oldest go, with the files only they name.
func TestKeep(t *testing.T) {
	d := dbtest.Open(t, []db.Source{files.Migrations, notes()})
	c, dir, ctx := city(t, d, filepath.Join(t.TempDir(), "files.key"), notes()), t.TempDir(), context.Background()
	f := fill(t, c)
	first, _, err := backup.Write(ctx, c, dir, 2)
	must(t, err)
	must(t, c.Files.Delete(ctx, f.ID))
	g, err := c.Files.Save(ctx, "另一份.txt", "", strings.NewReader("游溪镇"), "li")
	must(t, err)
	must(t, os.Mkdir(filepath.Join(dir, "20260101T000000Z"), 0o700)) // cut: no manifest
	for range 2 {
		time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(time.Second)))
		_, m, err := backup.Write(ctx, c, dir, 2)
		must(t, err)
		if m.Files.Files != 1 {
			t.Errorf("files %+v", m.Files)
		}
	}
	if _, err := os.Stat(first); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the oldest is still there: %v", err)
	}
	for id, want := range map[string]bool{f.ID: false, g.ID: true} {
		_, err := os.Stat(filepath.Join(dir, "files", id[len(id)-2:], id))
		if (err == nil) != want {
			t.Errorf("file %s: %v", id, err)
		}
	}
	newest, err := backup.Latest(dir)
	must(t, err)
	if _, err := backup.Check(newest); err != nil {
		t.Error(err)
	}
}
