package catalogue

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"yimen/internal/kit/db"
	"yimen/internal/kit/search"
)

// shelf is what is on offer, as searches and lists read it: every published
// item, findable by its words. Never changed once made.
type shelf struct {
	mark    int64
	items   []Item // by code
	at      map[string]int
	book    *search.Book
	zones   []Zone                      // by kind and place, open or not
	inZone  map[string][]int            // zone → places in items, without those of its parts
	popular map[string]map[string]int64 // item → county, "" the city → applications
	most    map[string]int64            // county → those of its most popular item
	proofs  []ProofUse                  // proofs that items ask for, by item
}

// itemText is what a version is found by.
type itemText struct {
	said   []string
	other  string
	online bool
	proofs []ProofUse // proofs it asks for
}

// onShelf gives the shelf as the database has it: one row tells whether the
// one in memory still is. Within a transaction a new one is read for that
// transaction alone, since it may hold what is never committed.
func (m *Module) onShelf(ctx context.Context) (*shelf, error) {
	if s, ok := ctx.Value(inView{m}).(*shelf); ok && !m.DB.InTxNow(ctx) {
		return s, nil
	}
	mark, err := m.shelfMark(ctx)
	if err != nil {
		return nil, err
	}
	if s := m.shelf.Load(); s != nil && (s.mark == mark || s.mark > mark && db.IsStale(ctx)) {
		return s, nil
	}
	if db.IsStale(ctx) { // mark and rows from one database: what is kept must be what the mark says
		return m.onShelf(db.Fresh(ctx))
	}
	if m.DB.InTxNow(ctx) {
		return m.readShelf(ctx, mark)
	}
	m.shelving.Lock()
	defer m.shelving.Unlock()
	if s := m.shelf.Load(); s != nil && s.mark >= mark {
		return s, nil
	}
	s, err := m.readShelf(ctx, mark)
	if err == nil {
		m.shelf.Store(s)
	}
	return s, err
}

// inView is the shelf that a page reads.
type inView struct{ *Module }

// InView gives a context in which everything asked about what is on offer is
// answered from one shelf: for pages that ask many times.
func (m *Module) InView(ctx context.Context) (context.Context, error) {
	s, err := m.onShelf(ctx)
	if err != nil {
		return nil, err
	}
	return context.WithValue(ctx, inView{m}, s), nil
}

func (m *Module) shelfMark(ctx context.Context) (int64, error) {
	var mark int64
	err := m.DB.Conn(ctx).Get(ctx, &mark, `SELECT n FROM catalogue_mark WHERE name = 'shelf'`)
	return mark, err
}

// changeShelf makes every process read the shelf anew, once this transaction
// is committed.
func (m *Module) changeShelf(ctx context.Context) error {
	_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE catalogue_mark SET n = n + 1 WHERE name = 'shelf'`)
	return err
}

func (m *Module) readShelf(ctx context.Context, mark int64) (*shelf, error) {
	s := &shelf{mark: mark, at: map[string]int{}, inZone: map[string][]int{}, popular: map[string]map[string]int64{}, most: map[string]int64{}}
	var rows []itemRow
	if err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT * FROM catalogue_item WHERE state = 'published' ORDER BY code`); err != nil {
		return nil, err
	}
	texts, err := m.readTexts(ctx, rows)
	if err != nil {
		return nil, err
	}
	said, swaps, err := m.readSynonyms(ctx)
	if err != nil {
		return nil, err
	}
	entries := make([]search.Entry, len(rows))
	for i, r := range rows {
		it, err := r.item()
		if err != nil {
			return nil, err
		}
		t := texts[r.Code]
		it.Online = t.online
		for _, u := range t.proofs {
			u.Place = r.place()
			s.proofs = append(s.proofs, u)
		}
		s.items, s.at[r.Code] = append(s.items, it), i
		entries[i] = search.Entry{ID: r.Code, Name: r.Name, Said: append(slices.Clone(t.said), said[r.Code]...), Other: t.other}
	}
	s.book = search.NewBook(entries, swaps)
	if err := m.readZones(ctx, s); err != nil {
		return nil, err
	}
	return s, m.readPopular(ctx, s)
}

// readTexts gives the words of published versions. A version never changes, so
// only those not seen before are read from the database.
func (m *Module) readTexts(ctx context.Context, rows []itemRow) (map[string]itemText, error) {
	texts := make(map[string]itemText, len(rows))
	var missing []itemRow
	for _, r := range rows {
		if t, ok := m.texts.Load(versionKey{r.Code, r.Published}); ok {
			texts[r.Code] = t.(itemText)
		} else {
			missing = append(missing, r)
		}
	}
	keep := !m.DB.InTxNow(ctx)
	for part := range slices.Chunk(missing, loadChunk) {
		var versions []versionRow
		err := m.DB.Conn(ctx).Select(ctx, &versions, `SELECT v.* FROM catalogue_version v JOIN catalogue_item i
			ON i.code = v.item AND i.published = v.n WHERE i.state = 'published' AND i.code >= $1 AND i.code <= $2`,
			part[0].Code, part[len(part)-1].Code)
		if err != nil {
			return nil, err
		}
		for _, v := range versions {
			d, err := decode(v.Item, v.N, v.Definition)
			if err != nil {
				return nil, fmt.Errorf("catalogue: words of item %s: %w", v.Item, err)
			}
			texts[v.Item] = textOf(d)
			if keep {
				m.texts.Store(versionKey{v.Item, v.N}, texts[v.Item])
			}
		}
	}
	return texts, nil
}

// textOf gives what an item is found by beside its name.
func textOf(d *Definition) itemText {
	said := slices.Clone(d.Synonyms)
	if d.BaseName != d.Name {
		said = append(said, d.BaseName)
	}
	other := []string{d.Domain, d.DeptName, d.Result.Name, d.Code}
	other = append(other, d.Tags...)
	other = append(other, d.PersonThemes...)
	other = append(other, d.EnterpriseThemes...)
	for _, mat := range d.Materials {
		other = append(other, mat.Name)
	}
	return itemText{said: said, other: strings.Join(other, " "), online: d.HasChannel("web") || d.HasChannel("mobile"), proofs: proofsOf(d)}
}

// item gives a published item; false when it is not on the shelf.
func (s *shelf) item(code string) (Item, bool) {
	i, ok := s.at[code]
	if !ok {
		return Item{}, false
	}
	return s.items[i], true
}
