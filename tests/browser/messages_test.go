package browser_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/messages"
)

// messagePages are samples of boxes, of the words of notices and of what left.
func messagePages(x things) map[string][]sample {
	words := "/admin/messages/templates/case.correction_requested"
	return map[string][]sample{
		"/my/messages":                    {{villager, "/my/messages"}, {villager, "/my/messages?show=unread"}},
		"/my/messages/{id}":               {{villager, "/my/messages/" + x.message}},
		"/my/settings":                    {{villager, "/my/settings"}},
		"/office/messages":                {{approver, "/office/messages"}, {"admin-audit", "/office/messages"}},
		"/office/messages/{id}":           {{approver, "/office/messages/" + x.staffMessage}},
		"/office/messages/settings":       {{approver, "/office/messages/settings"}},
		"/admin/messages":                 {{"admin-system", "/admin/messages"}},
		"/admin/messages/deliveries":      {{"admin-system", "/admin/messages/deliveries"}, {"admin-system", "/admin/messages/deliveries?state=failed"}},
		"/admin/messages/templates/{key}": {{"admin-system", words}, {"admin-system", words + "?version=0"}},
		"/demo/outbox":                    {{"", "/demo/outbox"}, {"", "/demo/outbox?channel=mail"}},
	}
}

// told sends an account a notice and gives the id of the message.
func (c *city) told(t testing.TB, account, template string) string {
	t.Helper()
	ctx := c.as(t, account)
	must(t, c.Messages.Send(ctx, messages.Notice{To: identity.FromContext(ctx).Account, Template: template, Link: "/", Key: "sample:" + account,
		Vars: map[string]string{"item": "城乡居民基本养老保险参保登记", "number": "2611180345712946", "place": "大寮坑村便民服务点",
			"by": "李建国", "task": "审查", "due": "2026年12月2日"}}))
	list, _, err := c.Messages.List(ctx, true, db.Page{Limit: 1})
	must(t, err)
	return list[0].ID
}

// A villager hears on the phone what is missing: the badge, the message with
// its day, the case; then puts the box in order and chooses mail.
func TestReadingMessages(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		x := c.correcting(t, unemployment("other"))
		must(t, c.Queue.Drain(c.System))
		x = c.found(t, x.Number)

		v.As(villager)
		if v.Open("/").Has(`a[href="/my/messages"] .ym-count`) == 0 {
			t.Error("no badge on the first page")
		}
		v.Open("/my/messages?show=unread").Says("未读", "请补正材料："+x.ItemName).Keep("box")
		v.Axe(t)
		v.Click("请补正材料："+x.ItemName).Says(x.CorrectionDueOn.Chinese(), "法定告知", x.Number).Keep("message")
		v.Click("查看办件").Says(x.Number, "补正")
		v.Open("/my/messages").Click("全部标为已读").Says("全部消息已标为已读")
		if v.Open("/").Has(`a[href="/my/messages"] .ym-count`) != 0 {
			t.Error("the badge stays")
		}
		v.Open("/my/settings").Fill("address", "lan@example.com").Click("发送验证码").Says("验证码已发到lan@example.com").Keep("settings")
	})
}

// The administrator of a city changes what a notice says and sees at once what
// becomes of it.
func TestEditingANotice(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		v.As("admin-system").Open("/admin/messages").Says("已撤回", "法定告知").Keep("notices").Click("已撤回").Says("预览", "可以用的变量")
		v.Fill("text", "您的“{item}”已撤回，编号{phone}。")
		v.comes("没有“{phone}”这个变量").Keep("wrong")
		words := fmt.Sprintf("随时可以在%d天内重新申请。", v.size[0])
		v.Fill("text", "您的“{item}”已撤回，编号{number}，"+words)
		v.comes(words)
		v.Click("保存为新版本").Says("已保存为第", "使用中").Keep("saved")
		v.Axe(t)
	})
}

// comes waits until the page in sight says something, without asking anew.
func (v *visitor) comes(text string) *visitor {
	v.t.Helper()
	for until := time.Now().Add(patience); !strings.Contains(v.seen(), text); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(until) {
			v.t.Fatalf("%s: page does not come to say %q\n%s", v.At(), text, v.Excerpt())
		}
	}
	return v
}
