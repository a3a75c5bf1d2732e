package events_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/events"
	"yimen/internal/kit/jobs"
)

var sources = []db.Source{{Module: "note", Files: fstest.MapFS{
	"20261122990001_note.sql": {Data: []byte("-- +goose Up\nCREATE TABLE note (id TEXT PRIMARY KEY);")},
}}}

type closed struct {
	Case string `json:"case"`
}

func (closed) EventName() string { return "cases.closed.v1" }

type misnamed struct{}

func (misnamed) EventName() string { return "closed" }

func open(t *testing.T, d *db.DB) (*events.Bus, *jobs.Queue) {
	t.Helper()
	q, err := jobs.New(d, jobs.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return events.New(q), q
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func notes(t *testing.T, d *db.DB) []string {
	t.Helper()
	var ids []string
	must(t, d.Conn(context.Background()).Select(context.Background(), &ids, `SELECT id FROM note ORDER BY id`))
	return ids
}

func write(ctx context.Context, d *db.DB, id string) error {
	_, err := d.Conn(ctx).Exec(ctx, `INSERT INTO note (id) VALUES ($1)`, id)
	return err
}

func TestEverySubscriberHearsOfACommittedEvent(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		b, q := open(t, d)
		var heard []string
		broken := true
		events.Now(b, "mirror", func(ctx context.Context, e closed) error { return write(ctx, d, "now "+e.Case) })
		events.Later(b, "broken", func(context.Context, closed) error {
			if broken {
				return errors.New("broken")
			}
			return nil
		})
		events.Later(b, "oversight", func(_ context.Context, e closed) error { heard = append(heard, e.Case); return nil })

		undo := errors.New("undo")
		err := d.InTx(ctx, func(ctx context.Context) error {
			must(t, b.Publish(ctx, closed{"1"}))
			return undo
		})
		if !errors.Is(err, undo) {
			t.Fatal(err)
		}
		must(t, d.InTx(ctx, func(ctx context.Context) error { return b.Publish(ctx, closed{"2"}) }))
		must(t, b.Publish(ctx, closed{"3"})) // in a transaction of its own
		if got, want := notes(t, d), []string{"now 2", "now 3"}; !slices.Equal(got, want) {
			t.Errorf("Now wrote %v, want %v", got, want)
		}
		if len(heard) != 0 {
			t.Fatalf("Later ran in the publisher's transaction: %v", heard)
		}
		if err := q.Drain(ctx); err == nil || !strings.Contains(err.Error(), "event:cases.closed.v1:broken") {
			t.Errorf("Drain told %v", err)
		}
		if want := []string{"2", "3"}; !slices.Equal(heard, want) {
			t.Errorf("Later heard %v, want %v", heard, want)
		}
	})
}

type opened struct {
	Case string `json:"case"`
}

func (opened) EventName() string { return "cases.opened.v1" }

// What a subscriber does not want costs no job.
func TestOnlyWhatIsWanted(t *testing.T) {
	dbtest.Each(t, append([]db.Source{jobs.Migrations}, sources...), func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		b, q := open(t, d)
		var heard []string
		events.Later(b, "desk", func(_ context.Context, e closed) error { heard = append(heard, e.Case); return nil },
			func(e closed) bool { return e.Case != "2" }, func(e closed) bool { return e.Case != "3" })
		for _, id := range []string{"1", "2", "3", "4"} {
			must(t, b.Publish(ctx, closed{id}))
		}
		var n int
		must(t, d.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM river_job`))
		must(t, q.Drain(ctx))
		if n != 2 || !slices.Equal(heard, []string{"1", "4"}) {
			t.Errorf("%d jobs, heard %v", n, heard)
		}
	})
}

// What one subscriber hears together comes in the order in which it happened,
// whatever the events; another's failure is not his.
func TestTogether(t *testing.T) {
	dbtest.Each(t, append([]db.Source{jobs.Migrations}, sources...), func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		b, q := open(t, d)
		var heard []string
		var parts []int
		events.Later(b, "desk", func(_ context.Context, e opened) error { heard = append(heard, "opened "+e.Case); return nil })
		events.Later(b, "desk", func(_ context.Context, e closed) error { heard = append(heard, "closed "+e.Case); return nil })
		events.Together(b, "desk", func(ctx context.Context, list []events.Event, tell events.Tell) error {
			parts = append(parts, len(list))
			for _, e := range list {
				must(t, tell(ctx, e))
			}
			return nil
		})
		events.Later(b, "broken", func(context.Context, closed) error { return errors.New("broken") })
		for _, number := range []string{"1", "2"} {
			must(t, d.InTx(ctx, func(ctx context.Context) error {
				return errors.Join(b.Publish(ctx, opened{number}), b.Publish(ctx, closed{number}))
			}))
		}
		if err := q.Drain(ctx); err == nil || !strings.Contains(err.Error(), "2 failed") {
			t.Errorf("Drain told %v", err)
		}
		if want := []string{"opened 1", "closed 1", "opened 2", "closed 2"}; !slices.Equal(heard, want) || !slices.Equal(parts, []int{4}) {
			t.Errorf("heard %v in parts of %v", heard, parts)
		}
		defer func() {
			if recover() == nil {
				t.Error("nobody together does not panic")
			}
		}()
		events.Together(b, "nobody", nil)
	})
}

func TestErrorOfNowUndoesTheChange(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		b, q := open(t, d)
		refused := errors.New("refused")
		events.Later(b, "a", func(context.Context, closed) error { t.Error("heard of what never happened"); return nil })
		events.Now(b, "b", func(context.Context, closed) error { return refused })
		err := d.InTx(ctx, func(ctx context.Context) error {
			must(t, write(ctx, d, "x"))
			return b.Publish(ctx, closed{"1"})
		})
		if !errors.Is(err, refused) || len(notes(t, d)) != 0 {
			t.Errorf("error %v, rows %v", err, notes(t, d))
		}
		must(t, q.Drain(ctx))
	})
}

func TestWiring(t *testing.T) {
	d := dbtest.Open(t, sources)
	b, q := open(t, d)
	none := func(context.Context, closed) error { return nil }
	must(t, b.Publish(context.Background(), closed{"nobody listens"}))
	events.Now(b, "b", none)
	events.Later(b, "a", none)
	want := []events.Subscription{{Event: "cases.closed.v1", Subscriber: "b", Now: true}, {Event: "cases.closed.v1", Subscriber: "a"}}
	if got := b.Subscriptions(); !slices.Equal(got, want) {
		t.Errorf("subscriptions %v", got)
	}
	if kinds := q.Kinds(); !slices.Equal(kinds, []string{"event:cases.closed.v1:a"}) {
		t.Errorf("kinds %v", kinds)
	}
	for what, wrong := range map[string]func(){
		"the same subscriber twice": func() { events.Later(b, "a", none) },
		"a name without a version":  func() { events.Now(b, "a", func(context.Context, misnamed) error { return nil }) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s does not panic", what)
				}
			}()
			wrong()
		}()
	}
}
