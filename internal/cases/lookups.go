package cases

import (
	"context"
	"slices"

	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/proofs"
)

// lookUp asks the registers for what the applicant need not prove. Nothing is
// asked about somebody for whom the actor may not apply.
func (c *checker) lookUp(ctx context.Context) error {
	if !c.bad.Empty() || c.list.Stop != "" || len(c.list.Open) > 0 || c.s.Sample {
		return nil
	}
	var err error
	c.lookUps, err = c.m.lookUp(ctx, c.intake, c.competent.Name, c.list.Materials)
	return err
}

// LookUp writes into the checklist of an application what the city's registers say
// of it, see proofs.Module.LookUp: as soon as it is known who applies, and the
// caller knows that the actor acts for them.
func (m *Module) LookUp(ctx context.Context, s Submission, def *catalogue.Definition, list []catalogue.Material) error {
	decides := def.DeptName
	a, err := m.Decides(ctx, def, s.Division)
	if err == nil {
		decides = a.Name
	} else if k := errs.KindOf(err); k == errs.Internal || k == errs.Unavailable {
		return err
	}
	_, err = m.lookUp(ctx, &intake{s: s, version: catalogue.Version{Definition: *def}}, decides, list)
	return err
}

func (m *Module) lookUp(ctx context.Context, in *intake, decides string, list []catalogue.Material) ([]string, error) {
	if m.LookUps == nil {
		return nil, nil
	}
	s, def := in.s, in.def()
	h := proofs.Holder{Type: s.Applicant.Type, Name: s.Applicant.Name, IDType: s.Applicant.IDType, IDNo: s.Applicant.IDNo}
	var err error
	if h.Account, err = m.applicantAccount(ctx, in); err != nil {
		return nil, err
	}
	return m.LookUps.LookUp(ctx, proofs.Asking{Case: s.Draft, Item: def.Code, ItemName: def.Name, AgencyName: decides, Channel: s.Channel, Holder: h}, list)
}

// LookUpOwn is LookUp for a checklist that nobody has begun to file: of the actor,
// if that is their number; else nothing is asked.
func (m *Module) LookUpOwn(ctx context.Context, def *catalogue.Definition, division, idNo string, list []catalogue.Material) error {
	actor := identity.FromContext(ctx)
	if !actor.IsApplicant() || m.Accounts == nil || actor.Enough(identity.Level(def.MinLevel)) != nil {
		return nil
	}
	p, err := m.Accounts.Person(ctx, actor.Account)
	if err != nil || p.IDNo != idNo {
		return err
	}
	return m.LookUp(ctx, Submission{Division: division, Channel: ChannelWeb, Applicant: Applicant{Type: string(p.Kind), Name: p.Name, IDType: p.IDType, IDNo: p.IDNo}}, def, list)
}

// LookedUp says that something may have been looked up for some of the materials.
func LookedUp(list []Material) bool {
	return slices.ContainsFunc(list, func(m Material) bool { return m.Way == wayLookUp || m.Way == wayOrgan || m.Way == wayPromise })
}
