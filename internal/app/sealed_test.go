package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	cityorg "yimen/city/org"
	"yimen/internal/app/apptest"
	"yimen/internal/kit/db"
	"yimen/internal/kit/sealed"
)

func TestMain(m *testing.M) { apptest.Main(m) }

// readable are columns in which a number of a person may stand, with the reason.
var readable = map[string]string{}

// TestNoNumberOfAPersonCanBeRead takes a city that has lived, and looks into
// every text of every table, and of the jobs, for documents and telephones of
// those who live there. After the keys are rotated it looks again, and everybody
// can still be read by the program.
func TestNoNumberOfAPersonCanBeRead(t *testing.T) {
	apptest.Each(t, func(t *testing.T, s *apptest.Site) {
		a, ctx := s.App, context.Background()
		numbers := numbersOfPeople(t)
		noneReadable(t, a.DB, numbers)
		before := sealedWith(t, a.DB, a.Keys.Newest())
		version, err := a.Keys.Rotate(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Keys.Renew(ctx); err != nil {
			t.Fatal(err)
		}
		if n, m := sealedWith(t, a.DB, version), sealedWith(t, a.DB, version-1); n != before || m != 0 || n < 100 {
			t.Errorf("of %d sealed values %d are sealed anew and %d are not", before, n, m)
		}
		noneReadable(t, a.DB, numbers)
		for _, p := range []string{"citizen-1", "enterprise-1"} {
			if who, err := a.Identity.Person(ctx, p); err != nil || !numbers[who.IDNo] || !numbers[who.Phone] {
				t.Errorf("%s after rotating: %v", p, err)
			}
		}
	})
}

func numbersOfPeople(t *testing.T) map[string]bool {
	t.Helper()
	people, err := cityorg.People()
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[string]bool{}
	for _, p := range people {
		if len(p.Phone) != 11 || p.IDNo == "" {
			t.Fatalf("%s has the telephone %q", p.Name, p.Phone)
		}
		numbers[p.IDNo], numbers[p.Phone] = true, true
	}
	return numbers
}

// noneReadable fails for every column in which a number stands. Every run of 11
// or 18 digits and capital letters is looked up: looking for each number in each
// text would take minutes.
func noneReadable(t *testing.T, d *db.DB, numbers map[string]bool) {
	t.Helper()
	tables, err := d.Tables(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, job := range []string{"args"} {
		tables = append(tables, db.Table{Name: "river_job", Columns: []db.Column{{Name: job}}})
	}
	for no := range numbers {
		if numberIn(`{"id":"`+no+`"}`, numbers) != no {
			t.Fatalf("%s would not be found", no)
		}
	}
	looked := 0
	for _, table := range tables {
		for _, c := range table.Columns {
			if c.Kind == db.Number || c.Kind == db.Truth || c.Kind == db.Moment {
				continue
			}
			var texts []string
			query := fmt.Sprintf(`SELECT CAST(%s AS TEXT) FROM %s WHERE %s IS NOT NULL`, c.Name, table.Name, c.Name)
			if err := d.Conn(context.Background()).Select(context.Background(), &texts, query); err != nil {
				t.Fatal(err)
			}
			for _, text := range texts {
				looked++
				if no := numberIn(text, numbers); no != "" && readable[table.Name+"."+c.Name] == "" {
					t.Errorf("%s.%s: %s can be read in %.200q", table.Name, c.Name, no, text)
					break
				}
			}
		}
	}
	if looked < 10000 {
		t.Errorf("only %d texts were looked at: the search is wrong", looked)
	}
}

func numberIn(text string, numbers map[string]bool) string {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return (r < '0' || r > '9') && (r < 'A' || r > 'Z') }) {
		for _, n := range []int{11, 18} {
			for i := 0; i+n <= len(word); i++ {
				if numbers[word[i:i+n]] {
					return word[i : i+n]
				}
			}
		}
	}
	return ""
}

// sealedWith counts the values that are sealed with a version of the key.
func sealedWith(t *testing.T, d *db.DB, version int) (total int) {
	t.Helper()
	for _, c := range sealed.Columns() {
		var n int
		query := fmt.Sprintf(`SELECT COUNT(*) FROM %s WHERE %s LIKE $1`, c.Table, c.Name)
		if err := d.Conn(context.Background()).Get(context.Background(), &n, query, fmt.Sprintf("sm4.%d.%%", version)); err != nil {
			t.Fatal(err)
		}
		total += n
	}
	return total
}
