package training

import (
	"context"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
)

// Verbs of this module.
var (
	VerbManage = identity.DefineVerb("training.manage", "组织培训、发放和撤销培训证书")
	VerbView   = identity.DefineVerb("training.view", "查看培训和证书情况")
)

func init() {
	identity.Extend("centre_manager", VerbManage, VerbView)
	identity.Extend("agency_head", VerbView)
}

// Errors of the module.
var (
	ErrCourseUnknown  = errs.Define(errs.NotFound, "training_course_unknown", "没有这门培训课程，请从培训页面重新选择。")
	ErrSessionUnknown = errs.Define(errs.NotFound, "training_session_unknown", "没有这次培训，请从培训页面重新选择。")
	ErrCertUnknown    = errs.Define(errs.NotFound, "training_certificate_unknown", "没有这张培训证书，请从证书列表重新选择。")
	ErrNotHere        = errs.Define(errs.Denied, "training_not_here", "这门课程不由您管理，不能操作。")
	ErrInvalid        = errs.Define(errs.Invalid, "training_invalid", "填写的内容有误，请按提示修改。")
	ErrEnded          = errs.Define(errs.Conflict, "training_course_ended", "这门课程已经停办，不能再安排培训。")
	ErrDone           = errs.Define(errs.Conflict, "training_session_done", "这次培训的结果已经登记，不能再改动，请刷新后查看。")
	ErrNotToday       = errs.Define(errs.Conflict, "training_not_today", "只能在培训当天签到，请核对培训日期。")
	ErrNotMine        = errs.Define(errs.Denied, "training_not_for_you", "这次培训不面向您所在的地方，您不用签到，有疑问请联系大厅管理人员。")
	ErrRevoked        = errs.Define(errs.Conflict, "training_certificate_revoked", "这张证书已经撤销过了，请刷新后查看。")
)

// at is where a course or a member of staff stands, for rights.
func at(division string) identity.Place {
	return identity.Place{Receiving: division, Division: division}
}

// narrow adds to a list of what stands in a division where the viewer may look.
func narrow(ctx context.Context, w *db.Where) {
	a := identity.FromContext(ctx)
	a.Scope(VerbView).Or(a.Scope(VerbManage)).Where(w, identity.Columns{Receiving: "division", Division: "division"})
}

// Places the viewer may keep courses for begin with their own.
func (m *Module) ownDivision(ctx context.Context) string {
	a := identity.FromContext(ctx)
	if a.Can(VerbManage, at(a.Division)) {
		return a.Division
	}
	for _, g := range a.Grants {
		if g.Verb == VerbManage && g.From != "" {
			return g.From
		}
	}
	return ""
}
