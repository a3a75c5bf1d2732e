package progress

import (
	"context"
	"errors"

	"yimen/internal/kit/errs"
)

// stuckLimit is how often one thing may fail for no reason people can be told
// before the work leaves it out and goes on.
const stuckLimit = 3

// Step is one thing of a work. Key is its own within the work.
type Step struct {
	Key   string
	Title string // as the report shows it
}

// Run is a work while it is done.
type Run struct {
	t    *Tracker
	work Work
	root context.Context // of the job: without the owner's rights
}

// ErrStopped ends a work that its owner stopped.
var errStopped = errors.New("stopped by its owner")

// run does a work, or what is left of it.
func (t *Tracker) run(ctx context.Context, id string, fn func(context.Context, *Run) error) error {
	w, err := t.read(ctx, id)
	if errors.Is(err, ErrUnknown) || err == nil && w.State.Ended() {
		return nil
	}
	if err != nil {
		return err
	}
	if err := t.setState(ctx, id, Running); err != nil {
		return err
	}
	own, err := t.o.As(ctx, w.Owner)
	if err == nil {
		err = fn(own, &Run{t: t, work: w, root: ctx})
	}
	switch {
	case err == nil:
		return t.end(ctx, id, Done, "")
	case errors.Is(err, errStopped):
		return nil
	case telling(err):
		return t.end(ctx, id, Failed, errs.From(err).Message)
	}
	return err
}

// telling says whether an error is one to tell people, not one to try again.
func telling(err error) bool {
	kind := errs.KindOf(err)
	return kind != errs.Internal && kind != errs.Unavailable
}

// Each does the steps one by one, each in a transaction with its line of the
// report; those done before a restart are left out. fn gives what the line
// says. A step that fails for a reason people can be told fails alone; for
// another reason the job is tried again, and after three times the step is
// left out.
func (r *Run) Each(ctx context.Context, steps []Step, fn func(ctx context.Context, s Step) (message string, err error)) error {
	if err := r.t.setTotal(r.root, r.work.ID, len(steps)); err != nil {
		return err
	}
	done, err := r.t.keys(r.root, r.work.ID)
	if err != nil {
		return err
	}
	for i, s := range steps {
		if done[s.Key] {
			continue
		}
		if err := r.one(ctx, i+1, s, fn); err != nil {
			return err
		}
	}
	return nil
}

func (r *Run) one(ctx context.Context, no int, s Step, fn func(context.Context, Step) (string, error)) error {
	w, err := r.t.read(r.root, r.work.ID)
	if err != nil {
		return err
	}
	if w.State == Stopped {
		return errStopped
	}
	line := Line{No: no, Key: s.Key, Title: s.Title, OK: true}
	err = r.t.d.InTx(ctx, func(ctx context.Context) error {
		var err error
		if line.Message, err = fn(ctx, s); err != nil {
			return err
		}
		return r.t.addLine(ctx, r.work.ID, line)
	})
	if err == nil {
		return nil
	}
	line.OK = false
	switch {
	case telling(err):
		line.Message = errs.From(err).Message
	case errs.KindOf(err) == errs.Unavailable || ctx.Err() != nil:
		return err // the database is away, or the program stops: nothing wrong with this step
	case w.StuckKey == s.Key && w.StuckTimes+1 >= stuckLimit:
		r.t.log.Error("progress: step left out", "work", r.work.ID, "kind", r.work.Kind, "key", s.Key, "error", err)
		line.Message = "系统内部错误，这一项没有办成，请把工作编号报给技术人员。"
	default:
		return errors.Join(err, r.t.stuck(r.root, r.work.ID, s.Key))
	}
	return r.t.addLine(r.root, r.work.ID, line)
}

// Report notes what became of things that were done together, in one
// transaction: the lines of a file that was loaded whole.
func (r *Run) Report(ctx context.Context, lines []Line) error {
	return r.t.d.InTx(ctx, func(ctx context.Context) error {
		if err := r.t.setTotal(ctx, r.work.ID, len(lines)); err != nil {
			return err
		}
		for _, l := range lines {
			if err := r.t.addLine(ctx, r.work.ID, l); err != nil {
				return err
			}
		}
		return nil
	})
}

// Note says in one sentence how the work ended.
func (r *Run) Note(ctx context.Context, text string) error {
	return r.t.change(ctx, `note = $3`, r.work.ID, text)
}
