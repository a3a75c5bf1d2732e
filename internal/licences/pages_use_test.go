package licences_test

import (
	"bytes"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"yimen/internal/app/apptest"
	"yimen/internal/cases"
	"yimen/internal/counter"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/webtest"
	"yimen/internal/licences"
	"yimen/internal/portal"
)

const (
	village = "440232112209"
	clerk   = "clerk-440232112209"
	// assistance asks for an identity card.
	assistance = "SG01001"
)

// draftOf is an application of citizen-1 that lacks her identity card alone.
func draftOf(t *testing.T, s *apptest.Site, account string) (cases.Draft, string) {
	t.Helper()
	sub := s.Submission(assistance, village)
	v, err := s.Catalogue.Current(s.System(), assistance)
	if err != nil {
		t.Fatal(err)
	}
	material := ""
	sub.Materials = slices.DeleteFunc(sub.Materials, func(h cases.Handed) bool {
		m, _ := v.Definition.Material(h.ID)
		if slices.Contains(m.LicenceTypes, "ZZ001") {
			material = m.ID
		}
		return material == m.ID
	})
	if material == "" {
		t.Fatalf("%s asks for no identity card", assistance)
	}
	d, err := s.Cases.SaveDraft(s.Ctx(account), sub)
	if err != nil {
		t.Fatal(err)
	}
	return d, material
}

// At home: the licence is offered, used after a yes alone, seen by who decides,
// and its holder sees that it was.
func TestLicenceInsteadOfAPhotograph(t *testing.T) {
	s := apptest.New(t)
	d, id := draftOf(t, s, "citizen-1")
	at := "/apply/" + d.Number + "/materials/" + id
	b := s.As("citizen-1")
	own := d.Submission.Applicant.IDNo
	page := b.Get(at).Status(200).Must("您有电子证照，可以不用交", "居民身份证", "我同意在这件申请里使用这本证照", "收件窗口和").MustNot(own)
	page.Form("[name=once]").Send().Status(422).Must("请先勾选同意")
	if uses, err := s.Licences.UsedIn(s.System(), d.Number); err != nil || len(uses) != 0 {
		t.Fatalf("used in silence: %+v, %v", uses, err)
	}
	card := page.One("[name='licence." + id + "']")
	identifier := ""
	for _, a := range card.Attr {
		if a.Key == "value" {
			identifier = a.Val
		}
	}
	// What the draft says without a yes is worth nothing.
	forged := d.Submission
	forged.Draft, forged.Materials = d.Number, append(online(t, s, "citizen-1", forged.Materials), cases.Handed{ID: id, Licence: identifier})
	forged.Channel = cases.ChannelWeb
	if _, err := s.Cases.Submit(s.Ctx("citizen-1"), forged); !strings.Contains(errText(err), "没有同意") {
		t.Errorf("filed without a yes: %s", errText(err))
	}
	page = b.Get(at)
	page.Form("[name=once]").Fill("consent."+id, "1").Send().Status(200)
	kept, err := s.Cases.Draft(s.Ctx("citizen-1"), d.Number)
	if err != nil || !slices.Contains(kept.Submission.Materials, cases.Handed{ID: id, Licence: identifier}) {
		t.Fatalf("the draft holds %+v, %v", kept.Submission.Materials, err)
	}
	b.Get("/my/licences/"+identifier).Must("谁用过", "申请还没有提交")
	c, err := s.Cases.Submit(s.Ctx("citizen-1"), forged)
	if err != nil {
		t.Fatal(errText(err))
	}
	b.Get("/my/licences/"+identifier).Must("谁用过", "已使用", c.Competent.Name, "网上登录后本人同意")
	s.As("citizen-2").Get("/my/licences/" + identifier).Status(404)

	stock, err := s.Licences.Open(s.System(), identifier)
	if err != nil {
		t.Fatal(err)
	}
	scan, err := s.Store.Save(s.System(), "原件.png", "", bytes.NewReader(shot(t, 200)), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.DB.Conn(s.System()).Exec(s.System(), `INSERT INTO licences_scan (licence, no, file) VALUES ($1, 1, $2)`, stock.ID, scan.ID); err != nil {
		t.Fatal(err)
	}
	seen := s.As(clerk).Get("/office/cases/"+c.Number).Status(200).Click("电子证照，打开看").Status(200).Must("申请时调用的第1版", "民族", "网上登录后本人同意", "没有照面可看", "照片和扫描件").MustNot(own)
	photo := seen.URL.Path + "/pictures/scan-1"
	if !strings.Contains(seen.Body, photo) {
		t.Error("the scan of the paper is not shown")
	}
	s.As(clerk).Get(photo).Status(200)
	s.As(clerk).Get(seen.URL.Path + "/pictures/scan-2").Status(404)
	s.As("clerk-440232112206").Get(photo).Status(404)
	s.As("citizen-1").Get(photo).Status(403)
	s.As("clerk-440232112206").Get(seen.URL.Path).Status(404)
	s.As("citizen-1").Get(seen.URL.Path).Status(403)
	s.As("admin-audit").Get("/admin/audit?action=licence.read_used").Must(identifier)

	police := s.As("approver-440232-d07")
	s.As(clerk).Get(seen.URL.Path + "/page.svg").Status(404)
	police.Get("/office/licences/" + identifier).Form("form.li-make").Send().Status(200)
	if page := s.As(clerk).Get(seen.URL.Path).Status(200).Must("申请时调用的第1版").MustNot("没有照面可看"); !strings.Contains(page.Body, "照面，盖有") {
		t.Error("the page shows no picture of the licence")
	}
	if page := s.As(clerk).Get("/office/cases/" + c.Number).Status(200).Must("对照照面"); !strings.Contains(page.Body, seen.URL.Path+"/page.svg") {
		t.Error("the pane beside the form has no picture of the licence")
	}
	if svg := s.As(clerk).Get(seen.URL.Path + "/page.svg").Status(200); !strings.HasPrefix(svg.Body, "<svg") {
		t.Errorf("the page begins with %.10q", svg.Body)
	}
	s.As("clerk-440232112206").Get(seen.URL.Path + "/page.svg").Status(404)
	s.As("citizen-1").Get(seen.URL.Path + "/page.svg").Status(403)
	s.As("admin-audit").Get("/admin/audit?action=licence.read_used").Must("照面")
	police.Get("/office/licences/"+identifier).Status(200).Must("谁用过", "已使用").Click("导出全部使用记录").Status(200).Must(c.Number, "网上登录后本人同意")
	s.As("approver-440232-d11").Get("/office/licences/" + identifier + "/uses.csv").Status(404)
	if n, err := s.Cases.Spared(s.Ctx(clerk), "", "2000-01", "2099-12"); err != nil || n.Materials != 1 || n.Cases != 1 {
		t.Errorf("counted %+v, %v", n, err)
	}
	s.As(clerk).Get("/api/v1/cases/spared?from=2000-01&to=2099-12").Status(200).Must(`"materials":1`)
	s.As("citizen-1").Get("/api/v1/cases/spared").Status(403)

	// Revoked since: nothing is accepted on it.
	police.Get("/office/licences/"+identifier).Form("[name=reason]").Fill("act", "suspend").Fill("reason", "持证人报失，等待补领").Send().Status(200)
	if _, err := s.Cases.Accept(s.Ctx(clerk), c.Number, cases.Act{}); !strings.Contains(errText(err), "不能受理") {
		t.Errorf("accepted on a licence that is suspended: %s", errText(err))
	}
}

// errText is an error with what is wrong where.
func errText(err error) string {
	e := errs.From(err)
	if e == nil {
		return ""
	}
	text := e.Message
	for _, f := range e.Fields {
		text += " " + f.Name + "：" + f.Message
	}
	return text
}

// online meets materials as one does at home: by the form, or by a picture.
func online(t *testing.T, s *apptest.Site, account string, list []cases.Handed) []cases.Handed {
	t.Helper()
	v, err := s.Catalogue.Current(s.System(), assistance)
	if err != nil {
		t.Fatal(err)
	}
	var out []cases.Handed
	for _, h := range list {
		if m, _ := v.Definition.Material(h.ID); m.ByForm {
			out = append(out, cases.Handed{ID: h.ID, Form: true})
			continue
		}
		f, err := s.Store.Save(s.Ctx(account), "照片.png", "image/png", strings.NewReader("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"+strings.Repeat("x", 200)), identity.FromContext(s.Ctx(account)).Account)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, cases.Handed{ID: h.ID, File: f.ID})
	}
	return out
}

// At a window: only who stands there may agree, and the clerk learns nothing
// before the person was seen.
func TestLicenceAtAWindow(t *testing.T) {
	s := apptest.New(t)
	b := s.As(clerk)
	d, id := draftOf(t, s, clerk)
	at := "/counter/intake/" + d.Number
	b.Get(at).Status(200).MustNot("本人有电子证照")

	other := greet(t, b, "440232197005120032")
	b.Get(at + "?visit=" + other).Status(200).MustNot("本人有电子证照")

	visit := greet(t, b, d.Submission.Applicant.IDNo)
	page := b.Get(at+"?visit="+visit).Status(200).Must("本人有电子证照", "已看人、已当面问过")
	form := page.Form("#in-sheet").Fill("way."+id, "licence")
	for _, h := range d.Submission.Materials {
		form.Fill("way."+h.ID, "paper")
	}
	form.Send().Status(422).Must("要先当面问本人是否同意")
	page = b.Get(at + "?visit=" + visit)
	form = page.Form("#in-sheet").Fill("way."+id, "licence").Fill("consent."+id, "1")
	for _, h := range d.Submission.Materials {
		form.Fill("way."+h.ID, "paper")
	}
	form.Send().Status(200).Must("收件完成")
	uses, err := s.Licences.UsedIn(s.System(), d.Number)
	if err != nil || len(uses) != 1 || uses[0].Way != licences.ByPaper || uses[0].Witness == "" || uses[0].ConsentedName != d.Submission.Applicant.Name {
		t.Errorf("%+v, %v", uses, err)
	}
	mine, _, err := s.Licences.Mine(s.Ctx("citizen-1"), db.Page{})
	if err != nil || len(mine) == 0 {
		t.Fatal(err)
	}
	s.As("citizen-1").Get("/my/licences/"+uses[0].Identifier).Must("窗口核对证件后当面同意", "已使用")
}

// greet begins a visit of who has that number, whose document the clerk has seen,
// and gives its key.
func greet(t *testing.T, b *webtest.Client, number string) string {
	t.Helper()
	page := b.Get("/counter").Status(200).Form("#ct-find").Fill("q", number).Send().Status(200)
	key, ok := strings.CutPrefix(page.URL.Path, "/counter/person/")
	if !ok {
		t.Fatalf("the number leads to %s", page.URL)
	}
	return key
}

// A yes may come with the application itself, as programs send it, and with a
// correction: of the holder's own, and never of the clerk's.
func TestConsentWithTheApplication(t *testing.T) {
	s := apptest.New(t)
	d, id := draftOf(t, s, "citizen-1")
	identifier := cardOf(t, s, "citizen-1")
	sub := d.Submission
	sub.Draft, sub.Channel = "", cases.ChannelWeb
	sub.Materials = append(online(t, s, "citizen-1", sub.Materials), cases.Handed{ID: id, Licence: identifier})
	if _, err := s.Cases.Submit(s.Ctx("citizen-1"), sub); !strings.Contains(errText(err), "没有同意") {
		t.Errorf("filed without a yes: %s", errText(err))
	}
	last := len(sub.Materials) - 1
	sub.Materials[last].Consent = true
	bad := sub
	bad.Applicant.Phone = "1"
	if _, err := s.Cases.Submit(s.Ctx("citizen-1"), bad); err == nil {
		t.Error("filed with a telephone that is none")
	}
	c, err := s.Cases.Submit(s.Ctx("citizen-1"), sub)
	if err != nil {
		t.Fatal(errText(err))
	}
	uses, err := s.Licences.UsedIn(s.System(), c.Number)
	if err != nil || len(uses) != 1 || uses[0].Way != licences.ByAccount || uses[0].AgencyName != c.Competent.Name {
		t.Errorf("%+v, %v", uses, err)
	}
	s.As("citizen-1").Get("/my/licences/" + identifier).Must("已使用").MustNot("申请还没有提交")

	demand := cases.Act{Deficiencies: []cases.Deficiency{{Material: id, Problem: "和登记的不一致", Cure: "请重新提交"}}}
	if _, err := s.Cases.RequestCorrection(s.Ctx(clerk), c.Number, demand); err != nil {
		t.Fatal(errText(err))
	}
	at := portal.ActURL(c.Number, "correct")
	page := s.As("citizen-1").Get(at).Status(200).Must("您有电子证照，可以不用补交", "不用，我自己补交")
	page.Form("#act").Send().Status(422).Must("还没有补上")
	s.As("citizen-1").Get(at).Form("#act").Fill("licence."+id, identifier).Send().Status(200).Must("已提交")
	if uses, err = s.Licences.UsedIn(s.System(), c.Number); err != nil || len(uses) != 2 {
		t.Errorf("%+v, %v", uses, err)
	}
}

// Which licences somebody has follows from who is signed in, whichever page of the
// application is opened first.
func TestALicenceIsOfferedBeforeTheTelephone(t *testing.T) {
	s := apptest.New(t)
	d, id := draftOf(t, s, "citizen-1")
	sub := d.Submission
	sub.Draft, sub.Applicant = d.Number, cases.Applicant{}
	if _, err := s.Cases.SaveDraft(s.Ctx("citizen-1"), sub); err != nil {
		t.Fatal(err)
	}
	b := s.As("citizen-1")
	b.Get("/apply/"+d.Number+"/materials/"+id).Status(200).Must("用电子证照，不用交", "我同意在这件申请里使用这本证照")
	p, err := s.Identity.Person(s.System(), "citizen-1")
	if err != nil {
		t.Fatal(err)
	}
	if f := b.Get("/apply/" + d.Number + "/phone").Status(200).Must("还差").Form("form.ap-form"); f.Values.Get("phone") != p.Phone {
		t.Errorf("the telephone on record is not offered: %q", f.Values.Get("phone"))
	}
}

// cardOf is the identity card of an account.
func cardOf(t *testing.T, s *apptest.Site, account string) string {
	t.Helper()
	mine, _, err := s.Licences.Mine(s.Ctx(account), db.Page{})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(mine, func(l licences.Licence) bool { return l.TypeName == "居民身份证" })
	if i < 0 {
		t.Fatalf("%s has no identity card", account)
	}
	return mine[i].Identifier
}

// At a window without a card: who shows a code on their telephone may agree.
func TestConsentByCode(t *testing.T) {
	s := apptest.New(t)
	b := s.As(clerk)
	d, id := draftOf(t, s, clerk)
	at := "/counter/intake/" + d.Number + "?visit=" + greet(t, b, "440232197005120032")
	ask := b.Get(at).Status(200).MustNot("本人有电子证照").Click("请办事人亮码").Status(200)
	show := func(account string) string {
		x, err := s.Licences.Show(s.Ctx(account), cardOf(t, s, account), licences.Choice{Mode: licences.ShowLeast})
		if err != nil {
			t.Fatal(err)
		}
		_, code, err := s.Licences.NewCode(s.Ctx(account), x)
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
	ask.Form("#ct-code").Send().Status(422).Must("请扫描办事人手机上的二维码")
	ask.Form("#ct-code").Fill("code", "0000").Send().Status(422).Must("这个二维码不能用")
	ask.Form("#ct-code").Fill("code", show("citizen-2")).Send().Status(422).Must("亮码的人不是申请人")
	b.Get(at).MustNot("本人有电子证照")
	code := show("citizen-1")
	page := ask.Form("#ct-code").Fill("code", "https://localhost/licences/shown/"+code).Send().Status(200).Must("已核对亮码", "本人有电子证照")
	b.Get(ask.URL.String()).Form("#ct-code").Fill("code", code).Send().Status(422).Must("已经被看过一次")
	form := page.Form("#in-sheet").Fill("way."+id, "licence").Fill("consent."+id, "1")
	for _, h := range d.Submission.Materials {
		form.Fill("way."+h.ID, "paper")
	}
	form.Send().Status(200).Must("收件完成")
	uses, err := s.Licences.UsedIn(s.System(), d.Number)
	if err != nil || len(uses) != 1 || uses[0].Way != licences.ByCode || uses[0].Witness == "" || uses[0].ConsentedName != d.Submission.Applicant.Name {
		t.Errorf("%+v, %v", uses, err)
	}
}

// On the sheet, what may stand in for materials follows at once from who is typed
// as the applicant, and a yes of one is none of another.
func TestOffersFollowTheApplicant(t *testing.T) {
	s := apptest.New(t)
	d, id := draftOf(t, s, clerk)
	mine := d.Submission.Applicant
	visit := greet(t, s.As(clerk), mine.IDNo)
	at := "/counter/intake/" + d.Number
	sheet := s.As(clerk).Get(at + "?visit=" + visit).Status(200).Must("本人有电子证照").MustNot("请办事人亮码")
	form := sheet.Form("#in-sheet").Fill("way."+id, "licence").Fill("consent."+id, "1")
	save := s.As(clerk).With("HX-Request", "true")
	typed := func(no, name string) *webtest.Page {
		t.Helper()
		s.Clock.Advance(time.Second)
		form.Values.Set("applicant.id_no", no)
		form.Values.Set("applicant.name", name)
		page := save.PostForm(at+"/save", form.Values).Status(200)
		form.Values.Set("seen", webtest.Attr(page.One("[name=seen]"), "value"))
		if part := page.Find("[name=offers]"); len(part) == 1 {
			form.Values.Set("offers", webtest.Attr(part[0], "value"))
		}
		return page
	}
	typed("", mine.Name)
	if err := s.Licences.Consented(s.System(), d.Number, id, cardOf(t, s, "citizen-1")); err != nil {
		t.Fatalf("the yes was not kept: %v", err)
	}
	other, err := s.Identity.Person(s.System(), "citizen-2")
	if err != nil {
		t.Fatal(err)
	}
	typed(other.IDNo, other.Name).Must("请办事人亮码", "发短信验证码").MustNot("本人有电子证照")
	if err := s.Licences.Consented(s.System(), d.Number, id, cardOf(t, s, "citizen-1")); !errors.Is(err, licences.ErrNoConsent) {
		t.Errorf("the yes of one is kept for another: %v", err)
	}
	if page := typed("", other.Name); len(page.Find("#in-materials")) != 0 {
		t.Error("the materials are sent again though nothing changed there")
	}
	typed(mine.IDNo, mine.Name).Must("本人有电子证照").MustNot("请办事人亮码")
	if kept, err := s.Cases.Draft(s.Ctx(clerk), d.Number); err != nil || slices.ContainsFunc(kept.Submission.Materials, func(h cases.Handed) bool { return h.Licence != "" && h.ID != id }) {
		t.Errorf("%+v, %v", kept.Submission.Materials, err)
	}
}

// At a window without a card: who types the code that was sent to their proven
// telephone agrees to that application, and to nothing else; the clerk does not see
// the code, and nothing is used before.
func TestConsentBySMS(t *testing.T) { apptest.Each(t, consentBySMS) }

func consentBySMS(t *testing.T, s *apptest.Site) {
	b := s.As(clerk)
	d, id := draftOf(t, s, clerk)
	other, _ := draftOf(t, s, clerk)
	visit := greet(t, b, "440232197005120032")
	at := "/counter/intake/" + d.Number + "?visit=" + visit
	sheet := b.Get(at).Status(200).MustNot("本人有电子证照")
	// The bar: without a yes nothing is used, whatever the form says.
	form := sheet.Form("#in-sheet")
	form.Values.Set("way."+id, "licence")
	form.Values.Set("consent."+id, "1")
	for _, h := range d.Submission.Materials {
		form.Fill("way."+h.ID, "paper")
	}
	form.Send().Status(422)
	if uses, err := s.Licences.UsedIn(s.System(), d.Number); err != nil || len(uses) != 0 {
		t.Fatalf("used without a yes: %+v, %v", uses, err)
	}

	ask := b.Get(at).Click("发短信验证码").Status(200)
	codes := func() []string {
		t.Helper()
		s.Drain()
		var list []string
		for _, m := range regexp.MustCompile(`请自己输入(\d{6})`).FindAllStringSubmatch(s.Anybody().Get("/demo/outbox").Text(), -1) {
			list = append(list, m[1])
		}
		return list
	}
	sent := ask.Form("#ct-sms").Send().Status(200).Must("验证码已发到", "****")
	if len(codes()) != 1 {
		t.Fatalf("sent %v", codes())
	}
	code := codes()[0]
	sent.MustNot(code)
	// Not for another application of the same person, nor at another clerk's window.
	b.Get(counter.SMSURL(visit, other.Number)).Status(200).Must("发验证码")
	b.PostForm("/counter/person/"+visit+"/sms/code", url.Values{"draft": {other.Number}, "code": {code}}).Status(422).Must("验证码不正确")
	s.As("clerk-440232112206").PostForm("/counter/person/"+visit+"/sms/code", url.Values{"draft": {d.Number}, "code": {code}}).Status(404)
	b.Get(at).MustNot("本人有电子证照")
	sent.Form("#ct-sms").Send().Status(429).Must("刚刚发过")
	for range 5 {
		sent.Form("#ct-sms-code").Fill("code", "x00000").Send().Status(422).Must("验证码不正确")
	}
	sent.Form("#ct-sms-code").Fill("code", code).Send().Status(422) // five wrong ones have voided it
	s.Clock.Advance(2 * time.Minute)
	sent = b.Get(counter.SMSURL(visit, d.Number)).Form("#ct-sms").Send().Status(200)
	var fresh string
	for _, x := range codes() {
		if x != code {
			fresh = x
		}
	}
	page := sent.Form("#ct-sms-code").Fill("code", fresh).Send().Status(200).Must("本人同意", "本人有电子证照")
	b.PostForm("/counter/person/"+visit+"/sms/code", url.Values{"draft": {d.Number}, "code": {fresh}}).Status(422) // used up
	b.Get("/counter/intake/" + other.Number + "?visit=" + visit).Status(200).MustNot("本人有电子证照")

	form = page.Form("#in-sheet").Fill("way."+id, "licence").Fill("consent."+id, "1")
	for _, h := range d.Submission.Materials {
		form.Fill("way."+h.ID, "paper")
	}
	form.Send().Status(200).Must("收件完成")
	uses, err := s.Licences.UsedIn(s.System(), d.Number)
	if err != nil || len(uses) != 1 || uses[0].Way != licences.BySMS || uses[0].Witness == "" || uses[0].ConsentedName != d.Submission.Applicant.Name {
		t.Errorf("%+v, %v", uses, err)
	}
	s.As("citizen-1").Get("/my/licences/" + uses[0].Identifier).Must("窗口输入短信验证码同意")
}

// Over the API the yes comes with the application: only the holder's own, for
// the licence and the material it names, once.
func TestConsentOverTheAPI(t *testing.T) {
	s := apptest.New(t)
	d, id := draftOf(t, s, "citizen-1")
	own, _, err := s.Licences.Mine(s.Ctx("citizen-1"), db.Page{Limit: 20})
	if err != nil {
		t.Fatal(err)
	}
	card := own[slices.IndexFunc(own, func(l licences.Licence) bool { return l.Type == "ZZ001" })].Identifier
	theirs, _, err := s.Licences.Mine(s.Ctx("citizen-2"), db.Page{Limit: 20})
	if err != nil {
		t.Fatal(err)
	}
	strange := theirs[slices.IndexFunc(theirs, func(l licences.Licence) bool { return l.Type == "ZZ001" })].Identifier
	sub := d.Submission
	body := func(h map[string]any) map[string]any {
		h["id"] = id
		list := []any{h}
		for _, x := range online(t, s, "citizen-1", sub.Materials) {
			list = append(list, map[string]any{"id": x.ID, "file": x.File, "form": x.Form})
		}
		return map[string]any{"item": sub.Item, "division": sub.Division, "channel": cases.ChannelWeb, "answers": sub.Answers, "form": sub.Form, "materials": list, "deliver": cases.DeliverWindow,
			"applicant": map[string]any{"type": "person", "name": sub.Applicant.Name, "id_type": sub.Applicant.IDType, "id_no": sub.Applicant.IDNo, "phone": sub.Applicant.Phone}}
	}
	citizen := s.Anybody().Bearer(bearer(t, s, "citizen-1"))
	for what, h := range map[string]map[string]any{
		"no yes":            {"licence": card},
		"somebody else's":   {"licence": strange, "consent": true},
		"unknown":           {"licence": "1.2.156.3005.2.NO", "consent": true},
		"a yes to nothing":  {"consent": true},
		"a yes and a paper": {"licence": card, "consent": true, "paper": true},
	} {
		p := citizen.JSON("POST", "/api/v1/cases", body(h)).Status(422).Problem()
		if !slices.ContainsFunc(p.Errors, func(f struct{ Field, Message string }) bool { return strings.HasPrefix(f.Field, "materials") }) {
			t.Errorf("%s: %+v", what, p)
		}
	}
	// A clerk's word is no yes of the holder's.
	s.Anybody().Bearer(bearer(t, s, clerk)).JSON("POST", "/api/v1/cases", body(map[string]any{"licence": card, "consent": true})).Status(422)
	s.As("citizen-1").Get("/my/licences/"+card).MustNot("已使用", "申请还没有提交") // a refused application leaves no trace
	var made struct{ Number string }
	once := citizen.With("Idempotency-Key", "yes-1")
	once.JSON("POST", "/api/v1/cases", body(map[string]any{"licence": card, "consent": true})).Status(201).Decode(&made)
	uses, err := s.Licences.UsedIn(s.System(), made.Number)
	if err != nil || len(uses) != 1 || uses[0].Material != id {
		t.Fatalf("used: %+v, %v", uses, err)
	}
	s.As("citizen-1").Get("/my/licences/"+card).Must("谁用过", "已使用")
}

// bearer is a token of an account, as the command line makes them.
func bearer(t *testing.T, s *apptest.Site, account string) string {
	t.Helper()
	token, err := s.Identity.Token(s.System(), account, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return token
}
