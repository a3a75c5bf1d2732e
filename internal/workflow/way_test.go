package workflow

import (
	"errors"
	"slices"
	"testing"
)

func TestWay(t *testing.T) {
	d := Definition{Nodes: []Node{
		{ID: "review", Kind: Step, Name: "初审", Limit: 2},
		{ID: "how", Kind: Choice, Name: "规模", Branches: []Branch{
			{Name: "大", When: `(area ?? 0) > 300`, Nodes: []Node{{ID: "both", Kind: Parallel, Name: "联审", Branches: []Branch{
				{Name: "消防", Nodes: []Node{{ID: "fire", Kind: Step, Name: "消防", Limit: 5}}},
				{Name: "环保", Nodes: []Node{{ID: "green", Kind: Step, Name: "环保", Limit: 3}}}}}}},
			{Name: "小"}}},
		{ID: "decide", Kind: Step, Name: "决定", Limit: 1, Decision: true},
	}}
	for _, c := range []struct {
		area any
		ids  []string
		days int
	}{{nil, []string{"review", "decide"}, 3}, {500, []string{"review", "fire", "green", "decide"}, 8}} {
		vars := map[string]any{"area": c.area}
		way, err := Way(d, vars)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, s := range way {
			ids = append(ids, s.Node.ID)
		}
		if !slices.Equal(ids, c.ids) || Days(d, vars) != c.days {
			t.Errorf("area %v: %v in %d days", c.area, ids, Days(d, vars))
		}
	}
	big, _ := Way(d, map[string]any{"area": 500})
	if big[1].Beside != "消防" || big[3].Beside != "" {
		t.Errorf("beside: %+v", big)
	}
	d.Nodes[1].Branches[0].When = "area >"
	if _, err := Way(d, nil); !errors.Is(err, ErrDefinition) {
		t.Errorf("a condition that cannot be read: %v", err)
	}
}
