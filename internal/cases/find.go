package cases

import (
	"context"
	"fmt"

	"yimen/internal/identity"
	"yimen/workday"
)

// Find gives a case with all of it; ErrUnknown for cases outside the viewer's
// rights too, so that a number tells nobody that a case exists.
func (m *Module) Find(ctx context.Context, number string) (Case, error) {
	w, err := m.dossierOf(ctx, number)
	if err != nil {
		return Case{}, err
	}
	if err := m.mayRead(ctx, &w.record); err != nil {
		return Case{}, err
	}
	c := m.present(ctx, &w.record, identity.FromContext(ctx))
	return c, m.fill(ctx, w, &c)
}

// Glance is Find without the content: what stands in the case's own row, read
// by one statement instead of five. Content is nil, and what is computed from
// the ledger alone is not filled in.
func (m *Module) Glance(ctx context.Context, number string) (Case, error) {
	r, err := m.seen(ctx, number)
	if err != nil {
		return Case{}, err
	}
	return m.present(ctx, r, identity.FromContext(ctx)), nil
}

// History gives everything that happened to a case, oldest first; ErrUnknown.
func (m *Module) History(ctx context.Context, number string) ([]Entry, error) {
	r, err := m.seen(ctx, number)
	if err != nil {
		return nil, err
	}
	rows, err := m.historyOf(ctx, r.ID, 0)
	if err != nil {
		return nil, err
	}
	list := make([]Entry, len(rows))
	for i, h := range rows {
		if list[i], err = h.entry(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (h historyRow) entry() (Entry, error) {
	e := Entry{
		Seq: h.Seq, At: h.At, Verb: h.Verb, Title: h.Verb.Chinese(), From: h.From, To: h.To, Who: h.Who, WhoName: h.WhoName,
		Agency: h.Agency, Opinion: h.Opinion,
	}
	if err := fromJSON(h.Detail, &e.Detail); err != nil {
		return e, fmt.Errorf("entry %d of the history: %w", h.Seq, err)
	}
	return e, nil
}

// present gives a row as others see it.
func (m *Module) present(ctx context.Context, r *record, a identity.Actor) Case {
	return r.present(a, m.horizon(ctx))
}

func (r *record) present(a identity.Actor, h horizon) Case {
	c := Case{
		ID: r.ID, Number: r.Number, QueryCode: r.QueryCode, State: r.State, StateName: r.State.Chinese(), Revision: r.Revision,
		Item: r.Item, ItemName: r.ItemName, Version: r.Version, Kind: r.Kind, Division: r.Division, DivisionName: r.DivisionName,
		Channel: r.Channel, Account: r.Account, Own: r.owns(a), Filed: r.filed(), Delegated: r.Mandate != "", Dept: r.Dept, Deliver: r.Deliver,
		Applicant: Applicant{Type: r.ApplicantType, Name: r.ApplicantName, IDType: r.ApplicantIDType, IDNo: r.ApplicantIDNo, Phone: r.ApplicantPhone},
		Receiving: Place{Code: r.ReceivingOutlet, Name: r.ReceivingName, Division: r.ReceivingDivision},
		Competent: Place{Code: r.CompetentAgency, Name: r.CompetentName, Division: r.CompetentDivision},
		DeliverTo: Place{Code: r.DeliverCode, Name: r.DeliverName, Division: r.DeliverDivision, Address: r.DeliverAddress},

		SubmittedAt: r.SubmittedAt, ReceivedOn: r.ReceivedOn, ReceiptDueOn: r.ReceiptDueOn, CorrectionDueOn: r.CorrectionDueOn,
		AcceptedOn: r.AcceptedOn, Deemed: r.Deemed, DecidedOn: r.DecidedOn, Outcome: r.Outcome, ClosedAt: r.ClosedAt,
		PromiseDueOn: r.PromiseDueOn, DueOn: r.DueOn, Clock: clockOf(r.State), Corrections: r.Corrections,
		Light: h.light(r.State, r.Kind, r.DueOn), DaysLeft: h.daysLeft(r.State, r.DueOn),
		DeferredUntil: r.DeferredUntil, Sample: r.Sample, Allowed: r.allowed(a),
	}
	if len(r.damaged) > 0 {
		c.StateName, c.Damaged, c.Light, c.DaysLeft, c.Allowed = damagedName, true, LightNone, nil, nil
	}
	return c
}

// fill reads the large part of a case. While the clock stands still, the due
// date is the one that would hold if it ran on today.
func (m *Module) fill(ctx context.Context, w *dossier, c *Case) error {
	r, row := &w.record, w.content
	content := &Content{Instance: r.Instance}
	for _, part := range []struct {
		text string
		dest any
	}{{row.Form, &content.Form}, {row.Answers, &content.Answers}, {row.Checklist, &content.Checklist}, {row.Correction, &content.Correction}, {row.Agent, &c.Agent}} {
		if err := fromJSON(part.text, part.dest); err != nil {
			return err
		}
	}
	if err := w.fillPapers(content); err != nil {
		return err
	}
	ledger, err := ledger(w.clock)
	if err != nil {
		return err
	}
	content.Ledger = ledger.Entries()
	cal, today := m.Org.Calendar(ctx, r.CompetentDivision), m.today(ctx)
	if r.LegalUnit != "" && ledger.Started(workday.Date{}) {
		legal := workday.Limit{N: r.LegalN, Unit: workday.Unit(r.LegalUnit)}
		content.StatutoryDueOn = ledger.DueOn(cal, legal, today)
	}
	if r.State == StatePaused {
		c.PromiseDueOn = ledger.DueOn(cal, r.promise(), today)
		c.DueOn = c.PromiseDueOn
	}
	c.Content = content
	return nil
}

func (w *dossier) fillPapers(content *Content) error {
	content.Materials, content.Notices = []Material{}, []NoticeRow{}
	for _, x := range w.materials {
		content.Materials = append(content.Materials, Material{
			ID: x.Material, Name: x.Name, Way: x.Way, File: x.File, FileName: x.FileName, Licence: x.Licence,
			At: x.MadeAt, Superseded: x.Superseded,
		})
	}
	for _, x := range w.notices {
		n, err := x.notice()
		if err != nil {
			return err
		}
		content.Notices = append(content.Notices, n.NoticeRow)
	}
	return nil
}
