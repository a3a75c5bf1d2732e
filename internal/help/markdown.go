package help

import (
	"regexp"
	"strings"
)

// The Markdown of the guides: headings, paragraphs, lists (one inside another
// by indentation), tables, fenced code; in a line code, bold and links. What
// else somebody writes stays as it is written, and TestGuidesUseWhatIsRead
// says so.

// kind of a block.
type kind int

const (
	paragraph kind = iota
	heading
	bullets
	numbers
	table
	code
)

// block is one part of a guide.
type block struct {
	kind  kind
	level int        // of a heading
	text  string     // of a paragraph or heading; code as it stands
	items [][]block  // of a list
	rows  [][]string // of a table, the first is its header
}

var (
	headingLine = regexp.MustCompile(`^(#{1,4}) +(.+)$`)
	bulletLine  = regexp.MustCompile(`^- +(.*)$`)
	numberLine  = regexp.MustCompile(`^\d+\. +(.*)$`)
	ruleLine    = regexp.MustCompile(`^\|[\s:|-]+\|$`)
)

// read makes blocks of Markdown.
func read(text string) []block {
	r := &reader{lines: strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")}
	return r.blocks()
}

type reader struct {
	lines []string
	at    int
}

func (r *reader) more() bool   { return r.at < len(r.lines) }
func (r *reader) line() string { return strings.TrimRight(r.lines[r.at], " ") }

func (r *reader) blocks() []block {
	var list []block
	for r.more() {
		line := r.line()
		switch {
		case line == "":
			r.at++
		case strings.HasPrefix(line, "```"):
			list = append(list, r.code())
		case headingLine.MatchString(line):
			m := headingLine.FindStringSubmatch(line)
			list = append(list, block{kind: heading, level: len(m[1]), text: m[2]})
			r.at++
		case strings.HasPrefix(line, "|"):
			list = append(list, r.table())
		case bulletLine.MatchString(line):
			list = append(list, r.list(bullets, bulletLine))
		case numberLine.MatchString(line):
			list = append(list, r.list(numbers, numberLine))
		default:
			list = append(list, r.paragraph())
		}
	}
	return list
}

func (r *reader) code() block {
	var b strings.Builder
	for r.at++; r.more() && !strings.HasPrefix(r.line(), "```"); r.at++ {
		b.WriteString(r.lines[r.at] + "\n")
	}
	r.at++
	return block{kind: code, text: b.String()}
}

func (r *reader) table() block {
	t := block{kind: table}
	for ; r.more() && strings.HasPrefix(r.line(), "|"); r.at++ {
		if ruleLine.MatchString(r.line()) {
			continue
		}
		cells := strings.Split(strings.Trim(r.line(), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		t.rows = append(t.rows, cells)
	}
	return t
}

// list reads the items of a list: what stands under an item, indented, is part
// of it.
func (r *reader) list(k kind, item *regexp.Regexp) block {
	list := block{kind: k}
	for r.more() && item.MatchString(r.line()) {
		lines := []string{item.FindStringSubmatch(r.line())[1]}
		for r.at++; r.more(); r.at++ {
			line := r.line()
			if line != "" && !strings.HasPrefix(line, "  ") || line == "" && !r.indentedNext() {
				break
			}
			lines = append(lines, dedent(line))
		}
		list.items = append(list.items, read(strings.Join(lines, "\n")))
		for r.more() && r.line() == "" && r.at+1 < len(r.lines) && item.MatchString(strings.TrimRight(r.lines[r.at+1], " ")) {
			r.at++
		}
	}
	return list
}

func (r *reader) indentedNext() bool {
	return r.at+1 < len(r.lines) && strings.HasPrefix(r.lines[r.at+1], "  ")
}

// dedent takes away the two or three blanks under an item.
func dedent(line string) string {
	for range 3 {
		line = strings.TrimPrefix(line, " ")
		if bulletLine.MatchString(line) || numberLine.MatchString(line) {
			break
		}
	}
	return line
}

func (r *reader) paragraph() block {
	var b strings.Builder
	for ; r.more(); r.at++ {
		line := r.line()
		if line == "" || strings.HasPrefix(line, "|") || strings.HasPrefix(line, "```") || headingLine.MatchString(line) ||
			bulletLine.MatchString(line) || numberLine.MatchString(line) {
			break
		}
		if b.Len() > 0 && needsBlank(b.String(), line) {
			b.WriteByte(' ')
		}
		b.WriteString(strings.TrimLeft(line, " "))
	}
	return block{kind: paragraph, text: b.String()}
}

// needsBlank: lines are joined with a blank where both sides are Latin.
func needsBlank(before, after string) bool {
	after = strings.TrimLeft(after, " ")
	return before[len(before)-1] < 0x80 && after != "" && after[0] < 0x80
}

// span is a piece of a line.
type span struct {
	text string
	code bool
	bold bool
	link string
}

var inline = regexp.MustCompile("`([^`]+)`|\\*\\*([^*]+)\\*\\*|\\[([^\\]]+)\\]\\(([^)]+)\\)")

// spans takes a line apart.
func spans(line string) []span {
	var list []span
	for line != "" {
		at := inline.FindStringSubmatchIndex(line)
		if at == nil {
			return append(list, span{text: line})
		}
		if at[0] > 0 {
			list = append(list, span{text: line[:at[0]]})
		}
		part := func(i int) string {
			if at[2*i] < 0 {
				return ""
			}
			return line[at[2*i]:at[2*i+1]]
		}
		switch {
		case part(1) != "":
			list = append(list, span{text: part(1), code: true, link: pageLink(part(1))})
		case part(2) != "":
			list = append(list, span{text: part(2), bold: true})
		default:
			list = append(list, span{text: part(3), link: guideLink(part(4))})
		}
		line = line[at[1]:]
	}
	return list
}

var page = regexp.MustCompile(`^/[a-z][a-z/-]*$`)

// pageLink is the address of a page that a guide names, if it is one that can
// be opened as it stands.
func pageLink(text string) string {
	if page.MatchString(text) && !strings.HasPrefix(text, "/api") {
		return text
	}
	return ""
}

var guideFile = regexp.MustCompile(`^([a-z]+)\.md(#.*)?$`)

// guideLink turns a link between guides into one between help pages. What
// lies outside the guides (runbooks, samples of settings) is not in the
// program and is named without a link.
func guideLink(to string) string {
	if m := guideFile.FindStringSubmatch(to); m != nil {
		return "/help/" + m[1] + m[2]
	}
	if strings.HasPrefix(to, "https://") || strings.HasPrefix(to, "#") {
		return to
	}
	return ""
}
