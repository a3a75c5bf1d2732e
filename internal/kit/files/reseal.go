package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
)

// Resealed says what Reseal found.
type Resealed struct {
	Files   int      // that rows name
	Renewed int      // that were sealed with an earlier key
	Wrong   []string // ids that are missing or damaged, or of a key that is not there
}

// Reseal seals every file that a row names and that an earlier key of the key
// file has sealed with the first, one after the other, beside those who work: a
// file is replaced in one step, and whoever reads it meanwhile reads the old one
// to its end. Broken off, it goes on when it is called again.
func (s *Store) Reseal(ctx context.Context) (Resealed, error) {
	var done Resealed
	err := s.each(ctx, func(f File) error {
		done.Files++
		renewed, err := s.reseal(ctx, f)
		switch {
		case errors.Is(err, ErrNotFound): // deleted meanwhile
			return nil
		case errors.Is(err, ErrDamaged):
			done.Wrong = append(done.Wrong, f.ID)
			return nil
		case gcerrors.Code(err) == gcerrors.NotFound:
			wrong := Copied{}
			err = s.note(ctx, &wrong, f.ID) // not one that was deleted meanwhile
			done.Wrong = append(done.Wrong, wrong.Missing...)
			return err
		case renewed:
			done.Renewed++
		}
		return err
	})
	if err != nil {
		return done, fmt.Errorf("files: seal anew: %w", err)
	}
	return done, nil
}

func (s *Store) reseal(ctx context.Context, f File) (bool, error) {
	head, err := s.head(ctx, f.ID)
	if err != nil || s.isNow(head) {
		return false, err
	}
	if err := s.Verify(ctx, f.ID); err != nil { // what is damaged is left for whoever mends it
		return false, err
	}
	r, err := s.bucket.NewReader(ctx, blobKey(f.ID), nil)
	if err != nil {
		return false, err
	}
	defer r.Close()
	plain, err := newOpener(r, s.keys.All(), f.ID)
	if err != nil {
		return false, openError(err)
	}
	return true, s.writeAnew(ctx, f.ID, plain)
}

// writeAnew replaces a blob by the content sealed with the key of now.
func (s *Store) writeAnew(ctx context.Context, id string, plain io.Reader) error {
	ctx, drop := context.WithCancel(ctx) // cancelled before Close, a writer drops what it has
	defer drop()
	w, err := s.bucket.NewWriter(ctx, blobKey(id), &blob.WriterOptions{ContentType: "application/octet-stream"})
	if err != nil {
		return err
	}
	sealed, err := newSealer(w, s.keys.Current(), id)
	if err == nil {
		_, err = io.Copy(sealed, plain)
	}
	if err == nil {
		err = sealed.Close()
	}
	if err != nil {
		drop()
		_ = w.Close()
		return openError(err)
	}
	if err := w.Close(); err != nil {
		return err
	}
	return s.sync(id)
}

// head is how a blob begins.
func (s *Store) head(ctx context.Context, id string) ([]byte, error) {
	r, err := s.bucket.NewRangeReader(ctx, blobKey(id), 0, int64(len(magic)+4), nil)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// isNow says whether a blob that begins so is sealed with the key of now.
func (s *Store) isNow(head []byte) bool {
	return bytes.Equal(head, append([]byte(magic), keyID(s.keys.Current())...))
}

// sealedNow says whether a copy is there and sealed with the key of now.
func (s *Store) sealedNow(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, len(magic)+4)
	_, err = io.ReadFull(f, head)
	return err == nil && s.isNow(head)
}
