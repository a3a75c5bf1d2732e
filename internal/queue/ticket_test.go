package queue_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"yimen/internal/queue"
)

func TestNumbersAreGivenOutOnce(t *testing.T) {
	each(t, func(w *world) {
		const n = 40
		var wg sync.WaitGroup
		var mu sync.Mutex
		seen := map[string]bool{}
		for i := range n {
			wg.Go(func() {
				q := []queue.Queue{w.a, w.b}[i%2]
				x, err := w.Take(w.public(), queue.Take{Outlet: hall, Queue: q.ID})
				mu.Lock()
				defer mu.Unlock()
				if err != nil || seen[x.No] {
					w.t.Errorf("%s (%v) came twice or failed", x.No, err)
				}
				seen[x.No] = true
			})
		}
		wg.Wait()
		if !seen["A001"] || !seen["A020"] || !seen["B020"] || len(seen) != n {
			w.t.Errorf("gaps in the numbers: %v", seen)
		}
		s, err := w.Waiting(w.public(), hall)
		w.must(err)
		if s.Waiting != n || s.Taken != n || s.Queues[0].Waiting != n/2 {
			w.t.Errorf("waiting %+v", s)
		}
		w.clock.Advance(24 * time.Hour)
		if x := w.take(w.a, ""); x.No != "A001" {
			w.t.Errorf("the next day begins with %s", x.No)
		}
	})
}

func TestManyCountersCallEachNumberOnce(t *testing.T) {
	each(t, func(w *world) {
		for range 12 {
			w.take(w.a, "")
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		var called []string
		for _, counter := range []string{"1", "2", "3", "4"} {
			ctx := w.clerk("clerk-" + counter)
			wg.Go(func() {
				for range 3 {
					x, err := w.Call(ctx, hall+"-0"+counter)
					if err != nil {
						w.t.Errorf("counter %s: %v", counter, err)
						return
					}
					if _, err := w.Arrive(ctx, x.ID); err != nil {
						w.t.Error(err)
					}
					mu.Lock()
					called = append(called, x.No)
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		slices.Sort(called)
		if len(slices.Compact(called)) != 12 {
			w.t.Errorf("called %v, want twelve different numbers", called)
		}
	})
}

// Two of the priority lane go before each ordinary number: nobody starves.
func TestPrioritiesGoFirstAndNobodyStarves(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.clerk("c1")
		w.must(w.Sit(ctx, hall+"-01"))
		for range 3 {
			w.take(w.a, "") // A001 … A003
		}
		for _, p := range []string{queue.Elder, queue.Soldier, queue.Disabled, queue.Pregnant, queue.Booked} {
			w.take(w.a, p) // A004 … A008
		}
		var order []string
		for range 8 {
			order = append(order, w.served(ctx, "1"))
		}
		want := []string{"A004", "A005", "A001", "A006", "A007", "A002", "A008", "A003"}
		if !slices.Equal(order, want) {
			w.t.Errorf("order %v, want %v", order, want)
		}
		_, err := w.Call(ctx, hall+"-01")
		w.want(err, queue.ErrNobodyWaiting)
	})
}

// A wrong priority is put right while the number waits: the place stays, the
// lane changes, and the history says why.
func TestAWrongPriorityIsPutRight(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.clerk("c1")
		first, young, old := w.take(w.a, ""), w.take(w.a, queue.Elder), w.take(w.a, "")
		for name, x := range map[string]struct {
			priority, reason string
			want             error
		}{
			"no such priority": {"vip", "认识", queue.ErrPriority},
			"no change":        {queue.Elder, "核对过证件", queue.ErrPriority},
			"no reason":        {"", " ", queue.ErrPriorityReason},
		} {
			if _, err := w.SetPriority(ctx, young.ID, x.priority, x.reason); !errors.Is(err, x.want) {
				t.Errorf("%s: error %v, want %v", name, err, x.want)
			}
		}
		_, err := w.SetPriority(person("s", other, queue.VerbCall), young.ID, "", "取号时点错")
		w.want(err, queue.ErrNotHere)
		_, err = w.SetPriority(ctx, young.ID, "", "取号时点错")
		w.must(err)
		x, err := w.SetPriority(ctx, old.ID, queue.Elder, "出示身份证，68岁")
		w.must(err)
		if x.Priority != queue.Elder || !x.TakenAt.Equal(old.TakenAt) {
			t.Errorf("put right to %+v", x)
		}
		var order []string
		for range 3 {
			order = append(order, w.served(ctx, "1"))
		}
		if want := []string{old.No, first.No, young.No}; !slices.Equal(order, want) {
			t.Errorf("order %v, want %v", order, want)
		}
		_, err = w.SetPriority(ctx, young.ID, queue.Elder, "晚了")
		w.want(err, queue.ErrAct)
		list, err := w.History(ctx, old.ID)
		w.must(err)
		if e := list[1]; e.Act != queue.ActPriority || e.WhoName != "职员c1" || e.Detail != "一般群众改为老年人：出示身份证，68岁" {
			t.Errorf("history %+v", e)
		}
		s, err := w.Waiting(w.public(), hall)
		w.must(err)
		if s.Waiting != 0 || s.Done != 3 || s.Taken != 3 {
			t.Errorf("figures %+v", s)
		}
	})
}

func TestCountersServeTheirQueues(t *testing.T) {
	each(t, func(w *world) {
		w.must(w.SetServes(w.manager(), hall+"-02", []string{w.b.ID}))
		w.take(w.a, "")
		_, err := w.Call(w.clerk("c2"), hall+"-02")
		w.want(err, queue.ErrNobodyWaiting)
		if x := w.call(w.clerk("c1"), "1"); x.No != "A001" || x.CounterNo != "1" || x.QueueName != "综合业务" {
			w.t.Errorf("called %+v", x)
		}
		w.want(w.SetServes(w.manager(), hall+"-02", []string{"nothing"}), queue.ErrQueueUnknown)
	})
}

func TestMissedAfterThreeCallsComesBackBehindThree(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.clerk("c1")
		x := w.take(w.a, "")
		for range 5 {
			w.take(w.a, "") // A002 … A006
		}
		w.call(ctx, "1")
		_, err := w.Call(ctx, hall+"-01")
		w.want(err, queue.ErrCalledStill)
		_, err = w.Miss(ctx, x.ID)
		w.want(err, queue.ErrCallAgain)
		for range 2 {
			x, err = w.Recall(ctx, x.ID)
			w.must(err)
		}
		if x.Calls != 3 {
			w.t.Errorf("%d calls", x.Calls)
		}
		x, err = w.Miss(ctx, x.ID)
		w.must(err)
		x, err = w.Revive(ctx, x.ID)
		w.must(err)
		f, err := w.Follow(w.public(), x.Code)
		w.must(err)
		if f.Ahead != 3 {
			w.t.Errorf("%d ahead of the revived, want 3", f.Ahead)
		}
		var order []string
		for range 6 {
			order = append(order, w.served(ctx, "1"))
		}
		if want := []string{"A002", "A003", "A004", "A001", "A005", "A006"}; !slices.Equal(order, want) {
			w.t.Errorf("order %v, want %v", order, want)
		}
		_, err = w.Revive(ctx, x.ID)
		w.want(err, queue.ErrAct)
	})
}

func TestHoldAndUnhold(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.clerk("c1")
		w.must(w.Sit(ctx, hall+"-01"))
		first, second := w.take(w.a, ""), w.take(w.a, "")
		w.call(ctx, "1")
		_, err := w.Hold(ctx, first.ID)
		w.must(err)
		if x := w.call(ctx, "1"); x.ID != second.ID {
			w.t.Fatalf("called %s while %s is held", x.No, first.No)
		}
		// Somebody stands there: the held one is the next, at this counter alone.
		x, err := w.Unhold(ctx, first.ID)
		w.must(err)
		if x.State != queue.Waiting || x.Reserved != hall+"-01" {
			w.t.Errorf("unheld to %+v", x)
		}
		w.take(w.a, queue.Elder)
		if y := w.call(w.clerk("c2"), "2"); y.No != "A003" {
			w.t.Errorf("another counter called %s", y.No)
		}
		w.must(w.Finish(ctx, second.ID))
		if y := w.call(ctx, "1"); y.ID != first.ID {
			w.t.Errorf("called %s, want the one that was held", y.No)
		}
		// Nobody stands there: served at once.
		_, err = w.Hold(ctx, first.ID)
		w.must(err)
		held, err := w.HeldAt(ctx, hall+"-01")
		w.must(err)
		if len(held) != 1 || held[0].ID != first.ID {
			w.t.Errorf("held %+v", held)
		}
		if x, err = w.Unhold(ctx, first.ID); err != nil || x.State != queue.Serving || x.Counter != hall+"-01" {
			w.t.Errorf("unheld to %+v, %v", x, err)
		}
	})
}

func TestTransferKeepsTheWaiting(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.clerk("c1")
		x := w.take(w.a, "")
		w.must(w.SetServes(w.manager(), hall+"-03", []string{w.b.ID}))
		w.take(w.b, "")
		w.call(ctx, "1")
		_, err := w.Transfer(ctx, x.ID, queue.To{})
		w.want(err, queue.ErrTransfer)
		x, err = w.Transfer(ctx, x.ID, queue.To{Queue: w.b.ID})
		w.must(err)
		if x.QueueName != "社会保障" || x.No != "A001" {
			w.t.Errorf("sent on as %+v", x)
		}
		three := w.clerk("c3")
		if y := w.call(three, "3"); y.ID != x.ID {
			w.t.Errorf("called %s, want %s, who has waited longest", y.No, x.No)
		}
		x, err = w.Transfer(three, x.ID, queue.To{Counter: hall + "-04"})
		w.must(err)
		if y := w.call(ctx, "1"); y.ID == x.ID {
			w.t.Error("another counter called what was sent to the fourth")
		}
		if y := w.call(w.clerk("c4"), "4"); y.ID != x.ID {
			w.t.Errorf("the fourth called %s", y.No)
		}
		s, err := w.Waiting(w.public(), hall)
		w.must(err)
		if s.Waiting != 0 || s.AtDesk != 2 || s.Queues[0].Waiting != 0 || s.Queues[1].AtDesk != 2 {
			w.t.Errorf("figures %+v", s)
		}
		list, err := w.History(ctx, x.ID)
		w.must(err)
		var acts []queue.Act
		for _, e := range list {
			acts = append(acts, e.Act)
		}
		if want := []queue.Act{queue.ActTake, queue.ActCall, queue.ActTransfer, queue.ActCall, queue.ActTransfer, queue.ActCall}; !slices.Equal(acts, want) {
			w.t.Errorf("history %v, want %v", acts, want)
		}
	})
}

func TestSeats(t *testing.T) {
	each(t, func(w *world) {
		one, two := w.clerk("c1"), w.clerk("c2")
		w.want(w.Sit(one, "nowhere"), queue.ErrCounterUnknown)
		w.want(w.Sit(one, other+"-01"), queue.ErrNotHere)
		w.must(w.Sit(one, hall+"-01"))
		w.must(w.Sit(two, hall+"-01")) // nobody stood there: taken over
		if _, ok, err := w.SeatOf(one); err != nil || ok {
			w.t.Errorf("the first still sits: %v", err)
		}
		x := w.take(w.a, "")
		w.call(two, "1")
		w.want(w.Sit(one, hall+"-01"), queue.ErrSeatTaken)
		w.want(w.Sit(two, hall+"-02"), queue.ErrSeatBusy)
		w.want(w.Leave(two), queue.ErrSeatBusy)
		w.must(w.Finish(two, x.ID))
		w.must(w.Sit(two, hall+"-02"))
		if c, ok, err := w.SeatOf(two); err != nil || !ok || c.No != "2" {
			w.t.Errorf("sits at %+v %v %v", c, ok, err)
		}
		w.must(w.Leave(two))
		w.clock.Advance(24 * time.Hour)
		if _, ok, _ := w.SeatOf(two); ok {
			w.t.Error("still sits the next day")
		}
	})
}

func TestHoursAndStrangers(t *testing.T) {
	each(t, func(w *world) {
		at := func(day, hour, minute int) {
			w.clock.Set(time.Date(2026, 11, day, hour-8, minute, 0, 0, time.UTC))
		}
		for _, x := range []struct {
			day, hour, minute int
			open              bool
		}{{18, 7, 59, false}, {18, 8, 0, true}, {18, 13, 0, true}, {18, 17, 29, true}, {18, 17, 30, false}, {21, 10, 0, false}} {
			at(x.day, x.hour, x.minute)
			_, err := w.Take(w.public(), queue.Take{Outlet: hall})
			if x.open {
				w.must(err)
			} else {
				w.want(err, queue.ErrClosed)
			}
		}
		_, err := w.Take(w.clerk("c1"), queue.Take{Outlet: hall}) // a clerk may, for somebody who stands there
		w.must(err)
		_, err = w.Take(w.public(), queue.Take{Outlet: hall, Priority: "vip"})
		w.want(err, queue.ErrPriority)
		at(18, 10, 0)
		x := w.take(w.a, "")
		stranger := person("s", other, queue.VerbCall, queue.VerbView)
		for name, do := range map[string]func(context.Context) error{
			"call":     func(ctx context.Context) error { _, err := w.Call(ctx, hall+"-01"); return err },
			"arrive":   func(ctx context.Context) error { _, err := w.Arrive(ctx, x.ID); return err },
			"transfer": func(ctx context.Context) error { _, err := w.Transfer(ctx, x.ID, queue.To{Queue: w.b.ID}); return err },
			"list":     func(ctx context.Context) error { _, err := w.Tickets(ctx, hall, 10, queue.Waiting); return err },
			"history":  func(ctx context.Context) error { _, err := w.History(ctx, x.ID); return err },
			"find":     func(ctx context.Context) error { _, err := w.Find(ctx, hall, x.No); return err },
		} {
			for _, ctx := range []context.Context{stranger, w.public()} {
				if err := do(ctx); err == nil {
					w.t.Errorf("a stranger may %s", name)
				}
			}
		}
		found, err := w.Find(w.clerk("c1"), hall, " a"+x.No[1:]+" ")
		w.must(err)
		if found.ID != x.ID {
			w.t.Errorf("found %s, want %s", found.No, x.No)
		}
	})
}

func TestTheDayIsClosed(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.clerk("c1")
		waits, served, held := w.take(w.a, queue.Elder), w.take(w.a, ""), w.take(w.a, "")
		_ = waits
		w.call(ctx, "1")
		_, err := w.Hold(ctx, waits.ID)
		w.must(err)
		w.call(ctx, "1")
		_, err = w.Arrive(ctx, served.ID)
		w.must(err)
		w.must(w.CloseDay(ctx))
		if n, err := w.Tickets(ctx, hall, 10, queue.Waiting, queue.Serving, queue.Held); err != nil || len(n) != 3 {
			w.t.Fatalf("today's were touched: %v %v", n, err)
		}
		w.clock.Advance(24 * time.Hour)
		w.must(w.CloseDay(ctx))
		w.must(w.CloseDay(ctx))
		for _, x := range []struct {
			queue.Ticket
			want queue.State
		}{{waits, queue.Missed}, {served, queue.Done}, {held, queue.Missed}} {
			f, err := w.Follow(w.public(), x.Code)
			w.must(err)
			if f.State != x.want {
				w.t.Errorf("%s is %s, want %s", x.No, f.State, x.want)
			}
		}
	})
}
