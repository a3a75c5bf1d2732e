package static

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strings"
)

//go:embed css/*.css js/*.js sw.js
var parts embed.FS

// yimenSheet joins the themes and the parts of our stylesheet, in order of
// name, into the one that pages load: one file to fetch over a slow line, short
// ones to read.
func yimenSheet() []byte { return []byte(squeezeCSS(themeSheet() + joined("css"))) }

// yimenScript joins our scripts likewise.
func yimenScript() []byte { return []byte(squeezeJS(joined("js"))) }

func joined(dir string) string {
	entries, err := parts.ReadDir(dir)
	if err != nil {
		panic("static: read " + dir + ": " + err.Error())
	}
	var b strings.Builder
	for _, e := range entries {
		b.WriteString(part(dir + "/" + e.Name()))
	}
	return b.String()
}

func part(name string) string {
	data, err := parts.ReadFile(name)
	if err != nil {
		panic("static: read " + name + ": " + err.Error())
	}
	return string(data)
}

var (
	comments = regexp.MustCompile(`(?s)/\*[^!].*?\*/`)
	spaces   = regexp.MustCompile(`\s+`)
	around   = regexp.MustCompile(` ?([{};,]) ?`)
	remarks  = regexp.MustCompile(`(?m)^[ \t]*//.*\n`)
	indents  = regexp.MustCompile(`(?m)^[ \t]+`)
)

// squeezeCSS takes out comments and what space means nothing. Strings in our
// sheets hold none of the marks it looks at.
func squeezeCSS(s string) string {
	s = comments.ReplaceAllString(s, "")
	s = spaces.ReplaceAllString(s, " ")
	s = around.ReplaceAllString(s, "$1")
	return strings.ReplaceAll(strings.TrimSpace(s), ";}", "}")
}

// squeezeJS takes out lines that are remarks, and indents.
func squeezeJS(s string) string {
	return indents.ReplaceAllString(remarks.ReplaceAllString(s, ""), "")
}

// Worker is the service worker with the files it keeps; a change of any of them
// makes it a new one, which browsers notice.
func Worker() []byte {
	files := []string{URL("yimen.css"), URL("yimen.js"), URL("htmx.js"), URL("icon.svg")}
	list, err := json.Marshal(files)
	if err != nil {
		panic("static: " + err.Error()) // strings always marshal
	}
	sum := sha256.Sum256(list)
	return []byte(strings.NewReplacer("{{version}}", hex.EncodeToString(sum[:6]), "{{files}}", string(list)).Replace(part("sw.js")))
}
