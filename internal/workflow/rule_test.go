package workflow

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestRulesAreReadAndWritten(t *testing.T) {
	for when, want := range map[string]Rule{
		"":                                       {},
		`(kind ?? "") == "emergency"`:            {Tests: []Test{{"kind", Is, "emergency"}}},
		`kind != "a \"b\""`:                      {Tests: []Test{{"kind", IsNot, `a "b"`}}},
		`(area ?? 0) > 300 && kind == "烧烤"`:      {Tests: []Test{{"area", Over, 300.0}, {"kind", Is, "烧烤"}}},
		`area >= 0.5 or rooms <= -3 or 7 < beds`: {Any: true, Tests: []Test{{"area", AtLeast, 0.5}, {"rooms", AtMost, -3.0}, {"beds", Over, 7.0}}},
		`"gas" in (fuels ?? []) and "coal" not in fuels`:         {Tests: []Test{{"fuels", Holds, "gas"}, {"fuels", Lacks, "coal"}}},
		`"closed" in (answers?.why ?? []) && "x" in answers.who`: {Tests: []Test{{"answers.why", Holds, "closed"}, {"answers.who", Holds, "x"}}},
		`urgent && !(late ?? false) && not (area > 5 == true)`:   {},
		`urgent && !(late ?? false) && (old ?? false) == true`:   {Tests: []Test{{"urgent", Is, true}, {"late", IsNot, true}, {"old", Is, true}}},
		`spouse == nil || spouse != nil || not (child == nil)`:   {Any: true, Tests: []Test{{"spouse", Missing, nil}, {"spouse", Given, nil}, {"child", Given, nil}}},
		`(a == 1 && b == 2) && (c == 3)`:                         {Tests: []Test{{"a", Is, 1.0}, {"b", Is, 2.0}, {"c", Is, 3.0}}},
	} {
		got, ok := ReadRule(when)
		if len(want.Tests) == 0 && when != "" {
			if ok {
				t.Errorf("%s was read as %+v", when, got)
			}
			continue
		}
		if !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%s was read as %+v, %t", when, got, ok)
		}
		if err := CheckCondition(got.String()); err != nil {
			t.Errorf("%s was written as %s: %v", when, got, err)
		}
		if again, ok := ReadRule(got.String()); !ok || !reflect.DeepEqual(again, want) {
			t.Errorf("%s was written as %s and came back as %+v", when, got, again)
		}
	}
	for _, when := range []string{`a == 1 || b == 2 && c == 3`, `len(kinds) > 2`, `a + b > 3`, `a > b`, `kind in ["a", "b"]`, `(area ?? 100) > 3`, `kind > "a"`, `== 3`} {
		if got, ok := ReadRule(when); ok {
			t.Errorf("%s was read as %+v", when, got)
		}
	}
}

// A rule runs as its tests say, with and without the variables it looks at.
func TestRulesRun(t *testing.T) {
	full := map[string]any{"kind": "a", "area": 300.0, "fuels": []any{"gas"}, "urgent": true, "answers": map[string][]string{"why": {"closed"}}}
	for _, c := range []struct {
		test        Test
		full, empty bool
	}{
		{Test{"kind", Is, "a"}, true, false}, {Test{"kind", IsNot, "a"}, false, true},
		{Test{"area", Over, 300.0}, false, false}, {Test{"area", AtLeast, 300.0}, true, false},
		{Test{"area", Under, 301.0}, true, true}, {Test{"area", AtMost, 300.0}, true, true},
		{Test{"fuels", Holds, "gas"}, true, false}, {Test{"fuels", Lacks, "gas"}, false, true},
		{Test{"urgent", Is, true}, true, false}, {Test{"urgent", IsNot, true}, false, true},
		{Test{"answers.why", Holds, "closed"}, true, false}, {Test{"answers.why", Lacks, "closed"}, false, true},
		{Test{"kind", Given, nil}, true, false}, {Test{"kind", Missing, nil}, false, true},
	} {
		p, err := compileCondition(Rule{Tests: []Test{c.test}}.String())
		if err != nil {
			t.Fatal(err)
		}
		for _, vars := range []map[string]any{full, {}} {
			want := c.full
			if len(vars) == 0 {
				want = c.empty
			}
			if got, err := holds(p, vars); err != nil || got != want {
				t.Errorf("%s is %t for %v (%v)", c.test, got, vars, err)
			}
		}
	}
}

func TestWordsOfACondition(t *testing.T) {
	say := func(x Test) string { return x.Name + ":" + x.Op }
	for when, want := range map[string]string{
		`a == 1`:                        "a:is",
		`a == 1 && (b > 2 || c == nil)`: "a:is，并且（b:over，或者c:missing）",
		`!(a == 1 || b == 2) || c`:      "不满足（a:is，或者b:is），或者c:is",
		`len(kinds) > 2 && a == 1`:      "",
		`a ==`:                          "",
	} {
		got, ok := Words(when, say)
		if got != want || ok != (want != "") {
			t.Errorf("%s reads %q, %t", when, got, ok)
		}
	}
}

func TestNamesInACondition(t *testing.T) {
	for when, want := range map[string]string{
		`(area ?? 0) > 300 && kind == "area2"`:              "area kind",
		`"x" in (answers?.why ?? []) || answers.who == nil`: "answers.who answers.why",
		`len(kinds) > 2 && any(kinds, # == "a")`:            "kinds",
		`a ==`:                                              "",
	} {
		if got := strings.Join(NamesIn(when), " "); got != want {
			t.Errorf("%s names %q", when, got)
		}
	}
	if !slices.Equal(NamesIn(`form.area > 3`), []string{"form.area"}) {
		t.Error(NamesIn(`form.area > 3`))
	}
}
