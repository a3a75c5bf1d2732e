package catalogue

import (
	"context"
	"strconv"
	"strings"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/audit"
)

// Act is what somebody does to an item: which, as seen at which Edit, and why.
type Act struct {
	Item    string
	Seen    int64
	Opinion string
}

// Do does any verb but Edit. at is the time of effect of Schedule, and counts
// for nothing else. Errors: ErrItemUnknown, ErrStale, ErrMove,
// ErrRight, ErrOpinion, ErrSameReviewer, ErrFindings, ErrEffective.
func (m *Module) Do(ctx context.Context, a Act, verb Verb, at time.Time) (Version, error) {
	if _, known := verbNames[verb]; !known || verb == Edit {
		return Version{}, ErrMove
	}
	return m.doAt(ctx, a, verb, at)
}

// Submit hands the draft to review. Like Publish it is refused with
// ErrFindings while a rule is broken: a reviewer's time is for what rules
// cannot see.
func (m *Module) Submit(ctx context.Context, a Act) (Version, error) { return m.do(ctx, a, Submit) }

// Recall takes the version out of review, to edit it further.
func (m *Module) Recall(ctx context.Context, a Act) (Version, error) { return m.do(ctx, a, Recall) }

// Review approves the version, or sends it back with an opinion. The reviewer
// is not the author: ErrSameReviewer.
func (m *Module) Review(ctx context.Context, a Act, approve bool) (Version, error) {
	if approve {
		return m.do(ctx, a, Approve)
	}
	return m.do(ctx, a, Reject)
}

// Publish puts the approved version in force and freezes it; the one before
// is superseded. ErrFindings names every rule that is broken.
func (m *Module) Publish(ctx context.Context, a Act) (Version, error) { return m.do(ctx, a, Publish) }

// Suspend stops new applications; running cases go on.
func (m *Module) Suspend(ctx context.Context, a Act) (Version, error) { return m.do(ctx, a, Suspend) }

// Resume lets applications in again.
func (m *Module) Resume(ctx context.Context, a Act) (Version, error) { return m.do(ctx, a, Resume) }

// Cancel ends the item. Its code is kept and never used again.
func (m *Module) Cancel(ctx context.Context, a Act) (Version, error) { return m.do(ctx, a, Cancel) }

func (m *Module) do(ctx context.Context, a Act, verb Verb) (Version, error) {
	return m.doAt(ctx, a, verb, time.Time{})
}

// doAt is the one way in which a version moves. Errors: ErrItemUnknown,
// ErrStale, ErrMove, ErrRight, ErrOpinion, ErrSameReviewer, ErrFindings,
// ErrEffective.
func (m *Module) doAt(ctx context.Context, a Act, verb Verb, at time.Time) (Version, error) {
	var done Version
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		row, err := m.lockItem(ctx, a.Item)
		if err != nil {
			return err
		}
		if a.Seen != row.Edit {
			return m.stale(ctx, &row, a.Seen)
		}
		n, from := row.target(verb)
		mv, err := find(from, verb)
		if err != nil {
			return err
		}
		v, err := m.readVersion(ctx, row.Code, n)
		if err != nil {
			return err
		}
		if err := permitted(ctx, mv, &row, &v, a.Opinion); err != nil {
			return err
		}
		row.Edit++
		row.ChangedAt = m.now(ctx)
		if err := m.apply(ctx, mv, &row, &v, a.Opinion, at); err != nil {
			return err
		}
		if err := m.note(ctx, &row, n, verb, a.Opinion, nil); err != nil {
			return err
		}
		d, err := decode(v.Item, v.N, v.Definition)
		if err != nil {
			return err
		}
		done = v.version(d)
		return nil
	})
	return done, err
}

// target is the version a verb is about, and where it stands: the one on its
// way, or for suspension and what follows the one in force.
func (r *itemRow) target(verb Verb) (n int, from State) {
	switch verb {
	case Suspend, Resume, Cancel:
		return r.Published, r.State
	}
	if r.OpenState == "" {
		return r.Latest, r.State
	}
	return r.Latest, r.OpenState
}

func permitted(ctx context.Context, mv move, row *itemRow, v *versionRow, opinion string) error {
	who := identity.FromContext(ctx)
	if !who.Can(mv.right, row.place()) {
		return ErrRight
	}
	if mv.opinion && strings.TrimSpace(opinion) == "" {
		return ErrOpinion.Field("opinion", "请填写理由。")
	}
	if mv.right == RightReview && who.Account == v.Author && !who.IsSystem() {
		return ErrSameReviewer
	}
	return nil
}

// apply changes the rows as the move says.
func (m *Module) apply(ctx context.Context, mv move, row *itemRow, v *versionRow, opinion string, at time.Time) error {
	who := identity.FromContext(ctx)
	v.State = mv.to
	switch mv.verb {
	case Approve, Reject:
		v.Reviewer, v.ReviewerName, v.Opinion = who.Account, who.Name, opinion
	case Suspend, Cancel:
		v.Opinion = opinion
	case Schedule:
		if err := m.schedule(ctx, row, v, at); err != nil {
			return err
		}
	case Unschedule:
		v.EffectiveAt = nil
	}
	switch mv.to {
	case InReview:
		if err := m.mustPass(ctx, v); err != nil {
			return err
		}
		row.OpenState = mv.to
	case Published:
		if mv.verb == Publish {
			if err := m.putInForce(ctx, row, v); err != nil {
				return err
			}
		}
		row.State = Published
	case Suspended:
		row.State = Suspended
	case Discarded:
		if row.Published == 0 {
			return ErrMove.Say("事项还没有发布过，没有可以退回的版本，不能放弃草稿。")
		}
		row.OpenState, v.EndedAt = "", &row.ChangedAt
	case Cancelled:
		row.State, v.EndedAt = Cancelled, &row.ChangedAt
	default:
		row.OpenState = mv.to
	}
	if err := m.writeState(ctx, v); err != nil {
		return err
	}
	if _, err := m.DB.Conn(ctx).ExecNamed(ctx, updateItem, row); err != nil {
		return err
	}
	return m.changeShelf(ctx)
}

// writeState writes everything of a version but its definition.
func (m *Module) writeState(ctx context.Context, v *versionRow) error {
	_, err := m.DB.Conn(ctx).ExecNamed(ctx, `UPDATE catalogue_version SET state = :state, reviewer = :reviewer, reviewer_name = :reviewer_name,
		opinion = :opinion, published_at = :published_at, ended_at = :ended_at, effective_at = :effective_at WHERE item = :item AND n = :n`, v)
	return err
}

func (m *Module) mustPass(ctx context.Context, v *versionRow) error {
	d, err := decode(v.Item, v.N, v.Definition)
	if err != nil {
		return err
	}
	return m.pass(ctx, d)
}

// pass is ErrFindings for a definition that breaks a rule.
func (m *Module) pass(ctx context.Context, d *Definition) error {
	found, err := m.Check(ctx, d)
	if err != nil {
		return err
	}
	return findingsError(found)
}

// findingsError is ErrFindings with a field for each, or nil.
func findingsError(found []Finding) error {
	if len(found) == 0 {
		return nil
	}
	told := ErrFindings
	for _, f := range found {
		told = told.Field(f.Field, f.Message)
	}
	return told
}

// putInForce makes the version the one that everybody gets.
func (m *Module) putInForce(ctx context.Context, row *itemRow, v *versionRow) error {
	d, err := decode(v.Item, v.N, v.Definition)
	if err != nil {
		return err
	}
	if err := m.pass(ctx, d); err != nil {
		return err
	}
	if row.Published > 0 {
		if _, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE catalogue_version SET state = 'superseded', ended_at = $1 WHERE item = $2 AND n = $3`,
			row.ChangedAt, row.Code, row.Published); err != nil {
			return err
		}
	}
	owner, err := m.owner(ctx, d.Dept)
	if err != nil {
		return err
	}
	row.describe(d)
	row.Agency, row.Division = owner.Agency, owner.Division
	row.Published, row.OpenState, v.PublishedAt = v.N, "", &row.ChangedAt
	return m.writeTags(ctx, d)
}

// audited notes the act where auditors look. The catalogue holds nothing
// personal, so what was done is all there is to say.
func (m *Module) audited(ctx context.Context, row *itemRow, n int, verb Verb) error {
	if m.Audit == nil {
		return nil
	}
	who := identity.FromContext(ctx)
	return m.Audit.Write(ctx, audit.Entry{At: row.ChangedAt, Actor: who.Account, ActorName: who.Name, Action: "item." + string(verb),
		Object: "item", ObjectID: row.Code, Result: "ok", Detail: versionWord(n)})
}

// auditedLoad notes that items came in together.
func (m *Module) auditedLoad(ctx context.Context, items int) error {
	if m.Audit == nil || items == 0 {
		return nil
	}
	who := identity.FromContext(ctx)
	return m.Audit.Write(ctx, audit.Entry{At: m.now(ctx), Actor: who.Account, ActorName: who.Name, Action: "item.load",
		Object: "item", Result: "ok", Detail: strconv.Itoa(items) + "项"})
}
