package ofd

import (
	"strconv"
	"unicode/utf8"
)

// sheet is an XML file being written.
type sheet struct {
	b    []byte
	open []string
	bare bool // the start tag of the last element is not closed yet
}

const header = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

// newSheet begins a file with its root element.
func newSheet(root string) *sheet {
	s := &sheet{b: append(make([]byte, 0, 4096), header...)}
	s.start(root)
	s.attr("xmlns:ofd", namespace)
	return s
}

func (s *sheet) closeTag() {
	if s.bare {
		s.b = append(s.b, '>')
		s.bare = false
	}
}

// start opens an element.
func (s *sheet) start(name string) {
	s.closeTag()
	s.b = append(append(s.b, "<ofd:"...), name...)
	s.open = append(s.open, name)
	s.bare = true
}

// end closes the element opened last.
func (s *sheet) end() {
	name := s.open[len(s.open)-1]
	s.open = s.open[:len(s.open)-1]
	if s.bare {
		s.b = append(s.b, "/>"...)
		s.bare = false
		return
	}
	s.b = append(append(append(s.b, "</ofd:"...), name...), '>')
}

// done closes what is open and gives the file.
func (s *sheet) done() []byte {
	for len(s.open) > 0 {
		s.end()
	}
	return s.b
}

func (s *sheet) attr(name, value string) {
	s.b = append(append(append(s.b, ' '), name...), '=', '"')
	s.b = escape(s.b, value, true)
	s.b = append(s.b, '"')
}

// say writes an attribute unless it is empty.
func (s *sheet) say(name, value string) {
	if value != "" {
		s.attr(name, value)
	}
}

// flag writes an attribute if it differs from what holds without it.
func (s *sheet) flag(name string, value, def bool) {
	if value != def {
		s.attr(name, strconv.FormatBool(value))
	}
}

func (s *sheet) id(name string, id ID) {
	s.b = append(append(append(s.b, ' '), name...), '=', '"')
	s.b = append(strconv.AppendUint(s.b, uint64(id), 10), '"')
}

func (s *sheet) number(name string, v float64) { s.numbers(name, 4, v) }

func (s *sheet) numbers(name string, decimals int, list ...float64) {
	s.b = append(append(append(s.b, ' '), name...), '=', '"')
	s.b = append(appendNumbers(s.b, decimals, list), '"')
}

func appendNumbers(b []byte, decimals int, list []float64) []byte {
	for i, v := range list {
		if i > 0 {
			b = append(b, ' ')
		}
		b = appendNumber(b, v, decimals)
	}
	return b
}

func (s *sheet) text(v string) {
	s.closeTag()
	s.b = escape(s.b, v, false)
}

// leaf writes an element that holds text.
func (s *sheet) leaf(name, v string) {
	s.start(name)
	s.text(v)
	s.end()
}

// tell writes an element that holds text unless there is none.
func (s *sheet) tell(name, v string) {
	if v != "" {
		s.leaf(name, v)
	}
}

func (s *sheet) box(name string, b Box) {
	s.leaf(name, string(appendNumbers(nil, 4, []float64{b.X, b.Y, b.W, b.H})))
}

// escape writes text for XML. Characters that XML cannot hold become \XXXX (11.3).
func escape(b []byte, s string, attribute bool) []byte {
	for _, c := range s {
		switch {
		case c == '&':
			b = append(b, "&amp;"...)
		case c == '<':
			b = append(b, "&lt;"...)
		case c == '>':
			b = append(b, "&gt;"...)
		case c == '"' && attribute:
			b = append(b, "&quot;"...)
		case c == '\r' || attribute && (c == '\n' || c == '\t'):
			b = append(append(append(b, "&#"...), strconv.Itoa(int(c))...), ';')
		case illegal(c):
			const hex = "0123456789ABCDEF"
			b = append(b, '\\', hex[c>>12&15], hex[c>>8&15], hex[c>>4&15], hex[c&15])
		default:
			b = utf8.AppendRune(b, c)
		}
	}
	return b
}
