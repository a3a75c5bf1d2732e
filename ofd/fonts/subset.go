package fonts

import (
	"encoding/binary"
	"fmt"
	"slices"
	"sort"
)

// Subset is a font file with the glyphs of some characters only. Its glyphs are numbered in the order of the characters, 0
// being the one for what is missing.
type Subset struct {
	Data   []byte          // TrueType, or OpenType when the face has CFF outlines
	Glyphs map[rune]uint16 // numbers in Data
	Old    []uint16        // by number in Data: the glyph's number in the face
	CFF    []byte          // the outlines alone, when they are of CFF: a bare font whose CIDs are its glyph numbers
}

// Subset makes the file that shows a text: some 200 bytes a Chinese character, the same bytes for the same characters. It
// takes about 50 µs for a page, so nothing is kept. A character the face lacks is a [MissingError].
func (f *Face) Subset(text string) (Subset, error) {
	if err := f.Ready(); err != nil {
		return Subset{}, err
	}
	if missing := f.Missing(text); len(missing) > 0 {
		return Subset{}, &MissingError{f.Name, missing}
	}
	runes := []rune(text)
	slices.Sort(runes)
	s := Subset{Glyphs: map[rune]uint16{}, Old: []uint16{0}}
	numbers := map[uint16]uint16{0: 0}
	for _, r := range slices.Compact(runes) {
		old, ok := f.font.glyph(r)
		if !ok { // an invisible one
			continue
		}
		g, ok := numbers[old]
		if !ok {
			g = uint16(len(s.Old))
			numbers[old] = g
			s.Old = append(s.Old, old)
		}
		s.Glyphs[r] = g
	}
	f.font.pack(&s, numbers)
	return s, nil
}

// SubsetGlyphs makes the file of some glyphs in this order, numbered from 1; one may come twice. It has no map of characters:
// PDF files keep that themselves.
func (f *Face) SubsetGlyphs(glyphs []uint16) (Subset, error) {
	if err := f.Ready(); err != nil {
		return Subset{}, err
	}
	s := Subset{Glyphs: map[rune]uint16{}, Old: []uint16{0}}
	numbers := map[uint16]uint16{0: 0}
	for _, g := range glyphs {
		if int(g) >= f.font.glyphs {
			g = 0
		}
		if _, ok := numbers[g]; !ok {
			numbers[g] = uint16(len(s.Old))
		}
		if s.Old = append(s.Old, g); len(s.Old) > 60_000 {
			return Subset{}, fmt.Errorf("font %s: too many glyphs for one file", f.Name)
		}
	}
	f.font.pack(&s, numbers)
	return s, nil
}

// pack writes the file of a subset whose glyphs are chosen.
func (f *file) pack(s *Subset, numbers map[uint16]uint16) {
	tables := map[string][]byte{}
	if f.cff != nil {
		s.CFF = f.cff.subset(s.Old)
		tables["CFF "] = s.CFF
	} else {
		s.Old = f.withParts(s.Old, numbers)
		tables["glyf"], tables["loca"] = f.glyphData(s.Old, numbers)
	}
	f.frame(tables, *s)
	s.Data = assemble(tables, f.cff != nil)
}

// withParts adds the glyphs that composite ones are made of.
func (f *file) withParts(old []uint16, numbers map[uint16]uint16) []uint16 {
	for i := 0; i < len(old) && len(old) < 0xFFFF; i++ {
		b := f.record(old[i])
		if b == nil || i16(b, 0) >= 0 {
			continue
		}
		components(b, func(part uint16, _ affine, _ int) bool {
			if _, ok := numbers[part]; !ok {
				numbers[part] = uint16(len(old))
				old = append(old, part)
			}
			return true
		})
	}
	return old
}

func (f *file) glyphData(old []uint16, numbers map[uint16]uint16) (glyf, loca []byte) {
	for _, g := range old {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		b := f.record(g)
		start := len(glyf)
		glyf = append(glyf, b...)
		if b != nil && i16(b, 0) < 0 {
			components(b, func(part uint16, _ affine, where int) bool {
				binary.BigEndian.PutUint16(glyf[start+where:], numbers[part])
				return true
			})
		}
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
	}
	return glyf, binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
}

// frame adds the tables around the outlines, so that browsers, PDF and OFD readers take the file.
func (f *file) frame(tables map[string][]byte, s Subset) {
	put := binary.BigEndian.PutUint16
	head := padded(f.tables["head"], 54)
	put(head[50:], 1) // loca of four bytes
	binary.BigEndian.PutUint32(head[8:], 0)
	hhea := padded(f.tables["hhea"], 36)
	put(hhea[34:], uint16(len(s.Old)))
	maxp := slices.Clone(f.tables["maxp"])
	if f.cff != nil {
		maxp = padded([]byte{0, 0, 0x50, 0}, 6)
	} else {
		maxp = padded(maxp, 32)
	}
	put(maxp[4:], uint16(len(s.Old)))
	var hmtx []byte
	for _, g := range s.Old {
		hmtx = binary.BigEndian.AppendUint16(hmtx, uint16(f.advance(g)*float64(f.em)+0.5))
		hmtx = binary.BigEndian.AppendUint16(hmtx, uint16(f.bearing(g)))
	}
	tables["head"], tables["hhea"], tables["maxp"], tables["hmtx"] = head, hhea, maxp, hmtx
	tables["post"] = padded([]byte{0, 3}, 32)
	tables["name"] = f.names()
	if os2 := f.tables["OS/2"]; len(os2) >= 78 {
		tables["OS/2"] = slices.Clone(os2)
	}
	tables["cmap"] = writeCmap(s.Glyphs)
}

func padded(b []byte, n int) []byte {
	out := make([]byte, n)
	copy(out, b)
	return out
}

// names keeps what the licence wants kept with a font: its names, its copyright, its licence.
func (f *file) names() []byte {
	b := f.tables["name"]
	type record struct{ head, text []byte }
	var keep []record
	if len(b) >= 6 {
		base := int(u16(b, 4))
		for i := range int(u16(b, 2)) {
			at := 6 + 12*i
			if at+12 > len(b) {
				break
			}
			id, n, from := u16(b, at+6), int(u16(b, at+8)), base+int(u16(b, at+10))
			if u16(b, at) == 3 && u16(b, at+4) == 0x409 && (id <= 6 || id == 14) && id != 3 && from+n <= len(b) {
				keep = append(keep, record{b[at : at+8], b[from : from+n]})
			}
		}
	}
	out := binary.BigEndian.AppendUint16([]byte{0, 0}, uint16(len(keep)))
	out = binary.BigEndian.AppendUint16(out, uint16(6+12*len(keep)))
	var texts []byte
	for _, r := range keep {
		out = append(out, r.head...)
		out = binary.BigEndian.AppendUint16(out, uint16(len(r.text)))
		out = binary.BigEndian.AppendUint16(out, uint16(len(texts)))
		texts = append(texts, r.text...)
	}
	return append(out, texts...)
}

// writeCmap writes format 4 for the basic plane, which every reader knows, and format 12 where a character lies beyond it.
func writeCmap(glyphs map[rune]uint16) []byte {
	var all, basic []group
	runes := make([]rune, 0, len(glyphs))
	for r := range glyphs {
		runes = append(runes, r)
	}
	slices.Sort(runes)
	for _, r := range runes {
		all = add(all, r, glyphs[r])
		if r < 0xFFFF {
			basic = add(basic, r, glyphs[r])
		}
	}
	basic = append(basic, group{0xFFFF, 0xFFFF, 0})
	n := len(basic)
	w := binary.BigEndian
	four := []byte{0, 4, 0, 0, 0, 0}
	four = w.AppendUint16(four, uint16(2*n))
	log := 0
	for 2<<log <= n {
		log++
	}
	four = w.AppendUint16(four, uint16(2<<log))
	four = w.AppendUint16(four, uint16(log))
	four = w.AppendUint16(four, uint16(2*n-2<<log))
	for _, g := range basic {
		four = w.AppendUint16(four, uint16(g.last))
	}
	four = append(four, 0, 0)
	for _, g := range basic {
		four = w.AppendUint16(four, uint16(g.first))
	}
	for i, g := range basic {
		delta := g.glyph - uint16(g.first)
		if i == n-1 {
			delta = 1
		}
		four = w.AppendUint16(four, delta)
	}
	four = append(four, make([]byte, 2*n)...)
	w.PutUint16(four[2:], uint16(len(four)))

	if len(runes) == 0 || runes[len(runes)-1] < 0xFFFF {
		return append([]byte{0, 0, 0, 1, 0, 3, 0, 1, 0, 0, 0, 12}, four...)
	}
	twelve := []byte{0, 12, 0, 0}
	twelve = w.AppendUint32(twelve, uint32(16+12*len(all)))
	twelve = w.AppendUint32(twelve, 0)
	twelve = w.AppendUint32(twelve, uint32(len(all)))
	for _, g := range all {
		twelve = w.AppendUint32(twelve, uint32(g.first))
		twelve = w.AppendUint32(twelve, uint32(g.last))
		twelve = w.AppendUint32(twelve, uint32(g.glyph))
	}
	out := []byte{0, 0, 0, 2, 0, 3, 0, 1, 0, 0, 0, 20, 0, 3, 0, 10}
	out = w.AppendUint32(out, uint32(20+len(four)))
	return append(append(out, four...), twelve...)
}

// assemble puts tables together in the order of their names, with the sums that readers check.
func assemble(tables map[string][]byte, cff bool) []byte {
	tags := make([]string, 0, len(tables))
	for tag := range tables {
		tags = append(tags, tag)
	}
	sort.Strings(tags)
	w := binary.BigEndian
	out := []byte{0, 1, 0, 0}
	if cff {
		out = []byte("OTTO")
	}
	n, log := len(tags), 0
	for 2<<log <= n {
		log++
	}
	for _, v := range []int{n, 16 << log, log, 16*n - 16<<log} {
		out = w.AppendUint16(out, uint16(v))
	}
	at := len(out) + 16*n
	var body []byte
	head := 0
	for _, tag := range tags {
		t := tables[tag]
		if tag == "head" {
			head = at + len(body)
		}
		out = append(out, tag...)
		out = w.AppendUint32(out, sum(t))
		out = w.AppendUint32(out, uint32(at+len(body)))
		out = w.AppendUint32(out, uint32(len(t)))
		body = append(body, t...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	out = append(out, body...)
	w.PutUint32(out[head+8:], 0xB1B0AFBA-sum(out))
	return out
}

func sum(b []byte) uint32 {
	var s uint32
	for ; len(b) >= 4; b = b[4:] {
		s += binary.BigEndian.Uint32(b)
	}
	if len(b) > 0 {
		s += binary.BigEndian.Uint32(padded(b, 4))
	}
	return s
}
