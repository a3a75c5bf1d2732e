package workflow

import (
	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"
)

// compileCondition reads a branch condition. Names are looked up in the
// variables of the case; one that is not there is nil, so write
// (area ?? 0) > 300 where a form may leave the field empty.
func compileCondition(when string) (*vm.Program, error) {
	return expr.Compile(when, expr.AllowUndefinedVariables(), expr.AsBool())
}
