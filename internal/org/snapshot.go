package org

import (
	"context"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
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

	posts        map[string]*Post
	book         *workday.Book
	calendarDays []CalendarDay // of which book is made
}

// view gives the organisation to read from. Outside a transaction it holds
// every edit of this process and is at most checkEvery behind other processes.
// Inside one it does not take a second connection (all connections might be
// held by such readers): it gives the snapshot at hand and has it renewed
// aside, so a transaction does not see its own edits before its commit.
func (m *Module) view(ctx context.Context) (*snapshot, error) {
	h := m.current.Load()
	if h != nil && h.edits >= m.edits.Load() && !m.due() {
		return h.snapshot, nil
	}
	if m.DB.InTxNow(ctx) {
		if h == nil {
			return m.first(ctx)
		}
		go m.refreshAside()
		return h.snapshot, nil
	}
	if h != nil && db.IsStale(ctx) { // such a page is answered even while there is no primary
		go m.refreshAside()
		return h.snapshot, nil
	}
	ctx = db.Fresh(ctx) // what is kept never goes back
	m.loading.Lock()
	defer m.loading.Unlock()
	return m.refresh(ctx)
}

// first reads the snapshot in the transaction of ctx, when there is none yet.
// After a start a whole morning may begin like this: one transaction reads for
// all of them, and the others wait. It holds a connection already, so it can
// neither wait for one of theirs nor, as refreshAside might, be starved of one.
func (m *Module) first(ctx context.Context) (*snapshot, error) {
	if m.edited(ctx) {
		return m.read(ctx) // holds what is not committed yet: used once, not kept
	}
	m.starting.Lock()
	defer m.starting.Unlock()
	if h := m.current.Load(); h != nil {
		return h.snapshot, nil
	}
	edits := m.edits.Load()
	s, err := m.read(ctx)
	if err != nil {
		return nil, err
	}
	m.current.CompareAndSwap(nil, &held{s, edits}) // or somebody outside was quicker
	return s, nil
}

// held is a snapshot with the number of this process's edits that it holds.
type held struct {
	*snapshot
	edits int64
}

// due says whether it is time to look at the version again; it tells only one
// caller per interval, so a burst of readers looks once.
func (m *Module) due() bool {
	now, last := clock.Real.Now().UnixNano(), m.checked.Load()
	return now-last >= int64(checkEvery) && m.checked.CompareAndSwap(last, now)
}

// refresh reads the snapshot anew if its version has moved. The caller holds
// m.loading.
func (m *Module) refresh(ctx context.Context) (*snapshot, error) {
	m.checked.Store(clock.Real.Now().UnixNano())
	edits := m.edits.Load() // before the version: an edit after this is looked for again
	version, err := m.version(ctx)
	if err != nil {
		m.checked.Store(0)
		return nil, err
	}
	h := m.current.Load()
	if h != nil && h.version == version {
		m.current.Store(&held{h.snapshot, edits})
		return h.snapshot, nil
	}
	s, err := m.read(ctx)
	if err != nil {
		m.checked.Store(0)
		return nil, err
	}
	m.current.Store(&held{s, edits})
	return s, nil
}

// refreshAside renews the snapshot for callers that cannot wait. An error is
// no news: the next caller outside a transaction meets it and reports it.
func (m *Module) refreshAside() {
	if !m.loading.TryLock() {
		return // somebody is at it
	}
	defer m.loading.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, _ = m.refresh(ctx)
}

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
		book: newBook(r.CalendarDays), calendarDays: r.CalendarDays,
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
