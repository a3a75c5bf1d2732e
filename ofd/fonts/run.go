package fonts

import (
	"fmt"
	"strings"
	"unicode"
)

// MissingError names the characters that no face can show.
type MissingError struct {
	Face  string
	Runes []rune
}

func (e *MissingError) Error() string {
	var names []string
	for _, r := range e.Runes {
		names = append(names, fmt.Sprintf("%c (U+%04X)", r, r))
	}
	return fmt.Sprintf("font %s has no glyph for %s", e.Face, strings.Join(names, ", "))
}

// invisible characters need no glyph: they steer how others are set.
func invisible(r rune) bool {
	return r == '\n' || r == '\r' || r == '\t' || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r)
}

// Missing names the characters of a text the face has no glyph for, each once, in the order they occur.
func (f *Face) Missing(text string) []rune {
	var missing []rune
	seen := map[rune]bool{}
	for _, r := range text {
		if seen[r] || invisible(r) {
			continue
		}
		seen[r] = true
		if _, ok := f.Glyph(r); !ok {
			missing = append(missing, r)
		}
	}
	return missing
}

// Covers is [Face.Missing]: empty when the face covers the text.
func (f *Face) Covers(text string) []rune { return f.Missing(text) }

// Run is a piece of text that one face shows.
type Run struct {
	Face *Face
	Text string
}

// Split cuts a text into runs, each character taken from the first face that has it. Characters no face has are left with the
// first face and named in missing, each once.
func Split(text string, faces ...*Face) (runs []Run, missing []rune) {
	start, current := 0, (*Face)(nil)
	seen := map[rune]bool{}
	for i, r := range text {
		face, ok := choose(r, current, faces)
		if !ok && !seen[r] {
			seen[r] = true
			missing = append(missing, r)
		}
		if face != current {
			if current != nil {
				runs = append(runs, Run{current, text[start:i]})
			}
			start, current = i, face
		}
	}
	if current != nil {
		runs = append(runs, Run{current, text[start:]})
	}
	return runs, missing
}

// choose finds the face of a character; what is not seen stays with its neighbour.
func choose(r rune, current *Face, faces []*Face) (*Face, bool) {
	if invisible(r) && current != nil {
		return current, true
	}
	for _, f := range faces {
		if _, ok := f.Glyph(r); ok {
			return f, true
		}
	}
	if len(faces) == 0 {
		return nil, false
	}
	return faces[0], invisible(r)
}
