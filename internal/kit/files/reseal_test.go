package files_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/files"
	"yimen/internal/kit/keyfile"
)

func TestFilesAreSealedAnewWithANewKeyFile(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		p := open(t, d)
		ctx := t.Context()
		list := []files.File{p.save(t, "a.txt", text(10)), p.save(t, "b.txt", text(200_000)), p.save(t, "c.txt", text(64<<10))}
		keys, err := keyfile.Open(p.key, false)
		must(t, err)
		backup := t.TempDir()
		_, err = p.CopyTo(ctx, backup)
		must(t, err)
		before := p.KeyMark()
		must(t, keys.Prepare())
		must(t, keys.Turn())
		list = append(list, p.save(t, "d.txt", text(30))) // the store at work, with the new key
		if p.KeyMark() == before || !p.HasKey(before) {
			t.Fatal("the store does not know the change")
		}

		reading, _, err := p.Open(ctx, list[1].ID)
		must(t, err)
		first := make([]byte, 10)
		_, err = io.ReadFull(reading, first)
		must(t, err)
		stopped, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := p.Reseal(stopped); err == nil {
			t.Error("broken off, it says it is done")
		}
		done, err := p.Reseal(ctx)
		if err != nil || done.Files != 4 || done.Renewed != 3 || len(done.Wrong) > 0 {
			t.Fatalf("%+v, %v", done, err)
		}
		rest, err := io.ReadAll(reading)
		must(t, reading.Close())
		if err != nil || !bytes.Equal(append(first, rest...), text(200_000)) {
			t.Errorf("who was reading: %d bytes, %v", len(rest), err)
		}
		if again, err := p.Reseal(ctx); err != nil || again.Renewed != 0 {
			t.Errorf("a second time: %+v, %v", again, err)
		}

		copied, err := p.CopyTo(ctx, backup) // copies of the old key would open no more
		if err != nil || copied.New != 4 {
			t.Errorf("the backup has %d new, %v", copied.New, err)
		}
		must(t, keys.Retire())
		fresh, err := files.Open(ctx, files.Options{URL: "file://" + p.folder, KeyFile: p.key}, d, clock.Real)
		must(t, err)
		for _, f := range list {
			must(t, fresh.Verify(ctx, f.ID))
		}
		if _, wrong, err := fresh.BringFrom(ctx, backup); err != nil || len(wrong) > 0 {
			t.Errorf("brought back from the backup: %v, %v", wrong, err)
		}
	})
}

func TestSealingAnewNamesWhatIsDamaged(t *testing.T) {
	d := dbtest.Open(t, sources)
	p := open(t, d)
	whole, cut, gone := p.save(t, "a.txt", text(10)), p.save(t, "b.txt", text(20)), p.save(t, "c.txt", text(30))
	blob := func(f files.File) string { return filepath.Join(p.folder, f.ID[len(f.ID)-2:], f.ID) }
	must(t, os.Truncate(blob(cut), 40))
	must(t, os.Remove(blob(gone)))
	keys, err := keyfile.Open(p.key, false)
	must(t, err)
	must(t, keys.Prepare())
	must(t, keys.Turn())
	done, err := p.Reseal(t.Context())
	must(t, err)
	if done.Renewed != 1 || len(done.Wrong) != 2 {
		t.Fatalf("%+v", done)
	}
	must(t, p.Verify(t.Context(), whole.ID))
}
