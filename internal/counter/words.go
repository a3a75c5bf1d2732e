package counter

import (
	"github.com/a-h/templ"

	"yimen/internal/cases"
	"yimen/internal/org"
)

func draftWho(d cases.Draft) string {
	if d.Submission.Applicant.Name == "" {
		return "（未填申请人）"
	}
	return "（" + d.Submission.Applicant.Name + "）"
}

func emptyText(p deskPage) string {
	if p.q != "" {
		return "没有找到“" + p.q + "”。请核对办件编号或申请人姓名；其他窗口收的办件在这里看不到。"
	}
	return p.tab.Empty
}

func outletName(o org.Outlet) string {
	if o.Name == "" {
		return "本窗口"
	}
	return o.Name
}

func firstText(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// whileTyping lets htmx fetch the results of a search field as it is typed.
func whileTyping(url string) templ.Attributes {
	return templ.Attributes{"hx-get": url, "hx-trigger": "input changed delay:250ms", "hx-target": "#found", "hx-swap": "outerHTML"}
}
