package city

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"yimen/gb"
	"yimen/internal/catalogue"
	"yimen/internal/workflow"
)

func openBook(t *testing.T) *book {
	t.Helper()
	b, err := newBook(data)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestItem compiles every item and holds it against the publication checks. It
// is the test item authors run: go test ./city/ -run TestItem/SG01001
func TestItem(t *testing.T) {
	b := openBook(t)
	for _, r := range b.rows {
		t.Run(r.Code, func(t *testing.T) {
			d, err := b.definition(r)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range catalogue.Check(&d) {
				t.Errorf("rule %d, %s: %s", f.Rule, f.Field, f.Message)
			}
			checkMaterials(t, &d)
			checkProcess(t, &d)
			checkPaths(t, &d)
			if f := b.files[r.Code]; f != nil && r.has("镇村") {
				checkAuthored(t, f, &d)
			}
		})
	}
}

func checkMaterials(t *testing.T, d *catalogue.Definition) {
	for _, m := range d.Materials {
		if len([]rune(m.Sample)) < 8 {
			t.Errorf("material %s has no useful sample: %q", m.ID, m.Sample)
		}
		if m.Originals+m.Copies == 0 {
			t.Errorf("material %s: neither an original nor a copy is asked for", m.ID)
		}
		if cancelledProof.MatchString(m.Name) {
			t.Errorf("material %s %q is a proof that villages no longer issue: use a declaration, a licence or data sharing", m.ID, m.Name)
		}
	}
}

// cancelledProof are the proofs that the reform has cancelled (proofs list, 59
// of 76) as far as names tell.
var cancelledProof = regexp.MustCompile(`村.*(亲属关系|收入|居住|婚姻状况|健在|未婚)证明|^(亲属关系|婚姻状况|健在|居住|收入|无业|未婚单身|同一人)证明$`)

// checkProcess sees that every step may be carried out by somebody whom the
// item's levels have: no village step for an item that no village offers.
func checkProcess(t *testing.T, d *catalogue.Definition) {
	for _, s := range d.Process.Steps() {
		for _, agency := range append([]string{s.Agency}, s.Signers...) {
			switch {
			case agency == "village" && !d.At(catalogue.LevelVillage):
				t.Errorf("step %s is the village's, which does not offer the item", s.ID)
			case agency == "town" && slices.Max(d.Levels) < catalogue.LevelTown:
				t.Errorf("step %s is the town's, below every level of the item", s.ID)
			case strings.HasPrefix(agency, "dept:") && agency == "dept:"+d.Dept:
				t.Errorf("step %s names the deciding department itself: write competent", s.ID)
			}
		}
	}
}

// checkPaths walks every path of answers: each ends with materials, or with a
// reason to stop, or the item declares that nothing need be handed in.
func checkPaths(t *testing.T, d *catalogue.Definition) {
	if d.NoMaterials && len(d.Materials) > 0 && len(d.BaseMaterials) > 0 {
		t.Error("no_materials is declared, but there are materials everybody brings")
	}
	for _, f := range catalogue.Check(d) {
		if f.Rule == catalogue.RuleNoEmptyPath {
			t.Errorf("situations: %s", f.Message)
		}
	}
	for _, q := range d.Situations {
		if len(q.Options) < 2 {
			t.Errorf("question %s has fewer than two answers", q.ID)
		}
		if !slices.ContainsFunc(q.Options, func(o catalogue.Option) bool { return o.Stop == "" }) {
			t.Errorf("question %s: every answer stops", q.ID)
		}
	}
}

// checkAuthored holds a 镇村 item to what its authors promise.
func checkAuthored(t *testing.T, f *itemFile, d *catalogue.Definition) {
	for key, missing := range map[string]bool{
		"decided_at": f.DecidedAt == 0, "materials": f.Materials == nil && !f.NoMaterials, "situations": f.Situations == nil,
		"form": f.Form == nil, "process": f.Process == nil, "conditions": f.Conditions == nil, "faq (two or more)": len(f.FAQ) < 2,
	} {
		if missing {
			t.Errorf("the item's file lacks %s", key)
		}
	}
	fields, err := catalogue.FormFields(d.Form)
	if err != nil {
		t.Fatal(err)
	}
	if len(fields) < 6 {
		t.Errorf("the form asks only %d things: is that the official application form?", len(fields))
	}
}

// TestTownAndVillageItems counts the items of the reform: 74 that towns and
// villages offer, each with a file of its own.
func TestTownAndVillageItems(t *testing.T) {
	b := openBook(t)
	tagged, authored := 0, 0
	var without []string
	for _, r := range b.rows {
		if !r.has("镇村") {
			continue
		}
		tagged++
		if b.files[r.Code] != nil {
			authored++
		} else {
			without = append(without, r.Code)
		}
	}
	if tagged != 74 || authored != 74 {
		t.Errorf("%d items tagged 镇村, %d with a file of their own, want 74 and 74; without: %v", tagged, authored, without)
	}
}

func TestDefinitions(t *testing.T) {
	defs, err := Definitions()
	if err != nil {
		t.Fatal(err)
	}
	if len(defs) != 199 {
		t.Errorf("%d definitions, want 199", len(defs))
	}
	codes, bases := map[string]bool{}, map[string]bool{}
	for _, d := range defs {
		if codes[d.Code] || bases[d.BaseCode] {
			t.Errorf("%s or its base code %s is used twice", d.Code, d.BaseCode)
		}
		codes[d.Code], bases[d.BaseCode] = true, true
		if base, err := gb.ParseItemBase(d.BaseCode); err != nil || string(base.Type()) != d.Type {
			t.Errorf("%s: base code %s: %v", d.Code, d.BaseCode, err)
		}
		if d.Trust == "" || d.Source == "" && d.Trust == "source" {
			t.Errorf("%s has lost its mark of trust", d.Code)
		}
	}
}

// TestFormsCanBeFilled fills every form with nothing: what comes back must be
// messages for fields of that form, never a fault of the schema.
func TestFormsCanBeFilled(t *testing.T) {
	defs, err := Definitions()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range defs {
		if err := catalogue.CheckForm(&d, []byte(`{}`)); !errors.Is(err, catalogue.ErrForm) {
			t.Errorf("%s: the empty form gives %v, want the list of what is missing", d.Code, err)
		}
	}
}

func TestReadLimit(t *testing.T) {
	day, work, none := catalogue.UnitDay, catalogue.UnitWorkday, catalogue.UnitNone
	for _, c := range []struct {
		text string
		want catalogue.Limit
		ok   bool
	}{
		{"20工作日", catalogue.Limit{N: 20, Unit: work}, true},
		{"1工作日（一日办结）", catalogue.Limit{N: 1, Unit: work}, true},
		{"60日", catalogue.Limit{N: 60, Unit: day}, true},
		{"30日（冷静期）", catalogue.Limit{N: 30, Unit: day}, true},
		{"3个月", catalogue.Limit{N: 90, Unit: day}, true},
		{"即办", catalogue.Limit{Unit: none}, true},
		{"即办（告知承诺）", catalogue.Limit{Unit: none}, true},
		{"公示5工作日+审核10工作日（鉴定另计20日）", catalogue.Limit{N: 15, Unit: work}, true},
		{"年度", catalogue.Limit{Unit: none}, false},
		{"报告书60日、报告表30日", catalogue.Limit{N: 30, Unit: day}, false},
		{"报告书15、报告表7工作日", catalogue.Limit{N: 7, Unit: work}, false},
	} {
		if got, ok := readLimit(c.text); got != c.want || ok != c.ok {
			t.Errorf("readLimit(%q) = %v, %v, want %v, %v", c.text, got, ok, c.want, c.ok)
		}
	}
}

func TestReadBasis(t *testing.T) {
	got := readBasis("《社会保险法》第二十条、第二十二条；国发〔2014〕8号；《城乡居民基本养老保险经办规程》（人社部发〔2019〕84号）")
	want := []catalogue.Basis{
		{Law: "社会保险法", Article: "第二十条、第二十二条"},
		{Law: "国发〔2014〕8号"},
		{Law: "城乡居民基本养老保险经办规程", Number: "人社部发〔2019〕84号"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestShareOut(t *testing.T) {
	tmpl := &processTemplate{Shares: map[string]int{"review": 2, "decide": 1}, Fixed: map[string]int{"publicity": 5}}
	steps := []string{"review", "publicity", "decide"}
	for _, c := range []struct {
		days int
		said map[string]int
		want map[string]int
	}{
		{20, nil, map[string]int{"review": 10, "publicity": 5, "decide": 5}},
		{10, map[string]int{"publicity": 7}, map[string]int{"review": 2, "publicity": 7, "decide": 1}},
		{7, nil, map[string]int{"review": 1, "publicity": 5, "decide": 1}},
		{6, nil, map[string]int{"review": 1, "publicity": 5, "decide": 0}},
		{0, nil, map[string]int{"review": 0, "publicity": 0, "decide": 0}},
	} {
		got := shareOut(c.days, steps, tmpl, c.said)
		for id, n := range c.want {
			if got[id] != n {
				t.Errorf("%d days, %v: %s gets %d, want %d", c.days, c.said, id, got[id], n)
			}
		}
	}
}

// TestTemplatesRun sees that every template is a process that can run.
func TestTemplatesRun(t *testing.T) {
	b := openBook(t)
	for name, tmpl := range b.processes {
		p, err := b.processOf("试", processSpec{Template: name}, catalogue.Limit{N: 20, Unit: catalogue.UnitWorkday})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Validate(); err != nil {
			t.Errorf("template %s: %v", name, err)
		}
		for _, ids := range []map[string]int{tmpl.Shares, tmpl.Fixed} {
			for id := range ids {
				if !slices.ContainsFunc(p.Steps(), func(n workflow.Node) bool { return n.ID == id }) {
					t.Errorf("template %s shares days out to %q, which is no step", name, id)
				}
			}
		}
	}
}
