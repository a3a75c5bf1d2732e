// Package keyfile reads the one secret a city keeps outside its database: a
// file of 32 hexadecimal digits. What is stored is sealed with keys derived
// from it (kit/files) or wrapped under it (kit/sealed), each use apart.
//
// While the secret is changed the file has several lines: the first is what is
// sealed with, the others open what was sealed with them, and one that begins
// with + is the next. Prepare adds that, Turn puts it in front, Retire leaves the
// first alone; each replaces the file in one step. Who holds Keys sees the change without a start.
package keyfile

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Size of a key in bytes.
const Size = 16

// Read reads the key of a key file that is sealed with. With create, a missing
// one is made, for its owner's eyes only.
func Read(path string, create bool) ([]byte, error) {
	k, err := Open(path, create)
	if err != nil {
		return nil, err
	}
	return k.Current(), nil
}

// read gives all keys of a file, the next one last.
func read(path string) (list [][]byte, next bool, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, false, fmt.Errorf("files: key file %s: %w (make one: openssl rand -hex 16 > %s; chmod 600 %s)", path, err, path, path)
	}
	for _, line := range strings.Fields(string(text)) {
		if next { // nothing follows it
			return nil, false, fmt.Errorf("files: key file %s: the key after + must be the last line", path)
		}
		line, next = strings.CutPrefix(line, "+")
		key, err := hex.DecodeString(line)
		if err != nil || len(key) != Size {
			return nil, false, fmt.Errorf("files: key file %s must hold %d hexadecimal digits a line", path, 2*Size)
		}
		list = append(list, key)
	}
	if len(list) == 0 || next && len(list) == 1 {
		return nil, false, fmt.Errorf("files: key file %s must hold %d hexadecimal digits", path, 2*Size)
	}
	return list, next, nil
}

func make16(path string) ([]byte, error) {
	key := make([]byte, Size)
	rand.Read(key)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("files: make key file: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("files: make key file: %w", err)
	}
	_, err = fmt.Fprintln(f, hex.EncodeToString(key))
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		return nil, fmt.Errorf("files: make key file: %w", err)
	}
	return key, nil
}

// syncDir waits until a folder's list of names is on the disk.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
