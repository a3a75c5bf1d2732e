package org

import (
	"context"
	"time"

	"yimen/internal/kit/clock"
	"yimen/workday"
)

// checkEvery is how long another process's edit may stay unseen.
const checkEvery = time.Second

type deptAt struct{ dept, division string }

// snapshot is the whole organisation at one version. Never changed once made.
type snapshot struct {
	version int64

	divisions  map[string]*Division
	childrenOf map[string][]*Division // by parent, ordered by code
	home       []*Division            // the city served; at most one

	agencies   map[string]*Agency
	agencyList []*Agency
	agenciesAt map[string][]*Agency // by division
	agencyOf   map[deptAt]*Agency

	outlets    map[string]*Outlet
	outletList []*Outlet
	outletsAt  map[string][]*Outlet // by division
	countersOf map[string][]*Counter

	posts map[string]*Post
	book  *workday.Book
}

// view gives the organisation to read from. Outside a transaction it is at
// most checkEvery old. Inside one it does not take a second connection: it
// gives the snapshot at hand and has it renewed aside, so an edit of the same
// transaction is seen only after its commit.
func (m *Module) view(ctx context.Context) (*snapshot, error) {
	s := m.current.Load()
	if s != nil && !m.due() {
		return s, nil
	}
	if m.DB.InTxNow(ctx) {
		if s != nil {
			go m.refreshAside()
			return s, nil
		}
		return m.read(ctx) // may hold what is not committed yet: used once, not kept
	}
	return m.refresh(ctx)
}

// due says whether it is time to look at the version again; it tells only one
// caller per interval, so a burst of readers looks once.
func (m *Module) due() bool {
	now, last := clock.Real.Now().UnixNano(), m.checked.Load()
	return now-last >= int64(checkEvery) && m.checked.CompareAndSwap(last, now)
}

// refresh reads the snapshot anew if its version has moved.
func (m *Module) refresh(ctx context.Context) (*snapshot, error) {
	m.loading.Lock()
	defer m.loading.Unlock()
	m.checked.Store(clock.Real.Now().UnixNano())
	s := m.current.Load()
	version, err := m.version(ctx)
	if err != nil {
		m.checked.Store(0)
		return nil, err
	}
	if s != nil && s.version == version {
		return s, nil
	}
	if s, err = m.read(ctx); err != nil {
		m.checked.Store(0)
		return nil, err
	}
	m.current.Store(s)
	return s, nil
}

// refreshAside renews the snapshot for callers that cannot wait. An error is
// no news: the next caller outside a transaction meets it and reports it.
func (m *Module) refreshAside() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, _ = m.refresh(ctx)
}

// stale makes the next read in this process look at the version at once.
func (m *Module) stale() { m.checked.Store(0) }

// roots gives the city this installation serves.
func (s *snapshot) roots() []*Division { return s.home }

func newSnapshot(version int64, r Rows) *snapshot {
	s := &snapshot{
		version:   version,
		divisions: make(map[string]*Division, len(r.Divisions)), childrenOf: map[string][]*Division{},
		agencies: make(map[string]*Agency, len(r.Agencies)), agenciesAt: map[string][]*Agency{},
		agencyOf: make(map[deptAt]*Agency, len(r.Agencies)),
		outlets:  make(map[string]*Outlet, len(r.Outlets)), outletsAt: map[string][]*Outlet{},
		countersOf: map[string][]*Counter{}, posts: map[string]*Post{},
		book: newBook(r.CalendarDays),
	}
	for i := range r.Divisions {
		d := &r.Divisions[i]
		s.divisions[d.Code] = d
		s.childrenOf[d.Parent] = append(s.childrenOf[d.Parent], d)
	}
	for i := range r.Agencies {
		s.addAgency(&r.Agencies[i])
	}
	for i := range r.Outlets {
		o := &r.Outlets[i]
		s.outlets[o.Code] = o
		s.outletList = append(s.outletList, o)
		s.outletsAt[o.Division] = append(s.outletsAt[o.Division], o)
	}
	for i := range r.Counters {
		c := &r.Counters[i]
		s.countersOf[c.Outlet] = append(s.countersOf[c.Outlet], c)
	}
	for i := range r.Posts {
		s.posts[r.Posts[i].Code] = &r.Posts[i]
	}
	return s
}

func (s *snapshot) addAgency(a *Agency) {
	s.agencies[a.Code] = a
	s.agencyList = append(s.agencyList, a)
	s.agenciesAt[a.Division] = append(s.agenciesAt[a.Division], a)
	s.agencyOf[deptAt{a.Dept, a.Division}] = a
	if a.Kind == Government && a.Level == City && len(s.home) == 0 {
		if d := s.divisions[a.Division]; d != nil {
			s.home = []*Division{d}
		}
	}
}

// pick gives those of the codes that are in the map.
func pick[T any](all map[string]*T, codes []string) map[string]T {
	found := make(map[string]T, len(codes))
	for _, c := range codes {
		if v, ok := all[c]; ok {
			found[c] = *v
		}
	}
	return found
}

func values[T any](list []*T) []T {
	if len(list) == 0 {
		return nil
	}
	out := make([]T, len(list))
	for i, v := range list {
		out[i] = *v
	}
	return out
}
