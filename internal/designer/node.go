package designer

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/workflow"
)

// nodePage is one node of the process.
type nodePage struct {
	*page
	ID     string
	Node   workflow.Node
	Where  url.Values // of a new one: where it goes
	Values url.Values
	Agency []ui.Option
	Faults []string
	Vars   []variable // what conditions may look at
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
	p.Node, p.Values, p.Vars = n, fillNode(base.Now, n), variablesOf(base.Now)
	if p.Agency, err = m.agencyRefs(r, n); err != nil {
		return nil, err
	}
	t := &processPage{page: base}
	var e *errs.Error
	if err := base.Now.Process.Validate(); errors.As(err, &e) {
		t.Faults = e.Fields
	}
	p.Faults = t.faultsOf(p.ID)
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

func fillNode(d *catalogue.Definition, n workflow.Node) url.Values {
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
	fillBranches(v, variablesOf(d), n.Branches)
	return v
}

var (
	signerRows = field{Path: "signers", Kind: rows, Columns: []field{{}}}
	branchRows = field{Path: "branches", Kind: rows, Columns: []field{{Path: "name"}, {Path: "when"}, {Path: "was"}, {Path: "tests.0.name"}}}
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
		saved, err = m.change(r, form, "process", func(d *catalogue.Definition) error { return applyNode(d, &id, typed, moving || partial(r)) })
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

// applyNode writes one node into the process; id gets the new one's. midway
// says that somebody is still filling in.
func applyNode(d *catalogue.Definition, id *string, typed url.Values, midway bool) error {
	n, known := findNode(d.Process.Nodes, *id)
	if !known && *id != newID {
		return errs.ErrInvalid.Field("", "这个环节已被删除，请返回流程。")
	}
	if !known {
		n = newNode(typed.Get("kind"))
	}
	var bad errs.Fields
	takeNode(d, &n, typed, midway, &bad)
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

func takeNode(d *catalogue.Definition, n *workflow.Node, v url.Values, midway bool, bad *errs.Fields) {
	n.Name = strings.TrimSpace(v.Get("name"))
	if n.Name == "" || len([]rune(n.Name)) > 60 {
		bad.Add("name", "请填写名称，不超过60个字。")
	}
	if n.Kind != workflow.Step {
		takeBranches(d, n, v, midway, bad)
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
