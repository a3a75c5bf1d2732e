package queue

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/workday"
)

// statisticsPage is the figures of a hall over some days.
type statisticsPage struct {
	Statistics
	form  *web.Form
	today workday.Date
}

func (m *Module) statistics(w http.ResponseWriter, r *http.Request) error {
	s, form, err := m.askedStatistics(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, form.Status(), statisticsView(statisticsPage{s, form, workday.DateOf(m.now(r.Context()), clock.Beijing)}))
}

// askedStatistics reads what is asked for; today when nothing is. What is wrong
// with the range is in the form, and the figures are today's.
func (m *Module) askedStatistics(r *http.Request) (Statistics, *web.Form, error) {
	form, err := web.ReadForm(r)
	if err != nil {
		return Statistics{}, nil, err
	}
	o, err := m.hallOf(r, VerbView)
	if err != nil {
		return Statistics{}, nil, err
	}
	today := workday.DateOf(m.now(r.Context()), clock.Beijing)
	from, to := today, today
	if form.Value("from")+form.Value("to") != "" {
		var wrongFrom, wrongTo error
		from, wrongFrom = workday.ParseDate(form.Value("from"))
		to, wrongTo = workday.ParseDate(form.Value("to"))
		if wrongFrom != nil || wrongTo != nil {
			form.Error("from", ErrRange.Message)
			from, to = today, today
		}
	}
	s, err := m.Statistics(r.Context(), o.Code, from, to)
	if err != nil {
		if err := form.Merge(err); err != nil {
			return s, nil, err
		}
		s, err = m.Statistics(r.Context(), o.Code, today, today)
	}
	return s, form, err
}

// exportStatistics gives the same figures as a workbook.
func (m *Module) exportStatistics(w http.ResponseWriter, r *http.Request) error {
	s, form, err := m.askedStatistics(r)
	if err != nil {
		return err
	}
	if !form.OK() {
		return ErrRange
	}
	f := excelize.NewFile()
	defer f.Close()
	for i, sheet := range s.sheets() {
		name := sheet.name
		if i == 0 {
			err = f.SetSheetName("Sheet1", name)
		} else {
			_, err = f.NewSheet(name)
		}
		if err != nil {
			return err
		}
		for j, row := range sheet.rows {
			if err := f.SetSheetRow(name, fmt.Sprintf("A%d", j+1), &row); err != nil {
				return err
			}
		}
		if err := f.SetColWidth(name, "A", "H", 16); err != nil {
			return err
		}
	}
	web.Attach(w, s.Outlet.Name+"排队统计"+s.From.String()+"至"+s.To.String()+".xlsx")
	return f.Write(w)
}

// exportHours gives the figures hour by hour and window by window as they were
// kept, as CSV.
func (m *Module) exportHours(w http.ResponseWriter, r *http.Request) error {
	s, form, err := m.askedStatistics(r)
	if err != nil {
		return err
	}
	if !form.OK() {
		return ErrRange
	}
	list, err := m.Hours(r.Context(), s.Outlet.Code, s.From, s.To)
	if err != nil {
		return err
	}
	t := web.StartTable(w, s.Outlet.Name+"排队明细"+s.From.String()+"至"+s.To.String()+".csv",
		"日期", "时段", "窗口", "窗口名称", "取号（人）", "叫号（人）", "办完（人）", "过号（人）", "平均等候（分钟）", "平均办理（分钟）")
	for _, h := range list {
		t.Row(h.Day, hourName(h.Hour), h.No, h.Name, itoa(h.Taken), itoa(h.Called), itoa(h.Done), itoa(h.Missed),
			minutesFigure(h.MeanWaited()), minutesFigure(h.MeanServed()))
	}
	t.Close()
	return nil
}

func minutesFigure(d time.Duration) string { return strconv.FormatFloat(minutes(d), 'f', -1, 64) }

type sheet struct {
	name string
	rows [][]any
}

func (s Statistics) sheets() []sheet {
	sum := sheet{"汇总", [][]any{{"网点", s.Outlet.Name}, {"日期", s.From.String() + "至" + s.To.String()},
		{"取号（人）", s.Taken}, {"叫号（人）", s.Called}, {"办完（人）", s.Done}, {"过号（人）", s.Missed},
		{"等候中位数（分钟）", s.Median}, {"九成的人等候不超过（分钟）", s.P90}, {"平均办理（分钟）", minutes(s.MeanServed())}}}
	windows := sheet{"窗口", [][]any{{"窗口", "名称", "叫号", "办完", "过号", "平均等候（分钟）", "平均办理（分钟）"}}}
	for _, x := range s.Windows {
		windows.rows = append(windows.rows, []any{x.No, x.Name, x.Called, x.Done, x.Missed, minutes(x.MeanWaited()), minutes(x.MeanServed())})
	}
	queues := sheet{"队列", [][]any{{"队列", "名称", "叫号", "等候中位数（分钟）", "九成不超过（分钟）", "最长（分钟）", "15分钟内叫到"}}}
	for _, x := range s.Queues {
		queues.rows = append(queues.rows, []any{x.Letter, x.Name, x.Called, x.Median, x.P90, x.Longest, x.WithinQuarter})
	}
	hours := sheet{"时段", [][]any{{"时段", "取号", "叫号", "办完", "过号", "平均等候（分钟）"}}}
	for _, x := range s.Hours {
		hours.rows = append(hours.rows, []any{hourName(x.Hour), x.Taken, x.Called, x.Done, x.Missed, minutes(x.MeanWaited())})
	}
	grid := s.windowsByHour()
	byHour := sheet{"窗口和时段", [][]any{{grid.Corner}}}
	for _, name := range grid.Columns {
		byHour.rows[0] = append(byHour.rows[0], name)
	}
	for i, name := range grid.Rows {
		row := []any{name}
		for _, n := range grid.Values[i] {
			row = append(row, n)
		}
		byHour.rows = append(byHour.rows, row)
	}
	return []sheet{sum, windows, queues, hours, byHour}
}

// minutes is a time in minutes with one decimal, as a figure.
func minutes(d time.Duration) float64 {
	return float64(int(d.Minutes()*10+0.5)) / 10
}

func minutesText(d time.Duration) string {
	if d == 0 {
		return "—"
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", d.Minutes()), ".0") + "分钟"
}

func hourName(h int) string { return fmt.Sprintf("%02d:00", h) }

// byHour draws how many came and how many were done in each hour.
func (s Statistics) byHour() ui.Chart {
	c := ui.Chart{Title: "各时段取号和办完", Unit: "人", Series: []ui.Series{{Name: "取号"}, {Name: "办完"}}}
	for _, h := range s.Hours {
		c.Labels = append(c.Labels, hourName(h.Hour))
		c.Series[0].Values = append(c.Series[0].Values, float64(h.Taken))
		c.Series[1].Values = append(c.Series[1].Values, float64(h.Done))
	}
	return c
}

var weekdays = []string{"周一", "周二", "周三", "周四", "周五", "周六", "周日"}

// byWeek shows when people come.
func (s Statistics) byWeek() ui.Grid {
	g := ui.Grid{Title: "什么时候来的人多", Unit: "人", Corner: "星期", Rows: weekdays}
	for _, h := range s.Hours {
		g.Columns = append(g.Columns, hourName(h.Hour))
	}
	for d := range weekdays {
		row := make([]float64, len(s.Hours))
		for i, h := range s.Hours {
			row[i] = float64(s.Week[d][h.Hour])
		}
		g.Values = append(g.Values, row)
	}
	return g
}

// windowsByHour shows which window was busy when.
func (s Statistics) windowsByHour() ui.Grid {
	g := ui.Grid{Title: "各窗口各时段办完的人数", Unit: "人", Corner: "窗口"}
	for _, h := range s.Hours {
		g.Columns = append(g.Columns, hourName(h.Hour))
	}
	for _, w := range s.Windows {
		g.Rows = append(g.Rows, w.No+"号")
		row := make([]float64, len(s.Hours))
		for i, h := range s.Hours {
			row[i] = float64(w.ByHour[h.Hour])
		}
		g.Values = append(g.Values, row)
	}
	return g
}

// doneByWindow compares the windows.
func (s Statistics) doneByWindow() []ui.Slice {
	var list []ui.Slice
	for _, x := range s.Windows {
		list = append(list, ui.Slice{Label: x.No + "号 " + x.Name, Value: float64(x.Done)})
	}
	return list
}

func statisticsURL(outlet string, from, to workday.Date) string {
	return "/counter/queue/statistics?" + rangeQuery(outlet, from, to)
}

func rangeQuery(outlet string, from, to workday.Date) string {
	return url.Values{"outlet": {outlet}, "from": {from.String()}, "to": {to.String()}}.Encode()
}

// monday is the first day of the week a day is in.
func monday(d workday.Date) workday.Date { return d.Add(-((int(d.Weekday()) + 6) % 7)) }
