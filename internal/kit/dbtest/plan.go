package dbtest

import (
	"context"
	"regexp"
	"strings"
	"sync"
	"testing"

	"yimen/internal/kit/db"
)

var placeholder = regexp.MustCompile(`\$\d+|\?`)

// Plans gives how SQLite finds the rows of a table for each statement about it
// that fn sends, as EXPLAIN QUERY PLAN has it: "SEARCH t USING INDEX …", or
// "SCAN t" where it looks at all of them. d must be SQLite's.
func Plans(t testing.TB, d *db.DB, table string, fn func(ctx context.Context)) (plans []string) {
	t.Helper()
	var mu sync.Mutex
	var sent []string
	fn(db.Observe(context.Background(), func(s db.Sent) {
		mu.Lock()
		defer mu.Unlock()
		sent = append(sent, s.Query)
	}))
	for _, query := range sent {
		if !strings.Contains(query, table) || strings.HasPrefix(query, "INSERT") {
			continue
		}
		// As a placeholder is when the statement is planned: nothing is known of its value.
		unknown := placeholder.ReplaceAllString(query, "(SELECT name FROM sqlite_master LIMIT 1)")
		var rows []struct {
			ID     int    `db:"id"`
			Parent int    `db:"parent"`
			Unused int    `db:"notused"`
			Detail string `db:"detail"`
		}
		if err := d.Conn(context.Background()).Select(context.Background(), &rows, "EXPLAIN QUERY PLAN "+unknown); err != nil {
			t.Fatalf("plan of %s: %v", query, err)
		}
		for _, r := range rows {
			if strings.Contains(r.Detail, table) {
				plans = append(plans, r.Detail)
			}
		}
	}
	if len(plans) == 0 {
		t.Fatalf("no statement that reads %s was sent", table)
	}
	return plans
}
