package catalogue

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"yimen/gb"
	"yimen/internal/kit/db"
)

// Version is one version of an item. The Definition of a published version is
// shared by everybody who reads it: take a Clone before changing it.
type Version struct {
	Item         string
	N            int
	State        State
	Definition   Definition
	Author       string
	AuthorName   string
	Reviewer     string
	ReviewerName string
	Opinion      string // of the review, the suspension or the cancellation
	CreatedAt    time.Time
	PublishedAt  time.Time // zero: not yet
	EndedAt      time.Time // zero: still in force, or never published
	EffectiveAt  time.Time // when a scheduled version is published; else zero
}

// loaded is a published version with its questions compiled.
type loaded struct {
	def        *Definition
	situations *situations
}

// Current gives the version in force. code is our code or the 33 characters
// of the handling item. ErrItemUnknown (never published or cancelled),
// ErrItemSuspended.
func (m *Module) Current(ctx context.Context, code string) (Version, error) {
	p, err := m.pointer(ctx, code)
	if err != nil {
		return Version{}, err
	}
	return m.Version(ctx, p.Code, p.Published)
}

// InForce is Current without who wrote and published the version: item, number
// and definition. It costs one row, for a published definition never changes and
// is kept in memory.
func (m *Module) InForce(ctx context.Context, code string) (Version, error) {
	p, err := m.pointer(ctx, code)
	if err != nil {
		return Version{}, err
	}
	l, err := m.load(ctx, p.Code, p.Published)
	if err != nil {
		return Version{}, err
	}
	return Version{Item: p.Code, N: p.Published, State: p.State, Definition: *l.def}, nil
}

// Definition gives what a version of an item says, which is nobody's to change
// once it is published; ErrVersion.
func (m *Module) Definition(ctx context.Context, item string, n int) (*Definition, error) {
	l, err := m.load(ctx, item, n)
	if err != nil {
		return nil, err
	}
	return l.def, nil
}

// pointer is which version of an item is in force.
type pointer struct {
	Code      string `db:"code"`
	Published int    `db:"published"`
	State     State  `db:"state"`
}

// pointer reads the one row that says it, by the primary key or by the unique
// key of base code and sequence: never from memory.
func (m *Module) pointer(ctx context.Context, code string) (pointer, error) {
	cond, args := `code = $1`, []any{code}
	if len(code) > 12 {
		h, err := gb.ParseHandlingItem(code)
		if err != nil {
			return pointer{}, ErrItemUnknown.Because(err)
		}
		cond, args = `base_code = $1 AND seq = $2`, []any{h.Implementation().Base().String(), string(h)[31:]}
	}
	var p pointer
	err := m.DB.Conn(ctx).Get(ctx, &p, `SELECT code, published, state FROM catalogue_item WHERE `+cond, args...)
	switch {
	case errors.Is(err, db.ErrNoRows), err == nil && (p.State == Draft || p.State == Cancelled):
		return p, ErrItemUnknown
	case err == nil && p.State == Suspended:
		return p, ErrItemSuspended
	}
	return p, err
}

// Version gives any version of an item, by our code: a case reads the one it
// was handed in under, whatever has become of the item. ErrVersion. Who may
// see a version that was never published is the caller's question; see Draft.
func (m *Module) Version(ctx context.Context, item string, n int) (Version, error) {
	if l := m.kept(ctx, item, n); l != nil {
		head, err := m.head(ctx, item, n)
		head.Definition = *l.def
		return head, err
	}
	row, err := m.readVersion(ctx, item, n)
	if err != nil {
		return Version{}, err
	}
	def, err := decode(item, n, row.Definition)
	if err != nil {
		return Version{}, err
	}
	if row.PublishedAt != nil {
		if err := m.freeze(ctx, def, n); err != nil {
			return Version{}, err
		}
	}
	return row.version(def), nil
}

// head is a version without its definition, which is by far the most of it.
func (m *Module) head(ctx context.Context, item string, n int) (Version, error) {
	var row versionRow
	err := m.DB.Conn(ctx).Get(ctx, &row, `SELECT item, n, state, author, author_name, reviewer, reviewer_name, opinion,
		created_at, published_at, ended_at, effective_at FROM catalogue_version WHERE item = $1 AND n = $2`, item, n)
	if errors.Is(err, db.ErrNoRows) {
		return Version{}, ErrVersion
	}
	return row.version(&Definition{}), err
}

func (r versionRow) version(d *Definition) Version {
	v := Version{Item: r.Item, N: r.N, State: r.State, Definition: *d, Author: r.Author, AuthorName: r.AuthorName,
		Reviewer: r.Reviewer, ReviewerName: r.ReviewerName, Opinion: r.Opinion, CreatedAt: r.CreatedAt}
	if r.PublishedAt != nil {
		v.PublishedAt = *r.PublishedAt
	}
	if r.EndedAt != nil {
		v.EndedAt = *r.EndedAt
	}
	if r.EffectiveAt != nil {
		v.EffectiveAt = *r.EffectiveAt
	}
	return v
}

// freeze keeps a published version in memory. One that was read in a
// transaction may have been made there: the transaction remembers it, and
// everybody else does once it is committed.
func (m *Module) freeze(ctx context.Context, d *Definition, n int) error {
	s, err := compileSituations(d)
	if err != nil {
		return err
	}
	key, l := versionKey{d.Code, n}, &loaded{d, s}
	m.DB.Remember(ctx, key, l)
	m.DB.AfterCommit(ctx, func() { m.frozen.Store(key, l) })
	return nil
}

// kept gives a published version from memory; nil when it is not there.
func (m *Module) kept(ctx context.Context, item string, n int) *loaded {
	key := versionKey{item, n}
	if l, ok := m.frozen.Load(key); ok {
		return l.(*loaded)
	}
	l, _ := m.DB.Remembered(ctx, key).(*loaded)
	return l
}

// Checklist resolves the answers given so far into open questions and
// materials (§2.6). version 0 is the one in force; a running case names its
// own. Errors: those of Current, ErrVersion, ErrNotOffered,
// errs.ErrInvalid with fields answers.<question>.
func (m *Module) Checklist(ctx context.Context, code, division string, version int, answers Answers) (Checklist, error) {
	if version == 0 {
		p, err := m.pointer(ctx, code)
		if err != nil {
			return Checklist{}, err
		}
		code, version = p.Code, p.Published
	}
	l, err := m.load(ctx, code, version)
	if err != nil {
		return Checklist{}, err
	}
	if division != "" {
		if _, err := m.offered(ctx, l.def, division); err != nil {
			return Checklist{}, err
		}
	}
	list, err := l.situations.resolve(answers)
	if err != nil {
		return Checklist{}, err
	}
	list.Version = version
	return *list, m.waive(ctx, list.Materials)
}

// load gives a version with its questions, from memory when it is frozen.
func (m *Module) load(ctx context.Context, item string, n int) (*loaded, error) {
	if l := m.kept(ctx, item, n); l != nil {
		return l, nil
	}
	v, err := m.Version(ctx, item, n)
	if err != nil {
		return nil, err
	}
	s, err := compileSituations(&v.Definition)
	if err != nil {
		return nil, err
	}
	return &loaded{&v.Definition, s}, nil
}

// CheckForm checks a filled-in form; see the function CheckForm.
func (m *Module) CheckForm(d Definition, form json.RawMessage) error { return CheckForm(&d, form) }
