package designer

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/workflow"
)

// processPage is the process of an item, drawn and run through once.
type processPage struct {
	*page
	Rows   []nodeRow
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
func nodeRows(nodes []workflow.Node, depth int) []nodeRow {
	var list []nodeRow
	for i, n := range nodes {
		list = append(list, nodeRow{Node: n, Depth: depth, First: i == 0, Last: i == len(nodes)-1})
		for k, b := range n.Branches {
			into := fmt.Sprintf("%s.%d", n.ID, k)
			inner := nodeRows(b.Nodes, depth+1)
			if len(inner) == 0 {
				inner = []nodeRow{{Depth: depth + 1, Empty: true}}
			}
			inner[0].Branch, inner[0].Into = branchWords(n, k), into
			list = append(list, inner...)
		}
	}
	return list
}

func branchWords(n workflow.Node, k int) string {
	b := n.Branches[k]
	words := "分支“" + branchTitle(n, k) + "”"
	switch {
	case b.When != "":
		return words + "：" + b.When
	case n.Kind == workflow.Choice:
		return words + "：其余情形"
	}
	return words + "：总是"
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
	t := &processPage{page: p, Rows: nodeRows(p.Now.Process.Nodes, 0)}
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

// nodePage is one node of the process.
type nodePage struct {
	*page
	ID     string
	Node   workflow.Node
	Where  url.Values // of a new one: where it goes
	Values url.Values
	Agency []ui.Option
	Faults []string
	Inputs []string // names that conditions may use
}

func (m *Module) showNode(w http.ResponseWriter, r *http.Request) error {
	p, err := m.node(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, nodeView(p))
}

func (m *Module) node(r *http.Request) (*nodePage, error) {
	base, err := m.load(r.Context(), r.PathValue("code"), "process")
	if err != nil {
		return nil, err
	}
	p := &nodePage{page: base, ID: r.PathValue("id"), Where: url.Values{}}
	n, ok := findNode(base.Now.Process.Nodes, p.ID)
	switch {
	case ok:
	case p.ID == newID && p.mayEdit():
		n = newNode(r.FormValue("kind"))
		for _, key := range []string{"kind", "after", "before", "in"} {
			if v := r.FormValue(key); v != "" {
				p.Where.Set(key, v)
			}
		}
	default:
		return nil, web.ErrNotFound
	}
	p.Node, p.Values = n, fillNode(n)
	if p.Agency, err = m.agencyRefs(r, n); err != nil {
		return nil, err
	}
	t := &processPage{page: base}
	var e *errs.Error
	if err := base.Now.Process.Validate(); errors.As(err, &e) {
		t.Faults = e.Fields
	}
	p.Faults, p.Inputs = t.faultsOf(p.ID), conditionInputs(base.Now)
	return p, nil
}

// newNode is a node of which only the kind is known.
func newNode(kind string) workflow.Node {
	switch kind {
	case workflow.Parallel:
		return workflow.Node{Kind: kind, Branches: []workflow.Branch{{Name: "分支一"}, {Name: "分支二"}}}
	case workflow.Choice:
		return workflow.Node{Kind: kind, Branches: []workflow.Branch{{Name: "满足条件"}, {Name: "其余情形"}}}
	}
	return workflow.Node{Kind: workflow.Step, Agency: "competent", Role: workflow.RoleReview}
}

// conditionInputs are the names that a branch's condition may use.
func conditionInputs(d *catalogue.Definition) []string {
	fields, err := catalogue.FormFields(d.Form)
	if err != nil {
		return nil
	}
	var list []string
	for _, f := range fields {
		if len(f.Options) > 0 || f.Type == "number" || f.Type == "integer" || f.Type == "boolean" {
			words := f.Name + "（" + f.Title
			for i, o := range f.Options {
				if i < 6 {
					words += "；" + strconv.Quote(o.Value) + o.Label
				}
			}
			list = append(list, words+"）")
		}
	}
	return list
}

func (p *nodePage) url() string { return elementURL(p.Item.Code, "process", p.ID) }

func (p *nodePage) title() string {
	switch {
	case p.ID != newID:
		return p.Node.Name
	case p.Node.Kind == workflow.Parallel:
		return "新的并行"
	case p.Node.Kind == workflow.Choice:
		return "新的选择"
	}
	return "新环节"
}

var agencyWords = choices("competent", "决定部门", "receiving", "收件单位", "village", "村（居）委会", "town", "镇政府（街道办）", "county", "县级主管部门", "city", "市级主管部门")

// agencyRefs are the bodies a step may be given to: by their part in the case,
// a department at the deciding level, and the one it has now.
func (m *Module) agencyRefs(r *http.Request, n workflow.Node) ([]ui.Option, error) {
	depts, err := m.departments(r)
	list := slices.Clone(agencyWords)
	for _, d := range depts {
		list = append(list, ui.Option{Value: "dept:" + d.Value, Label: d.Label})
	}
	for _, ref := range append([]string{n.Agency}, n.Signers...) {
		list = withValue(list, ref)
	}
	return list, err
}

func fillNode(n workflow.Node) url.Values {
	v := url.Values{}
	v.Set("name", n.Name)
	v.Set("agency", n.Agency)
	v.Set("role", n.Role)
	v.Set("limit", strconv.Itoa(n.Limit))
	v.Set("sign", n.Sign)
	v.Set("decision", strconv.FormatBool(n.Decision))
	v.Set("may_refuse", strconv.FormatBool(n.MayRefuse))
	v.Set("on_timeout", n.OnTimeout)
	v.Set("form", string(n.Form))
	v.Set("signers.count", strconv.Itoa(len(n.Signers)))
	for i, s := range n.Signers {
		v.Set(rowName("signers", i), s)
	}
	v.Set("branches.count", strconv.Itoa(len(n.Branches)))
	for i, b := range n.Branches {
		v.Set(rowName("branches", i)+".name", b.Name)
		v.Set(rowName("branches", i)+".when", b.When)
		v.Set(rowName("branches", i)+".was", strconv.Itoa(i+1))
	}
	return v
}

var (
	signerRows = field{Path: "signers", Kind: rows, Columns: []field{{}}}
	branchRows = field{Path: "branches", Kind: rows, Columns: []field{{Path: "name"}, {Path: "when"}, {Path: "was"}}}
)

// saveNode stores one node, or does what a button of its lists asks.
func (m *Module) saveNode(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	id, typed := r.PathValue("id"), form.Raw()
	moving := rearrange(typed, form.Value("op"))
	var saved catalogue.Saved
	if !moving || id != newID {
		saved, err = m.change(r, form, "process", func(d *catalogue.Definition) error { return applyNode(d, &id, typed) })
	}
	if err == nil && !moving && !partial(r) {
		web.Flash(r, "success", savedWords(saved))
		return web.Redirect(w, r, elementURL(r.PathValue("code"), "process", id))
	}
	code := http.StatusOK
	if err != nil {
		if code, err = told(form, err); err != nil {
			return err
		}
	}
	p, err := m.node(r)
	if err != nil {
		return err
	}
	if code == http.StatusOK {
		p.Saved = savedWords(saved)
	}
	p.Form, p.Values = form, typed
	return web.RenderPart(w, r, code, nodeView(p), nodePart(p))
}

// applyNode writes one node into the process; id gets the new one's.
func applyNode(d *catalogue.Definition, id *string, typed url.Values) error {
	n, known := findNode(d.Process.Nodes, *id)
	if !known && *id != newID {
		return errs.ErrInvalid.Field("", "这个环节已被删除，请返回流程。")
	}
	if !known {
		n = newNode(typed.Get("kind"))
	}
	var bad errs.Fields
	takeNode(&n, typed, &bad)
	if err := bad.Err(); err != nil {
		return err
	}
	if known {
		d.Process.Nodes, _ = inSequence(d.Process.Nodes, *id, func(list []workflow.Node, i int) []workflow.Node {
			list = slices.Clone(list)
			list[i] = n
			return list
		})
		return nil
	}
	n.ID = freeID(n.Kind+"_", func(x string) bool { _, taken := findNode(d.Process.Nodes, x); return taken })
	nodes, ok := place(d.Process.Nodes, n, typed)
	if !ok {
		return errs.ErrInvalid.Field("", "要加在旁边的环节已被删除，请返回流程重新添加。")
	}
	d.Process.Nodes, *id = nodes, n.ID
	return nil
}

func takeNode(n *workflow.Node, v url.Values, bad *errs.Fields) {
	n.Name = strings.TrimSpace(v.Get("name"))
	if n.Name == "" || len([]rune(n.Name)) > 60 {
		bad.Add("name", "请填写名称，不超过60个字。")
	}
	if n.Kind != workflow.Step {
		takeBranches(n, v)
		return
	}
	n.Agency, n.Role, n.Sign, n.OnTimeout = v.Get("agency"), v.Get("role"), v.Get("sign"), v.Get("on_timeout")
	n.Decision, n.MayRefuse = v.Get("decision") == "true", v.Get("may_refuse") == "true"
	limit, err := strconv.Atoi(strings.TrimSpace(v.Get("limit")))
	if err != nil || limit < 0 || limit > workflow.MaxLimit {
		bad.Add("limit", "时限应为0至%d的整数，不限时填0。", workflow.MaxLimit)
	}
	n.Limit = limit
	tighten(v, "signers", signerRows)
	signers := []string{}
	for i := range filled(v, "signers", signerRows) {
		signers = append(signers, v.Get(rowName("signers", i)))
	}
	if !slices.Equal(signers, n.Signers) {
		n.Signers = signers
	}
	if typed := strings.TrimSpace(v.Get("form")); typed != string(n.Form) {
		if typed != "" && !json.Valid([]byte(typed)) {
			bad.Add("form", "环节表单不是有效的 JSON。")
		}
		n.Form = json.RawMessage(typed)
		if typed == "" {
			n.Form = nil
		}
	}
}

// takeBranches reads the names and conditions of a block's branches. A branch
// brings the nodes it had along, wherever it was moved.
func takeBranches(n *workflow.Node, v url.Values) {
	tighten(v, "branches", branchRows)
	var list []workflow.Branch
	for i := range count(v, "branches") {
		at := rowName("branches", i)
		b := workflow.Branch{}
		if was := atoi(v.Get(at + ".was")); was > 0 && was <= len(n.Branches) {
			b = n.Branches[was-1]
		}
		b.Name, b.When = strings.TrimSpace(v.Get(at+".name")), strings.TrimSpace(v.Get(at+".when"))
		if b.Name == "" && b.When == "" && len(b.Nodes) == 0 {
			continue
		}
		list = append(list, b)
		v.Set(at+".was", strconv.Itoa(len(list)))
	}
	n.Branches = list
}

// nodeFacts tells everything about a node, for a comparison.
func nodeFacts(n workflow.Node, within string) []fact {
	list := []fact{{"name", "名称", n.Name}, {"within", "所在分支", within}}
	if n.Kind != workflow.Step {
		list = append(list, fact{"kind", "类型", map[string]string{workflow.Parallel: "并行", workflow.Choice: "选择"}[n.Kind]})
		for k := range n.Branches {
			list = append(list, fact{fmt.Sprintf("branch.%d", k), fmt.Sprintf("第%d个分支", k+1), branchWords(n, k)})
		}
		return list
	}
	var signers []string
	for _, s := range n.Signers {
		signers = append(signers, labelOf(agencyWords, s))
	}
	limit := "不限"
	if n.Limit > 0 {
		limit = fmt.Sprintf("%d个工作日", n.Limit)
	}
	return append(list, fact{"agency", "办理单位", labelOf(agencyWords, n.Agency)}, fact{"role", "办理角色", workflow.RoleNames[n.Role]}, fact{"limit", "时限", limit},
		fact{"sign", "签署方式", labelOf(signings, n.Sign)}, fact{"signers", "会签单位", strings.Join(signers, "、")},
		fact{"decision", "作出决定", field{Kind: tick}.words(n.Decision)}, fact{"may_refuse", "可以直接不予许可", field{Kind: tick}.words(n.MayRefuse)},
		fact{"on_timeout", "超时", labelOf(timeouts, n.OnTimeout)}, fact{"form", "环节表单", string(n.Form)})
}

var (
	signings = choices("", "一人签（核查为两人）", workflow.SignOne, "一人签", workflow.SignAll, "全部签", workflow.SignAny, "任一人签")
	timeouts = choices(workflow.TimeoutRemind, "提醒经办人", workflow.TimeoutEscalate, "上报给本单位的决定人")
)

func roleOptions() []ui.Option {
	var list []ui.Option
	for _, role := range workflow.Roles {
		list = append(list, ui.Option{Value: role, Label: workflow.RoleNames[role]})
	}
	return list
}
