package workday

// A span is a stretch of time in which the clock ran: the days after from, up to and including to.
type span struct {
	from, to Date
	first    bool // from is the start of the clock
	open     bool // still running: to is asOf
}

// spans lists when the clock ran, as known on asOf, which is not the zero Date. After a pause that still lasts comes an
// open span that is empty, for what would be if the clock resumed on asOf.
func (l Ledger) spans(asOf Date) []span {
	var list []span
	running, first := false, true
	var from Date
	for _, e := range l.until(asOf) {
		switch e.Kind {
		case Start, Resume:
			running, from, first = true, e.On, e.Kind == Start
		case Pause:
			list = append(list, span{from: from, to: e.On, first: first})
			running, from = false, e.On
		case Stop:
			if !running { // ended in a pause, as by withdrawal
				from, first = e.On, false
			}
			return append(list, span{from: from, to: e.On, first: first, open: true})
		}
	}
	switch {
	case running:
		list = append(list, span{from: from, to: asOf, first: first, open: true})
	case !from.IsZero():
		list = append(list, span{from: asOf, to: asOf, open: true})
	}
	return list
}

// at gives the date to count to: asOf, but never after the stop, and the last entry's date if asOf is zero.
func (l Ledger) at(asOf Date) Date {
	if n := len(l.entries); n > 0 && (asOf.IsZero() || l.entries[n-1].Kind == Stop && asOf.After(l.entries[n-1].On)) {
		return l.entries[n-1].On
	}
	return asOf
}

// Elapsed gives the working days that have counted by asOf: those after the start up to asOf or the stop, without the
// pauses. The day of a pause counts, the day of resumption does not.
func (l Ledger) Elapsed(cal *Calendar, asOf Date) int { return l.ElapsedIn(cal, Workdays, asOf) }

// ElapsedIn is Elapsed in the unit of a limit: natural days for NaturalDays and Hours, else working days.
func (l Ledger) ElapsedIn(cal *Calendar, unit Unit, asOf Date) int {
	total := 0
	for _, s := range l.spans(l.at(asOf)) {
		total += l.length(cal, unit, s)
	}
	return total
}

func (l Ledger) length(cal *Calendar, unit Unit, s span) int {
	n := unit.count(cal, s.from, s.to)
	if !s.first || !l.options.CountStartDay {
		return n
	}
	if unit == NaturalDays || cal.IsWorkday(s.from) && unit != Hours {
		n++
	}
	return n
}

// Remaining gives the days of the limit, extension included, that have not elapsed by asOf, in the unit of the limit
// (for Hours: in days). It is negative when more have elapsed than there were. An immediate limit has 0.
func (l Ledger) Remaining(cal *Calendar, limit Limit, asOf Date) int {
	if limit.Unit == Immediate {
		return 0
	}
	return l.daysOf(limit, asOf) - l.ElapsedIn(cal, limit.Unit, asOf)
}

// daysOf gives the length of the limit with its extension, in days.
func (l Ledger) daysOf(limit Limit, asOf Date) int {
	n := limit.N
	if limit.Unit == Hours {
		n = (max(n, 0) + 23) / 24
	}
	return n + l.Extension(asOf)
}

// DueOn gives the last day of the limit as known on asOf: pauses shift it, an extension adds to it. While the clock is
// paused it is the date that would hold if the clock resumed on asOf. A limit that had run out before a pause keeps the
// day on which it ran out. No date if the clock had not started.
func (l Ledger) DueOn(cal *Calendar, limit Limit, asOf Date) Date {
	asOf = l.at(asOf)
	left := l.daysOf(limit, asOf)
	var due Date
	for _, s := range l.spans(asOf) {
		o := l.options
		o.CountStartDay = o.CountStartDay && s.first
		due = dueOf(cal, limit.Unit, s.from, left, o)
		if s.open || due.Before(s.to) {
			break
		}
		left -= l.length(cal, limit.Unit, s)
	}
	return due
}

// dueOf is Limit.DueOn for a limit already expressed in days.
func dueOf(cal *Calendar, unit Unit, from Date, days int, o Options) Date {
	if unit == Hours {
		unit, o = NaturalDays, Options{}
	}
	return Limit{days, unit}.DueOn(cal, from, o)
}

// Overdue tells whether the limit has passed by asOf: asOf, or the stop before it, is after the due date.
func (l Ledger) Overdue(cal *Calendar, limit Limit, asOf Date) bool {
	asOf = l.at(asOf)
	due := l.DueOn(cal, limit, asOf)
	return !due.IsZero() && asOf.After(due)
}

// A Light is the signal of the supervision board.
type Light string

// The lights. Overdue is 红灯 with 超期; stopped clocks keep the light of their last day, green or overdue.
const (
	LightGreen   Light = "green"
	LightYellow  Light = "yellow"
	LightRed     Light = "red"
	LightOverdue Light = "overdue"
)

// Chinese gives the word for people.
func (l Light) Chinese() string {
	switch l {
	case LightYellow:
		return "临近期限"
	case LightRed:
		return "即将超期"
	case LightOverdue:
		return "已超期"
	}
	return "正常"
}

// Thresholds say when a light changes, in remaining days of the limit's unit.
type Thresholds struct {
	Yellow int // this many days or fewer remain
	Red    int
}

// DefaultThresholds are those of this package; the standards name none.
var DefaultThresholds = Thresholds{Yellow: 3, Red: 1}

// Light gives the signal on asOf. A clock that has stopped is green or overdue; an immediate limit is green on its day;
// a paused clock shows the days it had left. A clock not started is green.
func (l Ledger) Light(cal *Calendar, limit Limit, asOf Date, t Thresholds) Light {
	switch {
	case l.Overdue(cal, limit, asOf):
		return LightOverdue
	case l.Stopped(asOf) || limit.Unit == Immediate || !l.Started(asOf):
		return LightGreen
	}
	switch left := l.Remaining(cal, limit, asOf); {
	case left <= t.Red:
		return LightRed
	case left <= t.Yellow:
		return LightYellow
	}
	return LightGreen
}
