package cases

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/workday"
)

// Submit files an application (提交申请). Everything wrong with it is told at
// once, field by field (errs.ErrInvalid), and then nothing is stored. At a
// window, or when a clerk registers what came by post, the case is received at
// once; otherwise it counts as received that day or, after office hours, the
// next working day. The same Key of the same account gives the case that was
// made the first time, and ErrKeyReused for another application.
//
// Errors: ErrSignIn, identity.ErrLevelTooLow, errs.ErrInvalid, ErrKeyReused,
// ErrNumbersExhausted.
func (m *Module) Submit(ctx context.Context, s Submission) (Case, error) {
	actor := identity.FromContext(ctx)
	if !actor.SignedIn() {
		return Case{}, ErrSignIn
	}
	digest := digestOf(s)
	if c, found, err := m.submitted(ctx, actor, s.Key, digest); found || err != nil {
		return c, err
	}
	r, err := m.checkAndFile(ctx, actor, s, digest)
	if errors.Is(err, errKeyTaken) { // the same submission, sent twice at the same time
		c, _, err := m.submitted(ctx, actor, s.Key, digest)
		return c, err
	}
	if err != nil {
		return Case{}, err
	}
	return m.present(ctx, r, actor), nil
}

// checkAndFile checks outside of the transaction, but for a yes that is kept on
// the way: it goes when the application is refused.
func (m *Module) checkAndFile(ctx context.Context, actor identity.Actor, s Submission, digest string) (r *record, err error) {
	var in *intake
	if !s.consents() {
		if in, err = m.check(ctx, actor, s); err != nil {
			return nil, err
		}
	}
	err = m.db.InTx(ctx, func(ctx context.Context) error {
		var err error
		if in == nil {
			if in, err = m.checkAgreed(ctx, actor, s); err != nil {
				return err
			}
		}
		r, err = m.file(ctx, in, digest)
		return err
	})
	return r, err
}

// errKeyTaken never leaves the package.
var errKeyTaken = errors.New("cases: idempotency key taken")

// submitted gives the case that the key made before, if any.
func (m *Module) submitted(ctx context.Context, actor identity.Actor, key, digest string) (Case, bool, error) {
	if key == "" {
		return Case{}, false, nil
	}
	r, err := m.byKey(ctx, actor.Account, key)
	if err != nil || r == nil {
		return Case{}, false, err
	}
	if r.KeyDigest == nil || *r.KeyDigest != digest {
		return Case{}, true, ErrKeyReused
	}
	return m.present(ctx, r, actor), true, nil
}

// digestOf tells one application from another.
func digestOf(s Submission) string {
	s.Key, s.Pages, s.Mandate, s.Seen = "", nil, "", ""
	raw, err := json.Marshal(s)
	if err != nil { // a form that is no JSON: told later, field by field
		raw = []byte(err.Error())
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// file stores a checked application: case, content, materials, history, tally
// and receipt.
func (m *Module) file(ctx context.Context, in *intake, digest string) (*record, error) {
	r, err := m.newRecord(ctx, in, digest)
	if err != nil {
		return nil, err
	}
	t := m.newTurn(ctx, r)
	t.fresh, t.began = true, ""
	t.note(VerbSubmit, StateDraft, StateSubmitted, in.seen(), nil)
	r.State = StateSubmitted
	if in.atDesk() {
		if err := t.step(VerbReceive, "", nil); err != nil {
			return nil, err
		}
	}
	r.dues(m.Org.Calendar(ctx, r.CompetentDivision), workday.Ledger{})
	if err := m.place(ctx, in, r); err != nil {
		return nil, err
	}
	if err := m.insertContent(ctx, in.content(r.ID)); err != nil {
		return nil, err
	}
	if err := m.insertMaterials(ctx, rows(in.materials, r.ID, t.now, db.NewID)); err != nil {
		return nil, err
	}
	if err := m.useLicences(ctx, r, in.materials); err != nil {
		return nil, err
	}
	if m.LookUps != nil {
		if err := m.LookUps.FileLookUps(ctx, r.Number, in.lookUps); err != nil {
			return nil, err
		}
	}
	if err := m.keepPromises(ctx, r, in.s.Channel, in.list.Materials, in.materials); err != nil {
		return nil, err
	}
	if err := m.insertHistory(ctx, t.entries); err != nil {
		return nil, err
	}
	if err := m.count(ctx, r, ""); err != nil {
		return nil, err
	}
	if in.atDesk() {
		t.give(receiptSheet(r, in.handedNames()))
	}
	t.tell(Submitted{r.ref()})
	return r, t.finish(ctx)
}

// seen is how a clerk saw who it is; nobody says it of themselves.
func (in *intake) seen() string {
	if in.actor.IsApplicant() {
		return ""
	}
	return in.s.Seen
}

// atDesk tells whether a clerk took the application in hand to hand.
func (in *intake) atDesk() bool {
	return in.s.Channel == ChannelWindow || in.s.Channel == ChannelPost
}

// place inserts the row under a number that nobody has: that of the draft, or
// a new one, tried again in the one case in a thousand million that it is taken.
func (m *Module) place(ctx context.Context, in *intake, r *record) error {
	if in.s.Draft != "" {
		code, err := m.takeDraft(ctx, in.actor, in.s.Draft)
		if err != nil {
			return err
		}
		r.Number, r.QueryCode = in.s.Draft, code
	}
	for range 5 {
		ok, err := m.insert(ctx, r)
		if ok || err != nil {
			return err
		}
		if r.Key != nil {
			other, err := m.byKey(ctx, *r.KeyScope, *r.Key)
			if err != nil {
				return err
			}
			if other != nil {
				return errKeyTaken
			}
		}
		r.Number = NewNumber(m.now(ctx))
	}
	return ErrNumbersExhausted
}

// newRecord makes the row of a checked application: a snapshot of names as
// they are on the day.
func (m *Module) newRecord(ctx context.Context, in *intake, digest string) (*record, error) {
	now, s, def := m.now(ctx), &in.s, in.def()
	legal, promise := limitOf(def.Statutory), promiseOf(def)
	r := &record{
		ID: db.NewIDAt(now), Number: NewNumber(now), QueryCode: NewQueryCode(), Revision: 1,
		Item: def.Code, ItemName: def.Name, Version: in.version.N, Kind: def.Kind, AcceptedBy: def.AcceptedBy,
		Division: in.division.Code, DivisionName: in.division.Name, Channel: s.Channel, SubmittedBy: in.actor.Account,
		ApplicantType: s.Applicant.Type, ApplicantName: s.Applicant.Name, ApplicantKey: nameKey(s.Applicant.Name),
		ApplicantIDType: s.Applicant.IDType, ApplicantIDNo: s.Applicant.IDNo, ApplicantPhone: s.Applicant.Phone,
		ReceivingOutlet: in.outlet.Code, ReceivingName: in.outlet.Name, ReceivingDivision: in.outlet.Division,
		CompetentAgency: in.competent.Code, CompetentName: in.competent.Name, CompetentDivision: in.competent.Division, Dept: in.competent.Dept,
		Deliver: s.Deliver, DeliverCode: in.deliverTo.Code, DeliverName: in.deliverTo.Name,
		DeliverDivision: in.deliverTo.Division, DeliverAddress: in.deliverTo.Address,
		SubmittedAt: now, CorrectionDays: m.Rules.CorrectionDays,
		PromiseN: promise.N, PromiseUnit: string(promise.Unit), LegalN: legal.N, LegalUnit: string(legal.Unit),
		ResultKind: def.Result.Kind, DeferredUntil: s.DeferUntil, Sample: s.Sample,
	}
	if s.Key != "" {
		r.KeyScope, r.Key, r.KeyDigest = &in.actor.Account, &s.Key, &digest
	}
	r.ReceivedOn = m.receivedOn(ctx, r.CompetentDivision, in.atDesk())
	var err error
	r.Mandate = in.s.Mandate
	r.Account, r.AgentAccount, err = m.accountsOf(ctx, in)
	return r, err
}

// receivedOn is the day from which the five days of receipt count.
func (m *Module) receivedOn(ctx context.Context, division string, atDesk bool) workday.Date {
	if atDesk {
		return m.today(ctx)
	}
	return workday.ReceivedOn(m.Org.Calendar(ctx, division), m.now(ctx), clock.Beijing, m.Rules.OfficeCloses)
}

// accountsOf is whose case it will be: that of the applicant who signed in, or
// that of the person at the window if they have one. An agent who files over
// the net follows the case beside the applicant.
func (m *Module) accountsOf(ctx context.Context, in *intake) (applicant, agent string, err error) {
	if in.actor.IsApplicant() {
		if in.s.Mandate == "" {
			return in.actor.Account, "", nil
		}
		agent = in.actor.Account
	}
	applicant, err = m.applicantAccount(ctx, in)
	return applicant, agent, err
}

// content is the large part of the case.
func (in *intake) content(id string) content {
	c := content{CaseID: id, Answers: asJSON(in.list.Answers), Form: string(in.s.Form), Checklist: asJSON(in.checklist())}
	if in.s.Agent != nil {
		c.Agent = asJSON(in.s.Agent)
	}
	return c
}

// checklist is the snapshot of what was asked for.
func (in *intake) checklist() Checklist {
	list := Checklist{Item: in.def().Code, Version: in.version.N, BasisText: basisText(in.def()), Path: in.path()}
	for _, need := range in.list.Materials {
		switch { // what a register said is sealed elsewhere
		case need.Found:
			need.Waived = "已查询核实，无需提供。"
		case need.Paperless:
			need.Waived = "由部门核查，无需提供。"
		}
		list.Materials = append(list.Materials, ChecklistItem{
			ID: need.ID, Name: need.Name, Necessity: need.Necessity, Promise: need.Promise, Later: need.CanDefer(), Waived: need.Waived,
		})
	}
	return list
}

// nameKeyRunes is how much of a name the index holds.
const nameKeyRunes = 20

// nameKey writes the beginning of a name so that both databases, whatever
// their collation, find it by a range: the hexadecimal of its UTF-8.
func nameKey(name string) string {
	name = strings.TrimSpace(name)
	if utf8.RuneCountInString(name) > nameKeyRunes {
		name = string([]rune(name)[:nameKeyRunes])
	}
	return hex.EncodeToString([]byte(name))
}
