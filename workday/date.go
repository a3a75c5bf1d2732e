package workday

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// A Date is a civil date of the Gregorian calendar, without time of day and without zone, in the years 1 to 9999.
// Dates are comparable with == and may be map keys. The zero value means "no date".
//
// In a database a Date is TEXT "2006-01-02" (NULL for the zero value); in JSON it is the same string or null.
type Date struct {
	// n counts days with 0001-01-01 as 1, which is a Monday. 0 is "no date".
	n int32
}

const (
	dayOfUnixEpoch = 719163  // 1970-01-01
	lastDay        = 3652059 // 9999-12-31
)

// NewDate gives the date of year y, month m, day d. Out-of-range months and days carry over as in time.Date
// (32 January is 1 February). The result is the zero Date when it falls outside the years 1 to 9999.
func NewDate(y int, m time.Month, d int) Date {
	return fromTime(time.Date(y, m, d, 0, 0, 0, 0, time.UTC))
}

// DateOf gives the civil date that a clock in loc shows at t; a nil loc means t's own location. The zero time has no date.
func DateOf(t time.Time, loc *time.Location) Date {
	if t.IsZero() {
		return Date{}
	}
	if loc != nil {
		t = t.In(loc)
	}
	y, m, d := t.Date()
	return NewDate(y, m, d)
}

// ParseDate reads "2006-01-02". Anything else, including the empty string and a day that does not exist, is ErrDate.
func ParseDate(s string) (Date, error) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return Date{}, ErrDate
	}
	y, okY := digits(s[0:4])
	m, okM := digits(s[5:7])
	d, okD := digits(s[8:10])
	if !okY || !okM || !okD || y < 1 || m < 1 || m > 12 || d < 1 {
		return Date{}, ErrDate
	}
	date := NewDate(y, time.Month(m), d)
	if _, _, day := date.YMD(); day != d { // 30 February carried over
		return Date{}, ErrDate
	}
	return date, nil
}

// MustParseDate is ParseDate for constants; it panics on a malformed date.
func MustParseDate(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(fmt.Sprintf("workday: %q is not a date", s))
	}
	return d
}

func digits(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

func fromTime(t time.Time) Date {
	sec := t.Unix()
	days := sec / 86400
	if sec%86400 < 0 {
		days--
	}
	return fromDays(int(days) + dayOfUnixEpoch)
}

func fromDays(n int) Date {
	if n < 1 || n > lastDay {
		return Date{}
	}
	return Date{int32(n)}
}

// Time gives the first instant of the date in loc; the zero time for the zero Date.
func (d Date) Time(loc *time.Location) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	y, m, day := d.YMD()
	return time.Date(y, m, day, 0, 0, 0, 0, loc)
}

// End gives the instant at which the date is over in loc (24:00, the first instant of the next day): a deadline "on"
// this date is kept by anything before End.
func (d Date) End(loc *time.Location) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	y, m, day := d.YMD()
	return time.Date(y, m, day+1, 0, 0, 0, 0, loc)
}

// YMD gives year, month and day; all zero for the zero Date.
func (d Date) YMD() (year int, month time.Month, day int) {
	if d.IsZero() {
		return 0, 0, 0
	}
	return time.Unix((int64(d.n)-dayOfUnixEpoch)*86400, 0).UTC().Date()
}

// Year gives the year, 0 for the zero Date.
func (d Date) Year() int { y, _, _ := d.YMD(); return y }

// Month gives the month, 0 for the zero Date.
func (d Date) Month() time.Month { _, m, _ := d.YMD(); return m }

// Day gives the day of the month, 0 for the zero Date.
func (d Date) Day() int { _, _, day := d.YMD(); return day }

// IsZero tells whether d is "no date".
func (d Date) IsZero() bool { return d.n == 0 }

// Weekday gives the day of the week; Sunday for the zero Date.
func (d Date) Weekday() time.Weekday { return time.Weekday(d.n % 7) }

// Add gives the date days natural days later (earlier when negative). No date stays no date; a result outside the years
// 1 to 9999 is no date either.
func (d Date) Add(days int) Date {
	if d.IsZero() {
		return d
	}
	return fromDays(int(d.n) + days)
}

// Sub gives the number of natural days from other to d; 0 when either is zero.
func (d Date) Sub(other Date) int {
	if d.IsZero() || other.IsZero() {
		return 0
	}
	return int(d.n) - int(other.n)
}

// Before tells whether d is earlier than other. "No date" is earlier than every date.
func (d Date) Before(other Date) bool { return d.n < other.n }

// After tells whether d is later than other.
func (d Date) After(other Date) bool { return d.n > other.n }

// Equal tells whether both are the same date, as == does.
func (d Date) Equal(other Date) bool { return d == other }

// Compare gives -1, 0 or 1, for slices.SortFunc.
func (d Date) Compare(other Date) int {
	switch {
	case d.n < other.n:
		return -1
	case d.n > other.n:
		return 1
	}
	return 0
}

// String gives "2006-01-02", "" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	var b [10]byte
	return string(d.appendTo(b[:0]))
}

func (d Date) appendTo(b []byte) []byte {
	y, m, day := d.YMD()
	return append(b,
		byte('0'+y/1000), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10), '-',
		byte('0'+int(m)/10), byte('0'+int(m)%10), '-',
		byte('0'+day/10), byte('0'+day%10))
}

// Chinese gives the form of official documents, 2026年9月30日; "" for the zero Date.
func (d Date) Chinese() string {
	if d.IsZero() {
		return ""
	}
	y, m, day := d.YMD()
	return fmt.Sprintf("%d年%d月%d日", y, int(m), day)
}

// Value stores the date as TEXT, the zero Date as NULL.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.String(), nil
}

// Scan reads TEXT "2006-01-02" (a time of day after it is dropped), a time.Time (its own civil date), or NULL and the
// empty string as the zero Date.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Date{}
		return nil
	case time.Time:
		*d = DateOf(v, nil)
		return nil
	case string:
		return d.scanText(v)
	case []byte:
		return d.scanText(string(v))
	}
	return fmt.Errorf("workday: cannot read a date from %T", src)
}

func (d *Date) scanText(s string) error {
	if len(s) > 10 && (s[10] == 'T' || s[10] == ' ') {
		s = s[:10]
	}
	return d.UnmarshalText([]byte(s))
}

// MarshalText gives String.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText gives; the empty text is the zero Date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// MarshalJSON gives "2006-01-02" in quotes, null for the zero Date.
func (d Date) MarshalJSON() ([]byte, error) {
	if d.IsZero() {
		return []byte("null"), nil
	}
	return append(d.appendTo(append(make([]byte, 0, 12), '"')), '"'), nil
}

// UnmarshalJSON reads a quoted date; null and "" are the zero Date.
func (d *Date) UnmarshalJSON(data []byte) error {
	s := string(data)
	if s == "null" {
		*d = Date{}
		return nil
	}
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return ErrDate
	}
	return d.UnmarshalText(data[1 : len(data)-1])
}
