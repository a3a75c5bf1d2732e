package help

import (
	"reflect"
	"strings"
	"testing"

	"yimen/internal/identity"
)

func TestMarkdownOfTheGuides(t *testing.T) {
	got := read("# 标题\n\n第一行\n第二行 `x`\n\n- 一\n  - 一一\n- 二\n  接着\n\n1. 先\n2. 后\n\n| 甲 | 乙 |\n|---|---|\n| 1 | **2** |\n\n```\na < b\n```\n尾")
	want := []block{
		{kind: heading, level: 1, text: "标题"},
		{kind: paragraph, text: "第一行第二行 `x`"},
		{kind: bullets, items: [][]block{
			{{kind: paragraph, text: "一"}, {kind: bullets, items: [][]block{{{kind: paragraph, text: "一一"}}}}},
			{{kind: paragraph, text: "二接着"}}}},
		{kind: numbers, items: [][]block{{{kind: paragraph, text: "先"}}, {{kind: paragraph, text: "后"}}}},
		{kind: table, rows: [][]string{{"甲", "乙"}, {"1", "**2**"}}},
		{kind: code, text: "a < b\n"},
		{kind: paragraph, text: "尾"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestSpans(t *testing.T) {
	for text, want := range map[string][]span{
		"平常":                            {{text: "平常"}},
		"点 **受理**，看 `/counter/new`。":    {{text: "点 "}, {text: "受理", bold: true}, {text: "，看 "}, {text: "/counter/new", code: true, link: "/counter/new"}, {text: "。"}},
		"`/office/cases/编号`":            {{text: "/office/cases/编号", code: true}},
		"`/api/v1/items`":               {{text: "/api/v1/items", code: true}},
		"[指南](clerk.md#收一件)":            {{text: "指南", link: "/help/clerk#收一件"}},
		"[手册](../runbooks/holidays.md)": {{text: "手册"}},
		"[站](javascript:alert(1))":      {{text: "站"}, {text: ")"}},
	} {
		if got := spans(text); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v", text, got)
		}
	}
}

// What the guides say is read: no mark is left over in what people see.
func TestGuidesUseWhatIsRead(t *testing.T) {
	for _, g := range Guides() {
		if g.Title == "" || len(g.Sections) == 0 {
			t.Fatalf("%s: title %q, %d sections", g.ID, g.Title, len(g.Sections))
		}
		seen := map[string]bool{}
		for _, s := range g.Sections {
			if s.ID == "" || seen[s.ID] {
				t.Errorf("%s: section %q has no anchor of its own", g.ID, s.Title)
			}
			seen[s.ID] = true
			for _, b := range s.Blocks {
				if b.kind == code {
					continue
				}
				for _, mark := range []string{"**", "](", "\n|", "```", "<"} {
					if text := plain([]block{b}); strings.Contains(text, mark) && g.ID != "api" {
						t.Errorf("%s, %s: %q is left over in %q", g.ID, s.Title, mark, text)
					}
				}
			}
		}
	}
}

func TestEveryTopicHasItsSection(t *testing.T) {
	for _, x := range topics {
		for _, name := range []string{x.section, x.clerk} {
			if name == "" {
				continue
			}
			guide, id, _ := strings.Cut(name, "#")
			if _, ok := section(guide, id); !ok {
				t.Errorf("%s: there is no section %s; the headings of docs/guides/%s.md have changed", x.page, name, guide)
			}
		}
	}
}

func TestSectionOfAPage(t *testing.T) {
	clerk := identity.System("clerk") // may everything, so everything of a clerk
	for _, x := range []struct {
		at    string
		actor identity.Actor
		want  string
	}{
		{"/", identity.Actor{}, "找到要办的事"},
		{"/nowhere", identity.Actor{}, ""},
		{"/my/cases/2611180345712946/correct", identity.Actor{}, "补正、补交、撤回"},
		{"/my/cases/2611180345712946", identity.Actor{}, "查进度"},
		{"/counter/apply/abc/people?x=1", clerk, "收一件"},
		{"/counterfeit", clerk, ""},
		{"/office/cases/2611180345712946", identity.Actor{}, "待办"},
		{"/office/cases/2611180345712946", clerk, "收件之后"},
		{"/office/cases/2611180345712946/pause", identity.Actor{}, "在办件上的动作（不是环节）"},
		{"/admin/accounts/1/roles", identity.Actor{}, "安全管理员"},
		{"/admin/anything/new", identity.Actor{}, "系统管理员"},
	} {
		s, _ := SectionOf(x.at, x.actor)
		if s.Title != x.want {
			t.Errorf("%s: %q, want %q", x.at, s.Title, x.want)
		}
	}
}

func TestFind(t *testing.T) {
	list := find("补正")
	if len(list) < 3 {
		t.Fatalf("found %d", len(list))
	}
	for _, f := range list {
		if f.Reader == "" || f.Title == "" {
			t.Errorf("%+v", f)
		}
	}
	if len(find("没有这样的词语")) != 0 {
		t.Error("found what is not there")
	}
	if got := excerpt(strings.Repeat("前", 50)+"补正"+strings.Repeat("后", 50), "补正"); !strings.HasPrefix(got, "…前") || !strings.HasSuffix(got, "后…") || !strings.Contains(got, "补正") {
		t.Error(got)
	}
}
