package gallery

import (
	_ "embed"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"yimen/internal/kit/web"
	"yimen/internal/kit/web/static"
	"yimen/internal/kit/web/ui"
)

//go:embed examples.templ
var source string

// Example is one part, or one family of states of a part.
type Example struct {
	ID    string // of its place on the page
	Title string
	Words string // when to use it
	Part  templ.Component
	call  string // name of the templ in examples.templ
}

// Source is the templ call that makes the example.
func (e Example) Source() string {
	_, rest, found := strings.Cut(source, "templ "+e.call+"() {\n")
	if !found {
		panic("gallery: no example " + e.call)
	}
	body, _, _ := strings.Cut(rest, "\n}\n")
	return strings.ReplaceAll("\n"+body, "\n\t", "\n")[1:]
}

// Examples lists every part.
func Examples() []Example {
	return []Example{
		{"buttons", "按钮", "一页只有一个主按钮；危险的操作用红色并先问一句。带快捷键的按钮按 Alt 加字母。", exButtons(), "exButtons"},
		{"fields", "填写", "标签在上，说明在标签下，错误在格子下；选填和必填都写明。", exFields(), "exFields"},
		{"choices", "选择", "五个以内用单选，多了用下拉；整块都能点。", exChoices(), "exChoices"},
		{"summary", "错误汇总", "表单有错时在最上面，逐条连到出错的格子。", exSummary(), "exSummary"},
		{"alerts", "提示条", "页面里的说明和结果；颜色之外总有图标和文字。", exAlerts(), "exAlerts"},
		{"states", "状态和期限灯", "状态用短词，期限灯同时用颜色、形状和文字。", exStates(), "exStates"},
		{"steps", "步骤", "办到哪一步。手机上只显示当前一步的名称。", exSteps(), "exSteps"},
		{"timeline", "经过", "发生过的事，按时间排列。", exTimeline(), "exTimeline"},
		{"facts", "要点", "名称和内容两列，没有内容写“—”。", exFacts(), "exFacts"},
		{"table", "表格", "宽表在自己的框里滚动；设 Fold 时，手机上每行变成一张卡片。", exTable(), "exTable"},
		{"tabs", "页签", "同一批内容的几种看法，每个页签有自己的网址。", exTabs(), "exTabs"},
		{"progress", "进度条", "超过两秒的工作都要有；不知道总量时先显示“正在准备”。", exProgress(), "exProgress"},
		{"tree", "树", "上下级关系；不用脚本也能展开。", exTree(), "exTree"},
		{"sides", "左右对照", "比较两份内容；手机上一上一下。", exSides(), "exSides"},
		{"dialog", "对话窗", "只放一个短问题或一眼能看完的内容，再长就另开一页。", exDialog(), "exDialog"},
		{"toast", "角落提示", "局部更新后的结果；好消息8秒后自己消失，坏消息要点掉。", exToast(), "exToast"},
		{"waiting", "等待", "局部更新时显示转圈，整块内容没到时先占位。", exWaiting(), "exWaiting"},
		{"empty", "没有内容", "说清为什么没有，下一步做什么。", exEmpty(), "exEmpty"},
		{"failed", "没有权限、加载失败", "页面一部分看不了时，其余部分照常。", exFailed(), "exFailed"},
		{"stats", "大数字", "首先要看的几个数；好坏用颜色，也用文字。", exStats(), "exStats"},
		{"bars", "柱形图", "比较几个时段或类别。", exBars(), "exBars"},
		{"line", "折线图", "看随时间的变化；每条线的线型不同。", exLine(), "exLine"},
		{"barlist", "横条", "名称长、要排名次的。", exBarList(), "exBarList"},
		{"donut", "环图", "整体分成几份，不超过六份。", exDonut(), "exDonut"},
		{"heat", "热力表", "哪天哪个钟点人多。", exHeat(), "exHeat"},
		{"keys", "快捷键", "每个页面的快捷键都列在一处。", exKeys(), "exKeys"},
		{"qr", "二维码", "旁边总要有同样内容的网址或编号。", exQR(), "exQR"},
	}
}

var drawings = []string{"inbox", "search", "offline", "denied", "broken", "done", "paper", "queue", "wait"}

// swatch is a colour of the theme.
type swatch struct{ Name, Light, Dark, Contrast string }

func swatches() []swatch {
	light, dark, contrast := static.Theme("light"), static.Theme("dark"), static.Theme("contrast")
	var list []swatch
	for name := range light {
		list = append(list, swatch{name, light[name], dark[name], contrast[name]})
	}
	slices.SortFunc(list, func(a, b swatch) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// look is one way to see the page.
type look struct{ Label, Query string }

var looks = []look{{"工作人员 · 跟随系统", ""}, {"工作人员 · 浅色", "?theme=light"}, {"工作人员 · 深色", "?theme=dark"}, {"工作人员 · 高对比", "?theme=contrast"},
	{"群众", "?face=citizen"}, {"长辈版", "?face=elder"}, {"长辈版 · 超大 · 高对比", "?face=elder&size=3&theme=contrast"}, {"打印", "?face=print"}}

// Show is the page. face is citizen, elder or print instead of staff; theme and
// size override what the reader chose.
func Show(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	o := ui.PageOpts{Title: "界面部件", Lead: "每个部件的每种样子，旁边是写法。网页一律用这里的部件拼成。", Face: ui.Staff, Theme: q.Get("theme"),
		Breadcrumb: []ui.Crumb{{Label: "管理", URL: "/admin"}, {Label: "界面部件"}}}
	switch q.Get("face") {
	case "citizen":
		o.Face = ui.Citizen
	case "elder":
		o.Face, o.Elder = ui.Citizen, true
		if size := q.Get("size"); len(size) == 1 && size >= "1" && size <= "3" {
			o.Size = int(size[0] - '0')
		}
	case "print":
		o.Face = ui.Print
	}
	query := ""
	if r.URL.RawQuery != "" {
		query = "?" + r.URL.RawQuery
	}
	return web.Render(w, r, http.StatusOK, page(o, query))
}
