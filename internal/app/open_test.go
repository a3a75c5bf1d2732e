package app

import (
	"context"
	"flag"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// update rewrites the lists in testdata: go test ./internal/app -update
var update = flag.Bool("update", false, "rewrite the lists in testdata")

// openApp builds the whole program on an empty, migrated database.
func openApp(t *testing.T, demo bool) *App {
	t.Helper()
	dir := t.TempDir()
	s := storage{Data: dir}
	set, err := s.settings(slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	set.MakeKey, set.Demo, set.BaseURL = true, demo, "http://127.0.0.1"
	ctx := context.Background()
	a, err := Open(ctx, set)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := migrate(ctx, a.DB); err != nil {
		t.Fatal(err)
	}
	return a
}

// compare holds lines against the list kept in testdata, so that whoever
// reviews a change sees it as a change of that file.
func compare(t *testing.T, name string, lines []string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	got := strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(raw) == got {
		return
	}
	known := map[string]bool{}
	for _, l := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		known[l] = true
	}
	for _, l := range lines {
		if !known[l] {
			t.Errorf("not in %s: %s", path, l)
		}
		delete(known, l)
	}
	for l := range known {
		t.Errorf("only in %s: %s", path, l)
	}
	t.Errorf("%s differs; if that is meant: go test ./internal/app -update", path)
}
