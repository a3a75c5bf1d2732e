package catalogue

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/search"
	"yimen/internal/org"
)

// longestQuery is as many characters as anybody's question has.
const longestQuery = 100

// FoundItems is a page of what was found, with what else can be chosen.
type FoundItems struct {
	Items []Item
	Next  string
	Total int    // on all pages
	Meant string // what was probably meant, when it was found by its sound only
	// What each choice would leave, the other choices being as they are.
	Depts, Domains  []Choice
	Persons, Firms  int
	Online, NoVisit int
	Near            int // handled at the level of the query's Region
}

// Choice is a value to narrow a list by, and how many items it leaves.
type Choice struct {
	Key   string
	Label string
	N     int
}

// scored is an item found, with its place in the order.
type scored struct {
	Item
	score int
}

// matches is what a query finds before it is cut into pages.
type matches struct {
	list   []scored
	result FoundItems
}

// Find is Search that also tells how many there are, and by what the list can
// be narrowed. Errors: as of Search.
func (m *Module) Find(ctx context.Context, q Query, p db.Page) (FoundItems, error) {
	_, found, err := m.matching(ctx, &q)
	if err != nil {
		return FoundItems{}, err
	}
	r := found.result
	r.Total = len(found.list)
	var score int
	var code string
	more, err := p.Key(&score, &code)
	if err != nil {
		return FoundItems{}, err
	}
	if more {
		after := scored{Item{Code: code}, score}
		i, there := slices.BinarySearchFunc(found.list, after, inOrder)
		if there {
			i++
		}
		found.list = found.list[i:]
	}
	page, next := db.Cut(found.list[:min(len(found.list), p.Size()+1)], p, func(s scored) []any { return []any{s.score, s.Code} })
	r.Next = next
	for _, s := range page {
		r.Items = append(r.Items, s.Item)
	}
	return r, m.nameAgencies(ctx, r.Items, q.Division)
}

func inOrder(a, b scored) int {
	return cmp.Or(b.score-a.score, strings.Compare(a.Code, b.Code))
}

// matching finds the items of a query, in their order.
func (m *Module) matching(ctx context.Context, q *Query) (*shelf, matches, error) {
	if err := m.readable(ctx, q); err != nil {
		return nil, matches{}, err
	}
	s, err := m.onShelf(ctx)
	if err != nil {
		return nil, matches{}, err
	}
	candidates, meant := s.candidates(q)
	found := s.narrow(candidates, q)
	found.result.Meant = meant
	slices.SortFunc(found.list, inOrder)
	return s, found, nil
}

// readable checks what was asked.
func (m *Module) readable(ctx context.Context, q *Query) error {
	q.Q = strings.TrimSpace(q.Q)
	if utf8.RuneCountInString(q.Q) > longestQuery {
		return errs.ErrInvalid.Field("q", "搜索的内容不能超过100个字，请缩短。")
	}
	if q.Division != "" {
		if _, err := m.Org.Division(ctx, q.Division); err != nil {
			return err
		}
	}
	if q.Level != 0 && (q.Level < LevelCity || q.Level > LevelVillage) {
		return errs.ErrInvalid.Field("level", "行使层级应为3（市）、4（县）、5（镇）或6（村）。")
	}
	if !slices.Contains([]string{"", "person", "enterprise"}, q.Audience) {
		return errs.ErrInvalid.Field("audience", "服务对象应为 person（个人）或 enterprise（企业）。")
	}
	if !slices.Contains([]string{"", "online", "none"}, q.Way) {
		return errs.ErrInvalid.Field("way", "办理方式应为 online（网上能办）或 none（零跑动）。")
	}
	return nil
}

// popularPoints is what being asked for most adds to a score: enough to order
// names that fit equally well.
const popularPoints = 25

// candidates are the items that the words find, or all without words.
func (s *shelf) candidates(q *Query) (list []scored, meant string) {
	if q.Q == "" {
		for _, it := range s.items {
			list = append(list, scored{it, 0})
		}
		return list, ""
	}
	if code := strings.ToUpper(q.Q); codePattern.MatchString(code) {
		if it, ok := s.item(code); ok {
			list = append(list, scored{it, 0})
		}
		return list, ""
	}
	hits := s.book.Find(q.Q)
	for _, h := range hits {
		it, _ := s.item(h.ID)
		list = append(list, scored{it, h.Score + int(popularPoints*s.popularity(h.ID, q.Region))})
	}
	if len(hits) > 0 && hits[0].How == search.BySound {
		meant = hits[0].Phrase
	}
	return list, meant
}

// The conditions of a query, each of which can be lifted.
const (
	byAudience = iota
	byDept
	byDomain
	byWay
	byPlace
	byTag
	conditions
)

// narrow keeps what fits every condition, and counts for each condition what
// the others leave.
func (s *shelf) narrow(list []scored, q *Query) matches {
	var found matches
	depts, domains := map[string]*Choice{}, map[string]*Choice{}
	for _, it := range list {
		fits := q.fits(&it.Item)
		misses, missed := 0, conditions
		for i, ok := range fits {
			if !ok {
				misses, missed = misses+1, i
			}
		}
		if misses == 0 {
			found.list = append(found.list, it)
		}
		but := func(condition int) bool { return misses == 0 || misses == 1 && missed == condition }
		found.result.count(&it.Item, q, but)
		if but(byDept) {
			count(depts, it.Dept, it.DeptName)
		}
		if but(byDomain) {
			count(domains, it.Domain, it.Domain)
		}
	}
	found.result.Depts, found.result.Domains = fullest(depts), fullest(domains)
	return found
}

// fits says which conditions an item meets.
func (q *Query) fits(it *Item) [conditions]bool {
	levels := []int{q.Level}
	if q.Division != "" {
		levels = append(levels, int(org.LevelOf(q.Division)))
	}
	place := true
	for _, l := range levels {
		place = place && (l == 0 || slices.Contains(it.Levels, l))
	}
	return [conditions]bool{
		byAudience: q.Audience == "" || slices.Contains(it.Audience, q.Audience),
		byDept:     q.Dept == "" || it.Dept == q.Dept,
		byDomain:   q.Domain == "" || it.Domain == q.Domain,
		byWay:      q.Way == "" || q.Way == "online" && it.Online || q.Way == "none" && it.Visits == 0,
		byPlace:    place,
		byTag:      q.Tag == "" || slices.Contains(it.Tags, q.Tag),
	}
}

// count adds an item to the choices that would show it.
func (r *FoundItems) count(it *Item, q *Query, but func(int) bool) {
	if but(byAudience) {
		if slices.Contains(it.Audience, "person") {
			r.Persons++
		}
		if slices.Contains(it.Audience, "enterprise") {
			r.Firms++
		}
	}
	if but(byWay) {
		if it.Online {
			r.Online++
		}
		if it.Visits == 0 {
			r.NoVisit++
		}
	}
	if q.Region != "" && but(byPlace) && slices.Contains(it.Levels, int(org.LevelOf(q.Region))) {
		r.Near++
	}
}

func count(into map[string]*Choice, key, label string) {
	if into[key] == nil {
		into[key] = &Choice{Key: key, Label: label}
	}
	into[key].N++
}

// fullest gives the fullest first.
func fullest(of map[string]*Choice) []Choice {
	list := make([]Choice, 0, len(of))
	for _, c := range of {
		list = append(list, *c)
	}
	slices.SortFunc(list, func(a, b Choice) int { return cmp.Or(b.N-a.N, strings.Compare(a.Key, b.Key)) })
	return list
}

// Items gives published items by their codes, in that order; those that are
// not published are left out.
func (m *Module) Items(ctx context.Context, codes []string) ([]Item, error) {
	s, err := m.onShelf(ctx)
	if err != nil {
		return nil, err
	}
	var list []Item
	for _, code := range codes {
		if it, ok := s.item(code); ok {
			list = append(list, it)
		}
	}
	return list, nil
}
