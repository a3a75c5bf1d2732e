package cases

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/events"
	"yimen/workday"
)

// turn is one act on one case, in one transaction: the case as it is read,
// what is done to it, and what is written at the end.
type turn struct {
	m     *Module
	r     *record
	actor identity.Actor
	now   time.Time
	today workday.Date

	lacking  []string      // courses whose certificates the actor would need to accept it
	licences []materialRow // of an acceptance: the materials that electronic licences stand in for

	began   State
	fresh   bool // the row is being made in this turn
	entries []historyRow
	content *content // of the verbs that need it, else nil
	ledger  *workday.Ledger
	added   []workday.Entry // to the ledger
	sheets  []Sheet         // to be numbered and stored at the end
	events  []events.Event
}

// act does a verb of people: it finds the case as the actor may see it, asks
// whether the actor may and whether the state allows it, and lets fn do it.
func (m *Module) act(ctx context.Context, number string, v Verb, a Act, fn func(context.Context, *turn) error) (Case, error) {
	mv, ok := MoveOf(v)
	if !ok {
		return Case{}, ErrVerbUnknown
	}
	var done *turn
	err := m.db.InTx(ctx, func(ctx context.Context) error {
		t, err := m.takeFor(ctx, number, v)
		if err != nil {
			return err
		}
		done = t
		if err := t.clockBehind(); err != nil {
			return err
		}
		if !t.actor.IsSystem() && !t.r.visible(t.actor) {
			return t.r.unseen(t.actor)
		}
		if !t.r.may(t.actor, mv) {
			return ErrVerbDenied
		}
		if err := t.stale(ctx, a.Revision); err != nil {
			return err
		}
		if _, err := Next(t.r.State, v); err != nil {
			return t.refuse(err, v)
		}
		if err := t.certified(); err != nil {
			return err
		}
		if err := fn(ctx, t); err != nil {
			return err
		}
		return t.commit(ctx)
	})
	if err != nil {
		return Case{}, err
	}
	return m.present(ctx, done.r, done.actor), nil
}

// job does a verb of the system. A case that has moved on in the meantime is
// left alone: done is then nil.
func (m *Module) job(ctx context.Context, number string, name string, fn func(context.Context, *turn) error) error {
	ctx = identity.With(ctx, identity.System(name))
	return m.db.InTx(ctx, func(ctx context.Context) error {
		t, err := m.take(ctx, number)
		if err != nil {
			return err
		}
		if err := t.clockBehind(); err != nil {
			return err
		}
		if err := fn(ctx, t); err != nil {
			return err
		}
		return t.commit(ctx)
	})
}

// certified refuses an acceptance by who has not learnt what the item demands.
func (t *turn) certified() error {
	if len(t.lacking) == 0 {
		return nil
	}
	return ErrNoCertificate.Say("受理“%s”要先取得培训证书：%s。您还没有，或已经过期、被撤销。请让有证的同事受理，并联系大厅管理人员参加培训。",
		t.r.ItemName, "《"+strings.Join(t.lacking, "》、《")+"》")
}

// clockSkew is how far the clocks of two machines may be apart.
const clockSkew = time.Minute

// clockBehind refuses an act at a time before what the case has already seen:
// the clock is wrong now or was wrong then, and dates that run backwards are
// worth nothing before a court. The day of receipt may lie ahead, after hours.
func (t *turn) clockBehind() error {
	r := t.r
	if t.fresh || !t.now.Add(clockSkew).Before(r.SubmittedAt) && !t.today.Before(r.AcceptedOn) && !t.today.Before(r.DecidedOn) {
		return nil
	}
	return ErrClockBehind
}

// take reads a case for a turn.
func (m *Module) take(ctx context.Context, number string) (*turn, error) {
	r, err := m.byNumber(ctx, number)
	if err != nil {
		return nil, err
	}
	return m.newTurn(ctx, r), nil
}

// takeFor is take with what the verb will want beside the row: what it has been
// told (its conditions are about the form), or how its clock stands.
func (m *Module) takeFor(ctx context.Context, number string, v Verb) (*turn, error) {
	r, c, clock, lacking, papers := &record{}, &content{}, []clockRow(nil), []string(nil), []materialRow(nil)
	reads := []db.Read{db.One(r, ErrUnknown, selectRecord+" WHERE number = $1", number)}
	switch v {
	case VerbAccept:
		reads = append(reads, db.One(c, nil, selectContent+caseID, number))
		if m.Licences != nil {
			reads = append(reads, db.All(&papers, selectMaterials+caseID+" AND licence <> '' AND superseded_at IS NULL ORDER BY id", number))
		}
		if m.Training != nil {
			if ask, ok := m.Training.Lacking(ctx, identity.FromContext(ctx), &lacking, itemOf, number); ok {
				reads = append(reads, ask)
			}
		}
	case VerbDecide, VerbPause, VerbResume, VerbExtend:
		reads = append(reads, db.All(&clock, selectClock+" WHERE case_id = "+caseID+" ORDER BY seq", number))
	}
	if err := m.db.Conn(ctx).Together(ctx, reads...); err != nil {
		if !errors.Is(err, ErrUnknown) {
			err = fmt.Errorf("read case: %w", err)
		}
		return nil, err
	}
	if r.reveal(m.Keys); len(r.damaged) > 0 {
		return nil, ErrDamaged
	}
	if err := c.reveal(m.Keys); err != nil {
		return nil, ErrDamaged.Because(err)
	}
	t := m.newTurn(ctx, r)
	t.lacking, t.licences = lacking, papers
	if c.CaseID != "" {
		t.content = c
	}
	if len(clock) == 0 {
		return t, nil
	}
	l, err := ledger(clock)
	t.ledger = &l
	return t, err
}

func (m *Module) newTurn(ctx context.Context, r *record) *turn {
	now := m.now(ctx)
	return &turn{
		m: m, r: r, actor: identity.FromContext(ctx), now: now, today: workday.DateOf(now, clock.Beijing), began: r.State,
	}
}

// stale refuses an act made on an old page, and says what happened since.
func (t *turn) stale(ctx context.Context, revision int) error {
	if revision == 0 || revision == t.r.Revision {
		return nil
	}
	rows, err := t.m.historyOf(ctx, t.r.ID, revision)
	if err != nil {
		return err
	}
	e := ErrStale
	for i, row := range rows {
		e = e.Field(fmt.Sprintf("changes.%d", i), fmt.Sprintf("%s %s %s", row.At.In(clock.Beijing).Format("2006-01-02 15:04"),
			row.WhoName, row.Verb.Chinese()))
	}
	return e.Allowed(words(t.r.allowed(t.actor))...)
}

// overtaken is the error of a turn that another one was faster than: what the
// other did is committed by now, and is told as for an old page.
func (t *turn) overtaken(ctx context.Context) error {
	now, err := t.m.take(ctx, t.r.Number)
	if err != nil {
		return err
	}
	if err := now.stale(ctx, t.r.Revision); err != nil {
		return err
	}
	return ErrStale
}

// refuse makes the error of a verb that the state does not allow, with the
// verbs that this actor may use.
func (t *turn) refuse(err error, v Verb) error {
	if v == VerbRequestCorrection && (!t.r.AcceptedOn.IsZero()) {
		return ErrNoCorrectionAfter.Allowed(words(t.r.allowed(t.actor))...)
	}
	if v == VerbRequestCorrection && t.r.Corrections > 0 {
		return ErrCorrectionOnce.Allowed(words(t.r.allowed(t.actor))...)
	}
	return errs.From(err).Allowed(words(t.r.allowed(t.actor))...)
}

func words(verbs []Verb) []string {
	list := make([]string, len(verbs))
	for i, v := range verbs {
		list[i] = string(v)
	}
	return list
}

// step makes one move of the table and notes it in the history.
func (t *turn) step(v Verb, opinion string, detail any) error {
	to, err := Next(t.r.State, v)
	if err != nil {
		return err
	}
	t.note(v, t.r.State, to, opinion, detail)
	t.r.State = to
	return nil
}

// note adds a line to the history.
func (t *turn) note(v Verb, from, to State, opinion string, detail any) {
	text := ""
	if detail != nil {
		text = asJSON(detail)
	}
	revision := t.r.Revision + 1
	if t.fresh {
		revision = t.r.Revision
	}
	t.r.HistoryLen++
	t.entries = append(t.entries, historyRow{
		CaseID: t.r.ID, Seq: t.r.HistoryLen, Revision: revision, At: t.now, Verb: v, From: from, To: to,
		Who: t.actor.Account, WhoName: t.whoName(v), Agency: t.agency(), Opinion: opinion, Detail: text,
	})
}

// whoName says for whom an agent acts, and by whose right a colleague does.
func (t *turn) whoName(v Verb) string {
	if t.actor.IsApplicant() && t.r.Account != t.actor.Account && t.r.agentOf(t.actor) {
		return t.actor.Name + "（代" + t.r.ApplicantName + "）"
	}
	mv, _ := MoveOf(v)
	return t.actor.NameAt(identity.Verb(mv.Right), t.r.competentSide(), t.r.receivingSide())
}

// agency is whose act it is: the actor's own agency or outlet.
func (t *turn) agency() string {
	if t.actor.Agency != "" {
		return t.actor.Agency
	}
	return t.actor.Outlet
}

// clock appends to the ledger of the promise.
func (t *turn) clock(ctx context.Context, e workday.Entry) error {
	if err := t.loadLedger(ctx); err != nil {
		return err
	}
	next, err := t.ledger.Append(e)
	if err != nil {
		return clockError(err)
	}
	t.ledger, t.added = &next, append(t.added, e)
	return nil
}

func (t *turn) loadLedger(ctx context.Context) error {
	if t.ledger != nil {
		return nil
	}
	l := workday.Ledger{}
	if !t.fresh && !t.r.AcceptedOn.IsZero() {
		var err error
		if l, err = t.m.ledgerOf(ctx, t.r.ID); err != nil {
			return err
		}
	}
	t.ledger = &l
	return nil
}

// tell publishes an event when the turn is written.
func (t *turn) tell(e events.Event) { t.events = append(t.events, e) }

// give makes a notice, numbered when the turn is written.
func (t *turn) give(s Sheet) { t.sheets = append(t.sheets, s) }

// commit writes everything: one UPDATE, whose answer tells whether somebody was
// faster, one INSERT each for history, clock and tally, the events with their
// jobs, and before the commit the notices, whose numbers are the only rows that
// two cases have in common.
func (t *turn) commit(ctx context.Context) error {
	if len(t.entries) == 0 {
		return nil
	}
	m := t.m
	cal := m.Org.Calendar(ctx, t.r.CompetentDivision)
	ledger := workday.Ledger{}
	if t.ledger != nil {
		ledger = *t.ledger
	}
	t.r.dues(cal, ledger)
	ok, err := m.update(ctx, t.r)
	if err != nil {
		return err
	}
	if !ok {
		return t.overtaken(ctx)
	}
	if err := m.insertHistory(ctx, t.entries); err != nil {
		return err
	}
	if err := t.writeClock(ctx); err != nil {
		return err
	}
	if err := m.count(ctx, t.r, t.began); err != nil {
		return err
	}
	return t.finish(ctx)
}

// finish publishes and numbers; the part that new and changed cases share.
func (t *turn) finish(ctx context.Context) error {
	for _, e := range t.events {
		if err := t.m.Events.Publish(ctx, e); err != nil {
			return fmt.Errorf("publish %s: %w", e.EventName(), err)
		}
	}
	for _, s := range t.sheets {
		if err := t.m.issueLast(ctx, t, s); err != nil {
			return err
		}
	}
	t.entries, t.events, t.sheets, t.added, t.began = nil, nil, nil, nil, t.r.State
	return nil
}

func (t *turn) writeClock(ctx context.Context) error {
	if len(t.added) == 0 {
		return nil
	}
	seq := len(t.ledger.Entries()) - len(t.added)
	return t.m.insertClock(ctx, t.r.ID, seq+1, t.added)
}

// ref is what events say about the case. Messages about a case whose applicant
// has no account go to the agent.
func (r *record) ref() Ref {
	account := r.Account
	if account == "" {
		account = r.AgentAccount
	}
	return Ref{
		Number: r.Number, Item: r.Item, Account: account, Agent: r.AgentAccount, Outlet: r.ReceivingOutlet, Competent: r.CompetentAgency,
		Channel: r.Channel, Sample: r.Sample,
	}
}
