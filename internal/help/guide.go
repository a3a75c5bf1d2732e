package help

import (
	"path"
	"strings"
	"unicode"

	"yimen/docs/guides"
	"yimen/internal/kit/search"
)

// Guide is what one sort of reader needs to know.
type Guide struct {
	ID       string // name of the file
	Title    string
	For      string // whom it is for, in a few words
	Icon     string
	Lead     []block // before the first section
	Sections []Section
}

// Section is one part of a guide; ID is what stands behind the # of its
// address.
type Section struct {
	ID, Title string
	Guide     string
	Blocks    []block
	text      string // as written, for the search
}

// URL is the address of a section.
func (s Section) URL() string { return "/help/" + s.Guide + "#" + s.ID }

// order is which guides there are, in the order in which they are listed.
var order = []struct{ id, reader, icon string }{
	{"citizen", "来办事的居民、企业", "users"}, {"words", "看不懂的词", "book"}, {"clerk", "窗口人员", "home"}, {"approver", "审批人员", "stamp"},
	{"editor", "事项编辑员、审核员", "file"}, {"administrator", "系统、安全、审计管理员", "settings"},
	{"operator", "部署运维", "server"}, {"api", "接口调用方", "network"},
}

// library are the guides by name.
var library = func() map[string]Guide {
	all := map[string]Guide{}
	for _, o := range order {
		raw, err := guides.Files.ReadFile(path.Join(o.id + ".md"))
		if err != nil {
			panic("help: " + err.Error()) // embedded at build time
		}
		g := guideOf(o.id, string(raw))
		g.For, g.Icon = o.reader, o.icon
		all[o.id] = g
	}
	return all
}()

// Guides lists the guides in their order.
func Guides() []Guide {
	list := make([]Guide, len(order))
	for i, o := range order {
		list[i] = library[o.id]
	}
	return list
}

// guideOf reads a guide: its title is the first heading, its sections begin
// with those of the second level.
func guideOf(id, text string) Guide {
	g := Guide{ID: id}
	for _, b := range read(text) {
		switch {
		case b.kind == heading && b.level == 1:
			g.Title = b.text
		case b.kind == heading && b.level == 2:
			g.Sections = append(g.Sections, Section{ID: slug(b.text), Title: b.text, Guide: id})
		case len(g.Sections) == 0:
			g.Lead = append(g.Lead, b)
		default:
			s := &g.Sections[len(g.Sections)-1]
			s.Blocks = append(s.Blocks, b)
		}
	}
	for i := range g.Sections {
		g.Sections[i].text = g.Sections[i].Title + " " + plain(g.Sections[i].Blocks)
	}
	return g
}

// slug is the anchor of a heading, as the repository's pages make it too:
// letters, digits and hyphens, everything else left out.
func slug(title string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_':
			return unicode.ToLower(r)
		case r == ' ':
			return '-'
		}
		return -1
	}, title)
}

// section finds a section by its guide and anchor.
func section(guide, id string) (Section, bool) {
	for _, s := range library[guide].Sections {
		if s.ID == id {
			return s, true
		}
	}
	return Section{}, false
}

// plain is the text of blocks without marks.
func plain(list []block) string {
	var b strings.Builder
	write := func(line string) {
		for _, s := range spans(line) {
			b.WriteString(s.text)
		}
		b.WriteByte(' ')
	}
	for _, x := range list {
		write(x.text)
		for _, item := range x.items {
			b.WriteString(plain(item))
		}
		for _, row := range x.rows {
			for _, cell := range row {
				write(cell)
			}
		}
	}
	return b.String()
}

// found is a section that a search found, with the words around.
type found struct {
	Section
	Reader, Excerpt string
}

// find looks for words in all guides.
func find(q string) []found {
	var list []found
	for _, g := range Guides() {
		for _, s := range g.Sections {
			if search.Match(s.text, q) {
				list = append(list, found{s, g.For, excerpt(s.text, q)})
			}
		}
	}
	return list
}

// excerpt are some words around what was looked for.
func excerpt(text, q string) string {
	const around = 30
	runes := []rune(text)
	at := strings.Index(text, q)
	start := 0
	if at > 0 {
		start = max(0, len([]rune(text[:at]))-around)
	}
	end := min(len(runes), start+2*around+len([]rune(q)))
	out := strings.TrimSpace(string(runes[start:end]))
	if start > 0 {
		out = "…" + out
	}
	if end < len(runes) {
		out += "…"
	}
	return out
}
