package static

import (
	"embed"
	"regexp"
	"strings"
)

//go:embed css/*.css
var parts embed.FS

// yimenSheet joins the themes and the parts of our stylesheet, in order of
// name, into the one that pages load: one file to fetch over a slow line, short
// ones to read.
func yimenSheet() []byte {
	var b strings.Builder
	b.WriteString(themeSheet())
	entries, err := parts.ReadDir("css")
	if err != nil {
		panic("static: read stylesheet: " + err.Error())
	}
	for _, e := range entries {
		part, err := parts.ReadFile("css/" + e.Name())
		if err != nil {
			panic("static: read stylesheet: " + err.Error())
		}
		b.Write(part)
	}
	return []byte(squeezeCSS(b.String()))
}

var (
	comments = regexp.MustCompile(`(?s)/\*[^!].*?\*/`)
	spaces   = regexp.MustCompile(`\s+`)
	around   = regexp.MustCompile(` ?([{};,]) ?`)
)

// squeezeCSS takes out comments and what space means nothing. Strings in our
// sheets hold none of the marks it looks at.
func squeezeCSS(s string) string {
	s = comments.ReplaceAllString(s, "")
	s = spaces.ReplaceAllString(s, " ")
	s = around.ReplaceAllString(s, "$1")
	return strings.ReplaceAll(strings.TrimSpace(s), ";}", "}")
}
