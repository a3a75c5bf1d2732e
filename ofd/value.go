package ofd

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// attr gives an attribute of an element. Wrong case is forgiven, and an element in the attribute's place.
func (r *reader) attr(n *node, name string) (string, bool) {
	for _, a := range n.attrs {
		if a.name == name {
			return a.value, true
		}
	}
	for _, a := range n.attrs {
		if strings.EqualFold(a.name, name) {
			r.warn("attribute.case", "%s has an attribute %s for %s", n.name, a.name, name)
			return a.value, true
		}
	}
	if k := n.child(name); k != nil && len(k.kids) == 0 && len(k.text) > 0 {
		r.warn("attribute.element", "%s has an element %s where an attribute belongs", n.name, name)
		return strings.TrimSpace(string(k.text)), true
	}
	return "", false
}

func (r *reader) text(n *node, name string) string {
	v, _ := r.attr(n, name)
	return strings.TrimSpace(v)
}

// number reads an attribute; def is for one that is missing or no number. What is beyond all measure ends the reading.
func (r *reader) number(n *node, name string, def float64) float64 {
	s, ok := r.attr(n, name)
	if !ok {
		return def
	}
	v, ok := r.parse(s)
	if !ok {
		r.warn("number", "%s of %s is no number: %.20q", name, n.name, s)
		return def
	}
	return v
}

func (r *reader) parse(s string) (float64, bool) {
	v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if math.IsInf(v, 0) || math.IsNaN(v) || math.Abs(v) > maxLength {
		r.stop(fail(r.file, ErrLimit, "the number %.20q is beyond all measure", s))
		return 0, true
	}
	return v, err == nil
}

// numbers reads a list (ST_Array): want of them, or any number if want is 0.
func (r *reader) numbers(s string, want int) ([]float64, bool) {
	words := strings.FieldsFunc(s, func(c rune) bool { return c == ' ' || c == ',' || c == '\t' || c == '\n' || c == '\r' })
	if want > 0 && len(words) != want {
		return nil, false
	}
	list := make([]float64, 0, len(words))
	for _, w := range words {
		v, ok := r.parse(w)
		if !ok {
			return nil, false
		}
		list = append(list, v)
	}
	return list, true
}

// box reads a place and size from an attribute or element.
func (r *reader) box(n *node, name string) (Box, bool) {
	s := n.value(name)
	if s == "" {
		s = r.text(n, name)
	}
	if s == "" {
		return Box{}, false
	}
	v, ok := r.numbers(s, 4)
	if !ok {
		r.warn("box", "%s of %s is no box: %.40q", name, n.name, s)
		return Box{}, false
	}
	if v[2] <= 0 || v[3] <= 0 {
		r.warn("box", "%s of %s has no size: %.40q", name, n.name, s)
	}
	return Box{v[0], v[1], v[2], v[3]}, true
}

func (r *reader) matrix(n *node, name string) *Matrix {
	s, ok := r.attr(n, name)
	if !ok {
		return nil
	}
	v, ok := r.numbers(s, 6)
	if !ok {
		r.warn("matrix", "%s of %s is no matrix: %.40q", name, n.name, s)
		return nil
	}
	return (*Matrix)(v)
}

func (r *reader) id(n *node, name string) ID {
	s, ok := r.attr(n, name)
	if !ok {
		return 0
	}
	return r.parseID(n, name, s)
}

func (r *reader) parseID(n *node, name, s string) ID {
	v, err := strconv.ParseUint(strings.TrimSpace(s), 10, 32)
	if err != nil {
		r.warn("number", "%s of %s is no number of a thing: %.20q", name, n.name, s)
	}
	return ID(v)
}

func (r *reader) boolean(n *node, name string, def bool) bool {
	s, ok := r.attr(n, name)
	if !ok {
		return def
	}
	return parseBool(s, def)
}

func parseBool(s string, def bool) bool {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "true", "1":
		return true
	case "false", "0":
		return false
	}
	return def
}

// deltas reads the steps between so many characters, with the short form "g n v" for n times v. Where fewer are given, the
// last is taken again: makers of invoices write one step for a whole line.
func (r *reader) deltas(n *node, name string, characters int) []float64 {
	s, ok := r.attr(n, name)
	want := characters - 1
	if !ok || want <= 0 {
		return nil
	}
	list := make([]float64, 0, min(want, len(s)))
	words := strings.Fields(s)
	for i := 0; i < len(words) && len(list) < want; i++ {
		times := 1
		if words[i] == "g" && i+2 < len(words) {
			t, err := strconv.Atoi(words[i+1])
			if err != nil || t < 0 {
				r.warn("text.steps", "%s counts %.20q times", name, words[i+1])
				t = 0
			}
			times, i = min(t, want-len(list)), i+2
		}
		v, ok := r.parse(words[i])
		if !ok {
			r.warn("text.steps", "%s contains %.20q", name, words[i])
			continue
		}
		for range times {
			list = append(list, v)
		}
	}
	if len(list) == 0 {
		return nil
	}
	if len(list) < want {
		if name == "DeltaX" || list[len(list)-1] != 0 {
			r.warn("text.steps", "%s has %d steps for %d characters; the last is taken again", name, len(list), characters)
		}
		for last := list[len(list)-1]; len(list) < want; {
			list = append(list, last)
		}
	}
	return list
}

// unescape turns the \XXXX that stand for characters XML cannot hold back into them (11.3). Any other backslash is text.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] == '\\' && i+5 <= len(s) {
			if v, err := strconv.ParseUint(s[i+1:i+5], 16, 16); err == nil && illegal(rune(v)) {
				b.WriteRune(rune(v))
				i += 5
				continue
			}
		}
		c, n := utf8.DecodeRuneInString(s[i:])
		b.WriteRune(c)
		i += n
	}
	return b.String()
}

// illegal says whether XML 1.0 cannot hold a character.
func illegal(c rune) bool {
	return c < 0x20 && c != '\t' && c != '\n' && c != '\r' || c == 0xfffe || c == 0xffff
}
