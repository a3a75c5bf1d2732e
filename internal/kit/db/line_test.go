package db_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"

	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
)

func TestConnectionsAreHadAsPeopleCome(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, whole *db.DB) {
		ctx := context.Background()
		d, err := db.Open(ctx, whole.URL(), db.Options{MaxConns: 1})
		must(t, err)
		defer d.Close()
		var served []int // by who has the one connection
		look := func(ctx context.Context, has func()) error {
			var found []string
			return d.Conn(ctx).Together(ctx, db.Scanned(&found, func(s *string) []any { has(); return []any{s} }, `SELECT id FROM note`))
		}
		free, begun, ended := make(chan struct{}), make(chan struct{}), make(chan error)
		join := func(ctx context.Context, has func()) {
			behind := d.Queuing()
			go func() { ended <- look(ctx, has) }()
			for d.Queuing() == behind {
				runtime.Gosched()
			}
		}
		go func() { ended <- look(ctx, func() { close(begun); <-free }) }()
		<-begun
		gone, leave := context.WithCancel(ctx)
		defer leave()
		var want []int
		for i := range 20 {
			if i == 7 {
				join(gone, func() { t.Error("who has gone away is served") })
				leave()
				if err := <-ended; !errors.Is(err, context.Canceled) {
					t.Errorf("told %v", err)
				}
			}
			join(ctx, func() { served = append(served, i) })
			want = append(want, i)
		}
		close(free)
		for range 21 {
			must(t, <-ended)
		}
		if !slices.Equal(served, want) {
			t.Errorf("served %v", served)
		}
		must(t, look(ctx, func() {})) // the place is free again
	})
}
