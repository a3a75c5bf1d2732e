package files

import (
	"context"
	"encoding/hex"
	"io"
	"mime/multipart"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"yimen/internal/kit/db"
)

// early is a file that is in the store before anybody asked Save for it.
type early struct {
	name string // made safe
	sum  string // SM3 of what was sent
	file File   // ID, Size, SM3 and MediaType
	err  error  // why it is not in the store
	used bool   // Save gave it out, whatever became of the transaction
}

type earlyKey struct{}

// earlyTaken are the ids a transaction has given out.
type earlyTaken struct{ s *Store }

// Ahead stores the files of a form before anything else is done with it, so
// that no transaction is open and no connection held while the store takes its
// time. In a transaction of the context it gives, Save finds them there. What
// could not be stored, Save tells. done removes what nobody asked for; to be
// called when the request is over.
func (s *Store) Ahead(ctx context.Context, heads []*multipart.FileHeader) (_ context.Context, done func()) {
	var list []*early
	for _, head := range heads {
		if e := s.storeEarly(ctx, head); e != nil {
			list = append(list, e)
		}
	}
	return context.WithValue(ctx, earlyKey{}, list), func() {
		for _, e := range list {
			if !e.used && e.err == nil {
				s.forget(ctx, e.file.ID)
			}
		}
	}
}

// storeEarly stores one; nil where Save itself will see what is wrong with it.
func (s *Store) storeEarly(ctx context.Context, head *multipart.FileHeader) *early {
	e := &early{name: cleanName(head.Filename)}
	if !s.taken[extension(e.name)] {
		return nil
	}
	body, err := head.Open()
	if err != nil {
		return nil
	}
	defer body.Close()
	if e.sum, err = sumOf(body); err != nil {
		return nil
	}
	e.file = File{ID: db.NewID(), Name: e.name, MediaType: types[extension(e.name)].media}
	e.err = s.writeBlob(ctx, &e.file, body)
	return e
}

// early finds what Ahead has stored of r, which stands at its beginning again
// afterwards. An undone transaction gives back what it took.
func (s *Store) early(ctx context.Context, name string, r io.Reader) *early {
	list, _ := ctx.Value(earlyKey{}).([]*early)
	body, ok := r.(io.ReadSeeker)
	if len(list) == 0 || !ok || !s.d.InTxNow(ctx) {
		return nil
	}
	sum, err := sumOf(body)
	if err != nil {
		return nil
	}
	taken, _ := s.d.Remembered(ctx, earlyTaken{s}).(map[string]bool)
	if taken == nil {
		taken = map[string]bool{}
		s.d.Remember(ctx, earlyTaken{s}, taken)
	}
	for _, e := range list {
		if e.name == name && e.sum == sum && !taken[e.file.ID] {
			taken[e.file.ID], e.used = true, true
			return e
		}
	}
	return nil
}

// sumOf reads to the end and goes back.
func sumOf(r io.ReadSeeker) (string, error) {
	hash := sm3.New()
	if _, err := io.Copy(hash, r); err != nil {
		return "", err
	}
	_, err := r.Seek(0, io.SeekStart)
	return hex.EncodeToString(hash.Sum(nil)), err
}

// forgetting bounds how long a request waits for something to be removed.
const forgetting = 10 * time.Second

// forget removes a blob that has no row. When that fails, Sweep finds it.
func (s *Store) forget(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), forgetting)
	defer cancel()
	_ = s.bucket.Delete(ctx, blobKey(id))
}
