package gb

import (
	"strings"
	"unicode"
)

// halfWidth maps full-width forms (ＡＢ１２) to ASCII and leaves the rest.
func halfWidth(r rune) rune {
	if r >= 0xFF01 && r <= 0xFF5E {
		return r - 0xFEE0
	}
	return r
}

// invisible tells blanks and format characters (zero-width space, direction marks, byte order mark) that come with pasting.
func invisible(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }

// plainCode brings a typed code into its written form.
func plainCode(s string) string {
	return strings.Map(func(r rune) rune {
		if invisible(r) {
			return -1
		}
		r = halfWidth(r)
		if r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		return r
	}, s)
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// within tells whether every character of s is in alphabet.
func within(s, alphabet string) bool {
	for _, r := range s {
		if !strings.ContainsRune(alphabet, r) {
			return false
		}
	}
	return true
}

// number reads a short run of digits already checked by allDigits.
func number(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
