package portal

import (
	"cmp"
	"context"
	"slices"
	"time"

	"yimen/internal/catalogue"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/org"
)

// shelfLife is how long the home page shows the same shelf: an item that was
// published is found by search at once, on the home page within a minute.
const shelfLife = time.Minute

// shelf is what is on offer, sorted for the home page.
type shelf struct {
	madeAt     time.Time
	items      []catalogue.Item
	person     []theme
	enterprise []theme
}

// theme is a domain of items (业务领域) with how many there are in it.
type theme struct {
	Name  string
	Count int
}

// onShelf reads every published item once a minute, however many visitors.
func (m *Module) onShelf(ctx context.Context) (shelf, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := clock.FromContext(ctx, m.Clock).Now()
	if age := now.Sub(m.shelf.madeAt); age >= 0 && age < shelfLife {
		return m.shelf, nil
	}
	s := shelf{madeAt: now}
	page := db.Page{Limit: db.MaxLimit}
	for {
		list, next, err := m.Catalogue.Search(ctx, catalogue.Query{}, page)
		if err != nil {
			return shelf{}, err
		}
		s.items = append(s.items, list...)
		if page.After = next; next == "" {
			break
		}
	}
	s.person, s.enterprise = themesOf(s.items, "person"), themesOf(s.items, "enterprise")
	m.shelf = s
	return s, nil
}

// themesOf counts the items of an audience by domain, the fullest first.
func themesOf(items []catalogue.Item, audience string) []theme {
	count := map[string]int{}
	for _, it := range items {
		if slices.Contains(it.Audience, audience) {
			count[it.Domain]++
		}
	}
	var list []theme
	for name, n := range count {
		list = append(list, theme{name, n})
	}
	slices.SortFunc(list, func(a, b theme) int {
		return cmp.Or(b.Count-a.Count, cmp.Compare(a.Name, b.Name))
	})
	return list
}

// at counts what can be applied for at a division itself; everything for the
// whole city.
func (s shelf) at(d org.Division) int {
	if d.Code == "" {
		return len(s.items)
	}
	n := 0
	for _, it := range s.items {
		if slices.Contains(it.Levels, int(d.Level)) {
			n++
		}
	}
	return n
}

// everywhere is the tag of items that any window of the city takes.
const everywhere = "全市通办"

// common picks n items for a region, from as many domains as there are, so that
// the list is not nine kinds of pension: those handled there, for the whole
// city those that every window takes.
func (s shelf) common(d org.Division, n int) []catalogue.Item {
	var picked []catalogue.Item
	for round := range n {
		seen := map[string]int{}
		for _, it := range s.items {
			fits := slices.Contains(it.Levels, int(d.Level))
			if d.Code == "" {
				fits = slices.Contains(it.Tags, everywhere)
			}
			if !fits || !slices.Contains(it.Audience, "person") {
				continue
			}
			if seen[it.Domain]++; seen[it.Domain] == round+1 && len(picked) < n {
				picked = append(picked, it)
			}
		}
	}
	return picked
}
