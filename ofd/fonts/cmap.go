package fonts

import "sort"

// group maps characters first … last to glyphs from glyph on.
type group struct {
	first, last rune
	glyph       uint16
}

// maxGroups bounds the character map of a foreign file.
const maxGroups = 1 << 17

// glyph finds a character. In fonts of symbols they stand at U+F000 and above.
func (f *file) glyph(r rune) (uint16, bool) {
	g := f.lookup(r)
	if g == 0 && r < 0x100 {
		g = f.lookup(0xF000 + r)
	}
	return g, g != 0
}

func (f *file) lookup(r rune) uint16 {
	i := sort.Search(len(f.groups), func(i int) bool { return f.groups[i].last >= r })
	if i == len(f.groups) || r < f.groups[i].first {
		return 0
	}
	g := int(f.groups[i].glyph) + int(r-f.groups[i].first)
	if g >= f.glyphs || g > 0xFFFF {
		return 0
	}
	return uint16(g)
}

// parseCmap reads the best of the character maps there are: full Unicode, the basic plane, symbols, any other.
func parseCmap(b []byte, glyphs int) []group {
	if len(b) < 4 {
		return nil
	}
	best, rank := []group(nil), 0
	for i := range min(int(u16(b, 2)), 64) {
		at := 4 + 8*i
		if at+8 > len(b) {
			break
		}
		worth := worthOf(u16(b, at), u16(b, at+2))
		offset := uint64(u32(b, at+4))
		if worth <= rank || offset+8 > uint64(len(b)) {
			continue
		}
		if g := subtable(b[offset:], glyphs); len(g) > 0 {
			best, rank = g, worth
		}
	}
	sort.SliceStable(best, func(i, j int) bool { return best[i].last < best[j].last })
	return best
}

func worthOf(platform, encoding uint16) int {
	switch {
	case platform == 3 && encoding == 10, platform == 0 && (encoding == 4 || encoding == 6):
		return 5
	case platform == 0 && encoding == 5: // variation sequences
		return 0
	case platform == 3 && encoding == 1, platform == 0:
		return 4
	case platform == 3 && encoding == 0:
		return 3
	case platform == 1:
		return 2
	}
	return 1
}

func subtable(b []byte, glyphs int) []group {
	switch u16(b, 0) {
	case 0:
		return array(b, 6, 0, 256, 1)
	case 4:
		return segments(b, glyphs)
	case 6:
		if len(b) < 10 {
			return nil
		}
		return array(b, 10, rune(u16(b, 6)), int(u16(b, 8)), 2)
	case 12:
		return ranges(b)
	}
	return nil
}

// array reads formats 0 and 6: one glyph for each character from first on.
func array(b []byte, at int, first rune, n, size int) []group {
	var out []group
	for i := range n {
		if at+size*(i+1) > len(b) {
			break
		}
		g := uint16(b[at+size*i])
		if size == 2 {
			g = u16(b, at+2*i)
		}
		if g != 0 {
			out = add(out, first+rune(i), g)
		}
	}
	return out
}

// ranges reads format 12.
func ranges(b []byte) []group {
	if len(b) < 16 {
		return nil
	}
	var out []group
	for i := range min(int(u32(b, 12)), maxGroups) {
		at := 16 + 12*i
		if at+12 > len(b) {
			break
		}
		first, last, g := u32(b, at), u32(b, at+4), u32(b, at+8)
		if first > last || last > 0x10FFFF || g > 0xFFFF {
			continue
		}
		out = append(out, group{rune(first), rune(last), uint16(g)})
	}
	return out
}

// segments reads format 4.
func segments(b []byte, glyphs int) []group {
	if len(b) < 16 {
		return nil
	}
	n := int(u16(b, 6)) / 2
	if 16+8*n > len(b) {
		return nil
	}
	var out []group
	for i := range n {
		last, first := rune(u16(b, 14+2*i)), rune(u16(b, 16+2*n+2*i))
		delta, at := u16(b, 16+4*n+2*i), 16+6*n+2*i
		offset := int(u16(b, at))
		if first > last || first == 0xFFFF {
			continue
		}
		for r := first; r <= last && len(out) < maxGroups; r++ {
			g := uint16(r) + delta
			if offset != 0 && offset != 0xFFFF {
				place := at + offset + 2*int(r-first)
				if place+2 > len(b) {
					break
				}
				if g = u16(b, place); g != 0 {
					g += delta
				}
			}
			if g != 0 && int(g) < glyphs {
				out = add(out, r, g)
			}
		}
	}
	return out
}

// add appends a character, to the last group when it goes on there.
func add(out []group, r rune, g uint16) []group {
	if n := len(out) - 1; n >= 0 && out[n].last+1 == r && int(out[n].glyph)+int(r-out[n].first) == int(g) {
		out[n].last = r
		return out
	}
	return append(out, group{r, r, g})
}
