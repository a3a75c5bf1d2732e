package queue

import (
	"context"
	"slices"
	"strings"
	"time"

	"yimen/internal/kit/errs"
	"yimen/internal/org"
	"yimen/workday"
)

// MostDays is the longest range statistics are given for.
const MostDays = 92

// ErrRange is told for a range that ends before it begins or is too long.
var ErrRange = errs.Define(errs.Invalid, "queue_range", "请选择先后正确、不超过92天的日期范围。")

// Statistics is what a hall did from a day to a day, both included.
type Statistics struct {
	Outlet   org.Outlet
	From, To workday.Date
	Sums
	Median, P90 int // minutes waited
	Windows     []WindowSums
	Queues      []QueueSums
	Hours       []HourSums // by hour of the day, those with anybody
	Week        [7][24]int // taken, Monday first
}

// Sums are figures that add up.
type Sums struct {
	Taken, Called, Done, Missed int
	Waited, Served              time.Duration // over those called, over those done
}

// MeanServed is what one service took.
func (s Sums) MeanServed() time.Duration { return mean(s.Served, s.Done) }

// MeanWaited is what one wait took.
func (s Sums) MeanWaited() time.Duration { return mean(s.Waited, s.Called) }

func mean(sum time.Duration, n int) time.Duration {
	if n == 0 {
		return 0
	}
	return sum / time.Duration(n)
}

func (s *Sums) add(r hourRow) {
	s.Taken, s.Called, s.Done, s.Missed = s.Taken+r.Taken, s.Called+r.Called, s.Done+r.Done, s.Missed+r.Missed
	s.Waited += time.Duration(r.Waited) * time.Second
	s.Served += time.Duration(r.Served) * time.Second
}

// WindowSums are those of one counter.
type WindowSums struct {
	No, Name string
	Sums
	ByHour [24]int // done
}

// QueueSums is how long people of one queue waited.
type QueueSums struct {
	Letter, Name   string
	Called         int
	Median, P90    int // minutes
	Longest        int
	WithinQuarter  int // called within 15 minutes
	minutesToCount map[int]int
}

// HourSums are those of one hour of the day.
type HourSums struct {
	Hour int
	Sums
}

type hourRow struct {
	Day     string `db:"day"`
	Hour    int    `db:"hour"`
	Counter string `db:"counter"`
	Taken   int    `db:"taken"`
	Called  int    `db:"called"`
	Done    int    `db:"done"`
	Missed  int    `db:"missed"`
	Waited  int64  `db:"waited"`
	Served  int64  `db:"served"`
}

// Statistics gives the figures of a hall that the actor may look at. Errors:
// ErrNotHere, ErrRange.
func (m *Module) Statistics(ctx context.Context, outlet string, from, to workday.Date) (Statistics, error) {
	s := Statistics{From: from, To: to}
	var err error
	if s.Outlet, err = m.hall(ctx, VerbView, outlet); err != nil {
		return s, err
	}
	if !goodRange(from, to) {
		return s, ErrRange
	}
	if err := m.hourSums(ctx, &s); err != nil {
		return s, err
	}
	return s, m.waitSums(ctx, &s)
}

func (m *Module) hourSums(ctx context.Context, s *Statistics) error {
	counters, err := m.Org.Counters(ctx, s.Outlet.Code)
	if err != nil {
		return err
	}
	var rows []hourRow
	err = m.DB.Conn(ctx).Select(ctx, &rows, `SELECT day, hour, '' AS counter, SUM(taken) AS taken, SUM(called) AS called, SUM(done) AS done,
		SUM(missed) AS missed, SUM(waited) AS waited, SUM(served) AS served FROM queue_hour
		WHERE outlet = $1 AND day >= $2 AND day <= $3 GROUP BY day, hour ORDER BY hour, day`, s.Outlet.Code, s.From.String(), s.To.String())
	if err != nil {
		return err
	}
	for _, r := range rows {
		d, err := workday.ParseDate(r.Day)
		if err != nil {
			return err
		}
		s.Week[(int(d.Weekday())+6)%7][r.Hour] += r.Taken
		if n := len(s.Hours); n == 0 || s.Hours[n-1].Hour != r.Hour {
			s.Hours = append(s.Hours, HourSums{Hour: r.Hour})
		}
		s.Hours[len(s.Hours)-1].add(r)
		s.add(r)
	}
	return m.windowSums(ctx, s, counters)
}

// windowSums adds up the figures of each counter.
func (m *Module) windowSums(ctx context.Context, s *Statistics, counters []org.Counter) error {
	var rows []hourRow
	err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT '' AS day, hour, counter, SUM(taken) AS taken, SUM(called) AS called, SUM(done) AS done,
		SUM(missed) AS missed, SUM(waited) AS waited, SUM(served) AS served FROM queue_hour
		WHERE outlet = $1 AND day >= $2 AND day <= $3 AND counter <> '' GROUP BY counter, hour ORDER BY counter, hour`,
		s.Outlet.Code, s.From.String(), s.To.String())
	if err != nil {
		return err
	}
	last := ""
	for _, r := range rows {
		if len(s.Windows) == 0 || r.Counter != last {
			w := WindowSums{No: r.Counter}
			w.No, w.Name = signOf(counters, r.Counter)
			s.Windows = append(s.Windows, w)
			last = r.Counter
		}
		w := &s.Windows[len(s.Windows)-1]
		w.add(r)
		w.ByHour[r.Hour] += r.Done
	}
	slices.SortFunc(s.Windows, func(a, b WindowSums) int {
		if len(a.No) != len(b.No) {
			return len(a.No) - len(b.No) // 2 before 10
		}
		return strings.Compare(a.No, b.No)
	})
	return nil
}

// signOf is what stands on a counter's sign; its id when it is gone.
func signOf(counters []org.Counter, id string) (no, name string) {
	if i := slices.IndexFunc(counters, func(c org.Counter) bool { return c.ID == id }); i >= 0 {
		return counters[i].No, counters[i].Name
	}
	return id, ""
}

// Hour is the figures of one counter in one hour of one day; those of no
// counter, numbers taken, have No "".
type Hour struct {
	Day      string // civil date
	Hour     int    // of Beijing
	No, Name string
	Sums
}

// Hours gives the figures of a hall hour by hour and counter by counter, as
// they were kept, for a table to calculate with. Errors: ErrNotHere, ErrRange.
func (m *Module) Hours(ctx context.Context, outlet string, from, to workday.Date) ([]Hour, error) {
	o, err := m.hall(ctx, VerbView, outlet)
	if err != nil {
		return nil, err
	}
	if !goodRange(from, to) {
		return nil, ErrRange
	}
	counters, err := m.Org.Counters(ctx, o.Code)
	if err != nil {
		return nil, err
	}
	var rows []hourRow
	err = m.DB.Conn(ctx).Select(ctx, &rows, `SELECT day, hour, counter, taken, called, done, missed, waited, served FROM queue_hour
		WHERE outlet = $1 AND day >= $2 AND day <= $3 ORDER BY day, hour, counter`, o.Code, from.String(), to.String())
	list := make([]Hour, len(rows))
	for i, r := range rows {
		list[i] = Hour{Day: r.Day, Hour: r.Hour}
		if r.Counter != "" {
			list[i].No, list[i].Name = signOf(counters, r.Counter)
		}
		list[i].add(r)
	}
	return list, err
}

func goodRange(from, to workday.Date) bool {
	return !from.IsZero() && !to.IsZero() && !to.Before(from) && to.Sub(from) < MostDays
}

// waitSums reads medians from how many waited how many minutes.
func (m *Module) waitSums(ctx context.Context, s *Statistics) error {
	queues, err := m.allQueues(ctx, s.Outlet.Code)
	if err != nil {
		return err
	}
	var rows []struct {
		Queue   string `db:"queue"`
		Minutes int    `db:"minutes"`
		N       int    `db:"n"`
	}
	err = m.DB.Conn(ctx).Select(ctx, &rows, `SELECT queue, minutes, SUM(n) AS n FROM queue_wait
		WHERE outlet = $1 AND day >= $2 AND day <= $3 GROUP BY queue, minutes`, s.Outlet.Code, s.From.String(), s.To.String())
	if err != nil {
		return err
	}
	all := map[int]int{}
	for _, q := range queues {
		x := QueueSums{Letter: q.Letter, Name: q.Name, minutesToCount: map[int]int{}}
		for _, r := range rows {
			if r.Queue != q.ID {
				continue
			}
			x.minutesToCount[r.Minutes] += r.N
			all[r.Minutes] += r.N
			x.Called += r.N
			x.Longest = max(x.Longest, r.Minutes)
			if r.Minutes < 15 {
				x.WithinQuarter += r.N
			}
		}
		x.Median, x.P90 = percentile(x.minutesToCount, 50), percentile(x.minutesToCount, 90)
		if x.Called > 0 || q.Active {
			s.Queues = append(s.Queues, x)
		}
	}
	s.Median, s.P90 = percentile(all, 50), percentile(all, 90)
	return nil
}

// percentile gives the least number of minutes within which p of a hundred
// were called; 0 for nobody.
func percentile(minutes map[int]int, p int) int {
	total := 0
	for _, n := range minutes {
		total += n
	}
	keys := make([]int, 0, len(minutes))
	for k := range minutes {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	seen := 0
	for _, k := range keys {
		seen += minutes[k]
		if seen*100 >= p*total {
			return k
		}
	}
	return 0
}
