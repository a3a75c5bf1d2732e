package workflow

import (
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"yimen/internal/kit/errs"
)

// ErrCondition is told when a branch condition cannot be decided with the
// variables of the case. Nothing is started: a case must not slip past an
// examination because a value is missing.
var ErrCondition = errs.Define(errs.Invalid, "workflow_condition_undecided", "办件缺少判断办理流程所需的数据，请补充填写后重试；仍不行请联系事项管理员检查流程条件。")

// compileCondition reads a branch condition. Names are looked up in the
// variables of the case; one that is not there is nil, so write
// (area ?? 0) > 300 where a form may leave the field empty.
func compileCondition(when string) (*vm.Program, error) {
	return expr.Compile(when, expr.AllowUndefinedVariables(), expr.AsBool())
}

// taken says which branches of each block an instance takes: one of a choice,
// at least one of a parallel. The keys are node ids, the values indexes.
type taken map[string][]int

// conditions are the compiled conditions of a definition, by node id and
// branch; nil stands for an empty one.
type conditions map[string][]*vm.Program

func compileAll(nodes []Node, into conditions) error {
	for _, n := range nodes {
		for _, b := range n.Branches {
			var p *vm.Program
			if strings.TrimSpace(b.When) != "" {
				var err error
				if p, err = compileCondition(b.When); err != nil {
					return ErrDefinition.Because(err)
				}
			}
			into[n.ID] = append(into[n.ID], p)
			if err := compileAll(b.Nodes, into); err != nil {
				return err
			}
		}
	}
	return nil
}

// decide evaluates the conditions of every block that is reached. They are
// decided once, at the start: the variables do not change afterwards, a bad
// condition shows before the case is accepted, and the picture knows from the
// first day which steps are to come.
func (c conditions) decide(nodes []Node, vars map[string]any, into taken) error {
	for _, n := range nodes {
		if len(n.Branches) == 0 {
			continue
		}
		way, err := c.branches(n, vars)
		if err != nil {
			return err
		}
		into[n.ID] = way
		for _, i := range way {
			if err := c.decide(n.Branches[i].Nodes, vars, into); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c conditions) branches(n Node, vars map[string]any) ([]int, error) {
	var way, all []int
	for i, p := range c[n.ID] {
		all = append(all, i)
		holds, err := holds(p, vars)
		if err != nil {
			return nil, ErrCondition.Because(err)
		}
		if !holds {
			continue
		}
		way = append(way, i)
		if n.Kind == Choice {
			return way, nil
		}
	}
	if len(way) == 0 {
		return all, nil
	}
	return way, nil
}

func holds(p *vm.Program, vars map[string]any) (bool, error) {
	if p == nil {
		return true, nil
	}
	out, err := expr.Run(p, vars)
	if err != nil {
		return false, err
	}
	yes, _ := out.(bool)
	return yes, nil
}
