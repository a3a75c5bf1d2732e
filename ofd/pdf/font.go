package pdf

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"unicode/utf16"

	"yimen/ofd/fonts"
)

// font is a face as one file uses it. Each glyph has a number (CID) for each text it stands for.
type font struct {
	face   *fonts.Face
	object int
	glyphs []uint16 // by CID − 1
	texts  []string
	number map[shown]uint16
}

type shown struct {
	glyph uint16
	text  string
}

// cid numbers a glyph.
func (f *font) cid(glyph uint16, text string) uint16 {
	key := shown{glyph, text}
	n, ok := f.number[key]
	if !ok {
		f.glyphs, f.texts = append(f.glyphs, glyph), append(f.texts, text)
		n = uint16(len(f.glyphs))
		f.number[key] = n
	}
	return n
}

// font finds the font of a face.
func (w *writer) font(face *fonts.Face) (int, *font) {
	for i, f := range w.fonts {
		if f.face == face {
			return i, f
		}
	}
	f := &font{face: face, object: w.file.reserve(), number: map[shown]uint16{}}
	w.fonts = append(w.fonts, f)
	return len(w.fonts) - 1, f
}

// write embeds the glyphs that were used (ISO 32000-1, 9.7).
func (f *font) write(out *file, index int) error {
	subset, err := f.face.SubsetGlyphs(f.glyphs)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(subset.Data)
	name, stem := plain(f.face.Name, index), 80
	if f.face.Weight >= fonts.Bold {
		name, stem = name+"-Bold", 140
	}
	for i := range 6 {
		sum[i] = 'A' + sum[i]%26
	}
	name = string(sum[:6]) + "+" + name
	m := f.face.Metrics()
	data, descriptor := out.reserve(), out.reserve()
	kind, fontFile := "CIDFontType2 /CIDToGIDMap /Identity", "FontFile2"
	if subset.CFF != nil {
		kind, fontFile = "CIDFontType0", "FontFile3"
		out.stream(data, "/Subtype /CIDFontType0C", subset.CFF, true)
	} else {
		out.stream(data, fmt.Sprintf("/Length1 %d", len(subset.Data)), subset.Data, true)
	}
	out.set(descriptor, "<< /Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [%s] /ItalicAngle 0 /Ascent %s /Descent %s /CapHeight %s /StemV %d /%s %d 0 R >>",
		name, nums(1000*m.Left, 1000*m.Bottom, 1000*m.Right, 1000*m.Top), num(1000*m.Ascent), num(1000*m.Descent), num(733), stem, fontFile, data)
	var widths strings.Builder
	for i, g := range f.glyphs {
		fmt.Fprintf(&widths, "%d [%s] ", i+1, num(1000*f.face.GlyphAdvance(g)))
	}
	cid := out.add("<< /Type /Font /Subtype /%s /BaseFont /%s /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor %d 0 R /DW 1000 /W [%s] >>",
		kind, name, descriptor, widths.String())
	unicode := out.reserve()
	out.stream(unicode, "", []byte(f.unicode()), true)
	out.set(f.object, "<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>", name, cid, unicode)
	return nil
}

// unicode tells which characters each number stands for.
func (f *font) unicode() string {
	var b strings.Builder
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	var lines []string
	for i, t := range f.texts {
		if t == "" {
			continue
		}
		line := fmt.Sprintf("<%04X> <", i+1)
		for _, u := range utf16.Encode([]rune(t)) {
			line += fmt.Sprintf("%04X", u)
		}
		lines = append(lines, line+">\n")
	}
	for len(lines) > 0 {
		n := min(len(lines), 100)
		fmt.Fprintf(&b, "%d beginbfchar\n%sendbfchar\n", n, strings.Join(lines[:n], ""))
		lines = lines[n:]
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return b.String()
}

// plain makes a name of letters and digits; a name that has none is numbered.
func plain(name string, index int) string {
	out := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, name)
	if out == "" {
		return fmt.Sprintf("Font%d", index+1)
	}
	return out
}
