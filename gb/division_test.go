package gb

import (
	"errors"
	"fmt"
	"testing"
)

func TestDivisions(t *testing.T) {
	for _, c := range []struct {
		in, code string
		level    Level
		parent   Division
		from, to string
		kind     string
		quasi    bool
	}{
		{"44", "440000000000", Province, "", "440000000000", "450000000000", "省级", false},
		{"440200", "440200000000", City, "440000000000", "440200000000", "440300000000", "地级", false},
		{"4402", "440200000000", City, "440000000000", "440200000000", "440300000000", "地级", false},
		{"440232", "440232000000", County, "440200000000", "440232000000", "440233000000", "县级", false},
		{"440232112", "440232112000", Town, "440232000000", "440232112000", "440232113000", "镇", false},
		{"440232112209", "440232112209", Village, "440232112000", "440232112209", "440232112210", "村民委员会", false},
		{"440203001002", "440203001002", Village, "440203001000", "440203001002", "440203001003", "居民委员会", false},
		{"440203001000", "440203001000", Town, "440203000000", "440203001000", "440203002000", "街道", false},
		{"441900003000", "441900003000", Town, "441900000000", "441900003000", "441900004000", "街道", false}, // 东莞 has no counties
		{"440204400000", "440204400000", Town, "440204000000", "440204400000", "440204401000", "类似乡级单位", true},
		// a real residents' committee in a mine
		{"440204401004", "440204401004", Village, "440204401000", "440204401004", "440204401005", "居民委员会", false},
		{"440281101498", "440281101498", Village, "440281101000", "440281101498", "440281101499", "类似居民委员会", true},
		{"440281101500", "440281101500", Village, "440281101000", "440281101500", "440281101501", "类似村民委员会", true},
		{"440299", "440299000000", County, "440200000000", "440299000000", "440300000000", "县级", false},
		{"440232299000", "440232299000", Town, "440232000000", "440232299000", "440232300000", "乡", false},
		{"440232600000", "440232600000", Town, "440232000000", "440232600000", "440232601000", "其他", false},
	} {
		d, err := ParseDivision(c.in)
		if err != nil || d.String() != c.code || d.Level() != c.level || d.Parent() != c.parent || d.Kind() != c.kind || d.IsQuasi() != c.quasi {
			t.Errorf("%s: %s %d %s %s %v, %v", c.in, d, d.Level(), d.Parent(), d.Kind(), d.IsQuasi(), err)
		}
		if from, to := d.Range(); from != c.from || to != c.to {
			t.Errorf("%s: range %s, %s", c.in, from, to)
		}
	}
	for in, want := range map[string]error{
		"": ErrDivisionFormat, "4402321": ErrDivisionFormat, "44023a": ErrDivisionFormat, "韶关": ErrDivisionFormat,
		"000000": ErrDivisionProvince, "990000": ErrDivisionProvince, "4402321122090": ErrDivisionFormat,
	} {
		if d, err := ParseDivision(in); !errors.Is(err, want) || d != "" {
			t.Errorf("%q: %s, %v", in, d, err)
		}
	}
}

func TestDivisionTree(t *testing.T) {
	village := Division("440232112209")
	if got := fmt.Sprint(village.Ancestors()); got != "[440232112000 440232000000 440200000000 440000000000]" {
		t.Errorf("ancestors %s", got)
	}
	for level, want := range map[Level]Division{Province: "440000000000", City: "440200000000", County: "440232000000",
		Town: "440232112000", Village: village, Nation: ""} {
		if got := village.At(level); got != want {
			t.Errorf("At(%d) = %s", level, got)
		}
	}
	if got := Division("440232000000").At(Village); got != "" {
		t.Errorf("a county is in no village: %s", got)
	}
	county := Division("440232000000")
	if !county.Contains(village) || !county.Contains(county) || county.Contains("440200000000") ||
		county.Contains("440233000000") || village.Contains(county) || county.Contains("440232") {
		t.Error("Contains")
	}
	if village.Six() != "440232" {
		t.Error("Six")
	}
}

func TestDivisionNotParsed(t *testing.T) {
	for _, d := range []Division{"", "440232", "4402321122xx"} {
		from, to := d.Range()
		if d.Level() != 0 || d.Parent() != "" || from != "" || to != "" || d.Contains(d) || d.IsQuasi() || d.Kind() != "" || d.Ancestors() != nil {
			t.Errorf("%q must have no parts", d)
		}
	}
	if Division("x").Six() != "" {
		t.Error("Six of junk")
	}
	if _, to := Division("990000000000").Range(); to != ":" {
		t.Errorf("the last range ends after every digit: %s", to)
	}
}

func TestLevels(t *testing.T) {
	if Town.String() != "镇（乡、街道）级" || Level(0).String() != "" || Level(8).Valid() || !Graded.Valid() {
		t.Error("levels")
	}
}

func FuzzDivision(f *testing.F) {
	f.Add("440232112209", "440232113200")
	f.Fuzz(func(t *testing.T, a, b string) {
		d, err := ParseDivision(a)
		if err != nil {
			return
		}
		if again, err := ParseDivision(d.String()); err != nil || again != d {
			t.Fatalf("%q → %s → %s", a, d, again)
		}
		for _, up := range d.Ancestors() {
			if !up.Contains(d) || d.Contains(up) || up.Level() >= d.Level() {
				t.Fatalf("%s above %s", up, d)
			}
		}
		other, err := ParseDivision(b)
		if err != nil {
			return
		}
		within := other == d
		for _, up := range other.Ancestors() {
			within = within || up == d
		}
		if d.Contains(other) != within {
			t.Fatalf("%s contains %s: %v, by ancestors %v", d, other, d.Contains(other), within)
		}
	})
}

func ExampleDivision_Range() {
	county, _ := ParseDivision("440232")
	from, to := county.Range()
	fmt.Printf("WHERE division >= '%s' AND division < '%s'\n", from, to)
	// Output: WHERE division >= '440232000000' AND division < '440233000000'
}

func ExampleDivision_Ancestors() {
	village, _ := ParseDivision("440232112209")
	fmt.Println(village.Level(), village.Kind(), village.Ancestors())
	// Output: 村（社区）级 村民委员会 [440232112000 440232000000 440200000000 440000000000]
}
