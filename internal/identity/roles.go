package identity

// Verbs of this module.
var (
	VerbAccountManage = DefineVerb("account.manage", "管理账号") // create, disable, reset: the system administrator
	VerbGrantManage   = DefineVerb("grant.manage", "管理授权")   // give and take roles: the security administrator
	VerbAuditView     = DefineVerb("audit.view", "查看审计日志")   // and nothing else: the audit administrator
	VerbSystemView    = DefineVerb("system.view", "查看系统运行状态")
	// VerbMandateConfirm: a window confirms a parent's mandate for a child that
	// has no account, with the household register in hand.
	VerbMandateConfirm      = DefineVerb("mandate.confirm", "核验亲子关系")
	VerbDelegationAuthorise = DefineVerb("delegation.authorise", "授权临时委托") // of colleagues on leave
	VerbOrgManage           = DefineVerb("org.manage", "维护区划、单位和网点")       // org stands below and knows no verbs
)

// The roles every city has. Modules add verbs of their own with Extend.
func init() {
	define(Role{Name: "window_clerk", Title: "窗口人员", On: Receiving, Verbs: []Verb{
		"case.view", "case.submit_for", "case.receive", "case.accept", "case.correct", "case.deliver", VerbMandateConfirm, VerbPersonIdentify, VerbPersonCorrect}})
	define(Role{Name: "receiver", Title: "收件人员", On: Receiving, Verbs: []Verb{
		"case.view", "case.submit_for", "case.receive", VerbMandateConfirm, VerbPersonIdentify}})
	DefineRole("window_decider", "窗口即办人员", "task.view", "task.decide", "case.decide") // decides on the spot what the outlet's own agency may
	DefineRole("handler", "承办人员",
		"case.view", "case.accept", "case.correct", "case.pause", "task.view", "task.review", "task.survey")
	DefineRole("approver", "审批人员",
		"case.view", "case.accept", "case.correct", "case.pause", "case.extend", "case.decide", "case.deliver",
		"task.view", "task.review", "task.survey", "task.sign", "task.approve", "task.decide")
	DefineRole("section_chief", "科（股）长",
		"case.view", "case.pause", "task.view", "task.review", "task.survey", "task.sign", "task.approve", "task.reassign")
	DefineRole("agency_head", "单位负责人",
		"case.view", "case.extend", "case.decide", "task.view", "task.sign", "task.approve", "task.decide", "task.reassign", VerbDelegationAuthorise)
	define(Role{Name: "centre_manager", Title: "政务服务中心管理人员", On: Any, Verbs: []Verb{
		"case.view", "case.terminate", "task.view", "task.reassign", "task.remind", VerbOrgManage, VerbDelegationAuthorise, VerbPersonCorrect}})
	DefineRole("item_editor", "事项编辑人员", "item.edit")
	DefineRole("item_reviewer", "事项审核人员", "item.review", "item.publish")

	define(Role{Name: "system_admin", Title: "系统管理员", Admin: SystemAdmin, Verbs: []Verb{
		VerbAccountManage, VerbOrgManage, VerbSystemView, VerbConsentPublish}})
	define(Role{Name: "security_admin", Title: "安全管理员", Admin: SecurityAdmin, Verbs: []Verb{VerbGrantManage}})
	define(Role{Name: "audit_admin", Title: "审计管理员", Admin: AuditAdmin, Verbs: []Verb{VerbAuditView}})
}
