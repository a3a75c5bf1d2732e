package dbtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"yimen/internal/kit/db"
)

// templates keeps the bytes of each migrated SQLite file, so that nothing is
// left behind when the test process ends.
var templates struct {
	sync.Mutex
	files map[string][]byte
}

// Open gives a SQLite database of its own with the migrations of sources. It
// is closed and removed when the test ends.
func Open(t testing.TB, sources []db.Source) *db.DB {
	t.Helper()
	file, err := template(sources)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	d := open(t, "sqlite:"+path)
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close %s: %v", path, err)
		}
	})
	return d
}

func template(sources []db.Source) ([]byte, error) {
	k, err := key(db.SQLite, sources)
	if err != nil {
		return nil, err
	}
	templates.Lock()
	defer templates.Unlock()
	if file, ok := templates.files[k]; ok {
		return file, nil
	}
	file, err := makeTemplate(sources)
	if err != nil {
		return nil, err
	}
	if templates.files == nil {
		templates.files = map[string][]byte{}
	}
	templates.files[k] = file
	return file, nil
}

func makeTemplate(sources []db.Source) ([]byte, error) {
	dir, err := os.MkdirTemp("", "yimen-dbtest-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	ctx, path := context.Background(), filepath.Join(dir, "template.db")
	d, err := db.Open(ctx, "sqlite:"+path, options())
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, d, sources); err != nil {
		d.Close()
		return nil, err
	}
	// The newest pages are still in the WAL; the copy takes the main file only.
	if _, err := d.SQL().ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		d.Close()
		return nil, fmt.Errorf("dbtest: checkpoint: %w", err)
	}
	if err := d.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}
