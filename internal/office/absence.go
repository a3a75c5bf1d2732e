package office

import (
	"context"
	"net/http"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/org"
	"yimen/internal/workflow"
)

// absencePage is one's own leaves, and for a chief those of the agency.
type absencePage struct {
	form   *web.Form
	people []ui.Option // who may stand in
	own    []org.Absence
	all    []org.Absence
	names  map[string]string // of staff
	rule   rule
	leads  bool
	staff  string // the viewer's own id
}

var errLeaveStaff = errs.Define(errs.Denied, "office_leave_without_staff", "您的账号没有对应的在岗人员，不能登记请假，请联系系统管理员。")

func (m *Module) showAbsence(w http.ResponseWriter, r *http.Request) error {
	return m.absencePage(w, r, http.StatusOK, web.NewForm(nil))
}

func (m *Module) absencePage(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	ctx := r.Context()
	a := identity.FromContext(ctx)
	p := absencePage{form: form, leads: m.leads(ctx), staff: a.Staff, names: map[string]string{}}
	if a.Staff == "" || a.Agency == "" {
		return errLeaveStaff
	}
	var err error
	if p.rule, err = m.ruleOf(ctx, a.Agency); err != nil {
		return err
	}
	members, err := m.membersOf(ctx, a.Agency)
	if err != nil {
		return err
	}
	for _, x := range members {
		if p.names[x.Staff] = x.DisplayName; x.Staff != a.Staff && x.Staff != "" {
			p.people = append(p.people, ui.Option{Value: x.Staff, Label: x.DisplayName})
		}
	}
	if p.own, err = m.Org.LeavesBy(ctx, a.Staff); err != nil {
		return err
	}
	if p.leads {
		if p.all, err = m.Org.LeavesOf(ctx, a.Agency, m.today(ctx).Add(-30)); err != nil {
			return err
		}
	}
	if err := m.nameStaff(ctx, &p); err != nil {
		return err
	}
	return web.Render(w, r, status, absenceView(p))
}

// nameStaff adds the names of those who are no more among the members.
func (m *Module) nameStaff(ctx context.Context, p *absencePage) error {
	for _, list := range [][]org.Absence{p.own, p.all} {
		for _, x := range list {
			for _, id := range []string{x.Staff, x.Substitute} {
				if p.names[id] != "" {
					continue
				}
				s, err := m.Org.StaffMember(ctx, id)
				if err != nil && err != org.ErrStaffUnknown {
					return err
				}
				p.names[id] = orText(s.Name, id)
			}
		}
	}
	return nil
}

// askLeave registers a leave of one's own. The substitute must be able to do at
// least one kind of the work by a right of their own: standing in gives none.
func (m *Module) askLeave(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	a := identity.FromContext(ctx)
	if a.Staff == "" || a.Agency == "" {
		return errLeaveStaff
	}
	rule, err := m.ruleOf(ctx, a.Agency)
	if err != nil {
		return err
	}
	leave := org.Absence{Staff: a.Staff, Substitute: form.Value("substitute"), From: form.Date("from"), To: form.Date("to"), Reason: form.Value("reason")}
	if form.OK() {
		if err := m.checkSubstitute(ctx, form, leave.Substitute); err != nil {
			return err
		}
	}
	if !form.OK() {
		return m.absencePage(w, r, http.StatusUnprocessableEntity, form)
	}
	done := "已登记，等待科（股）长或单位负责人确认。"
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		id, err := m.Org.AskLeave(ctx, leave)
		if err != nil || rule.ConfirmLeave {
			return err
		}
		done = "已登记，到时由代办人办理您名下的任务。"
		return m.Org.ConfirmLeave(ctx, id, a.Name+"（本单位不需确认）")
	})
	if err := form.Merge(err); err != nil {
		return err
	}
	if !form.OK() {
		return m.absencePage(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(r, "success", done)
	return web.Redirect(w, r, "/office/absence")
}

func (m *Module) checkSubstitute(ctx context.Context, form *web.Form, staff string) error {
	if staff == "" {
		return nil // told by the organisation
	}
	members, err := m.membersOf(ctx, identity.FromContext(ctx).Agency)
	if err != nil {
		return err
	}
	for _, x := range members {
		if x.Staff == staff {
			return nil
		}
	}
	form.Error("substitute", "这位同事没有办理任务的权限，不能代办，请另选一位。")
	return nil
}

// decideLeave confirms, refuses, or ends a leave. One's own can be ended; the
// rest is for those who lead the agency, and nobody confirms their own unless
// nobody else could.
func (m *Module) decideLeave(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, id := r.Context(), r.PathValue("id")
	a := identity.FromContext(ctx)
	leave, err := m.Org.Leave(ctx, id)
	if err != nil {
		return err
	}
	own, leads := leave.Staff == a.Staff && a.Staff != "", m.leads(ctx) && leave.Agency == a.Agency
	if !own && !leads {
		return org.ErrAbsenceUnknown
	}
	switch do := form.Value("do"); {
	case do == "end":
		err = m.Org.EndLeave(ctx, id)
	case !leads || own:
		return workflow.ErrTaskDenied.Say("请假须由本单位的另一位科（股）长或单位负责人确认。")
	case do == "confirm":
		err = m.Org.ConfirmLeave(ctx, id, a.Name)
	case do == "refuse":
		err = m.Org.RefuseLeave(ctx, id, a.Name, form.Value("note"))
	default:
		return errs.ErrInvalid
	}
	if err := form.Merge(err); err != nil {
		return err
	}
	if !form.OK() {
		return m.absencePage(w, r, http.StatusConflict, form)
	}
	web.Flash(r, "success", map[string]string{"end": "请假已结束，代办停止。", "confirm": "已确认。", "refuse": "已退回。"}[form.Value("do")])
	return web.Redirect(w, r, "/office/absence")
}

var leaveStates = map[string]struct{ name, tone string }{
	org.LeaveAsked: {"待确认", "warning"}, org.LeaveConfirmed: {"已确认", "success"}, org.LeaveRefused: {"未同意", "danger"}, org.LeaveEnded: {"已结束", "muted"},
}
