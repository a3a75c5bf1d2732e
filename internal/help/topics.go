package help

import (
	"strings"

	"yimen/internal/identity"
)

// topic says which section explains a page and those below it. A segment *
// stands for any.
type topic struct {
	page    string
	section string // guide#section
	clerk   string // for somebody at a window; "": the same
}

// topics are the sections of the pages. The longest fit counts, so a new page
// under an old one has its section already.
var topics = []topic{
	{"/", "citizen#找到要办的事", ""},
	{"/items", "citizen#找到要办的事", ""},
	{"/search", "citizen#找到要办的事", ""},
	{"/proofs", "citizen#证明事项清单", ""},
	{"/region", "citizen#找到要办的事", ""},
	{"/apply", "citizen#申请", ""},
	{"/progress", "citizen#查进度", ""},
	{"/my", "citizen#查进度", ""},
	{"/verify/face", "citizen#人脸核验", ""},
	{"/my/messages", "citizen#消息", ""},
	{"/my/company", "citizen#单位", ""},
	{"/login", "citizen#账号和实名", ""},
	{"/register", "citizen#账号和实名", ""},
	{"/verify", "citizen#账号和实名", ""},
	{"/scan", "citizen#账号和实名", ""},
	{"/my/security", "citizen#账号和实名", ""},
	{"/account/security", "administrator#账号安全", "clerk#账号安全"},
	{"/my/settings", "citizen#消息", ""},
	{"/my/consents", "citizen#谁看过我的信息", ""},
	{"/my/apps", "citizen#用一门账号登录别的系统", ""},
	{"/device", "citizen#用一门账号登录别的系统", ""},
	{"/oauth", "citizen#用一门账号登录别的系统", ""},
	{"/admin/clients", "administrator#接入应用", ""},
	{"/my/cases/*/correct", "citizen#补正补交撤回", ""},
	{"/my/cases/*/supplement", "citizen#补正补交撤回", ""},
	{"/my/cases/*/withdraw", "citizen#补正补交撤回", ""},
	{"/accessibility", "citizen#看不清不方便", ""},
	{"/assist", "citizen#看不清不方便", ""},
	{"/offline", "citizen#网络断了", ""},
	{"/elder", "citizen#看不清不方便", ""},
	{"/docs", "api#不用登录的", ""},

	{"/counter", "clerk#登录之后", ""},
	{"/counter/new", "clerk#收一件", ""},
	{"/counter/person", "clerk#一个人一个页面", ""},
	{"/counter/intake", "clerk#收一件", ""},
	{"/counter/settings", "clerk#窗口设置", ""},
	{"/counter/apply", "clerk#收一件", ""},
	{"/counter/done", "clerk#收件之后", ""},
	{"/counter/person", "clerk#一个人一个页面", ""},
	{"/counter/start", "clerk#一个人一个页面", ""},
	{"/counter/intake", "clerk#收一件", ""},
	{"/counter/settings", "clerk#窗口设置", ""},
	{"/counter/reader", "clerk#窗口设置", ""},
	{"/counter/queue", "clerk#大厅排队", ""},
	{"/counter/shift", "clerk#交接班", ""},
	{"/counter/papers", "clerk#纸质材料交接", ""},
	{"/office", "approver#待办", "clerk#收件之后"},
	{"/office/tasks", "approver#待办", ""},
	{"/office/corrections", "clerk#更正姓名和证件号码", ""},
	{"/my/data/correct", "citizen#更正我的信息", ""},
	{"/my/data/close", "citizen#注销账号", ""},
	{"/account/confirm", "citizen#再确认一次是本人", ""},
	{"/office/delegations", "approver#临时委托", ""},
	{"/office/cases", "approver#看得到什么", "clerk#收件之后"},
	{"/office/cases/*", "approver#待办", "clerk#收件之后"},
	{"/office/cases/*/licences", "approver#电子证照", "clerk#收一件"},
	{"/office/cases/*/full", "approver#查看完整号码", "clerk#查看完整号码"},
	{"/office/cases/*/*", "approver#在办件上的动作不是环节", "clerk#收件之后"},
	{"/office/messages", "approver#消息", "clerk#消息"},
	{"/office/licences", "approver#电子证照", ""},
	{"/office/licence-orders", "approver#电子证照", ""},
	{"/office/licences/issue", "approver#电子证照", ""},
	{"/office/licence-batches", "approver#按表签发", ""},
	{"/office/licence-types", "editor#证照类型", "approver#电子证照"},
	{"/office/licence-types/*/template", "editor#照面模板", ""},
	{"/my/licences", "citizen#我的证照", ""},
	{"/my/licences/*/copies", "citizen#加注件", ""},
	{"/office/licences/*/copies", "approver#电子证照", ""},
	{"/my/licences/*/show", "citizen#扫码出示证照", ""},
	{"/licences/shown", "citizen#扫码出示证照", ""},
	{"/licences/check", "citizen#验证别人的证照", ""},
	{"/office/supervision", "administrator#清单外证明监督单大厅管理人员单位负责人", ""},
	{"/office/commitments", "approver#告知承诺的核查", "clerk#告知承诺"},
	{"/office/proofs", "approver#电子证明", "clerk#核实申请证明的群众情况"},
	{"/my/proofs", "citizen#在网上开证明", ""},
	{"/my/proof-reports", "citizen#证明事项清单", ""},
	{"/office/training", "administrator#培训与上岗大厅管理人员", ""},
	{"/office/training/mine", "clerk#培训证书", ""},
	{"/batches", "administrator#系统管理员", ""},
	{"/admin", "administrator#系统管理员", ""},
	{"/admin/items", "editor#改一项", ""},
	{"/admin/proofs", "editor#证明事项清单", ""},
	{"/admin/items/new", "editor#一个版本的一生", ""},
	{"/admin/items/import", "editor#导入导出", ""},
	{"/admin/items/presence", "editor#导入导出", ""},
	{"/admin/items/*/local", "editor#各地自己的内容", ""},
	{"/admin/items/*/situations", "editor#情形", ""},
	{"/admin/items/*/versions", "editor#一个版本的一生", ""},
	{"/admin/queues", "administrator#排队设置系统管理员大厅管理人员", ""},
	{"/admin/parts", "administrator#界面部件", ""},
	{"/admin/roles", "administrator#安全管理员", ""},
	{"/admin/changes", "administrator#安全管理员", ""},
	{"/admin/accounts/*/roles", "administrator#安全管理员", ""},
	{"/admin/consents", "administrator#同意书", ""},
	{"/consents", "citizen#谁看过我的信息", ""},
	{"/admin/seals", "administrator#电子印章", ""},
	{"/admin/certificates", "administrator#电子印章", ""},
	{"/admin/notices", "administrator#电子印章", ""},
	{"/admin/audit", "administrator#审计管理员", ""},
}

// SectionOf finds the section that explains a page (its path, or the pattern
// of its route) to somebody.
func SectionOf(at string, actor identity.Actor) (Section, bool) {
	at, _, _ = strings.Cut(at, "?")
	var best topic
	for _, t := range topics {
		if len(t.page) > len(best.page) && covers(t.page, at) {
			best = t
		}
	}
	name := best.section
	if best.clerk != "" && actor.Has("case.submit_for") {
		name = best.clerk
	}
	guide, id, _ := strings.Cut(name, "#")
	return section(guide, id)
}

// covers says whether a page is that of the pattern, or below it. The front
// page has none below it.
func covers(pattern, at string) bool {
	if pattern == "/" || at == "/" {
		return pattern == at
	}
	want, have := strings.Split(pattern, "/"), strings.Split(strings.TrimSuffix(at, "/"), "/")
	if len(have) < len(want) {
		return false
	}
	for i, w := range want {
		if w != "*" && w != have[i] {
			return false
		}
	}
	return true
}
