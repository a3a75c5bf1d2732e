package workflow

// WayStep is a step on the way a case with certain variables would take.
type WayStep struct {
	Node   Node
	Beside string // name of the parallel branch it stands in, "" on the way all share
}

// Way foretells which steps a case with these variables passes, in reading
// order. Errors: ErrDefinition, ErrCondition.
func Way(d Definition, vars map[string]any) ([]WayStep, error) {
	way, err := wayOf(d, vars)
	if err != nil {
		return nil, err
	}
	return steps(d.Nodes, way, "", nil), nil
}

// Days is the longest way through the steps a case with these variables
// passes, in working days: of branches side by side the longest counts. 0 for
// a definition that cannot be run.
func Days(d Definition, vars map[string]any) int {
	way, err := wayOf(d, vars)
	if err != nil {
		return 0
	}
	return days(d.Nodes, way)
}

func wayOf(d Definition, vars map[string]any) (taken, error) {
	all, way := conditions{}, taken{}
	if err := compileAll(d.Nodes, all); err != nil {
		return nil, err
	}
	return way, all.decide(d.Nodes, vars, way)
}

func steps(nodes []Node, way taken, beside string, into []WayStep) []WayStep {
	for _, n := range nodes {
		if n.Kind == Step {
			into = append(into, WayStep{n, beside})
		}
		for _, i := range way[n.ID] {
			name := beside
			if n.Kind == Parallel && len(way[n.ID]) > 1 {
				name = branchName(n, n.Branches[i])
			}
			into = steps(n.Branches[i].Nodes, way, name, into)
		}
	}
	return into
}

func days(nodes []Node, way taken) int {
	sum := 0
	for _, n := range nodes {
		sum += n.Limit
		longest := 0
		for _, i := range way[n.ID] {
			longest = max(longest, days(n.Branches[i].Nodes, way))
		}
		sum += longest
	}
	return sum
}
