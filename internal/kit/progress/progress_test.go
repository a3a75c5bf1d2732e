package progress_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/progress"
)

var errFull = errs.Define(errs.Conflict, "progress_test_full", "窗口已满，请换一个。")

type who struct{}

func as(ctx context.Context, account string) context.Context {
	return context.WithValue(ctx, who{}, account)
}

func owner(ctx context.Context) string {
	s, _ := ctx.Value(who{}).(string)
	return s
}

type batch struct{ Keys []string }

func (b batch) steps() []progress.Step {
	list := make([]progress.Step, len(b.Keys))
	for i, k := range b.Keys {
		list[i] = progress.Step{Key: k, Title: "办件" + k}
	}
	return list
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// house is a tracker with one kind of work whose steps do `step`.
type house struct {
	*progress.Tracker
	q     *jobs.Queue
	begin func(context.Context, progress.Start, batch) (string, error)
}

func open(t *testing.T, d *db.DB, step func(context.Context, progress.Step) (string, error)) house {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	q, err := jobs.New(d, jobs.Options{Log: log})
	must(t, err)
	tr := progress.New(d, q, clock.Real, log, progress.Options{Owner: owner,
		As: func(ctx context.Context, account string) (context.Context, error) {
			if account == "closed" {
				return nil, errFull
			}
			return as(ctx, account), nil
		}})
	begin := progress.Define(tr, "test", func(ctx context.Context, run *progress.Run, b batch) error {
		return run.Each(ctx, b.steps(), step)
	})
	return house{tr, q, begin}
}

func (h house) work(t *testing.T, account, id string) progress.Work {
	t.Helper()
	w, err := h.Find(as(context.Background(), account), id)
	must(t, err)
	return w
}

func (h house) drain(t *testing.T) { t.Helper(); _ = h.q.Drain(context.Background()) }

func (h house) lines(t *testing.T, id string) []progress.Line {
	t.Helper()
	list, _, err := h.Lines(context.Background(), id, db.Page{Limit: 100})
	must(t, err)
	return list
}

func TestEachStepStandsAlone(t *testing.T) {
	dbtest.Each(t, []db.Source{progress.Migrations}, func(t *testing.T, d *db.DB) {
		var by []string
		h := open(t, d, func(ctx context.Context, s progress.Step) (string, error) {
			by = append(by, owner(ctx)+s.Key)
			if s.Key == "2" {
				return "", errFull
			}
			return "已办", nil
		})
		id, err := h.begin(as(context.Background(), "li"), progress.Start{Title: "批量审批", Back: "/office"}, batch{[]string{"1", "2", "3"}})
		must(t, err)
		if w := h.work(t, "li", id); w.State != progress.Waiting || w.Title != "批量审批" || w.Back != "/office" {
			t.Fatalf("before the job: %+v", w)
		}
		h.drain(t)
		w := h.work(t, "li", id)
		if w.State != progress.Done || w.Total != 3 || w.Done != 3 || w.Failed != 1 || w.Percent() != 100 || w.EndedAt == nil {
			t.Fatalf("after the job: %+v", w)
		}
		lines := h.lines(t, id)
		if fmt.Sprint(lines) != "[{2 2 办件2 false 窗口已满，请换一个。} {1 1 办件1 true 已办} {3 3 办件3 true 已办}]" {
			t.Fatalf("lines %v", lines)
		}
		if fmt.Sprint(by) != "[li1 li2 li3]" {
			t.Fatalf("done by %v", by)
		}
	})
}

func TestAfterACrashNothingIsDoneTwice(t *testing.T) {
	dbtest.Each(t, []db.Source{progress.Migrations}, func(t *testing.T, d *db.DB) {
		did, broken := map[string]int{}, true
		h := open(t, d, func(_ context.Context, s progress.Step) (string, error) {
			if s.Key == "2" && broken {
				return "", errors.New("power lost")
			}
			did[s.Key]++
			return "", nil
		})
		id, err := h.begin(as(context.Background(), "li"), progress.Start{Title: "批量"}, batch{[]string{"1", "2", "3"}})
		must(t, err)
		h.drain(t)
		if w := h.work(t, "li", id); w.State != progress.Running || w.Done != 1 {
			t.Fatalf("after the crash: %+v", w)
		}
		broken = false
		h.retry(t)
		if w := h.work(t, "li", id); w.State != progress.Done || w.Done != 3 || w.Failed != 0 {
			t.Fatalf("in the end: %+v", w)
		}
		if fmt.Sprint(did) != "map[1:1 2:1 3:1]" {
			t.Fatalf("done %v", did)
		}
	})
}

// retry makes the failed job due and runs it.
func (h house) retry(t *testing.T) {
	t.Helper()
	list, _, err := h.q.Failures(context.Background(), "", db.Page{})
	must(t, err)
	if len(list) != 1 {
		t.Fatalf("%d failed jobs", len(list))
	}
	must(t, h.q.Retry(context.Background(), list[0].ID))
	h.drain(t)
}

func TestAPoisonedStepIsLeftOut(t *testing.T) {
	dbtest.Each(t, []db.Source{progress.Migrations}, func(t *testing.T, d *db.DB) {
		h := open(t, d, func(_ context.Context, s progress.Step) (string, error) {
			if s.Key == "2" {
				return "", errors.New("row is broken")
			}
			return "", nil
		})
		id, err := h.begin(as(context.Background(), "li"), progress.Start{Title: "批量"}, batch{[]string{"1", "2", "3"}})
		must(t, err)
		h.drain(t)
		h.retry(t)
		h.retry(t)
		w := h.work(t, "li", id)
		if w.State != progress.Done || w.Done != 3 || w.Failed != 1 {
			t.Fatalf("in the end: %+v", w)
		}
		if first := h.lines(t, id)[0]; first.OK || first.Key != "2" {
			t.Fatalf("first line %+v", first)
		}
	})
}

func TestItsOwnerStopsAWork(t *testing.T) {
	dbtest.Each(t, []db.Source{progress.Migrations}, func(t *testing.T, d *db.DB) {
		var h house
		var id string
		h = open(t, d, func(_ context.Context, s progress.Step) (string, error) { return "", nil })
		begin := progress.Define(h.Tracker, "stopping", func(ctx context.Context, run *progress.Run, b batch) error {
			return run.Each(ctx, b.steps(), func(ctx context.Context, s progress.Step) (string, error) {
				if s.Key == "2" {
					return "", h.Stop(ctx, id)
				}
				return "", nil
			})
		})
		var err error
		id, err = begin(as(context.Background(), "li"), progress.Start{Title: "批量"}, batch{[]string{"1", "2", "3"}})
		must(t, err)
		if err := h.Stop(as(context.Background(), "wang"), id); !errors.Is(err, progress.ErrUnknown) {
			t.Fatalf("somebody else stops it: %v", err)
		}
		h.drain(t)
		w := h.work(t, "li", id)
		if w.State != progress.Stopped || len(h.lines(t, id)) == 3 {
			t.Fatalf("after the stop: %+v, %d lines", w, len(h.lines(t, id)))
		}
		if err := h.Stop(as(context.Background(), "li"), id); !errors.Is(err, progress.ErrEnded) {
			t.Fatalf("stopped twice: %v", err)
		}
	})
}

func TestWhoMayNotWorkAnyMore(t *testing.T) {
	dbtest.Each(t, []db.Source{progress.Migrations}, func(t *testing.T, d *db.DB) {
		h := open(t, d, func(context.Context, progress.Step) (string, error) { return "", nil })
		id, err := h.begin(as(context.Background(), "closed"), progress.Start{Title: "批量"}, batch{[]string{"1"}})
		must(t, err)
		h.drain(t)
		if w := h.work(t, "closed", id); w.State != progress.Failed || w.Note != "窗口已满，请换一个。" || w.Done != 0 {
			t.Fatalf("%+v", w)
		}
	})
}

func TestListsHoldOnlyOnesOwn(t *testing.T) {
	d := dbtest.Open(t, []db.Source{progress.Migrations})
	h := open(t, d, func(context.Context, progress.Step) (string, error) { return "", nil })
	li := as(context.Background(), "li")
	for _, account := range []string{"li", "wang", "li"} {
		_, err := h.begin(as(context.Background(), account), progress.Start{Title: account}, batch{[]string{"1"}})
		must(t, err)
	}
	first, next, err := h.Works(li, db.Page{Limit: 1})
	must(t, err)
	second, end, err := h.Works(li, db.Page{Limit: 1, After: next})
	must(t, err)
	if len(first) != 1 || len(second) != 1 || end != "" || first[0].ID <= second[0].ID || second[0].Owner != "li" {
		t.Fatalf("pages %v %q %v %q", first, next, second, end)
	}
}
