package workflow

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"yimen/internal/kit/db"
)

// Counts are the open tasks of an inbox by light, and by whose they are.
type Counts struct {
	Open    int `json:"open"    db:"open"`
	Mine    int `json:"mine"    db:"mine"`
	Free    int `json:"free"    db:"free"`    // in nobody's name
	Covered int `json:"covered" db:"covered"` // of colleagues on leave for whom the actor stands in
	Held    int `json:"held"    db:"held"`    // their clock stands still; they are normal
	Normal  int `json:"normal"  db:"normal"`
	Yellow  int `json:"yellow"  db:"yellow"`
	Red     int `json:"red"     db:"red"`
	Overdue int `json:"overdue" db:"overdue"`
}

// Counts counts the open tasks that the actor of ctx may see, by the same rule
// as Tasks, in one pass over their index range. q narrows them further; its
// State is not asked.
func (m *Module) Counts(ctx context.Context, q Query) (Counts, error) {
	var c Counts
	actor, err := m.actor(ctx)
	if err != nil {
		return c, err
	}
	w, l := &db.Where{}, m.lights(ctx)
	sum := func(cond string, args ...any) string {
		for _, a := range args {
			cond = strings.Replace(cond, "?", w.Arg(a), 1)
		}
		return "COALESCE(SUM(CASE WHEN " + cond + " THEN 1 ELSE 0 END), 0)"
	}
	columns := []string{
		"COUNT(*) AS open",
		sum("assignee = ?", actor.Account) + " AS mine",
		sum("assignee = ''") + " AS free",
		sum("held = ?", true) + " AS held",
		sum("held = ? AND due_on > ? AND due_on <= ?", false, l.red, l.yellow) + " AS yellow",
		sum("held = ? AND due_on >= ? AND due_on <= ?", false, l.today, l.red) + " AS red",
		sum("held = ? AND due_on < ?", false, l.today) + " AS overdue",
	}
	if roles := rolesOf(actor); len(actor.Covers) > 0 && len(roles) > 0 {
		var args []any
		for _, a := range slices.Concat(actor.Covers, roles) {
			args = append(args, a)
		}
		columns = append(columns, sum("on_behalf = '' AND assignee IN ("+marks(len(actor.Covers))+") AND role IN ("+marks(len(roles))+")", args...)+" AS covered")
	}
	q.State = ""
	if err := q.where(w, actor, l); err != nil {
		return c, err
	}
	scope(w, actor)
	err = m.DB.Conn(ctx).Get(ctx, &c, `SELECT `+strings.Join(columns, ", ")+` FROM workflow_task`+w.SQL(), w.Args()...)
	if err != nil {
		return c, fmt.Errorf("count tasks: %w", err)
	}
	c.Normal = c.Open - c.Yellow - c.Red - c.Overdue
	return c, nil
}

// marks are n question marks.
func marks(n int) string { return strings.Repeat(", ?", n)[2:] }

// Group is the open tasks that have something in common.
type Group struct {
	Key     string `db:"label_key"` // code of the item, name of the step, code of the agency or account; "": in nobody's name
	Label   string `db:"label"`     // name of the item; of the others the key
	Open    int    `db:"open"`
	Urgent  int    `db:"urgent"` // red or overdue
	Overdue int    `db:"overdue"`
}

// What tasks can be grouped by.
var groupings = map[string]struct{ key, label string }{
	"item": {"item", "MAX(title)"}, "step": {"name", "name"}, "agency": {"agency", "agency"}, "assignee": {"assignee", "assignee"},
	"receiving": {"receiving", "receiving"},
}

// Choices are what a list of tasks can be narrowed by.
type Choices struct{ Items, Steps, Places []Group }

// Choices counts the open tasks that the actor of ctx may see by item, by step
// and by place received, as Groups without Urgent and Overdue, in one read.
func (m *Module) Choices(ctx context.Context) (Choices, error) {
	actor, err := m.actor(ctx)
	if err != nil {
		return Choices{}, err
	}
	w := &db.Where{}
	if err := (Query{}).where(w, actor, m.lights(ctx)); err != nil {
		return Choices{}, err
	}
	scope(w, actor)
	var rows []struct {
		Item      string `db:"item"`
		Title     string `db:"title"`
		Name      string `db:"name"`
		Receiving string `db:"receiving"`
		Open      int    `db:"open"`
	}
	err = m.DB.Conn(ctx).Select(ctx, &rows, `SELECT item, MAX(title) AS title, name, receiving, COUNT(*) AS open
		FROM workflow_task`+w.SQL()+` GROUP BY item, name, receiving`, w.Args()...)
	if err != nil {
		return Choices{}, fmt.Errorf("group tasks: %w", err)
	}
	items, steps, places := map[string]*Group{}, map[string]*Group{}, map[string]*Group{}
	add := func(to map[string]*Group, key, label string, n int) {
		g := to[key]
		if g == nil {
			g = &Group{Key: key}
			to[key] = g
		}
		g.Label, g.Open = max(g.Label, label), g.Open+n
	}
	for _, r := range rows {
		add(items, r.Item, r.Title, r.Open)
		add(steps, r.Name, r.Name, r.Open)
		add(places, r.Receiving, r.Receiving, r.Open)
	}
	return Choices{largest(items), largest(steps), largest(places)}, nil
}

// largest gives the largest groups, the largest first.
func largest(groups map[string]*Group) []Group {
	list := make([]Group, 0, len(groups))
	for _, g := range groups {
		list = append(list, *g)
	}
	slices.SortFunc(list, func(a, b Group) int { return cmp.Or(b.Open-a.Open, strings.Compare(a.Key, b.Key)) })
	return list[:min(len(list), mostGroups)]
}

// mostGroups bounds a list of groups; the largest are there.
const mostGroups = 60

// Groups counts the open tasks that the actor of ctx may see by item, step, place received,
// agency or assignee, the largest group first, up to 60 of them. ErrState for
// another grouping.
func (m *Module) Groups(ctx context.Context, q Query, by string) ([]Group, error) {
	g, ok := groupings[by]
	if !ok {
		return nil, ErrState.Field("group", "只能按事项、环节、收件地、单位或经办人分组。")
	}
	actor, err := m.actor(ctx)
	if err != nil {
		return nil, err
	}
	w, l := &db.Where{}, m.lights(ctx)
	held1, red, held2, today := w.Arg(false), w.Arg(l.red), w.Arg(false), w.Arg(l.today)
	q.State = ""
	if err := q.where(w, actor, l); err != nil {
		return nil, err
	}
	scope(w, actor)
	var list []Group
	err = m.DB.Conn(ctx).Select(ctx, &list, `SELECT `+g.key+` AS label_key, `+g.label+` AS label, COUNT(*) AS open,
		SUM(CASE WHEN held = `+held1+` AND due_on <= `+red+` THEN 1 ELSE 0 END) AS urgent,
		SUM(CASE WHEN held = `+held2+` AND due_on < `+today+` THEN 1 ELSE 0 END) AS overdue
		FROM workflow_task`+w.SQL()+` GROUP BY `+g.key+` ORDER BY 3 DESC, 1 LIMIT `+w.Arg(mostGroups), w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("group tasks: %w", err)
	}
	return list, nil
}
