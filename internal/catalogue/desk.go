package catalogue

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

// Sheet is an item as those who keep it see it: the newest version, all
// versions, what was done, what still stands against publication, and what the
// actor may do next.
type Sheet struct {
	Item     Item
	Edit     int64 // goes with the next act
	Newest   Version
	Versions []Version // newest first, without their definitions
	History  []HistoryEntry
	Findings []Finding // of the newest version
	Verbs    []Verb
}

// HistoryEntry is one act.
type HistoryEntry struct {
	At        time.Time
	Verb      Verb
	N         int
	ActorName string
	Opinion   string
	Changed   []string // fields, in Chinese
}

// maxHistory bounds what the sheet shows; nothing is dropped from the table.
const maxHistory = 100

// Sheet reads an item for its keepers; ErrItemUnknown also for those without
// the right to see its drafts.
func (m *Module) Sheet(ctx context.Context, code string) (Sheet, error) {
	var row itemRow
	err := m.DB.Conn(ctx).Get(ctx, &row, `SELECT * FROM catalogue_item WHERE code = $1`, code)
	if errors.Is(err, db.ErrNoRows) {
		return Sheet{}, ErrItemUnknown
	}
	if err != nil {
		return Sheet{}, err
	}
	who := identity.FromContext(ctx)
	if !who.Can(RightViewDraft, row.place()) {
		return Sheet{}, ErrItemUnknown
	}
	s := Sheet{Edit: row.Edit}
	if s.Item, err = row.item(); err != nil {
		return s, err
	}
	if s.Newest, err = m.Version(ctx, code, row.newest()); err != nil {
		return s, err
	}
	if s.Versions, err = m.heads(ctx, code); err != nil {
		return s, err
	}
	if s.History, err = m.history(ctx, code); err != nil {
		return s, err
	}
	if s.Findings, err = m.Check(ctx, &s.Newest.Definition); err != nil {
		return s, err
	}
	s.Verbs = row.verbs(who, s.Newest.Author)
	return s, nil
}

// verbs gives what the actor may do to the item now.
func (r *itemRow) verbs(who identity.Actor, author string) []Verb {
	var verbs []Verb
	for _, mv := range moves {
		_, from := r.target(mv.verb)
		own := mv.right == RightReview && who.Account == author && !who.IsSystem()
		gone := mv.verb == Discard && r.Published == 0 // nothing would be left
		if mv.from == from && !own && !gone && who.Can(mv.right, r.place()) && !slices.Contains(verbs, mv.verb) {
			verbs = append(verbs, mv.verb)
		}
	}
	// A published item is edited into its next version.
	if r.OpenState == "" && r.State != Cancelled && who.Can(RightEdit, r.place()) {
		verbs = append([]Verb{Edit}, verbs...)
	}
	return verbs
}

func (m *Module) heads(ctx context.Context, code string) ([]Version, error) {
	var rows []versionRow
	err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT item, n, state, author, author_name, reviewer, reviewer_name, opinion,
		created_at, published_at, ended_at, effective_at FROM catalogue_version WHERE item = $1 ORDER BY n DESC LIMIT $2`, code, maxHistory)
	versions := make([]Version, len(rows))
	for i, r := range rows {
		versions[i] = r.version(&Definition{})
	}
	return versions, err
}

func (m *Module) history(ctx context.Context, code string) ([]HistoryEntry, error) {
	var rows []actRow
	err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT * FROM catalogue_act WHERE item = $1 ORDER BY edit DESC LIMIT $2`, code, maxHistory)
	if err != nil {
		return nil, err
	}
	list := make([]HistoryEntry, len(rows))
	for i, r := range rows {
		var fields []string
		if err := json.Unmarshal([]byte(r.Changed), &fields); err != nil {
			return nil, err
		}
		for j, f := range fields {
			fields[j] = FieldTitle(f)
		}
		list[i] = HistoryEntry{At: r.At, Verb: r.Verb, N: r.N, ActorName: r.ActorName, Opinion: r.Opinion, Changed: fields}
	}
	return list, nil
}
