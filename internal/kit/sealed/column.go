package sealed

import (
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"
)

// Column is one column whose values are sealed.
type Column struct {
	Table, Row, Name string // Row: the column that names the row, and never changes
	Key              string // the column of the index, or of what is noted; "" none
	bound            string // what its values are bound to beside the row
	normal, note     func(string) string
}

// Option says more of a column.
type Option func(*Column)

// Indexed gives a column an index for what is equal after normal.
func Indexed(key string, normal func(string) string) Option {
	return func(c *Column) { c.Key, c.normal = key, normal }
}

// Noted keeps beside the sealed value what may be read and is looked for.
func Noted(key string, note func(string) string) Option {
	return func(c *Column) { c.Key, c.note = key, note }
}

// SameAs lets values be copied from another column of the same row in SQL.
func SameAs(table, name string) Option { return func(c *Column) { c.bound = table + "." + name } }

var (
	definedMu sync.Mutex
	defined   []*Column
)

// Define names a column. To be called where a package begins, once a column:
// Renew goes through all of them.
func Define(table, row, name string, o ...Option) *Column {
	c := &Column{Table: table, Row: row, Name: name, bound: table + "." + name}
	for _, f := range o {
		f(c)
	}
	definedMu.Lock()
	defer definedMu.Unlock()
	if slices.ContainsFunc(defined, func(d *Column) bool { return d.Table == table && d.Name == name }) {
		panic("sealed: " + table + "." + name + " is defined twice")
	}
	defined = append(defined, c)
	return c
}

// Columns are all that were defined, by table and name.
func Columns() []*Column {
	definedMu.Lock()
	defer definedMu.Unlock()
	list := slices.Clone(defined)
	slices.SortFunc(list, func(a, b *Column) int { return strings.Compare(a.Table+"."+a.Name, b.Table+"."+b.Name) })
	return list
}

// String is table.column.
func (c *Column) String() string { return c.Table + "." + c.Name }

// Upper normalises numbers of documents: half-width, no blanks, upper case.
func Upper(s string) string {
	return strings.ToUpper(strings.Join(strings.Fields(norm.NFKC.String(s)), ""))
}

// Digits normalises telephone numbers: their digits.
func Digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, norm.NFKC.String(s))
}

// Loose names values that stand in no column of their own and live for minutes
// or days (what a session holds, a count of who was sent how much): Renew leaves
// them, older keys open them until they are gone. name is what they are bound to.
func Loose(name string, normal func(string) string) *Column {
	table, column, _ := strings.Cut(name, ".")
	return &Column{Table: table, Name: column, bound: name, normal: normal}
}
