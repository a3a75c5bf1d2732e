package keyfile_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yimen/internal/kit/keyfile"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheKeyFileIsChangedInSteps(t *testing.T) {
	path := filepath.Join(t.TempDir(), "files.key")
	k, err := keyfile.Open(path, true)
	must(t, err)
	running, err := keyfile.Open(path, false) // a process that is not started again
	must(t, err)
	old := k.Current()

	must(t, k.Turn()) // nothing is prepared
	must(t, k.Prepare())
	must(t, k.Prepare()) // once
	if all := running.All(); len(all) != 2 || !bytes.Equal(running.Current(), old) {
		t.Fatalf("%d keys, or sealed with the next one already", len(all))
	}
	if err := k.Retire(); err == nil {
		t.Fatal("the next key is thrown away")
	}
	next := running.All()[1]
	must(t, k.Turn())
	must(t, k.Turn()) // broken off after it and begun again
	must(t, k.Prepare())
	if all := running.All(); len(all) != 2 || !bytes.Equal(all[0], next) || !bytes.Equal(all[1], old) {
		t.Fatalf("%x after turning, not %x and %x", all, next, old)
	}
	info, err := os.Stat(path)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	must(t, k.Retire())
	if all := running.All(); len(all) != 1 || !bytes.Equal(all[0], next) {
		t.Fatalf("%x at the end", all)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".key-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	// A file that is being spoilt does not disturb who runs.
	must(t, os.WriteFile(path, []byte("short"), 0o600))
	if !bytes.Equal(running.Current(), next) {
		t.Error("the key at hand is lost")
	}
}

func TestWhatIsNoKeyFile(t *testing.T) {
	key := strings.Repeat("0f", 16)
	for name, text := range map[string]string{"empty": "", "short": key[2:], "no digits": strings.Repeat("xy", 16),
		"only a next one": "+" + key, "a next one in the middle": key + "\n+" + key + "\n" + key} {
		path := filepath.Join(t.TempDir(), "files.key")
		must(t, os.WriteFile(path, []byte(text), 0o600))
		if _, err := keyfile.Open(path, false); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
