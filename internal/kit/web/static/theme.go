package static

import (
	"embed"
	"fmt"
	"regexp"
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

// themeSheet writes the themes as rules. The theme is a class of the html
// element, chosen by the server, so nothing flashes and no script is needed:
// ym-theme-auto follows the system. Any element may wear one. Paper is light,
// whatever surrounds it.
func themeSheet() string {
	light, dark, contrast := themeFile("light"), themeFile("dark"), themeFile("contrast")
	return fmt.Sprintf(`:root,.ym-theme-light,.ym-sheet{color-scheme:light;%s}
@media screen{.ym-theme-dark{color-scheme:dark;%s}.ym-theme-contrast{color-scheme:dark;%s}}
@media screen and (prefers-color-scheme:dark){.ym-theme-auto{color-scheme:dark;%s}}
`, light, dark, contrast, dark)
}
