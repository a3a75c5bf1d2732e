package portal_test

import (
	"net/url"
	"strings"
	"testing"

	"yimen/internal/cases"
	"yimen/internal/kit/webtest"
)

const problem, cure = "身份证照片反光，号码看不清", "请重新拍一张，四个角都要拍到"

// asked is a case that waits for a correction of its identity card.
func (w *world) asked(t *testing.T, account string) cases.Case {
	t.Helper()
	c := w.handed(t, account)
	c, err := w.cases.RequestCorrection(w.system, c.Number, cases.Act{Deficiencies: []cases.Deficiency{{Material: "id_card", Problem: problem, Cure: cure}}})
	must(t, err)
	return c
}

func TestCorrection(t *testing.T) {
	w := theCity(t)
	number := w.asked(t, "citizen-21").Number
	c := w.as(t, "citizen-21")
	c.Get("/my").Must("等您处理", "材料需要补正", "还剩15个工作日")
	page := c.Get("/my/cases/"+number).Must("去补正材料", problem, cure, "补正材料一次性告知书")
	page.Click("补正材料一次性告知书").Status(200).Must(problem, cure)
	page = page.Click("去补正材料").Must(problem, cure, "拍照")
	page.MustNot("容缺", "data-when=\"way.")

	page = page.Form("#act").Send().Status(422).Must("还没有补上")
	// A wrong file is told beside its field, and the words stay.
	page = page.Form("#act").Fill("opinion", "新拍的照片").Attach("file.id_card", "病毒.exe", []byte("MZ")).Send().Status(422).Must("不能上传", "新拍的照片")

	form := page.Form("#act").Attach("file.id_card", "身份证.png", photo(t, 9))
	form.Send().At("/my/cases/"+number).Status(200).Must("已收件", "身份证.png", "已被补正的材料替换", "新拍的照片")
	// The same form again, over a slow line: it took effect once.
	form.Send().At("/my/cases/" + number).Status(200)
	history, err := w.cases.History(w.system, number)
	must(t, err)
	n := 0
	for _, e := range history {
		if e.Verb == cases.VerbCorrect {
			n++
		}
	}
	if n != 1 {
		t.Errorf("corrected %d times", n)
	}
	c.Get("/my/cases/" + number + "/correct").At("/my/cases/" + number).Must("现在不需要补正材料")
}

// TestCorrectionKeepsUploads: what was uploaded beside a mistake need not be
// uploaded again, is there on another device, and nobody sees another's.
func TestCorrectionKeepsUploads(t *testing.T) {
	w := theCity(t)
	number := w.asked(t, "citizen-22").Number
	at := "/my/cases/" + number + "/correct"
	c := w.as(t, "citizen-22")
	page := c.Get(at)
	page = page.Form("#act").Fill("edit_form", "1").Fill("form.bank_account_no", "56ef").Attach("file.id_card", "清楚.png", photo(t, 3)).Send().Status(422)
	page.Must("清楚.png", "银行")
	if got := webtest.Attr(page.One("input[name=form.bank_account_no]"), "value"); got != "56ef" {
		t.Errorf("the account typed is lost: %q", got)
	}
	phone := w.as(t, "citizen-22").Get(at).Must("清楚.png", "已上传1个文件", "换一部手机登录也能接着补")
	src := webtest.Attr(phone.Find(".ap-files img")[0], "src")
	c.Get(src).Status(200)
	w.as(t, "citizen-23").Get(src).Status(404)
	c.Get("/my/cases/" + number + "/uploads/other").Status(404)
	page.Form("#act").Fill("edit_form").Send().At("/my/cases/"+number).Must("清楚.png", "已收件")
	c.Get(src).Status(404) // it belongs to the case now
}

// TestCorrectionPhotos: photos are added, turned, moved and removed one by one,
// each without losing what was typed; the script gets the list alone.
func TestCorrectionPhotos(t *testing.T) {
	w := theCity(t)
	number := w.asked(t, "citizen-34").Number
	c := w.as(t, "citizen-34")
	page := c.Get("/my/cases/" + number + "/correct").Status(200)
	page = page.Form("#act").Fill("opinion", "重新拍了").Attach("file.id_card", "正面.png", photo(t, 1)).Press("上传选好的文件").Send().Status(200)
	page.Must("正面.png", "重新拍了", "已上传1个文件")
	page = page.Form("#act").Attach("file.id_card", "反面.png", photo(t, 2)).Press("上传选好的文件").Send().Status(200).Must("已上传2个文件", "重新拍了")

	acts := func(p *webtest.Page) []string {
		var list []string
		for _, b := range p.Find(".ap-files button") {
			list = append(list, webtest.Attr(b, "value"))
		}
		return list
	}
	before := acts(page)
	if len(before) != 5 {
		t.Fatalf("two pictures have the buttons %v", before)
	}
	send := func(do string) *webtest.Page {
		return c.With("HX-Request-Type", "partial").PostForm("/my/cases/"+number+"/correct", url.Values{"do": {do}, "once": {"k-" + do}}).Status(200)
	}
	part := send(before[3]) // up
	part.MustNot("</html>").Must("1. 反面.png", "2. 正面.png")
	send(before[3]).Must("1. 反面.png") // the same again, over a slow line
	part = send(before[0])            // rotate
	part.Must("正面.jpg").MustNot("正面.png")
	part = send(before[4]).MustNot("反面") // remove
	part.Must("已上传1个文件")
	find := func() []cases.Handed {
		r, err := w.cases.Reply(w.actor(t, "citizen-34"), number)
		must(t, err)
		return r.Materials
	}
	if list := find(); len(list) != 1 || list[0].ID != "id_card" {
		t.Errorf("left is %+v", list)
	}
	bad := c.With("HX-Request-Type", "partial").Get("/my/cases/"+number+"/correct").Form("#act").Attach("file.id_card", "病毒.exe", []byte("MZ")).Press("上传选好的文件").Send().Status(422)
	bad.Must("不能上传", "已上传1个文件")
	c.Get("/my/cases/"+number+"/correct").Form("#act").Send().At("/my/cases/"+number).Must("已提交。工作人员收到后会继续办理", "正面.jpg", "已收件")
	if list := find(); len(list) != 0 {
		t.Errorf("handed in, and still there: %+v", list)
	}
}

func TestFormCorrection(t *testing.T) {
	w := theCity(t)
	c := w.handed(t, "citizen-24")
	_, err := w.cases.RequestCorrection(w.system, c.Number, cases.Act{Deficiencies: []cases.Deficiency{{Problem: "缴费月数与系统不符", Cure: "请核对后修改表单"}}})
	must(t, err)
	b := w.as(t, "citizen-24")
	page := b.Get("/my/cases/"+c.Number+"/correct").Must("缴费月数与系统不符", "要修改填过的表单")
	page.Form("#act").Send().Status(422).Must("还没有补正")
	page.Form("#act").Fill("edit_form", "1").Send().Status(422).Must("还没有补正") // ticked, but nothing changed
	page.Form("#act").Fill("edit_form", "1").Fill("form.insured_months", "187").Send().At("/my/cases/"+c.Number).Must("已收件", "187")
}

func TestSupplement(t *testing.T) {
	w := theCity(t)
	number := w.handed(t, "citizen-25").Number
	_, err := w.cases.Accept(w.system, number, cases.Act{})
	must(t, err)
	c := w.as(t, "citizen-25")
	page := c.Get("/my/cases/"+number).Must("容缺，待补交", "2026年9月18日前").Click("去补交容缺材料").Must("补缴凭证")
	page.Form("#act").Send().Status(422).Must("还没有补上")
	page.Form("#act").Attach("file.arrears_receipt", "凭证.png", photo(t, 4)).Send().At("/my/cases/" + number).Must("凭证.png").MustNot("去补交")
	c.Get("/my/cases/" + number + "/supplement").At("/my/cases/" + number)
}

func TestWithdrawal(t *testing.T) {
	w := theCity(t)
	number := w.handed(t, "citizen-26").Number
	c := w.as(t, "citizen-26")
	page := c.Get("/my/cases/"+number).Click("撤回申请").Must("确定要撤回吗", "不能恢复")
	page.Form("#act").Send().Status(422).Must("请写一句撤回的理由")
	form := page.Form("#act").Fill("opinion", "想先补缴再申请")
	form.Send().At("/my/cases/"+number).Must("已撤回", "想先补缴再申请").MustNot("去撤回")
	form.Send().At("/my/cases/" + number).Must("已撤回")
	c.Get("/my?show=done").Must(number)
	c.Get("/my?show=running").MustNot(number)
}

// TestStalePage: the case moved on while the page was open. Nothing is done,
// the page says what happened, and the words are there to be sent again.
func TestStalePage(t *testing.T) {
	w := theCity(t)
	number := w.handed(t, "citizen-27").Number
	c := w.as(t, "citizen-27")
	page := c.Get("/my/cases/" + number + "/withdraw")
	_, err := w.cases.Receive(w.system, number, cases.Act{})
	must(t, err)
	page = page.Form("#act").Fill("opinion", "家里有变故").Send().Status(409).Must("办件已有变化", "收件", "家里有变故")
	page.Form("#act").Send().At("/my/cases/" + number).Must("已撤回")

	gone := w.asked(t, "citizen-28").Number
	b := w.as(t, "citizen-28")
	page = b.Get("/my/cases/" + gone + "/correct")
	_, err = w.cases.Withdraw(w.system, gone, cases.Act{Opinion: "申请人到窗口要求撤回"})
	must(t, err)
	page = page.Form("#act").Fill("opinion", "照片已重拍").Attach("file.id_card", "a.png", photo(t, 5)).Send().Status(409)
	page.Must("办件已有变化", "已撤回", "照片已重拍", "看最新进展").None("#act")
	b.PostForm("/my/cases/"+gone+"/withdraw", url.Values{"opinion": {"x"}, "revision": {"abc"}}).Status(409)
}

func TestCasesOfOthersAreNotThere(t *testing.T) {
	w := theCity(t)
	number := w.asked(t, "citizen-29").Number
	c := w.as(t, "citizen-30")
	for _, path := range []string{"", "/correct", "/supplement", "/withdraw"} {
		c.Get("/my/cases/"+number+path).Status(404).MustNot(problem, "养老保险")
		if path != "" {
			c.PostForm("/my/cases/"+number+path, url.Values{"opinion": {"x"}, "revision": {"2"}}).Status(404)
		}
	}
	c.Get("/my").MustNot(number)
	after, err := w.cases.Find(w.system, number)
	must(t, err)
	if after.State != cases.StateCorrecting {
		t.Errorf("the case is %s now", after.State)
	}
}

func TestProgress(t *testing.T) {
	w := theCity(t)
	c := w.asked(t, "citizen-31")
	p, err := w.identity.Person(w.system, "citizen-31")
	must(t, err)
	b := webtest.New(t, w.router)
	page := b.Get("/progress").Status(200).Must("办件编号", "查询码")
	found := page.Form("#progress").Fill("number", c.Number).Fill("query_code", strings.ToLower(c.QueryCode)).Send().Status(200)
	found.Must("待补正", "告知补正", c.ItemName).MustNot(p.Name, p.Phone, p.IDNo, problem)
	found.One("#found")

	b.Get("/progress?number="+c.Number).Status(200).Must("查询码").MustNot(c.QueryCode, c.ItemName)
	wrong := b.Get("/progress?number=" + c.Number + "&query_code=AAAAAA").Status(404)
	unknown := b.Get("/progress?number=" + cases.NewNumber(start) + "&query_code=AAAAAA").Status(404)
	if a, b := wrong.One("#error-summary"), unknown.One("#error-summary"); webtest.TextOf(a) != webtest.TextOf(b) {
		t.Errorf("a wrong code says %q, an unknown number %q", webtest.TextOf(a), webtest.TextOf(b))
	}
	if got := webtest.Attr(wrong.One("input[name=query_code]"), "value"); got != "AAAAAA" {
		t.Errorf("the code typed is lost: %q", got)
	}
	b.Get("/progress?number=&query_code=").Status(422).Must("请输入办件编号", "请输入6位查询码")
}

func TestProgressIsRateLimited(t *testing.T) {
	w := bare(t, false)
	b := webtest.New(t, w.router)
	for range 60 {
		b.Get("/progress?number=1&query_code=AAAAAA").Status(404)
	}
	b.Get("/progress?number=1&query_code=AAAAAA").Status(429)
	b.Get("/progress").Status(200)
}

func TestManyCasesArePaged(t *testing.T) {
	w := theCity(t)
	for range 22 {
		w.handed(t, "citizen-32")
	}
	c := w.as(t, "citizen-32")
	page := c.Get("/my").Status(200)
	if n := len(page.Find("#cases .ym-case-head")); n != 20 {
		t.Errorf("%d cases on the first page", n)
	}
	page = page.Click("下一页").Must("回到第一页").MustNot("下一页")
	if n := len(page.Find("#cases .ym-case-head")); n < 2 { // the sample city may have given them some
		t.Errorf("%d cases on the second page", n)
	}
	c.Get("/my?after=nonsense").Status(422)
	w.as(t, "citizen-33").Get("/my?show=drafts").Status(200).Must("没有草稿")
}

// TestBrokenDatabase: every page says calmly that it cannot be done now.
func TestBrokenDatabase(t *testing.T) {
	w := bare(t, true)
	must(t, w.db.Close())
	c := webtest.New(t, w.router)
	c.SetCookie("yimen_session", "something")
	for _, path := range []string{"/", "/search", "/region", "/progress?number=" + cases.NewNumber(start) + "&query_code=AAAAAA", "/sitemap",
		"/my", "/my?show=drafts", "/my/cases/1", "/my/cases/1/correct", "/my/cases/1/withdraw", "/apply/SG01001", "/apply/new?item=SG01001", "/apply/1/people"} {
		c.NoRedirect().Get(path).Status(503).Must("错误代码")
	}
	c.PostForm("/my/cases/1/withdraw", url.Values{"opinion": {"x"}}).Status(503)
	c.Get("/accessibility").Status(200)
	c.Get("/demo").Status(200)
}
