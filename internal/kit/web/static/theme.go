package static

import (
	"embed"
	"fmt"
	"regexp"
	"strings"
)

//go:embed theme/*.css
var themeFiles embed.FS

// Theme gives the colours of a theme by variable: Theme("dark")["--ym-ink"] is
// "#e4ebf2". The themes are light, dark and contrast; each names the same
// variables.
func Theme(name string) map[string]string {
	colours := map[string]string{}
	for _, d := range declaration.FindAllStringSubmatch(themeFile(name), -1) {
		colours[d[1]] = d[2]
	}
	return colours
}

var declaration = regexp.MustCompile(`(--[a-z0-9-]+):\s*([^;]+);`)

func themeFile(name string) string {
	b, err := themeFiles.ReadFile("theme/" + name + ".css")
	if err != nil {
		panic("static: no theme " + name)
	}
	return string(b)
}

// inherited are Tabler's names for our colours. They are said again wherever a
// theme begins, since a variable made of others is computed where it stands.
const inherited = "--tblr-primary:var(--ym-blue);--tblr-primary-darken:var(--ym-blue-dark);--tblr-link-color:var(--ym-blue);" +
	"--tblr-link-hover-color:var(--ym-blue-dark);--tblr-body-color:var(--ym-ink);--tblr-body-bg:var(--ym-ground);" +
	"--tblr-border-color:var(--ym-line);--tblr-secondary:var(--ym-muted)"

// themeSheet writes the themes as rules. The theme is a class of the html
// element, chosen by the server, so nothing flashes and no script is needed:
// ym-theme-auto follows the system. Any element may wear one. Paper is light,
// whatever surrounds it.
func themeSheet() string {
	light, dark, contrast := themeFile("light"), themeFile("dark"), themeFile("contrast")
	return fmt.Sprintf(`:root,.ym-theme-light,.ym-sheet{color-scheme:light;%s}
@media screen{.ym-theme-dark{color-scheme:dark;%s}.ym-theme-contrast{color-scheme:dark;%s}}
@media screen and (prefers-color-scheme:dark){.ym-theme-auto{color-scheme:dark;%s}}
:root,.ym-theme-light,.ym-theme-dark,.ym-theme-contrast,.ym-theme-auto,.ym-sheet{%s}
`, strings.TrimSpace(light), dark, contrast, dark, inherited)
}
