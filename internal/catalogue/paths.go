package catalogue

import (
	"slices"
	"strings"
)

// Path is one way through the questions of an item: what was answered and what
// it comes to.
type Path struct {
	Steps     []PathStep
	Materials []string // ids, base materials included, in the item's order
	Stop      string   // why the way ends early, ""
}

// PathStep is one question on a path with the labels of the chosen options.
type PathStep struct {
	Question string // id
	Text     string
	Options  []string // ids; none: 都不选
	Labels   []string
}

// Words writes a path as people read it.
func (p Path) Words() string {
	parts := make([]string, len(p.Steps))
	for i, s := range p.Steps {
		label := strings.Join(s.Labels, "、")
		if label == "" {
			label = "都不选"
		}
		parts[i] = s.Text + label
	}
	return strings.Join(parts, " → ")
}

// PathReport is what all ways through the questions come to.
type PathReport struct {
	Count       int      // distinct ways; at least so many when not Complete
	Complete    bool     // false: there are more than were counted
	Paths       []Path   // the first of them
	Unreachable []string // ids of questions that no way asks
	DeadEnds    []string // ids of questions of which every answer stops
	Unused      []string // ids of materials that no way asks for
}

// maxPaths bounds the paths that are told; more are only counted.
const maxPaths = 200

// PathsOf walks every way through the questions. Of a Multiple question it
// tries none, each alone and all of them, which is what conditions can tell
// apart in practice. The error is errs.ErrInvalid for a condition that cannot
// be read.
func PathsOf(d *Definition) (PathReport, error) {
	s, err := compileSituations(d)
	if err != nil {
		return PathReport{}, err
	}
	w := &pathWalk{s: s, env: map[string]any{}, asked: map[string]bool{}, used: map[string]bool{}, left: pathBudget}
	for _, q := range d.Situations {
		w.env[q.ID] = blank(q)
	}
	for _, id := range d.BaseMaterials {
		w.used[id] = true
	}
	if err := w.from(0, nil); err != nil {
		return PathReport{}, err
	}
	r := w.report
	r.Complete = w.left > 0
	for _, q := range d.Situations {
		if r.Complete && !w.asked[q.ID] {
			r.Unreachable = append(r.Unreachable, q.ID)
		}
		if len(q.Options) > 0 && !q.Multiple && !slices.ContainsFunc(q.Options, func(o Option) bool { return o.Stop == "" }) {
			r.DeadEnds = append(r.DeadEnds, q.ID)
		}
	}
	for _, m := range d.Materials {
		if r.Complete && !w.used[m.ID] {
			r.Unused = append(r.Unused, m.ID)
		}
	}
	return r, nil
}

type pathWalk struct {
	s      *situations
	env    map[string]any
	asked  map[string]bool
	used   map[string]bool
	left   int
	report PathReport
}

func (w *pathWalk) from(i int, steps []PathStep) error {
	if w.left--; w.left <= 0 {
		return nil
	}
	if i == len(w.s.def.Situations) {
		w.end(steps, "")
		return nil
	}
	ask, err := w.s.applies(i, w.env)
	if err != nil {
		return err
	}
	if !ask {
		return w.from(i+1, steps)
	}
	q := w.s.def.Situations[i]
	w.asked[q.ID] = true
	for _, chosen := range everyChoice(q) {
		w.env[q.ID] = value(q, chosen)
		way := append(slices.Clip(steps), stepOfPath(q, chosen))
		if stop := stopOf(q, chosen); stop != "" {
			w.end(way, stop)
			continue
		}
		if err := w.from(i+1, way); err != nil {
			return err
		}
	}
	w.env[q.ID] = blank(q)
	return nil
}

// end notes a path; one that stops asks for nothing.
func (w *pathWalk) end(steps []PathStep, stop string) {
	w.report.Count++
	p := Path{Steps: steps, Stop: stop}
	if stop == "" {
		needed := w.needed(steps)
		for _, m := range w.s.def.Materials {
			if needed[m.ID] {
				p.Materials = append(p.Materials, m.ID)
				w.used[m.ID] = true
			}
		}
	}
	if len(w.report.Paths) < maxPaths {
		w.report.Paths = append(w.report.Paths, p)
	}
}

func (w *pathWalk) needed(steps []PathStep) map[string]bool {
	needed := map[string]bool{}
	for _, id := range w.s.def.BaseMaterials {
		needed[id] = true
	}
	for _, step := range steps {
		i := slices.IndexFunc(w.s.def.Situations, func(q Question) bool { return q.ID == step.Question })
		for _, o := range w.s.def.Situations[i].Options {
			if !slices.Contains(step.Options, o.ID) {
				continue
			}
			for _, id := range o.Materials {
				needed[id] = true
			}
		}
	}
	return needed
}

func stepOfPath(q Question, chosen []string) PathStep {
	step := PathStep{Question: q.ID, Text: q.Text, Options: chosen}
	for _, o := range q.Options {
		if slices.Contains(chosen, o.ID) {
			step.Labels = append(step.Labels, o.Label)
		}
	}
	return step
}

func stopOf(q Question, chosen []string) string {
	for _, o := range q.Options {
		if o.Stop != "" && slices.Contains(chosen, o.ID) {
			return o.Stop
		}
	}
	return ""
}

// everyChoice gives the answers to q that are told apart.
func everyChoice(q Question) [][]string {
	var list [][]string
	if q.Multiple {
		list = append(list, []string{})
	}
	var all []string
	for _, o := range q.Options {
		list = append(list, []string{o.ID})
		if o.Stop == "" {
			all = append(all, o.ID)
		}
	}
	if q.Multiple && len(all) > 1 {
		list = append(list, all)
	}
	return list
}
