package ui_test

import (
	"strings"
	"testing"

	"yimen/internal/kit/web/ui"
	"yimen/internal/kit/webtest"
)

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 7: "7", 6.54: "6.5", 9999: "9999", 10000: "1万", 230127: "23万", 73e6: "7300万", 1.5e8: "1.5亿", -3: "-3"} {
		if got := ui.Number(v); got != want {
			t.Errorf("%v is written %q, want %q", v, got, want)
		}
	}
}

// A chart says what it shows to those who do not see it, and has no style.
func TestChartsAreReadWithoutEyes(t *testing.T) {
	c := ui.Chart{Title: "各月办件", Unit: "件", Labels: []string{"9月", "10月"}, Series: []ui.Series{{Name: "网上", Values: []float64{12, 30}}, {Name: "窗口", Values: []float64{8, 0}}}}
	root, text := render(t, t.Context(), ui.Bars(c))
	svg := one(t, root, "svg[role=img]")
	for _, want := range []string{"各月办件", "网上：最高30件（10月）", "最低0件（10月）"} {
		if !strings.Contains(webtest.Attr(svg, "aria-label"), want) {
			t.Errorf("the chart is called %q, without %q", webtest.Attr(svg, "aria-label"), want)
		}
	}
	if n := len(webtest.Select(root, "rect")); n != 4 {
		t.Errorf("%d bars, want 4", n)
	}
	if n := len(webtest.Select(root, "tbody tr")); n != 2 || !strings.Contains(text, "查看数据") {
		t.Errorf("the table beside it has %d rows", n)
	}
	if n := len(webtest.Select(root, "[style]")); n > 0 {
		t.Errorf("%d parts carry a style", n)
	}
	root, _ = render(t, t.Context(), ui.Line(c))
	if n := len(webtest.Select(root, "polyline")); n != 2 {
		t.Errorf("%d lines, want 2", n)
	}
}

// Nothing to draw is no reason to break.
func TestChartsOfNothing(t *testing.T) {
	for _, c := range []ui.Chart{{Title: "空"}, {Title: "零", Labels: []string{"1月"}, Series: []ui.Series{{Values: []float64{0}}}}} {
		for _, part := range []string{"bars", "line"} {
			draw := ui.Bars(c)
			if part == "line" {
				draw = ui.Line(c)
			}
			root, _ := render(t, t.Context(), draw)
			for _, n := range webtest.Select(root, "svg[role=img]") {
				if strings.Contains(webtest.Attr(n, "aria-label"), "NaN") {
					t.Errorf("%s of %s says NaN", part, c.Title)
				}
			}
		}
	}
	render(t, t.Context(), ui.Donut("空", "件", nil))
	render(t, t.Context(), ui.Spark("空", nil))
	_, text := render(t, t.Context(), ui.Donut("零", "件", []ui.Slice{{Label: "网上"}}))
	if strings.Contains(text, "NaN") || !strings.Contains(text, "0%") {
		t.Errorf("a ring of nothing says %q", text)
	}
}

func TestHeatDarkensWithItsFigure(t *testing.T) {
	root, _ := render(t, t.Context(), ui.Heat(ui.Grid{Title: "何时人多", Rows: []string{"周一"}, Columns: []string{"9时", "10时", "11时"}, Values: [][]float64{{0, 1, 60}}}))
	cells := webtest.Select(root, "tbody td")
	for i, want := range []string{"is-0", "is-1", "is-5"} {
		if got := webtest.Attr(cells[i], "class"); got != want {
			t.Errorf("cell %d is %s, want %s", i, got, want)
		}
	}
}

func TestProgressInWords(t *testing.T) {
	for want, o := range map[string]ui.ProgressOpts{
		"正在准备": {Label: "导入"}, "已处理5": {Label: "导入", Done: 5}, "120 / 400（30%）": {Label: "导入", Done: 120, Total: 400}, "9 / 8（100%）": {Done: 9, Total: 8},
	} {
		root, text := render(t, t.Context(), ui.Progress(o))
		bar := one(t, root, "progress")
		if !strings.Contains(text, want) || webtest.Attr(bar, "aria-label") != o.Label {
			t.Errorf("%+v says %q", o, text)
		}
		if (webtest.Attr(bar, "value") != "") != (o.Total > 0) {
			t.Errorf("%+v shows a share of %q", o, webtest.Attr(bar, "value"))
		}
	}
}

// A link inside a summary could not be told from the switch by a screen reader.
func TestTreeKeepsLinksOutOfSwitches(t *testing.T) {
	root, _ := render(t, t.Context(), ui.Tree("区划", []ui.TreeNode{{Label: "韶关市", URL: "/a", Open: true, Children: []ui.TreeNode{{Label: "乳源", URL: "/b", Current: true}, {Label: "曲江", MoreURL: "/c"}}}}))
	if n := len(webtest.Select(root, "summary a")); n > 0 {
		t.Errorf("%d links in switches", n)
	}
	one(t, root, "details[open]")
	one(t, root, "a[aria-current=page]")
	if got := webtest.Attr(one(t, root, "details[hx-get]"), "hx-get"); got != "/c" {
		t.Errorf("children come from %q", got)
	}
}
