package designer

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/workflow"
)

// processPage is the process of an item, drawn and run through once.
type processPage struct {
	*page
	Rows   []nodeRow
	Forks  []fork
	Faults []errs.Field // what Validate says
	Run    example
}

// nodeRow is a node in the list below the picture.
type nodeRow struct {
	Node   workflow.Node
	Depth  int
	Branch string // above the first node of a branch: its title
	Into   string // ID.branch, for adding to a branch without nodes
	Empty  bool   // a branch without nodes; Node is the zero Node
	First  bool
	Last   bool
}

// nodeRows lists the nodes in reading order, branches below their block.
func nodeRows(nodes []workflow.Node, depth int, tell func(when string) string) []nodeRow {
	var list []nodeRow
	for i, n := range nodes {
		list = append(list, nodeRow{Node: n, Depth: depth, First: i == 0, Last: i == len(nodes)-1})
		for k, b := range n.Branches {
			into := fmt.Sprintf("%s.%d", n.ID, k)
			inner := nodeRows(b.Nodes, depth+1, tell)
			if len(inner) == 0 {
				inner = []nodeRow{{Depth: depth + 1, Empty: true}}
			}
			inner[0].Branch, inner[0].Into = branchWords(n, k, tell), into
			list = append(list, inner...)
		}
	}
	return list
}

// branchWords name a branch and say when it is taken.
func branchWords(n workflow.Node, k int, tell func(when string) string) string {
	return "分支“" + branchTitle(n, k) + "”：" + whenTaken(n, k, tell)
}

// whenTaken says when a branch is taken.
func whenTaken(n workflow.Node, k int, tell func(when string) string) string {
	switch when := n.Branches[k].When; {
	case when != "":
		return tell(when)
	case n.Kind == workflow.Choice:
		return "其余情形"
	}
	return "总是"
}

// fork is a block, for telling beside the picture which way is taken when.
type fork struct {
	Node workflow.Node
	Ways []string
}

func forksOf(nodes []workflow.Node, tell func(when string) string) []fork {
	var list []fork
	for _, n := range nodes {
		if len(n.Branches) == 0 {
			continue
		}
		f := fork{Node: n}
		var inner []fork
		for k, b := range n.Branches {
			f.Ways = append(f.Ways, branchWords(n, k, tell))
			inner = append(inner, forksOf(b.Nodes, tell)...)
		}
		list = append(append(list, f), inner...)
	}
	return list
}

func (m *Module) showProcess(w http.ResponseWriter, r *http.Request) error {
	p, err := m.load(r.Context(), r.PathValue("code"), "process")
	if err != nil {
		return err
	}
	t, err := m.processOf(r, p)
	if err != nil {
		return err
	}
	return web.RenderPart(w, r, http.StatusOK, processView(t), runPart(t))
}

func (m *Module) processOf(r *http.Request, p *page) (*processPage, error) {
	tell := whenTeller(p.Now)
	t := &processPage{page: p, Rows: nodeRows(p.Now.Process.Nodes, 0, tell), Forks: forksOf(p.Now.Process.Nodes, tell)}
	var e *errs.Error
	if err := p.Now.Process.Validate(); errors.As(err, &e) {
		t.Faults = e.Fields
	}
	var err error
	t.Run, err = m.runExample(r, p.Now)
	return t, err
}

// faultsOf are the faults of one node.
func (t *processPage) faultsOf(id string) []string {
	var list []string
	for _, f := range t.Faults {
		if nodeAt(t.Now, "process."+f.Name) == id {
			list = append(list, f.Message)
		}
	}
	return list
}

// picture draws the definition; a click on a node edits it.
func (t *processPage) picture(current string) templ.Component {
	return workflow.PictureLinks(t.Now.Process, func(id string) string { return elementURL(t.Item.Code, "process", id) }, current)
}

// changeProcess does what a button says: up:id, down:id, remove:id.
func (m *Module) changeProcess(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	saved, err := m.change(r, form, "process", func(d *catalogue.Definition) error {
		verb, id, _ := strings.Cut(form.Value("op"), ":")
		if !slices.Contains([]string{"up", "down", "remove"}, verb) {
			return errs.ErrInvalid.Field("", "没有这个操作，请刷新页面。")
		}
		nodes, ok := inSequence(d.Process.Nodes, id, func(list []workflow.Node, i int) []workflow.Node { return shift(list, i, verb) })
		if !ok {
			return errs.ErrInvalid.Field("", "没有这个环节，可能已被删除，请刷新页面。")
		}
		d.Process.Nodes = nodes
		return nil
	})
	return m.answerList(w, r, form, "process", saved, err, func(p *page) error {
		t, err := m.processOf(r, p)
		if err != nil {
			return err
		}
		return web.RenderPart(w, r, status(form), processView(t), processPart(t))
	})
}
