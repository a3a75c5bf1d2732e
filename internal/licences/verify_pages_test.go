package licences_test

import (
	"strings"
	"testing"

	"yimen/internal/app/apptest"
	"yimen/internal/kit/db"
)

func TestPagesOfVerifying(t *testing.T) {
	s := apptest.New(t)
	cards, _, err := s.Licences.Mine(s.Ctx("citizen-1"), db.Page{})
	if err != nil || len(cards) == 0 {
		t.Fatal(cards, err)
	}
	card := cards[len(cards)-1]
	s.As("approver-440232-d07").Get("/office/licences/" + card.Identifier).Form("form.li-make").Send().Status(200)
	file := s.As("citizen-1").Get("/my/licences/" + card.Identifier + "/file.ofd").Status(200).Body

	page := s.Anybody().Get("/licences/check").Status(200)
	page.Form("[name=file]").Send().Status(422).Must("请选择要验证的文件")
	page.Form("[name=file]").Attach("file", "a.txt", []byte("hello")).Send().Status(422).Must("只能验证OFD或PDF文件")
	page.Form("[name=file]").Attach("file", "a.ofd", []byte(file)).Send().Status(200).
		Must("有效", "盖章以后没有改动", "存档的那个文件", "一步一步", "公安局").MustNot("无效", card.HolderName, card.HolderNo)
	page.Form("[name=file]").Attach("file", "a.ofd", []byte(file[:100])).Send().Status(200).Must("无效", "读不出来")
	page.Form("[name=file]").Attach("file", "a.pdf", []byte("%PDF-1.7")).Send().Status(200).Must("不能证明真伪")

	const api = "/api/v1/licences/verify"
	s.Anybody().Do("POST", api, "application/octet-stream", strings.NewReader(file)).Status(200).
		Must(`"answer":"valid"`, `"archived":true`, `"stands":true`, `"report"`).MustNot(card.HolderName)
	s.Anybody().Do("POST", api, "application/octet-stream", strings.NewReader("hello")).Status(422).Must("licence_file_kind")
}
