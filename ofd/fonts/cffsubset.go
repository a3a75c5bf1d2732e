package fonts

import (
	"encoding/binary"
	"math"
	"strconv"
)

// subset writes a CID-keyed CFF with some glyphs. Their charstrings are copied as they are: what the licence of a font lets be
// embedded are unaltered portions of it. Subroutines keep their numbers; those not called are emptied.
func (c *cff) subset(old []uint16) []byte {
	used := c.called(old)
	glyphs := make([][]byte, len(old))
	choice := []byte{0}
	charset := []byte{0}
	for i, g := range old {
		glyphs[i] = c.charStrings[g]
		fd := byte(0)
		if c.choice != nil && int(c.choice[g]) < len(c.dicts) {
			fd = c.choice[g]
		}
		choice = append(choice, fd)
		if i > 0 {
			charset = binary.BigEndian.AppendUint16(charset, uint16(i)) // glyph and CID are the same
		}
	}
	out := writeIndex([]byte{1, 0, 4, 4}, [][]byte{[]byte("Subset")})
	top := func(charsetAt, selectAt, charStringsAt, dictsAt int) []byte {
		var b []byte
		b = append(number(number(number(b, 391), 392), 0), 12, 30) // ROS: Adobe, Identity, 0
		b = append(realMatrix(b, 1/c.em), 12, 7)
		b = append(number(b, len(old)), 12, 34)
		b = append(number(b, charsetAt), 15)
		b = append(number(b, selectAt), 12, 37)
		b = append(number(b, charStringsAt), 17)
		return append(number(b, dictsAt), 12, 36)
	}
	strings := writeIndex(nil, [][]byte{[]byte("Adobe"), []byte("Identity")})
	global := writeIndex(nil, kept(c.global, used[0]))
	at := len(writeIndex(out, [][]byte{top(0, 0, 0, 0)})) + len(strings) + len(global)
	charsetAt := at
	selectAt := charsetAt + len(charset)
	charStringsAt := selectAt + len(choice)
	charStrings := writeIndex(nil, glyphs)
	privateAt := charStringsAt + len(charStrings)
	var privates []byte
	var dicts [][]byte
	for i, d := range c.dicts {
		p := append(append(number(nil, int(math.Round(d.standard))), 20), append(number(nil, int(math.Round(d.normal))), 21)...)
		size := len(p)
		if len(d.local) > 0 {
			size = len(p) + 6
			p = append(number(p, size), 19)
			p = writeIndex(p, kept(d.local, used[i+1]))
		}
		var fd []byte
		if d.scale != 1 {
			fd = append(realMatrix(fd, d.scale), 12, 7)
		}
		dicts = append(dicts, append(number(number(fd, size), privateAt+len(privates)), 18))
		privates = append(privates, p...)
	}
	out = writeIndex(out, [][]byte{top(charsetAt, selectAt, charStringsAt, privateAt+len(privates))})
	for _, part := range [][]byte{strings, global, charset, choice, charStrings, privates} {
		out = append(out, part...)
	}
	return writeIndex(out, dicts)
}

// realMatrix writes a matrix that scales alike in both directions.
func realMatrix(b []byte, scale float64) []byte {
	for i := range 6 {
		if i != 0 && i != 3 {
			b = append(b, 139) // 0
			continue
		}
		b = append(b, 30)
		var nibbles []byte
		for _, r := range strconv.FormatFloat(scale, 'f', -1, 64) {
			if r == '.' {
				nibbles = append(nibbles, 10)
			} else {
				nibbles = append(nibbles, byte(r-'0'))
			}
		}
		nibbles = append(nibbles, 15)
		if len(nibbles)%2 == 1 {
			nibbles = append(nibbles, 15)
		}
		for j := 0; j < len(nibbles); j += 2 {
			b = append(b, nibbles[j]<<4|nibbles[j+1])
		}
	}
	return b
}

// kept empties the subroutines that are not called: what is left of them is the return.
func kept(list [][]byte, used map[int]bool) [][]byte {
	out := make([][]byte, len(list))
	for i := range list {
		if out[i] = []byte{11}; used[i] {
			out[i] = list[i]
		}
	}
	return out
}

// called finds the subroutines that some glyphs call: the global ones, then those of each dictionary.
func (c *cff) called(old []uint16) []map[int]bool {
	used := make([]map[int]bool, len(c.dicts)+1)
	for i := range used {
		used[i] = map[int]bool{}
	}
	for _, g := range old {
		fd := 0
		if c.choice != nil && int(c.choice[g]) < len(c.dicts) {
			fd = int(c.choice[g])
		}
		m := machine{cff: c, dict: c.dict(g), budget: maxPoints}
		m.called = func(global bool, n int) {
			if global {
				used[0][n] = true
			} else {
				used[fd+1][n] = true
			}
		}
		m.run(c.charStrings[g], 0)
	}
	return used
}
