package catalogue

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"yimen/internal/kit/errs"
)

// Answers are what the applicant chose: question id → option ids. A question
// that is answered with "none of these" (Multiple only) is there with an empty list.
type Answers map[string][]string

// Checklist is what the answers so far come to (§2.6).
type Checklist struct {
	Version    int             // of the item; the case keeps it
	Questions  []Question      // answered and open ones, in order; those that do not apply are left out
	Answers    Answers         // the answers that count: those to questions that apply
	Open       []string        // ids of questions still to answer
	Materials  []Material      // base materials and those the answers add, in the item's order
	FormSchema json.RawMessage // the item's form
	Defaults   map[string]any  // form values that the answers fill in
	Stop       string          // why the applicant cannot go on; "" when they can
	Complete   bool            // all answered and not stopped

	item *Definition
}

// situations is the questions of one version with their conditions compiled.
type situations struct {
	def  *Definition
	when []*vm.Program // nil: always
}

// compileSituations compiles every condition over the questions before it, so
// that a name or a type that is wrong is found now and not at the counter.
func compileSituations(d *Definition) (*situations, error) {
	var bad errs.Fields
	s := &situations{def: d, when: make([]*vm.Program, len(d.Situations))}
	env := map[string]any{}
	for i, q := range d.Situations {
		if q.When != "" {
			p, err := expr.Compile(q.When, expr.Env(env), expr.AsBool(), expr.DisableAllBuiltins(),
				expr.EnableBuiltin("len"), expr.EnableBuiltin("any"), expr.EnableBuiltin("all"), expr.EnableBuiltin("none"))
			if err != nil {
				bad.Add(fmt.Sprintf("situations.%d.when", i), "问题“%s”的出现条件“%s”无法识别，只能引用前面的问题：%v。", q.Text, q.When, firstLine(err))
				continue
			}
			s.when[i] = p
		}
		env[q.ID] = blank(q)
	}
	return s, bad.Err()
}

// blank is how an unanswered question reads in a condition.
func blank(q Question) any {
	if q.Multiple {
		return []string{}
	}
	return ""
}

func value(q Question, chosen []string) any {
	if q.Multiple {
		return chosen
	}
	if len(chosen) == 0 {
		return ""
	}
	return chosen[0]
}

// applies says whether question i is asked, given the earlier answers in env.
func (s *situations) applies(i int, env map[string]any) (bool, error) {
	if s.when[i] == nil {
		return true, nil
	}
	out, err := expr.Run(s.when[i], env)
	if err != nil {
		return false, fmt.Errorf("catalogue: condition of question %s of item %s: %w", s.def.Situations[i].ID, s.def.Code, err)
	}
	return out.(bool), nil
}

// resolve walks the questions with the answers given. An answer to a question
// that no longer applies (an earlier one was changed) does not count; one that
// the item does not know is an error.
func (s *situations) resolve(given Answers) (*Checklist, error) {
	if err := s.known(given); err != nil {
		return nil, err
	}
	list := &Checklist{item: s.def, Questions: []Question{}, Answers: Answers{}, Open: []string{}, Defaults: map[string]any{}, FormSchema: s.def.Form}
	needed := map[string]bool{}
	for _, id := range s.def.BaseMaterials {
		needed[id] = true
	}
	env := map[string]any{}
	for _, q := range s.def.Situations {
		env[q.ID] = blank(q)
	}
	for i, q := range s.def.Situations {
		ask, err := s.applies(i, env)
		if err != nil {
			return nil, err
		}
		if !ask {
			continue
		}
		list.Questions = append(list.Questions, q)
		chosen, answered := answerTo(q, given)
		if !answered {
			list.Open = append(list.Open, q.ID)
			continue
		}
		list.Answers[q.ID] = chosen
		env[q.ID] = value(q, chosen)
		list.apply(q, chosen, needed)
	}
	for _, m := range s.def.Materials {
		if needed[m.ID] {
			list.Materials = append(list.Materials, m)
		}
	}
	list.Complete = len(list.Open) == 0 && list.Stop == ""
	return list, nil
}

// apply adds what the chosen options bring.
func (c *Checklist) apply(q Question, chosen []string, needed map[string]bool) {
	for _, o := range q.Options {
		if !slices.Contains(chosen, o.ID) {
			continue
		}
		for _, id := range o.Materials {
			needed[id] = true
		}
		maps.Copy(c.Defaults, o.Defaults)
		if o.Stop != "" && c.Stop == "" {
			c.Stop = o.Stop
		}
	}
}

// answerTo gives the options chosen for q. A page posts an empty value for a
// group of ticks with none set, so [""] is "none of these".
func answerTo(q Question, given Answers) (chosen []string, answered bool) {
	raw, there := given[q.ID]
	chosen = []string{}
	for _, id := range raw {
		if id != "" && !slices.Contains(chosen, id) {
			chosen = append(chosen, id)
		}
	}
	return chosen, there && (q.Multiple || len(chosen) > 0)
}

// known refuses answers to questions, and options, that the item does not have.
func (s *situations) known(given Answers) error {
	var bad errs.Fields
	for _, id := range slices.Sorted(maps.Keys(given)) {
		i := slices.IndexFunc(s.def.Situations, func(q Question) bool { return q.ID == id })
		if i < 0 {
			bad.Add("answers."+id, "事项没有这个问题，请按最新的问题重新回答。")
			continue
		}
		q := s.def.Situations[i]
		chosen, _ := answerTo(q, given)
		if len(chosen) > 1 && !q.Multiple {
			bad.Add("answers."+id, "“%s”只能选一项。", q.Text)
		}
		for _, option := range chosen {
			if !slices.ContainsFunc(q.Options, func(o Option) bool { return o.ID == option }) {
				bad.Add("answers."+id, "“%s”没有选项“%s”，请重新选择。", q.Text, option)
			}
		}
	}
	return bad.Err()
}

// pathBudget bounds the search for an empty path: a tree of questions wider
// than this cannot be understood by an applicant either.
const pathBudget = 20_000

// ChecklistOf resolves the answers given so far against a definition that
// need not be stored: what a citizen would be asked by this draft. Errors:
// errs.ErrInvalid for a condition that cannot be read, or an unknown answer.
func ChecklistOf(d *Definition, answers Answers) (Checklist, error) {
	s, err := compileSituations(d)
	if err != nil {
		return Checklist{}, err
	}
	list, err := s.resolve(answers)
	if err != nil {
		return Checklist{}, err
	}
	return *list, nil
}

// emptyPath looks for a way through the questions that asks for no material
// and does not stop: the answers on it, and whether there is one. It follows
// only ways that are still empty, so items with base materials cost nothing.
// complete is false when the budget ran out first.
func (s *situations) emptyPath() (path Answers, found, complete bool, err error) {
	if len(s.def.BaseMaterials) > 0 {
		return nil, false, true, nil
	}
	w := &walk{s: s, env: map[string]any{}, path: Answers{}, left: pathBudget}
	for _, q := range s.def.Situations {
		w.env[q.ID] = blank(q)
	}
	found, err = w.from(0)
	return w.path, found, w.left > 0, err
}

// walk is a depth-first search over the answers.
type walk struct {
	s    *situations
	env  map[string]any
	path Answers
	left int
}

func (w *walk) from(i int) (bool, error) {
	if w.left--; w.left <= 0 {
		return false, nil
	}
	if i == len(w.s.def.Situations) {
		return true, nil
	}
	ask, err := w.s.applies(i, w.env)
	if err != nil {
		return false, err
	}
	if !ask {
		return w.from(i + 1)
	}
	q := w.s.def.Situations[i]
	for _, chosen := range choices(q) {
		w.env[q.ID], w.path[q.ID] = value(q, chosen), chosen
		if found, err := w.from(i + 1); found || err != nil {
			return found, err
		}
	}
	w.env[q.ID] = blank(q)
	delete(w.path, q.ID)
	return false, nil
}

// choices gives the answers to q that add no material and do not stop. Of a
// Multiple question: none, each alone and all of them, which is what its
// conditions can tell apart in practice.
func choices(q Question) [][]string {
	var free []string
	for _, o := range q.Options {
		if len(o.Materials) == 0 && o.Stop == "" {
			free = append(free, o.ID)
		}
	}
	var list [][]string
	if q.Multiple {
		list = append(list, []string{})
	}
	for _, id := range free {
		list = append(list, []string{id})
	}
	if q.Multiple && len(free) > 1 {
		list = append(list, free)
	}
	return list
}

func firstLine(err error) string {
	s := err.Error()
	for i, r := range s {
		if r == '\n' {
			return s[:i]
		}
	}
	return s
}
