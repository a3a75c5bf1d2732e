package portal

import (
	"net/http"

	"yimen/internal/kit/web"
)

// part is somebody one may be in the sample city.
type part struct {
	account string
	title   string
	does    string // what they can do
	next    string // where they begin
	lands   string // what they see there
	icon    string
}

// cast is who one may be, by side of the counter.
var cast = []struct {
	title, lead string
	parts       []part
}{
	{"来办事的人", "在手机或电脑上申请、查进度、补正、撤回。", []part{
		{"citizen-1", "大寮坑村村民", "找事项、申请、补正、撤回、打印文书", "/", "首页，地区是大寮坑村", "user"},
		{"citizen-2", "另一位村民", "看不到第一位村民的办件", "/my", "我的办件", "user"},
		{"enterprise-1", "企业经办人", "以企业名义申请和查看办件", "/my", "我的办件", "building"},
	}},
	{"窗口", "收件、一次性告知补正、受理、送达；从村到市是同一个窗口页面。", []part{
		{"clerk-440232112209", "大寮坑村窗口人员", "收本村的件，替村民提交", "/counter", "村服务点的窗口", "home"},
		{"clerk-440232112000", "游溪镇窗口人员", "收全镇的件", "/counter", "镇公共服务中心的窗口", "home"},
		{"clerk-440232000000", "乳源县大厅窗口人员", "收全县的件，受理综合窗口事项", "/counter", "县政务大厅的窗口", "home"},
		{"clerk-440200000000", "市中心窗口人员", "收全市的件", "/counter", "市行政服务中心的窗口", "home"},
	}},
	{"审批", "看材料、签意见、作决定；红黄灯提示期限。", []part{
		{"approver-440232112209", "大寮坑村经办干部", "办村一级的环节", "/office", "待办", "stamp"},
		{"approver-440232112000", "游溪镇审批人员", "办镇政府的环节", "/office", "待办", "stamp"},
		{"chief-440232112000", "游溪镇股室负责人", "入户核查的第二人；复核、改派任务", "/office", "待办", "stamp"},
		{"approver-440232-d11", "县人社局审批人员", "审查社保、就业类申请", "/office", "待办", "stamp"},
		{"approver-440232-d08", "县民政局审批人员", "审查救助、养老类申请", "/office", "待办", "stamp"},
		{"chief-440232-d11", "县人社局股长", "复核，改派任务", "/office", "待办", "stamp"},
		{"head-440232-d11", "县人社局局长", "签发决定", "/office", "待办", "stamp"},
	}},
	{"管理", "看全局、管事项、管账号；系统、安全、审计三员分立，谁也不能兼任。", []part{
		{"manager-440200000000", "市中心管理人员", "看全市办件和时限，改派任务", "/office/cases", "全市办件", "dashboard"},
		{"manager-440232000000", "县大厅管理人员", "看全县办件和时限", "/office/cases", "全县办件", "dashboard"},
		{"editor-440200", "事项编辑员", "起草和修改事项，导入导出", "/admin/items", "事项", "edit"},
		{"reviewer-440200", "事项审核员", "审核、发布、下架事项", "/admin/items", "事项", "circle-check"},
		{"admin-system", "系统管理员", "管机构、网点、账号", "/admin", "管理", "settings"},
		{"admin-security", "安全管理员", "授予和收回权限", "/admin", "管理", "lock"},
		{"admin-audit", "审计管理员", "查看和校验审计记录", "/admin", "管理", "history"},
	}},
}

// Newcomer is somebody of the sample city without account, and the company they
// lead: what one types to try registering.
type Newcomer struct{ Name, IDNo, Company, USCC string }

// demo is the start page of the sample city: one click and one is somebody.
func (m *Module) demo(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, demoView(m.Newcomer))
}
