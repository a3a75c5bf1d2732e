package catalogue

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/search"
)

// RightSite is the right over what the whole city's site shows: synonyms,
// zones, what was searched for in vain, reports of mistakes.
var RightSite = identity.DefineVerb("site.edit", "维护网站的同义词、专区和纠错")

func init() {
	identity.Extend("item_editor", RightSite)
	identity.Extend("item_reviewer", RightSite)
	identity.Extend("system_admin", RightSite)
}

// Synonym is what people say: for an item (准生证 → SG04001), or for a word that
// is written in the names of items (户口本 → 户口簿). One of Item and Phrase.
type Synonym struct {
	ID        string    `db:"id"`
	Word      string    `db:"word"`
	Item      string    `db:"item"`
	Phrase    string    `db:"phrase"`
	ChangedAt time.Time `db:"changed_at"`
	ChangedBy string    `db:"changed_by"`
	ItemName  string    `db:"-"` // of a published item
}

// Target is what the word stands for, as files write it.
func (s Synonym) Target() string { return s.Item + s.Phrase }

// Bounds of a synonym, in characters.
const (
	shortestWord = 2
	longestWord  = 30
)

// Errors about synonyms.
var (
	ErrSynonymUnknown = errs.Define(errs.NotFound, "synonym_unknown", "没有找到这条同义词，可能已被他人删除，请刷新列表。")
	ErrSynonymTaken   = errs.Define(errs.Conflict, "synonym_exists", "这个说法已经有了，请在列表里查找后修改。")
	ErrSiteRight      = errs.Define(errs.Denied, "site_right_missing", "您没有维护网站同义词和专区的权限，请联系安全管理员授权。")
)

// mayEditSite asks for the right over the whole city.
func (m *Module) mayEditSite(ctx context.Context) error {
	who := identity.FromContext(ctx)
	if who.IsSystem() {
		return nil
	}
	home, err := m.Org.Home(ctx)
	if err != nil {
		return err
	}
	if !who.Has(RightSite) || !who.Can(RightSite, identity.Place{Division: home.Code}) {
		return ErrSiteRight
	}
	return nil
}

// SynonymQuery says which synonyms an administrator wants to see.
type SynonymQuery struct {
	Q    string // part of the word, of the target, or of the item's name
	Item string
}

// Synonyms lists them by word.
func (m *Module) Synonyms(ctx context.Context, q SynonymQuery, p db.Page) ([]Synonym, string, error) {
	if err := m.mayEditSite(ctx); err != nil {
		return nil, "", err
	}
	var w db.Where
	if q.Item != "" {
		w.And("item = ?", q.Item)
	}
	if typed := strings.TrimSpace(q.Q); typed != "" {
		t := like(typed)
		w.And(`(word LIKE ? ESCAPE '\' OR phrase LIKE ? ESCAPE '\' OR item = ?
			OR item IN (SELECT code FROM catalogue_item WHERE name LIKE ? ESCAPE '\'))`, t, t, strings.ToUpper(typed), t)
	}
	var word, id string
	if more, err := p.Key(&word, &id); err != nil {
		return nil, "", err
	} else if more {
		w.And("(word > ? OR word = ? AND id > ?)", word, word, id)
	}
	var list []Synonym
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT * FROM catalogue_synonym`+w.SQL()+` ORDER BY word, id LIMIT `+w.Arg(p.Size()+1), w.Args()...)
	if err != nil {
		return nil, "", err
	}
	list, next := db.Cut(list, p, func(s Synonym) []any { return []any{s.Word, s.ID} })
	return list, next, m.nameTargets(ctx, list)
}

func (m *Module) nameTargets(ctx context.Context, list []Synonym) error {
	s, err := m.onShelf(ctx)
	if err != nil {
		return err
	}
	for i := range list {
		if it, ok := s.item(list[i].Item); ok {
			list[i].ItemName = it.Name
		}
	}
	return nil
}

// CountSynonyms gives how many there are.
func (m *Module) CountSynonyms(ctx context.Context) (n int, err error) {
	err = m.DB.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM catalogue_synonym`)
	return n, err
}

// Synonym gives one. ErrSynonymUnknown.
func (m *Module) Synonym(ctx context.Context, id string) (Synonym, error) {
	list := make([]Synonym, 1)
	err := m.DB.Conn(ctx).Get(ctx, &list[0], `SELECT * FROM catalogue_synonym WHERE id = $1`, id)
	if errors.Is(err, db.ErrNoRows) {
		return Synonym{}, ErrSynonymUnknown
	}
	if err == nil {
		err = m.nameTargets(ctx, list)
	}
	return list[0], err
}

// SaveSynonym adds a synonym, or changes the one with its ID; searches find by
// it at once. errs.ErrInvalid with fields word and target, ErrSynonymTaken,
// ErrSynonymUnknown, ErrSiteRight.
func (m *Module) SaveSynonym(ctx context.Context, s Synonym) (Synonym, error) {
	if err := m.mayEditSite(ctx); err != nil {
		return s, err
	}
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		if err := m.checkSynonym(ctx, &s); err != nil {
			return err
		}
		action := "synonym.change"
		if s.ID == "" {
			s.ID, action = db.NewID(), "synonym.add"
		}
		if err := m.writeSynonym(ctx, &s, action == "synonym.add"); err != nil {
			return err
		}
		return m.siteChanged(ctx, action, s.ID, s.Word+" → "+s.Target())
	})
	return s, err
}

func (m *Module) writeSynonym(ctx context.Context, s *Synonym, fresh bool) error {
	s.ChangedAt, s.ChangedBy = m.now(ctx), identity.FromContext(ctx).Account
	statement := `UPDATE catalogue_synonym SET word = :word, item = :item, phrase = :phrase, changed_at = :changed_at, changed_by = :changed_by WHERE id = :id`
	if fresh {
		statement = `INSERT INTO catalogue_synonym (id, word, item, phrase, changed_at, changed_by)
			VALUES (:id, :word, :item, :phrase, :changed_at, :changed_by)`
	}
	n, err := m.DB.Conn(ctx).ExecNamed(ctx, statement, s)
	switch {
	case db.IsUnique(err):
		return ErrSynonymTaken.Field("word", "“"+s.Word+"”已经指向它了。")
	case err == nil && n == 0:
		return ErrSynonymUnknown
	}
	return err
}

// shape looks at one line by itself; its word is kept as it was typed.
func (s *Synonym) shape() error {
	var bad errs.Fields
	s.Word, s.Phrase, s.Item = strings.TrimSpace(s.Word), strings.TrimSpace(s.Phrase), strings.ToUpper(strings.TrimSpace(s.Item))
	switch n := utf8.RuneCountInString(s.Word); {
	case n < shortestWord:
		bad.Add("word", "请填写人们的说法，至少两个字。")
	case n > longestWord:
		bad.Add("word", "说法不能超过%d个字。", longestWord)
	case len(search.Query(s.Word)) == 0:
		bad.Add("word", "说法里要有汉字、字母或数字。")
	}
	switch {
	case s.Item == "" && s.Phrase == "":
		bad.Add("target", "请选择它指的事项，或填写规范的写法。")
	case s.Item != "" && s.Phrase != "":
		bad.Add("target", "指向事项和规范写法只能选一个。")
	case s.Phrase == s.Word, utf8.RuneCountInString(s.Phrase) > longestWord:
		bad.Add("target", "规范写法要与说法不同，不超过%d个字。", longestWord)
	}
	return bad.Err()
}

// checkSynonym looks at one line beside what is stored.
func (m *Module) checkSynonym(ctx context.Context, s *Synonym) error {
	if err := s.shape(); err != nil {
		return err
	}
	c := m.DB.Conn(ctx)
	var n int
	if s.Item != "" {
		if err := c.Get(ctx, &n, `SELECT COUNT(*) FROM catalogue_item WHERE code = $1`, s.Item); err != nil {
			return err
		}
		if n == 0 {
			return errs.ErrInvalid.Field("target", noSuchItem(s.Item))
		}
		return nil
	}
	// A word is written in one way only, or a search would not know which.
	if err := c.Get(ctx, &n, `SELECT COUNT(*) FROM catalogue_synonym WHERE word = $1 AND phrase <> '' AND id <> $2`, s.Word, s.ID); err != nil {
		return err
	}
	if n > 0 {
		return ErrSynonymTaken.Field("word", "“"+s.Word+"”已有规范写法，请修改原来那条。")
	}
	return nil
}

func noSuchItem(code string) string {
	return "没有编号为“" + code + "”的事项，请重新选择。"
}

// RemoveSynonym takes one out. ErrSynonymUnknown, ErrSiteRight.
func (m *Module) RemoveSynonym(ctx context.Context, id string) error {
	if err := m.mayEditSite(ctx); err != nil {
		return err
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		s, err := m.Synonym(ctx, id)
		if err != nil {
			return err
		}
		if _, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM catalogue_synonym WHERE id = $1`, id); err != nil {
			return err
		}
		return m.siteChanged(ctx, "synonym.remove", id, s.Word+" → "+s.Target())
	})
}

// siteChanged notes the act where auditors look and makes everybody read the
// shelf anew.
func (m *Module) siteChanged(ctx context.Context, action, id, detail string) error {
	if err := m.changeShelf(ctx); err != nil || m.Audit == nil {
		return err
	}
	who := identity.FromContext(ctx)
	object, _, _ := strings.Cut(action, ".")
	return m.Audit.Write(ctx, audit.Entry{At: m.now(ctx), Actor: who.Account, ActorName: who.Name, Address: who.Address, Action: action,
		Object: object, ObjectID: id, Result: "ok", Detail: detail})
}

// LoadSynonyms adds those that are not there yet: the first set of a city.
// Which are wrong is told by line (1 is the first), and nothing is loaded then.
func (m *Module) LoadSynonyms(ctx context.Context, list []Synonym) error {
	report, err := m.addSynonyms(ctx, list, false)
	if errors.Is(err, ErrSynonymLines) {
		return errs.ErrInvalid.Say("同义词第%d行：%s", report.Errors[0].Line, report.Errors[0].Message)
	}
	return err
}

// readSynonyms gives what is said for items, by code, and for words.
func (m *Module) readSynonyms(ctx context.Context) (said map[string][]string, swaps map[string]string, err error) {
	var list []Synonym
	if err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT * FROM catalogue_synonym ORDER BY item, word`); err != nil {
		return nil, nil, err
	}
	said, swaps = map[string][]string{}, map[string]string{}
	for _, s := range list {
		if s.Item == "" {
			swaps[s.Word] = s.Phrase
		} else if !slices.Contains(said[s.Item], s.Word) {
			said[s.Item] = append(said[s.Item], s.Word)
		}
	}
	return said, swaps, nil
}
