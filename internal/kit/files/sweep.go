package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"yimen/internal/kit/db"
	"yimen/internal/kit/jobs"
)

// sweepAge is older than any transaction that may still store a row.
const sweepAge = 24 * time.Hour

// Workers sweeps once a day.
func (s *Store) Workers(q *jobs.Queue) {
	jobs.RegisterPeriodic(q, "files.sweep", 24*time.Hour, func(ctx context.Context) error {
		_, err := s.Sweep(ctx)
		return err
	})
}

// Sweep removes the blobs of a day ago and older that no row names, and says
// how many.
func (s *Store) Sweep(ctx context.Context) (removed int, err error) {
	// By the machine's clock, as the store's own times are.
	before := time.Now().Add(-sweepAge)
	list := s.bucket.List(nil)
	for {
		page, err := sweepPage(ctx, list, before)
		if err != nil {
			return removed, storeError(err)
		}
		if len(page) == 0 {
			return removed, nil
		}
		n, err := s.sweepKeys(ctx, page)
		removed += n
		if err != nil {
			return removed, fmt.Errorf("files: sweep: %w", err)
		}
	}
}

// sweepPage reads on in the list to the next hundred blobs that are old.
func sweepPage(ctx context.Context, list *blob.ListIterator, before time.Time) ([]string, error) {
	var keys []string
	for len(keys) < 100 {
		o, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if o.ModTime.Before(before) && len(path.Base(o.Key)) == len("00000000-0000-0000-0000-000000000000") {
			keys = append(keys, o.Key)
		}
	}
	return keys, nil
}

func (s *Store) sweepKeys(ctx context.Context, keys []string) (removed int, err error) {
	ids := make([]string, len(keys))
	for i, k := range keys {
		ids[i] = path.Base(k)
	}
	var w db.Where
	w.In("id", ids)
	var known []string
	if err := s.d.Conn(ctx).Select(ctx, &known, `SELECT id FROM files_file`+w.SQL(), w.Args()...); err != nil {
		return 0, err
	}
	keep := map[string]bool{}
	for _, id := range known {
		keep[id] = true
	}
	for i, k := range keys {
		if keep[ids[i]] {
			continue
		}
		if err := s.bucket.Delete(ctx, k); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
			return removed, storeError(err)
		}
		removed++
	}
	return removed, nil
}
