//go:build ignore

// Trim cuts Tabler's stylesheet to what our pages use: no dark theme, no
// right-to-left, none of the parts that need Bootstrap's script, none of the
// decorative colours, none of the breakpoints above 1200 px.
//
//	go run trim.go path/to/package/dist/css/tabler.min.css > dist/tabler.css
//
// A rule is dropped when every one of its selectors names something unused.
package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

var unused = regexp.MustCompile(strings.Join([]string{
	`data-bs-theme`, `\[dir=`, `data-vc`, `data-bs-popper`, `data-bs-original-title`,
	`\.(carousel|offcanvas|popover|tooltip|toast|bs-tooltip|bs-popover|ts-|tom-select|vc-|sortable|ribbon|otp|signal|` +
		`sparkline|chart-sparkline|theme|calendar|steps|step-item|timeline|markdown|apexcharts|legend|tracking|` +
		`signature|strength|flag|payment|social|litepicker|dropzone|noUi|plyr|jvm|jsvectormap|fc-|hugerte|turbo|star-rating|` +
		`gl-star|img-responsive|nav-segmented|navbar|page-|page\b|layout-|settings|demo|chat|countup|marquee|swatch|colorinput|` +
		`form-colorinput|form-imagecheck|form-selectgroup|wizard|typed|lightbox|clipboard|avatar|modal|accordion|spinner-grow|` +
		`status-dot-animated|switch-icon|placeholder|tag|list-timeline|row-deck|divide|hr-text|loader|ratio|focus-ring|` +
		`nav-bordered|nav-pills|progress-separated|progressbg|segmented|illustration|mention|vr|trending|kbd)`,
	`-(azure|indigo|purple|pink|lime|teal|cyan|x|facebook|twitter|linkedin|google|youtube|vimeo|dribbble|github|instagram|` +
		`pinterest|vk|rss|flickr|bitbucket|tabler|black|gray-[0-9]+)\b`,
	`-(xl|xxl)(-|\b)`, `gradient`, `-(opacity|rotate|scale|cursor|blur|object|order|translate)-`,
	`\.(order|opacity|rotate|scale|cursor|blur|object|translate|start|top|bottom|end|z|link|bg-opacity|text-bg|icon-link|` +
		`float|user-select|pe|overflow-[xy]|border-opacity|link-offset|link-underline|columns|h-[0-9]|w-[0-9]|lh)-`,
}, "|"))

// kept wins over unused.
var kept = regexp.MustCompile(`\.(form-selectgroup-none|page-link|page-item|w-100|w-50|w-25|w-75|h-100)\b`)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go run trim.go tabler.min.css > dist/tabler.css")
		os.Exit(2)
	}
	css, err := os.ReadFile(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	s := string(css)
	if i := strings.Index(s, "/*# sourceMappingURL"); i >= 0 {
		s = s[:i]
	}
	licence, rest, _ := strings.Cut(s, "*/")
	fmt.Print(strings.TrimSpace(licence), "\n * Trimmed by trim.go.\n */\n", trim(rest), "\n")
}

// trim walks the rules of a sheet or of an at-rule.
func trim(s string) string {
	var b strings.Builder
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		open := strings.IndexByte(s, '{')
		if semi := strings.IndexByte(s, ';'); semi >= 0 && (open < 0 || semi < open) {
			b.WriteString(s[:semi+1])
			s = s[semi+1:]
			continue
		}
		if open < 0 {
			break
		}
		end := closing(s, open)
		head, body := strings.TrimSpace(s[:open]), s[open+1:end]
		s = s[end+1:]
		b.WriteString(rule(head, body))
	}
	return b.String()
}

func rule(head, body string) string {
	switch {
	case strings.HasPrefix(head, "@media") || strings.HasPrefix(head, "@supports"):
		if strings.Contains(head, "min-width:1400px") || strings.Contains(head, "max-width:1399.98px") ||
			strings.Contains(head, "max-width:1199.98px") {
			return ""
		}
		if inner := trim(body); inner != "" {
			return head + "{" + inner + "}"
		}
		return ""
	case strings.HasPrefix(head, "@"):
		return head + "{" + body + "}"
	}
	var left []string
	for _, sel := range splitSelectors(head) {
		if kept.MatchString(sel) || !unused.MatchString(sel) {
			left = append(left, sel)
		}
	}
	if len(left) == 0 {
		return ""
	}
	return strings.Join(left, ",") + "{" + body + "}"
}

// closing finds the brace that closes the one at open; quoted braces (data:
// pictures) do not count.
func closing(s string, open int) int {
	depth := 0
	var quote byte
	for i := open; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(s) - 1
}

func splitSelectors(s string) []string {
	var list []string
	depth, from := 0, 0
	for i, c := range s {
		switch c {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case ',':
			if depth == 0 {
				list, from = append(list, s[from:i]), i+1
			}
		}
	}
	return append(list, s[from:])
}
