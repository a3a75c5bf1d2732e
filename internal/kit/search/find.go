package search

import (
	"strings"
)

// How an entry was found.
type How int

// From the best to the last.
const (
	Exactly How = iota // its name or what people call it, word for word
	Inside             // one holds the other
	Alike              // most of the words are there
	BySound            // it sounds like that
	Around             // only the words around it match
)

// Found is an entry that matches. Score orders the entries of one search: a
// hit word for word is about 1000, the last that is shown about 300.
type Found struct {
	ID     string
	Score  int
	Phrase string // the name by which it was found
	How    How
}

// How good a match of one kind is at its best.
const (
	exactScore   = 1.0
	saidShare    = 0.97 // of what people call it against the title
	insideScore  = 0.80
	saidInside   = 0.72
	holdsScore   = 0.66 // what was typed holds the whole name
	soundShare   = 0.72 // a pair that only sounds alike
	vagueShare   = 0.55
	anyOrder     = 0.55 // all characters are there, in another order
	aroundScore  = 0.40
	leastScore   = 0.33 // below it is not shown
	leastOfBest  = 0.45 // nor what is far behind the best
	mostFound    = 400
	longestQuery = 60 // runes that are looked at
)

// Find gives the entries that match what was typed, best first. Nothing typed,
// or nothing but punctuation, finds nothing.
func (b *Book) Find(typed string) []Found {
	if r := []rune(typed); len(r) > longestQuery {
		typed = string(r[:longestQuery])
	}
	best := map[int32]Found{}
	for i, parts := range b.readings(runs(typed)) {
		for entry, f := range b.read(parts) {
			if i > 0 {
				f.Score = f.Score * 98 / 100 // a reading of ours, not what was typed
			}
			if old, there := best[entry]; !there || f.Score > old.Score {
				best[entry] = f
			}
		}
	}
	return ranked(best)
}

func ranked(best map[int32]Found) []Found {
	top := 0
	for _, f := range best {
		top = max(top, f.Score)
	}
	list := make([]Found, 0, len(best))
	for _, f := range best {
		if f.Score >= int(leastScore*1000) && float64(f.Score) >= leastOfBest*float64(top) {
			list = append(list, f)
		}
	}
	sortFound(list)
	return list[:min(len(list), mostFound)]
}

// readings are what the words may mean: as they were typed, without the words
// people put around a question, and with what is said put as it is written.
func (b *Book) readings(typed []run) [][]run {
	if len(typed) == 0 {
		return nil
	}
	all := [][]run{typed}
	bare := b.withoutFillers(typed)
	if !sameRuns(bare, typed) && len(bare) > 0 {
		all = append(all, bare)
	} else {
		bare = typed
	}
	written, found := make([]run, len(bare)), false
	for i, r := range bare {
		written[i] = r
		if r.han {
			out, swapped := b.swapped(r.runes)
			written[i].runes, found = out, found || swapped
		}
	}
	if found {
		all = append(all, written)
	}
	return all
}

func sameRuns(a, b []run) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if string(a[i].runes) != string(b[i].runes) {
			return false
		}
	}
	return true
}

// tally is what has been found of a query in one phrase.
type tally struct {
	got    float64 // weight of what was found
	pairs  int     // found pairs
	spoken bool    // some of it by sound only
	last   int     // the feature that was counted last, from 1
}

// read scores every phrase that has anything of one reading.
func (b *Book) read(parts []run) map[int32]Found {
	text, letters := "", ""
	for _, p := range parts {
		text += string(p.runes)
		if !p.han {
			letters += string(p.runes)
		}
	}
	best := map[int32]Found{}
	keep := func(n int32, score float64, how How) {
		p := &b.phrases[n]
		f := Found{ID: b.entries[p.entry].ID, Score: int(score * 1000), Phrase: p.text, How: how}
		if old, there := best[p.entry]; !there || f.Score > old.Score {
			best[p.entry] = f
		}
	}
	if letters == text {
		b.bySpelling(text, keep)
	}
	b.byWords(parts, text, keep)
	b.byRest(parts, best)
	return best
}

// byWords compares pairs of characters and of sounds, and words of letters.
func (b *Book) byWords(parts []run, text string, keep func(int32, float64, How)) {
	seen := map[int32]*tally{}
	total, feature := 0.0, 0
	hit := func(list []int32, weight float64, spoken bool) {
		for _, n := range list {
			t := seen[n]
			if t == nil {
				t = &tally{}
				seen[n] = t
			}
			if t.last != feature {
				t.last, t.got, t.pairs, t.spoken = feature, t.got+weight, t.pairs+1, t.spoken || spoken
			}
		}
	}
	for _, p := range parts {
		switch {
		case !p.han:
			feature++
			total += 2
			for w, list := range b.word {
				if strings.HasPrefix(w, string(p.runes)) {
					hit(list, 2, false)
				}
			}
			if len(p.runes) > 1 {
				hit(b.spelled(string(p.runes)), 1.6, false)
			}
		case len(p.runes) == 1:
			feature++
			total++
			hit(b.char[p.runes[0]], 1, false)
		default:
			sounds := syllables(string(p.runes))
			for i := range len(p.runes) - 1 {
				feature++
				pair := string(p.runes[i : i+2])
				w := b.weight(pair)
				total += w
				hit(b.pair[pair], w, false)
				if len(sounds) == len(p.runes) {
					hit(b.sound[sounds[i]+" "+sounds[i+1]], w*soundShare, true)
					hit(b.vague[vague(sounds[i])+" "+vague(sounds[i+1])], w*vagueShare, true)
				}
			}
		}
	}
	for n, t := range seen {
		score, how := b.judge(&b.phrases[n], t, total, text)
		keep(n, score, how)
	}
	b.byCharacters(parts, keep)
}

// judge turns what was found in a phrase into a score.
func (b *Book) judge(p *phrase, t *tally, total float64, text string) (float64, How) {
	share := saidShare
	inside := saidInside
	if p.title {
		share, inside = 1, insideScore
	}
	covered := min(float64(t.pairs)/float64(p.length), 1)
	score := t.got / total * (0.7 + 0.3*covered) * share
	how := Alike
	if t.spoken {
		how = BySound
	}
	length := len([]rune(text))
	switch {
	case p.plain == text:
		return exactScore * share, Exactly
	case strings.Contains(p.plain, text):
		return max(score*0.9, inside+0.15*float64(length)/float64(p.runes)), Inside
	case p.runes > 1 && strings.Contains(text, p.plain):
		return max(score, holdsScore+0.3*float64(p.runes)/float64(length)*share), Inside
	}
	return score * 0.9, how
}

// byCharacters finds names that have every character of the query, in any
// order: 过户房子 for 房子过户.
func (b *Book) byCharacters(parts []run, keep func(int32, float64, How)) {
	chars := map[rune]bool{}
	for _, p := range parts {
		if p.han {
			for _, c := range p.runes {
				chars[c] = true
			}
		}
	}
	if len(chars) < 2 {
		return
	}
	var turned string // two characters must at least stand together: 疫苗 is no 检疫种苗
	if len(chars) == 2 && len(parts) == 1 && len(parts[0].runes) == 2 {
		turned = string([]rune{parts[0].runes[1], parts[0].runes[0]})
	}
	count := map[int32]int{}
	for c := range chars {
		for _, n := range b.char[c] {
			count[n]++
		}
	}
	for n, k := range count {
		if k == len(chars) && strings.Contains(b.phrases[n].plain, turned) {
			keep(n, anyOrder*(0.7+0.3*float64(k)/float64(b.phrases[n].runes)), Alike)
		}
	}
}

// byRest finds entries by the words around them, when nearly all are there.
func (b *Book) byRest(parts []run, best map[int32]Found) {
	count, total := map[int32]int{}, 0
	for _, p := range parts {
		if !p.han || len(p.runes) == 1 {
			total++
			for _, e := range b.rest[string(p.runes)] {
				count[e]++
			}
			continue
		}
		for i := range len(p.runes) - 1 {
			total++
			for _, e := range b.rest[string(p.runes[i:i+2])] {
				count[e]++
			}
		}
	}
	for e, n := range count {
		score := int(aroundScore * 1000 * float64(n) / float64(total))
		if _, there := best[e]; !there && n*5 >= total*4 {
			best[e] = Found{ID: b.entries[e].ID, Score: score, Phrase: b.entries[e].Name, How: Around}
		}
	}
}
