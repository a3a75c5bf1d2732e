package seals

import (
	"yimen/internal/identity"
	"yimen/internal/kit/errs"
)

// Verbs of this module.
var (
	VerbView    = identity.DefineVerb("seal.view", "查看印章和用印记录")
	VerbApply   = identity.DefineVerb("seal.apply", "申请、领用、停用印章")
	VerbApprove = identity.DefineVerb("seal.approve", "审批、恢复、注销印章")
	VerbMake    = identity.DefineVerb("seal.make", "备案、制作、发放印章，管理证书")
	VerbUse     = identity.DefineVerb("seal.use", "用印")
)

// The roles. Whoever applies for seals and uses them does not approve them,
// and makes none.
const (
	RoleKeeper   = "seal_keeper"
	RoleApprover = "seal_approver"
	RoleMaker    = "seal_maker"
)

func init() {
	identity.DefineRole(RoleKeeper, "印章管理员", VerbView, VerbApply, VerbUse)
	identity.DefineRole(RoleApprover, "印章审批员", VerbView, VerbApprove)
	identity.DefineRole(RoleMaker, "制章员", VerbView, VerbMake)
	identity.Extend("audit_admin", VerbView)
}

// Errors of the module.
var (
	ErrUnknown     = errs.Define(errs.NotFound, "seal_unknown", "没有这枚印章，或者它不归您管，请从印章列表重新选择。")
	ErrNotHere     = errs.Define(errs.Denied, "seal_not_here", "您没有在这个单位办理这一步的权限，请联系有权限的人。")
	ErrMove        = errs.Define(errs.Conflict, "seal_move_not_allowed", "印章现在的状态不能这样办，请刷新后查看。")
	ErrStale       = errs.Define(errs.Conflict, "seal_stale", "这枚印章刚被别人办理过，请刷新后再办。")
	ErrOwn         = errs.Define(errs.Denied, "seal_four_eyes", "申请人和保管人不能审批自己的印章，请由另一位审批员办理。")
	ErrNotCustody  = errs.Define(errs.Denied, "seal_not_custodian", "只有保管人本人能领用启用，请通知保管人办理。")
	ErrInvalid     = errs.Define(errs.Invalid, "seal_invalid", "填写的内容有误，请按提示修改。")
	ErrNoSeal      = errs.Define(errs.Conflict, "seal_none_fits", "这个单位没有可以用于此项用途的印章，请先申请或启用印章。")
	ErrNotActive   = errs.Define(errs.Conflict, "seal_not_active", "这枚印章不在使用状态，不能盖章。")
	ErrOutOfDate   = errs.Define(errs.Conflict, "seal_out_of_date", "这枚印章不在有效期内，不能盖章，请申请换发。")
	ErrPurpose     = errs.Define(errs.Denied, "seal_purpose", "这枚印章不能用于这项用途，没有盖章，请换用有这项用途的印章。")
	ErrAgency      = errs.Define(errs.Denied, "seal_other_agency", "这枚印章不是这个单位的，没有盖章，请换用本单位的印章。")
	ErrMayNotUse   = errs.Define(errs.Denied, "seal_use_denied", "您没有用印的权限，没有盖章，请联系印章管理员。")
	ErrAdminUse    = errs.Define(errs.Denied, "seal_admin_use", "系统、安全、审计管理员不能用印，请联系印章管理员。")
	ErrCertExpired = errs.Define(errs.Conflict, "seal_certificate_expired", "这枚印章的证书不在有效期内，不能盖章，请更换证书。")
	ErrCertRevoked = errs.Define(errs.Conflict, "seal_certificate_revoked", "这枚印章的证书已经吊销，不能盖章。")
	ErrDocument    = errs.Define(errs.Invalid, "seal_document", "这份文件盖不了章，没有盖章，请重新生成文件后再试。")
	ErrPlace       = errs.Define(errs.Invalid, "seal_place", "盖章的位置不在页面上，没有盖章，请重新选择位置。")
	ErrNoMaker     = errs.Define(errs.Conflict, "seal_no_maker", "还没有制章者证书，不能制章，请先在“证书”里导入。")
	ErrNoCert      = errs.Define(errs.Conflict, "seal_no_certificate", "这枚印章还没有签章证书，请先在“证书”里导出申请、导入证书，再制章。")
	ErrCertificate = errs.Define(errs.Invalid, "seal_certificate_invalid", "证书不能使用，请核对后重新导入。")
	ErrCertUnknown = errs.Define(errs.NotFound, "seal_certificate_unknown", "没有这张证书或这份申请，请从证书页面重新选择。")
	ErrNoList      = errs.Define(errs.NotFound, "seal_no_list", "本站没有自己签发的证书，没有吊销列表。")
)

// at is where a seal stands, for rights.
func (s Seal) at() identity.Place {
	return identity.Place{Receiving: s.Division, Division: s.Division, Agency: s.Agency, Dept: s.Dept}
}

var rightColumns = identity.Columns{Receiving: "division", Division: "division", Agency: "agency", Dept: "dept"}

// narrowed is where the viewer may look: who may do anything with a seal sees it.
func narrowed(a identity.Actor) identity.Scope {
	return a.Scope(VerbView).Or(a.Scope(VerbApply)).Or(a.Scope(VerbApprove)).Or(a.Scope(VerbMake))
}

func maySee(a identity.Actor, p identity.Place) bool {
	return a.Can(VerbView, p) || a.Can(VerbApply, p) || a.Can(VerbApprove, p) || a.Can(VerbMake, p)
}

// isAdmin says whether somebody is one of the three administrators, who seal
// nothing whatever else they were given.
func isAdmin(a identity.Actor) bool {
	return !a.IsSystem() && (a.Has(identity.VerbAccountManage) || a.Has(identity.VerbGrantManage) || a.Has(identity.VerbAuditView))
}
