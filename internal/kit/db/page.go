package db

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"yimen/internal/kit/errs"
)

// MaxLimit is the longest page anyone gets.
const MaxLimit = 200

// ErrCursor is told for an `after` that this program did not make.
var ErrCursor = errs.Define(errs.Invalid, "cursor_unreadable", "翻页位置无法识别，请从第一页重新开始。")

// Page asks for the next Limit rows after the row that After names. A list is
// paged by the key it is sorted by, so it costs the same on the last page as
// on the first.
type Page struct {
	Limit int    // rows; 0: 20, at most MaxLimit
	After string // the Next of the page before; "": from the start
}

// Size is the limit within its bounds.
func (p Page) Size() int {
	switch {
	case p.Limit <= 0:
		return 20
	case p.Limit > MaxLimit:
		return MaxLimit
	}
	return p.Limit
}

// Key reads the sort key that After holds into dest, one pointer per part;
// false when After is empty.
func (p Page) Key(dest ...any) (bool, error) {
	if p.After == "" {
		return false, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(p.After)
	if err != nil {
		return false, ErrCursor.Because(err)
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil || len(parts) != len(dest) {
		return false, ErrCursor.Because(err)
	}
	for i, d := range dest {
		if err := json.Unmarshal(parts[i], d); err != nil {
			return false, ErrCursor.Because(err)
		}
	}
	return true, nil
}

// Cursor writes a sort key as the After of the next page.
func Cursor(parts ...any) string {
	raw, err := json.Marshal(parts)
	if err != nil {
		panic("db: cursor part cannot be written: " + err.Error())
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// Cut takes rows read with LIMIT size+1 and gives the page and the Next
// cursor made from its last row; "" when there is no more.
func Cut[T any](rows []T, p Page, key func(T) []any) ([]T, string) {
	n := p.Size()
	if len(rows) <= n {
		return rows, ""
	}
	rows = rows[:n]
	return rows, Cursor(key(rows[n-1])...)
}

// Where builds the condition of a list: parts joined by AND, written with ?
// and numbered as $1, $2 … in the order they come.
type Where struct {
	parts []string
	args  []any
}

// And adds a condition; every ? takes the next argument.
func (w *Where) And(cond string, args ...any) *Where {
	w.parts = append(w.parts, "("+w.number(cond, args)+")")
	return w
}

// Arg adds an argument that stands outside the WHERE (a LIMIT, say) and gives
// its placeholder.
func (w *Where) Arg(v any) string {
	w.args = append(w.args, v)
	return fmt.Sprintf("$%d", len(w.args))
}

func (w *Where) number(cond string, args []any) string {
	var b strings.Builder
	used := 0
	for _, r := range cond {
		if r != '?' {
			b.WriteRune(r)
			continue
		}
		b.WriteString(w.Arg(args[used]))
		used++
	}
	if used != len(args) {
		panic(fmt.Sprintf("db: condition %q takes %d arguments, got %d", cond, used, len(args)))
	}
	return b.String()
}

// In adds `column IN (…)`; an empty list matches nothing.
func (w *Where) In(column string, values []string) *Where {
	if len(values) == 0 {
		return w.And("1 = 0")
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	args = Filled(args)
	return w.And(column+" IN (?"+strings.Repeat(", ?", len(args)-1)+")", args...)
}

// Filled gives the values of an IN with the last one repeated up to the next
// power of two. A connection keeps its statements by their text: one for each
// length a list may have would push the others out, and be planned anew.
func Filled(values []any) []any {
	if len(values) == 0 {
		return values
	}
	full := slices.Clip(values)
	for len(full)&(len(full)-1) != 0 {
		full = append(full, values[len(values)-1])
	}
	return full
}

// SQL is " WHERE …", or "" when nothing was added.
func (w *Where) SQL() string {
	if len(w.parts) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.parts, " AND ")
}

// Args are the arguments in order.
func (w *Where) Args() []any { return w.args }
