package workflow

import (
	"fmt"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

// scope is visible in SQL. Roles over which the actor has the same rights share
// one condition, so that an approver's inbox is one range of one index.
func scope(w *db.Where, a identity.Actor) {
	if a.IsSystem() {
		return
	}
	if !a.SignedIn() {
		w.And("1 = 0")
		return
	}
	cols := identity.Columns{Receiving: "receiving", Division: "division", Agency: "agency", Dept: "dept"}
	// The <> '' let both engines use the partial indexes.
	parts := []string{
		"(assignee <> '' AND assignee = ?)", "(on_behalf <> '' AND on_behalf = ?)", "(done_by <> '' AND done_by = ?)",
	}
	args := []any{a.Account, a.Account, a.Account}
	if view := a.Scope(VerbView); !view.Empty() {
		cond, more := view.Condition(cols)
		if cond == "" {
			return
		}
		parts, args = append(parts, cond), append(args, more...)
	}
	for _, g := range rolesByScope(a, cols) {
		part := "role IN (?" + strings.Repeat(", ?", len(g.roles)-1) + ")"
		for _, r := range g.roles {
			args = append(args, r)
		}
		if g.cond != "" {
			part += " AND (" + g.cond + ")"
			args = append(args, g.args...)
		}
		parts = append(parts, "("+part+")")
	}
	w.And(strings.Join(parts, " OR "), args...)
}

type roleScope struct {
	cond  string
	args  []any
	roles []string
}

func rolesByScope(a identity.Actor, cols identity.Columns) []*roleScope {
	var list []*roleScope
	byText := map[string]*roleScope{}
	for _, role := range Roles {
		s := a.Scope(verbOf[role])
		if s.Empty() {
			continue
		}
		cond, args := s.Condition(cols)
		key := cond + fmt.Sprint(args...)
		g := byText[key]
		if g == nil {
			g = &roleScope{cond: cond, args: args}
			byText[key], list = g, append(list, g)
		}
		g.roles = append(g.roles, role)
	}
	return list
}
