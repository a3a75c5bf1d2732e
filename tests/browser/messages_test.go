package browser_test

import (
	"testing"

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
