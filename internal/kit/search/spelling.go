package search

import (
	"slices"
	"strings"
)

// bySpelling finds names by what is typed on a keyboard without characters:
// pinyin (shehuibaozhang), pinyin as the south says it (sehuibaozan), initials
// (shbz), all from any character on.
func (b *Book) bySpelling(typed string, keep func(int32, float64, How)) {
	if len(typed) < 2 {
		return
	}
	south := vagueSpelling(typed)
	for n := range b.phrases {
		p := &b.phrases[n]
		share := saidShare
		if p.title {
			share = 1
		}
		if at, ok := spelledFrom(p.sounds, p.starts, typed); ok {
			keep(int32(n), share*part(0.95, at, syllablesIn(p.starts, at, len(typed)), len(p.starts)), Alike)
			continue
		}
		if at := strings.Index(p.initials, typed); at >= 0 {
			keep(int32(n), share*part(0.9, at, len(typed), len(p.initials)), Alike)
			continue
		}
		if at, ok := spelledFrom(p.vague, p.vagueAt, south); ok && len(south) > 3 {
			keep(int32(n), share*part(0.75, at, syllablesIn(p.vagueAt, at, len(south)), len(p.vagueAt)), BySound)
		}
	}
}

// part is the score of a match of n of all syllables from the one at on.
func part(best float64, at, n, all int) float64 {
	score := best * (0.65 + 0.35*float64(n)/float64(all))
	if at > 0 {
		score -= 0.05
	}
	return score
}

// spelledFrom says from which syllable on the sounds begin with what was typed.
func spelledFrom(sounds string, starts []int, typed string) (int, bool) {
	for i, at := range starts {
		if strings.HasPrefix(sounds[at:], typed) {
			return i, true
		}
	}
	return 0, false
}

func syllablesIn(starts []int, from, length int) int {
	end := starts[from] + length
	n, _ := slices.BinarySearch(starts, end)
	return n - from
}

// spelled gives the phrases whose pinyin or initials hold what was typed.
func (b *Book) spelled(typed string) []int32 {
	var list []int32
	b.bySpelling(typed, func(n int32, _ float64, _ How) { list = append(list, n) })
	return list
}

// vagueSpelling does to a whole word what vague does to a syllable, as far as
// that can be known without its syllables.
func vagueSpelling(typed string) string {
	return strings.NewReplacer("zh", "z", "ch", "c", "sh", "s", "ng", "n", "l", "n").Replace(typed)
}
