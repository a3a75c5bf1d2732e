package licences_test

import (
	"net/url"
	"testing"

	"yimen/internal/app/apptest"
	"yimen/internal/kit/db"
	"yimen/internal/kit/webtest"
)

// held is the address of what the QR code of a page leads to.
func held(t *testing.T, p *webtest.Page) string {
	t.Helper()
	u, err := url.Parse(webtest.TextOf(p.One("#shown-address")))
	if err != nil {
		t.Fatal(err)
	}
	return u.Path
}

func TestPagesOfShowing(t *testing.T) {
	s := apptest.New(t)
	cards, _, err := s.Licences.Mine(s.Ctx("citizen-1"), db.Page{})
	if err != nil || len(cards) == 0 {
		t.Fatal(cards, err)
	}
	card := cards[len(cards)-1]
	path := "/my/licences/" + card.Identifier + "/show"
	s.Anybody().NoRedirect().Get(path).Status(303)
	s.As("citizen-2").Get(path).Status(404)
	s.As("clerk-440232112209").Get(path).Status(403)

	holder := s.As("citizen-1")
	form := holder.Get("/my/licences/" + card.Identifier).Status(200).Must("还没有人扫码看过").Click("扫码出示").Status(200).Must("60秒内有效").Form("[name=recipient]")
	form.Fill("mode", "all").Send().Status(422).Must("请写明给谁看", "请写明做什么用")
	page := form.Fill("mode", "least").Send().Status(200).Must("只能看一次", "自动换新")
	s.As("citizen-2").Get(page.URL.Path).Status(404)
	code := held(t, page)

	verifier := s.Anybody()
	asked := verifier.Get(code).Status(200).Must("点“查看”以后就作废").MustNot(card.HolderName, "今天有效", card.TypeName)
	seen := asked.Form("#read").Send().Status(200).Must("今天有效", card.TypeName, card.IssuerName, card.Identifier, "*").MustNot(card.HolderName, card.HolderNo)
	if seen.Header().Get("Cache-Control") != "no-store" {
		t.Error("the answer may be kept")
	}
	verifier.Get(code).Status(200).Must("今天有效")
	replayed := s.Anybody().Get(code).Status(422).Must("已经被看过一次").MustNot(card.TypeName, "今天有效")
	replayed.None("#read")
	s.Anybody().PostForm(code, nil).Status(422).Must("已经被看过一次").MustNot(card.TypeName)
	s.Anybody().Get("/licences/shown/never").Status(422).Must("不能用")

	polls := holder.With("HX-Request", "true")
	polls.Get(page.URL.Path+"?code=1").Status(200).Must("对方已经看过", "没有登录的人").None("#shown-address")
	next := holder.Get(page.URL.Path)
	if held(t, next) == code {
		t.Error("the code is the same again")
	}
	polls.Get(page.URL.Path + "?code=2").Status(204)
	polls.Get(page.URL.Path + "?code=1").Status(200).Must("别的页面").None("#shown-address")

	office := s.As("approver-440232-d07").Get(held(t, next)).Form("#read").Send().Status(200)
	office.Must("有权查看", card.HolderName)
	holder.Get("/my/licences/"+card.Identifier).Must("谁扫码看过", "没有登录的人", "公安局", "网络地址")
	s.As("admin-audit").Get("/admin/audit?action=licence.read_code").Must("扫码看电子证照")

	shared := holder.Get(path).Form("[name=recipient]").Fill("mode", "all").Fill("recipient", "韶关市第一中学").Fill("purpose", "办理入学登记").Send().Status(200).Must("共享给韶关市第一中学")
	s.Anybody().Get(held(t, shared)).Form("#read").Send().Status(200).Must(card.HolderName, "办理入学登记", "不要转给别人")
	holder.Get("/elder?next=/").Status(200)
	holder.Get(page.URL.Path).Status(200).Must("只能看一次").One(".ym-elder")
}
