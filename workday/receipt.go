package workday

import "time"

// ReceiptDeadline gives the last day on which the organ may ask for missing materials or refuse to accept: the fifth
// working day after receipt (行政许可法 art. 32(4)).
func ReceiptDeadline(cal *Calendar, receivedOn Date) Date {
	return ReceiptLimit.DueOn(cal, receivedOn, Options{})
}

// IsDeemedAccepted tells whether silence has become acceptance by asOf: the receipt deadline is over.
func IsDeemedAccepted(cal *Calendar, receivedOn, asOf Date) bool {
	return !receivedOn.IsZero() && asOf.After(ReceiptDeadline(cal, receivedOn))
}

// DeemedAcceptedOn gives the date of acceptance when the organ has kept silent: the day the materials were received, not
// the day the silence ended. Promised and legal clocks start back then (art. 32(4)).
func DeemedAcceptedOn(receivedOn Date) Date { return receivedOn }

// ReceivedOn gives the date on which an application submitted at at counts as received: that day if it is a working day
// and the office still open, else the next working day. closes is the time of day when the office closes, such as
// 17*time.Hour+30*time.Minute; 24 hours lets the whole day count.
func ReceivedOn(cal *Calendar, at time.Time, loc *time.Location, closes time.Duration) Date {
	day := DateOf(at, loc)
	if day.IsZero() {
		return day
	}
	t := at
	if loc != nil {
		t = at.In(loc)
	}
	// By the clock on the wall, not by time elapsed since midnight.
	onWall := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute +
		time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
	if cal.IsWorkday(day) && onWall < closes {
		return day
	}
	return cal.Next(day)
}
