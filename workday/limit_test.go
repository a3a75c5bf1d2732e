package workday

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestLimitDueOn(t *testing.T) {
	for _, c := range []struct {
		limit Limit
		o     Options
		want  string
	}{ // from Wednesday 2026-09-30; 10-01…07 are off
		{Limit{5, Workdays}, Options{}, "2026-10-13"},
		{Limit{5, Workdays}, Options{CountStartDay: true}, "2026-10-12"},
		{Limit{5, ""}, Options{}, "2026-10-13"},
		{Limit{5, NaturalDays}, Options{}, "2026-10-05"},
		{Limit{5, NaturalDays}, Options{CountStartDay: true}, "2026-10-04"},
		{Limit{5, NaturalDays}, Options{RollToWorkday: true}, "2026-10-08"},
		{Limit{8, NaturalDays}, Options{RollToWorkday: true}, "2026-10-08"},
		{Limit{0, NaturalDays}, Options{RollToWorkday: true}, "2026-09-30"},
		{Limit{24, Hours}, Options{}, "2026-10-01"},
		{Limit{25, Hours}, Options{}, "2026-10-02"},
		{Limit{Unit: Immediate}, Options{}, "2026-09-30"},
	} {
		if got := c.limit.DueOn(China(), date("2026-09-30"), c.o); got != date(c.want) {
			t.Errorf("%s %+v: %s, want %s", c.limit, c.o, got, c.want)
		}
	}
}

func TestLimitDueAt(t *testing.T) {
	east8 := time.FixedZone("CST", 8*3600)
	start := time.Date(2026, 9, 30, 10, 30, 0, 0, east8)
	for limit, want := range map[Limit]time.Time{
		{1, Workdays}:     time.Date(2026, 10, 9, 0, 0, 0, 0, east8), // 24:00 of 10-08
		{1, NaturalDays}:  time.Date(2026, 10, 2, 0, 0, 0, 0, east8),
		{2, Hours}:        time.Date(2026, 9, 30, 12, 30, 0, 0, east8),
		{Unit: Immediate}: time.Date(2026, 10, 1, 0, 0, 0, 0, east8),
	} {
		if got := limit.DueAt(China(), start, east8, Options{}); !got.Equal(want) {
			t.Errorf("%s: %s, want %s", limit, got, want)
		}
	}
}

func TestUnits(t *testing.T) {
	for _, s := range []string{"G", "Z", "H", "J"} {
		if u, err := ParseUnit(s); err != nil || string(u) != s || !u.Valid() {
			t.Errorf("%s: %v", s, err)
		}
	}
	for _, s := range []string{"", "g", "D"} {
		if _, err := ParseUnit(s); !errors.Is(err, ErrUnit) || Unit(s).Valid() {
			t.Errorf("%q must be refused: %v", s, err)
		}
	}
}

func TestLightsHaveWords(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range []Light{LightGreen, LightYellow, LightRed, LightOverdue} {
		seen[l.Chinese()] = true
	}
	if len(seen) != 4 || seen[""] {
		t.Errorf("words: %v", seen)
	}
}

func ExampleLimit_String() {
	fmt.Println(DecisionLimit, Limit{60, NaturalDays}, Limit{24, Hours}, Limit{Unit: Immediate})
	// Output: 20个工作日 60个自然日 24小时 即办
}

func ExampleLimit_DueOn() {
	accepted := MustParseDate("2026-09-30")
	fmt.Println(DecisionLimit.DueOn(China(), accepted, Options{}))
	// Output: 2026-11-03
}
