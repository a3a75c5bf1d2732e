package designer

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
	"yimen/internal/org"
	"yimen/internal/workflow"
)

// example is one run of a process: for a matter in one division, with these
// values, which agencies act and how many working days it takes.
type example struct {
	Division string
	Name     string // of the division
	Inputs   []exampleInput
	Steps    []exampleStep
	Days     int
	Promise  string
	Problem  string
}

// exampleInput is a value that decides a branch.
type exampleInput struct {
	variable
	Value string
}

type exampleStep struct {
	ID     string
	Name   string
	Agency string
	Role   string
	Days   int
	Beside string // the branch it stands in, ""
}

// runExample runs the process with the division and values of the address;
// without a division for the first village of the city.
func (m *Module) runExample(r *http.Request, d *catalogue.Definition) (example, error) {
	q := r.URL.Query()
	x := example{Division: strings.TrimSpace(q.Get("division")), Promise: d.Promised.Promise()}
	if x.Division == "" {
		var err error
		if x.Division, err = m.someDivision(r.Context(), d); err != nil {
			return x, err
		}
	}
	at, err := m.Org.Division(r.Context(), x.Division)
	var e *errs.Error
	if errors.As(err, &e) {
		x.Problem = e.Message
		return x, nil
	}
	if err != nil {
		return x, err
	}
	x.Name = at.Name
	x.Inputs = inputsOf(d, q)
	vars := varsOf(x.Inputs)
	steps, err := workflow.Way(d.Process, vars)
	if err != nil {
		x.Problem = "用这些数据走不通：" + errs.From(err).Message
		return x, nil
	}
	for _, s := range steps {
		agency, err := m.agencyFor(r.Context(), d, s.Node.Agency, at)
		if err != nil {
			return x, err
		}
		if len(s.Node.Signers) > 0 {
			if agency, err = m.signersFor(r.Context(), d, s.Node.Signers, at); err != nil {
				return x, err
			}
		}
		x.Steps = append(x.Steps, exampleStep{s.Node.ID, s.Node.Name, agency, workflow.RoleNames[s.Node.Role], s.Node.Limit, s.Beside})
	}
	x.Days = workflow.Days(d.Process, vars)
	return x, nil
}

// varsOf are the values as a case would have them; those that cannot be read
// count as not filled in.
func varsOf(inputs []exampleInput) map[string]any {
	vars := map[string]any{}
	for _, in := range inputs {
		value, ok := in.value(in.Value)
		if !ok {
			continue
		}
		if in.Kind == someOf || in.Kind == answered {
			value = []any{value}
		}
		name, member, inside := strings.Cut(in.Name, ".")
		if !inside {
			vars[name] = value
			continue
		}
		object, _ := vars[name].(map[string]any)
		if object == nil {
			object = map[string]any{}
		}
		object[member] = value
		vars[name] = object
	}
	return vars
}

// inputsOf are the variables that the conditions of the process look at.
func inputsOf(d *catalogue.Definition, q url.Values) []exampleInput {
	named := namesIn(d.Process.Nodes)
	var list []exampleInput
	for _, v := range variablesOf(d) {
		if named[v.Name] {
			list = append(list, exampleInput{v, q.Get("v." + v.Name)})
		}
	}
	return list
}

func namesIn(nodes []workflow.Node) map[string]bool {
	named := map[string]bool{}
	for _, n := range nodes {
		for _, b := range n.Branches {
			for _, name := range workflow.NamesIn(b.When) {
				named[strings.TrimPrefix(name, catalogue.VarForm+".")] = true
			}
			maps.Copy(named, namesIn(b.Nodes))
		}
	}
	return named
}

// someDivision is where an example is run when nobody has said: a division of
// the lowest level at which the item is offered, first of all.
func (m *Module) someDivision(ctx context.Context, d *catalogue.Definition) (string, error) {
	home, err := m.Org.Home(ctx)
	if err != nil {
		return "", err
	}
	at := home.Code
	for lowest(d) > int(org.LevelOf(at)) {
		children, _, err := m.Org.Children(ctx, at, pageOfOne)
		if err != nil {
			return "", err
		}
		if len(children) == 0 {
			break
		}
		at = children[0].Code
	}
	return at, nil
}

func lowest(d *catalogue.Definition) int {
	level := catalogue.LevelCity
	for _, l := range d.Levels {
		level = max(level, l)
	}
	return level
}

// agencyFor names the body that a step's reference means for a division.
func (m *Module) agencyFor(ctx context.Context, d *catalogue.Definition, ref string, at org.Division) (string, error) {
	level, dept := org.Level(d.DecidedAt), d.Dept
	switch ref {
	case "receiving":
		return "收件的窗口", nil
	case "competent":
	case "village", "town", "county", "city":
		level = map[string]org.Level{"village": org.Village, "town": org.Town, "county": org.County, "city": org.City}[ref]
	default:
		if code, ok := strings.CutPrefix(ref, "agency:"); ok {
			a, err := m.Org.Agency(ctx, code)
			return nameOr(a, err)
		}
		dept = strings.TrimPrefix(ref, "dept:")
	}
	a, err := m.Org.CompetentAgency(ctx, dept, level, at.Code)
	return nameOr(a, err)
}

// nameOr is the agency's name, or why there is none.
func nameOr(a org.Agency, err error) (string, error) {
	var e *errs.Error
	if errors.As(err, &e) {
		return "（没有这样的单位）" + e.Message, nil
	}
	return a.Name, err
}

func (m *Module) signersFor(ctx context.Context, d *catalogue.Definition, refs []string, at org.Division) (string, error) {
	var names []string
	for _, ref := range refs {
		name, err := m.agencyFor(ctx, d, ref, at)
		if err != nil {
			return "", err
		}
		names = append(names, name)
	}
	return strings.Join(names, "、"), nil
}
