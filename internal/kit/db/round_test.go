package db_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
)

// row is transactions that wait for SQLite's writer one behind the other, the
// first of them for start.
type row struct {
	t       *testing.T
	d       *db.DB
	free    chan struct{}
	ended   []chan error
	told    atomic.Int32 // how many have been told of their end
	commits atomic.Int32
}

func newRow(t *testing.T) *row {
	l := &row{t: t, d: dbtest.Open(t, sources), free: make(chan struct{})}
	begun := make(chan struct{})
	l.join(context.Background(), func(ctx context.Context) error {
		close(begun)
		<-l.free
		return insert(ctx, l.d, "first")
	})
	<-begun
	return l
}

// join lets fn wait behind all others.
func (l *row) join(ctx context.Context, fn func(context.Context) error) {
	ctx = db.Observe(ctx, func(s db.Sent) {
		if s.Query == "commit" {
			l.commits.Add(1)
		}
	})
	behind, end := l.d.Waiting(), make(chan error, 1)
	first := len(l.ended) == 0
	l.ended = append(l.ended, end)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				end <- fmt.Errorf("panic: %v", p)
			}
		}()
		err := l.d.InTx(ctx, fn)
		l.told.Add(1)
		end <- err
	}()
	for !first && l.d.Waiting() == behind {
		runtime.Gosched()
	}
}

func (l *row) adds(id string) func(context.Context) error {
	return func(ctx context.Context) error { return insert(ctx, l.d, id) }
}

// start lets the first go on and gives what each was told.
func (l *row) start() (errs []error) {
	close(l.free)
	for _, end := range l.ended {
		errs = append(errs, <-end)
	}
	return errs
}

func (l *row) kept(want ...string) {
	l.t.Helper()
	if got := ids(l.t, l.d); !slices.Equal(got, want) {
		l.t.Errorf("rows %v, want %v", got, want)
	}
}

func TestWhoWaitsSharesACommit(t *testing.T) {
	l := newRow(t)
	for i := range 4 {
		l.join(context.Background(), l.adds(fmt.Sprint("second ", i)))
	}
	l.join(context.Background(), l.adds("first")) // fails, and must find the first when it goes on
	l.join(context.Background(), func(ctx context.Context) error {
		time.Sleep(10 * time.Millisecond) // for who goes on too early
		var n int
		must(t, l.d.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM note`))
		if n != 5 {
			t.Errorf("the last sees %d rows, want those of the five before it", n)
		}
		if told := l.told.Load(); told != 0 {
			t.Errorf("%d are told that they are kept before they are on disk", told)
		}
		l.kept() // to others nothing is there yet
		return insert(ctx, l.d, "third")
	})
	errs := l.start()
	if !db.IsUnique(errs[5]) {
		t.Errorf("told %v", errs[5])
	}
	if err := errors.Join(slices.Delete(errs, 5, 6)...); err != nil {
		t.Fatal(err)
	}
	l.kept("first", "second 0", "second 1", "second 2", "second 3", "third")
	if n := l.commits.Load(); n != 1 {
		t.Errorf("%d commits, want one for all", n)
	}
}

func TestARoundEnds(t *testing.T) {
	l := newRow(t)
	for i := range 3 * db.RoundSize {
		l.join(context.Background(), l.adds(fmt.Sprintf("%03d", i)))
	}
	if err := errors.Join(l.start()...); err != nil {
		t.Fatal(err)
	}
	if n := l.commits.Load(); n < 4 {
		t.Errorf("%d commits for %d transactions, want one for each %d", n, len(l.ended), db.RoundSize)
	}
}

func TestWhatFailsInARoundIsUndoneAlone(t *testing.T) {
	l := newRow(t)
	undo := errors.New("undo")
	ctx, gone := context.WithCancel(context.Background())
	after := func(id string, fn func() error) func(context.Context) error {
		return func(ctx context.Context) error {
			must(t, insert(ctx, l.d, id))
			return fn()
		}
	}
	l.join(context.Background(), after("fails", func() error { return undo }))
	l.join(context.Background(), l.adds("kept"))
	l.join(context.Background(), after("panics", func() error { panic("boom") }))
	l.join(context.Background(), l.adds("kept")) // again
	l.join(ctx, func(ctx context.Context) error {
		must(t, insert(ctx, l.d, "gone away"))
		gone()
		return insert(ctx, l.d, "never")
	})
	left, leave := context.WithCancel(context.Background())
	l.join(left, l.adds("did not wait"))
	leave()
	for l.d.Waiting() > 5 {
		runtime.Gosched()
	}
	l.join(context.Background(), l.adds("last"))
	errs := l.start()
	if !errors.Is(errs[1], undo) || errs[3] == nil || errs[3].Error() != "panic: boom" || !db.IsUnique(errs[4]) ||
		!errors.Is(errs[5], context.Canceled) || !errors.Is(errs[6], context.Canceled) {
		t.Errorf("told %q", errs)
	}
	if err := errors.Join(errs[0], errs[2], errs[7]); err != nil {
		t.Error(err)
	}
	l.kept("first", "kept", "last")
}

func TestTheLastOfARoundMayFail(t *testing.T) {
	l := newRow(t)
	undo := errors.New("undo")
	l.join(context.Background(), func(context.Context) error { return undo })
	if errs := l.start(); errs[0] != nil || !errors.Is(errs[1], undo) {
		t.Errorf("told %v", errs)
	}
	l.kept("first")
}

// SQLite takes back a whole transaction by itself when the disk is full.
func TestARoundThatIsLostIsToldToAllOfIt(t *testing.T) {
	for name, end := range map[string]error{"who lost it fails": errors.New("full"), "who lost it does not notice": nil} {
		t.Run(name, func(t *testing.T) {
			l := newRow(t)
			l.join(context.Background(), func(ctx context.Context) error {
				_, err := l.d.Conn(ctx).Exec(ctx, "ROLLBACK")
				must(t, err)
				return end
			})
			l.join(context.Background(), l.adds("after"))
			errs := l.start()
			if !errors.Is(errs[0], db.ErrBusy) || errs[1] == nil || errs[2] != nil {
				t.Errorf("told %q", errs)
			}
			l.kept("after")
		})
	}
}

func TestABulkLoadIsNotPartOfARound(t *testing.T) {
	l := newRow(t)
	end := make(chan error, 1)
	go func() {
		end <- l.d.Bulk(context.Background(), func(ctx context.Context) error {
			l.kept("first") // committed by then
			return insert(ctx, l.d, "bulk")
		})
	}()
	for l.d.Waiting() == 0 {
		runtime.Gosched()
	}
	l.join(context.Background(), l.adds("behind it"))
	if err := errors.Join(append(l.start(), <-end)...); err != nil {
		t.Fatal(err)
	}
	l.kept("behind it", "bulk", "first")
}
