package arch

import (
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Chinese is written with Chinese marks: “” and 「」, ，；：？！ and ……. A Latin
// mark beside a Han character is a slip of the keyboard, which readers see as
// sloppiness and screen readers stumble over.
var slips = []struct {
	is   string
	what *regexp.Regexp
}{
	{"a Latin quotation mark", regexp.MustCompile(`\p{Han}["']|(?:^|[^=\\(\[{,:A-Za-z0-9])["']\p{Han}`)},
	{"a half-width mark", regexp.MustCompile(`\p{Han}[,;?!](?:\s|\p{Han}|$)|\p{Han}:(?:\s*\p{Han}|$)`)},
	// The browser sets the narrow gap itself (text-autospace); times of day are words of their own.
	{"a space between Han and a number", regexp.MustCompile(`\p{Han} (?:%d|\d+(?:[^\d:]|$))|(?:^|[^A-Za-z0-9.\-\d ])(?:%d|\d[\d.,]*) \p{Han}`)},
	{"dots that are no ellipsis", regexp.MustCompile(`\p{Han}\.{2,}|\.{3,}\p{Han}|[^…]…[^…]|^…[^…]|[^…]…$`)},
}

func TestChineseIsSetInChineseMarks(t *testing.T) {
	for name, texts := range chineseTexts(t) {
		for _, text := range texts {
			for _, s := range slips {
				if found := s.what.FindString(text); found != "" {
					t.Errorf("%s: %s in %.80q, at %q", name, s.is, text, found)
				}
			}
		}
	}
}

// The rules find what they are for, and leave alone what is right.
func TestSlipsAreFound(t *testing.T) {
	for _, wrong := range []string{`点"提交"`, `请稍后,再试`, `办好了吗?`, `加载中...`, `加载中…`, `电话:请填写`, `共 3 件`, `共%d 件`, `第 %d 行`} {
		if !slipped(wrong) {
			t.Errorf("%q passes", wrong)
		}
	}
	for _, right := range []string{`点“提交”`, `请稍后，再试`, `加载中……`, `09:30—12:00`, `GB/T 37668—2019`, `网址 /my?next=`, `共3件`, `9月30日 15:04`, `用 A4 纸`} {
		if slipped(right) {
			t.Errorf("%q is found wrong", right)
		}
	}
}

func slipped(text string) bool {
	for _, s := range slips {
		if s.what.MatchString(text) {
			return true
		}
	}
	return false
}

// chineseTexts gives by file what people may read: strings of Go, strings and
// text of templates.
func chineseTexts(t *testing.T) map[string][]string {
	t.Helper()
	texts := map[string][]string{}
	err := filepath.WalkDir("..", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_templ.go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var found []string
		switch filepath.Ext(path) {
		case ".go":
			found = goStrings(source)
		case ".templ":
			found = append(quotedStrings(string(source)), templText(string(source))...)
		}
		for _, s := range found {
			if han.MatchString(s) {
				texts[path] = append(texts[path], s)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(texts) < 50 {
		t.Fatalf("Chinese in only %d files: the test looks at the wrong place", len(texts))
	}
	return texts
}

var (
	han      = regexp.MustCompile(`\p{Han}`)
	quoted   = regexp.MustCompile(`"((?:[^"\\\n]|\\.)*)"`)
	tag      = regexp.MustCompile(`<[^<>]*>`)
	braces   = regexp.MustCompile(`\{[^{}]*\}`)
	remark   = regexp.MustCompile(`(?m)//.*$`)
	fieldTag = regexp.MustCompile(`^[a-z]+:"`)
	markedUp = regexp.MustCompile(`</?[a-z]`)
)

func goStrings(source []byte) []string {
	var s scanner.Scanner
	files := token.NewFileSet()
	s.Init(files.AddFile("", files.Base(), len(source)), source, nil, 0)
	var list []string
	for {
		_, tok, lit := s.Scan()
		if tok == token.EOF {
			return list
		}
		if tok != token.STRING {
			continue
		}
		text, err := strconv.Unquote(lit)
		switch {
		case err != nil || markedUp.MatchString(text):
		case fieldTag.MatchString(text):
			list = append(list, quotedStrings(text)...)
		default:
			list = append(list, text)
		}
	}
}

func quotedStrings(source string) []string {
	var list []string
	for _, m := range quoted.FindAllStringSubmatch(remark.ReplaceAllString(source, ""), -1) {
		list = append(list, strings.NewReplacer(`\"`, `"`).Replace(m[1]))
	}
	return list
}

// templText is what stands between the tags, without code.
func templText(source string) []string {
	source = remark.ReplaceAllString(source, "")
	source = quoted.ReplaceAllString(source, "")
	source = braces.ReplaceAllString(source, "")
	var list []string
	for line := range strings.Lines(tag.ReplaceAllString(source, "\n")) {
		if line = strings.TrimSpace(line); !strings.ContainsAny(line, "{}=") {
			list = append(list, line)
		}
	}
	return list
}
