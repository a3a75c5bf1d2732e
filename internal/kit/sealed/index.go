package sealed

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"yimen/internal/kit/clock"
)

// The key of the indexes is changed in steps that the database remembers, so that
// each can be broken off and gone on with:
//
//  1. The new key is there: all look for both, all write the old (used_at NULL).
//  2. When every process has read it: all write the new, and look for both.
//  3. When every process writes it: Renew goes through the tables until a whole
//     pass over each finds nothing under the old key.
//  4. The old key is removed.
//
// What is unique by its key stays so: whoever stores such a value holds Alone
// first, and looks for it under both.

// indexKey is one key of the indexes.
type indexKey struct {
	version int
	raw     []byte
	used    *time.Time // since when values are written with it; nil: from the beginning, or not yet
}

// of is the index of a value under the key.
func (k indexKey) of(bound, plain string) string {
	mac := hmac.New(sm3.New, k.raw)
	mac.Write([]byte(bound))
	mac.Write([]byte{0})
	mac.Write([]byte(plain))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}

// Index is what stands in the column's key column for a value that is written
// now; "" for nothing. What is looked for is Lookup or Pair.
func (r *Ring) Index(c *Column, plain string) string {
	written, _ := r.Pair(c, plain)
	return written
}

// Pair are the two that a value may stand under: the one it is written with now,
// and the other while the key is changed. Otherwise they are the same, so that a
// query is one text: WHERE phone_key IN ($1, $2).
func (r *Ring) Pair(c *Column, plain string) (written, other string) {
	if c.note != nil {
		note := c.note(plain)
		return note, note
	}
	if c.normal != nil {
		plain = c.normal(plain)
	}
	if plain == "" {
		return "", ""
	}
	k := r.must()
	written = k.indexes[k.written].of(c.bound, plain)
	for i, key := range k.indexes {
		if i != k.written {
			return written, key.of(c.bound, plain)
		}
	}
	return written, written
}

// Lookup is Pair for db.Where.In: one, or two while the key is changed.
func (r *Ring) Lookup(c *Column, plain string) []string {
	written, other := r.Pair(c, plain)
	if written == other {
		return []string{written}
	}
	return []string{written, other}
}

// Alone makes those who store what is unique by its key wait for each other until
// their transactions end, while the key is changed: the database cannot compare
// what stands under two keys. It tells whether the key is being changed, and the
// caller has to look under both.
func (r *Ring) Alone(ctx context.Context) (changing bool, err error) {
	k := r.must()
	if len(k.indexes) < 2 {
		return false, nil
	}
	_, err = r.d.Conn(ctx).Exec(ctx, `UPDATE sealed_key SET made_at = made_at WHERE kind = $1 AND version = $2`, kindIndex, k.indexes[0].version)
	if err != nil {
		return true, fmt.Errorf("sealed: wait for others: %w", err)
	}
	return true, nil
}

// ErrChanging is told when the key of the indexes is being changed already.
var ErrChanging = errors.New("sealed: the key of the indexes is being changed already: wait until `yimen keys list` shows one")

// RotateIndex makes the next key of the indexes. Renew does the rest, within some
// minutes and the time of going through all tables. ErrChanging.
func (r *Ring) RotateIndex(ctx context.Context) (version int, err error) {
	if err := r.Load(ctx); err != nil {
		return 0, err
	}
	k := r.must()
	if len(k.indexes) > 1 {
		return 0, ErrChanging
	}
	version = k.indexes[0].version + 1
	if err := r.make(ctx, kindIndex, version); err != nil {
		return 0, err
	}
	return version, r.Load(ctx)
}

// Changing says whether the key of the indexes is being changed.
func (r *Ring) Changing() bool { return len(r.must().indexes) > 1 }

// useIndex takes the new key of the indexes into use when every process knows it.
func (r *Ring) useIndex(ctx context.Context) error {
	k, now := r.must(), clock.FromContext(ctx, r.clock).Now()
	last := k.indexes[len(k.indexes)-1]
	if len(k.indexes) < 2 || last.used != nil {
		return nil
	}
	_, err := r.d.Conn(ctx).Exec(ctx, `UPDATE sealed_key SET used_at = $3 WHERE kind = $1 AND version = $2 AND used_at IS NULL AND made_at <= $4`,
		kindIndex, last.version, now, now.Add(-r.settle))
	if err != nil {
		return fmt.Errorf("sealed: use the new key of the indexes: %w", err)
	}
	return r.Load(ctx)
}

// settledIndex is the version that every process writes by now: a pass over a
// table counts for it.
func (r *Ring) settledIndex(now time.Time) int {
	k := r.must()
	key := k.indexes[k.written]
	if k.written > 0 && key.used != nil && now.Sub(*key.used) < r.settle {
		return k.indexes[k.written-1].version
	}
	return key.version
}

// IndexDue is the key of the indexes that the tables are to stand under by now.
func (r *Ring) IndexDue(ctx context.Context) int {
	return r.settledIndex(clock.FromContext(ctx, r.clock).Now())
}

// dropIndex removes the old key when no table has anything under it.
func (r *Ring) dropIndex(ctx context.Context) error {
	if !r.Changing() {
		return nil
	}
	version := r.IndexDue(ctx)
	progress, err := r.Progress(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(progress, func(p Progress) bool { return !p.Clean || p.Index != version }) {
		return nil
	}
	if _, err := r.d.Conn(ctx).Exec(ctx, `DELETE FROM sealed_key WHERE kind = $1 AND version < $2`, kindIndex, version); err != nil {
		return fmt.Errorf("sealed: remove the old key of the indexes: %w", err)
	}
	return r.Load(ctx)
}
