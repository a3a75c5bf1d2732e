package cases

import (
	"context"
	"errors"
	"fmt"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
)

// Finish is the job by which the release before carried decided cases on: those
// that wait in the queue are still done.
type Finish struct {
	Number string `json:"number"`
}

// Kind is the name of the job.
func (Finish) Kind() string { return "cases.finish" }

// finishing is in whose name a case goes on by itself.
const finishing = "办结处理"

// Finish carries a decided case on as far as it goes by itself: a granted one
// to `issuing`, and, once its result is there and nothing promised for later
// is missing, to `delivering`; electronic delivery closes it. Safe to run twice.
func (m *Module) Finish(ctx context.Context, number string) error {
	err := m.job(ctx, number, finishing, func(ctx context.Context, t *turn) error {
		if !inState(t.r.State, StateDecided, StateIssuing, StateDelivering) {
			return nil
		}
		return t.onwards()
	})
	if errors.Is(err, ErrUnknown) {
		return nil // deleted with the sample city
	}
	return err
}

// byItself makes the moves that nobody has to ask for, in the name of the
// system, in the transaction of who made them possible.
func (t *turn) byItself() error {
	who := t.actor
	t.actor = identity.System(finishing)
	err := t.onwards()
	t.actor = who
	return err
}

// onwards makes these moves.
func (t *turn) onwards() error {
	if t.r.State == StateDecided && t.r.Outcome == Granted {
		if err := t.step(VerbIssue, "", nil); err != nil {
			return err
		}
	}
	if !t.r.DeferredUntil.IsZero() {
		return nil // no result leaves before the 容缺 materials are there
	}
	if t.r.State == StateDecided || t.r.State == StateIssuing {
		if err := t.step(VerbDispatch, "", nil); err != nil {
			return err
		}
		if t.r.Deliver != DeliverElectronic {
			t.tell(Ready{Ref: t.r.ref(), By: t.r.Deliver})
		}
	}
	if t.r.State != StateDelivering || t.r.Deliver != DeliverElectronic {
		return nil
	}
	t.give(deliverySheet(t.r, t.today, Act{Receiver: t.r.ApplicantName}))
	t.tell(Delivered{Ref: t.r.ref(), By: DeliverElectronic})
	return t.close(VerbClose, "", map[string]string{"by": DeliverElectronic})
}

// close ends a case in the ordinary way.
func (t *turn) close(v Verb, opinion string, detail any) error {
	if err := t.step(v, opinion, detail); err != nil {
		return err
	}
	at := t.now
	t.r.ClosedAt = &at
	t.tell(Closed{Ref: t.r.ref(), Outcome: t.r.Outcome})
	return nil
}

// archiveBatch bounds what one run files away: there is no hurry, and other
// work must not wait for it.
const archiveBatch = 1000

// ArchiveClosed files away what has been closed for long enough (归档). A
// periodic job.
func (m *Module) ArchiveClosed(ctx context.Context) error {
	before := m.today(ctx).Add(-m.Rules.ArchiveAfter).Time(clock.Beijing).UTC()
	var numbers []string
	// The state as a word of the statement, by which the index over those is found.
	err := m.db.Conn(ctx).Select(ctx, &numbers, `SELECT number FROM cases_case WHERE state = 'closed' AND closed_at < $1
		ORDER BY closed_at LIMIT $2`, before, archiveBatch)
	if err != nil {
		return fmt.Errorf("archive: find cases: %w", err)
	}
	var failed []error
	for _, number := range numbers {
		if err := m.archive(ctx, number); err != nil {
			failed = append(failed, fmt.Errorf("archive %s: %w", number, err))
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return errors.Join(failed...)
}

func (m *Module) archive(ctx context.Context, number string) error {
	return m.job(ctx, number, "归档", func(ctx context.Context, t *turn) error {
		if t.r.State != StateClosed {
			return nil
		}
		return t.step(VerbArchive, "", nil)
	})
}
