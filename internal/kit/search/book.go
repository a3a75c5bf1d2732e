package search

import (
	"math"
	"slices"
	"strings"
)

// Entry is something a Book finds.
type Entry struct {
	ID    string
	Name  string   // its title
	Said  []string // what people call it: as good as the title, not quite
	Other string   // words around it (materials, department): found too, but last
}

// Book finds entries by what people type, and forgives: everyday words, words
// left out or turned round, pinyin, initials, characters that sound alike. It
// lives in memory, for a few thousand names that change seldom; what is larger,
// or has rights, belongs into an Index. Never changed once made, so it is safe
// for concurrent use.
type Book struct {
	entries []Entry
	phrases []phrase
	swaps   map[string]string // what is said → what is written
	longest int               // runes of the longest key of swaps

	pair  map[string][]int32 // two characters → phrases
	sound map[string][]int32 // two syllables → phrases
	vague map[string][]int32 // two syllables as the south says them → phrases
	char  map[rune][]int32   // one character → phrases
	word  map[string][]int32 // a word of letters and digits → phrases
	rest  map[string][]int32 // a token of Other → entries
	freq  map[string]int     // entries with a pair, for its weight
}

// phrase is one name of an entry, ready to be compared.
type phrase struct {
	entry    int32
	title    bool
	text     string // as written, for people
	plain    string // its letters, digits and characters alone
	length   int    // pairs in it; at least 1
	runes    int
	sounds   string // its pinyin, without gaps
	starts   []int  // where in sounds a syllable begins
	vague    string
	vagueAt  []int
	initials string
}

// NewBook makes a book. swaps say what people mean by a word: 户口本 → 户口簿.
func NewBook(entries []Entry, swaps map[string]string) *Book {
	b := &Book{entries: entries, swaps: map[string]string{}, pair: map[string][]int32{}, sound: map[string][]int32{},
		vague: map[string][]int32{}, char: map[rune][]int32{}, word: map[string][]int32{}, rest: map[string][]int32{}, freq: map[string]int{}}
	for said, written := range swaps {
		if said, written = plain(said), plain(written); said != "" && written != "" && said != written {
			b.swaps[said] = written
			b.longest = max(b.longest, len([]rune(said)))
		}
	}
	for i := range entries {
		b.enter(int32(i))
	}
	return b
}

func (b *Book) enter(i int32) {
	e := b.entries[i]
	pairs := map[string]bool{}
	b.addPhrase(i, e.Name, true, pairs)
	for _, said := range e.Said {
		b.addPhrase(i, said, false, pairs)
	}
	for p := range pairs {
		b.freq[p]++
	}
	for _, t := range words(e.Other) {
		b.rest[t] = append(b.rest[t], i)
	}
}

func (b *Book) addPhrase(entry int32, text string, title bool, pairs map[string]bool) {
	p := phrase{entry: entry, title: title, text: text, plain: plain(text)}
	if p.plain == "" {
		return
	}
	p.runes = len([]rune(p.plain))
	n := int32(len(b.phrases))
	seen := map[string]bool{}
	note := func(into map[string][]int32, prefix, key string) {
		if !seen[prefix+key] {
			seen[prefix+key] = true
			into[key] = append(into[key], n)
		}
	}
	var sounds []string
	for _, r := range runs(text) {
		if !r.han {
			note(b.word, "w", string(r.runes))
			p.length++
			continue
		}
		for i, c := range r.runes {
			if _, there := seen["c"+string(c)]; !there {
				seen["c"+string(c)] = true
				b.char[c] = append(b.char[c], n)
			}
			if i+1 < len(r.runes) {
				two := string(r.runes[i : i+2])
				note(b.pair, "p", two)
				pairs[two] = true
				p.length++
			}
		}
		said := syllables(string(r.runes))
		for i := range len(said) - 1 {
			note(b.sound, "s", said[i]+" "+said[i+1])
			note(b.vague, "v", vague(said[i])+" "+vague(said[i+1]))
		}
		sounds = append(sounds, said...)
	}
	p.length = max(p.length, 1)
	p.spell(sounds)
	b.phrases = append(b.phrases, p)
}

func (p *phrase) spell(sounds []string) {
	var full, south, first strings.Builder
	for _, s := range sounds {
		p.starts = append(p.starts, full.Len())
		p.vagueAt = append(p.vagueAt, south.Len())
		full.WriteString(s)
		south.WriteString(vague(s))
		first.WriteByte(s[0])
	}
	p.sounds, p.vague, p.initials = full.String(), south.String(), first.String()
}

// weight is how much a pair tells: one in every second name tells little.
func (b *Book) weight(pair string) float64 {
	n := b.freq[pair]
	if n == 0 {
		return unknownWeight
	}
	return math.Log1p(float64(len(b.entries)) / float64(n))
}

// unknownWeight is what a pair that no name has counts against a find: a typing
// error or a word of the trade is forgiven, a sentence about something else not.
const unknownWeight = 1.2

// plain keeps letters, digits and characters.
func plain(s string) string {
	var b strings.Builder
	for _, r := range runs(s) {
		b.WriteString(string(r.runes))
	}
	return b.String()
}

// vague is a syllable as the south says it: without the difference between zh
// and z, n and l, ang and an, h and f before u.
func vague(s string) string {
	for _, x := range []struct{ from, to string }{{"zh", "z"}, {"ch", "c"}, {"sh", "s"}} {
		if strings.HasPrefix(s, x.from) {
			s = x.to + s[2:]
		}
	}
	if strings.HasPrefix(s, "l") {
		s = "n" + s[1:]
	}
	if strings.HasPrefix(s, "hu") && s != "hu" {
		s = "f" + s[2:]
	}
	if strings.HasSuffix(s, "ng") {
		s = s[:len(s)-1]
	}
	return s
}

// swapped replaces what people say by what is written, the longest words
// first; false when there was nothing to replace.
func (b *Book) swapped(han []rune) ([]rune, bool) {
	var out []rune
	found := false
	for i := 0; i < len(han); {
		n, to := b.swapAt(han[i:])
		if n == 0 {
			out = append(out, han[i])
			i++
			continue
		}
		out, found = append(out, []rune(to)...), true
		i += n
	}
	return out, found
}

// swapAt gives the longest word that han begins with and that stands for
// another, and the other; 0 when there is none.
func (b *Book) swapAt(han []rune) (int, string) {
	for n := min(b.longest, len(han)); n > 0; n-- {
		if to, ok := b.swaps[string(han[:n])]; ok {
			return n, to
		}
	}
	return 0, ""
}

// Len is how many entries there are.
func (b *Book) Len() int { return len(b.entries) }

// Holds says whether some name has these two characters side by side.
func (b *Book) holds(pair []rune) bool { return len(b.pair[string(pair)]) > 0 }

func sortFound(list []Found) {
	slices.SortStableFunc(list, func(x, y Found) int {
		if x.Score != y.Score {
			return y.Score - x.Score
		}
		return strings.Compare(x.ID, y.ID)
	})
}
