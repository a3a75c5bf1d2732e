package counter

import (
	"fmt"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"yimen/gb"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/org"
)

func draftWho(d cases.Draft) string {
	if d.Submission.Applicant.Name == "" {
		return "（未填申请人）"
	}
	return "（" + d.Submission.Applicant.Name + "）"
}

func emptyText(p *deskPage) string {
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

// asking is what was typed, kept in the field when it led nowhere.
func (f finder) asking() string {
	if f.form == nil {
		return ""
	}
	return f.form.Value("q")
}

func (f finder) problem() string {
	if f.form == nil {
		return ""
	}
	return f.form.ErrorOf("q")
}

// whileTyping lets htmx fetch the results of a search field as it is typed, by
// POST: what is typed may be a number of somebody.
func whileTyping(url string) templ.Attributes {
	return templ.Attributes{"hx-post": url, "hx-trigger": "input changed delay:200ms", "hx-target": "#found", "hx-swap": "outerHTML", "data-hits": "#found"}
}

// getTyping is whileTyping for fields that hold words only.
func getTyping(url string) templ.Attributes {
	return templ.Attributes{"hx-get": url, "hx-trigger": "input changed delay:200ms", "hx-target": "#found", "hx-swap": "outerHTML", "data-hits": "#found"}
}

// readerURL asks for a card read after the visit shown.
func readerURL(v *Visit) string {
	since := int64(0)
	if v != nil {
		since = v.StartedAt.UnixMicro()
	}
	return "/counter/reader/next?" + url.Values{"since": {strconv.FormatInt(since, 10)}}.Encode()
}

func (p *deskPage) columns() []string {
	list := []string{"办件编号", "事项", "申请人", "状态", "期限", "收件时间"}
	if p.tab.ID == "delivering" {
		list = append(list, "送达")
	}
	return list
}

func deskTitle(p *deskPage) string {
	if p.outlet.Name == "" {
		return "窗口"
	}
	return p.outlet.Name
}

func promise(it catalogue.Item) string {
	if it.PromisedDays == 0 {
		return "即办"
	}
	return fmt.Sprintf("%d个工作日", it.PromisedDays)
}

// visitName is who is served; somebody new has only a number.
func visitName(v Visit) string {
	if v.Name == "" {
		return "第一次来的办事人"
	}
	return v.Name
}

// about is what a clerk should know at a glance.
func (p *personPage) about() string {
	if p.age == 0 {
		return ""
	}
	text := strconv.Itoa(p.age) + "岁"
	if p.age >= 60 {
		text += "，老年人优先"
	}
	return text
}

func phoneText(phone string) string {
	if phone == "" {
		return "没有留电话"
	}
	return gb.MaskPhone(phone)
}

// next says in a line what happens next with a case and who does it.
func (x openCase) next() string {
	switch {
	case x.act == cases.VerbDeliver:
		return "结果已出，可以在这里交付。"
	case x.State == cases.StateCorrecting:
		return "等申请人补正：" + strconv.Itoa(len(x.demands)) + "处。"
	case x.State == cases.StateDelivering && x.Deliver == cases.DeliverWindow:
		return "结果在" + x.DeliverTo.Name + "等本人领取。"
	case x.State == cases.StateDelivering:
		return "结果正在" + cases.DeliverName(x.Deliver) + "。"
	case x.State == cases.StateSubmitted || x.State == cases.StateReceived:
		return "等" + x.Competent.Name + "决定是否受理。"
	case x.State == cases.StatePaused:
		return "特别程序中，时间不计入时限。"
	}
	return "由" + x.Competent.Name + "办理。"
}
