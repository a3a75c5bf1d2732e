package search

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"yimen/internal/kit/db"
)

// Hit is a document found; a higher Score is better.
type Hit struct {
	ID    string  `db:"id"`
	Score float64 `db:"score"`
}

// Index finds documents of a kind ("item", "case") by their words.
type Index struct{ d *db.DB }

// NewIndex gives the index of a database whose tables Migrate has made.
func NewIndex(d *db.DB) *Index { return &Index{d} }

var kindShape = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// Put indexes a document, in place of the one with the same kind and id, in
// the transaction of ctx or in one of its own. The title is also found by its
// pinyin and counts for more.
func (x *Index) Put(ctx context.Context, kind, id, title, text string) error {
	if !kindShape.MatchString(kind) {
		return fmt.Errorf("search: kind %q is not of the form %s", kind, kindShape)
	}
	err := x.d.InTx(ctx, func(ctx context.Context) error {
		if x.d.Engine() == db.Postgres {
			return x.putPostgres(ctx, kind, id, title, text)
		}
		return x.putSQLite(ctx, kind, id, title, text)
	})
	if err != nil {
		return fmt.Errorf("search: index %s %s: %w", kind, id, err)
	}
	return nil
}

func (x *Index) putPostgres(ctx context.Context, kind, id, title, text string) error {
	// Written as lexemes, not parsed by the server: its parser cuts by locale.
	strong := titleWords(title)
	lexemes := newSet()
	lexemes.add("'=" + kind + "':1")
	inTitle := map[string]bool{}
	for _, w := range strong {
		inTitle[w] = true
		lexemes.add(quote(w) + ":1A")
	}
	for _, w := range words(text) {
		if !inTitle[w] {
			lexemes.add(quote(w) + ":1D")
		}
	}
	_, err := x.d.Conn(ctx).Exec(ctx, `INSERT INTO search_doc (kind, id, words) VALUES ($1, $2, CAST(CAST($3 AS text) AS tsvector))
		ON CONFLICT (kind, id) DO UPDATE SET words = EXCLUDED.words`, kind, id, strings.Join(lexemes.list, " "))
	return err
}

func (x *Index) putSQLite(ctx context.Context, kind, id, title, text string) error {
	conn := x.d.Conn(ctx)
	doc, err := x.docSQLite(ctx, kind, id)
	switch {
	case errors.Is(err, db.ErrNoRows):
		if _, err := conn.Exec(ctx, `INSERT INTO search_doc (kind, id) VALUES ($1, $2)`, kind, id); err != nil {
			return err
		}
		if doc, err = x.docSQLite(ctx, kind, id); err != nil {
			return err
		}
	case err != nil:
		return err
	default:
		if _, err := conn.Exec(ctx, `DELETE FROM search_word WHERE rowid = $1`, doc); err != nil {
			return err
		}
	}
	_, err = conn.Exec(ctx, `INSERT INTO search_word (rowid, kind, title, text) VALUES ($1, $2, $3, $4)`,
		doc, kind, Bigrams(title), strings.Join(words(text), " "))
	return err
}

func (x *Index) docSQLite(ctx context.Context, kind, id string) (int64, error) {
	var doc int64
	err := x.d.Conn(ctx).Get(ctx, &doc, `SELECT doc FROM search_doc WHERE kind = $1 AND id = $2`, kind, id)
	return doc, err
}

// Delete takes a document out; nothing happens if it is not there.
func (x *Index) Delete(ctx context.Context, kind, id string) error {
	err := x.d.InTx(ctx, func(ctx context.Context) error {
		conn := x.d.Conn(ctx)
		if x.d.Engine() == db.SQLite {
			_, err := conn.Exec(ctx, `DELETE FROM search_word WHERE rowid IN
				(SELECT doc FROM search_doc WHERE kind = $1 AND id = $2)`, kind, id)
			if err != nil {
				return err
			}
		}
		_, err := conn.Exec(ctx, `DELETE FROM search_doc WHERE kind = $1 AND id = $2`, kind, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("search: take %s %s out: %w", kind, id, err)
	}
	return nil
}

// Search gives the ids of the documents of a kind that have every word of q,
// best first, at most limit (db.MaxLimit when it is 0 or more than that).
// Nothing typed finds nothing. Who may see them is for the caller to decide:
// a list with rights uses Where.
func (x *Index) Search(ctx context.Context, kind, q string, limit int) ([]Hit, error) {
	tokens := Query(q)
	if len(tokens) == 0 {
		return nil, nil
	}
	if limit <= 0 || limit > db.MaxLimit {
		limit = db.MaxLimit
	}
	var hits []Hit
	var err error
	if x.d.Engine() == db.Postgres {
		err = x.d.Conn(ctx).Select(ctx, &hits, `SELECT id,
				ts_rank('{0.1, 0.1, 0.1, 1.0}', words, CAST(CAST($1 AS text) AS tsquery)) AS score
			FROM search_doc WHERE words @@ CAST(CAST($2 AS text) AS tsquery)
			ORDER BY score DESC, id LIMIT $3`, tsquery("", tokens), tsquery(kind, tokens), limit)
	} else {
		err = x.d.Conn(ctx).Select(ctx, &hits, `SELECT d.id AS id, -bm25(search_word, 0.0, 10.0, 1.0) AS score
			FROM search_word JOIN search_doc d ON d.doc = search_word.rowid
			WHERE search_word MATCH $1 ORDER BY score DESC, d.id LIMIT $2`, match(kind, tokens), limit)
	}
	if err != nil {
		return nil, fmt.Errorf("search: %s: %w", kind, err)
	}
	return hits, nil
}

// Where adds to a list's conditions that the document whose id is in column
// has every word of q. A blank q adds nothing; one without any letter, digit or
// Han character matches nothing.
func (x *Index) Where(w *db.Where, kind, column, q string) {
	if strings.TrimSpace(q) == "" {
		return
	}
	tokens := Query(q)
	switch {
	case len(tokens) == 0:
		w.And("1 = 0")
	case x.d.Engine() == db.Postgres:
		w.And(column+` IN (SELECT id FROM search_doc WHERE words @@ CAST(CAST(? AS text) AS tsquery))`, tsquery(kind, tokens))
	default:
		w.And(column+` IN (SELECT d.id FROM search_word JOIN search_doc d ON d.doc = search_word.rowid
			WHERE search_word MATCH ?)`, match(kind, tokens))
	}
}

// match writes tokens as an FTS5 expression. They hold only letters and
// digits, and are quoted all the same: AND and NEAR are words of FTS5.
func match(kind string, tokens []string) string {
	parts := []string{`kind : "` + kind + `"`}
	for _, t := range tokens {
		word, open := strings.CutSuffix(t, "*")
		part := `{title text} : "` + strings.ReplaceAll(word, `"`, `""`) + `"`
		if open {
			part += " *"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " AND ")
}

// tsquery writes tokens as a tsquery of PostgreSQL, of one kind if given.
func tsquery(kind string, tokens []string) string {
	var parts []string
	if kind != "" {
		parts = append(parts, "'="+kind+"'")
	}
	for _, t := range tokens {
		word, open := strings.CutSuffix(t, "*")
		part := quote(word)
		if open {
			part += ":*"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " & ")
}

// quote writes a lexeme of PostgreSQL.
func quote(w string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `''`).Replace(w) + "'"
}
