package counter

import (
	"context"
	"errors"
	"net/http"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/org"
	"yimen/internal/queue"
)

// calls is whose turn it is at the clerk's window.
type calls struct {
	there    bool // the outlet has queues, and the clerk may call
	counters []org.Counter
	seat     org.Counter
	seated   bool
	ticket   queue.Ticket
	busy     bool
	held     []queue.Ticket
	now      queue.Summary
	problem  string // why the last act could not be done
}

// callsOf reads the state of the clerk's window.
func (m *Module) callsOf(ctx context.Context) (calls, error) {
	var c calls
	actor := identity.FromContext(ctx)
	if m.Hall == nil || actor.Outlet == "" || !actor.Has(queue.VerbCall) {
		return c, nil
	}
	var err error
	if c.now, err = m.Hall.Waiting(ctx, actor.Outlet); err != nil || len(c.now.Queues) == 0 {
		return c, err
	}
	c.there = true
	if c.seat, c.seated, err = m.Hall.SeatOf(ctx); err != nil {
		return c, err
	}
	if c.counters, err = m.Org.Counters(ctx, actor.Outlet); err != nil || !c.seated {
		return c, err
	}
	if c.ticket, c.busy, err = m.Hall.Serving(ctx, c.seat.ID); err != nil {
		return c, err
	}
	c.held, err = m.Hall.HeldAt(ctx, c.seat.ID)
	return c, err
}

// call does one thing at the window's queue and goes back to the desk. That
// nobody waits is no mistake; that a number has moved on is told on the desk.
func (m *Module) call(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	said, err := m.callAct(r.Context(), queue.Act(r.PathValue("act")), f)
	if errors.Is(err, queue.ErrNobodyWaiting) {
		web.Flash(r, "info", queue.ErrNobodyWaiting.Message)
		return web.Redirect(w, r, "/counter")
	}
	if e := errs.From(err); e != nil {
		if e.Kind != errs.Conflict && e.Kind != errs.Invalid {
			return err
		}
		return m.refuseCall(w, r, message(e))
	}
	if said != "" {
		web.Flash(r, "success", said)
	}
	return web.Redirect(w, r, "/counter")
}

// refuseCall shows the desk with why the number could not be moved.
func (m *Module) refuseCall(w http.ResponseWriter, r *http.Request, why string) error {
	p, err := m.deskOf(r)
	if err != nil {
		return err
	}
	p.calls.problem = why
	return web.Render(w, r, http.StatusConflict, deskView(p))
}

// actSit chooses the window; the other acts are the queue's own.
const actSit queue.Act = "sit"

func (m *Module) callAct(ctx context.Context, act queue.Act, f *web.Form) (string, error) {
	id := f.Value("ticket")
	var t queue.Ticket
	var err error
	switch act {
	case actSit:
		return "", m.Hall.Sit(ctx, f.Value("counter"))
	case queue.ActCall:
		return m.callNext(ctx)
	case queue.ActArrive:
		_, err = m.Hall.Arrive(ctx, id)
	case queue.ActRecall:
		t, err = m.Hall.Recall(ctx, id)
		return "已重呼" + t.No + "号。", err
	case queue.ActMiss:
		t, err = m.Hall.Miss(ctx, id)
		return t.No + "号已过号，本人回来可以恢复排队。", err
	case queue.ActHold:
		t, err = m.Hall.Hold(ctx, id)
		return t.No + "号已挂起。", err
	case queue.ActUnhold:
		_, err = m.Hall.Unhold(ctx, id)
	case queue.ActTransfer:
		t, err = m.Hall.Transfer(ctx, id, queue.To{Queue: f.Value("queue"), Counter: f.Value("counter")})
		return t.No + "号已转出。", err
	case queue.ActFinish:
		err = m.Hall.Finish(ctx, id)
	default:
		return "", web.ErrNotFound
	}
	return "", err
}

func (m *Module) callNext(ctx context.Context) (string, error) {
	seat, ok, err := m.Hall.SeatOf(ctx)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", queue.ErrNoSeat
	}
	_, err = m.Hall.Call(ctx, seat.ID)
	return "", err
}

// goodbye ends the number that is served at the clerk's window, if there is one.
func (m *Module) goodbye(ctx context.Context) error {
	c, err := m.callsOf(ctx)
	if err != nil || !c.busy || c.ticket.State != queue.Serving {
		return err
	}
	return m.Hall.Finish(ctx, c.ticket.ID)
}

func (c calls) counterOptions() []ui.Option {
	var list []ui.Option
	for _, x := range c.counters {
		list = append(list, ui.Option{Value: x.ID, Label: x.No + "号　" + x.Name})
	}
	return list
}

// otherQueues are where a number may be sent.
func (c calls) otherQueues() []ui.Option {
	var list []ui.Option
	for _, q := range c.now.Queues {
		if q.ID != c.ticket.Queue {
			list = append(list, ui.Option{Value: q.ID, Label: q.Letter + "　" + q.Name})
		}
	}
	return list
}

// otherCounters are the windows beside the clerk's own.
func (c calls) otherCounters() []ui.Option {
	var list []ui.Option
	for _, x := range c.counters {
		if x.ID != c.seat.ID {
			list = append(list, ui.Option{Value: x.ID, Label: x.No + "号　" + x.Name})
		}
	}
	return list
}
