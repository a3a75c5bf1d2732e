package designer

import (
	"cmp"
	"slices"
	"strings"

	"yimen/internal/catalogue"
)

// Kinds of change.
const (
	Added   = "added"
	Removed = "removed"
	Changed = "changed"
)

// Change is one difference between two definitions, in words.
type Change struct {
	Section string // title of the section it belongs to
	Label   string // 材料“居民身份证” · 复印件份数
	Kind    string // Added, Removed, Changed
	Before  string // "" of what was added
	After   string // "" of what was removed
	Path    string // JSON path in the later definition, in the earlier one of what was removed
}

// Spans is the later text with what was taken out of the earlier one between:
// for showing a change within a long text.
func (c Change) Spans() []Span { return diffText(c.Before, c.After) }

// KindName is the kind in Chinese.
func (c Change) KindName() string {
	return map[string]string{Added: "新增", Removed: "删除", Changed: "修改"}[c.Kind]
}

// line is one fact of a definition: where it stands, what it is called, and
// how it reads. Lines of one Group (a material) come and go together.
type line struct {
	section, group, groupName, key, label, value, path string
	at                                                 string // path of the group
}

// id tells lines of two definitions to be the same fact.
func (l line) id() string { return l.section + "|" + l.group + "|" + l.key }

func (l line) name() string {
	switch {
	case l.groupName == "":
		return l.label
	case l.label == "":
		return l.groupName
	}
	return l.groupName + " · " + l.label
}

// Compare tells everything in which b differs from a, in the order of the
// editor's sections. Materials, questions, fields and steps are matched by
// their ids, grounds of law by law and article, other lists by their words.
func Compare(a, b *catalogue.Definition) ([]Change, error) {
	before, err := linesOf(a)
	if err != nil {
		return nil, err
	}
	after, err := linesOf(b)
	if err != nil {
		return nil, err
	}
	was, is := byID(before), byID(after)
	hadGroup, hasGroup := groups(before), groups(after)
	var changes []Change
	for _, s := range sections {
		changes = append(changes, gone(s.Title, before, hasGroup, is)...)
		changes = append(changes, come(s.Title, after, hadGroup, was)...)
	}
	return changes, nil
}

func byID(list []line) map[string]line {
	m := make(map[string]line, len(list))
	for _, l := range list {
		m[l.id()] = l
	}
	return m
}

func groups(list []line) map[string]bool {
	m := map[string]bool{}
	for _, l := range list {
		if l.group != "" {
			m[l.section+"|"+l.group] = true
		}
	}
	return m
}

// gone are the lines and groups of a section that are no longer there.
func gone(section string, before []line, hasGroup map[string]bool, is map[string]line) []Change {
	var changes []Change
	told := map[string]bool{}
	for _, l := range before {
		switch {
		case l.section != section:
		case l.group != "" && !hasGroup[l.section+"|"+l.group]:
			if !told[l.group] {
				told[l.group] = true
				changes = append(changes, Change{section, l.groupName, Removed, whole(before, l), "", cmp.Or(l.at, l.path)})
			}
		case l.value != "":
			if _, still := is[l.id()]; !still {
				changes = append(changes, Change{section, l.name(), Removed, l.value, "", l.path})
			}
		}
	}
	return changes
}

// come are the lines and groups of a section that are new or read differently.
func come(section string, after []line, hadGroup map[string]bool, was map[string]line) []Change {
	var changes []Change
	told := map[string]bool{}
	for _, l := range after {
		if l.section != section {
			continue
		}
		if l.group != "" && !hadGroup[l.section+"|"+l.group] {
			if !told[l.group] {
				told[l.group] = true
				changes = append(changes, Change{section, l.groupName, Added, "", whole(after, l), cmp.Or(l.at, l.path)})
			}
			continue
		}
		old, known := was[l.id()]
		switch {
		case known && (old.value == l.value || l.key == "order" && sameOrder(old.value, l.value)), !known && l.value == "":
		case !known || old.value == "":
			changes = append(changes, Change{section, l.name(), Added, "", l.value, l.path})
		case l.value == "":
			changes = append(changes, Change{section, l.name(), Removed, old.value, "", l.path})
		default:
			changes = append(changes, Change{section, l.name(), Changed, old.value, l.value, l.path})
		}
	}
	return changes
}

// arrow stands between the names of a list whose order is told.
const arrow = " → "

// sameOrder says whether what stands in both lists stands in the same order:
// what came or went is told by itself.
func sameOrder(before, after string) bool {
	a, b := strings.Split(before, arrow), strings.Split(after, arrow)
	both := func(list, other []string) []string {
		return slices.DeleteFunc(slices.Clone(list), func(x string) bool { return !slices.Contains(other, x) })
	}
	return slices.Equal(both(a, b), both(b, a))
}

// whole writes all facts of a group below each other.
func whole(list []line, of line) string {
	var parts []string
	for _, l := range list {
		if l.section == of.section && l.group == of.group && l.value != "" && l.value != "否" {
			if l.label == "" {
				parts = append(parts, l.value)
			} else {
				parts = append(parts, l.label+"："+l.value)
			}
		}
	}
	return strings.Join(parts, "\n")
}

// only keeps the changes of some sections.
func only(changes []Change, titles ...string) []Change {
	return slices.DeleteFunc(slices.Clone(changes), func(c Change) bool { return !slices.Contains(titles, c.Section) })
}
