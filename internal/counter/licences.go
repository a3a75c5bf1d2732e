package counter

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"

	"yimen/internal/apply"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/licences"
)

// consenter is who stands at the window and can agree that the applicant's
// electronic licences are used: the applicant, or who acts for them.
type consenter struct {
	way     licences.Way // how the clerk knows who it is
	account string       // "" has none
	name    string
}

// consenterOf tells who of the visit may agree; false when nobody may: the number
// was only looked up, or it is somebody else's matter. Until then the window does
// not even learn whether there are licences.
func (m *Module) consenterOf(ctx context.Context, s *sheet) (consenter, bool, error) {
	a := s.sub().Applicant
	if s.visit == "" || a.IDNo == "" {
		return consenter{}, false, nil
	}
	v, err := m.visit(ctx, s.visit)
	if errors.Is(err, ErrVisitOver) {
		return consenter{}, false, nil
	}
	if err != nil {
		return consenter{}, false, err
	}
	if v.CodeAccount != "" {
		if who, ok, err := m.byPhone(ctx, licences.ByCode, v.CodeAccount, a, s.def.Code); err != nil || ok {
			return who, ok, err
		}
	}
	if v.SMSAccount != "" && v.SMSCase == s.draft.Number {
		if who, ok, err := m.byPhone(ctx, licences.BySMS, v.SMSAccount, a, s.def.Code); err != nil || ok {
			return who, ok, err
		}
	}
	if v.IDNo == "" {
		return consenter{}, false, nil
	}
	who := consenter{way: licences.ByPaper, name: v.Name}
	if who.account, err = m.Identity.AccountOf(ctx, v.IDType, v.IDNo); err != nil {
		return who, false, err
	}
	if v.How == "reader" {
		who.way = licences.ByCard
	}
	if !v.proven() {
		if face, err := m.facedIn(ctx, v, who.account); err != nil || !face {
			return who, false, err
		}
		who.way = licences.ByFace
	}
	if who.name == "" {
		who.name = a.Name
	}
	if v.IDNo == a.IDNo {
		return who, true, nil
	}
	ok, err := m.actsFor(ctx, who.account, a, s.def.Code)
	return who, ok, err
}

// facedIn says that the person has proven themselves by face since the visit began.
func (m *Module) facedIn(ctx context.Context, v Visit, account string) (bool, error) {
	if account == "" {
		return false, nil
	}
	proofs, err := m.Identity.Proofs(ctx, account)
	return slices.ContainsFunc(proofs, func(p identity.Proof) bool {
		return p.Method == identity.ByFace && !p.At.Before(v.StartedAt) && p.Holds(m.now(ctx))
	}), err
}

// actsFor says that an account holds a mandate of the applicant that covers the
// item. A letter of authority on paper lets one apply, not open the applicant's
// licences: nobody could tell whether they know.
func (m *Module) actsFor(ctx context.Context, account string, a cases.Applicant, item string) (bool, error) {
	if account == "" {
		return false, nil
	}
	principal, err := m.Identity.AccountOf(ctx, a.IDType, a.IDNo)
	if err != nil || principal == "" {
		return false, err
	}
	agent, err := m.Identity.Actor(ctx, account)
	if err != nil {
		return false, err
	}
	_, ok := agent.MandateFor(principal, item)
	return ok, nil
}

// findLicences looks for licences that could stand in for materials of the sheet.
// The page says no more of them than that there are some.
func (m *Module) findLicences(ctx context.Context, s *sheet) error {
	asked := map[string][]string{}
	for _, need := range s.list.Materials {
		if len(need.LicenceTypes) > 0 {
			asked[need.ID] = need.LicenceTypes
		}
	}
	if m.Licences == nil || len(asked) == 0 {
		return nil
	}
	who, ok, err := m.consenterOf(ctx, s)
	if err != nil || !ok {
		s.mayCode = s.visit != "" && s.sub().Applicant.IDNo != ""
		return err
	}
	s.consents = who
	s.instead, err = m.Licences.ForMaterials(ctx, asked, s.sub().Applicant.IDNo)
	return err
}

// agree keeps the consents that the clerk has ticked in the presence of who gave
// them, and ends those to what is now met in another way. before are the
// materials as they were stored.
func (m *Module) agree(ctx context.Context, s *sheet, before []cases.Handed) error {
	if m.Licences == nil {
		return nil
	}
	for _, h := range before {
		if h.Licence != "" && apply.HandedOf(s.sub().Materials, h.ID).Licence == "" {
			if err := m.Licences.Withdraw(ctx, s.draft.Number, h.ID); err != nil {
				return err
			}
		}
	}
	for _, need := range s.list.Materials {
		if s.form.Value("way."+need.ID) != apply.WayLicence || apply.HandedOf(s.sub().Materials, need.ID).Licence != "" {
			continue
		}
		if len(s.instead[need.ID]) == 0 || s.form.Value("consent."+need.ID) == "" {
			continue // told when it is sent
		}
		if err := m.consent(ctx, s, need); err != nil {
			return err
		}
	}
	return nil
}

func (m *Module) consent(ctx context.Context, s *sheet, need catalogue.Material) error {
	decides := s.def.DeptName
	a, err := m.Cases.Decides(ctx, s.def, s.sub().Division)
	if k := errs.KindOf(err); err != nil && (k == errs.Internal || k == errs.Unavailable) {
		return err
	}
	if err == nil {
		decides = a.Name
	}
	l := s.instead[need.ID][0]
	err = m.Licences.Consent(ctx, licences.Consent{Case: s.draft.Number, Material: need.ID, MaterialName: need.Name, Types: need.LicenceTypes,
		Item: s.def.Code, ItemName: s.def.Name, AgencyName: decides, Purpose: "办理“" + s.def.Name + "”", Licence: l.Identifier,
		HolderNo: s.sub().Applicant.IDNo, Way: s.consents.way, By: s.consents.account, ByName: s.consents.name})
	if licences.Refused(err) {
		s.form.Error("materials."+need.ID, errs.From(err).Message)
		return nil
	}
	if err == nil {
		s.sub().Materials = append(s.sub().Materials, cases.Handed{ID: need.ID, Licence: l.Identifier})
	}
	return err
}

// noteSilent names the materials for which nobody has been asked.
func (s *sheet) noteSilent(f *web.Form) {
	for _, need := range s.list.Materials {
		if f.Value("way."+need.ID) == apply.WayLicence && apply.HandedOf(s.sub().Materials, need.ID).Licence == "" && f.ErrorOf("materials."+need.ID) == "" {
			f.Error("materials."+need.ID, "使用“"+need.Name+"”的电子证照，要先当面问本人是否同意，再勾选；不同意的，请收原件。")
		}
	}
}

// waysOn are the ways of a material on the sheet, a licence last: the keys of the
// others stay.
func (s *sheet) waysOn(need catalogue.Material) []string {
	ways := waysHere(need)
	if s.barred != "" {
		ways = slices.DeleteFunc(ways, func(w string) bool { return w == apply.WayPromise })
	}
	if s.licensed(need) {
		ways = append(ways, apply.WayLicence)
	}
	return ways
}

// offers marks what the materials part shows because of who applies and who stands
// there: what was looked up, which licences may be used, what is not to be
// promised. A page with another mark is out of date there.
func (s *sheet) offers() string {
	h := fnv.New64a()
	fmt.Fprintln(h, s.mayCode, s.barred, s.consents.way, s.consents.name)
	for _, need := range s.list.Materials {
		fmt.Fprintln(h, need.ID, need.Waived, need.Paperless, s.licensed(need))
	}
	return strconv.FormatUint(h.Sum64(), 36)
}

// licensed says that a licence may stand in for the material, or does.
func (s *sheet) licensed(need catalogue.Material) bool {
	return len(s.instead[need.ID]) > 0 || apply.HandedOf(s.sub().Materials, need.ID).Licence != ""
}

func (s *sheet) agreed(need catalogue.Material) bool {
	return s.form.Value("consent."+need.ID) != "" || apply.HandedOf(s.sub().Materials, need.ID).Licence != ""
}

// consentText is what the person is asked.
func (s *sheet) consentText(need catalogue.Material) string {
	who := s.consents.name
	if who == "" {
		who = "本人"
	}
	return "已看人、已当面问过：" + who + "同意用电子证照代替“" + need.Name + "”。本窗口和办理部门会看到证照，只用来办这件事，只用这一次。"
}
