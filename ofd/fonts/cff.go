package fonts

import (
	"encoding/binary"
	"math"
	"strconv"
)

// cff is the outlines of an OpenType font (Adobe technical notes 5176 and 5177). Slices share the font's bytes.
type cff struct {
	charStrings [][]byte
	global      [][]byte
	dicts       []private // one, or for fonts of many characters several
	choice      []byte    // by glyph: which of dicts; nil when there is one
	em          float64
	cid         bool
}

// private is what glyphs of one kind share.
type private struct {
	local            [][]byte
	standard, normal float64 // width that goes unsaid; what widths are told against
	scale            float64
}

// index reads a list of byte strings and gives where it ends.
func index(b []byte, at int) ([][]byte, int, bool) {
	if at < 0 || at+2 > len(b) {
		return nil, 0, false
	}
	n := int(u16(b, at))
	if n == 0 {
		return nil, at + 2, true
	}
	if at+3 > len(b) {
		return nil, 0, false
	}
	size := int(b[at+2])
	base := at + 3 + (n+1)*size - 1
	if size < 1 || size > 4 || base > len(b) {
		return nil, 0, false
	}
	offset := func(i int) int {
		v := 0
		for _, c := range b[at+3+i*size : at+3+(i+1)*size] {
			v = v<<8 | int(c)
		}
		return v
	}
	out := make([][]byte, n)
	for i := range out {
		from, to := base+offset(i), base+offset(i+1)
		if from < base+1 || to < from || to > len(b) {
			return nil, 0, false
		}
		out[i] = b[from:to:to]
	}
	return out, base + offset(n), true
}

// dict reads operators and their numbers; operators of two bytes are 1200 and the second.
func dict(b []byte) map[int][]float64 {
	out := map[int][]float64{}
	var args []float64
	for i := 0; i < len(b); {
		c := b[i]
		i++
		switch {
		case c <= 21:
			op := int(c)
			if c == 12 {
				if i >= len(b) {
					return out
				}
				op = 1200 + int(b[i])
				i++
			}
			out[op] = args
			args = nil
		case c == 30:
			text := ""
			for done := false; !done && i < len(b); i++ {
				for _, nibble := range [2]byte{b[i] >> 4, b[i] & 15} {
					if nibble == 15 {
						done = true
						break
					}
					text += [16]string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "E", "E-", "", "-"}[nibble]
				}
			}
			v, _ := strconv.ParseFloat(text, 64)
			args = append(args, v)
		case c == 28 && i+2 <= len(b):
			args = append(args, float64(i16(b, i)))
			i += 2
		case c == 29 && i+4 <= len(b):
			args = append(args, float64(int32(u32(b, i))))
			i += 4
		case c >= 32 && c <= 246:
			args = append(args, float64(int(c)-139))
		case c >= 247 && c <= 250 && i < len(b):
			args = append(args, float64((int(c)-247)*256+int(b[i])+108))
			i++
		case c >= 251 && c <= 254 && i < len(b):
			args = append(args, float64(-(int(c)-251)*256-int(b[i])-108))
			i++
		}
		if len(args) > 64 {
			return out
		}
	}
	return out
}

func first(d map[int][]float64, op int, otherwise float64) float64 {
	if v := d[op]; len(v) > 0 {
		return v[0]
	}
	return otherwise
}

func parseCFF(b []byte) (*cff, error) {
	if len(b) < 4 {
		return nil, errFont
	}
	_, at, ok := index(b, int(b[2])) // names
	if !ok {
		return nil, errFont
	}
	tops, at, ok := index(b, at)
	if !ok || len(tops) == 0 {
		return nil, errFont
	}
	_, at, ok = index(b, at) // strings
	if !ok {
		return nil, errFont
	}
	c := &cff{em: 1000}
	if c.global, _, ok = index(b, at); !ok {
		return nil, errFont
	}
	top := dict(tops[0])
	if c.charStrings, _, ok = index(b, int(first(top, 17, -1))); !ok || len(c.charStrings) == 0 {
		return nil, errFont
	}
	if m := top[1207]; len(m) == 6 && m[0] > 0 && m[0] < 1 {
		c.em = 1 / m[0]
	}
	if _, c.cid = top[1230]; !c.cid {
		c.dicts = []private{readPrivate(b, top, 1)}
		return c, nil
	}
	fonts, _, ok := index(b, int(first(top, 1236, -1)))
	if !ok || len(fonts) == 0 || len(fonts) > 256 {
		return nil, errFont
	}
	for _, f := range fonts {
		d := dict(f)
		scale := 1.0
		if m := d[1207]; len(m) == 6 && m[0] > 0 && m[0] <= 1 {
			if scale = m[0]; top[1207] == nil {
				scale = m[0] * c.em
			}
		}
		c.dicts = append(c.dicts, readPrivate(b, d, scale))
	}
	c.choice = readChoice(b, int(first(top, 1237, -1)), len(c.charStrings))
	return c, nil
}

func readPrivate(b []byte, d map[int][]float64, scale float64) private {
	p := private{scale: scale}
	where := d[18]
	if len(where) < 2 {
		return p
	}
	n, at := int(where[0]), int(where[1])
	if n < 0 || at < 0 || at > len(b) || n > len(b)-at {
		return p
	}
	in := dict(b[at : at+n])
	p.standard, p.normal = first(in, 20, 0), first(in, 21, 0)
	if subrs := int(first(in, 19, 0)); subrs > 0 {
		p.local, _, _ = index(b, at+subrs)
	}
	return p
}

// readChoice reads which private dictionary each glyph has (FDSelect).
func readChoice(b []byte, at, glyphs int) []byte {
	out := make([]byte, glyphs)
	if at < 0 || at >= len(b) {
		return out
	}
	switch b[at] {
	case 0:
		copy(out, b[at+1:])
	case 3:
		if at+5 > len(b) {
			return out
		}
		for i := range int(u16(b, at+1)) {
			r := at + 3 + 3*i
			if r+5 > len(b) {
				break
			}
			for g := int(u16(b, r)); g < int(u16(b, r+3)) && g < glyphs; g++ {
				out[g] = b[r+2]
			}
		}
	}
	return out
}

func (c *cff) dict(glyph uint16) private {
	i := 0
	if c.choice != nil {
		i = int(c.choice[glyph])
	}
	if i >= len(c.dicts) {
		return private{scale: 1}
	}
	return c.dicts[i]
}

func (c *cff) outline(glyph uint16) Outline {
	d := c.dict(glyph)
	m := machine{cff: c, dict: d, pen: pen{scale: d.scale / c.em}, budget: maxPoints}
	if !m.run(c.charStrings[glyph], 0) {
		return nil
	}
	m.pen.close()
	for _, s := range m.pen.out {
		for _, v := range s.P {
			if math.IsNaN(v) || math.Abs(v) > 1e4 {
				return nil
			}
		}
	}
	return m.pen.out
}

func (c *cff) width(glyph uint16) float64 {
	d := c.dict(glyph)
	m := machine{cff: c, dict: d, pen: pen{scale: d.scale / c.em}, budget: maxPoints}
	m.run(c.charStrings[glyph], 0)
	return m.width() * d.scale / c.em
}

// writeIndex writes a list of byte strings.
func writeIndex(out []byte, items [][]byte) []byte {
	out = binary.BigEndian.AppendUint16(out, uint16(len(items)))
	if len(items) == 0 {
		return out
	}
	out = append(out, 4)
	at := uint32(1)
	out = binary.BigEndian.AppendUint32(out, at)
	for _, b := range items {
		at += uint32(len(b))
		out = binary.BigEndian.AppendUint32(out, at)
	}
	for _, b := range items {
		out = append(out, b...)
	}
	return out
}

// number writes an integer of a dictionary in five bytes, so that lengths are known before what they point to.
func number(out []byte, v int) []byte {
	return binary.BigEndian.AppendUint32(append(out, 29), uint32(int32(v)))
}
