package sealed

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/keyfile"
)

// Ring is the keys of a database. Safe for concurrent use.
type Ring struct {
	d     *db.DB // nil: a ring of this process alone
	root  Root
	clock clock.Clock

	held    atomic.Pointer[keys]
	loading sync.Mutex
	again   time.Duration // after which the keys are read again: another process may have rotated
	settle  time.Duration // after which every process knows what is in the database
}

// New gives the ring of a database that has its Migrations. The keys are read
// when they are first needed; Prepare makes them.
func New(d *db.DB, root Root, c clock.Clock) *Ring {
	return &Ring{d: d, root: root, clock: c, again: lookAgain, settle: settled}
}

// Throwaway is a ring that ends with this process, for tests of modules: what it
// seals nobody else can open.
var Throwaway = sync.OnceValue(func() *Ring {
	r := &Ring{clock: clock.Real}
	r.held.Store(&keys{newest: 1, data: map[int]*dataKey{1: {raw: fresh()}}, indexes: []indexKey{{version: 1, raw: fresh()}}, at: time.Now()})
	return r
})

// keys are what a ring has read.
type keys struct {
	newest  int
	data    map[int]*dataKey
	indexes []indexKey // by version: one, or two while the key is changed
	written int        // which of them values are written with
	at      time.Time  // of this machine, to know when to look again
}

// dataKey is one version, with the ciphers of the columns derived from it.
type dataKey struct {
	raw     []byte
	columns sync.Map // bound → cipher.AEAD
}

func (k *dataKey) of(bound string) cipher.AEAD {
	if aead, ok := k.columns.Load(bound); ok {
		return aead.(cipher.AEAD)
	}
	aead, err := gcm(derive(k.raw, "yimen column\x00"+bound))
	if err != nil {
		panic(err) // the key has 16 bytes
	}
	k.columns.Store(bound, aead)
	return aead
}

func fresh() []byte {
	key := make([]byte, keyfile.Size)
	rand.Read(key)
	return key
}

const (
	kindData  = "data"
	kindIndex = "index"
	magic     = "sm4."
	lookAgain = 30 * time.Second
	loadFor   = 5 * time.Second
	settled   = 2*time.Minute + 2*lookAgain // more than a process takes to read again, and clocks differ
)

// ErrNoKeys is told before the database has keys.
var ErrNoKeys = errors.New("sealed: this database has no data keys yet: run `yimen migrate`")

// Prepare makes the first keys of a database that has none, and reads them: an
// error says that what is stored could not be read with this key file. Several
// processes may call it at once.
func (r *Ring) Prepare(ctx context.Context) error {
	var n int
	if err := r.d.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM sealed_key`); err != nil {
		return fmt.Errorf("sealed: count keys: %w", err)
	}
	if n == 0 {
		if err := errors.Join(r.make(ctx, kindIndex, 1), r.make(ctx, kindData, 1)); err != nil {
			return err
		}
	}
	return r.Load(ctx)
}

func (r *Ring) make(ctx context.Context, kind string, version int) error {
	wrapped, err := r.root.Wrap(ctx, fresh())
	if err != nil {
		return fmt.Errorf("sealed: wrap a new key: %w", err)
	}
	_, err = r.d.Conn(ctx).Exec(ctx, `INSERT INTO sealed_key (kind, version, wrapped, root, made_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (kind, version) DO NOTHING`, kind, version, wrapped, r.root.Mark(), clock.FromContext(ctx, r.clock).Now())
	if err != nil {
		return fmt.Errorf("sealed: store a new key: %w", err)
	}
	return nil
}

// Load reads the keys. Errors: ErrNoKeys, ErrOtherRoot.
func (r *Ring) Load(ctx context.Context) error {
	var rows []struct {
		Kind    string     `db:"kind"`
		Version int        `db:"version"`
		Wrapped string     `db:"wrapped"`
		UsedAt  *time.Time `db:"used_at"`
	}
	if err := r.d.Conn(ctx).Select(ctx, &rows, `SELECT kind, version, wrapped, used_at FROM sealed_key ORDER BY kind, version`); err != nil {
		return fmt.Errorf("sealed: read keys: %w", err)
	}
	before := r.held.Load()
	k := &keys{data: map[int]*dataKey{}, at: time.Now()}
	for _, x := range rows {
		raw := before.raw(x.Kind, x.Version)
		if raw == nil {
			var err error
			if raw, err = r.root.Unwrap(ctx, x.Wrapped); err != nil {
				return fmt.Errorf("%s key %d: %w", x.Kind, x.Version, err)
			}
		}
		if x.Kind == kindIndex {
			if x.UsedAt != nil {
				k.written = len(k.indexes)
			}
			k.indexes = append(k.indexes, indexKey{version: x.Version, raw: raw, used: x.UsedAt})
			continue
		}
		key := &dataKey{raw: raw}
		if before != nil && before.data[x.Version] != nil {
			key = before.data[x.Version] // with its ciphers
		}
		k.data[x.Version], k.newest = key, max(k.newest, x.Version)
	}
	if len(k.indexes) == 0 || k.newest == 0 {
		return ErrNoKeys
	}
	r.held.Store(k)
	return nil
}

// raw is a key that was read before; nil when it was not.
func (k *keys) raw(kind string, version int) []byte {
	if k == nil {
		return nil
	}
	if kind == kindData {
		if key := k.data[version]; key != nil {
			return key.raw
		}
		return nil
	}
	for _, key := range k.indexes {
		if key.version == version {
			return key.raw
		}
	}
	return nil
}

// current gives the keys. Those older than r.again are read anew beside; much
// older ones, of a process that had nothing to do, before anything is looked for.
func (r *Ring) current() (*keys, error) {
	k := r.held.Load()
	if k == nil {
		r.loading.Lock()
		defer r.loading.Unlock()
		if k = r.held.Load(); k == nil {
			if err := r.Load(context.Background()); err != nil {
				return nil, err
			}
			k = r.held.Load()
		}
		return k, nil
	}
	age := time.Since(k.at)
	if r.d == nil || age <= r.again || !r.loading.TryLock() {
		return k, nil
	}
	read := func() {
		defer r.loading.Unlock()
		ctx, cancel := context.WithTimeout(context.Background(), loadFor)
		defer cancel()
		_ = r.Load(ctx) // the keys at hand stay good
	}
	if age <= 2*r.again {
		go read()
		return k, nil
	}
	read()
	return r.held.Load(), nil
}

// must is current for what is written: without keys nothing may be stored.
func (r *Ring) must() *keys {
	k, err := r.current()
	if err != nil {
		panic(err)
	}
	return k
}

// Newest is the version that values are sealed with now.
func (r *Ring) Newest() int { return r.must().newest }

// Seal seals a value of a column of the row. It panics when there are no keys.
func (r *Ring) Seal(c *Column, row, plain string) string {
	if plain == "" {
		return ""
	}
	k := r.must()
	raw := shut(k.data[k.newest].of(c.bound), []byte(plain), c.data(row))
	return prefix(k.newest) + base64.RawURLEncoding.EncodeToString(raw)
}

// data is what a value is bound to.
func (c *Column) data(row string) []byte { return []byte(c.bound + "\x00" + row) }

func prefix(version int) string { return magic + strconv.Itoa(version) + "." }

// Open gives what Seal was given; what is not sealed, as it is. An error says
// that it was changed, moved, or sealed with a key that is not there.
func (r *Ring) Open(c *Column, row, stored string) (string, error) {
	rest, sealed := strings.CutPrefix(stored, magic)
	if !sealed {
		return stored, nil
	}
	number, text, _ := strings.Cut(rest, ".")
	version, err := strconv.Atoi(number)
	if err != nil {
		return "", c.wrong(row)
	}
	key, err := r.version(version)
	if err != nil {
		return "", err
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	aead := key.of(c.bound)
	if err != nil || len(raw) < aead.NonceSize() {
		return "", c.wrong(row)
	}
	plain, err := aead.Open(nil, raw[:aead.NonceSize()], raw[aead.NonceSize():], c.data(row))
	if err != nil {
		return "", c.wrong(row)
	}
	return string(plain), nil
}

// Reveal opens values in place, each of its column, of one row. All that can be
// opened are; those that cannot become "".
func (r *Ring) Reveal(row string, values ...Value) error {
	var wrong []error
	for _, v := range values {
		plain, err := r.Open(v.Column, row, *v.Text)
		*v.Text = plain
		if err != nil {
			wrong = append(wrong, err)
		}
	}
	return errors.Join(wrong...)
}

// Value is a value of a column, where it stands.
type Value struct {
	Column *Column
	Text   *string
}

// version gives a data key, looking once more in the database for one that
// another process has made since.
func (r *Ring) version(version int) (*dataKey, error) {
	k, err := r.current()
	if err != nil {
		return nil, err
	}
	if key := k.data[version]; key != nil {
		return key, nil
	}
	if r.d != nil {
		if err := r.Load(context.Background()); err != nil {
			return nil, err
		}
		if key := r.held.Load().data[version]; key != nil {
			return key, nil
		}
	}
	return nil, fmt.Errorf("sealed: data key %d is not in this database", version)
}

// ErrWrong is what all errors are about values that do not open.
var ErrWrong = errors.New("sealed: a value was changed or moved")

func (c *Column) wrong(row string) error { return fmt.Errorf("%w: %s of row %s", ErrWrong, c, row) }

// Rotate makes the next data key; from now on values are sealed with it, in
// other processes within half a minute. Renew does the rest.
func (r *Ring) Rotate(ctx context.Context) (version int, err error) {
	if err := r.Load(ctx); err != nil {
		return 0, err
	}
	version = r.Newest() + 1
	if err := r.make(ctx, kindData, version); err != nil {
		return 0, err
	}
	return version, r.Load(ctx)
}

// Made is a key as operators see it.
type Made struct {
	Kind    string     `db:"kind"` // data, index
	Version int        `db:"version"`
	Root    string     `db:"root"`
	MadeAt  time.Time  `db:"made_at"`
	UsedAt  *time.Time `db:"used_at"` // of an index: since when values are written with it; nil for the first
}

// Versions lists the keys.
func (r *Ring) Versions(ctx context.Context) ([]Made, error) {
	var list []Made
	if err := r.d.Conn(ctx).Select(ctx, &list, `SELECT kind, version, root, made_at, used_at FROM sealed_key ORDER BY kind, version`); err != nil {
		return nil, fmt.Errorf("sealed: read keys: %w", err)
	}
	return list, nil
}

// Rewrap wraps every key that another root, or an earlier key of the key file,
// has wrapped with the root as it is now, and says how many those were.
func (r *Ring) Rewrap(ctx context.Context) (n int, err error) {
	err = r.d.InTx(ctx, func(ctx context.Context) error {
		var rows []struct {
			Kind    string `db:"kind"`
			Version int    `db:"version"`
			Wrapped string `db:"wrapped"`
		}
		mark := r.root.Mark()
		err := r.d.Conn(ctx).Select(ctx, &rows, `SELECT kind, version, wrapped FROM sealed_key WHERE root <> $1`, mark)
		if err != nil {
			return err
		}
		for _, x := range rows {
			raw, err := r.root.Unwrap(ctx, x.Wrapped)
			if err != nil {
				return fmt.Errorf("%s key %d: %w", x.Kind, x.Version, err)
			}
			wrapped, err := r.root.Wrap(ctx, raw)
			if err != nil {
				return err
			}
			if _, err := r.d.Conn(ctx).Exec(ctx, `UPDATE sealed_key SET wrapped = $3, root = $4 WHERE kind = $1 AND version = $2`,
				x.Kind, x.Version, wrapped, mark); err != nil {
				return err
			}
		}
		n = len(rows)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("sealed: wrap the keys anew: %w", err)
	}
	return n, nil
}

// Unwrapped says how many keys the root as it is now has not wrapped.
func (r *Ring) Unwrapped(ctx context.Context) (n int, err error) {
	if err := r.d.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM sealed_key WHERE root <> $1`, r.root.Mark()); err != nil {
		return 0, fmt.Errorf("sealed: count keys: %w", err)
	}
	return n, nil
}
