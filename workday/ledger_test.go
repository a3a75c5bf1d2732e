package workday

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
)

// start20 is accepted on Wednesday 2026-10-14, with 20 working days due on 2026-11-11.
func ledger(t testing.TB, entries ...Entry) Ledger {
	t.Helper()
	l, err := NewLedger(entries...)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func started(on string) Entry { return Entry{Kind: Start, On: date(on)} }
func stopped(on string) Entry { return Entry{Kind: Stop, On: date(on)} }
func resumed(on string) Entry { return Entry{Kind: Resume, On: date(on)} }
func paused(on string) Entry {
	return Entry{Kind: Pause, On: date(on), Reason: "专家评审", Document: "韶特告〔2026〕1号"}
}
func extended(on string, days int) Entry {
	return Entry{Kind: Extend, On: date(on), Reason: "案情复杂", Document: "韶延告〔2026〕1号", ApprovedBy: "局长", Days: days}
}

func TestAppendRefusesWhatIsIllegal(t *testing.T) {
	day := "2026-10-20"
	running := []Entry{started("2026-10-14")}
	without := func(e Entry, change func(*Entry)) Entry { change(&e); return e }
	for name, c := range map[string]struct {
		history []Entry
		next    Entry
		want    error
	}{
		"pause before start":         {nil, paused(day), ErrNotStarted},
		"start twice":                {running, started(day), ErrStartedTwice},
		"no date":                    {running, Entry{Kind: Stop}, ErrNeedsDate},
		"before the last entry":      {running, stopped("2026-10-13"), ErrOutOfOrder},
		"pause while paused":         {append(running, paused(day)), paused(day), ErrPausedTwice},
		"pause, extended, pause":     {append(running, paused(day), extended(day, 10)), paused(day), ErrPausedTwice},
		"pause without reason":       {running, without(paused(day), func(e *Entry) { e.Reason = "" }), ErrNeedsReason},
		"pause without notice":       {running, without(paused(day), func(e *Entry) { e.Document = "" }), ErrNeedsDocument},
		"resume while running":       {running, resumed(day), ErrNotPaused},
		"resume twice":               {append(running, paused(day), resumed(day)), resumed(day), ErrNotPaused},
		"second extension":           {append(running, extended(day, 10)), extended(day, 5), ErrExtendedTwice},
		"extension without reason":   {running, without(extended(day, 9), func(e *Entry) { e.Reason = "" }), ErrNeedsReason},
		"extension without notice":   {running, without(extended(day, 9), func(e *Entry) { e.Document = "" }), ErrNeedsDocument},
		"extension without approver": {running, without(extended(day, 9), func(e *Entry) { e.ApprovedBy = "" }), ErrNeedsApprover},
		"extension of no day":        {running, extended(day, 0), ErrExtensionDays},
		"extension of two years":     {running, extended(day, 731), ErrExtensionDays},
		"after the stop":             {append(running, stopped(day)), extended(day, 3), ErrStopped},
		"unknown kind":               {running, Entry{Kind: "nap", On: date(day)}, ErrUnknownKind},
	} {
		t.Run(name, func(t *testing.T) {
			before := ledger(t, c.history...)
			after, err := before.Append(c.next)
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if len(after.Entries()) != len(c.history) {
				t.Error("a refused entry must not be kept")
			}
			if _, err := NewLedger(append(c.history, c.next)...); !errors.Is(err, c.want) {
				t.Errorf("NewLedger: %v", err)
			}
		})
	}
}

func TestAppendLeavesTheReceiverAlone(t *testing.T) {
	l := ledger(t, started("2026-10-14"))
	a, _ := l.Append(stopped("2026-10-15"))
	b, _ := l.Append(stopped("2026-10-16"))
	if len(l.Entries()) != 1 || a.StoppedOn() != date("2026-10-15") || b.StoppedOn() != date("2026-10-16") {
		t.Error("two continuations of one ledger must not share their tail")
	}
	list := a.Entries()
	list[0].On = date("2000-01-01")
	if a.StartedOn() != date("2026-10-14") {
		t.Error("Entries is a copy")
	}
}

func TestLedgerCounts(t *testing.T) {
	twenty := Limit{20, Workdays}
	for _, c := range []struct {
		name    string
		entries []Entry
		limit   Limit
		asOf    string
		elapsed int
		left    int
		due     string
		overdue bool
		light   Light
	}{
		{"on the start day", []Entry{started("2026-10-14")}, twenty, "2026-10-14", 0, 20, "2026-11-11", false, LightGreen},
		{"running", []Entry{started("2026-10-14")}, twenty, "2026-10-23", 7, 13, "2026-11-11", false, LightGreen},
		{"three days left", []Entry{started("2026-10-14")}, twenty, "2026-11-06", 17, 3, "2026-11-11", false, LightYellow},
		{"one day left", []Entry{started("2026-10-14")}, twenty, "2026-11-10", 19, 1, "2026-11-11", false, LightRed},
		{"last day", []Entry{started("2026-10-14")}, twenty, "2026-11-11", 20, 0, "2026-11-11", false, LightRed},
		{"a day late", []Entry{started("2026-10-14")}, twenty, "2026-11-12", 21, -1, "2026-11-11", true, LightOverdue},
		{"over the weekend after a Friday", []Entry{started("2026-10-16")}, Limit{5, Workdays}, "2026-10-24", 5, 0,
			"2026-10-23", true, LightOverdue},
		{"paused: due as if resumed today", []Entry{started("2026-10-14"), paused("2026-10-23")}, twenty, "2026-11-06",
			7, 13, "2026-11-25", false, LightGreen},
		{"resumed", []Entry{started("2026-10-14"), paused("2026-10-23"), resumed("2026-11-06")}, twenty, "2026-11-09",
			8, 12, "2026-11-25", false, LightGreen},
		{"asked about before the pause", []Entry{started("2026-10-14"), paused("2026-10-23")}, twenty, "2026-10-20",
			4, 16, "2026-11-11", false, LightGreen},
		{"paused and resumed on one day", []Entry{started("2026-10-14"), paused("2026-10-23"), resumed("2026-10-23")},
			twenty, "2026-11-11", 20, 0, "2026-11-11", false, LightRed},
		{"two pauses", []Entry{started("2026-10-14"), paused("2026-10-16"), resumed("2026-10-20"), paused("2026-10-21"),
			resumed("2026-10-23")}, twenty, "2026-10-26", 4, 16, "2026-11-17", false, LightGreen},
		{"extended", []Entry{started("2026-10-14"), extended("2026-11-09", 10)}, twenty, "2026-11-12",
			21, 9, "2026-11-25", false, LightGreen},
		{"not extended yet", []Entry{started("2026-10-14"), extended("2026-11-09", 10)}, twenty, "2026-11-06",
			17, 3, "2026-11-11", false, LightYellow},
		{"extended while paused", []Entry{started("2026-10-14"), paused("2026-10-23"), extended("2026-10-26", 10)}, twenty,
			"2026-11-06", 7, 23, "2026-12-09", false, LightGreen},
		{"late before the pause stays late", []Entry{started("2026-10-14"), paused("2026-11-12")}, twenty, "2026-12-01",
			21, -1, "2026-11-11", true, LightOverdue},
		{"paused on the last day", []Entry{started("2026-10-14"), paused("2026-11-11")}, twenty, "2026-12-01",
			20, 0, "2026-12-01", false, LightRed},
		{"stopped in time", []Entry{started("2026-10-14"), stopped("2026-11-11")}, twenty, "2026-12-31",
			20, 0, "2026-11-11", false, LightGreen},
		{"stopped late", []Entry{started("2026-10-14"), stopped("2026-11-12")}, twenty, "2026-12-31",
			21, -1, "2026-11-11", true, LightOverdue},
		{"withdrawn in a pause", []Entry{started("2026-10-14"), paused("2026-10-23"), stopped("2026-11-30")}, twenty,
			"2026-12-31", 7, 13, "2026-12-17", false, LightGreen},
		{"natural days", []Entry{started("2026-10-14"), paused("2026-10-20"), resumed("2026-10-30")}, Limit{15, NaturalDays},
			"2026-11-01", 8, 7, "2026-11-08", false, LightGreen},
		{"hours", []Entry{started("2026-10-14")}, Limit{36, Hours}, "2026-10-15", 1, 1, "2026-10-16", false, LightRed},
		{"instant, on its day", []Entry{started("2026-10-14")}, Limit{Unit: Immediate}, "2026-10-14", 0, 0, "2026-10-14",
			false, LightGreen},
		{"instant, a day late", []Entry{started("2026-10-14")}, Limit{Unit: Immediate}, "2026-10-15", 1, 0, "2026-10-14",
			true, LightOverdue},
		{"before the start", []Entry{started("2026-10-14")}, twenty, "2026-10-13", 0, 20, "", false, LightGreen},
		{"not started", nil, twenty, "2026-10-13", 0, 20, "", false, LightGreen},
		{"as of the last entry", []Entry{started("2026-10-14"), paused("2026-10-23")}, twenty, "", 7, 13, "2026-11-11",
			false, LightGreen},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, cal := ledger(t, c.entries...), China()
			var asOf Date
			if c.asOf != "" {
				asOf = date(c.asOf)
			}
			unit := c.limit.Unit
			if unit == Immediate {
				unit = Workdays
			}
			if got := l.ElapsedIn(cal, unit, asOf); got != c.elapsed {
				t.Errorf("elapsed %d, want %d", got, c.elapsed)
			}
			if got := l.Remaining(cal, c.limit, asOf); got != c.left {
				t.Errorf("remaining %d, want %d", got, c.left)
			}
			if got := l.DueOn(cal, c.limit, asOf); got.String() != c.due {
				t.Errorf("due %s, want %s", got, c.due)
			}
			if got := l.Overdue(cal, c.limit, asOf); got != c.overdue {
				t.Errorf("overdue %v, want %v", got, c.overdue)
			}
			if got := l.Light(cal, c.limit, asOf, DefaultThresholds); got != c.light {
				t.Errorf("light %s, want %s", got, c.light)
			}
		})
	}
}

func TestAnotherCalendarMovesTheDueDate(t *testing.T) {
	l := ledger(t, started("2026-11-16"))
	local := China().With(Day{Date: date("2026-11-24"), Off: true, Name: "盘王节"})
	if a, b := l.DueOn(China(), DecisionLimit, Date{}), l.DueOn(local, DecisionLimit, Date{}); b != China().Next(a) {
		t.Errorf("%s, with a day off more %s", a, b)
	}
}

func TestLedgerCountingTheStartDay(t *testing.T) {
	l := ledger(t, started("2026-10-14"), paused("2026-10-23"), resumed("2026-11-06")).WithOptions(Options{CountStartDay: true})
	if got := l.Elapsed(China(), date("2026-11-09")); got != 9 {
		t.Errorf("elapsed %d: the start day counts, the day of resumption does not", got)
	}
	if got := l.DueOn(China(), Limit{20, Workdays}, date("2026-11-09")); got != date("2026-11-24") {
		t.Errorf("due %s", got)
	}
	sunday := ledger(t, started("2026-10-18")).WithOptions(Options{CountStartDay: true})
	if got := sunday.Elapsed(China(), date("2026-10-19")); got != 1 {
		t.Errorf("a start day off does not count: %d", got)
	}
	if got := sunday.ElapsedIn(China(), NaturalDays, date("2026-10-19")); got != 2 {
		t.Errorf("as a natural day it does: %d", got)
	}
}

func TestLedgerState(t *testing.T) {
	l := ledger(t, started("2026-10-14"), paused("2026-10-23"), resumed("2026-11-06"), stopped("2026-11-10"))
	for asOf, want := range map[string]string{
		"2026-10-13": "false false false", "2026-10-14": "true false false", "2026-10-23": "true true false",
		"2026-11-06": "true false false", "2026-11-10": "true false true", "2030-01-01": "true false true",
	} {
		d := date(asOf)
		if got := fmt.Sprint(l.Started(d), l.Paused(d), l.Stopped(d)); got != want {
			t.Errorf("%s: started, paused, stopped = %s, want %s", asOf, got, want)
		}
	}
	if (Ledger{}).Started(Date{}) || !(Ledger{}).StartedOn().IsZero() || !(Ledger{}).StoppedOn().IsZero() {
		t.Error("the zero ledger has not started")
	}
}

func TestLedgerAsJSON(t *testing.T) {
	in := ledger(t, started("2026-10-14"), paused("2026-10-23"))
	text, err := json.Marshal(in)
	want := `[{"kind":"start","on":"2026-10-14"},` +
		`{"kind":"pause","on":"2026-10-23","reason":"专家评审","document":"韶特告〔2026〕1号"}]`
	if err != nil || string(text) != want {
		t.Fatalf("%s, %v", text, err)
	}
	var out Ledger
	if err := json.Unmarshal(text, &out); err != nil || !out.Paused(Date{}) || len(out.Entries()) != 2 {
		t.Errorf("%+v, %v", out, err)
	}
	if err := json.Unmarshal([]byte(`[{"kind":"pause","on":"2026-10-23"}]`), &out); !errors.Is(err, ErrNotStarted) {
		t.Errorf("an illegal history must be refused: %v", err)
	}
	if err := json.Unmarshal([]byte(`7`), &out); err == nil {
		t.Error("a number is no ledger")
	}
	if text, _ := json.Marshal(Ledger{}); string(text) != "[]" {
		t.Errorf("zero ledger: %s", text)
	}
}

// While a clock runs within its limit, what elapsed and what remains make up the limit, and a pause of any length moves
// the due date by exactly the working days it took.
func FuzzLedger(f *testing.F) {
	f.Add(uint16(300), uint8(20), uint8(5), uint8(9))
	f.Fuzz(func(t *testing.T, day uint16, n, untilPause, pause uint8) {
		cal := China()
		start := cal.Next(date("2018-01-01").Add(int(day) % 2500))
		limit := Limit{int(n)%60 + 1, Workdays}
		pausedOn := cal.AddWorkdays(start, int(untilPause)%(limit.N+1))
		resumedOn := pausedOn.Add(int(pause))
		l := ledger(t, Entry{Kind: Start, On: start}, Entry{Kind: Pause, On: pausedOn, Reason: "检验", Document: "1"},
			Entry{Kind: Resume, On: resumedOn})
		took := cal.WorkdaysBetween(pausedOn, resumedOn)
		due := l.DueOn(cal, limit, resumedOn)
		plain := cal.AddWorkdays(start, limit.N+took)
		if limit.N > int(untilPause)%(limit.N+1) && due != plain {
			t.Fatalf("due %s, want %s", due, plain)
		}
		if l.Elapsed(cal, resumedOn)+l.Remaining(cal, limit, resumedOn) != limit.N {
			t.Fatal("elapsed and remaining do not make up the limit")
		}
		if l.Overdue(cal, limit, due) || !l.Overdue(cal, limit, due.Add(1)) {
			t.Fatalf("overdue exactly after the due date %s", due)
		}
	})
}

func BenchmarkLedgerDueOn(b *testing.B) {
	l := ledger(b, started("2026-10-14"), paused("2026-10-23"), resumed("2026-11-06"))
	cal, asOf := China(), date("2026-11-09")
	for b.Loop() {
		l.DueOn(cal, DecisionLimit, asOf)
	}
}

func ExampleLedger() {
	l, _ := NewLedger(Entry{Kind: Start, On: MustParseDate("2026-10-14")})
	fmt.Println("due", l.DueOn(China(), DecisionLimit, MustParseDate("2026-10-14")))

	_, err := l.Append(Entry{Kind: Pause, On: MustParseDate("2026-10-23"), Reason: "专家评审"})
	fmt.Println(err)

	l, _ = l.Append(Entry{Kind: Pause, On: MustParseDate("2026-10-23"), Reason: "专家评审", Document: "韶特告〔2026〕1号"})
	l, _ = l.Append(Entry{Kind: Resume, On: MustParseDate("2026-11-06")})
	today := MustParseDate("2026-11-09")
	fmt.Println("due", l.DueOn(China(), DecisionLimit, today), "elapsed", l.Elapsed(China(), today),
		"remaining", l.Remaining(China(), DecisionLimit, today), l.Light(China(), DecisionLimit, today, DefaultThresholds))
	// Output:
	// due 2026-11-11
	// 暂停或延长须书面告知申请人，请填写告知书的文书编号。
	// due 2026-11-25 elapsed 8 remaining 12 green
}
