package portal_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"yimen/city/living"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/webtest"
	"yimen/workday"
)

// pension is an item with questions that stop, materials of which one may
// follow later, and a promise of some days.
const pension = "SG01003"

// photo is what a phone uploads; n makes them differ.
func photo(t testing.TB, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 20+n, 20))))
	return b.Bytes()
}

// filled is the item's form as its page posts it, filled in by somebody
// sensible.
func (w *world) filled(t testing.TB, account, item string, answers catalogue.Answers) url.Values {
	t.Helper()
	p, err := w.identity.Person(w.system, account)
	must(t, err)
	v, err := w.catalogue.Current(w.system, item)
	must(t, err)
	list, err := w.catalogue.Checklist(w.system, item, "", 0, answers)
	must(t, err)
	raw, err := living.Fill(&v.Definition, living.Person{Name: p.Name, IDNo: p.IDNo, Phone: p.Phone, Division: p.Division, Address: p.Address},
		list.Defaults, workday.DateOf(w.clock.Now(), clock.Beijing), rand.New(rand.NewPCG(1, 2)))
	must(t, err)
	fields, err := catalogue.FormFields(v.Definition.Form)
	must(t, err)
	bare, err := catalogue.FormValues(fields, raw)
	must(t, err)
	values := url.Values{"form_sent": {"1"}}
	for name, list := range bare {
		values["form."+name] = list
	}
	return values
}

// path is the answers that lead through the pension's questions.
var path = []struct{ id, label, option string }{
	{"age", "是否已满60周岁", "yes"}, {"years", "缴费年限是哪一种情况", "arrears"}, {"other", "是否在领取退休金", "no"}, {"who", "由谁来办理", "self"},
}

func answers() catalogue.Answers {
	a := catalogue.Answers{}
	for _, x := range path {
		a[x.id] = []string{x.option}
	}
	return a
}

// apply leads through the wizard, a page at a time, up to the answers read
// back, one material deferred, and gives that page.
func (w *world) apply(t testing.TB, c *webtest.Client, account string) *webtest.Page {
	t.Helper()
	page := c.Get("/items/" + pension).Click("开始办理").Status(200).Must("这件事属于哪个地方")
	page = page.Form("").Send().Status(200).Must("用哪个电话联系您", "第1步，共约", "还差").MustNot("证件类型")
	return w.walk(t, page, w.filled(t, account, pension, answers()))
}

// walk fills in one page after another, each saying where it stands, until
// the answers are read back.
func (w *world) walk(t testing.TB, page *webtest.Page, form url.Values) *webtest.Page {
	t.Helper()
	for range 40 {
		parts := strings.Split(strings.Trim(page.URL.Path, "/"), "/")
		if parts[2] == "review" {
			return page.Status(200).Must("核对后提交")
		}
		page.Status(200).Must("已保存，可在任何设备继续", "步，共")
		page = w.fillPage(t, page, parts[2:], form).Send()
	}
	t.Fatalf("the pages do not end: %s", page.URL)
	return nil
}

// fillPage says what the page in sight asks.
func (w *world) fillPage(t testing.TB, page *webtest.Page, stop []string, said url.Values) *webtest.Form {
	t.Helper()
	form := page.Form("form.ap-form")
	switch stop[0] {
	case "questions":
		for _, q := range path {
			if q.id == stop[1] {
				page.Must(q.label)
				form.Fill("answers."+q.id, q.option)
			}
		}
	case "form":
		for name, list := range said {
			if len(page.Find(`[name=`+name+`]`)) > 0 && list[0] != "" {
				form.Fill(name, list...)
			}
		}
	case "materials":
		if len(page.Find(`input[value=later]`)) > 0 {
			return form.Fill("way."+stop[1], "later")
		}
		form.Attach("file."+stop[1], "照片"+stop[1]+".png", photo(t, len(stop[1])))
	case "defer":
		form.Fill("defer_until", "2026-09-18")
	case "deliver":
		if len(page.Find(`input[value=electronic]`)) > 0 {
			form.Fill("deliver", "electronic")
		}
	}
	return form
}

// send sends the application and gives its number.
func send(t testing.TB, page *webtest.Page) string {
	t.Helper()
	page = page.Form("form.ap-form").Fill("declared", "1").Send().Status(200)
	number, ok := strings.CutPrefix(page.URL.Path, "/my/cases/")
	if !ok {
		t.Fatalf("the application ends at %s: %s", page.URL.Path, page.Text())
	}
	number = strings.TrimSuffix(number, "/submitted")
	page.Must("申请已提交", number, "查询码", "接下来")
	return number
}

func TestGuideToCase(t *testing.T) {
	w := theCity(t)
	c := w.as(t, "citizen-11")
	number := send(t, w.apply(t, c, "citizen-11"))

	page := c.Get("/my/cases/" + number).Status(200)
	page.Must("已提交", "申请已经提交。工作人员会在", "查询码", "办理经过", "交来的材料", "撤回申请")
	page.MustNot("去补正材料")
	c.Get("/my").Must(number, "已提交")
	if p := c.Get(webtest.Attr(page.Find("#materials a")[0], "href")); p.Code != 200 || p.Header().Get("Content-Type") != "image/png" {
		t.Errorf("an uploaded file answers %d %s", p.Code, p.Header().Get("Content-Type"))
	}
	drafts, _, err := w.cases.Drafts(w.actor(t, "citizen-11"), db.Page{})
	must(t, err)
	if len(drafts) != 0 {
		t.Errorf("%d drafts are left behind", len(drafts))
	}
}

func TestWizardTellsWhatIsWrongAndKeepsTheWords(t *testing.T) {
	w := theCity(t)
	c := w.as(t, "citizen-12")
	page := c.Get("/apply/" + pension).Form("").Send()
	page = page.Form("form.ap-form").Fill("phone", "12").Send().Status(422).Must("电话号码不正确", "用哪个电话联系您")
	if got := webtest.Attr(page.One("input[name=phone]"), "value"); got != "12" {
		t.Errorf("the phone typed is lost: %q", got)
	}
	p, err := w.identity.Person(w.system, "citizen-12")
	must(t, err)
	page = page.Form("form.ap-form").Fill("phone", p.Phone).Send().Status(200)
	page.MustNot(p.IDNo)

	page.Form("form.ap-form").Send().Status(422).Must("请选择一项")
	page.Form("form.ap-form").Fill("answers.age", "no").Send().Status(422).Must("暂时不能申请", "年满60周岁的次月起领取", "改选后继续")
	for _, q := range path {
		page = page.Form("form.ap-form").Fill("answers."+q.id, q.option).Send().Status(200)
	}
	page.Click("上一步").Must("由谁来办理").Click("上一步").Must("是否在领取退休金")
	draft := strings.Join(strings.Split(page.URL.Path, "/")[:3], "/")
	bank := c.Get(draft + "/form/bank_account_name").Status(200)
	bank = bank.Form("form.ap-form").Fill("form.bank_account_no", "12ab").Send().Status(422)
	if got := webtest.Attr(bank.One("input[name=form.bank_account_no]"), "value"); got != "12ab" {
		t.Errorf("the account typed is lost: %q", got)
	}
	// Put aside unfinished: what was typed is kept, and the draft is offered again.
	bank = bank.Form("form.ap-form").Fill("form.bank_account_no", "34cd").Press("保存，以后再填").Send().At("/my").Must("已保存", "草稿", "继续填写")
	bank.Click("继续填写").Must("参保人信息", "要修改")
	again := c.Get(draft + "/form/bank_account_name")
	if got := webtest.Attr(again.One("input[name=form.bank_account_no]"), "value"); got != "34cd" {
		t.Errorf("the account put aside is lost: %q", got)
	}
	c.Get(draft + "/materials/id_card").Form("form.ap-form").Send().Status(422).Must("还没有提交：请拍照或选择文件")
	review := c.Get(draft+"/review").Must("还差", "去填写", "有填得不对的地方")
	review.Form("form.ap-form").Send().Status(422).Must("请确认所填内容", "还有没填完的内容")
	review.Form("form.ap-form").Fill("declared", "1").Send().Status(422).Must("还有没填完的内容")

	page = review.Click("删除草稿").Must("删除后不能恢复")
	page.Form("").Send().At("/my").Must("草稿已删除").MustNot("继续填写")
}

// From the answers read back one is changed on its page, and the way leads
// straight back; a changed answer that needs more leads there first.
func TestOneAnswerIsChanged(t *testing.T) {
	w := theCity(t)
	c := w.as(t, "citizen-13")
	review := w.apply(t, c, "citizen-13")
	draft := strings.TrimSuffix(review.URL.Path, "/review")
	page := c.Get(draft+"/phone?from=review").Must("保存并返回核对", "不改了，返回")
	page.Form("form.ap-form").Fill("phone", "13900001234").Send().At(draft + "/review").Must("139****1234")
	page = c.Get(draft+"/questions/years?from=review").Form("form.ap-form").Fill("answers.years", "fifteen").Send()
	page.At(draft + "/review").MustNot("补缴凭证") // not needed any more
	page = c.Get(draft+"/questions/who?from=review").Form("form.ap-form").Fill("answers.who", "agent").Send()
	if !strings.HasPrefix(page.URL.Path, draft+"/") || strings.HasSuffix(page.URL.Path, "/review") || page.URL.Query().Get("from") != "review" {
		t.Errorf("an answer that asks for more leads to %s", page.URL)
	}
	c.Get(draft + "/materials/arrears_receipt").At(draft + "/form/handled_by").Must("不用填那一页了")
	c.Get(draft + "/form").Status(200)
	c.Get(draft + "/people").At(draft + "/phone")
	c.Get(draft+"/preview").Status(200).Must("申请表", "草稿，尚未提交", "签名")
}

// The same draft on two devices: each keeps its own page, neither undoes the
// other's; when one has sent it, the other is led to the case.
func TestTwoDevicesOneDraft(t *testing.T) {
	w := theCity(t)
	c := w.as(t, "citizen-14")
	review := w.apply(t, c, "citizen-14")
	draft := strings.TrimSuffix(review.URL.Path, "/review")
	other := w.as(t, "citizen-14")
	phone, deliver := c.Get(draft+"/phone"), other.Get(draft+"/deliver")
	phone.Form("form.ap-form").Fill("phone", "13900005678").Send().Status(200)
	deliver.Form("form.ap-form").Fill("deliver", "window").Send().Status(200)
	c.Get(draft+"/review").Must("139****5678", "到收件窗口领取")
	stale := other.Get(draft + "/phone")
	number := send(t, c.Get(draft+"/review"))
	other.Get(draft + "/review").At("/my/cases/" + number + "/submitted").Must("已经提交")
	stale.Form("form.ap-form").Fill("phone", "13900009999").Send().At("/my/cases/" + number + "/submitted")
	w.as(t, "citizen-15").Get(draft + "/review").Status(404)
}

// Several photos of one material: added, turned, moved, removed; the same one
// twice stays one; nobody else sees them.
func TestPhotosOfAMaterial(t *testing.T) {
	w := theCity(t)
	c := w.as(t, "citizen-16")
	page := c.Get("/apply/" + pension).Form("").Send()
	draft := strings.Join(strings.Split(page.URL.Path, "/")[:3], "/")
	card := func() *webtest.Form { return c.Get(draft + "/materials/id_card").Form("form.ap-form") }
	card().Attach("file.id_card", "正面.png", photo(t, 1)).Press("上传选好的文件").Send().Status(200).Must("已上传1个文件", "正面.png")
	card().Attach("file.id_card", "反面.png", photo(t, 40)).Press("上传选好的文件").Send().Status(200).Must("已上传2个文件", "1. 正面.png", "2. 反面.png")
	page = card().Attach("file.id_card", "又是反面.png", photo(t, 40)).Press("上传选好的文件").Send().Status(200).Must("已上传2个文件").MustNot("又是反面")
	page = page.Form("form.ap-form").Press("往前移").Send().Must("1. 反面.png", "2. 正面.png")
	page = page.Form("form.ap-form").Press("转一下").Send().Status(200).Must("1. 反面.jpg")
	src := webtest.Attr(page.Find(".ap-files img")[0], "src")
	if p := c.Get(src); p.Code != 200 || p.Header().Get("Content-Type") != "image/jpeg" {
		t.Errorf("a thumbnail answers %d %s", p.Code, p.Header().Get("Content-Type"))
	}
	w.as(t, "citizen-17").Get(src).Status(404)
	page.Form("form.ap-form").Press("删除").Send().Must("已上传1个文件").MustNot("反面.jpg")
	c.Get(src).Status(404)
	wrong := card().Attach("file.id_card", "病毒.exe", []byte("MZ")).Press("上传选好的文件").Send().Status(422)
	wrong.Must("不能上传", "已上传1个文件")
	card().Send().Status(200).Must("社会保障卡") // on to the next
	// What is no picture is listed too, and cannot be turned.
	pdf := card().Attach("file.id_card", "扫描.pdf", []byte("%PDF-1.4\n%%EOF\n")).Press("上传选好的文件").Send().Must("扫描.pdf")
	if n := len(pdf.Find(`.ap-files button`)); n != 4 {
		t.Errorf("%d buttons beside two files, want turn, remove; move, remove", n)
	}
	// A retry of the script with the same key takes effect once.
	once := card().Attach("file.id_card", "第三张.png", photo(t, 60)).Press("上传选好的文件")
	once.Send().Must("已上传3个文件")
	once.Send().Must("已上传3个文件")
}

func TestWizardOffersWhatFits(t *testing.T) {
	w := theCity(t)
	firm := w.as(t, "enterprise-2")
	page := firm.Get("/apply/" + pension).Status(200).Must("只受理个人的申请")
	if n := len(page.Find("main form")); n != 0 {
		t.Errorf("%d forms on a page that leads nowhere", n)
	}
	firm.PostForm("/apply/new", url.Values{"item": {pension}, "at": {village}}).Status(422).Must("只受理个人的申请")
	firm.Get("/apply/SG99999").Status(404)
	// A villager who asks for what the county handles applies at the county.
	for _, it := range items(t, w) {
		if v := definition(t, w, it); len(v.Levels) == 1 && v.Levels[0] == catalogue.LevelCounty && v.Serves("person") && v.HasChannel("web") {
			w.as(t, "citizen-1").Get("/apply/" + it).Must("就在“乳源瑶族自治县”申请").MustNot("选择下一级地区")
			return
		}
	}
	t.Fatal("no item is handled at the county alone")
}

func items(t testing.TB, w *world) []string {
	t.Helper()
	list, _, err := w.catalogue.Search(w.system, catalogue.Query{}, db.Page{Limit: db.MaxLimit})
	must(t, err)
	codes := make([]string, len(list))
	for i, it := range list {
		codes[i] = it.Code
	}
	return codes
}

func definition(t testing.TB, w *world, item string) *catalogue.Definition {
	t.Helper()
	v, err := w.catalogue.Current(w.system, item)
	must(t, err)
	return &v.Definition
}

// handed puts a case on its way without pages, for tests of what comes after.
func (w *world) handed(t testing.TB, account string) cases.Case {
	t.Helper()
	a, err := w.identity.Actor(w.system, account)
	must(t, err)
	ctx := identity.With(context.Background(), a)
	p, err := w.identity.Person(w.system, account)
	must(t, err)
	posted := w.filled(t, account, pension, answers())
	bare := url.Values{}
	for k, v := range posted {
		bare[strings.TrimPrefix(k, "form.")] = v
	}
	fields, err := catalogue.FormFields(definition(t, w, pension).Form)
	must(t, err)
	form, err := catalogue.FormFromValues(fields, bare)
	must(t, err)
	list, err := w.catalogue.Checklist(w.system, pension, "", 0, answers())
	must(t, err)
	town, err := w.org.Path(w.system, p.Division)
	must(t, err)
	s := cases.Submission{Item: pension, Division: town[2].Code, Channel: cases.ChannelWeb, Answers: answers(), Form: form,
		Applicant:  cases.Applicant{Type: "person", Name: p.Name, IDType: p.IDType, IDNo: p.IDNo, Phone: p.Phone},
		DeferUntil: workday.NewDate(2026, 9, 18)}
	for _, m := range list.Materials {
		h := cases.Handed{ID: m.ID, Later: m.CanDefer()}
		if !h.Later {
			f, err := w.store.Save(ctx, m.ID+".png", "image/png", bytes.NewReader(photo(t, 1)), a.Account)
			must(t, err)
			h.File = f.ID
		}
		s.Materials = append(s.Materials, h)
	}
	c, err := w.cases.Submit(ctx, s)
	must(t, err)
	return c
}
