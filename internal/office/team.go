package office

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"yimen/internal/identity"
	"yimen/internal/kit/web"
	"yimen/internal/org"
	"yimen/internal/workflow"
)

// member is one person of the agency with their load.
type member struct {
	identity.Account
	workflow.Load
	away   org.Absence // today; no id: at work
	acting string      // name of who stands in
}

// teamPage shows a chief who has how much, and lets them share it out.
type teamPage struct {
	agency  org.Agency
	members []member
	free    workflow.Load // in nobody's name
	rule    rule
	most    int // the largest weight, for the bars
	asked   int // leaves that wait to be confirmed
}

// ownAgency gives the agency that the viewer leads; ErrTaskDenied for others.
func (m *Module) ownAgency(ctx context.Context) (org.Agency, error) {
	if !m.leads(ctx) {
		return org.Agency{}, workflow.ErrTaskDenied.Say("只有科（股）长、单位负责人可以查看和分派本单位的任务。")
	}
	return m.Org.Agency(ctx, identity.FromContext(ctx).Agency)
}

func (m *Module) showTeam(w http.ResponseWriter, r *http.Request) error {
	p, err := m.openTeam(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, teamView(p))
}

func (m *Module) openTeam(ctx context.Context) (teamPage, error) {
	var p teamPage
	var err error
	if p.agency, err = m.ownAgency(ctx); err != nil {
		return p, err
	}
	if p.rule, err = m.ruleOf(ctx, p.agency.Code); err != nil {
		return p, err
	}
	loads, err := m.Workflow.Loads(ctx, p.agency.Code)
	if err != nil {
		return p, err
	}
	p.free = loads[""]
	if p.members, err = m.membersOf(ctx, p.agency.Code); err != nil {
		return p, err
	}
	for i := range p.members {
		x := &p.members[i]
		x.Load = loads[x.ID]
		p.most = max(p.most, x.Weight())
	}
	if err := m.markAway(ctx, p.agency.Code, p.members); err != nil {
		return p, err
	}
	leaves, err := m.Org.LeavesOf(ctx, p.agency.Code, m.today(ctx))
	for _, a := range leaves {
		if a.State == org.LeaveAsked {
			p.asked++
		}
	}
	slices.SortStableFunc(p.members, func(a, b member) int { return cmp.Compare(b.Weight(), a.Weight()) })
	return p, err
}

// membersOf are the people of an agency who can do some step.
func (m *Module) membersOf(ctx context.Context, agency string) ([]member, error) {
	var list []member
	seen := map[string]bool{}
	for _, role := range workflow.Roles {
		accounts, err := m.Identity.Colleagues(ctx, agency, identity.Verb("task."+role))
		if err != nil {
			return nil, err
		}
		for _, a := range accounts {
			if a.Agency == agency && !seen[a.ID] {
				seen[a.ID] = true
				list = append(list, member{Account: a})
			}
		}
	}
	return list, nil
}

func (m *Module) markAway(ctx context.Context, agency string, members []member) error {
	away, err := m.Org.Away(ctx, agency, m.today(ctx))
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, x := range members {
		names[x.Staff] = x.DisplayName
	}
	for i := range members {
		for _, a := range away {
			if a.Staff == members[i].Staff {
				members[i].away, members[i].acting = a, names[a.Substitute]
			}
		}
	}
	return nil
}

// changeRules sets what the agency does by itself.
func (m *Module) changeRules(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	agency, err := m.ownAgency(r.Context())
	if err != nil {
		return err
	}
	err = m.setRule(r.Context(), rule{Agency: agency.Code, AutoAssign: form.Value("auto_assign") != "", ConfirmLeave: form.Value("confirm_leave") != ""})
	if err != nil {
		return err
	}
	web.Flash(r, "success", "已保存。")
	return web.Redirect(w, r, "/office/team")
}
