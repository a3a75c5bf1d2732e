package catalogue

import (
	"cmp"
	"context"
	"math"
	"slices"

	"yimen/internal/org"
)

// Use is how often an item was applied for at the outlets of a county; County
// "" is the whole city.
type Use struct {
	Item   string `db:"item"`
	County string `db:"county"`
	N      int64  `db:"n"`
}

// KeepPopular replaces what is known of how often items are applied for. Who
// counts is above: see the job catalogue.popular.
func (m *Module) KeepPopular(ctx context.Context, uses []Use) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		c := m.DB.Conn(ctx)
		if _, err := c.Exec(ctx, `DELETE FROM catalogue_popular`); err != nil {
			return err
		}
		for part := range slices.Chunk(uses, loadChunk) {
			if _, err := c.ExecNamed(ctx, `INSERT INTO catalogue_popular (item, county, n) VALUES (:item, :county, :n)`, part); err != nil {
				return err
			}
		}
		return m.changeShelf(ctx)
	})
}

func (m *Module) readPopular(ctx context.Context, s *shelf) error {
	var uses []Use
	if err := m.DB.Conn(ctx).Select(ctx, &uses, `SELECT item, county, n FROM catalogue_popular`); err != nil {
		return err
	}
	for _, u := range uses {
		if s.popular[u.Item] == nil {
			s.popular[u.Item] = map[string]int64{}
		}
		s.popular[u.Item][u.County] = u.N
		s.most[u.County] = max(s.most[u.County], u.N)
	}
	return nil
}

// uses is how often an item is applied for around a division.
func (s *shelf) uses(item, division string) int64 {
	return s.popular[item][countyOf(division)]
}

// countyOf is the county a division lies in; "" for the city and what is above.
func countyOf(division string) string {
	if division == "" {
		return ""
	}
	return org.Above(division, org.County)
}

// popularity is 0 to 1 on a scale of magnitudes.
func (s *shelf) popularity(item, division string) float64 {
	most := s.most[countyOf(division)]
	if most == 0 {
		return 0
	}
	return math.Log1p(float64(s.uses(item, division))) / math.Log1p(float64(most))
}

// mixed takes n in their order, first no more than two of a domain, so that a
// short list is not nine kinds of pension.
func mixed(list []Item, n int) []Item {
	var first, rest []Item
	seen := map[string]int{}
	for _, it := range list {
		if seen[it.Domain]++; seen[it.Domain] <= 2 {
			first = append(first, it)
		} else {
			rest = append(rest, it)
		}
	}
	list = append(first, rest...)
	return list[:min(n, len(list))]
}

// Popular gives the n items that match and are applied for most around the
// query's Region; with nothing to count yet, those handled nearest to the
// people. Errors are those of Find.
func (m *Module) Popular(ctx context.Context, q Query, n int) ([]Item, error) {
	q.Q = ""
	s, found, err := m.matching(ctx, &q)
	if err != nil {
		return nil, err
	}
	list := make([]Item, len(found.list))
	for i, f := range found.list {
		list[i] = f.Item
	}
	slices.SortStableFunc(list, func(a, b Item) int {
		return cmp.Or(cmp.Compare(s.uses(b.Code, q.Region), s.uses(a.Code, q.Region)),
			cmp.Compare(slices.Max(append(b.Levels, 0)), slices.Max(append(a.Levels, 0))))
	})
	list = mixed(list, n)
	return list, m.nameAgencies(ctx, list, q.Division)
}
