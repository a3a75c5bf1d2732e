package stencil

import (
	"testing"
	"time"

	"yimen/workday"
)

func days() *Days {
	return NewDays(workday.China(), workday.NewDate(2021, 1, 1), workday.NewDate(2027, 12, 31))
}

func TestDatesKeepTheirDistance(t *testing.T) {
	cal := workday.China()
	from, to := workday.NewDate(2026, 1, 5), workday.NewDate(2023, 9, 28) // the eve of a long holiday
	m := days().Move(from, to)
	for n := range 60 {
		x := cal.AddWorkdays(from, n)
		if got := m.Date(x); got != cal.AddWorkdays(to, n) {
			t.Errorf("%d working days after: %s, want %s", n, got, cal.AddWorkdays(to, n))
		}
	}
	if sunday := workday.NewDate(2026, 1, 11); m.Date(sunday) != to.Add(6) {
		t.Errorf("a Sunday moves to %s", m.Date(sunday))
	}
	for _, far := range []string{"1960-02-29", "9999-12-31"} {
		if got := m.Text(far); got != far {
			t.Errorf("%s moves to %s", far, got)
		}
	}
	at := time.Date(2026, 1, 5, 16, 30, 0, 0, time.UTC) // half past midnight of the 6th in Beijing
	if got := m.Time(at); !got.Equal(time.Date(2023, 10, 6, 16, 30, 0, 0, time.UTC)) {
		t.Errorf("moves to %s", got) // the working day after the holiday is Saturday the 7th
	}
}

func TestTextIsFilledIn(t *testing.T) {
	m := days().Move(workday.NewDate(2026, 3, 2), workday.NewDate(2024, 3, 4))
	for _, x := range []struct{ text, want string }{
		{"", ""},
		{"不变", "不变"},
		{"张三于2026年3月2日申请，2026-03-03受理。", "李四四于2024年3月4日申请，2024-03-05受理。"},
		{`{"birth":"1950-03-02","name":"张三丰"}`, `{"birth":"1951-01-01","name":"王五"}`},
		{"号20260303尾12026-03-02", "号20260303尾12026-03-02"[:len("号20260303尾1")] + "2024-03-04"},
	} {
		cut := Cut(x.text, []string{"张三", "张三丰", "1950-03-02", ""}, m.Near)
		if got := cut.Fill([]string{"李四四", "王五", "1951-01-01", "空"}, m); got != x.want {
			t.Errorf("%s becomes %s, want %s", x.text, got, x.want)
		}
	}
}
