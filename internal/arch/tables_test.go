package arch

import (
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// tableName finds the table a statement reads or writes.
var tableName = regexp.MustCompile(`(?is)\b(?:FROM|INTO|UPDATE|JOIN|TABLE(?: IF NOT EXISTS)?)\s+([a-z]+)_[a-z_]+`)

// statement tells SQL from Chinese or English prose.
var statement = regexp.MustCompile(`(?s)^\s*(?:--.*?\n\s*)*(SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|ALTER|DROP)\s|\b(SELECT|INSERT INTO|DELETE FROM|UPDATE)\s`)

// TestTablesBelongToTheirModule: a table is named after its module, and only
// that module's SQL names it.
func TestTablesBelongToTheirModule(t *testing.T) {
	found := 0
	for _, s := range tree(t) {
		if strings.HasSuffix(s.path, "_test.go") || !strings.HasPrefix(s.dir, "internal/") {
			continue
		}
		owner := path.Base(s.dir)
		if m := module(s.dir); m != "" {
			owner = m
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(lit.Value)
			if err != nil || !statement.MatchString(text) {
				return true
			}
			for _, m := range tableName.FindAllStringSubmatch(text, -1) {
				prefix := strings.ToLower(m[1])
				if prefix == "pg" || prefix == "sqlite" || prefix == "information" || prefix == "river" {
					continue
				}
				found++
				if prefix != owner {
					t.Errorf("%s: SQL of %s names a table of %s: %s", fileset.Position(lit.Pos()), owner, prefix, m[0])
				}
			}
			return true
		})
	}
	if found < 30 {
		t.Errorf("only %d table names found in SQL: the search is wrong", found)
	}
}
