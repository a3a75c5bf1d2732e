package keyfile

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Keys are the keys of a file as it is now. Safe for concurrent use.
type Keys struct {
	path string
	mu   sync.Mutex
	list [][]byte
	at   time.Time // the file's own time and size when it was read
	size int64
}

// Open reads a key file; with create, a missing one is made.
func Open(path string, create bool) (*Keys, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && create {
		if _, err := make16(path); err != nil {
			return nil, err
		}
	}
	k := &Keys{path: path}
	list, _, err := read(path)
	if err != nil {
		return nil, err
	}
	k.list = list
	if info, err := os.Stat(path); err == nil {
		k.at, k.size = info.ModTime(), info.Size()
	}
	return k, nil
}

// All are the keys, the one that is sealed with first. A file that was changed
// is read again; one that cannot be read leaves the keys at hand.
func (k *Keys) All() [][]byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	info, err := os.Stat(k.path)
	if err != nil || info.ModTime().Equal(k.at) && info.Size() == k.size {
		return k.list
	}
	if list, _, err := read(k.path); err == nil {
		k.list, k.at, k.size = list, info.ModTime(), info.Size()
	}
	return k.list
}

// Current is the key that is sealed with.
func (k *Keys) Current() []byte { return k.All()[0] }

// Prepare adds the next key, which opens and does not seal yet: on several
// machines the file is copied to all of them before Turn. A file that is being
// changed is left as it is.
func (k *Keys) Prepare() error {
	list, _, err := read(k.path)
	if err != nil || len(list) > 1 {
		return err
	}
	key := make([]byte, Size)
	rand.Read(key)
	return k.write(append(list, key), true)
}

// Turn puts the key that Prepare added in front; without one nothing changes.
func (k *Keys) Turn() error {
	list, next, err := read(k.path)
	if err != nil || !next {
		return err
	}
	last := len(list) - 1
	return k.write(append([][]byte{list[last]}, list[:last]...), false)
}

// Retire leaves the first key alone. What others have sealed opens no more.
func (k *Keys) Retire() error {
	list, next, err := read(k.path)
	if err != nil || next {
		return errors.Join(err, notTurned(next))
	}
	return k.write(list[:1], false)
}

func notTurned(next bool) error {
	if !next {
		return nil
	}
	return errors.New("files: the next key of the key file is not in use yet: run `yimen keys file rotate` first")
}

// write replaces the file in one step, and makes sure that it is on the disk.
func (k *Keys) write(list [][]byte, next bool) error {
	var text bytes.Buffer
	for i, key := range list {
		if next && i == len(list)-1 {
			text.WriteByte('+')
		}
		fmt.Fprintln(&text, hex.EncodeToString(key))
	}
	f, err := os.CreateTemp(filepath.Dir(k.path), ".key-*") // for its owner's eyes only
	if err != nil {
		return fmt.Errorf("files: write key file: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text.Bytes())
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), k.path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(k.path))
	}
	if err != nil {
		return fmt.Errorf("files: write key file: %w", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.list, k.at = list, time.Time{}
	return nil
}
