package search

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const (
	maxText   = 20_000 // runes of a text that are looked at
	maxQuery  = 24     // tokens of a query that are looked for
	maxLetter = 32     // letters of a latin word or pinyin that are kept
)

// run is a stretch of text that is cut in one way.
type run struct {
	han   bool
	runes []rune
}

// runs cuts text into runs of Han characters and words of other letters and
// digits, full-width forms made half-width, letters small. All else separates.
func runs(s string) []run {
	var all []run
	open := false
	for _, r := range norm.NFKC.String(strings.ToLower(s)) {
		han := unicode.Is(unicode.Han, r)
		if !han && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			open = false
			continue
		}
		if r == 'ü' {
			r = 'v' // as pinyin is typed
		}
		if !open || all[len(all)-1].han != han {
			all = append(all, run{han: han})
			open = true
		}
		last := &all[len(all)-1]
		last.runes = append(last.runes, unicode.ToLower(r))
	}
	return all
}

// words gives the tokens of a text: the pairs of each Han run and its last
// character alone (so that one character is found wherever it stands), and the
// other words.
func words(s string) []string {
	if r := []rune(s); len(r) > maxText {
		s = string(r[:maxText])
	}
	set := newSet()
	for _, r := range runs(s + " " + alsoSaid(s)) {
		if !r.han {
			set.add(cut(string(r.runes), maxLetter))
			continue
		}
		for i := range len(r.runes) - 1 {
			set.add(string(r.runes[i : i+2]))
		}
		set.add(string(r.runes[len(r.runes)-1:]))
	}
	return set.list
}

// titleWords gives the tokens of a title: those of its text and, so that it is
// found by the keyboard alone, its pinyin and initials from each character on.
func titleWords(s string) []string {
	set := newSet()
	set.add(words(s)...)
	set.add(spoken(s)...)
	set.add(spoken(alsoSaid(s))...)
	return set.list
}

// Query gives the tokens that must all be found for what somebody typed. One
// that ends in * may go on. None: there is nothing to look for.
func Query(s string) []string {
	set := newSet()
	for _, r := range runs(s) {
		switch n := len(r.runes); {
		case !r.han:
			set.add(cut(string(r.runes), maxLetter) + "*")
		case n == 1:
			set.add(string(r.runes) + "*")
		default:
			for i := range n - 1 {
				set.add(string(r.runes[i : i+2]))
			}
		}
		if len(set.list) >= maxQuery {
			return set.list[:maxQuery]
		}
	}
	return set.list
}

// Match says whether text holds every token of a query; an empty query matches
// nothing. For short lists; a Book is for those that are searched often.
func Match(text, query string) bool {
	wanted, terms := Query(query), titleWords(text)
	for _, q := range wanted {
		if !slices.ContainsFunc(terms, func(term string) bool { return term == q || goesOn(term, q) }) {
			return false
		}
	}
	return len(wanted) > 0
}

// goesOn says whether term begins with what stands before the * of q.
func goesOn(term, q string) bool {
	prefix, open := strings.CutSuffix(q, "*")
	return open && strings.HasPrefix(term, prefix)
}

// abbreviations are what people say for what is written.
var abbreviations = []struct{ written, said string }{
	{"社会保障卡", "社保卡"}, {"社会保险", "社保"}, {"医疗保险", "医保"}, {"养老保险", "养老金"},
	{"居民户口簿", "户口本"}, {"户口簿", "户口本"}, {"居民身份证", "身份证"}, {"机动车驾驶证", "驾驶证 驾照"},
	{"不动产权证", "房产证"}, {"不动产权属证书", "房产证"}, {"最低生活保障", "低保"}, {"住房公积金", "公积金"},
	{"残疾人证", "残疾证"}, {"独生子女父母光荣证", "独生子女证"}, {"人力资源和社会保障局", "人社局"},
	{"市场监督管理局", "市监局"}, {"政务服务中心", "办事大厅"}, {"个体工商户", "个体户"},
}

// alsoSaid gives the short forms of what s has in full.
func alsoSaid(s string) string {
	var said []string
	for _, a := range abbreviations {
		if strings.Contains(s, a.written) {
			said = append(said, a.said)
		}
	}
	return strings.Join(said, " ")
}

// cut keeps the first n runes.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	r := []rune(s)
	return string(r[:min(n, len(r))])
}

// set keeps the order in which its members came.
type set struct {
	list []string
	seen map[string]bool
}

func newSet() *set { return &set{seen: map[string]bool{}} }

func (s *set) add(all ...string) {
	for _, x := range all {
		if x != "" && !s.seen[x] {
			s.seen[x] = true
			s.list = append(s.list, x)
		}
	}
}
