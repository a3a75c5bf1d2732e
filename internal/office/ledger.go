package office

import "yimen/workday"

// span is one stretch of the clock: it ran or stood still.
type span struct {
	From, To workday.Date // To zero: until now
	Runs     bool
	Days     int // working days counted
	What     string
	Entry    workday.Entry
}

// spans turns the ledger into stretches for people.
func (p *casePage) spans() []span {
	entries := p.c.Content.Ledger
	var list []span
	counting := workday.Date{}
	for i, e := range entries {
		s := span{From: e.On, Entry: e}
		for _, later := range entries[i+1:] {
			if later.Kind != workday.Extend {
				s.To = later.On
				break
			}
		}
		switch e.Kind {
		case workday.Start, workday.Resume:
			s.Runs, s.What, counting = true, ledgerWords[e.Kind], e.On
			s.Days = p.days.cal.WorkdaysBetween(counting, orDate(s.To, p.days.today))
		case workday.Pause:
			s.What = ledgerWords[e.Kind]
		default: // a moment, not a stretch
			s.To, s.What = e.On, ledgerWords[e.Kind]
		}
		list = append(list, s)
	}
	return list
}

var ledgerWords = map[workday.Kind]string{
	workday.Start: "计时", workday.Resume: "恢复计时", workday.Pause: "暂停（不计入时限）", workday.Extend: "延长期限", workday.Stop: "停止计时",
}

// elapsed is the working days counted so far by the ledger.
func (p *casePage) elapsed() int {
	l, err := workday.NewLedger(p.c.Content.Ledger...)
	if err != nil { // stored entries were accepted one by one
		return 0
	}
	return l.Elapsed(p.days.cal, p.days.today)
}

func orDate(d, fallback workday.Date) workday.Date {
	if d.IsZero() {
		return fallback
	}
	return d
}
