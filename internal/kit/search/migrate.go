package search

import (
	"context"
	"fmt"

	"yimen/internal/kit/db"
)

// The two engines share no full-text syntax, so these tables are made here
// and not by a migration file. Every statement may run again.
var schemas = map[db.Engine][]string{
	db.SQLite: {
		`CREATE TABLE IF NOT EXISTS search_doc (
			doc INTEGER PRIMARY KEY,
			kind TEXT NOT NULL,
			id TEXT NOT NULL,
			UNIQUE (kind, id))`,
		// Contentless: the words are only ever looked up, never shown. prefix
		// makes `保*` and the first letters of a pinyin as quick as a word.
		`CREATE VIRTUAL TABLE IF NOT EXISTS search_word USING fts5(
			kind, title, text, content='', contentless_delete=1, prefix='1 2 3',
			tokenize="unicode61 remove_diacritics 0 tokenchars '_'")`,
	},
	db.Postgres: {
		`CREATE TABLE IF NOT EXISTS search_doc (
			kind TEXT NOT NULL,
			id TEXT NOT NULL,
			words tsvector NOT NULL,
			PRIMARY KEY (kind, id))`,
		`CREATE INDEX IF NOT EXISTS search_doc_words ON search_doc USING gin (words) WITH (fastupdate = off)`,
	},
}

// Schema is the statements that Migrate runs on an engine.
func Schema(e db.Engine) []string { return schemas[e] }

// Migrate makes the search tables if they are missing. Safe to run again.
func Migrate(ctx context.Context, d *db.DB) error {
	for _, s := range schemas[d.Engine()] {
		if _, err := d.Conn(ctx).Exec(ctx, s); err != nil {
			return fmt.Errorf("search: make tables: %w", err)
		}
	}
	return nil
}
