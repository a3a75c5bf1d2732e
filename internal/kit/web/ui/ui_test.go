package ui_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"yimen/internal/kit/errs"
	"yimen/internal/kit/web/ui"
	"yimen/internal/kit/web/ui/sample"
	"yimen/internal/kit/webtest"

	"golang.org/x/net/html"
)

func render(t *testing.T, ctx context.Context, c templ.Component) (*html.Node, string) {
	t.Helper()
	var buf bytes.Buffer
	if err := c.Render(ctx, &buf); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(bytes.NewReader(buf.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return root, webtest.TextOf(root)
}

// one gives the only match of a selector.
func one(t *testing.T, root *html.Node, selector string) *html.Node {
	t.Helper()
	list := webtest.Select(root, selector)
	if len(list) != 1 {
		t.Fatalf("%d elements match %q, want 1", len(list), selector)
	}
	return list[0]
}

var site = ui.Frame{Site: ui.Site{Name: "一门", Organiser: "韶关市人民政府", Code: "4402000000", RegionURL: "/region"}, Path: "/items?q=a", Region: "必背镇"}

func TestCitizenPage(t *testing.T) {
	f := site
	f.Flashes = func() []ui.Flash { return []ui.Flash{{Kind: "success", Text: "已提交。"}} }
	f.Nav = func(face ui.Face) []ui.NavItem {
		return []ui.NavItem{{Label: string(face), URL: "/nav", Active: true, Badge: "2"}}
	}
	root, text := render(t, ui.With(t.Context(), f), sample.Guide(ui.PageOpts{Title: "再生育审批", Breadcrumb: []ui.Crumb{{Label: "首页", URL: "/"}, {Label: "再生育"}}}))
	if got := webtest.Attr(one(t, root, "html"), "lang"); got != "zh-CN" {
		t.Errorf("language is %q", got)
	}
	if got := webtest.TextOf(one(t, root, "title")); got != "再生育审批 - 一门" {
		t.Errorf("title is %q", got)
	}
	if got := webtest.TextOf(one(t, root, "h1")); got != "再生育审批" {
		t.Errorf("heading is %q", got)
	}
	if got := webtest.Attr(one(t, root, "a.ym-skip"), "href"); got != "#main" {
		t.Errorf("skip link goes to %q", got)
	}
	one(t, root, "main#main")
	if got := webtest.Attr(one(t, root, "a.ym-region"), "href"); got != "/region?next=%2Fitems%3Fq%3Da" {
		t.Errorf("region switch goes to %q", got)
	}
	if got := webtest.Attr(webtest.Select(root, "header a.ym-tool")[0], "href"); got != "/elder?next=%2Fitems%3Fq%3Da" {
		t.Errorf("elder switch goes to %q", got)
	}
	if got := webtest.TextOf(one(t, root, "nav a[aria-current=page]")); got != "citizen 2" && got != "citizen2" {
		t.Errorf("navigation says %q", got)
	}
	one(t, root, ".ym-crumbs span[aria-current=page]")
	for _, want := range []string{"必背镇", "已提交。", "主办单位：韶关市人民政府", "网站标识码：4402000000", "网站地图", "无障碍声明", "12345", "登录",
		"2026年9月30日 15:04", "还剩1个工作日", "已完成", "SG20260930000127", "还没有其他办件", "—"} {
		if !strings.Contains(text, want) {
			t.Errorf("page does not say %q", want)
		}
	}
	if got := webtest.Attr(one(t, root, "li[aria-current=step]"), "class"); !strings.Contains(got, "is-current") {
		t.Errorf("current step is %q", got)
	}
	if got := webtest.Attr(webtest.Select(root, "time")[0], "datetime"); got != "2026-09-30T07:04:00Z" {
		t.Errorf("machine time is %q", got)
	}
	one(t, root, `svg.ym-qr[aria-label="扫码查询办件进度"]`)
}

func TestStaffPage(t *testing.T) {
	f := site
	f.User = &ui.User{Name: "赵敏", Role: "窗口人员", Links: []ui.Link{{Label: "改密码", URL: "/password"}}}
	f.Elder = true
	root, text := render(t, ui.With(t.Context(), f), sample.Inbox(ui.PageOpts{Title: "收件", Face: ui.Staff}))
	if len(webtest.Select(root, "footer")) > 0 || len(webtest.Select(root, ".ym-elder")) > 0 {
		t.Error("a staff page has a citizen's footer or type")
	}
	if got := webtest.Attr(one(t, root, "details.ym-user form"), "action"); got != "/logout" {
		t.Errorf("signing out goes to %q", got)
	}
	for _, want := range []string{"赵敏", "窗口人员", "改密码", "退出登录", "（已超期）", "下一页"} {
		if !strings.Contains(text, want) {
			t.Errorf("page does not say %q", want)
		}
	}
	table := one(t, root, ".ym-table[role=region]")
	if webtest.Attr(table, "tabindex") != "0" || webtest.Attr(table, "aria-label") != "收件列表" {
		t.Error("the table cannot be scrolled by keyboard")
	}
	if n := len(webtest.Select(root, "th[scope=col]")); n != 6 {
		t.Errorf("%d header cells, want 6", n)
	}
}

type wrongForm []errs.Field

func (w wrongForm) Errors() []errs.Field { return w }

func TestFieldsTieTheirErrors(t *testing.T) {
	form := wrongForm{{Name: "applicant.id_no", Message: "请核对身份证号。"}, {Message: "请稍后重试。"}}
	root, _ := render(t, t.Context(), ui.ErrorSummary(form))
	summary := one(t, root, "#error-summary[role=alert]")
	if got := webtest.TextOf(summary); got != "有2处需要修改 请核对身份证号。 请稍后重试。" {
		t.Errorf("summary says %q", got)
	}
	link := one(t, root, "#error-summary a")
	root, _ = render(t, t.Context(), ui.Field(ui.FieldOpts{Name: "applicant.id_no", Label: "身份证号", Value: `4"<x>`, Error: "请核对身份证号。", Help: "18位", Required: true, MaxLength: 18}))
	input := one(t, root, "input")
	if "#"+webtest.Attr(input, "id") != webtest.Attr(link, "href") {
		t.Errorf("summary leads to %s, field is %s", webtest.Attr(link, "href"), webtest.Attr(input, "id"))
	}
	if webtest.Attr(input, "value") != `4"<x>` || webtest.Attr(input, "aria-invalid") != "true" || webtest.Attr(input, "maxlength") != "18" {
		t.Errorf("input is %v", input.Attr)
	}
	for _, id := range strings.Fields(webtest.Attr(input, "aria-describedby")) {
		one(t, root, "#"+id)
	}
	if got := webtest.Attr(one(t, root, "label"), "for"); got != webtest.Attr(input, "id") {
		t.Errorf("label is for %q", got)
	}
	root, _ = render(t, t.Context(), ui.ErrorSummary(wrongForm(nil)))
	if len(webtest.Select(root, "#error-summary")) > 0 {
		t.Error("a form without errors has a summary")
	}
}

func TestEveryKindOfField(t *testing.T) {
	root, _ := render(t, t.Context(), sample.Apply(ui.PageOpts{Title: "x"}, wrongForm(nil), func(string) string { return "" }))
	if got := webtest.Attr(one(t, root, "select option[selected]"), "value"); got != "b" {
		t.Errorf("chosen town is %q", got)
	}
	if got := webtest.Attr(one(t, root, "input[type=checkbox][checked]"), "value"); got != "wheel" {
		t.Errorf("ticked box is %q", got)
	}
	if n := len(webtest.Select(root, "fieldset input[type=radio][name=who]")); n != 2 {
		t.Errorf("%d choices, want 2", n)
	}
	if got := webtest.Attr(one(t, root, "input[name=promise]"), "value"); got != "true" {
		t.Errorf("single box sends %q", got)
	}
	file := one(t, root, "input[type=file]")
	if webtest.Attr(file, "accept") != "image/*,.pdf" {
		t.Errorf("file field is %v", file.Attr)
	}
	one(t, root, "textarea[maxlength=500]")
	if got := webtest.Attr(one(t, root, "button[name=drop]"), "data-confirm"); got == "" {
		t.Error("dropping asks nothing")
	}
	keys := webtest.Select(root, "input[name=idempotency_key]")
	again, _ := render(t, t.Context(), ui.IdempotencyKey())
	if len(keys) != 1 || len(webtest.Attr(keys[0], "value")) < 20 || webtest.Attr(keys[0], "value") == webtest.Attr(one(t, again, "input"), "value") {
		t.Error("the idempotency key is missing, short, or the same twice")
	}
	for _, f := range webtest.Select(root, "input") {
		if kind := webtest.Attr(f, "type"); kind != "hidden" && webtest.Attr(f, "id") == "" && webtest.Attr(f, "aria-label") == "" {
			t.Errorf("input %v has no id for its label", f.Attr)
		}
	}
}

func TestPrintSheet(t *testing.T) {
	root, text := render(t, ui.With(t.Context(), site), sample.Notice(ui.PageOpts{Title: "受理通知书", Face: ui.Print}))
	if len(webtest.Select(root, "header")) > 0 || len(webtest.Select(root, "footer")) > 0 {
		t.Error("a sheet has a header or footer")
	}
	if got := webtest.TextOf(one(t, root, "h1")); got != "受理通知书" {
		t.Errorf("sheet is headed %q", got)
	}
	one(t, root, "button[data-print]")
	if !strings.Contains(text, "韶乳卫受〔2026〕127号") {
		t.Error("the sheet has no document number")
	}
}

func TestDates(t *testing.T) {
	at := time.Date(2026, 9, 30, 16, 30, 0, 0, time.UTC) // already October in Beijing
	for got, want := range map[string]string{
		ui.Date(at): "2026年10月1日", ui.DateTime(at): "2026年10月1日 00:30", ui.Date(time.Time{}): "—", ui.DateTime(time.Time{}): "— ",
		ui.ShortTime(at, at): "10-01 00:30", ui.ShortTime(at, at.AddDate(1, 0, 0)): "2026-10-01 00:30",
	} {
		if got != strings.TrimSpace(want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestQRCodeIsDrawn(t *testing.T) {
	root, _ := render(t, t.Context(), ui.QR("https://zwfw.sg.gov.cn/progress?number=SG20260930000127"))
	svg := one(t, root, "svg")
	if webtest.Attr(svg, "role") != "img" || webtest.Attr(svg, "aria-label") != "二维码" {
		t.Errorf("code is %v", svg.Attr)
	}
	// The three finder patterns begin with a bar of seven dark modules.
	if d := webtest.Attr(one(t, root, "path"), "d"); strings.Count(d, "h7v1h-7z") < 6 {
		t.Errorf("no finder patterns in %.80s", d)
	}
	if err := ui.QR(strings.Repeat("长", 3000)).Render(t.Context(), &bytes.Buffer{}); err == nil {
		t.Error("a text too long for a QR code was drawn")
	}
}

func TestIcons(t *testing.T) {
	_, text := render(t, t.Context(), ui.Icon("search"))
	if text != "" {
		t.Errorf("an icon says %q", text)
	}
	root, _ := render(t, t.Context(), ui.Icon("search"))
	one(t, root, "svg[aria-hidden=true]")
	root, _ = render(t, t.Context(), ui.Icon("no-such-icon"))
	if len(webtest.Select(root, "svg")) > 0 {
		t.Error("an unknown icon was drawn")
	}
}

// Staff pages follow the reader or the system; citizens' pages and paper stay
// light unless high contrast was asked for.
func TestTheme(t *testing.T) {
	staff := &ui.User{Name: "赵敏", Staff: true}
	for _, k := range []struct {
		face   ui.Face
		user   *ui.User
		chosen string
		want   string
		scheme string
	}{
		{ui.Staff, nil, "", "auto", "light dark"},
		{ui.Staff, nil, "dark", "dark", "dark"},
		{ui.Staff, nil, "light", "light", "light"},
		{ui.Plain, staff, "", "auto", "light dark"},
		{ui.Plain, nil, "dark", "light", "light"},
		{ui.Citizen, staff, "dark", "light", "light"},
		{ui.Citizen, nil, "contrast", "contrast", "dark"},
		{ui.Print, staff, "contrast", "light", "light"},
	} {
		f := site
		f.User, f.Theme = k.user, k.chosen
		root, _ := render(t, ui.With(t.Context(), f), ui.Page(ui.PageOpts{Title: "x", Face: k.face}))
		if got := webtest.Attr(one(t, root, "html"), "class"); got != "ym-theme-"+k.want {
			t.Errorf("%s, chosen %q: class %s, want %s", k.face, k.chosen, got, k.want)
		}
		if got := webtest.Attr(one(t, root, "meta[name=color-scheme]"), "content"); got != k.scheme {
			t.Errorf("%s, chosen %q: the browser is told %q", k.face, k.chosen, got)
		}
	}
}

// A code that is kept is the code that would be drawn, whatever else was drawn since.
func TestKeptCodes(t *testing.T) {
	drawn := func(c templ.Component) string {
		var b bytes.Buffer
		if err := c.Render(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for i := range 3000 { // more than are kept
		address := fmt.Sprintf("https://zwfw.sg.gov.cn/items/%d", i%2500)
		got := drawn(ui.QRPublic(address, "二维码"))
		if i%500 == 0 && got != drawn(ui.QRLabel(address, "二维码")) {
			t.Errorf("%s is drawn as %s", address, got)
		}
	}
	if ui.QRPublic(strings.Repeat("长", 3000), "").Render(t.Context(), &bytes.Buffer{}) == nil {
		t.Error("a text too long for a QR code was drawn")
	}
}
