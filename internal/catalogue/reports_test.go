package catalogue

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/webtest"
)

func TestMissesAreCountedWithoutNumbers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.someItems(t)
		for _, typed := range []string{"飞碟许可", " 飞碟许可 ", "张三13800138000的飞碟", "440232199001011234", "查440232 19900101 123X", "？？", strings.Repeat("长", 80)} {
			must(t, w.NoteMiss(w.ctx, typed))
		}
		list, _, err := w.Misses(w.siteEditor(), false, db.Page{Limit: 50})
		must(t, err)
		if len(list) == 0 || list[0].Word != "飞碟许可" || list[0].Times != 2 {
			t.Fatalf("%+v", list)
		}
		for _, x := range list {
			if strings.ContainsAny(x.Word, "0123456789X") || len([]rune(x.Word)) > longestMiss {
				t.Errorf("kept %q", x.Word)
			}
		}
		must(t, w.TeachMiss(w.siteEditor(), "飞碟许可", Synonym{Word: "飞碟许可", Item: "SG11001"}))
		if got := w.finds(t, "飞碟许可"); got != "SG11001" {
			t.Errorf("taught, and finds %q", got)
		}
		if err := w.IgnoreMiss(w.siteEditor(), "飞碟许可", true); !errors.Is(err, ErrMissUnknown) {
			t.Errorf("ignored after it was taught: %v", err)
		}
		if _, _, err := w.Misses(w.editor(), false, page0); !errors.Is(err, ErrSiteRight) {
			t.Errorf("without the right: %v", err)
		}
	})
}

func TestReportsAreAnswered(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r, err := w.MakeReport(w.ctx, Report{Page: "/items/SG11001", Kind: "wrong", Text: "电话错了", Contact: "13800138000"})
		must(t, err)
		if r.DueOn.String() != "2026-11-25" || len(r.Code) != 8 { // from Friday, 20 November: three working days
			t.Errorf("due on %s, code %q", r.DueOn, r.Code)
		}
		for _, bad := range []Report{{Kind: "wrong"}, {Kind: "nice", Text: "很好很好"}, {Kind: "wrong", Text: strings.Repeat("长", 501)}} {
			if _, err := w.MakeReport(w.ctx, bad); !errors.Is(err, errs.ErrInvalid) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		ctx := w.siteEditor()
		if err := w.AnswerReport(w.editor(), r.ID, "fixed", "已经改了"); !errors.Is(err, ErrSiteRight) {
			t.Errorf("without the right: %v", err)
		}
		must(t, w.AnswerReport(ctx, r.ID, "fixed", "已经改了"))
		if err := w.AnswerReport(ctx, r.ID, "fixed", "又改了"); !errors.Is(err, ErrReportAnswered) {
			t.Errorf("answered twice: %v", err)
		}
		got, err := w.ReportByCode(w.ctx, strings.ToLower(r.Code))
		if err != nil || got.State != "answered" || got.Answer != "已经改了" || got.Contact == "" {
			t.Errorf("%+v %v", got, err)
		}
		w.clock.Advance(31 * 24 * time.Hour)
		must(t, w.Sweep(w.ctx))
		if got, err = w.ReportByCode(w.ctx, r.Code); err != nil || got.Contact != "" {
			t.Errorf("the contact is kept: %+v %v", got, err)
		}
		if _, err := w.ReportByCode(w.ctx, "NOBODY22"); !errors.Is(err, ErrReportUnknown) {
			t.Errorf("a wrong code: %v", err)
		}
	})
}

// TestTheSitesDesk is a day of who keeps the site: a mistake reported, a word
// taught, a zone made.
func TestTheSitesDesk(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site, c *webtest.Client) {
		s.someItems(t)
		guide := c.Get("/items/SG11001?division=" + village).Status(200)
		ask := guide.Click("这页有错？告诉我们，3个工作日内答复").Status(200).Must("林木采伐许可证核发")
		ask.Form("#report").Fill("text", "错").Send().Status(422).Must("请写清哪里有错", "请选择是哪一类问题")
		made := ask.Form("#report").Fill("kind", "wrong").Fill("text", "电话打不通").Send().Status(200).Must("收到了", "前答复")
		code := made.URL.Path[len("/report/"):]
		must(t, s.NoteMiss(s.ctx, "飞碟许可"))

		for _, path := range []string{sitePath, synonymsPath, synonymsPath + "/import", synonymsPath + "/export", missesPath, zonesPath, zonesPath + "/new", reportsPath} {
			if p := c.NoRedirect().Get(path); p.Code != http.StatusSeeOther {
				t.Errorf("%s without a session: %d", path, p.Code)
			}
		}
		s.who = s.editor()
		c.Get(synonymsPath).Status(403)
		s.who = s.siteEditor()
		c = webtest.New(t, s.rt)
		c.Get(sitePath).Status(200).Must("条待答复", "没搜到的词", "同义词", "专区和主题")
		c.Get(reportsPath).Status(200).Click("电话打不通").Form("#answer").Fill("outcome", "fixed").Fill("answer", "已改正").Send().At(reportsPath).Must("已答复")
		c.Get("/report/"+code).Status(200).Must("已经改正", "已改正")

		page := c.Get(missesPath).Status(200).Must("飞碟许可")
		page = page.Form("main table form.ym-filters").Fill("target", "采伐").Send().Status(422).Must("请在下面选是哪一个事项", "林木采伐许可证核发")
		page.Form("main table form.ym-filters").Fill("item", "SG11001").Send().Status(200).Must("已记为同义词")
		if got := s.finds(t, "飞碟许可"); got != "SG11001" {
			t.Errorf("finds %q", got)
		}
		c.Get(synonymsPath+"?q=飞碟").Must("林木采伐许可证核发").Form("#synonym").Fill("word", "砍").Fill("target", "SG11001").Send().Status(422).Must("至少两个字")

		form := c.Get(zonesPath + "/new").Status(200)
		form.Form("#zone").Fill("name", "春节").Fill("id", "春").Send().Status(422).Must("网址代号")
		form.Form("#zone").Fill("name", "春节").Fill("id", "spring").Fill("codes", "SG11001\nSG12002").Send().At(zonesPath).Must("已保存", "春节", "显示中")
		c.Get(zonesPath+"/spring").Status(200).Must("现在有2个事项", "高龄津贴申领")
	})
}

// TestTheGuideAsksFirst: answers trim the list, here and on the paper.
func TestTheGuideAsksFirst(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site, c *webtest.Client) {
		s.someItems(t)
		page := c.Get("/items/SG11001?division="+village).Status(200).Must("答几个问题，只列您要带的", "打印这份清单", "正在上班，12:00下班", "现在去最近", "窗口张贴的二维码")
		page.One(".ym-checklist")
		c.Get("/items/SG11001/sheet?division="+village).Status(200).Must("要带的材料", "到哪里办", "咨询电话")
		c.Get("/items/SG11001/poster").Status(200).Must("扫一扫", "不会用手机").One(".ym-qr")
		c.Get("/items/SG99999/sheet").Status(404)
		c.Get("/items/SG11001?q.nothing=1&q.who=nobody").Status(200)
	})
}
