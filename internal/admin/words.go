package admin

import (
	"maps"
	"slices"
	"strings"

	"yimen/internal/kit/web/ui"
)

// What the audit, the queue and the register of jobs call things, in the words
// of those who read them. What is not here is shown by its code.
var (
	actionNames = map[string]string{
		"login": "登录", "logout": "退出登录", "account.create": "新建账号", "account.create.demo": "建立演示账号", "account.contact": "修改联系方式",
		"account.password": "修改密码", "account.disabled": "停用账号", "account.active": "启用账号",
		"account.unlock": "解除锁定", "account.close_ask": "申请注销账号", "account.close_withdraw": "撤回注销账号", "account.close": "注销账号",
		"correction.ask": "申请更正个人信息", "correction.withdraw": "撤回更正申请", "correction.do": "更正个人信息", "correction.refuse": "没有更正个人信息",
		"grant.give": "授予角色", "delegation.ask": "提出临时委托", "delegation.active": "授权临时委托", "delegation.refused": "不同意临时委托", "delegation.end": "结束临时委托", "grant.take": "撤销角色", "grant.propose": "提出角色变更", "grant.done": "授权角色变更", "grant.refused": "不同意角色变更", "grant.withdrawn": "撤回角色变更", "token.make": "签发接口令牌", "token.revoke": "收回接口令牌",
		"account.prove": "实名核验", "account.open": "窗口开通账号", "account.first_password": "窗口重发一次性密码",
		"company.bind": "绑定单位", "company.bind_window": "窗口绑定单位", "company.refused": "绑定单位没有核对上", "company.appoint": "指定单位办事人员",
		"mandate.confirm_child": "窗口核验亲子关系", "mandate.confirm_window": "窗口代记本人同意", "mandate.propose_window": "窗口代本人提出家人代办", "prove.refuse": "实名核验未通过", "account.end_sessions": "退出其他设备", "account.remove_device": "移除登录过的设备",
		"passkey.add": "添加通行密钥", "passkey.remove": "删除通行密钥", "passkey.refuse": "拒绝可能被复制的通行密钥", "totp.set": "启用动态口令", "totp.remove": "停用动态口令", "totp.recovery": "使用恢复码",
		"scan.confirm": "确认扫码登录", "scan.refuse": "拒绝扫码登录",
		"org.load": "装载组织机构", "org.import": "导入登记表", "org.export": "导出登记表", "org.divisions.put": "登记行政区划", "org.agencies.put": "登记单位",
		"org.outlets.put": "登记网点", "org.staff.put": "登记工作人员", "org.outlet.update": "修改网点", "org.agency.update": "修改单位",
		"org.division.end": "撤销区划", "org.calendar.set": "修改工作日历", "org.delegate": "登记代理", "org.delegate.end": "结束代理",
		"org.leave.ask": "登记请假", "org.leave.confirmed": "同意请假", "org.leave.refused": "不同意请假", "org.leave.end": "结束请假",
		"item.load": "装载事项", "item.edit": "修改事项", "item.submit": "提交审核", "item.recall": "撤回送审", "item.approve": "审核通过", "item.reject": "退回修改",
		"item.publish": "发布事项", "item.suspend": "暂停事项", "item.resume": "恢复事项", "item.cancel": "取消事项", "item.schedule": "定时发布", "item.unschedule": "取消定时发布", "item.discard": "删除草稿",
		"synonym.add": "新增同义词", "synonym.change": "修改同义词", "synonym.import": "导入同义词", "synonym.remove": "删除同义词", "zone.load": "装载专区", "zone.import": "导入专区", "zone.add": "新增专区", "zone.change": "修改专区", "zone.remove": "删除专区",
		"mandate.propose": "提出委托", "mandate.confirm": "确认委托", "mandate.end": "结束委托", "mandate.look": "核验亲子关系",
		"message.retry": "重发一条", "message.retry_failed": "重发失败的", "message.template_saved": "修改通知文字", "message.test": "试发通知",
		"licence.take_over": "存量证照入库", "licence.renew": "证照换发新版本", "licence.suspend": "暂扣证照", "licence.restore": "发还证照", "licence.withdraw": "撤销证照", "licence.revoke": "吊销证照", "licence.cancel": "注销证照", "licence.view": "查看电子证照", "licence.document": "制作电子证照文件", "licence.template_save": "保存照面模板草稿", "licence.template_force": "启用照面模板", "licence.download": "下载电子证照文件", "licence.issue": "签发电子证照", "licence.drop": "不签发电子证照", "licence_type.add": "新增证照类型", "licence_type.change": "修改证照类型",
		"licence.batch_result": "下载按表签发的结果", "licence.copy": "制作证照加注件", "licence.show": "出示电子证照", "licence.read_code": "扫码看电子证照",
		"licence.consent": "同意使用电子证照", "licence.use": "使用电子证照", "licence.read_used": "查看办件所用的证照", "licence.export_uses": "导出证照使用记录",
		"training.course": "保存培训课程", "training.material": "上传培训资料", "training.session": "安排培训", "training.enrol": "加入培训名单", "training.sign_in": "培训签到", "training.import": "导入签到表", "training.results": "登记培训结果", "training.sheet": "下载签到表", "training.revoke": "撤销培训证书", "training.require": "要求持证受理", "training.release": "取消持证要求", "training.export": "导出培训证书", "training.take_over": "登记原有培训证书",
		"proof.load": "装载证明事项清单", "proof.propose": "拟定证明事项", "proof.publish": "发布证明事项", "proof.refuse": "退回证明事项修改", "proof.withdraw": "撤回证明事项修改",
		"proof.look_up": "查询登记信息代替证明", "proof.commitment_check": "核查告知承诺", "proof.commitment_end": "承诺随办件终结", "proof.revocation_propose": "建议撤销决定", "proof.revocation_decide": "决定撤销建议", "proof.commitment_repair": "告知承诺信用修复",
		"proof.order_accept": "受理监督单", "proof.order_ask": "要求单位说明监督单", "proof.order_reply": "答复监督单", "proof.order_close": "办结监督单",
		"proof.request_check": "请村里核实证明申请", "proof.request_answer": "答复核实情况", "proof.request_issue": "开具电子证明", "licence.prove": "签发电子证明", "proof.request_refuse": "不予开具证明", "proof.request_withdraw": "撤回证明申请",
		"job.retry": "重试后台任务", "job.put_away": "搁置后台任务", "audit.export": "导出审计日志", "audit.verify": "校验审计日志", "report.answer": "答复纠错",
		"queue.save": "修改队列", "queue.serves": "调整窗口分工", "queue.device.add": "开通取号机", "queue.device.end": "停用取号机",
		"visit.begin": "窗口接待", "visit.code": "窗口核对办事人亮码", "visit.sms_send": "窗口给办事人发短信验证码", "visit.sms": "办事人输入短信验证码", "draft.take_over": "接手未提交的申请", "reader.connect": "接入读卡设备", "reader.disconnect": "断开读卡设备",
		"person.see_in_full": "查看完整个人信息", "person.copy": "下载本人信息副本",
		"keys.rotate": "更换数据密钥", "keys.index": "更换查找密钥", "keys.file": "更换密钥文件", "keys.retire": "作废旧的密钥文件",
		"face.check": "人脸核验",
		"seal.apply": "申请印章", "seal.approve": "批准印章", "seal.refuse": "不批准印章", "seal.record": "登记印章备案", "seal.make": "制作印章", "seal.hand_out": "发放印章",
		"seal.activate": "领用启用印章", "seal.suspend": "停用印章", "seal.resume": "恢复使用印章", "seal.cancel": "注销印章",
		"seal.certificate.ask": "申请印章证书", "seal.certificate.import": "导入印章证书", "seal.uses.export": "导出用印记录",
		"case.read": "查看办件", "consent.agree": "同意说明", "consent.take_back": "撤回同意", "consent.publish": "发布同意书", "consent.give": "授权应用", "consent.withdraw": "取消应用授权", "access.refused": "打开无权使用的页面", "case.write": "办理办件", "case.fill": "填充样例办件", "archive.put": "归档往年记录",
	}
	objectNames = map[string]string{
		"person": "个人信息",
		"page":   "页面", "consent": "同意书",
		"seal": "印章", "seal_certificate": "印章证书", "seal_use": "用印记录",
		"keys":    "数据密钥",
		"account": "账号", "org": "组织机构", "divisions": "区划登记表", "agencies": "单位登记表", "outlets": "网点登记表", "staff": "人员登记表", "outlet": "网点", "agency": "单位",
		"division": "行政区划", "calendar": "工作日历", "absence": "请假", "delegation": "代理", "lending": "临时委托", "item": "事项", "message_delivery": "发送记录", "message_template": "通知文字",
		"job": "后台任务", "licence": "电子证照", "licence_type": "证照类型", "training_course": "培训课程", "training_session": "培训", "training_certificate": "培训证书", "proof": "证明事项", "proof_order": "监督单", "proof_request": "证明申请", "commitment": "告知承诺", "audit": "审计日志", "report": "纠错", "device": "取号机", "queue": "队列", "counter": "窗口", "visit": "接待", "mandate": "委托", "case": "办件",
		"client": "接入应用", "signing_key": "签名密钥", "synonym": "同义词", "zone": "专区", "cases_history": "办理记录", "audit_row": "审计日志",
	}
	resultNames = map[string]string{
		// of proving by face
		"too_few": "画面太少", "unreadable": "画面读不出", "no_face": "没有看清脸", "two_faces": "不止一个人", "dark": "光线不好", "blurred": "画面不清楚", "small": "离得太远",
		"askew": "没有正对", "not_seen": "动作没有看到", "out_of_turn": "动作顺序不对", "still": "没有动作", "flat": "疑似照片", "changed": "中途换人", "replayed": "重放的画面",
		"no_picture": "没有人像照片", "not_alike": "不是同一个人",
		"ok": "成功", "failed": "失败", "denied": "被拒绝", "locked": "已锁定", "broken": "不完整", "demo": "成功（演示）",
		"login_failed": "账号或密码不对", "login_locked": "次数太多，已锁定", "first_password_over": "一次性密码已过期", "account_disabled": "账号已停用",
		"no_right": "没有权限", "case_unknown": "无权查看", "see_in_full_denied": "无权查看完整号码"}
	jobNames = map[string]string{
		"seals.crl": "签发证书吊销列表", "seals.furnish": "制作样例印章", "notices.seal": "文书盖章", "licences.sweep_lines": "清理没有签发的签发表",
		"assurance.sweep":      "清理过期的验证码",
		"sealed.renew":         "用新密钥重新加密个人信息",
		"assurance.face_sweep": "清理人脸核验记录",
		"audit.seal":           "封存审计日志", "archive.years": "准备下一年的分区", "cases.archive": "办件归档", "cases.compact_tally": "汇总办件数", "cases.deem_accepted": "逾期视为受理",
		"cases.finish": "决定后的制证和送达", "cases.recompute_due": "重算办件期限", "cases.sweep_uploads": "清理没有提交的上传", "cases.sweep_drafts": "清理无人继续的草稿", "cases.sweep_misses": "清理查询码输错的记录", "cases.terminate_uncorrected": "逾期未补正终止",
		"catalogue.publish_due": "到期发布事项", "catalogue.popular": "统计常办事项", "catalogue.sweep": "清理旧的搜索词", "counter.sweep": "清理窗口记录",
		"files.sweep": "清理无主文件", "identity.sweep": "清理过期登录", "messages.deliver": "发送短信、邮件", "messages.compact_tally": "汇总发送数",
		"openid.tell_logout": "通知应用退出登录", "openid.sweep": "清理过期的登录凭证", "openid.keys": "更换签名密钥",
		"messages.sweep": "清理旧消息", "office.spread": "按负荷自动分派", "office.digest": "每日摘要", "queue.close_day": "结束当天排队", "training.warn": "提醒证书快到期", "proofs.overdue": "提醒超期的监督单和没核查的承诺", "jobs.given_up": "提醒已放弃的任务", "web.cleanup": "清理网页会话",
		"workflow.overdue": "催办超期任务", "workflow.redate": "重算环节期限",
		"progress.designer.bulk": "批量修改事项", "progress.licences.batch": "按表签发电子证照", "progress.office.batch": "批量办理", "progress.org.import": "导入登记表",
	}
	// listenerNames are what is done about events.
	listenerNames = map[string]string{"licences": "签发电子证照", "proofs": "通知事项编辑人员", "messages": "通知有关的人", "papers": "登记要转交的材料", "promises": "了结不再要核查的承诺"}
)

// named is a code in words, or the code.
func named(names map[string]string, code string) string {
	if name, ok := names[code]; ok {
		return name
	}
	return code
}

// JobName is a kind of job in words: the job itself, one that comes by itself
// again and again (periodic:…), or what a listener does about an event
// (event:…:listener).
func JobName(kind string) string {
	if rest, ok := strings.CutPrefix(kind, "event:"); ok {
		return named(listenerNames, rest[strings.LastIndexByte(rest, ':')+1:])
	}
	return named(jobNames, strings.TrimPrefix(kind, "periodic:"))
}

// choicesOf are the names for a list to choose from, with what was asked for
// even when it is none of them.
func choicesOf(names map[string]string, now string) []ui.Option {
	codes := slices.Collect(maps.Keys(names))
	if now != "" && names[now] == "" {
		codes = append(codes, now)
	}
	slices.SortFunc(codes, func(a, b string) int {
		if c := strings.Compare(group(a), group(b)); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
	options := make([]ui.Option, len(codes))
	for i, code := range codes {
		options[i] = ui.Option{Value: code, Label: named(names, code)}
	}
	return options
}

// group is what a code stands under: acts on the same things stand together.
func group(code string) string {
	head, _, _ := strings.Cut(code, ".")
	return head
}
