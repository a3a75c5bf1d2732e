package designer

import (
	"unicode"
)

// Span is a piece of text in a comparison: kept (""), Added or Removed.
type Span struct {
	Kind string
	Text string
}

// maxDiff bounds the work of one comparison: above it the texts stand side by
// side as a whole.
const maxDiff = 4_000_000

// diffText compares two texts word by word: a Chinese character is a word, so
// are a number and a Latin word.
func diffText(before, after string) []Span {
	a, b := tokens(before), tokens(after)
	if len(a)*len(b) > maxDiff || before == "" || after == "" {
		return compact([]Span{{Removed, before}, {Added, after}})
	}
	return compact(calm(walkBack(a, b, longest(a, b))))
}

func tokens(s string) []string {
	var list []string
	word := []rune{}
	flush := func() {
		if len(word) > 0 {
			list, word = append(list, string(word)), word[:0]
		}
	}
	for _, r := range s {
		if r < 0x2E80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			word = append(word, r)
			continue
		}
		flush()
		list = append(list, string(r))
	}
	flush()
	return list
}

// longest is the table of the longest common subsequence: at [i][j] that of
// a[i:] and b[j:].
func longest(a, b []string) [][]int32 {
	table := make([][]int32, len(a)+1)
	for i := range table {
		table[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				table[i][j] = table[i+1][j+1] + 1
			} else {
				table[i][j] = max(table[i+1][j], table[i][j+1])
			}
		}
	}
	return table
}

func walkBack(a, b []string, table [][]int32) []Span {
	var spans []Span
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			spans = append(spans, Span{"", a[i]})
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && table[i+1][j] >= table[i][j+1]:
			spans = append(spans, Span{Removed, a[i]})
			i++
		default:
			spans = append(spans, Span{Added, b[j]})
			j++
		}
	}
	return merge(spans)
}

// merge joins neighbours of a kind.
func merge(spans []Span) []Span {
	var out []Span
	for _, s := range spans {
		if n := len(out); n > 0 && out[n-1].Kind == s.Kind {
			out[n-1].Text += s.Text
			continue
		}
		out = append(out, s)
	}
	return out
}

// calm takes single kept characters between two changes into the changes: a
// text that changes colour at every character cannot be read.
func calm(spans []Span) []Span {
	var out []Span
	for i, s := range spans {
		alone := s.Kind == "" && len([]rune(s.Text)) == 1 && i > 0 && i+1 < len(spans)
		if alone {
			out = append(out, Span{Removed, s.Text}, Span{Added, s.Text})
			continue
		}
		out = append(out, s)
	}
	return out
}

// compact puts, between two kept pieces, what was removed before what was
// added, each in one piece.
func compact(spans []Span) []Span {
	var out []Span
	var removed, added string
	flush := func() {
		for _, s := range []Span{{Removed, removed}, {Added, added}} {
			if s.Text != "" {
				out = append(out, s)
			}
		}
		removed, added = "", ""
	}
	for _, s := range spans {
		switch s.Kind {
		case Removed:
			removed += s.Text
		case Added:
			added += s.Text
		default:
			flush()
			out = append(out, s)
		}
	}
	flush()
	return merge(out)
}
