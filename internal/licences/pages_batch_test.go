package licences_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"yimen/internal/app/apptest"
	"yimen/internal/kit/db"
	"yimen/internal/kit/tables"
)

// The police of the sample county issue proofs from a sheet.
func TestPagesOfBatches(t *testing.T) {
	s := apptest.New(t)
	const begin = "/office/licence-batches"
	s.Anybody().NoRedirect().Get(begin).Status(303)
	s.As("citizen-1").Get(begin).Status(403)
	b := s.As("approver-440232-d07")
	b.Get("/office/licences").Click("按表签发").Status(200).Must("还没有上传过", "无犯罪记录证明")
	up := b.Get(begin + "?type=ZZ011").Status(200).Must("下载“无犯罪记录证明”签发表")
	empty := b.Get(begin + "/sheet.xlsx?type=ZZ011").Status(200)
	rows, err := tables.Read(strings.NewReader(empty.Body), 1<<20)
	if err != nil || strings.Join(rows[0], " ") != "持证主体 持证主体代码 证照编号 有效期起 有效期止 查询期间 用途 依据的文号" {
		t.Fatal(rows, err)
	}
	up.Form("[name=file]").Send().Status(422).Must("请选择填好的表格", "第二步")
	b.Get(begin+"?type=ZZ011").Form("[name=file]").Attach("file", "坏.xlsx", []byte("PK")).Send().Status(422).Must("文件无法读取")

	mine, _, err := s.Licences.Mine(s.Ctx("citizen-1"), db.Page{})
	if err != nil || len(mine) == 0 {
		t.Fatal(mine, err)
	}
	rows = append(rows, []string{mine[0].HolderName, mine[0].HolderNo, "", "", "", "年满16周岁至今", "求职"}, []string{"无此人", "110101199001010016", "", "", "", "年满16周岁至今"})
	var sheet bytes.Buffer
	if err := tables.Write(&sheet, tables.Sheet{Name: "签发", Rows: rows}); err != nil {
		t.Fatal(err)
	}
	page := b.Get(begin+"?type=ZZ011").Form("[name=file]").Attach("file", "七月.xlsx", sheet.Bytes()).Send().Status(200)
	page.Must("共2行，可以签发1行", "有1行不对", "G3“用途”：请填写用途", mine[0].HolderName, "自动编").MustNot(mine[0].HolderNo)
	s.As("approver-440232-d11").Get(page.URL.Path).Status(404)
	page.Form("main form[method=post]").Send().Status(200).Must("按表签发“无犯罪记录证明”1本")
	if err := s.Queue.Drain(context.Background()); err != nil {
		t.Fatal(err)
	}
	b.Get(page.URL.Path).Must("成功1本，没有成功0本").None("main form[method=post]")
	result := b.Get(page.URL.Path + "/result.xlsx").Status(200)
	rows, err = tables.Read(strings.NewReader(result.Body), 1<<20)
	if err != nil || rows[1][0] != "已签发" || !strings.Contains(rows[2][0], "没有签发：") {
		t.Errorf("%q, %v", rows, err)
	}
	s.As("citizen-1").Get("/my/licences").Must("无犯罪记录证明")
	b.Get(begin).Must("七月.xlsx", "已开始签发")
	s.As("admin-audit").Get("/admin/audit?action=licence.batch_result").Must("七月.xlsx，2行")
}
