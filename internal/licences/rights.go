package licences

import (
	"yimen/internal/identity"
	"yimen/internal/kit/errs"
)

// Verbs of this module. They are held where the issuer stands.
var (
	VerbView   = identity.DefineVerb("licence.view", "查看电子证照")
	VerbManage = identity.DefineVerb("licence.manage", "签发电子证照，导入存量证照，暂扣、撤销、吊销、注销电子证照")
	VerbTypes  = identity.DefineVerb("licence.types", "维护电子证照类型目录")
)

// Verbs of templates, which are the whole city's.
var (
	VerbTemplates = identity.DefineVerb("licence.templates", "编辑电子证照的照面模板")
	VerbForce     = identity.DefineVerb("licence.templates_force", "启用电子证照的照面模板")
)

func init() {
	identity.Extend("item_editor", VerbTemplates)
	identity.Extend("item_reviewer", VerbForce)
	identity.Extend("agency_head", VerbView, VerbManage)
	identity.Extend("approver", VerbView, VerbManage)
	identity.Extend("centre_manager", VerbView)
	identity.Extend("system_admin", VerbTypes)
	identity.Extend("item_reviewer", VerbTypes)
}

// Errors of the module.
var (
	ErrUnknown       = errs.Define(errs.NotFound, "licence_unknown", "没有这本电子证照，请核对标识，或回到列表重新选择。")
	ErrTypeUnknown   = errs.Define(errs.NotFound, "licence_type_unknown", "没有这种电子证照，请从证照类型中选择。")
	ErrInvalid       = errs.Define(errs.Invalid, "licence_invalid", "证照内容有误，没有入库，请按提示修改。")
	ErrNotHere       = errs.Define(errs.Denied, "licence_not_here", "这本证照不是您所在单位颁发的，您不能办理。")
	ErrNotNow        = errs.Define(errs.Conflict, "licence_not_now", "证照现在的状态不能这样办理，请刷新后查看。")
	ErrSecond        = errs.Define(errs.Conflict, "licence_second", "持证人已经有一本有效的同类证照，不能再发第二本；内容有变的，请办理变更。")
	ErrTwice         = errs.Define(errs.Conflict, "licence_twice", "这本证照已经在库里了，请到证照列表按编号查找，不用重复入库。")
	ErrTypeInvalid   = errs.Define(errs.Invalid, "licence_type_invalid", "证照类型有误，没有保存，请按提示修改。")
	ErrTypeChanged   = errs.Define(errs.Conflict, "licence_type_changed", "这种证照类型刚被别人改过，没有保存，请刷新后再改。")
	ErrNotKeeper     = errs.Define(errs.Denied, "licence_types_denied", "您没有维护证照类型目录的权限，请联系本市事项审核员或系统管理员。")
	ErrNoPredecessor = errs.Define(errs.Conflict, "licence_no_predecessor", "持证人名下没有可以换发的同类证照，请核对，或者按新证签发。")
	ErrOrderEnded    = errs.Define(errs.Conflict, "licence_order_ended", "这一件已经签发过或者已经定为不签发，请刷新后查看。")
	ErrOrderUnknown  = errs.Define(errs.NotFound, "licence_order_unknown", "没有这一件待签发的办件，请回到待签发列表重新选择。")
	ErrHolder        = errs.Define(errs.Invalid, "licence_holder", "持证人的姓名和证件号码与人口信息不一致，没有入库，请核对。")
)

// place is where a licence stands, for rights: with its issuer.
func (l Licence) place() identity.Place {
	return identity.Place{Receiving: l.Division, Division: l.Division, Agency: l.Issuer, Dept: l.IssuerDept}
}

var columns = identity.Columns{Receiving: "division", Division: "division", Agency: "issuer", Dept: "issuer_dept"}
