package messages_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"yimen/gb"
	"yimen/internal/app/apptest"
	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/webtest"
	"yimen/internal/workflow"
	"yimen/workday"
)

func TestMain(m *testing.M) { apptest.Main(m) }

const (
	clerk    = "clerk-440232112209"
	villager = "citizen-1"
)

// told brings an application in at the village's window and lets the jobs run.
func told(t *testing.T) (*apptest.Site, cases.Case) {
	t.Helper()
	s := apptest.New(t)
	c := s.Submit(clerk, "SG02004", "440232112209", nil)
	s.Drain()
	c, err := s.Cases.Find(s.System(), c.Number)
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

func TestCitizenReadsWhatHappened(t *testing.T) {
	s, c := told(t)
	me := s.As(villager)
	box := me.Get("/my/messages").Status(200).Must("材料已收到："+c.ItemName, "未读", "全部标为已读")
	box.MustNot(c.Applicant.IDNo)
	me.Get("/").Status(200).One(`a[href="/my/messages"] .ym-count`)
	one := box.Click("材料已收到："+c.ItemName).Status(200).Must(c.Number, c.QueryCode, "查看办件")
	one.Click("查看办件").Status(200).Must(c.Number)
	before := len(me.Get("/my/messages").Find(".ms-list li"))
	one.Form(".ms-acts form").Send().Status(200).Must("消息已删除")
	if after := len(me.Get("/my/messages").Find(".ms-list li")); after != before-1 {
		t.Errorf("%d messages, %d after one was hidden", before, after)
	}
	me.Get("/my/messages").Form(".ms-all").Send().Status(200).Must("全部消息已标为已读").MustNot("条未读")
	me.Get("/my/messages?show=unread").Status(200).Must("没有未读消息")
	me.Get("/").Status(200).None(`a[href="/my/messages"] .ym-count`)
}

func TestCorrectionTellsWhatAndUntilWhen(t *testing.T) {
	s, c := told(t)
	material := c.Content.Checklist.Materials[0]
	_, err := s.Cases.RequestCorrection(s.Ctx(clerk), c.Number, cases.Act{Deficiencies: []cases.Deficiency{
		{Material: material.ID, Problem: "缺本人签名", Cure: "请本人签名后重新提交"}}})
	if err != nil {
		t.Fatal(err)
	}
	s.Drain()
	found, err := s.Cases.Find(s.System(), c.Number)
	if err != nil {
		t.Fatal(err)
	}
	s.As(villager).Get("/my/messages").Click("请补正材料："+c.ItemName).Status(200).
		Must(found.CorrectionDueOn.Chinese(), material.Name+"：缺本人签名。请本人签名后重新提交。", "法定告知")
	s.Anybody().Get("/demo/outbox?channel=sms").Status(200).Must("请在", "前补正材料", c.Number)
}

func TestBoxesBelongToTheirReaders(t *testing.T) {
	s, c := told(t)
	mine := s.As(villager).Get("/my/messages").Click("材料已收到：" + c.ItemName).URL.Path
	s.As("citizen-2").Get(mine).Status(404).MustNot(c.Number)
	s.As(clerk).Get(strings.Replace(mine, "/my/", "/office/", 1)).Status(404)
	s.As(clerk).Get("/my/messages").Status(403)
	s.As(villager).Get("/office/messages").Status(403)
	s.As(clerk).Get("/office/messages").Status(200).Must("消息设置")
	s.As("admin-audit").Get("/office/messages").Status(200)
	for _, page := range []string{"/my/messages", "/my/settings", "/office/messages", "/admin/messages"} {
		s.Anybody().NoRedirect().Get(page).Status(303)
	}
	for _, page := range []string{"/admin/messages", "/admin/messages/deliveries", "/admin/messages/templates/case.accepted"} {
		s.As("admin-audit").Get(page).Status(403)
		s.As(clerk).Get(page).Status(403)
	}
}

func TestSettings(t *testing.T) {
	s := apptest.New(t)
	me := s.As(villager)
	page := me.Get("/my/settings").Status(200).Must("199****0001", "还没有邮箱")
	page.MustNot("19900000001")
	me.PostForm("/my/settings/mail", url.Values{"address": {"不是邮箱"}}).Status(422).Must("邮箱地址应写成").One(`input[name=address][value="不是邮箱"]`)
	me.PostForm("/my/settings/mail", url.Values{"address": {"lan@example.com"}}).Status(200).Must("验证码已发到lan@example.com")
	me.PostForm("/my/settings/mail", url.Values{"address": {"lan@example.com"}}).Status(422).Must("请1分钟后再获取")
	me.PostForm("/my/settings/mail/confirm", url.Values{"code": {"000"}}).Status(422).Must("验证码不正确或已过期")
	s.Drain()
	outbox := s.Anybody().Get("/demo/outbox?channel=mail").Status(200).Must("邮箱验证码")
	subject := webtest.TextOf(outbox.Find(".ms-outbox .ms-sample strong")[0])
	me.PostForm("/my/settings/mail/confirm", url.Values{"code": {subject[len(subject)-6:]}}).Status(200).Must("lan@example.com", "已验证")
	me.PostForm("/my/settings", url.Values{"mail": {"1"}}).Status(200).Must("消息设置已保存")
	me.Get("/my/settings").None(`input[name=sms][checked]`)
	me.PostForm("/my/settings/mail/remove", nil).Status(200).Must("邮箱已删除", "还没有邮箱")
}

func TestAdministratorEditsWords(t *testing.T) {
	s := apptest.New(t)
	admin := s.As("admin-system")
	admin.Get("/admin").Status(200).Must("消息通知")
	edit := admin.Get("/admin/messages").Status(200).Must("受理通知", "出厂文字").Click("受理通知").Status(200)
	edit.Must("预览", "【一门政务】“城乡居民基本养老保险参保", "{item}", "必须写上")
	form := edit.Form(".ms-edit form")
	form.Fill("text", "您的“{item}”受理了，{phone}。")
	form.Send().Status(422).Must("没有“{phone}”这个变量", "受理了")
	form.Fill("text", "您的“{item}”受理了，编号{number}，盖章后生效。").Fill("note", "改得短一些")
	form.Send().Status(200).Must("已保存为第1版", "改得短一些", "使用中")
	edit.Form(".ms-edit form").Fill("idempotency_key", "another-page").Send().Status(422).Must("已被他人修改")

	preview := admin.With("HX-Request-Type", "partial").PostForm("/admin/messages/templates/case.accepted/preview",
		url.Values{"title": {"已受理"}, "text": {"“{item}”{nothing}"}, "sms": {""}}).Status(200)
	preview.Must("没有“{nothing}”这个变量", "没有短信文字").None("header")
	admin = s.As("admin-system")
	admin.PostForm("/admin/messages/templates/case.accepted/test", url.Values{"test_channel": {"sms"}, "test_to": {"123"}}).Status(422).Must("手机号应为11位数字")
	admin.PostForm("/admin/messages/templates/case.accepted/test", url.Values{"test_channel": {"sms"}, "test_to": {"13900000009"}}).Status(200).Must("测试已发出")
	s.Drain()
	admin.Get("/admin/messages/deliveries?template=case.accepted").Status(200).Must("139****0009", "已发出").MustNot("13900000009")
	admin.Get("/admin/messages/templates/nothing").Status(404)
	admin.Get("/admin/messages/deliveries?after=x").Status(422)
}

func TestAPI(t *testing.T) {
	s, c := told(t)
	token := func(account string) string {
		text, err := s.Identity.Token(s.Ctx(account), account, 3600e9)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	api := s.Anybody().Bearer(token(villager))
	var list struct {
		Items []struct {
			ID, Title, Case string
			Unread          bool
		}
		Next   string
		Unread int
	}
	api.Get("/api/v1/messages?unread=true&limit=1").Status(200).Decode(&list)
	if len(list.Items) != 1 || list.Items[0].Case != c.Number || !list.Items[0].Unread || list.Unread < 1 {
		t.Fatalf("%+v", list)
	}
	unread := list.Unread
	api.JSON("POST", "/api/v1/messages/"+list.Items[0].ID+"/read", nil).Status(200).Must(`"unread":false`)
	api.Get("/api/v1/messages").Status(200).Decode(&list)
	if list.Unread != unread-1 {
		t.Errorf("unread %d, was %d", list.Unread, unread)
	}
	s.Anybody().Bearer(token("citizen-2")).JSON("POST", "/api/v1/messages/"+list.Items[0].ID+"/read", nil).Status(404)
	api.JSON("POST", "/api/v1/messages/read", nil).Status(200).Must(`"unread":0`)
	s.Anybody().Get("/api/v1/messages").Status(401)
}

func TestMandatesAreTold(t *testing.T) {
	s := apptest.New(t)
	mother, err := s.Identity.Person(s.System(), "citizen-1")
	if err != nil {
		t.Fatal(err)
	}
	x, err := s.Identity.ProposeMandate(s.Ctx("citizen-2"), identity.Proposal{AsAgent: true, Name: mother.Name, IDNo: mother.IDNo,
		Scope: identity.ScopeAll, To: workday.DateOf(apptest.Start, clock.Beijing).Add(90), Purpose: "代母亲办事"})
	if err != nil {
		t.Fatal(err)
	}
	s.Drain()
	me := s.Ctx("citizen-2")
	name := identity.FromContext(me).Name
	s.As("citizen-1").Get("/my/messages").Status(200).Must(name+"请您确认代办委托", "所有事项").MustNot(mother.IDNo)
	s.Anybody().Get("/demo/outbox").Must(gb.MaskName(name) + "请您确认代办委托").MustNot(name + "请您")
	if _, err := s.Identity.ConfirmMandate(s.Ctx("citizen-1"), x.ID); err != nil {
		t.Fatal(err)
	}
	s.Drain()
	s.As("citizen-2").Get("/my/messages").Status(200).Must("已确认代办委托")
}

// Staff hear of what is theirs: a task that was handed to them, hurried, late.
func TestStaffHearOfTheirTasks(t *testing.T) {
	s, c := told(t)
	if _, err := s.Cases.Accept(s.Ctx(clerk), c.Number, cases.Act{}); err != nil {
		t.Fatal(err)
	}
	flow, err := s.Workflow.Instance(s.System(), c.Number)
	if err != nil {
		t.Fatal(err)
	}
	task := flow.Tasks[len(flow.Tasks)-1]
	able, err := s.Identity.Colleagues(s.System(), task.Agency, workflow.VerbReview)
	if err != nil || len(able) == 0 {
		t.Fatalf("nobody of %s examines: %v", task.Agency, err)
	}
	if err := s.Workflow.Reassign(s.System(), task.ID, able[0].ID, "请您办理"); err != nil {
		t.Fatal(err)
	}
	if err := s.Workflow.Remind(s.Ctx("manager-440200000000"), task.ID, "请尽快"); err != nil {
		t.Fatal(err)
	}
	s.Clock.Advance(60 * 24 * time.Hour)
	if err := s.Workflow.CheckOverdue(s.System()); err != nil {
		t.Fatal(err)
	}
	s.Drain()
	box := s.As(able[0].Name).Get("/office/messages").Status(200)
	box.Must("转给您一项任务", "催办：", "已超期：", c.Number)
	box.Click("催办：").Status(200).Click("查看办件").Status(200).Must(c.Number)
	s.As(able[0].Name).Get("/office").One(`a[href="/office/messages"] .ym-count`)
}
