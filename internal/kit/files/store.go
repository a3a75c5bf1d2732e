package files

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/memblob" // mem://, for tests
	_ "gocloud.dev/blob/s3blob"  // s3://

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/keyfile"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
var Migrations = db.Embedded("files", migrations)

// Options say where files are kept and which are taken.
type Options struct {
	URL       string   // file:///folder (made if missing) or s3://bucket?region=…&prefix=…
	KeyFile   string   // 32 hexadecimal digits; part of the backup, apart from the files
	CreateKey bool     // make a missing key file: the demo only. A lost key must not look like a new one
	MaxSize   int64    // bytes; 0: 50 MiB
	Types     []string // extensions taken; nil: DefaultTypes
	// Patience is how long the store may take for one call (a piece of a
	// file, the end of an upload) before it counts as gone; 0: 30 s.
	Patience time.Duration
}

// File is what is known of a stored file.
type File struct {
	ID        string    `db:"id"`
	Name      string    `db:"name"`       // as handed in, made safe
	MediaType string    `db:"media_type"` // by content and extension
	SM3       string    `db:"sm3"`        // of the plain content, hexadecimal
	Size      int64     `db:"size"`       // bytes of the plain content
	Owner     string    `db:"owner"`      // account
	CreatedAt time.Time `db:"created_at"`
}

// Store keeps files. Safe for concurrent use.
type Store struct {
	bucket *blob.Bucket
	folder string   // of a file:// store; "" otherwise
	synced sync.Map // folders in it whose own names are on the disk
	keys   *keyfile.Keys
	max    int64
	most   time.Duration // of one call to the store
	taken  map[string]bool
	d      *db.DB
	clock  clock.Clock
}

// Open opens the store. It fails when the key file is missing (unless it may
// be created) or the store cannot be reached.
func Open(ctx context.Context, o Options, d *db.DB, c clock.Clock) (*Store, error) {
	s := &Store{max: o.MaxSize, most: cmp.Or(o.Patience, 30*time.Second), taken: map[string]bool{}, d: d, clock: c}
	if s.max == 0 {
		s.max = 50 << 20
	}
	if o.Types == nil {
		o.Types = DefaultTypes
	}
	for _, ext := range o.Types {
		ext = strings.ToLower(strings.TrimPrefix(ext, "."))
		if _, ok := types[ext]; !ok {
			return nil, fmt.Errorf("files: contents of .%s files cannot be told; known are %v", ext, DefaultTypes)
		}
		s.taken[ext] = true
	}
	var err error
	if s.keys, err = keyfile.Open(o.KeyFile, o.CreateKey); err != nil {
		return nil, err
	}
	if err := s.openBucket(ctx, o.URL); err != nil {
		return nil, fmt.Errorf("files: open %s: %w", db.Redact(o.URL), err)
	}
	ok, err := s.bucket.IsAccessible(ctx)
	if err != nil || !ok {
		return nil, errors.Join(fmt.Errorf("files: %s cannot be reached", db.Redact(o.URL)), err, s.bucket.Close())
	}
	return s, nil
}

func (s *Store) openBucket(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	if u.Scheme != "file" {
		s.bucket, err = blob.OpenBucket(ctx, address)
		return err
	}
	s.folder = filepath.FromSlash(u.Path)
	if err := os.MkdirAll(s.folder, 0o700); err != nil {
		return err
	}
	// Temporary files beside the others: a rename works only within a disk.
	s.bucket, err = fileblob.OpenBucket(s.folder, &fileblob.Options{
		DirFileMode: 0o700, NoTempDir: true, Metadata: fileblob.MetadataDontWrite,
	})
	return err
}

// Close lets go of the store.
func (s *Store) Close() error { return s.bucket.Close() }

// MaxSize is the largest file that is taken, in bytes.
func (s *Store) MaxSize() int64 { return s.max }

// blobKey spreads the blobs over 256 folders by the random end of the id.
func blobKey(id string) string { return id[len(id)-2:] + "/" + id }

// Stat tells what is known of a file. ErrNotFound.
func (s *Store) Stat(ctx context.Context, id string) (File, error) {
	var f File
	err := s.d.Conn(ctx).Get(ctx, &f, `SELECT id, name, media_type, sm3, size, owner, created_at FROM files_file WHERE id = $1`, id)
	if errors.Is(err, db.ErrNoRows) {
		return f, ErrNotFound
	}
	if err != nil {
		return f, fmt.Errorf("files: stat %s: %w", id, err)
	}
	f.CreatedAt = f.CreatedAt.UTC()
	return f, nil
}

// Open gives the plain content, to be closed by the caller. Reading fails with
// ErrDamaged before it gives a byte that was changed. ErrNotFound.
func (s *Store) Open(ctx context.Context, id string) (io.ReadCloser, File, error) {
	f, err := s.Stat(ctx, id)
	if err != nil {
		return nil, f, err
	}
	ctx, stop := context.WithCancel(ctx)
	c := content{patience: s.patience(stop), stop: stop}
	err = c.with(func() (err error) {
		if c.r, err = s.bucket.NewReader(ctx, blobKey(id), nil); err != nil {
			return storeError(err)
		}
		if c.o, err = newOpener(c.r, s.keys.All(), id); err != nil {
			c.r.Close()
			return openError(err)
		}
		return nil
	})
	if err != nil {
		stop()
		return nil, f, err
	}
	return c, f, nil
}

// content is an opened file.
type content struct {
	patience
	stop context.CancelFunc
	o    *opener
	r    *blob.Reader
}

func (c content) Read(p []byte) (n int, err error) {
	err = c.with(func() error { n, err = c.o.Read(p); return err })
	if err != nil && err != io.EOF {
		err = openError(err)
	}
	return n, err
}

func (c content) Close() error {
	defer c.stop()
	return c.r.Close()
}

func openError(err error) error {
	if errors.Is(err, errCut) || errors.Is(err, errOtherKey) {
		return ErrDamaged.Because(err)
	}
	return storeError(err)
}

// Delete forgets a file, in the transaction of ctx; its content is removed
// after the commit, or by the next Sweep. ErrNotFound.
func (s *Store) Delete(ctx context.Context, id string) error {
	return s.d.InTx(ctx, func(ctx context.Context) error {
		n, err := s.d.Conn(ctx).Exec(ctx, `DELETE FROM files_file WHERE id = $1`, id)
		switch {
		case err != nil:
			return fmt.Errorf("files: delete %s: %w", id, err)
		case n == 0:
			return ErrNotFound
		}
		s.d.AfterCommit(ctx, func() { s.forget(ctx, id) })
		return nil
	})
}
