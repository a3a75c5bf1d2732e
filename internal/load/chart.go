package load

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"strings"
)

//go:embed chart.html
var chartPage string

var chartTemplate = template.Must(template.New("chart").Funcs(template.FuncMap{
	"op": func(name string) string {
		if c := chinese[name]; c != "" {
			return c
		}
		return name
	},
	"play": func(profile string) string { return plays[profile] + "（" + profile + "）" },
	"ms":   func(v float64) string { return fmt.Sprintf("%.1f", v) },
	"n1":   func(v float64) string { return fmt.Sprintf("%.1f", v) },
	"n0":   func(v float64) string { return fmt.Sprintf("%.0f", v) },
}).Parse(chartPage))

// chinese are the operations and states in the words of the pages.
var chinese = map[string]string{
	"submit": "提交", "accept": "受理", "approve": "审批环节", "decide": "决定", "deliver": "送达", "case": "办件详情", "case tasks": "办件的环节",
	"checklist": "情形引导", "guide": "办事指南（接口）", "items": "事项搜索（接口）", "upload": "上传材料", "withdraw": "撤回", "correct": "补正",
	"request-correction": "告知补正", "refuse-acceptance": "不予受理", "sign-in": "登录", "outlets": "附近网点", "inbox": "待办列表", "inbox search": "按编号查待办",
	"page home": "首页", "page search": "搜索页", "page guide": "指南页", "page progress": "查进度", "page my": "我的办件", "page counter": "窗口页",
	"page inbox": "待办页", "page cases": "办件列表页", "page case": "办件页", "list": "办件列表（接口）", "clock": "工作日推算",
	"page progress form": "查进度表单", "closed": "已办结", "refused": "不予受理", "withdrawn": "已撤回",
}

// plays are the profiles as the operator's guide names them.
var plays = map[string]string{"hour": "窗口一小时", "day": "一个工作日", "year": "全市一年", "rush": "九点整", "read": "只看不写"}

// bars is a horizontal bar chart of the operations' p50, p95 and p99.
type bars struct {
	Name          string
	Op            Operation
	P50, P95, P99 float64 // widths, in hundredths of the longest
}

// curve is a line over the seconds of a run.
type curve struct {
	Title, Points, Class string
	Most                 int
	Seconds              int
}

const (
	curveWidth  = 900.0
	curveHeight = 160.0
)

// Chart writes the result as one HTML file that needs nothing else.
func (x *Result) Chart(w io.Writer) error {
	view := struct {
		*Result
		Bars   []bars
		Curves []curve
		Ended  []string
	}{Result: x}
	longest := 0.001
	for _, o := range x.Operations {
		longest = max(longest, o.P99)
	}
	for _, name := range slices.Sorted(maps.Keys(x.Operations)) {
		o := x.Operations[name]
		view.Bars = append(view.Bars, bars{Name: name, Op: o, P50: 100 * o.P50 / longest, P95: 100 * o.P95 / longest, P99: 100 * o.P99 / longest})
	}
	for _, state := range slices.Sorted(maps.Keys(x.Ends)) {
		view.Ended = append(view.Ended, fmt.Sprintf("%s%d件", chinese[state], x.Ends[state]))
	}
	view.Curves = append(view.Curves, x.curve("每秒请求数", "requests", func(s Second) int { return s.Requests }))
	if x.CasesClosed > 0 {
		view.Curves = append(view.Curves, x.curve("每秒办结件数", "closed", func(s Second) int { return s.Closed }))
	}
	if len(x.Errors) > 0 {
		view.Curves = append(view.Curves, x.curve("每秒出错次数", "errors", func(s Second) int { return s.Errors }))
	}
	return chartTemplate.Execute(w, view)
}

// curve draws one figure of every second; long runs are drawn in 450 pieces,
// each the mean of its seconds.
func (x *Result) curve(title, class string, of func(Second) int) curve {
	line := x.Timeline
	if n := len(line); n > 1 {
		line = line[:n-1] // the last second is cut off
	}
	piece := max((len(line)+449)/450, 1)
	var means []float64
	most := 1.0
	for i := 0; i < len(line); i += piece {
		part := line[i:min(i+piece, len(line))]
		sum := 0
		for _, s := range part {
			sum += of(s)
		}
		means = append(means, float64(sum)/float64(len(part)))
		most = max(most, means[len(means)-1])
	}
	points := make([]string, len(means))
	for i, v := range means {
		points[i] = fmt.Sprintf("%.1f,%.1f", curveWidth*float64(i)/max(float64(len(means)-1), 1), curveHeight*(1-v/most))
	}
	return curve{Title: title, Class: class, Points: strings.Join(points, " "), Most: int(most + .5), Seconds: len(line)}
}
