package fonts

import (
	"encoding/binary"
	"errors"
)

// file is a parsed font. It is never changed after parse, so that it serves many at once.
type file struct {
	data   []byte
	tables map[string][]byte
	groups []group // character map, by character
	glyphs int
	em     int
	long   bool // loca has four bytes an entry
	widths int  // entries of hmtx that have a width
	cff    *cff // nil for TrueType
}

var errFont = errors.New("not a TrueType or OpenType font, or damaged")

// maxTables is far above what fonts have.
const maxTables = 256

func parse(data []byte) (*file, error) {
	f := &file{data: data, tables: map[string][]byte{}, em: 1000}
	if len(data) >= 4 && data[0] == 1 && data[1] == 0 && data[2] >= 4 && data[2] < 32 { // a bare CFF: major, minor, size of header
		f.tables["CFF "] = data
	} else if err := f.directory(data); err != nil {
		return nil, err
	}
	if head := f.tables["head"]; len(head) >= 54 {
		f.em = int(u16(head, 18))
		f.long = u16(head, 50) == 1
	}
	if hhea := f.tables["hhea"]; len(hhea) >= 36 {
		f.widths = int(u16(hhea, 34))
	}
	if maxp := f.tables["maxp"]; len(maxp) >= 6 {
		f.glyphs = int(u16(maxp, 4))
	}
	if f.em < 16 || f.em > 16384 {
		return nil, errFont
	}
	if outlines := f.tables["CFF "]; outlines != nil {
		c, err := parseCFF(outlines)
		if err != nil {
			return nil, err
		}
		f.cff, f.glyphs = c, len(c.charStrings)
	} else if f.tables["glyf"] == nil || f.tables["loca"] == nil || f.glyphs == 0 {
		return nil, errFont
	}
	f.groups = parseCmap(f.tables["cmap"], f.glyphs)
	return f, nil
}

// directory reads where the tables are; of a collection, the first font.
func (f *file) directory(data []byte) error {
	at := 0
	if len(data) >= 16 && string(data[:4]) == "ttcf" {
		at = int(u32(data, 12))
	}
	if at < 0 || at+12 > len(data) {
		return errFont
	}
	switch string(data[at : at+4]) {
	case "\x00\x01\x00\x00", "true", "OTTO":
	default:
		return errFont
	}
	n := int(u16(data, at+4))
	if n > maxTables || at+12+16*n > len(data) {
		return errFont
	}
	for i := range n {
		entry := data[at+12+16*i:]
		from, length := uint64(u32(entry, 8)), uint64(u32(entry, 12))
		if from > uint64(len(data)) {
			continue
		}
		// A table said to be longer than the file is cut: subsets in documents are written carelessly.
		to := min(from+length, uint64(len(data)))
		f.tables[string(entry[:4])] = data[from:to:to]
	}
	return nil
}

func (f *file) advance(glyph uint16) float64 {
	hmtx := f.tables["hmtx"]
	i := min(int(glyph), f.widths-1)
	if i < 0 || 4*i+2 > len(hmtx) || int(glyph) >= f.glyphs {
		if f.cff != nil && int(glyph) < f.glyphs {
			return f.cff.width(glyph)
		}
		return 0
	}
	return float64(u16(hmtx, 4*i)) / float64(f.em)
}

func (f *file) bearing(glyph uint16) int16 {
	hmtx := f.tables["hmtx"]
	at := 4*int(glyph) + 2
	if int(glyph) >= f.widths {
		at = 4*f.widths + 2*(int(glyph)-f.widths)
	}
	if at+2 > len(hmtx) {
		return 0
	}
	return i16(hmtx, at)
}

func (f *file) outline(glyph uint16) Outline {
	if int(glyph) >= f.glyphs {
		return nil
	}
	if f.cff != nil {
		return f.cff.outline(glyph)
	}
	p := pen{scale: 1 / float64(f.em)}
	budget := maxPoints
	f.trace(&p, glyph, affine{1, 0, 0, 1, 0, 0}, 0, &budget)
	p.close()
	return p.out
}

func (f *file) metrics() Metrics {
	m := Metrics{Ascent: 0.88, Descent: -0.12, Right: 1, Top: 0.88, Bottom: -0.12, OpenType: f.cff != nil, UnitsPerEm: f.em}
	em := float64(f.em)
	if head := f.tables["head"]; len(head) >= 54 {
		m.Left, m.Bottom = float64(i16(head, 36))/em, float64(i16(head, 38))/em
		m.Right, m.Top = float64(i16(head, 40))/em, float64(i16(head, 42))/em
	}
	if hhea := f.tables["hhea"]; len(hhea) >= 36 {
		m.Ascent, m.Descent = float64(i16(hhea, 4))/em, float64(i16(hhea, 6))/em
	}
	return m
}

func u16(b []byte, at int) uint16 { return binary.BigEndian.Uint16(b[at:]) }
func i16(b []byte, at int) int16  { return int16(u16(b, at)) }
func u32(b []byte, at int) uint32 { return binary.BigEndian.Uint32(b[at:]) }
