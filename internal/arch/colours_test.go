package arch

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A stylesheet of a module that names a colour is unreadable in one of the
// themes: colours are named in kit/web/static/theme only, and on paper.
func TestStylesheetsNameNoColours(t *testing.T) {
	colour := regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch)\(`)
	paper := regexp.MustCompile(`-sheet|-slip|-qr|data:image`)
	found := 0
	err := filepath.WalkDir("..", func(path string, d os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".css" || strings.Contains(filepath.ToSlash(path), "static/theme/") {
			return err
		}
		found++
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for line := range strings.Lines(onScreen(string(source))) {
			if c := colour.FindString(line); c != "" && !paper.MatchString(line) {
				t.Errorf("%s names %s in %.90q; use a variable of kit/web/static/theme", path, c, line)
			}
		}
		return nil
	})
	if err != nil || found < 5 {
		t.Fatalf("%d stylesheets seen, %v", found, err)
	}
}

// onScreen cuts out what a sheet says of print.
func onScreen(sheet string) string {
	for {
		before, rest, found := strings.Cut(sheet, "@media print")
		if !found {
			return sheet
		}
		depth, end := 0, len(rest)
		for i, c := range rest {
			if c == '{' {
				depth++
			} else if c == '}' {
				if depth--; depth == 0 {
					end = i + 1
					break
				}
			}
		}
		sheet = before + rest[end:]
	}
}
