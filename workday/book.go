package workday

import "maps"

// A Book holds the calendars of a country's divisions: a base, and the days by which single divisions differ from it,
// such as a local festival of an autonomous county. Books are immutable and safe for concurrent use.
type Book struct {
	base  *Calendar
	own   map[string][]Day     // by division key
	calcs map[string]*Calendar // by division key, inheritance applied
}

// NewBook makes a book in which every division has the base calendar.
func NewBook(base *Calendar) *Book { return &Book{base: base} }

// Base gives the calendar of divisions without days of their own.
func (b *Book) Base() *Calendar { return b.base }

// WithBase gives a book with another base, as after a new national notice. The divisions keep their own days.
func (b *Book) WithBase(base *Calendar) *Book {
	next := &Book{base: base, own: b.own}
	next.recompute()
	return next
}

// Set gives a book in which the days of the division (12-digit code; 2, 4, 6 or 9 digits are padded) are these, in place
// of those it had. The divisions below it inherit them. Without days the division goes back to what it inherits.
func (b *Book) Set(division string, days ...Day) *Book {
	next := &Book{base: b.base, own: maps.Clone(b.own)}
	if next.own == nil {
		next.own = map[string][]Day{}
	}
	if len(days) == 0 {
		delete(next.own, divisionKey(division))
	} else {
		next.own[divisionKey(division)] = append([]Day(nil), days...)
	}
	next.recompute()
	return next
}

// For gives the calendar of a division: its own days, else those of its town, county, city, province, else the base.
func (b *Book) For(division string) *Calendar {
	if len(b.calcs) == 0 {
		return b.base
	}
	if c, ok := b.calcs[divisionKey(division)]; ok {
		return c
	}
	for _, width := range [...]int{12, 9, 6, 4, 2} {
		if len(division) >= width {
			if c, ok := b.calcs[division[:width]]; ok {
				return c
			}
		}
	}
	return b.base
}

// recompute builds the calendars top down, so that each inherits from the nearest division above it.
func (b *Book) recompute() {
	b.calcs = make(map[string]*Calendar, len(b.own))
	for _, width := range [...]int{2, 4, 6, 9, 12} {
		for key, days := range b.own {
			if levelWidth(key) == width {
				b.calcs[key] = NewCalendar(b.For(key), days...)
			}
		}
	}
}

// divisionKey drops the zero segments at the end: 440232000000 → 440232.
func divisionKey(code string) string {
	for _, cut := range [...]struct {
		from int
		zero string
	}{{9, "000"}, {6, "000"}, {4, "00"}, {2, "00"}} {
		if len(code) != cut.from+len(cut.zero) || code[cut.from:] != cut.zero {
			continue
		}
		code = code[:cut.from]
	}
	return code
}

// levelWidth sorts keys by level; a key that is no division code counts as the lowest and only ever matches itself.
func levelWidth(key string) int {
	switch len(key) {
	case 2, 4, 6, 9:
		return len(key)
	}
	return 12
}
