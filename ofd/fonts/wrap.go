package fonts

import (
	"strings"
	"unicode"
)

// Line is one line of a text that was broken.
type Line struct {
	Text  string
	Width float64   // in the unit of size, without what hangs at the end
	Steps []float64 // from each character to the next, one fewer than there are
	Last  bool      // the last line of a paragraph: not to be spread to the full width
}

// Characters that must not begin a line, and that must not end one (GB/T 15834 5.1.x: marks that close, and marks that open).
const (
	notFirst = "，。、；：？！）》」』】〕〉”’…—～·％‰℃,.;:?!)]}%»々ー"
	notLast  = "（《「『【〔〈“‘([{«￥$№#"
)

// Wrap breaks a text into lines not wider than width: between any two Chinese characters, between words of other scripts, never
// before a closing mark or after an opening one, never within a number, an ellipsis or a dash. What is too long for any line
// by itself is cut. Line feeds end paragraphs. Characters are measured in the first face that has them; one no face has
// counts one em.
func Wrap(text string, face *Face, size, width float64, fallback ...*Face) []Line {
	faces := append([]*Face{face}, fallback...)
	var lines []Line
	for paragraph := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		lines = append(lines, wrapParagraph(paragraph, faces, size, width)...)
	}
	return lines
}

func wrapParagraph(text string, faces []*Face, size, width float64) []Line {
	runes := []rune(text)
	widths := make([]float64, len(runes))
	for i, r := range runes {
		widths[i] = measure(r, faces) * size
	}
	var lines []Line
	for start := 0; start < len(runes); {
		end := fit(runes, widths, start, width)
		lines = append(lines, line(runes[start:end], widths[start:end]))
		start = end
		for start < len(runes) && runes[start] == ' ' {
			start++ // a space at the break belongs to no line
		}
	}
	if len(lines) == 0 {
		lines = []Line{{}}
	}
	lines[len(lines)-1].Last = true
	return lines
}

// fit gives where the line that begins at start ends.
func fit(runes []rune, widths []float64, start int, width float64) int {
	end, sum := start, 0.0
	for end < len(runes) {
		if sum += widths[end]; sum > width+1e-9 && runes[end] != ' ' {
			break
		}
		end++
	}
	if end == len(runes) {
		return end
	}
	end = max(end, start+1)
	for at := end; at > start; at-- {
		if mayBreak(runes, at) {
			return at
		}
	}
	return end
}

// mayBreak tells whether a line may end before the character at i.
func mayBreak(runes []rune, i int) bool {
	if i <= 0 || i >= len(runes) {
		return true
	}
	before, after := runes[i-1], runes[i]
	switch {
	case after == ' ':
		return false // the space goes with the line before
	case strings.ContainsRune(notFirst, after) || strings.ContainsRune(notLast, before):
		return false
	case before == ' ':
		return true
	case unicode.Is(unicode.Variation_Selector, after) || unicode.Is(unicode.Mn, after):
		return false
	}
	return !(ofWord(before) && ofWord(after))
}

// ofWord tells letters and digits that stay together.
func ofWord(r rune) bool {
	switch r {
	case '-', '/', '_', '@', '&', '\'', '+', '=', '.', ',':
		return true
	}
	return (unicode.IsLetter(r) || unicode.IsDigit(r)) && r < 0x2E80
}

func line(runes []rune, widths []float64) Line {
	n := len(runes)
	for n > 0 && runes[n-1] == ' ' {
		n--
	}
	l := Line{Text: string(runes[:n])}
	for i, w := range widths[:n] {
		l.Width += w
		if i < n-1 {
			l.Steps = append(l.Steps, w)
		}
	}
	return l
}

func measure(r rune, faces []*Face) float64 {
	for _, f := range faces {
		if a, ok := f.Advance(r); ok {
			return a
		}
	}
	if invisible(r) {
		return 0
	}
	return 1
}
