package org

import (
	"context"
	"strings"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/workday"
)

// Division gives one division, also one that is no longer valid;
// ErrDivisionUnknown.
func (m *Module) Division(ctx context.Context, code string) (Division, error) {
	s, err := m.view(ctx)
	if err != nil {
		return Division{}, err
	}
	d, ok := s.divisions[code]
	if !ok {
		return Division{}, ErrDivisionUnknown
	}
	return *d, nil
}

// DivisionsByCode gives those of the codes that exist.
func (m *Module) DivisionsByCode(ctx context.Context, codes []string) (map[string]Division, error) {
	s, err := m.view(ctx)
	if err != nil {
		return nil, err
	}
	return pick(s.divisions, codes), nil
}

// Current follows the successors of a division to the one that is valid on a
// day; ErrDivisionUnknown when the line ends before it.
func (m *Module) Current(ctx context.Context, code string, on workday.Date) (Division, error) {
	s, err := m.view(ctx)
	if err != nil {
		return Division{}, err
	}
	for range len(s.divisions) { // a circle of successors ends here
		d, ok := s.divisions[code]
		if !ok {
			return Division{}, ErrDivisionUnknown
		}
		if d.ValidOn(on) {
			return *d, nil
		}
		code = d.Successor
	}
	return Division{}, ErrDivisionUnknown
}

// Children lists the real divisions valid today right below a parent, by
// code; parent "" gives the home city. next is "" at the end.
func (m *Module) Children(ctx context.Context, parent string, p db.Page) (list []Division, next string, err error) {
	return m.children(ctx, parent, p, false)
}

// AllChildren is Children with the quasi units: for those who keep the tree.
func (m *Module) AllChildren(ctx context.Context, parent string, p db.Page) (list []Division, next string, err error) {
	return m.children(ctx, parent, p, true)
}

func (m *Module) children(ctx context.Context, parent string, p db.Page, quasi bool) ([]Division, string, error) {
	s, err := m.view(ctx)
	if err != nil {
		return nil, "", err
	}
	candidates := s.childrenOf[parent]
	if parent == "" {
		candidates = s.roots()
	} else if _, ok := s.divisions[parent]; !ok {
		return nil, "", ErrDivisionUnknown
	}
	var after string
	if _, err := p.Key(&after); err != nil {
		return nil, "", err
	}
	today := m.today(ctx)
	var list []Division
	for _, d := range candidates {
		if d.Code > after && d.ValidOn(today) && (quasi || !d.Quasi) {
			list = append(list, *d)
		}
		if len(list) > p.Size() {
			break
		}
	}
	list, next := db.Cut(list, p, func(d Division) []any { return []any{d.Code} })
	return list, next, nil
}

// HasChildren says whether there is a real division valid today below.
func (m *Module) HasChildren(ctx context.Context, code string) (bool, error) {
	list, _, err := m.children(ctx, code, db.Page{Limit: 1}, false)
	return len(list) > 0, err
}

// Path gives the divisions from the city down to the one named, itself last:
// 韶关市, 乳源瑶族自治县, 游溪镇, 大寮坑村. A province alone is its own path.
// ErrDivisionUnknown.
func (m *Module) Path(ctx context.Context, code string) ([]Division, error) {
	s, err := m.view(ctx)
	if err != nil {
		return nil, err
	}
	if _, ok := s.divisions[code]; !ok {
		return nil, ErrDivisionUnknown
	}
	var path []Division
	top := min(City, LevelOf(code))
	for level := top; level <= LevelOf(code); level++ {
		if d, ok := s.divisions[Above(code, level)]; ok {
			path = append(path, *d)
		}
	}
	return path, nil
}

// FullName is the path in words, from the county down:
// 乳源瑶族自治县游溪镇大寮坑村.
func (m *Module) FullName(ctx context.Context, code string) (string, error) {
	path, err := m.Path(ctx, code)
	if err != nil {
		return "", err
	}
	if len(path) > 1 && path[0].Level <= City {
		path = path[1:]
	}
	name := ""
	for _, d := range path {
		name += d.ShortName
	}
	return name, nil
}

// Home gives the city this installation serves: the city whose government is
// registered here; other cities are in the tree as places only.
// ErrDivisionUnknown before anything is loaded.
func (m *Module) Home(ctx context.Context) (Division, error) {
	s, err := m.view(ctx)
	if err != nil {
		return Division{}, err
	}
	if roots := s.roots(); len(roots) > 0 {
		return *roots[0], nil
	}
	return Division{}, ErrDivisionUnknown
}

func (m *Module) now(ctx context.Context) time.Time { return clock.FromContext(ctx, m.Clock).Now() }

func (m *Module) today(ctx context.Context) workday.Date {
	return workday.DateOf(m.now(ctx), clock.Beijing)
}

// FindDivisions lists divisions whose name holds q, or whose code begins with
// it, by code; at most limit, quasi units and those that ended included.
func (m *Module) FindDivisions(ctx context.Context, q string, limit int) ([]Division, error) {
	s, err := m.view(ctx)
	if err != nil {
		return nil, err
	}
	var list []Division
	for _, code := range sortedKeys(s.divisions) {
		d := s.divisions[code]
		if strings.HasPrefix(code, q) || strings.Contains(d.Name, q) || strings.Contains(d.ShortName, q) {
			if list = append(list, *d); len(list) == limit {
				break
			}
		}
	}
	return list, nil
}
