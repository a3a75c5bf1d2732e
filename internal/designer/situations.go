package designer

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// treePage is the questions of an item as a tree, with what a citizen would be
// asked beside it.
type treePage struct {
	*page
	Tree   []branch
	Report catalogue.PathReport
	Try    tryout
	Broken string // why the questions cannot be walked, ""
}

// branch is a question in the tree: it stands below the question that its
// condition names last.
type branch struct {
	Question catalogue.Question
	Index    int
	Depth    int
	When     string // in words, "" always
}

// tree indents the questions: one with a condition stands one deeper than the
// deepest question its condition names.
func tree(d *catalogue.Definition) []branch {
	depth := map[string]int{}
	var list []branch
	for i, q := range d.Situations {
		b := branch{Question: q, Index: i}
		if q.When != "" {
			b.When = whenWords(d, q.When)
			b.Depth = 1
			for _, earlier := range d.Situations[:i] {
				if strings.Contains(q.When, earlier.ID) {
					b.Depth = max(b.Depth, depth[earlier.ID]+1)
				}
			}
		}
		b.Depth = min(b.Depth, 5)
		depth[q.ID] = b.Depth
		list = append(list, b)
	}
	return list
}

func (m *Module) showSituations(w http.ResponseWriter, r *http.Request) error {
	p, err := m.load(r.Context(), r.PathValue("code"), "situations")
	if err != nil {
		return err
	}
	t := m.treeOf(p, r.URL.Query())
	return web.RenderPart(w, r, http.StatusOK, treeView(t), tryPart(t))
}

func (m *Module) treeOf(p *page, given url.Values) *treePage {
	t := &treePage{page: p, Tree: tree(p.Now)}
	var err error
	if t.Report, err = catalogue.PathsOf(p.Now); err != nil {
		t.Broken = errs.From(err).Message
		return t
	}
	t.Try = tryOut(p.Now, given)
	return t
}

// problem tells what is wrong with a question of the tree, "" nothing.
func (t *treePage) problem(id string) string {
	switch {
	case slices.Contains(t.Report.Unreachable, id):
		return "永远问不到：没有一种回答会走到这个问题，请检查出现条件。"
	case slices.Contains(t.Report.DeadEnds, id):
		return "死路：无论选哪一项都不能办理，请至少留一个可以继续的选项。"
	}
	return ""
}

// tryout is a citizen's way through the questions as far as it has been tried.
type tryout struct {
	List  catalogue.Checklist
	Next  *catalogue.Question // nil: nothing more to ask
	Given catalogue.Answers
}

// tryOut resolves the answers a.<question>=<option> of an address.
func tryOut(d *catalogue.Definition, given url.Values) tryout {
	t := tryout{Given: catalogue.Answers{}}
	for _, q := range d.Situations {
		if list, there := given["a."+q.ID]; there {
			for _, x := range list {
				if x == "" || slices.ContainsFunc(q.Options, func(o catalogue.Option) bool { return o.ID == x }) {
					t.Given[q.ID] = append(t.Given[q.ID], x)
				}
			}
		}
	}
	list, err := catalogue.ChecklistOf(d, t.Given)
	if err != nil { // an answer that the draft no longer has: begin again
		list, _ = catalogue.ChecklistOf(d, catalogue.Answers{})
		t.Given = catalogue.Answers{}
	}
	t.List = list
	if len(list.Open) > 0 && list.Stop == "" {
		for i := range d.Situations {
			if d.Situations[i].ID == list.Open[0] {
				t.Next = &d.Situations[i]
			}
		}
	}
	return t
}

// url is the tryout with one more answer; without is a question to forget
// along with those after it.
func (t tryout) url(path, question string, options ...string) string {
	v := url.Values{}
	for q, list := range t.Given {
		v["a."+q] = list
	}
	if question != "" {
		if len(options) == 0 {
			options = []string{""}
		}
		v["a."+question] = options
	}
	return path + "?" + v.Encode() + "#try"
}

// back is the tryout before a question was answered.
func (t tryout) back(path, question string) string {
	v := url.Values{}
	for _, q := range t.List.Questions {
		if q.ID == question {
			break
		}
		if list, ok := t.Given[q.ID]; ok {
			v["a."+q.ID] = list
		}
	}
	return path + "?" + v.Encode() + "#try"
}

func (t tryout) answered() []catalogue.Question {
	var list []catalogue.Question
	for _, q := range t.List.Questions {
		if _, ok := t.List.Answers[q.ID]; ok {
			list = append(list, q)
		}
	}
	return list
}

func (t tryout) labels(q catalogue.Question) string {
	var parts []string
	for _, id := range t.List.Answers[q.ID] {
		parts = append(parts, optionLabel(q, id))
	}
	if len(parts) == 0 {
		return "都不选"
	}
	return strings.Join(parts, "、")
}

// changeSituations moves and removes questions.
func (m *Module) changeSituations(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	saved, err := m.change(r, form, "situations", func(d *catalogue.Definition) error {
		verb, id, _ := strings.Cut(form.Value("op"), ":")
		i := slices.IndexFunc(d.Situations, func(q catalogue.Question) bool { return q.ID == id })
		if i < 0 {
			return errs.ErrInvalid.Field("", "没有这个问题，可能已被删除，请刷新页面。")
		}
		d.Situations = shift(d.Situations, i, verb)
		return nil
	})
	return m.answerList(w, r, form, "situations", saved, err, func(p *page) error {
		t := m.treeOf(p, url.Values{})
		return web.RenderPart(w, r, status(form), treeView(t), treePart(t))
	})
}

// questionPage is one question with its options.
type questionPage struct {
	*page
	ID     string
	Index  int
	Text   string
	Values url.Values
	After  int // of a new one: the index it gets
}

func (m *Module) showQuestion(w http.ResponseWriter, r *http.Request) error {
	p, err := m.question(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, questionView(p))
}

func (m *Module) question(r *http.Request) (*questionPage, error) {
	base, err := m.load(r.Context(), r.PathValue("code"), "situations")
	if err != nil {
		return nil, err
	}
	p := &questionPage{page: base, ID: r.PathValue("id"), Text: "新问题", Values: url.Values{}}
	p.Index = slices.IndexFunc(p.Now.Situations, func(q catalogue.Question) bool { return q.ID == p.ID })
	q := catalogue.Question{Options: []catalogue.Option{{ID: "yes", Label: "是"}, {ID: "no", Label: "否"}}}
	switch {
	case p.Index >= 0:
		q = p.Now.Situations[p.Index]
		p.Text = q.Text
	case p.ID == newID && p.mayEdit():
		p.Index = len(p.Now.Situations)
		if after := r.FormValue("after"); after != "" {
			p.Index = 1 + slices.IndexFunc(p.Now.Situations, func(x catalogue.Question) bool { return x.ID == after })
		}
	default:
		return nil, web.ErrNotFound
	}
	return p, p.fill(q)
}

func (p *questionPage) base() string { return fmt.Sprintf("situations.%d", p.Index) }

func (p *questionPage) url() string { return elementURL(p.Item.Code, "situations", p.ID) }

// fill writes a question into the values of its page.
func (p *questionPage) fill(q catalogue.Question) error {
	raw, err := json.Marshal(map[string]any{"situations": []catalogue.Question{q}})
	if err != nil {
		return err
	}
	doc := newDocument()
	if err := json.Unmarshal(raw, &doc.raw); err != nil {
		return err
	}
	v := url.Values{}
	fill(v, doc, "situations.0", questionFields)
	p.Values = moved(v, "situations.0", p.base())
	fillWhen(p.Values, q)
	p.Values.Set("options.count", strconv.Itoa(len(q.Options)))
	for i, o := range q.Options {
		at := rowName("options", i)
		p.Values.Set(at+".id", o.ID)
		p.Values.Set(at+".label", o.Label)
		p.Values.Set(at+".stop", o.Stop)
		p.Values[at+".materials"] = slices.Clone(o.Materials)
		p.Values.Set(at+".defaults", defaultsText(o.Defaults))
	}
	return nil
}

// fillWhen writes a condition: parts of question and options, or the
// expression of an expert.
func fillWhen(v url.Values, q catalogue.Question) {
	parts, ok := readWhen(q.When)
	v.Set("when.was", q.When)
	if !ok {
		v.Set("when.expression", q.When)
	}
	v.Set("when.count", strconv.Itoa(len(parts)))
	for i, part := range parts {
		v.Set(rowName("when", i)+".question", part.Question)
		for _, o := range part.Options {
			v.Add(rowName("when", i)+".options", part.Question+":"+o)
		}
	}
}

func defaultsText(defaults map[string]any) string {
	var list []string
	for _, name := range sortedKeys(defaults) {
		raw, err := encode(defaults[name])
		if err != nil {
			continue
		}
		text := string(raw)
		if s, ok := defaults[name].(string); ok {
			text = s
		}
		list = append(list, name+"="+text)
	}
	return strings.Join(list, "\n")
}

// earlier are the questions that this one's condition may name.
func (p *questionPage) earlier() []catalogue.Question {
	return p.Now.Situations[:min(p.Index, len(p.Now.Situations))]
}

func (p *questionPage) earlierOptions() []ui.Option {
	var list []ui.Option
	for _, q := range p.earlier() {
		list = append(list, ui.Option{Value: q.ID, Label: shorten(q.Text, 30)})
	}
	return list
}

// answerOptions are the answers of the question chosen in part i, or of all
// earlier ones while none is chosen.
func (p *questionPage) answerOptions(i int) []ui.Option {
	chosen := p.Values.Get(rowName("when", i) + ".question")
	var list []ui.Option
	for _, q := range p.earlier() {
		if chosen != "" && q.ID != chosen {
			continue
		}
		for _, o := range q.Options {
			label := o.Label
			if chosen == "" {
				label = shorten(q.Text, 14) + o.Label
			}
			list = append(list, ui.Option{Value: q.ID + ":" + o.ID, Label: label})
		}
	}
	return list
}

func (p *questionPage) materialOptions() []ui.Option {
	var list []ui.Option
	for _, m := range p.Now.Materials {
		list = append(list, ui.Option{Value: m.ID, Label: m.Name})
	}
	return list
}
