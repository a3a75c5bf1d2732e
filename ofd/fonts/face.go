package fonts

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// Weight is how bold a face is, on the usual scale of 100 to 900.
type Weight int

// The two weights that are compiled in.
const (
	Regular Weight = 400
	Bold    Weight = 700
)

// Face is one typeface in one weight.
type Face struct {
	Name   string // "Noto Serif SC"
	Weight Weight

	load func() ([]byte, error) // nil once read, and for faces made by Parse
	once sync.Once
	font *file
	err  error
}

//go:embed data/NotoSerifSC-Regular.ttf.zst
var serifRegular []byte

//go:embed data/NotoSerifSC-Bold.ttf.zst
var serifBold []byte

//go:embed data/NotoSansSC-Regular.ttf.zst
var sansRegular []byte

//go:embed data/NotoSansSC-Bold.ttf.zst
var sansBold []byte

// The faces that are always there.
var (
	Serif     = packed("Noto Serif SC", Regular, serifRegular)
	SerifBold = packed("Noto Serif SC", Bold, serifBold)
	Sans      = packed("Noto Sans SC", Regular, sansRegular)
	SansBold  = packed("Noto Sans SC", Bold, sansBold)
)

func packed(name string, w Weight, data []byte) *Face {
	return &Face{Name: name, Weight: w, load: func() ([]byte, error) {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, err
		}
		defer d.Close()
		return d.DecodeAll(data, nil)
	}}
}

// Parse reads a font file: TrueType, OpenType or a bare CFF. It is lenient as to tables that showing needs not, for the
// subsets in documents often lack them, and safe against files made to harm. The data are kept and must not change.
func Parse(name string, data []byte) (*Face, error) {
	f, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("font %s: %w", name, err)
	}
	return &Face{Name: name, Weight: Regular, font: f}, nil
}

// Ready tells why the face cannot be used, and nil when it can. Only FangSong can be missing.
func (f *Face) Ready() error {
	f.once.Do(func() {
		if f.font != nil || f.err != nil {
			return
		}
		data, err := f.load()
		if err == nil {
			f.font, err = parse(data)
		}
		if err != nil {
			f.err = fmt.Errorf("font %s: %w", f.Name, err)
		}
	})
	return f.err
}

// Glyph gives the number of a character's glyph, and false when the face lacks it.
func (f *Face) Glyph(r rune) (uint16, bool) {
	if f.Ready() != nil {
		return 0, false
	}
	return f.font.glyph(r)
}

// Glyphs tells how many glyphs the face has.
func (f *Face) Glyphs() int {
	if f.Ready() != nil {
		return 0
	}
	return f.font.glyphs
}

// Advance gives the width of a character in em, and false when the face lacks it.
func (f *Face) Advance(r rune) (float64, bool) {
	g, ok := f.Glyph(r)
	if !ok {
		return 0, false
	}
	return f.GlyphAdvance(g), true
}

// GlyphAdvance gives the width of a glyph in em; an unknown one has none.
func (f *Face) GlyphAdvance(glyph uint16) float64 {
	if f.Ready() != nil {
		return 0
	}
	return f.font.advance(glyph)
}

// Advances gives the step from each character of a text to the next in units of size, and its whole width. Characters the
// face lacks count one em: ask [Face.Missing] first.
func (f *Face) Advances(text string, size float64) (steps []float64, width float64) {
	for _, r := range text {
		a, ok := f.Advance(r)
		if !ok {
			a = 1
		}
		steps = append(steps, a*size)
		width += a * size
	}
	if len(steps) > 0 {
		steps = steps[:len(steps)-1]
	}
	return steps, width
}

// Outline gives a glyph's shape, and nil for an empty one or one that cannot be read.
func (f *Face) Outline(glyph uint16) Outline {
	if f.Ready() != nil {
		return nil
	}
	return f.font.outline(glyph)
}

// Metrics are of the whole face, in em.
type Metrics struct {
	Ascent, Descent        float64 // Descent is below 0
	Left, Bottom           float64 // the box that holds every glyph
	Right, Top             float64
	OpenType               bool // outlines are of CFF
	UnitsPerEm             int
	Bold, Serif, Monospace bool
}

// Metrics tells the face's measures.
func (f *Face) Metrics() Metrics {
	if f.Ready() != nil {
		return Metrics{}
	}
	m := f.font.metrics()
	m.Bold = f.Weight >= 600
	m.Serif = strings.Contains(f.Name, "Serif") || f.Name == FangSong.Name
	return m
}
