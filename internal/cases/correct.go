package cases

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"yimen/internal/catalogue"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/org"
	"yimen/workday"
)

// maxCorrectionDays bounds how long an applicant may be given to correct.
const maxCorrectionDays = 180

// RequestCorrection tells the applicant, once and for all, what is missing or
// wrong and how to cure each of it (一次性告知, 行政许可法 art. 32(4)). A second
// request is ErrCorrectionOnce, one after acceptance ErrNoCorrectionAfter.
// a.Days is the time to correct in working days, 0 the city's default. An
// opinion without a list is the one thing that is wrong.
func (m *Module) RequestCorrection(ctx context.Context, number string, a Act) (Case, error) {
	return m.act(ctx, number, VerbRequestCorrection, a, func(ctx context.Context, t *turn) error {
		if t.r.Corrections > 0 {
			return ErrCorrectionOnce.Allowed(words(t.r.allowed(t.actor))...)
		}
		list, err := t.m.checklistOf(ctx, t.r.ID)
		if err != nil {
			return err
		}
		if err := m.checkCorrection(ctx, list, &a); err != nil {
			return err
		}
		if err := t.step(VerbRequestCorrection, a.Opinion, map[string]any{"deficiencies": a.Deficiencies, "days": a.Days}); err != nil {
			return err
		}
		t.r.Corrections, t.r.CorrectionFrom, t.r.CorrectionDays = t.r.Corrections+1, t.today, a.Days
		t.r.dues(m.Org.Calendar(ctx, t.r.CompetentDivision), workday.Ledger{})
		if err := m.setCorrection(ctx, t.r.ID, asJSON(a.Deficiencies)); err != nil {
			return err
		}
		def, err := t.definition(ctx)
		if err != nil {
			return err
		}
		t.give(correctionSheet(t.r, def, list, a))
		t.tell(CorrectionRequested{Ref: t.r.ref(), DueOn: t.r.CorrectionDueOn})
		return nil
	})
}

// checkCorrection refuses what is not on the checklist, and a proof that the
// city's list does not keep, also where it stands in the words (domain.md §7).
func (m *Module) checkCorrection(ctx context.Context, list Checklist, a *Act) error {
	var bad errs.Fields
	if opinion := strings.TrimSpace(a.Opinion); len(a.Deficiencies) == 0 && opinion != "" {
		a.Deficiencies, a.Opinion = []Deficiency{{Problem: opinion, Cure: "请按告知的内容补正后重新提交。"}}, ""
	}
	if len(a.Deficiencies) == 0 {
		bad.Add("deficiencies", "请一次性列出全部需要补正的内容。")
	}
	for i := range a.Deficiencies {
		d := &a.Deficiencies[i]
		at := fmt.Sprintf("deficiencies.%d.", i)
		if need, ok := list.find(d.Material); d.Material != "" && !ok {
			bad.Add(at+"material", "材料清单中没有“%s”，不能要求清单以外的材料。", d.Material)
		} else if need.Needless() {
			bad.Add(at+"material", "“%s”不用提供，不能要求补正，请去掉这一项。", need.Name)
		}
		checkText(&bad, at+"problem", &d.Problem, "请写明存在的问题。")
		checkText(&bad, at+"cure", &d.Cure, "请写明如何补正。")
	}
	if a.Days == 0 {
		a.Days = m.Rules.CorrectionDays
	}
	if a.Days < 1 || a.Days > maxCorrectionDays {
		bad.Add("days", "补正期限应为1至%d个工作日。", maxCorrectionDays)
	}
	checkText(&bad, "opinion", &a.Opinion, "")
	if err := m.refuseOffList(ctx, list, a, &bad); err != nil {
		return err
	}
	return bad.Err()
}

// find is the material of that id.
func (c Checklist) find(id string) (ChecklistItem, bool) {
	i := slices.IndexFunc(c.Materials, func(m ChecklistItem) bool { return m.ID == id })
	if i < 0 {
		return ChecklistItem{}, false
	}
	return c.Materials[i], true
}

// refuseOffList looks for proofs off the list in the words of a correction.
func (m *Module) refuseOffList(ctx context.Context, list Checklist, a *Act, bad *errs.Fields) error {
	var lawful []string
	for _, need := range list.Materials {
		lawful = append(lawful, need.Name)
	}
	texts := map[string]string{"opinion": a.Opinion}
	for i, d := range a.Deficiencies {
		texts[fmt.Sprintf("deficiencies.%d.problem", i)], texts[fmt.Sprintf("deficiencies.%d.cure", i)] = d.Problem, d.Cure
	}
	for _, field := range slices.Sorted(maps.Keys(texts)) {
		name, err := m.Catalogue.OffList(ctx, texts[field], lawful...)
		if err != nil {
			return err
		}
		if name != "" {
			bad.Add(field, "“%s”不在证明事项清单的保留之列，不能要求提供。请删去；需要核实的由本部门核查，或请申请人书面承诺。", name)
		}
	}
	return nil
}

// Correct brings what was asked for (补正): materials replace those of the same
// id, the form is replaced if there is one. The case is received again and the
// five days start anew. There is no second request: what is now in hand is
// accepted or refused.
func (m *Module) Correct(ctx context.Context, number string, a Act) (Case, error) {
	return m.act(ctx, number, VerbCorrect, a, func(ctx context.Context, t *turn) error {
		c, err := m.supplied(ctx, t, &a)
		if err != nil {
			return err
		}
		if len(c.materials) == 0 && len(a.Form) == 0 && a.Opinion == "" {
			c.bad.Add("materials", "请提交补正的材料、修改的表单或书面说明。")
		}
		if len(a.Form) > 0 {
			if err := c.add("form", m.Catalogue.CheckForm(*c.def(), a.Form)); err != nil {
				return err
			}
		}
		if err := c.bad.Err(); err != nil {
			return err
		}
		if len(a.Form) > 0 {
			if err := m.keepForm(ctx, t); err != nil {
				return err
			}
			if err := m.setForm(ctx, t.r.ID, string(a.Form)); err != nil {
				return err
			}
		}
		if err := m.replaceMaterials(ctx, t, c); err != nil {
			return err
		}
		if err := t.step(VerbCorrect, a.Opinion, map[string]any{"materials": idsOf(c.materials)}); err != nil {
			return err
		}
		t.r.ReceivedOn = m.receivedOn(ctx, t.r.CompetentDivision, c.s.Channel == ChannelWindow)
		t.give(receiptSheet(t.r, namesOf(c.materials)))
		t.tell(Corrected{t.r.ref()})
		return m.endReplies(ctx, number)
	})
}

// Supplement brings 容缺 materials that were promised for later. Until they are
// all there, no result leaves (domain.md §3.7).
func (m *Module) Supplement(ctx context.Context, number string, a Act) (Case, error) {
	return m.act(ctx, number, VerbSupplement, a, func(ctx context.Context, t *turn) error {
		if t.r.DeferredUntil.IsZero() {
			return ErrNothingDeferred
		}
		c, err := m.supplied(ctx, t, &a)
		if err != nil {
			return err
		}
		if len(c.materials) == 0 {
			c.bad.Add("materials", "请提交容缺的材料。")
		}
		if err := c.bad.Err(); err != nil {
			return err
		}
		if err := m.replaceMaterials(ctx, t, c); err != nil {
			return err
		}
		if err := t.step(VerbSupplement, a.Opinion, map[string]any{"materials": idsOf(c.materials)}); err != nil {
			return err
		}
		if err := m.endReplies(ctx, number); err != nil {
			return err
		}
		left, err := m.openDeferred(ctx, t.r.ID)
		if err != nil {
			return err
		}
		if left > 0 {
			return nil
		}
		t.r.DeferredUntil = workday.Date{}
		if t.r.State == StateDecided || t.r.State == StateIssuing {
			return t.byItself()
		}
		return nil
	})
}

// supplied checks materials that come later, by the rules they would have come
// in by at first; nothing need be complete.
func (m *Module) supplied(ctx context.Context, t *turn, a *Act) (*checker, error) {
	def, err := m.Catalogue.Definition(ctx, t.r.Item, t.r.Version)
	if err != nil {
		return nil, err
	}
	row, err := m.contentOf(ctx, t.r.ID)
	if err != nil {
		return nil, err
	}
	answers := map[string][]string{}
	if err := fromJSON(row.Answers, &answers); err != nil {
		return nil, err
	}
	list, err := m.Catalogue.Checklist(ctx, t.r.Item, "", t.r.Version, answers)
	if err != nil {
		return nil, err
	}
	channel := a.Channel
	if channel == "" {
		channel = ChannelWeb
		if !t.actor.IsApplicant() {
			channel = ChannelWindow
		}
	}
	c := &checker{m: m, hasItem: true, intake: &intake{
		s:     Submission{Draft: t.r.Number, Channel: channel, Applicant: Applicant{IDNo: t.r.ApplicantIDNo}, Materials: a.Materials},
		actor: t.actor, version: catalogue.Version{Item: def.Code, N: t.r.Version, Definition: *def}, list: list, today: t.today,
		competent: org.Agency{Code: t.r.CompetentAgency, Name: t.r.CompetentName},
	}}
	checkText(&c.bad, "opinion", &a.Opinion, "")
	return c, c.supplies(ctx)
}

func (c *checker) supplies(ctx context.Context) error {
	met := map[string]string{}
	for i, h := range c.s.Materials {
		if h.Later {
			c.bad.Add(fieldOf(i, "later"), "补交的材料不能再次容缺，请提交材料。")
			continue
		}
		row, err := c.material(ctx, i, h, c.list.Materials, met)
		if err != nil {
			return err
		}
		if row != nil {
			c.materials = append(c.materials, *row)
		}
	}
	return nil
}

func (m *Module) replaceMaterials(ctx context.Context, t *turn, c *checker) error {
	list := c.materials
	if len(list) == 0 {
		return nil
	}
	if err := m.supersede(ctx, t.r.ID, idsOf(list), t.now); err != nil {
		return err
	}
	if err := m.insertMaterials(ctx, rows(list, t.r.ID, t.now, db.NewID)); err != nil {
		return err
	}
	if err := m.useLicences(ctx, t.r, list); err != nil {
		return err
	}
	if m.Promises != nil {
		if err := m.Promises.TakeBack(ctx, t.r.Number, idsOf(list)); err != nil {
			return err
		}
	}
	return m.keepPromises(ctx, t.r, c.s.Channel, c.list.Materials, list)
}

func idsOf(list []materialRow) []string {
	ids := []string{}
	for _, r := range list {
		if !slices.Contains(ids, r.Material) {
			ids = append(ids, r.Material)
		}
	}
	return ids
}

// checklistOf reads the snapshot of what the case was asked for.
func (m *Module) checklistOf(ctx context.Context, id string) (Checklist, error) {
	c, err := m.contentOf(ctx, id)
	if err != nil {
		return Checklist{}, err
	}
	var list Checklist
	return list, fromJSON(c.Checklist, &list)
}

// deferredNames lists the 容缺 materials still to come.
func (t *turn) deferredNames(ctx context.Context) ([]string, error) {
	list, err := t.m.materialsOf(ctx, t.r.ID)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, r := range list {
		if r.Way == wayLater && r.Superseded == nil {
			names = append(names, r.Name)
		}
	}
	return names, nil
}

// TerminateUncorrected ends every case whose applicant did not correct in
// time, or did not bring what was promised for later. A periodic job.
func (m *Module) TerminateUncorrected(ctx context.Context) error {
	uncorrected := m.sweep(ctx, "terminate uncorrected", []State{StateCorrecting}, "correction_due_on", func(ctx context.Context, number string) error {
		return m.job(ctx, number, "逾期未补正", func(ctx context.Context, t *turn) error {
			if t.r.State != StateCorrecting || !t.today.After(t.r.CorrectionDueOn) {
				return nil
			}
			return t.end(ctx, VerbTerminateUncorrect, "申请人未在"+t.r.CorrectionDueOn.Chinese()+"前补正材料。")
		})
	})
	cured := []State{StateReviewing, StatePaused, StateDecided, StateIssuing}
	undelivered := m.sweep(ctx, "terminate uncured", cured, "deferred_until", func(ctx context.Context, number string) error {
		return m.job(ctx, number, "逾期未补交", func(ctx context.Context, t *turn) error {
			if !slices.Contains(cured, t.r.State) || t.r.DeferredUntil.IsZero() || !t.today.After(t.r.DeferredUntil) {
				return nil
			}
			return t.end(ctx, VerbTerminateUncorrect, "申请人未在"+t.r.DeferredUntil.Chinese()+"前补交承诺后补的材料。")
		})
	})
	return errors.Join(uncorrected, undelivered)
}

// definition of the version the case came in under.
func (t *turn) definition(ctx context.Context) (*catalogue.Definition, error) {
	d, err := t.m.Catalogue.Definition(ctx, t.r.Item, t.r.Version)
	return d, wrap("item of case "+t.r.Number, err)
}
