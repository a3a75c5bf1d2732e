package app

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yimen/internal/kit/sealed"
)

var noteNo = sealed.Loose("identity_account.note", nil)

// TestTheKeyFileIsChangedByCommand changes the file beside a city that is open,
// breaks off in the middle, goes on, and reads everything afterwards.
func TestTheKeyFileIsChangedByCommand(t *testing.T) {
	dir := newCity(t)
	ctx := t.Context()
	open := func() *App {
		set, err := storage{Data: dir, FilesKey: filepath.Join(dir, "files.key"), MaxConns: 4}.settings(slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		a, err := Open(ctx, set)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = a.Close() })
		return a
	}
	run := func(want int, words string, args ...string) {
		t.Helper()
		exit, out, errOut := yimen(t, append(args, "--data", dir)...)
		if exit != want || !strings.Contains(out+errOut, words) {
			t.Fatalf("%v: exit %d, %s%s", args, exit, out, errOut)
		}
	}
	serving := open()
	saved, err := serving.Store.Save(ctx, "a.txt", "text/plain", strings.NewReader("一门"), "x")
	if err != nil {
		t.Fatal(err)
	}
	value := serving.Keys.Seal(noteNo, "a", "440232199001011233")
	reads := func(who string, a *App) {
		t.Helper()
		r, _, err := a.Store.Open(ctx, saved.ID)
		if err != nil {
			t.Fatalf("%s: %v", who, err)
		}
		text, err := io.ReadAll(r)
		if _ = r.Close(); err != nil || string(text) != "一门" {
			t.Errorf("%s reads %q, %v", who, text, err)
		}
		if err := a.Keys.Load(ctx); err != nil {
			t.Errorf("%s: %v", who, err)
		}
		if plain, err := a.Keys.Open(noteNo, "a", value); err != nil || plain != "440232199001011233" {
			t.Errorf("%s opens %q, %v", who, plain, err)
		}
	}
	before, err := os.ReadFile(filepath.Join(dir, "files.key"))
	if err != nil {
		t.Fatal(err)
	}
	run(0, "holds the next key", "keys", "file", "prepare")
	run(1, "keys file rotate", "keys", "file", "retire")
	reads("prepared", serving)

	// A rotation that dies after the file was changed.
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	_ = keysTurnCmd{Storage: storage{Data: dir, MaxConns: 4}}.Run(stopped, io.Discard, slog.New(slog.DiscardHandler))
	reads("broken off", serving)
	run(0, "1 sealed anew", "keys", "file", "rotate")
	run(0, "0 sealed anew", "keys", "file", "rotate")
	reads("turned", serving)
	run(0, "the earlier key is removed", "keys", "file", "retire")
	after, err := os.ReadFile(filepath.Join(dir, "files.key"))
	if err != nil || bytes.Contains(after, bytes.TrimSpace(before)) || len(after) != len(before) {
		t.Errorf("the key file afterwards: %d bytes, %v", len(after), err)
	}
	reads("retired", serving)
	reads("started anew", open())

	run(0, "index key 2 made", "keys", "index")
	run(1, "being changed already", "keys", "index")
	run(0, "index key 2", "keys", "list")
	run(0, "not used yet", "keys", "list")
}
