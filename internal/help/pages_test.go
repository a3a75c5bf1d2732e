package help_test

import (
	"net/url"
	"testing"

	"yimen/internal/app/apptest"
)

func TestMain(m *testing.M) { apptest.Main(m) }

const clerk = "clerk-440232112209"

func TestHelpForEveryReader(t *testing.T) {
	s := apptest.New(t)
	s.Anybody().Get("/help").Status(200).Must("居民、企业办事指南", "常用词", "其他指南").MustNot("跟着导览走一遍")
	s.As(clerk).Get("/help").Status(200).Must("窗口人员指南", "跟着导览走一遍")
	s.Anybody().Get("/help?q=补正").Status(200).Must("找到", "居民、企业")
	s.Anybody().Get("/help?q=qqqq").Status(200).Must("没有找到")
	s.Anybody().Get("/help/clerk").Status(200).Must("告知补正", "只有一次机会").MustNot("**", "|---")
	s.Anybody().Get("/help/words").Status(200).Must("视为受理", "容缺受理")
	s.Anybody().Get("/help/nothing").Status(404).Must("没有这份指南")
	s.Anybody().Get("/help/shortcuts").Status(200).Must("Alt+S", "Esc")
}

// The "?" of a page leads to its section, or opens it beside the page.
func TestHelpOfAPage(t *testing.T) {
	s := apptest.New(t)
	desk := s.As(clerk).Get("/counter/new").Status(200)
	link := desk.One(".ym-help-link")
	href := ""
	for _, a := range link.Attr {
		if a.Key == "href" {
			href = a.Val
		}
	}
	s.As(clerk).NoRedirect().Get(href).Status(303).Location("/help/clerk#%e6%94%b6%e4%b8%80%e4%bb%b6") // 收一件
	panel := s.As(clerk).With("HX-Request-Type", "partial").Get(href).Status(200).Must("收一件", "收件凭证", "看整份指南", "关闭")
	panel.None("header")
	s.Anybody().With("HX-Request-Type", "partial").Get("/help/page?at=/nowhere").Status(200).Must("没有单独的说明")
	s.Anybody().NoRedirect().Get("/help/page?at=/nowhere").Status(303).Location("/help")
	s.As(clerk).With("HX-Request-Type", "partial").Get("/help/shortcuts").Status(200).Must("快捷键").None("header")
}

func TestTour(t *testing.T) {
	s := apptest.New(t)
	c := s.As(clerk)
	c.Get("/help/tour").Status(200).Must("窗口第一天", "共9步", "开始")
	c.PostForm("/help/tour", url.Values{"step": {"1"}}).Status(200).At("/counter").Must("第1步/共9步", "下一步")
	c.PostForm("/help/tour", url.Values{"step": {"3"}}).Status(200).At("/counter/new").Must("第3步/共9步", "李立伟", "上一步")
	c.Get("/office/cases").Status(200).Must("第3步/共9步") // wherever one looks meanwhile
	c.PostForm("/help/tour", url.Values{"step": {"0"}}).Status(200).At("/help/tour").MustNot("第3步/共9步").Must("走到第3步", "接着走")
	s.As(clerk).Get("/help/tour").Must("走到第3步") // kept for the account, not the browser
	c.PostForm("/help/tour", url.Values{"step": {"10"}}).Status(200).Must("导览走完了", "已走完", "再走一遍")
	c.PostForm("/help/tour", url.Values{"step": {"99"}}).Status(200).At("/help/tour")

	s.As("approver-440232-d11").Get("/help/tour").Status(200).Must("审批第一天")
	s.As("admin-audit").Get("/help/tour").Status(404).Must("没有适合您岗位的导览")
	s.As("citizen-1").Get("/help/tour").Status(403)
	s.Anybody().NoRedirect().Get("/help/tour").Status(303)
}
