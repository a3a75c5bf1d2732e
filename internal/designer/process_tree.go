package designer

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"yimen/internal/catalogue"
	"yimen/internal/workflow"
)

var pathStep = regexp.MustCompile(`(nodes|branches)\[(\d+)\]`)

// nodeAt finds the node that a path of the process names:
// process.nodes[2].branches[0].nodes[1].role.
func nodeAt(d *catalogue.Definition, path string) string {
	id := ""
	nodes, branches := d.Process.Nodes, []workflow.Branch(nil)
	for _, m := range pathStep.FindAllStringSubmatch(path, -1) {
		i, _ := strconv.Atoi(m[2])
		switch {
		case m[1] == "nodes" && i < len(nodes):
			id, branches = nodes[i].ID, nodes[i].Branches
		case m[1] == "branches" && i < len(branches):
			nodes = branches[i].Nodes
		default:
			return id
		}
	}
	return id
}

// inSequence changes the sequence in which a node stands; ok false when there
// is no such node.
func inSequence(nodes []workflow.Node, id string, fn func(list []workflow.Node, i int) []workflow.Node) ([]workflow.Node, bool) {
	for i, n := range nodes {
		if n.ID == id {
			return fn(nodes, i), true
		}
		for k, b := range n.Branches {
			if inner, ok := inSequence(b.Nodes, id, fn); ok {
				list := slices.Clone(nodes)
				list[i].Branches = slices.Clone(n.Branches)
				list[i].Branches[k].Nodes = inner
				return list, true
			}
		}
	}
	return nodes, false
}

// place puts a new node where an address says: after=ID, before=ID, in=ID.k
// (at the start of a branch), or at the end.
func place(nodes []workflow.Node, n workflow.Node, at url.Values) ([]workflow.Node, bool) {
	if id := at.Get("after"); id != "" {
		return inSequence(nodes, id, func(list []workflow.Node, i int) []workflow.Node { return slices.Insert(slices.Clone(list), i+1, n) })
	}
	if id := at.Get("before"); id != "" {
		return inSequence(nodes, id, func(list []workflow.Node, i int) []workflow.Node { return slices.Insert(slices.Clone(list), i, n) })
	}
	if in := at.Get("in"); in != "" {
		id, branch, _ := strings.Cut(in, ".")
		k := atoi(branch)
		return inSequence(nodes, id, func(list []workflow.Node, i int) []workflow.Node {
			list = slices.Clone(list)
			if k < len(list[i].Branches) {
				list[i].Branches = slices.Clone(list[i].Branches)
				list[i].Branches[k].Nodes = slices.Insert(slices.Clone(list[i].Branches[k].Nodes), 0, n)
			}
			return list
		})
	}
	return append(slices.Clone(nodes), n), true
}

func findNode(nodes []workflow.Node, id string) (workflow.Node, bool) {
	for _, n := range nodes {
		if n.ID == id {
			return n, true
		}
		for _, b := range n.Branches {
			if x, ok := findNode(b.Nodes, id); ok {
				return x, true
			}
		}
	}
	return workflow.Node{}, false
}
