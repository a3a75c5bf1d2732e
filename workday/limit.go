package workday

import (
	"fmt"
	"time"
)

// A Unit says which "day" a time limit means. It is stored and exchanged as its letter.
type Unit string

// The units. G and Z are the letters of Guangdong's exchange format; H and J are of this package.
const (
	Workdays    Unit = "G" // 工作日
	NaturalDays Unit = "Z" // 自然日
	Hours       Unit = "H" // 小时
	Immediate   Unit = "J" // 即办: decided on the spot, on the same day
)

// Valid tells whether u is one of the four units.
func (u Unit) Valid() bool { return u.Chinese() != "" }

// Chinese gives the word for people; "" for an unknown unit.
func (u Unit) Chinese() string {
	switch u {
	case Workdays:
		return "个工作日"
	case NaturalDays:
		return "个自然日"
	case Hours:
		return "小时"
	case Immediate:
		return "即办"
	}
	return ""
}

// ParseUnit reads a unit's letter; anything else is ErrUnit.
func ParseUnit(s string) (Unit, error) {
	if u := Unit(s); u.Valid() {
		return u, nil
	}
	return "", ErrUnit
}

// A Limit is a time limit: a number and what it counts. N is not used with Immediate.
type Limit struct {
	N    int  `json:"n"`
	Unit Unit `json:"unit"`
}

// The limits of the licensing law (行政许可法), all in working days (art. 82).
var (
	ReceiptLimit        = Limit{5, Workdays}  // 补正告知 or 不予受理, else deemed accepted; art. 32(4)
	DecisionLimit       = Limit{20, Workdays} // art. 42
	DecisionExtension   = Limit{10, Workdays} // art. 42, approved by the head of the organ
	JointLimit          = Limit{45, Workdays} // unified, joint or concentrated handling; art. 42
	JointExtension      = Limit{15, Workdays} // art. 42, approved by the head of the government
	PriorReviewLimit    = Limit{20, Workdays} // review by the lower organ; art. 43
	DeliveryLimit       = Limit{10, Workdays} // issue and deliver after the decision; art. 44
	HearingRequestLimit = Limit{5, Workdays}  // arts 46–47
	HearingLimit        = Limit{20, Workdays} // arts 46–47
	HearingNotice       = Limit{7, Workdays}  // before the hearing; art. 48
)

// String gives the limit for people: 20个工作日, 60个自然日, 24小时, 即办.
func (l Limit) String() string {
	if l.Unit == Immediate {
		return l.Unit.Chinese()
	}
	return fmt.Sprintf("%d%s", l.N, l.Unit.Chinese())
}

// DueOn gives the last day of the limit if it starts on from. An immediate limit is due on from. Hours run from a moment
// that a date does not hold, so the result is the latest date on which they can end; DueAt is exact. An unknown unit
// counts as working days, the default of the statute.
func (l Limit) DueOn(cal *Calendar, from Date, o Options) Date {
	switch l.Unit {
	case Immediate:
		return from
	case Hours:
		return from.Add((max(l.N, 0) + 23) / 24)
	case NaturalDays:
		return naturalDue(cal, from, l.N, o)
	}
	return cal.Deadline(from, l.N, o)
}

func naturalDue(cal *Calendar, from Date, n int, o Options) Date {
	if n <= 0 {
		return from
	}
	if o.CountStartDay {
		n--
	}
	due := from.Add(n)
	if o.RollToWorkday && !cal.IsWorkday(due) {
		return cal.Next(due)
	}
	return due
}

// DueAt gives the instant at which the limit has passed if it starts at start: for days the end (24:00 in loc) of DueOn,
// for hours exactly N hours later, for an immediate limit the end of the day.
func (l Limit) DueAt(cal *Calendar, start time.Time, loc *time.Location, o Options) time.Time {
	if l.Unit == Hours {
		return start.Add(time.Duration(l.N) * time.Hour)
	}
	return l.DueOn(cal, DateOf(start, loc), o).End(loc)
}

// count gives the days of the limit's unit after from, up to and including to.
func (u Unit) count(cal *Calendar, from, to Date) int {
	if u == NaturalDays || u == Hours {
		return to.Sub(from)
	}
	return cal.WorkdaysBetween(from, to)
}
