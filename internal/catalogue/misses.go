package catalogue

import (
	"context"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/search"
)

// Miss is something that was searched for in vain. Only the words are kept,
// never who typed them.
type Miss struct {
	Word    string    `db:"word"`
	Times   int64     `db:"times"`
	FirstAt time.Time `db:"first_at"`
	LastAt  time.Time `db:"last_at"`
	Ignored bool      `db:"ignored"`
}

// Bounds of what is kept of searches in vain.
const (
	longestMiss = 30   // characters of a word
	mostMisses  = 5000 // different words; beyond it only those known are counted
)

// numbers are what may be somebody's: identity numbers, phones, account and
// case numbers, in one piece or with blanks and dashes.
var numbers = regexp.MustCompile(`[0-9０-９][0-9０-９xX \-—]{3,}[0-9０-９xX]|\b1[3-9][0-9 \-]{9,}`)

// missWord is what is kept of what was typed: short, without numbers; "" when
// nothing is left that an administrator could use.
func missWord(typed string) string {
	word := numbers.ReplaceAllString(typed, "＊")
	word = strings.Join(strings.Fields(word), " ")
	if utf8.RuneCountInString(word) > longestMiss {
		word = string([]rune(word)[:longestMiss])
	}
	if len(search.Query(strings.ReplaceAll(word, "＊", ""))) == 0 {
		return ""
	}
	return word
}

// NoteMiss counts a search that found nothing.
func (m *Module) NoteMiss(ctx context.Context, typed string) error {
	word := missWord(typed)
	if word == "" {
		return nil
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		c, now := m.DB.Conn(ctx), m.now(ctx)
		n, err := c.Exec(ctx, `UPDATE catalogue_miss SET times = times + 1, last_at = $1 WHERE word = $2`, now, word)
		if err != nil || n > 0 {
			return err
		}
		var words int
		if err := c.Get(ctx, &words, `SELECT COUNT(*) FROM catalogue_miss`); err != nil || words >= mostMisses {
			return err
		}
		_, err = c.Exec(ctx, `INSERT INTO catalogue_miss (word, times, first_at, last_at, ignored) VALUES ($1, 1, $2, $3, FALSE)
			ON CONFLICT (word) DO UPDATE SET times = catalogue_miss.times + 1, last_at = excluded.last_at`, word, now, now)
		return err
	})
}

// Misses lists what was searched for in vain, the most wanted first.
func (m *Module) Misses(ctx context.Context, ignored bool, p db.Page) ([]Miss, string, error) {
	if err := m.mayEditSite(ctx); err != nil {
		return nil, "", err
	}
	var w db.Where
	w.And("ignored = ?", ignored)
	var times int64
	var word string
	if more, err := p.Key(&times, &word); err != nil {
		return nil, "", err
	} else if more {
		w.And("(times < ? OR times = ? AND word > ?)", times, times, word)
	}
	var list []Miss
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT * FROM catalogue_miss`+w.SQL()+` ORDER BY times DESC, word LIMIT `+w.Arg(p.Size()+1), w.Args()...)
	if err != nil {
		return nil, "", err
	}
	list, next := db.Cut(list, p, func(x Miss) []any { return []any{x.Times, x.Word} })
	return list, next, nil
}

// CountMisses gives how many words wait for an administrator.
func (m *Module) CountMisses(ctx context.Context) (n int, err error) {
	err = m.DB.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM catalogue_miss WHERE ignored = FALSE`)
	return n, err
}

// ErrMissUnknown is told for a word that is not on the list any more.
var ErrMissUnknown = errs.Define(errs.NotFound, "search_miss_unknown", "这个词已经处理过了，请刷新列表。")

// IgnoreMiss puts a word aside, or back. ErrMissUnknown, ErrSiteRight.
func (m *Module) IgnoreMiss(ctx context.Context, word string, ignored bool) error {
	if err := m.mayEditSite(ctx); err != nil {
		return err
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE catalogue_miss SET ignored = $1 WHERE word = $2`, ignored, word)
		if err == nil && n == 0 {
			return ErrMissUnknown
		}
		return err
	})
}

// TeachMiss makes a word that was searched for in vain a synonym, and takes it
// off the list. Errors: those of SaveSynonym, ErrMissUnknown.
func (m *Module) TeachMiss(ctx context.Context, word string, s Synonym) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		if _, err := m.SaveSynonym(ctx, s); err != nil {
			return err
		}
		n, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM catalogue_miss WHERE word = $1`, word)
		if err == nil && n == 0 {
			return ErrMissUnknown
		}
		return err
	})
}

// missLife is how long a word stays that nobody types any more.
const missLife = 365 * 24 * time.Hour

// Sweep forgets what has served its time: words nobody has searched for in a
// year, ways to reach people whose report was answered a month ago.
func (m *Module) Sweep(ctx context.Context) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		c, now := m.DB.Conn(ctx), m.now(ctx)
		if _, err := c.Exec(ctx, `DELETE FROM catalogue_miss WHERE last_at < $1`, now.Add(-missLife)); err != nil {
			return err
		}
		_, err := c.Exec(ctx, `UPDATE catalogue_report SET contact = '' WHERE contact <> '' AND state = 'answered' AND answered_at < $1`, now.Add(-contactLife))
		return err
	})
}
