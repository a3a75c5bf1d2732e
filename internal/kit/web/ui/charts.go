package ui

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Chart is what Bars and Line draw: the same labels under every series.
type Chart struct {
	Title  string // said above, and the name of the data table
	Unit   string // 件, 分钟
	Labels []string
	Series []Series // at most 6, one colour each
	Height int      // of the plot in pixels; 0: 220
}

// Series is a row of figures, one for each label.
type Series struct {
	Name   string
	Values []float64
}

// Slice is a part of a whole, or one bar of a list.
type Slice struct {
	Label string
	Value float64
	URL   string // "": not a link
}

// Grid is what Heat shows: a figure for each row and column, say weekday and
// hour.
type Grid struct {
	Title   string
	Unit    string
	Corner  string // head of the column of row names: 星期
	Rows    []string
	Columns []string
	Values  [][]float64 // by row
}

// Number writes a figure for people: at most one decimal, and from ten thousand
// on in 万.
func Number(v float64) string {
	if math.Abs(v) >= 1e8 {
		return trimZero(v/1e8) + "亿"
	}
	if math.Abs(v) >= 1e4 {
		return trimZero(v/1e4) + "万"
	}
	return trimZero(v)
}

func trimZero(v float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
}

// exact writes a figure for the table beside a chart.
func exact(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func (c Chart) height() int {
	if c.Height == 0 {
		return 220
	}
	return c.Height
}

// Room above the plot for the topmost figure and below it for labels, pixels.
const (
	plotTop    = 22
	plotBottom = 24
)

func (c Chart) plotHeight() int { return c.height() - plotTop - plotBottom }

// top is the figure at the upper edge: the smallest round number that
// nothing exceeds.
func (c Chart) top() float64 {
	most := 0.0
	for _, s := range c.Series {
		for _, v := range s.Values {
			most = max(most, v)
		}
	}
	return niceTop(most)
}

func niceTop(most float64) float64 {
	if most <= 0 {
		return 1
	}
	p := math.Pow(10, math.Floor(math.Log10(most)))
	for _, f := range []float64{1, 1.5, 2, 3, 4, 5, 6, 8, 10} {
		if most <= f*p {
			return f * p
		}
	}
	return 10 * p
}

// ticks are the figures of the lines across the plot, from the bottom.
func (c Chart) ticks() []float64 {
	top := c.top()
	if half := top / 2; top > 1 && half == math.Trunc(half) || top >= 10 { // no half person among a few
		return []float64{0, half, top}
	}
	return []float64{0, top}
}

// y is where a figure stands, in pixels from the upper edge of the drawing.
func (c Chart) y(v float64) string {
	return px(plotTop + float64(c.plotHeight())*(1-max(v, 0)/c.top()))
}

func px(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

func percent(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) + "%" }

// bar is one column of a bar chart; widths are parts of the drawing's width, so
// that the drawing fits every screen and its letters keep their size.
type bar struct{ X, Width, Y, Height, Title string }

func (c Chart) bars(series int) []bar {
	n, k := len(c.Labels), len(c.Series)
	band := 100 / float64(max(n, 1))
	width := band * .72 / float64(k)
	list := make([]bar, 0, n)
	for i, v := range c.Series[series].Values {
		x := band*float64(i) + band*.14 + width*float64(series)
		h := float64(c.plotHeight()) * max(v, 0) / c.top()
		if v > 0 {
			h = max(h, 1.5) // a little is not nothing
		}
		list = append(list, bar{percent(x), percent(width * .94), px(plotTop + float64(c.plotHeight()) - h), px(h), c.title(series, i)})
	}
	return list
}

func (c Chart) title(series, i int) string {
	s := c.Series[series]
	name := c.Labels[i]
	if len(c.Series) > 1 {
		name += " " + s.Name
	}
	return name + "：" + exact(s.Values[i]) + " " + c.Unit
}

// center is where the label of i stands.
func (c Chart) center(i int) string {
	return percent(100 / float64(max(len(c.Labels), 1)) * (float64(i) + .5))
}

// labelled says whether the label of i is written: on a phone there is room for
// about eight.
func (c Chart) labelled(i int) bool {
	every := (len(c.Labels) + 11) / 12
	if len(c.Labels) > 12 {
		every = (len(c.Labels) + 7) / 8
	}
	return i%max(every, 1) == 0
}

// sparkPoints is a row of figures in a box of 100 by 100, from its least to its
// most: a spark shows the way things go, not how much there is.
func sparkPoints(values []float64) string {
	if len(values) == 0 {
		return ""
	}
	least, most := slices.Min(values), slices.Max(values)
	moved := make([]float64, len(values))
	for i, v := range values {
		moved[i] = v - least + (most-least)*.1
	}
	return linePoints(moved, max((most-least)*1.2, 1e-9), false)
}

// points is a series as the corners of a line in a box of 100 by 100.
func (c Chart) points(series int) string {
	return linePoints(c.Series[series].Values, c.top(), true)
}

// linePoints gives corners from left to right; centred leaves half a band at
// each side, as the labels of a chart want it.
func linePoints(values []float64, top float64, centred bool) string {
	var b strings.Builder
	n := float64(max(len(values), 1))
	for i, v := range values {
		x := 100 * float64(i) / max(n-1, 1)
		if centred {
			x = 100 / n * (float64(i) + .5)
		}
		fmt.Fprintf(&b, "%s,%s ", strconv.FormatFloat(x, 'f', 2, 64), strconv.FormatFloat(100-100*max(v, 0)/top, 'f', 2, 64))
	}
	return strings.TrimSpace(b.String())
}

// sum says in a sentence what a row of figures shows, for screen readers.
func sumUp(title, unit string, labels []string, values []float64) string {
	if len(values) == 0 {
		return title + "：暂无数据"
	}
	least, most := 0, 0
	for i, v := range values {
		if v < values[least] {
			least = i
		}
		if v > values[most] {
			most = i
		}
	}
	name := func(i int) string {
		if i < len(labels) {
			return "（" + labels[i] + "）"
		}
		return ""
	}
	return fmt.Sprintf("%s：最高%s%s%s，最低%s%s%s，最近%s%s", title, exact(values[most]), unit, name(most),
		exact(values[least]), unit, name(least), exact(values[len(values)-1]), unit)
}

func (c Chart) summary() string {
	if len(c.Series) == 0 {
		return c.Title + "：暂无数据"
	}
	if len(c.Series) == 1 {
		return sumUp(c.Title, c.Unit, c.Labels, c.Series[0].Values)
	}
	var parts []string
	for _, s := range c.Series {
		parts = append(parts, sumUp(s.Name, c.Unit, c.Labels, s.Values))
	}
	return c.Title + "。" + strings.Join(parts, "；")
}

func total(slices []Slice) float64 {
	sum := 0.0
	for _, s := range slices {
		sum += max(s.Value, 0)
	}
	return sum
}

func share(v, sum float64) string {
	if sum <= 0 {
		return "0%"
	}
	return trimZero(100*max(v, 0)/sum) + "%"
}

// arc is one part of a ring: how long it is and where it begins, in hundredths
// of the way round.
type arc struct{ Dash, Offset string }

func arcs(slices []Slice) []arc {
	sum, begin := total(slices), 0.0
	list := make([]arc, 0, len(slices))
	for _, s := range slices {
		part := 0.0
		if sum > 0 {
			part = 100 * max(s.Value, 0) / sum
		}
		list = append(list, arc{px(part) + " " + px(100-part), px(-begin)})
		begin += part
	}
	return list
}

// longest is what the longest bar of a list stands for.
func longest(slices []Slice) float64 {
	most := 0.0
	for _, s := range slices {
		most = max(most, s.Value)
	}
	return max(most, 1e-9)
}

// heat is the shade of a figure, 0 to 5.
func (g Grid) heat(v float64) int {
	most := 0.0
	for _, row := range g.Values {
		for _, x := range row {
			most = max(most, x)
		}
	}
	if v <= 0 || most <= 0 {
		return 0
	}
	return min(5, 1+int(v/most*4.999))
}
