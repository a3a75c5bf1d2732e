package files

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/emmansun/gmsm/sm3"
	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
)

// Table is where the rows of the files are.
const Table = "files_file"

// Copied says what CopyTo did.
type Copied struct {
	Files   int      `json:"files"`   // that rows name
	Bytes   int64    `json:"bytes"`   // of their contents
	New     int      `json:"-"`       // that were not in the folder yet
	Missing []string `json:"missing"` // ids whose content the store has lost
}

// CopyTo copies every file that a row names, sealed as it is, into a folder;
// what is there already, sealed with the key of now, stays: a file never changes. Inside a Snapshot the
// rows are those of its moment; a file deleted since is not missed.
func (s *Store) CopyTo(ctx context.Context, folder string) (Copied, error) {
	var c Copied
	err := s.each(ctx, func(f File) error {
		c.Files++
		c.Bytes += f.Size
		path := filepath.Join(folder, filepath.FromSlash(blobKey(f.ID)))
		if s.sealedNow(path) {
			return nil
		}
		err := s.copyOut(ctx, f.ID, path)
		if gcerrors.Code(err) == gcerrors.NotFound {
			return s.note(ctx, &c, f.ID)
		}
		if err == nil {
			c.New++
		}
		return err
	})
	if err != nil {
		return c, fmt.Errorf("files: copy: %w", err)
	}
	return c, nil
}

// note tells a file that was deleted since the snapshot from one that is lost.
func (s *Store) note(ctx context.Context, c *Copied, id string) error {
	var rows int
	if err := s.d.Outside().Get(ctx, &rows, `SELECT COUNT(*) FROM files_file WHERE id = $1`, id); err != nil {
		return err
	}
	if rows > 0 {
		c.Missing = append(c.Missing, id)
	}
	return nil
}

// each gives the rows of all files to fn, by id.
func (s *Store) each(ctx context.Context, fn func(File) error) error {
	const page = 1000
	for after := ""; ; {
		var list []File
		err := s.d.Conn(ctx).Select(ctx, &list, `SELECT id, name, media_type, sm3, size, owner, created_at FROM files_file
			WHERE id > $1 ORDER BY id LIMIT $2`, after, page)
		if err != nil {
			return err
		}
		for _, f := range list {
			if err := fn(f); err != nil {
				return err
			}
		}
		if len(list) < page {
			return nil
		}
		after = list[len(list)-1].ID
	}
}

func (s *Store) copyOut(ctx context.Context, id, path string) error {
	r, err := s.bucket.NewReader(ctx, blobKey(id), nil)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	part := path + ".part"
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(part, path)
}

// BringFrom copies every file that a row names from a folder that CopyTo
// filled into the store, opens it with the key and compares its hash. It gives
// how many are whole, and the ids of those that are missing or damaged.
func (s *Store) BringFrom(ctx context.Context, folder string) (whole int, wrong []string, err error) {
	err = s.each(ctx, func(f File) error {
		in, err := os.Open(filepath.Join(folder, filepath.FromSlash(blobKey(f.ID))))
		if errors.Is(err, os.ErrNotExist) {
			wrong = append(wrong, f.ID)
			return nil
		}
		if err != nil {
			return err
		}
		err = s.bringIn(ctx, f.ID, in)
		if err = errors.Join(err, in.Close()); err != nil {
			return err
		}
		if err := s.Verify(ctx, f.ID); err != nil {
			if !errors.Is(err, ErrDamaged) {
				return err
			}
			wrong = append(wrong, f.ID)
			return nil
		}
		whole++
		return nil
	})
	if err != nil {
		return whole, wrong, fmt.Errorf("files: bring back: %w", err)
	}
	return whole, wrong, nil
}

func (s *Store) bringIn(ctx context.Context, id string, r io.Reader) error {
	ctx, drop := context.WithCancel(ctx)
	defer drop()
	w, err := s.bucket.NewWriter(ctx, blobKey(id), &blob.WriterOptions{ContentType: "application/octet-stream"})
	if err != nil {
		return storeError(err)
	}
	if _, err := io.Copy(w, r); err != nil {
		drop()
		_ = w.Close()
		return storeError(err)
	}
	if err := w.Close(); err != nil {
		return storeError(err)
	}
	return s.sync(id)
}

// Verify reads a file to its end and compares its hash. ErrDamaged, ErrNotFound.
func (s *Store) Verify(ctx context.Context, id string) error {
	r, f, err := s.Open(ctx, id)
	if err != nil {
		return err
	}
	defer r.Close()
	hash := sm3.New()
	if _, err := io.Copy(hash, r); err != nil {
		return err
	}
	if hex.EncodeToString(hash.Sum(nil)) != f.SM3 {
		return ErrDamaged
	}
	return nil
}

// KeyMark tells one key from another without giving it away.
func (s *Store) KeyMark() string { return keyMark(s.keys.Current()) }

// HasKey says whether the key of a mark is among those of the key file.
func (s *Store) HasKey(mark string) bool {
	return slices.ContainsFunc(s.keys.All(), func(key []byte) bool { return keyMark(key) == mark })
}

func keyMark(key []byte) string {
	sum := sm3.Sum(append([]byte("yimen files key\x00"), key...))
	return hex.EncodeToString(sum[:8])
}
