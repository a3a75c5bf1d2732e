package queue_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/queue"
	"yimen/workday"
)

// caseFile stands for the cases module: one case with two papers and a file.
type caseFile struct{ c cases.Case }

func (f caseFile) Find(_ context.Context, number string) (cases.Case, error) {
	if number != f.c.Number {
		return cases.Case{}, cases.ErrUnknown
	}
	return f.c, nil
}

func (f caseFile) WithPapers(_ context.Context, numbers []string) ([]cases.Case, error) {
	if !slices.Contains(numbers, f.c.Number) {
		return nil, nil
	}
	return []cases.Case{f.c}, nil
}

func (f caseFile) Drafts(context.Context, db.Page) ([]cases.Draft, string, error) {
	return make([]cases.Draft, 2), "", nil
}

const number = "2611180000000017"

// withCase puts a case, received in the hall and decided by the county's D11.
func (w *world) withCase() {
	w.Cases = caseFile{cases.Case{Number: number, ItemName: "养老保险待遇申领", Receiving: cases.Place{Code: hall, Name: "县行政服务中心", Division: hall},
		Competent: cases.Place{Code: "440232-d11", Name: "县人社局", Division: hall}, Dept: "D11", Content: &cases.Content{Materials: []cases.Material{
			{ID: "form", Name: "申请表", Way: "paper", At: start}, {ID: "proof", Name: "证明", Way: "paper", At: start}, {ID: "photo", Name: "照片", Way: "file", At: start}}}}}
	n, err := w.CaseCame(w.public(), number)
	w.must(err)
	if n != 2 {
		w.t.Fatalf("%d papers, want 2", n)
	}
	w.must(w.CasesCame(w.public(), []string{number, "2611180000000025"})) // twice changes nothing
}

func agency() context.Context {
	return identity.With(context.Background(), identity.Actor{Account: "d11", Name: "人社", Kind: identity.KindStaff, Agency: "440232-d11",
		Grants: []identity.Grant{{Verb: queue.VerbPaper, Agency: "440232-d11"}}})
}

func TestPapersAreHandedOverWithAReceipt(t *testing.T) {
	each(t, func(w *world) {
		w.withCase()
		clerk := w.clerk("c1")
		here, err := w.PapersHere(clerk, hall, 10)
		w.must(err)
		if len(here) != 2 {
			t.Fatalf("here %+v", here)
		}
		both := []string{here[0].ID, here[1].ID}
		_, err = w.SendPapers(clerk, queue.Send{Outlet: hall, Papers: both, Way: "post"})
		w.want(err, queue.ErrWay)
		_, err = w.SendPapers(clerk, queue.Send{Outlet: hall, Way: "self"})
		w.want(err, queue.ErrNoPapers)
		_, err = w.SendPapers(person("s", other, queue.VerbPaper), queue.Send{Outlet: hall, Papers: both, Way: "self"})
		w.want(err, queue.ErrNotHere)
		b, err := w.SendPapers(clerk, queue.Send{Outlet: hall, Papers: both, Way: "courier"})
		w.must(err)
		_, err = w.SendPapers(clerk, queue.Send{Outlet: hall, Papers: both, Way: "courier"})
		w.want(err, queue.ErrPaperState)
		if b.Overdue(workday.MustParseDate("2026-11-20")) || !b.Overdue(workday.MustParseDate("2026-11-21")) {
			t.Errorf("due on %s: two working days after Wednesday", b.DueOn)
		}
		_, _, err = w.Bundle(person("s", other, queue.VerbPaper), b.ID)
		w.want(err, queue.ErrBundleUnknown)
		coming, _, err := w.Bundles(agency(), true, queue.PaperSent, db.Page{})
		w.must(err)
		if len(coming) != 1 || coming[0].Number != b.Number {
			t.Errorf("coming %+v", coming)
		}
		w.clock.Advance(time.Hour)
		w.must(w.ReceivePapers(agency(), b.ID, both[:1], "证明没有收到"))
		w.want(w.ReceivePapers(agency(), b.ID, both, ""), queue.ErrBundleState)
		b, _, err = w.Bundle(clerk, b.ID)
		w.must(err)
		if b.Missing != 1 || b.ReceivedName != "人社" {
			t.Errorf("received %+v", b)
		}
		// What was missing stands with the sender again.
		here, err = w.PapersHere(clerk, hall, 10)
		w.must(err)
		if len(here) != 1 || here[0].State != queue.PaperMissing {
			t.Errorf("here after: %+v", here)
		}
		_, err = w.SendPapers(clerk, queue.Send{Outlet: hall, Papers: []string{here[0].ID}, Way: "post", Tracking: "EMS1"})
		w.must(err)
		list, err := w.PapersOf(clerk, number)
		w.must(err)
		if len(list) != 2 || len(list[0].Trail) != 3 || len(list[1].Trail) != 4 {
			t.Errorf("history %+v", list)
		}
		_, err = w.PapersOf(clerk, "1")
		w.want(err, cases.ErrUnknown)
	})
}

func TestShiftIsHandedOverAndConfirmedByAnother(t *testing.T) {
	each(t, func(w *world) {
		w.withCase()
		one, two := w.clerk("c1"), w.clerk("c2")
		_, err := w.EndShift(one, "")
		w.want(err, queue.ErrNoSeat)
		w.must(w.Sit(one, hall+"-01"))
		for range 3 {
			w.take(w.a, "")
		}
		w.served(one, "1")
		held := w.call(one, "1")
		_, err = w.EndShift(one, "")
		w.want(err, queue.ErrSeatBusy)
		_, err = w.Hold(one, held.ID)
		w.must(err)
		s, err := w.EndShift(one, "A002 去复印，回来接着办。")
		w.must(err)
		if s.Served != 1 || s.Held != "A002" || s.Drafts != 2 || s.Papers != 2 || s.CounterNo != "1" {
			t.Errorf("sheet %+v", s)
		}
		if heldNow, papers, err := w.Standing(two, s); err != nil || heldNow != "A002" || papers != 2 {
			t.Errorf("now held %q and %d papers, %v", heldNow, papers, err)
		}
		all := queue.Takeover{Papers: 2}
		w.want(w.ConfirmShift(one, s.ID, all), queue.ErrShiftOwn)
		w.want(w.ConfirmShift(person("s", other, queue.VerbShift, queue.VerbView), s.ID, all), queue.ErrShiftUnknown)
		w.want(w.ConfirmShift(two, s.ID, queue.Takeover{Papers: -1}), queue.ErrTakeover)
		w.want(w.ConfirmShift(two, s.ID, queue.Takeover{Papers: 1, Difference: " "}), queue.ErrTakeover)
		w.must(w.ConfirmShift(two, s.ID, queue.Takeover{Papers: 1, Difference: "少一份申请表。"}))
		w.want(w.ConfirmShift(two, s.ID, all), queue.ErrShiftDone)
		list, _, err := w.Shifts(two, hall, db.Page{})
		w.must(err)
		if len(list) != 1 || list[0].ConfirmedName != "职员c2" || !list[0].Differs() || list[0].Counted != 1 || list[0].Difference != "少一份申请表。" {
			t.Errorf("list %+v", list)
		}
	})
}

func TestStatistics(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.clerk("c1")
		for range 4 {
			w.take(w.a, "") // 10:01 … 10:04
		}
		for range 4 {
			w.served(ctx, "1") // each takes a minute
		}
		today := workday.MustParseDate("2026-11-18")
		s, err := w.Statistics(ctx, hall, today, today)
		w.must(err)
		if s.Taken != 4 || s.Done != 4 || s.Called != 4 || s.Median != 3 || s.P90 != 3 || s.MeanServed() != time.Minute || s.Week[2][10] != 4 || len(s.Windows) != 1 || s.Windows[0].Done != 4 {
			t.Errorf("%+v", s)
		}
		for _, r := range [][2]workday.Date{{today, today.Add(-1)}, {today.Add(-queue.MostDays), today}} {
			_, err := w.Statistics(ctx, hall, r[0], r[1])
			w.want(err, queue.ErrRange)
		}
		_, err = w.Statistics(w.public(), hall, today, today)
		w.want(err, queue.ErrNotHere)
		if s.Windows[0].ByHour[10] != 4 {
			t.Errorf("done by hour %v", s.Windows[0].ByHour)
		}
		hours, err := w.Hours(ctx, hall, today, today)
		w.must(err)
		if len(hours) != 2 || hours[0].No != "" || hours[0].Taken != 4 || hours[1].No != "1" || hours[1].Done != 4 || hours[1].Hour != 10 || hours[1].Day != "2026-11-18" {
			t.Errorf("hours %+v", hours)
		}
		_, err = w.Hours(w.public(), hall, today, today)
		w.want(err, queue.ErrNotHere)
		_, err = w.Hours(ctx, hall, today, today.Add(-1))
		w.want(err, queue.ErrRange)
	})
}

func TestMachinesArePairedOnce(t *testing.T) {
	each(t, func(w *world) {
		_, err := w.AddDevice(w.clerk("c1"), hall, "大门")
		w.want(err, queue.ErrNotHere)
		code, err := w.AddDevice(w.manager(), hall, "大门")
		w.must(err)
		_, err = w.Pair(w.public(), other, code)
		w.want(err, queue.ErrPairing)
		_, err = w.Pair(w.public(), hall, code)
		w.must(err)
		_, err = w.Pair(w.public(), hall, code)
		w.want(err, queue.ErrPairing)
		late, err := w.AddDevice(w.manager(), hall, "二楼")
		w.must(err)
		w.clock.Advance(16 * time.Minute)
		_, err = w.Pair(w.public(), hall, late)
		w.want(err, queue.ErrPairing)
	})
}
