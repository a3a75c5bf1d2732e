package workday

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func date(s string) Date { return MustParseDate(s) }

func TestAddWorkdaysAgainstNotices(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-09-30", 5, "2026-10-13"}, // 10-10 is a working Saturday
		{"2026-09-30", 20, "2026-11-03"},
		{"2026-02-13", 5, "2026-02-27"}, // 02-14 works, 02-15…23 off
		{"2026-02-13", 20, "2026-03-19"},
		{"2026-04-30", 1, "2026-05-06"},
		{"2026-09-24", 10, "2026-10-15"},
		{"2019-09-23", 5, "2019-09-29"}, // a Sunday made up
		{"2019-09-30", 20, "2019-11-01"},
		{"2019-04-30", 5, "2019-05-09"},
		{"2018-12-28", 1, "2018-12-29"}, // named by the notice of 2019
		{"2026-09-30", 0, "2026-09-30"},
		{"2026-10-08", -1, "2026-09-30"},
		{"2026-10-04", -2, "2026-09-29"},
	} {
		if got := China().AddWorkdays(date(c.from), c.n); got != date(c.want) {
			t.Errorf("AddWorkdays(%s, %d) = %s, want %s", c.from, c.n, got, c.want)
		}
	}
}

func TestMakeUpDaysOf2026(t *testing.T) {
	var got []string
	for _, day := range China().Days(2026) {
		if !day.Off {
			got = append(got, day.Date.String())
			if !China().IsWorkday(day.Date) {
				t.Errorf("%s is a make-up day but does not work", day.Date)
			}
		}
	}
	want := "2026-01-04 2026-02-14 2026-02-28 2026-05-09 2026-09-20 2026-10-10"
	if strings.Join(got, " ") != want {
		t.Errorf("make-up days %v, want %s", got, want)
	}
	holiday, ok := China().Day(date("2026-10-01"))
	if !ok || !holiday.Off || holiday.Name != "国庆节" || !strings.HasPrefix(holiday.Notice, "https://www.gov.cn/") {
		t.Errorf("Day(2026-10-01) = %+v, %v", holiday, ok)
	}
	if _, ok := China().Day(date("2026-10-12")); ok {
		t.Error("an ordinary Monday is in no notice")
	}
}

// The second notice of 2019-03-22 lengthened Labour Day: 1 May alone became 1–4 May, with 28 April and 5 May made up.
func TestMidYearAmendmentMovesDeadlines(t *testing.T) {
	first := China().With(
		Day{Date: date("2019-04-28"), Off: true}, Day{Date: date("2019-05-01"), Off: true, Name: "劳动节"},
		Day{Date: date("2019-05-02")}, Day{Date: date("2019-05-03")},
		Day{Date: date("2019-05-04"), Off: true}, Day{Date: date("2019-05-05"), Off: true})
	amended := first.With(
		Day{Date: date("2019-04-28")}, Day{Date: date("2019-05-02"), Off: true}, Day{Date: date("2019-05-03"), Off: true},
		Day{Date: date("2019-05-04"), Off: true}, Day{Date: date("2019-05-05")})

	from := date("2019-04-30")
	if got := first.AddWorkdays(from, 5); got != date("2019-05-08") {
		t.Errorf("before the amendment: %s", got)
	}
	if got := amended.AddWorkdays(from, 5); got != date("2019-05-09") {
		t.Errorf("after the amendment: %s", got)
	}
	if got := amended.AddWorkdays(date("2019-04-26"), 1); got != date("2019-04-28") {
		t.Errorf("the make-up Sunday counts after the amendment: %s", got)
	}
	if got := first.AddWorkdays(date("2019-04-26"), 1); got != date("2019-04-29") {
		t.Errorf("With must not change its receiver: %s", got)
	}
}

func TestCovers(t *testing.T) {
	for year := 2017; year <= 2026; year++ {
		if !China().Covers(year) {
			t.Errorf("the notice of %d is embedded", year)
		}
	}
	for _, year := range []int{2016, 2027, 1, -5} {
		if China().Covers(year) {
			t.Errorf("no notice for %d is embedded", year)
		}
	}
	local := China().With(Day{Date: date("2027-01-01"), Off: true})
	if local.Covers(2027) {
		t.Error("a single local holiday is not a notice")
	}
}

func TestDeadlineCountingTheStartDay(t *testing.T) {
	o := Options{CountStartDay: true}
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-09-30", 1, "2026-09-30"},
		{"2026-09-30", 5, "2026-10-12"},
		{"2026-10-04", 1, "2026-10-08"}, // a day off cannot be day 1
		{"2026-09-30", 0, "2026-09-30"},
		{"2026-09-30", -3, "2026-09-30"},
	} {
		if got := China().Deadline(date(c.from), c.n, o); got != date(c.want) {
			t.Errorf("Deadline(%s, %d) = %s, want %s", c.from, c.n, got, c.want)
		}
	}
	if got := China().Deadline(date("2026-09-30"), 5, Options{}); got != date("2026-10-13") {
		t.Errorf("default: %s", got)
	}
}

func TestWorkdaysBetween(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     int
	}{
		{"2026-09-30", "2026-10-13", 5},
		{"2026-10-13", "2026-09-30", -5},
		{"2026-09-30", "2026-09-30", 0},
		{"2026-09-30", "2026-10-07", 0},
	} {
		if got := China().WorkdaysBetween(date(c.from), date(c.to)); got != c.want {
			t.Errorf("WorkdaysBetween(%s, %s) = %d, want %d", c.from, c.to, got, c.want)
		}
	}
	if got := China().WorkdaysBetween(Date{}, date("2026-10-07")); got != 0 {
		t.Errorf("from no date: %d", got)
	}
}

func TestNilCalendarIsMondayToFriday(t *testing.T) {
	var c *Calendar
	if got := c.AddWorkdays(date("2026-09-30"), 2); got != date("2026-10-02") {
		t.Errorf("got %s", got)
	}
	if c.IsWorkday(date("2026-10-03")) || !c.IsWorkday(date("2026-10-01")) || c.IsWorkday(Date{}) {
		t.Error("plain weekdays expected")
	}
}

func TestDatesOutOfRangeAreNoDate(t *testing.T) {
	for _, n := range []int{3_000_000, 1 << 40, -3_000_000, -1 << 40} {
		if got := China().AddWorkdays(date("2026-09-30"), n); !got.IsZero() {
			t.Errorf("AddWorkdays(%d) = %s", n, got)
		}
	}
	if got := China().Next(Date{}); !got.IsZero() {
		t.Errorf("Next of no date = %s", got)
	}
}

func TestChildOverridesParent(t *testing.T) {
	panwang := Day{Date: date("2026-11-24"), Off: true, Name: "盘王节"}
	book := NewBook(China()).Set("440232000000", panwang)
	for division, off := range map[string]bool{
		"440232000000": true, "440232112000": true, "440232112209": true, "440232": true,
		"440200000000": false, "440233000000": false, "440000000000": false, "": false, "x": false, "44023": false,
	} {
		if got := !book.For(division).IsWorkday(panwang.Date); got != off {
			t.Errorf("For(%q): off = %v, want %v", division, got, off)
		}
	}
	// The town works that day after all; a village below it inherits from the town.
	town := book.Set("440232112000", Day{Date: panwang.Date})
	if !town.For("440232112209").IsWorkday(panwang.Date) || town.For("440232113200").IsWorkday(panwang.Date) {
		t.Error("the nearest division above decides")
	}
	// What is set above later still reaches below.
	city := town.Set("440200000000", Day{Date: date("2026-12-01"), Off: true})
	if city.For("440232112209").IsWorkday(date("2026-12-01")) || !town.For("440232112209").IsWorkday(date("2026-12-01")) {
		t.Error("city days are inherited, and Set leaves its receiver alone")
	}
	base := city.WithBase(China().With(Day{Date: date("2027-01-01"), Off: true}))
	if base.For("440232112209").IsWorkday(date("2027-01-01")) || base.Base().IsWorkday(date("2027-01-01")) {
		t.Error("a new base reaches every division")
	}
	if back := book.Set("440232"); back.For("440232112209") != China() {
		t.Error("Set without days takes the division's own days away")
	}
}

func TestReadDays(t *testing.T) {
	good := "\ufeffdate,is_off_day,festival\n2027-01-01,1,元旦\n2027-01-03,0,元旦\n"
	days, err := ReadDays(strings.NewReader(good))
	if err != nil || len(days) != 2 || !days[0].Off || days[1].Off || days[0].Name != "元旦" {
		t.Errorf("got %+v, %v", days, err)
	}
	for text, want := range map[string]error{
		"day,off\n":                                     ErrHolidayColumns,
		"date,is_off_day\n2027-02-30,1\n":               ErrDate,
		"date,is_off_day\n2027-02-01,yes\n":             ErrHolidayOff,
		"date,is_off_day\n2027-02-01,1\n2027-02-01,0\n": ErrDuplicateDay,
	} {
		if _, err := ReadDays(strings.NewReader(text)); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
	}
	for _, text := range []string{"", "date,is_off_day\n2027-01-01\n"} {
		if _, err := ReadDays(strings.NewReader(text)); err == nil {
			t.Errorf("%q must be refused", text)
		}
	}
}

func TestReceipt(t *testing.T) {
	received := date("2026-09-30")
	if got := ReceiptDeadline(China(), received); got != date("2026-10-13") {
		t.Errorf("ReceiptDeadline = %s", got)
	}
	if IsDeemedAccepted(China(), received, date("2026-10-13")) || !IsDeemedAccepted(China(), received, date("2026-10-14")) {
		t.Error("silence accepts when the fifth working day is over")
	}
	if IsDeemedAccepted(China(), Date{}, date("2026-10-14")) || DeemedAcceptedOn(received) != received {
		t.Error("deemed acceptance dates back to receipt")
	}
	shaoguan := time.FixedZone("CST", 8*3600)
	closes := 17*time.Hour + 30*time.Minute
	for at, want := range map[string]string{
		"2026-09-30T09:29:59Z": "2026-09-30", // 17:29:59 at the counter
		"2026-09-30T09:30:00Z": "2026-10-08",
		"2026-10-02T02:00:00Z": "2026-10-08",
		"2026-10-09T16:30:00Z": "2026-10-10", // half past midnight on a working Saturday
	} {
		instant, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := ReceivedOn(China(), instant, shaoguan, closes); got != date(want) {
			t.Errorf("ReceivedOn(%s) = %s, want %s", at, got, want)
		}
	}
	if !ReceivedOn(China(), time.Time{}, nil, closes).IsZero() {
		t.Error("no time has no date of receipt")
	}
}

// naive walks day by day: what the definition says.
func naive(c *Calendar, from Date, n int) Date {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for ; n > 0; n-- {
		for from = from.Add(step); !naiveWorkday(c, from); from = from.Add(step) {
		}
	}
	return from
}

func naiveWorkday(c *Calendar, d Date) bool {
	if day, ok := c.Day(d); ok {
		return !day.Off
	}
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
}

func FuzzAddWorkdays(f *testing.F) {
	f.Add(int32(739000), int16(20), int32(739010), true)
	f.Add(int32(736330), int16(-300), int32(736331), false)
	f.Fuzz(func(t *testing.T, day int32, n int16, own int32, off bool) {
		from := fromDays(int(day)%4000 + 736000) // around 2016–2026
		c := China().With(Day{Date: fromDays(int(own)%4000 + 736000), Off: off})
		n %= 1000
		got := c.AddWorkdays(from, int(n))
		if want := naive(c, from, int(n)); got != want {
			t.Fatalf("AddWorkdays(%s, %d) = %s, want %s", from, n, got, want)
		}
		if n >= 0 && c.WorkdaysBetween(from, got) != int(n) {
			t.Fatalf("WorkdaysBetween(%s, %s) = %d, want %d", from, got, c.WorkdaysBetween(from, got), n)
		}
		if c.WorkdaysBetween(from, got) != -c.WorkdaysBetween(got, from) {
			t.Fatalf("not antisymmetric: %s, %s", from, got)
		}
		if got := c.IsWorkday(from); got != naiveWorkday(c, from) {
			t.Fatalf("IsWorkday(%s) = %v", from, got)
		}
	})
}

func TestEveryDayOfTheNotices(t *testing.T) {
	c := China()
	count := 0
	start := date("2016-12-01")
	for d := start; d.Before(date("2027-02-01")); d = d.Add(1) {
		if c.IsWorkday(d) != naiveWorkday(c, d) {
			t.Fatalf("IsWorkday(%s) = %v", d, c.IsWorkday(d))
		}
		if d != start && naiveWorkday(c, d) {
			count++
		}
		if got := c.WorkdaysBetween(start, d); got != count {
			t.Fatalf("WorkdaysBetween(%s, %s) = %d, want %d", start, d, got, count)
		}
		for _, n := range []int{1, 5, 45, -1, -7} {
			if got, want := c.AddWorkdays(d, n), naive(c, d, n); got != want {
				t.Fatalf("AddWorkdays(%s, %d) = %s, want %s", d, n, got, want)
			}
		}
	}
}

func BenchmarkAddWorkdays(b *testing.B) {
	c, from := China(), date("2026-02-13")
	for b.Loop() {
		c.AddWorkdays(from, 20)
	}
}

func BenchmarkWorkdaysBetween(b *testing.B) {
	c, from, to := China(), date("2026-02-13"), date("2026-03-19")
	for b.Loop() {
		c.WorkdaysBetween(from, to)
	}
}

func BenchmarkBookFor(b *testing.B) {
	book := NewBook(China()).Set("440232000000", Day{Date: date("2026-11-24"), Off: true})
	for b.Loop() {
		book.For("440232112209")
	}
}

func ExampleCalendar_AddWorkdays() {
	accepted := NewDate(2026, time.September, 30)
	fmt.Println(China().AddWorkdays(accepted, 5), China().AddWorkdays(accepted, 20))
	// Output: 2026-10-13 2026-11-03
}

func ExampleCalendar_Deadline() {
	accepted := NewDate(2026, time.September, 30)
	fmt.Println(China().Deadline(accepted, 5, Options{}), China().Deadline(accepted, 5, Options{CountStartDay: true}))
	// Output: 2026-10-13 2026-10-12
}

func ExampleCalendar_WorkdaysBetween() {
	fmt.Println(China().WorkdaysBetween(MustParseDate("2026-09-30"), MustParseDate("2026-10-13")))
	// Output: 5
}

func ExampleCalendar_With() {
	festival := Day{Date: MustParseDate("2026-11-24"), Off: true, Name: "盘王节"}
	ruyuan := China().With(festival)
	fmt.Println(China().Next(MustParseDate("2026-11-23")), ruyuan.Next(MustParseDate("2026-11-23")))
	// Output: 2026-11-24 2026-11-25
}

func ExampleBook() {
	festival := Day{Date: MustParseDate("2026-11-24"), Off: true, Name: "盘王节"}
	book := NewBook(China()).Set("440232000000", festival)
	fmt.Println(book.For("440232112209").IsWorkday(festival.Date), book.For("440233000000").IsWorkday(festival.Date))
	// Output: false true
}

func ExampleCalendar_IsWorkday() {
	saturday := MustParseDate("2026-10-10")
	day, _ := China().Day(saturday)
	fmt.Println(saturday.Weekday(), China().IsWorkday(saturday), day.Name)
	// Output: Saturday true 国庆节
}

func ExampleCalendar_Covers() {
	fmt.Println(China().Covers(2026), China().Covers(2027))
	// Output: true false
}

func ExampleReceiptDeadline() {
	fmt.Println(ReceiptDeadline(China(), MustParseDate("2026-02-13")).Chinese())
	// Output: 2026年2月27日
}
