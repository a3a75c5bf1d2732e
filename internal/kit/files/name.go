package files

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxName is the longest name kept, in characters.
const maxName = 200

// cleanName makes a name safe to show, store and send: the last part of a
// path, without characters that file systems, headers or the eye trip over
// (the bidi controls write gnp.exe as exe.png). Chinese is kept.
func cleanName(name string) string {
	name = strings.ToValidUTF8(name, "")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, norm.NFC.String(name))
	name = strings.Trim(name, " .")
	if name == "" {
		return "未命名"
	}
	return shorten(name)
}

// shorten cuts a long name before its extension.
func shorten(name string) string {
	r := []rune(name)
	if len(r) <= maxName {
		return name
	}
	ext := extension(name)
	if _, known := types[ext]; !known {
		return string(r[:maxName])
	}
	return string(r[:maxName-len(ext)-1]) + "." + ext
}
