package load

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// The year 2019 as it was published (domain §2), by who received the case.
const (
	cityCases   = 144_346
	countyCases = 85_781 // of all counties, with the two below
	ownCases    = 43_000 // of the county hall of Ruyuan
	townCases   = 8_300  // of Ruyuan's towns and villages
	ownCounty   = "440232000000"
)

// Levels of divisions, as items name them.
const (
	levelCity    = 3
	levelCounty  = 4
	levelTown    = 5
	levelVillage = 6
)

// world is what the clients have learned of the server's city.
type world struct {
	site *site
	city City

	root      string
	counties  []string
	towns     []string // of the own county
	villages  []string
	items     map[int][]item // by level
	clerks    map[string][]string
	approvers map[string][]string
	persons   []Person
	firms     []Person

	mu      sync.Mutex
	plans   map[string]*plan
	leftOut map[string]string
}

type item struct {
	Code     string   `json:"code"`
	Audience []string `json:"audience"`
	Levels   []int    `json:"levels"`
}

type page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
}

// all reads a list to its end.
func all[T any](ctx context.Context, s *site, op, account, path string, query url.Values) ([]T, error) {
	var list []T
	query.Set("limit", "200")
	for {
		var p page[T]
		if err := s.get(ctx, op, account, path+"?"+query.Encode(), &p); err != nil {
			return nil, err
		}
		list = append(list, p.Items...)
		if p.Next == "" {
			return list, nil
		}
		query.Set("after", p.Next)
	}
}

// learn asks the server for its divisions and items.
func learn(ctx context.Context, s *site, c City) (*world, error) {
	w := &world{site: s, city: c, items: map[int][]item{}, plans: map[string]*plan{}, leftOut: map[string]string{},
		clerks: map[string][]string{}, approvers: map[string][]string{}}
	for _, x := range c.Staff {
		switch {
		case x.Manager:
		case x.Outlet != "":
			w.clerks[x.Outlet] = append(w.clerks[x.Outlet], x.Account)
		case x.Agency != "":
			w.approvers[x.Agency] = append(w.approvers[x.Agency], x.Account)
		}
	}
	for _, p := range c.People {
		if p.Enterprise {
			w.firms = append(w.firms, p)
		} else {
			w.persons = append(w.persons, p)
		}
	}
	if len(w.persons) == 0 || len(w.clerks) == 0 || len(w.approvers) == 0 {
		return nil, errors.New("nobody lives or works in the city that was handed in")
	}
	if err := s.answers(ctx); err != nil {
		return nil, err
	}
	if err := w.learnPlaces(ctx); err != nil {
		return nil, err
	}
	for level := levelCity; level <= levelVillage; level++ {
		list, err := all[item](ctx, s, "items", "", "/api/v1/items", url.Values{"level": {strconv.Itoa(level)}})
		if err != nil {
			return nil, err
		}
		if len(list) == 0 {
			return nil, fmt.Errorf("the server has no items of level %d", level)
		}
		slices.SortFunc(list, func(a, b item) int { return strings.Compare(a.Code, b.Code) })
		w.items[level] = list
	}
	return w, nil
}

func (w *world) learnPlaces(ctx context.Context) (err error) {
	w.root = ownCounty[:4] + "00000000"
	if w.counties, err = w.below(ctx, w.root); err != nil {
		return err
	}
	if !slices.Contains(w.counties, ownCounty) {
		return fmt.Errorf("the server has no county %s: it is not the sample city", ownCounty)
	}
	if w.towns, err = w.below(ctx, ownCounty); err != nil {
		return err
	}
	for _, t := range w.towns {
		list, err := w.below(ctx, t)
		if err != nil {
			return err
		}
		w.villages = append(w.villages, list...)
	}
	return nil
}

func (w *world) below(ctx context.Context, parent string) ([]string, error) {
	type division struct {
		Code string `json:"code"`
	}
	list, err := all[division](ctx, w.site, "divisions", "", "/api/v1/divisions", url.Values{"parent": {parent}})
	codes := make([]string, len(list))
	for i, d := range list {
		codes[i] = d.Code
	}
	return codes, err
}

// where draws the division of a matter and its level, in the proportions of
// the published year.
func (w *world) where(r *rand.Rand) (division string, level int) {
	n := r.IntN(cityCases + countyCases)
	switch {
	case n < cityCases:
		return w.root, levelCity
	case n < cityCases+ownCases:
		return ownCounty, levelCounty
	case n < cityCases+ownCases+townCases:
		if r.IntN(3) > 0 {
			return w.towns[r.IntN(len(w.towns))], levelTown
		}
		return w.villages[r.IntN(len(w.villages))], levelVillage
	}
	for {
		if c := w.counties[r.IntN(len(w.counties))]; c != ownCounty {
			return c, levelCounty
		}
	}
}

// what draws an item of a level: a few are asked for very often and most
// seldom, as the smallest of three draws.
func (w *world) what(level int, r *rand.Rand) item {
	list := w.items[level]
	k := min(r.IntN(len(list)), r.IntN(len(list)), r.IntN(len(list)))
	// Which ones are frequent differs from level to level, and is the same in every run.
	return list[(k+level*31)%len(list)]
}

// draw finds something that somebody can apply for.
func (w *world) draw(ctx context.Context, r *rand.Rand) (*plan, error) {
	var err error
	for range 50 {
		division, level := w.where(r)
		it := w.what(level, r)
		var p *plan
		if p, err = w.plan(ctx, it, division, level); err == nil {
			return p, nil
		}
		if errors.Is(err, errUnanswered) || ctx.Err() != nil {
			return nil, err
		}
		w.note(it.Code+" "+division, err)
	}
	return nil, fmt.Errorf("nothing that was tried can be applied for: %w", err)
}

// leave lets nobody else try what the server has refused as an application.
func (w *world) leave(p *plan, err error) {
	w.note(p.item+" "+p.division, err)
	w.mu.Lock()
	defer w.mu.Unlock()
	gone := &plan{err: err}
	gone.once.Do(func() {})
	w.plans[p.item+" "+p.division] = gone
}

func (w *world) note(what string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.leftOut[what] = short(err)
}
