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

// apply leads through the wizard up to the page before sending, one material
// deferred, and gives that page.
func (w *world) apply(t testing.TB, c *webtest.Client, account string) *webtest.Page {
	t.Helper()
	page := c.Get("/items/" + pension).Click("开始办理").Status(200).Must("这件事属于哪个地方")
	page = page.Form("").Send().Status(200).Must("谁来申请").MustNot("证件类型")
	page = page.Form("").Send().Status(200)
	for i, q := range path {
		page.Must("第 "+string(rune('1'+i))+" 个问题", q.label)
		page = page.Form("").Fill("answers."+q.id, q.option).Send().Status(200)
	}
	page.Must("您的回答", "修改", "补缴凭证", "可容缺")
	page = page.Click("下一步：填写表单").Status(200)
	draft := strings.Split(page.URL.Path, "/")[2]
	page = c.PostForm(page.URL.Path, w.filled(t, account, pension, answers())).At("/apply/" + draft + "/materials").Status(200)

	list, err := w.catalogue.Checklist(w.system, pension, "", 0, answers())
	must(t, err)
	form := page.Form("")
	for i, m := range list.Materials {
		if m.CanDefer() {
			form.Fill("way."+m.ID, "later")
			continue
		}
		form.Attach("file."+m.ID, "照片"+m.ID+".png", photo(t, i))
	}
	return form.Send().At("/apply/"+draft+"/review").Status(200).Must("核对提交", "照片", "容缺，之后补交").MustNot("还缺")
}

// send sends the application and gives its number.
func send(t testing.TB, page *webtest.Page) string {
	t.Helper()
	page = page.Form("").Fill("declared", "1").Fill("defer_until", "2026-09-18").Send().Status(200)
	number, ok := strings.CutPrefix(page.URL.Path, "/my/cases/")
	if !ok {
		t.Fatalf("the application ends at %s: %s", page.URL.Path, page.Text())
	}
	page.Must("申请已提交", number)
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
	page = page.Form("").Fill("applicant.phone", "12").Send().Status(422).Must("电话号码不正确", "谁来申请")
	if got := webtest.Attr(page.One("input[name=applicant.phone]"), "value"); got != "12" {
		t.Errorf("the phone typed is lost: %q", got)
	}
	p, err := w.identity.Person(w.system, "citizen-12")
	must(t, err)
	page = page.Form("").Fill("applicant.phone", p.Phone).Send().Status(200)
	page.MustNot(p.IDNo)

	page.Form("").Send().Status(422).Must("请选择")
	page.Form("").Fill("answers.age", "no").Send().Status(422).Must("暂时不能申请", "年满60周岁的次月起领取", "改选后继续")
	for _, q := range path {
		page = page.Form("").Fill("answers."+q.id, q.option).Send().Status(200)
	}
	page.Click("修改").Must("第 1 个问题").Click("上一步").Must("谁来申请")
	page = page.Click("下一步：填写表单")
	page = page.Form("").Fill("form.bank_account_no", "12ab").Send().Status(422)
	if got := webtest.Attr(page.One("input[name=form.bank_account_no]"), "value"); got != "12ab" {
		t.Errorf("the account typed is lost: %q", got)
	}
	// Put aside unfinished: the draft is offered again and says what is wrong with it.
	page = page.Form("").Fill("form.bank_account_no", "34cd").Press("暂存").Send().At("/my").Must("已暂存", "没填完的草稿", "继续填写")
	page = page.Click("继续填写").Must("提交材料")
	page.Form("").Send().Status(422).Must("还没有提交，请选择文件")
	page = c.Get(strings.Replace(page.URL.Path, "materials", "review", 1)).Must("份材料", "去修改")
	page.Form("").Send().Status(422).Must("请确认所填内容")
	page.Form("").Fill("declared", "1").Send().Status(422).Must("缺少")

	page = page.Click("删除草稿").Must("删除后不能恢复")
	page.Form("").Send().At("/my").Must("草稿已删除").MustNot("继续填写")
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
