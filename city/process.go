package city

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"yimen/internal/catalogue"
	"yimen/internal/workflow"
)

// processTemplate is a way of deciding that many items share.
type processTemplate struct {
	Title  string          `json:"title"`
	Use    string          `json:"use"`    // when to take it, for authors
	Shares map[string]int  `json:"shares"` // step id → weight by which the promised days are shared out
	Fixed  map[string]int  `json:"fixed"`  // step id → working days that the law fixes, such as 公示
	Nodes  []workflow.Node `json:"nodes"`
}

func (b *book) readProcesses(files fs.FS) error {
	return decodeFile(files, "processes.json", &b.processes)
}

// processSpec is the process of an item: a template with changes, or nodes.
type processSpec struct {
	Template string              `json:"template"`
	Name     string              `json:"name"`
	Limits   map[string]int      `json:"limits"`  // step id → working days
	Agency   map[string]string   `json:"agency"`  // step id → whose step it is
	Signers  map[string][]string `json:"signers"` // step id → agencies that sign
	Names    map[string]string   `json:"names"`   // step id → name
	Skip     []string            `json:"skip"`    // ids of nodes left out
	Nodes    []workflow.Node     `json:"nodes"`
}

// processOf compiles the process of an item. promised bounds its limits.
func (b *book) processOf(item string, spec processSpec, promised catalogue.Limit) (workflow.Definition, error) {
	if len(spec.Nodes) > 0 {
		return workflow.Definition{Name: orElse(spec.Name, item), Nodes: spec.Nodes}, nil
	}
	t, ok := b.processes[spec.Template]
	if !ok {
		return workflow.Definition{}, fmt.Errorf("process: processes.json has no template %q", spec.Template)
	}
	nodes, err := cloneNodes(t.Nodes)
	if err != nil {
		return workflow.Definition{}, err
	}
	e := &processEdit{spec: spec, known: map[string]bool{}}
	nodes = e.without(nodes)
	limits := shareOut(workdaysWithin(promised), e.stepIDs(nodes), t, spec.Limits)
	e.change(nodes, limits)
	if err := e.unknown(); err != nil {
		return workflow.Definition{}, fmt.Errorf("process, template %s: %w", spec.Template, err)
	}
	return workflow.Definition{Name: orElse(spec.Name, t.Title), Nodes: nodes}, nil
}

// workdaysWithin is how many working days surely lie within a limit.
func workdaysWithin(l catalogue.Limit) int {
	if l.Unit == catalogue.UnitDay {
		return l.N * 5 / 7
	}
	return l.N
}

// shareOut gives the working days of every step: those said, those the law
// fixes, and what is left of the promise by weight. Every step that has a
// weight gets a day before any gets two, as far as the days go. A step with 0
// has no limit of its own.
func shareOut(days int, steps []string, t *processTemplate, said map[string]int) map[string]int {
	limits, left := map[string]int{}, days
	var sharing []string
	for _, id := range steps {
		n, ok := said[id]
		if !ok && days > 0 {
			n, ok = t.Fixed[id]
		}
		switch {
		case ok:
			limits[id] = n
			left -= n
		case t.Shares[id] > 0:
			sharing = append(sharing, id)
		}
	}
	slices.SortStableFunc(sharing, func(a, b string) int { return t.Shares[b] - t.Shares[a] })
	for id, n := range byWeight(left, sharing, t.Shares) {
		limits[id] = n
	}
	return limits
}

// byWeight shares days out among ids, the heaviest first: one each, the rest
// by weight rounded down, the remainder to the heaviest.
func byWeight(days int, ids []string, weights map[string]int) map[string]int {
	shares, total := map[string]int{}, 0
	for _, id := range ids {
		total += weights[id]
		if days > 0 {
			shares[id] = 1
			days--
		}
	}
	rest := max(days, 0)
	for _, id := range ids {
		n := max(days, 0) * weights[id] / total
		shares[id] += n
		rest -= n
	}
	if len(ids) > 0 {
		shares[ids[0]] += rest
	}
	return shares
}

// processEdit applies the changes of an item to the nodes of a template, and
// remembers which ids there were, to find changes that miss.
type processEdit struct {
	spec  processSpec
	known map[string]bool
}

func (e *processEdit) without(nodes []workflow.Node) []workflow.Node {
	kept := nodes[:0]
	for _, n := range nodes {
		e.known[n.ID] = true
		if slices.Contains(e.spec.Skip, n.ID) {
			continue
		}
		for i := range n.Branches {
			n.Branches[i].Nodes = e.without(n.Branches[i].Nodes)
		}
		kept = append(kept, n)
	}
	return kept
}

func (e *processEdit) stepIDs(nodes []workflow.Node) []string {
	var ids []string
	for _, n := range (workflow.Definition{Nodes: nodes}).Steps() {
		ids = append(ids, n.ID)
	}
	return ids
}

func (e *processEdit) change(nodes []workflow.Node, limits map[string]int) {
	for i := range nodes {
		n := &nodes[i]
		if n.Kind == workflow.Step {
			n.Limit = limits[n.ID]
			n.Agency = orElse(e.spec.Agency[n.ID], n.Agency)
			if s := e.spec.Signers[n.ID]; s != nil {
				n.Signers = s
			}
			if n.Limit == 0 {
				n.OnTimeout = workflow.TimeoutRemind // nothing to be late for
			}
		}
		n.Name = orElse(e.spec.Names[n.ID], n.Name)
		for j := range n.Branches {
			e.change(n.Branches[j].Nodes, limits)
		}
	}
}

func (e *processEdit) unknown() error {
	ids := slices.Concat(sortedKeys(e.spec.Limits), sortedKeys(e.spec.Agency), sortedKeys(e.spec.Signers), sortedKeys(e.spec.Names), e.spec.Skip)
	for _, id := range ids {
		if !e.known[id] {
			return fmt.Errorf("no step %q; there are %v", id, sortedKeys(e.known))
		}
	}
	return nil
}

// defaultProcess chooses the template for a row without a process of its own.
func defaultProcess(r row, d *catalogue.Definition) processSpec {
	lowest := slices.Max(d.Levels)
	licence, instant := d.Type == catalogue.TypeLicence, d.Promised.None()
	name := "review-approve-decide"
	switch {
	case instant && licence:
		name = "licence-instant"
	case instant:
		name = "instant"
	case d.DecidedAt == catalogue.LevelCounty && lowest == catalogue.LevelVillage:
		name = "village-town-county"
	case d.DecidedAt == catalogue.LevelCounty && lowest == catalogue.LevelTown:
		name = "town-county"
	case d.DecidedAt == catalogue.LevelTown && lowest == catalogue.LevelVillage:
		name = "village-town"
	case d.DecidedAt == catalogue.LevelTown:
		name = "town-review-decide"
	case licence && needsSurvey(r):
		name = "survey-approve-decide"
	case d.Type == catalogue.TypePayment:
		name = "review-publicity-decide"
	}
	if r.Type == catalogue.TypePayment && workdaysWithin(d.Promised) < 10 && name == "review-publicity-decide" {
		name = "review-approve-decide"
	}
	return processSpec{Template: name, Name: d.Name}
}

// surveyed are the domains whose licences depend on premises (行政许可法 art. 34).
var surveyed = []string{"食品药品", "卫生许可", "文化旅游", "消防安全", "应急管理", "专卖许可", "教育服务", "农业农村", "治安管理"}

func needsSurvey(r row) bool {
	return slices.Contains(surveyed, r.Domain) && !r.has("证明") && slices.Contains(r.Audience, "enterprise")
}

// cloneNodes copies nodes deeply, so that an item's changes stay its own.
func cloneNodes(nodes []workflow.Node) ([]workflow.Node, error) {
	raw, err := json.Marshal(nodes)
	if err != nil {
		return nil, err
	}
	var c []workflow.Node
	return c, json.Unmarshal(raw, &c)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func orElse(s, other string) string {
	if s != "" {
		return s
	}
	return other
}
