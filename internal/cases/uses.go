package cases

import (
	"context"
	"time"
)

// Use is how many applications for an item came in at the outlets of a county;
// County "" is the whole city.
type Use struct {
	Item   string `db:"item"`
	County string `db:"county"` // twelve digits
	N      int64  `db:"n"`
}

// Uses counts the applications since a moment, by item and county and for the
// whole city. It reads every case of that time: for a job, not for a page.
func (m *Module) Uses(ctx context.Context, since time.Time) ([]Use, error) {
	var list []Use
	err := m.db.Conn(ctx).Select(ctx, &list, `SELECT item, SUBSTR(receiving_division, 1, 6) AS county, COUNT(*) AS n FROM cases_case
		WHERE submitted_at >= $1 GROUP BY item, SUBSTR(receiving_division, 1, 6)`, since.UTC())
	if err != nil {
		return nil, wrap("count uses of items", err)
	}
	city := map[string]int64{}
	for i := range list {
		city[list[i].Item] += list[i].N
		list[i].County += "000000"
	}
	for item, n := range city {
		list = append(list, Use{Item: item, N: n})
	}
	return list, nil
}
