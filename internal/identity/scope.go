package identity

import (
	"slices"
	"strings"

	"yimen/internal/kit/db"
	"yimen/internal/org"
)

// Grant is one verb somewhere. The division range is [From, To) over 12-digit
// codes, compared as text; From "" has no lower and To "" no upper bound.
type Grant struct {
	Verb   Verb
	On     On     // which division From and To are about; "" is Competent
	From   string // first division code in it
	To     string // first division code past it
	Agency string // competent agency; "" any
	Dept   string // department key of the competent agency (D11); "" any
	Role   string // name of the role it comes from; decides nothing

	// Of a right that a colleague has lent for a while: whose it is.
	Lender     string // account; "" it is one's own
	LenderName string
}

// Place is where an object stands. Fields an object does not have are "".
type Place struct {
	Receiving string // division of the outlet that received it
	Division  string // division of the competent agency
	Agency    string // competent agency
	Dept      string // its department
}

// Columns name the columns (or expressions) of a query that hold a Place;
// "" for those the table does not have, which then count as empty.
type Columns struct{ Receiving, Division, Agency, Dept string }

// Can says whether the actor may do v to what stands at p.
func (a Actor) Can(v Verb, p Place) bool {
	if a.IsSystem() {
		return true
	}
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Verb == v && g.covers(p) })
}

// Has says whether the actor may do v somewhere.
func (a Actor) Has(v Verb) bool {
	return a.IsSystem() || slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Verb == v })
}

// Lent gives the lent right by which alone the actor may do v at one of the
// places: then the act is done for somebody, and the record names both. false
// when the actor has a right of their own there, or none.
func (a Actor) Lent(v Verb, places ...Place) (Grant, bool) {
	var lent Grant
	for _, g := range a.Grants {
		if g.Verb != v || !slices.ContainsFunc(places, g.covers) {
			continue
		}
		if g.Lender == "" {
			return Grant{}, false
		}
		if lent.Lender == "" {
			lent = g
		}
	}
	return lent, lent.Lender != ""
}

// NameAt is the actor's name as the record of an act has it: 李四（代张三办理）
// where the right is lent.
func (a Actor) NameAt(v Verb, places ...Place) string {
	if g, ok := a.Lent(v, places...); ok {
		return a.Name + "（代" + g.LenderName + "办理）"
	}
	return a.Name
}

// Lenders are the accounts of colleagues whose rights the actor has now.
func (a Actor) Lenders() []string {
	var list []string
	for _, g := range a.Grants {
		if g.Lender != "" && !slices.Contains(list, g.Lender) {
			list = append(list, g.Lender)
		}
	}
	return list
}

// covers is the rule; condition is the same rule in SQL. They change together
// (TestListsShowWhatMayBeOpened).
func (g Grant) covers(p Place) bool {
	if g.Agency != "" && g.Agency != p.Agency || g.Dept != "" && g.Dept != p.Dept {
		return false
	}
	switch g.On {
	case Receiving:
		return g.inRange(p.Receiving)
	case Any:
		return g.inRange(p.Receiving) || g.inRange(p.Division)
	default:
		return g.inRange(p.Division)
	}
}

func (g Grant) inRange(code string) bool {
	return code >= g.From && (g.To == "" || code < g.To)
}

// Scope is where an actor may do one verb.
type Scope struct {
	all    bool
	grants []Grant
}

// Scope gives where the actor may do v.
func (a Actor) Scope(v Verb) Scope {
	if a.IsSystem() {
		return Scope{all: true}
	}
	var s Scope
	for _, g := range a.Grants {
		g.Role, g.Lender, g.LenderName = "", "", "" // the same place twice is one condition
		if g.Verb == v && !slices.Contains(s.grants, g) {
			s.grants = append(s.grants, g)
		}
	}
	return s
}

// Or joins two scopes: what either covers.
func (s Scope) Or(other Scope) Scope {
	return Scope{all: s.all || other.all, grants: slices.Concat(s.grants, other.grants)}
}

// Empty says that nothing at all is covered.
func (s Scope) Empty() bool { return !s.all && len(s.grants) == 0 }

// Where adds the right to a query: only rows at places the scope covers.
// Nothing granted matches nothing; the program itself gets no condition.
func (s Scope) Where(w *db.Where, cols Columns) {
	cond, args := s.Condition(cols)
	if cond != "" {
		w.And(cond, args...)
	}
}

// Condition is Where as text with ? placeholders, for a query that joins it
// with OR to something else (one's own cases, say). "" means no condition.
func (s Scope) Condition(cols Columns) (cond string, args []any) {
	if s.all {
		return "", nil
	}
	if len(s.grants) == 0 {
		return "1 = 0", nil
	}
	parts := make([]string, 0, len(s.grants))
	for _, g := range s.grants {
		part, partArgs := g.condition(cols)
		if part == "" {
			return "", nil // this grant alone covers every row
		}
		parts = append(parts, part)
		args = append(args, partArgs...)
	}
	return strings.Join(parts, " OR "), args
}

// condition is covers in SQL; "" when it covers every row.
func (g Grant) condition(cols Columns) (string, []any) {
	var c clause
	c.equal(cols.Agency, g.Agency)
	c.equal(cols.Dept, g.Dept)
	switch g.On {
	case Receiving:
		c.within(g, cols.Receiving)
	case Any:
		c.withinEither(g, cols.Receiving, cols.Division)
	default:
		c.within(g, cols.Division)
	}
	if len(c.parts) == 0 {
		return "", nil
	}
	return "(" + strings.Join(c.parts, " AND ") + ")", c.args
}

// clause collects conditions joined by AND.
type clause struct {
	parts []string
	args  []any
}

func (c *clause) add(cond string, args ...any) {
	c.parts = append(c.parts, cond)
	c.args = append(c.args, args...)
}

func (c *clause) equal(column, value string) {
	switch {
	case value == "":
	case column == "":
		c.add("1 = 0")
	default:
		c.add(column+" = ?", value)
	}
}

// within adds that a column lies in the grant's range. A range of one single
// code becomes an equality, which an index on (division, time) answers in order.
func (c *clause) within(g Grant, column string) {
	switch {
	case g.From == "" && g.To == "":
	case column == "":
		if !g.inRange("") {
			c.add("1 = 0")
		}
	case g.single():
		c.add(column+" = ?", g.From)
	case g.To == "":
		c.add(column+" >= ?", g.From)
	case g.From == "":
		c.add(column+" < ?", g.To)
	default:
		c.add(column+" >= ? AND "+column+" < ?", g.From, g.To)
	}
}

func (c *clause) withinEither(g Grant, receiving, division string) {
	var a, b clause
	a.within(g, receiving)
	b.within(g, division)
	if len(a.parts) == 0 || len(b.parts) == 0 {
		return // one of them always holds
	}
	c.add("("+a.parts[0]+" OR "+b.parts[0]+")", append(a.args, b.args...)...)
}

// single says that the range holds one village or one body's division alone.
func (g Grant) single() bool {
	from, to := org.Only(g.From)
	return from != "" && from == g.From && to == g.To
}
