// Package keyfile reads the one secret a city keeps outside its database: a
// file of 32 hexadecimal digits. What is stored is sealed with keys derived
// from it (kit/files) or wrapped under it (kit/sealed), each use apart.
package keyfile

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Size of a key in bytes.
const Size = 16

// Read reads a key file. With create, a missing one is made, for its owner's
// eyes only.
func Read(path string, create bool) ([]byte, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && create {
		return make16(path)
	}
	if err != nil {
		return nil, fmt.Errorf("files: key file %s: %w (make one: openssl rand -hex 16 > %s; chmod 600 %s)", path, err, path, path)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != Size {
		return nil, fmt.Errorf("files: key file %s must hold %d hexadecimal digits", path, 2*Size)
	}
	return key, nil
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
