package portal

import (
	"context"
	"strings"
	"sync"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/search"
	"yimen/internal/org"
)

// place is an outlet as visitors want it: open now? how many wait?
type place struct {
	org.Outlet
	opening org.Opening
	waiting int
	queues  bool // people wait there by number
}

func (m *Module) placeOf(ctx context.Context, o org.Outlet) place {
	now := clock.FromContext(ctx, m.Clock).Now()
	p := place{Outlet: o, opening: o.Opening(m.Org.Calendar(ctx, o.Division), now)}
	if m.Queue == nil {
		return p
	}
	// A page about the outlet is worth having without the number of who waits.
	if s, err := m.Queue.Waiting(ctx, o.Code); err == nil {
		p.waiting, p.queues = s.Waiting, len(s.Queues) > 0
	}
	return p
}

// gazetteerLife is how long a list of names is good: divisions change once a
// year.
const gazetteerLife = 10 * time.Minute

// gazetteer finds divisions by what people type: a village's name, its pinyin.
type gazetteer struct {
	mu     sync.Mutex
	madeAt time.Time
	book   *search.Book
}

// findPlaces gives the divisions that match a name, best first, with the path
// to each.
func (m *Module) findPlaces(ctx context.Context, typed string, n int) ([][]org.Division, error) {
	if typed = strings.TrimSpace(typed); typed == "" {
		return nil, nil
	}
	book, err := m.names(ctx)
	if err != nil {
		return nil, err
	}
	var list [][]org.Division
	for _, f := range book.Find(typed) {
		path, err := m.Org.Path(ctx, f.ID)
		if err != nil {
			continue // ended since the names were read
		}
		if list = append(list, path); len(list) == n {
			break
		}
	}
	return list, nil
}

func (m *Module) names(ctx context.Context) (*search.Book, error) {
	m.gazetteer.mu.Lock()
	defer m.gazetteer.mu.Unlock()
	now := clock.FromContext(ctx, m.Clock).Now()
	if age := now.Sub(m.gazetteer.madeAt); m.gazetteer.book != nil && age >= 0 && age < gazetteerLife {
		return m.gazetteer.book, nil
	}
	home, err := m.Org.Home(ctx)
	if err != nil {
		return nil, err
	}
	var entries []search.Entry
	if err := m.nameBelow(ctx, home, "", &entries); err != nil {
		return nil, err
	}
	m.gazetteer.madeAt, m.gazetteer.book = now, search.NewBook(entries, nil)
	return m.gazetteer.book, nil
}

// nameBelow enters a division and all below it; above are the names of those
// it lies in, so that 游溪大寮坑 is found too.
func (m *Module) nameBelow(ctx context.Context, d org.Division, above string, into *[]search.Entry) error {
	said := []string{}
	if d.Name != d.ShortName {
		said = append(said, d.Name)
	}
	if above != "" {
		said = append(said, above+d.ShortName)
	}
	*into = append(*into, search.Entry{ID: d.Code, Name: d.ShortName, Said: said})
	page := db.Page{Limit: db.MaxLimit}
	for {
		children, next, err := m.Org.Children(ctx, d.Code, page)
		if err != nil {
			return err
		}
		inside := ""
		if d.Level >= org.County {
			inside = d.ShortName
		}
		for _, c := range children {
			if err := m.nameBelow(ctx, c, inside, into); err != nil {
				return err
			}
		}
		if page.After = next; next == "" {
			return nil
		}
	}
}
