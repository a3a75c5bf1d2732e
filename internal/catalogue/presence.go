package catalogue

import "context"

// Presence is the rate of presence in the halls (进驻率, §16), with both of its
// numbers, and the rate of comprehensive windows (综合窗口进驻率).
type Presence struct {
	Items    int // published items that may be applied for, without those the law exempts
	InHall   int // of them handled in the hall
	Exempt   int // left out: the list of exempt items (不进驻清单)
	ByWindow int // of those in the hall, accepted at comprehensive windows
}

// Rate is 进驻率 in percent; 0 without items.
func (p Presence) Rate() float64 { return percent(p.InHall, p.Items) }

// WindowRate is 综合窗口进驻率 in percent; 0 without items in the hall.
func (p Presence) WindowRate() float64 { return percent(p.ByWindow, p.InHall) }

func percent(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) * 100 / float64(whole)
}

// PresenceRate counts the items in force. Every published item is one that may
// be applied for (rule 17); suspended ones are not in force.
func (m *Module) PresenceRate(ctx context.Context) (Presence, error) {
	var row struct {
		Items    int `db:"items"`
		InHall   int `db:"in_hall"`
		Exempt   int `db:"exempt"`
		ByWindow int `db:"by_window"`
	}
	err := m.DB.Conn(ctx).Get(ctx, &row, `SELECT
		COALESCE(SUM(CASE WHEN hall_exempt THEN 0 ELSE 1 END), 0) AS items,
		COALESCE(SUM(CASE WHEN hall AND NOT hall_exempt THEN 1 ELSE 0 END), 0) AS in_hall,
		COALESCE(SUM(CASE WHEN hall_exempt THEN 1 ELSE 0 END), 0) AS exempt,
		COALESCE(SUM(CASE WHEN hall AND by_window AND NOT hall_exempt THEN 1 ELSE 0 END), 0) AS by_window
		FROM catalogue_item WHERE state = $1`, Published)
	return Presence(row), err
}
