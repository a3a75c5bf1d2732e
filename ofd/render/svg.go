package render

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/png"
	"math"
	"strconv"

	"yimen/ofd"
	"yimen/ofd/fonts"
	"yimen/ofd/internal/draw"
)

// SVG draws page i (from 0) as a picture for pages of the web. It needs nothing besides itself: glyphs are outlines, so that it
// looks the same everywhere, each defined once; above them lies the same text unseen, to be selected, searched and read out.
// There are neither scripts nor styles in it, as a strict content policy wants.
func SVG(d *ofd.Document, i int, o Options) ([]byte, Report, error) {
	box, err := draw.Box(d, i)
	if err != nil {
		return nil, Report{}, err
	}
	v := &vector{ids: map[glyphKey]int{}, pictures: map[*byte]string{}}
	report, err := draw.Page(d, i, o.Options, v)
	if err != nil {
		return nil, report, err
	}
	if v.size() > maxSVG {
		return nil, report, fmt.Errorf("%w: more than %d MB of SVG", ErrTooMuch, maxSVG>>20)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%smm" height="%smm" viewBox="%s %s %s %s">`,
		num(box.W), num(box.H), num(box.X), num(box.Y), num(box.W), num(box.H))
	if d.Info.Title != "" {
		b.WriteString("<title>" + escape(d.Info.Title) + "</title>")
	}
	b.WriteString("<defs>")
	b.Write(v.defs.Bytes())
	b.WriteString("</defs>")
	fmt.Fprintf(&b, `<rect x="%s" y="%s" width="%s" height="%s" fill="#fff"/>`, num(box.X), num(box.Y), num(box.W), num(box.H))
	b.Write(v.body.Bytes())
	b.WriteString("</svg>\n")
	return b.Bytes(), report, nil
}

// maxSVG bounds what a page may come to.
const maxSVG = 128 << 20

type glyphKey struct {
	face *fonts.Face
	id   uint16
}

// vector writes SVG.
type vector struct {
	defs, body bytes.Buffer
	ids        map[glyphKey]int
	pictures   map[*byte]string
	clips      int
	shades     int
}

func (v *vector) size() int { return v.defs.Len() + v.body.Len() }

// Push opens a group that is clipped, one in another for each region.
func (v *vector) Push(regions []draw.Region) {
	parent := ""
	for _, r := range regions {
		v.clips++
		rule := ""
		if r.EvenOdd {
			rule = ` clip-rule="evenodd"`
		}
		fmt.Fprintf(&v.defs, `<clipPath id="c%d"%s><path d="%s"%s/></clipPath>`, v.clips, parent, data(r.Outline), rule)
		parent = fmt.Sprintf(` clip-path="url(#c%d)"`, v.clips)
	}
	fmt.Fprintf(&v.body, "<g%s>", parent)
}

// Pop closes it.
func (v *vector) Pop() { v.body.WriteString("</g>") }

// Path writes a path with its own transformation, so that lines become as wide as they should.
func (v *vector) Path(m draw.Mark) error {
	if v.size() > maxSVG {
		return ErrTooMuch
	}
	if len(m.Outline) == 0 || m.Fill == nil && m.Stroke == nil {
		return nil
	}
	fmt.Fprintf(&v.body, `<path d="%s"%s`, data(m.Outline), transform(m.M))
	if m.EvenOdd {
		v.body.WriteString(` fill-rule="evenodd"`)
	}
	v.paint(m.Fill, m.Stroke, m.Line, m.Alpha)
	v.body.WriteString("/>")
	return nil
}

// paint writes what a thing is filled and stroked with.
func (v *vector) paint(fill, line *ofd.Paint, l ofd.Line, alpha float64) {
	v.colour("fill", fill, alpha)
	if line == nil {
		return
	}
	v.colour("stroke", line, alpha)
	fmt.Fprintf(&v.body, ` stroke-width="%s"`, num(l.Width))
	switch l.Cap {
	case ofd.RoundCap:
		v.body.WriteString(` stroke-linecap="round"`)
	case ofd.SquareCap:
		v.body.WriteString(` stroke-linecap="square"`)
	}
	switch l.Join {
	case ofd.RoundJoin:
		v.body.WriteString(` stroke-linejoin="round"`)
	case ofd.Bevel:
		v.body.WriteString(` stroke-linejoin="bevel"`)
	default:
		fmt.Fprintf(&v.body, ` stroke-miterlimit="%s"`, num(max(l.MiterLimit, 1)))
	}
	if len(l.Dash) > 0 {
		v.body.WriteString(` stroke-dasharray="`)
		for i, d := range l.Dash {
			if i > 0 {
				v.body.WriteByte(' ')
			}
			v.body.WriteString(num(d))
		}
		fmt.Fprintf(&v.body, `" stroke-dashoffset="%s"`, num(l.DashOffset))
	}
}

func (v *vector) colour(what string, p *ofd.Paint, alpha float64) {
	if p == nil {
		fmt.Fprintf(&v.body, ` %s="none"`, what)
		return
	}
	if p.Shade != nil && len(p.Shade.Stops) > 0 {
		fmt.Fprintf(&v.body, ` %s="url(#s%d)"`, what, v.shade(p.Shade))
	} else {
		fmt.Fprintf(&v.body, ` %s="#%02x%02x%02x"`, what, p.Color.R, p.Color.G, p.Color.B)
		alpha *= float64(p.Color.A) / 255
	}
	if alpha < 1 {
		fmt.Fprintf(&v.body, ` %s-opacity="%s"`, what, num(alpha))
	}
}

// shade defines a gradient. SVG always paints beyond the ends: where the file says no, the ends are followed by nothing.
func (v *vector) shade(s *ofd.Shade) int {
	v.shades++
	kind := "linearGradient"
	if s.Radial {
		kind = "radialGradient"
		fmt.Fprintf(&v.defs, `<radialGradient id="s%d" fx="%s" fy="%s" fr="%s" cx="%s" cy="%s" r="%s"`, v.shades,
			num(s.X1), num(s.Y1), num(s.R1), num(s.X2), num(s.Y2), num(s.R2))
	} else {
		x2, y2 := s.X2, s.Y2
		if whole := math.Hypot(x2-s.X1, y2-s.Y1); s.Map != "" && s.Map != "Direct" && s.Unit > 0 && whole > 0 {
			x2, y2 = s.X1+(x2-s.X1)*s.Unit/whole, s.Y1+(y2-s.Y1)*s.Unit/whole
		}
		fmt.Fprintf(&v.defs, `<linearGradient id="s%d" x1="%s" y1="%s" x2="%s" y2="%s"`, v.shades, num(s.X1), num(s.Y1), num(x2), num(y2))
	}
	v.defs.WriteString(` gradientUnits="userSpaceOnUse"`)
	repeats := true
	switch s.Map {
	case "Repeat":
		v.defs.WriteString(` spreadMethod="repeat"`)
	case "Reflect":
		v.defs.WriteString(` spreadMethod="reflect"`)
	default:
		repeats = false
	}
	v.defs.WriteByte('>')
	stop := func(at ofd.Stop, opacity float64) {
		fmt.Fprintf(&v.defs, `<stop offset="%s" stop-color="#%02x%02x%02x" stop-opacity="%s"/>`, num(at.At), at.Color.R, at.Color.G, at.Color.B, num(opacity))
	}
	if first := s.Stops[0]; !repeats && !s.ExtendStart {
		stop(ofd.Stop{Color: first.Color}, 0)
	}
	for _, at := range s.Stops {
		stop(at, float64(at.Color.A)/255)
	}
	if last := s.Stops[len(s.Stops)-1]; !repeats && !s.ExtendEnd {
		stop(ofd.Stop{At: 1, Color: last.Color}, 0)
	}
	v.defs.WriteString("</" + kind + ">")
	return v.shades
}

// Text uses each glyph's outline, and lays the characters above it unseen.
func (v *vector) Text(t draw.Glyphs) error {
	if v.size() > maxSVG {
		return ErrTooMuch
	}
	if len(t.Glyphs) == 0 {
		return nil
	}
	fmt.Fprintf(&v.body, `<g%s>`, transform(t.M))
	if t.Fill != nil || t.Stroke != nil {
		v.body.WriteString(`<g aria-hidden="true"`)
		line := t.Line
		if t.Size > 0 {
			line.Width *= grid / t.Size // glyphs have a space of their own
			line.Dash = nil
		}
		if t.Fill != nil && t.Fill.Shade != nil { // a shade is measured in the object's space, which glyphs leave
			plain := *t.Fill
			plain.Shade = nil
			t.Fill = &plain
		}
		v.paint(t.Fill, t.Stroke, line, t.Alpha)
		v.body.WriteByte('>')
		for i, g := range t.Glyphs {
			if id := v.glyph(g); id != 0 {
				fmt.Fprintf(&v.body, `<use href="#g%d"%s/>`, id, transform(ofd.Matrix{1.0 / grid, 0, 0, 1.0 / grid, 0, 0}.Then(t.Place(i))))
			}
		}
		v.body.WriteString("</g>")
	}
	v.words(t)
	v.body.WriteString("</g>")
	return nil
}

// grid is how fine glyphs are drawn: the em of most faces, so that places are whole numbers and files stay small.
const grid = 1000

// glyph defines an outline once; 0 is an empty one.
func (v *vector) glyph(g draw.Glyph) int {
	key := glyphKey{g.Face, g.ID}
	if id, ok := v.ids[key]; ok {
		return id
	}
	id := 0
	if o := g.Face.Outline(g.ID); len(o) > 0 {
		id = len(v.ids) + 1
		fmt.Fprintf(&v.defs, `<path id="g%d" d="%s"/>`, id, pathData(draw.Transform(o, ofd.Matrix{grid, 0, 0, grid, 0, 0}), 0))
	}
	v.ids[key] = id
	return id
}

// words writes the characters, each at its place.
func (v *vector) words(t draw.Glyphs) {
	upright := t.Turn == 0
	fmt.Fprintf(&v.body, `<text font-size="%s" fill="none"`, num(t.Size))
	v.body.WriteString(` x="`)
	ys := []byte(` y="`)
	var text []byte
	for i, g := range t.Glyphs {
		if g.Text == "" {
			continue
		}
		if i > 0 {
			v.body.WriteByte(' ')
			ys = append(ys, ' ')
		}
		v.body.WriteString(num(g.X))
		ys = append(ys, num(g.Y)...)
		text = append(text, g.Text...)
		if !upright {
			break // turned letters are given as one piece
		}
	}
	if !upright {
		text = nil
		for _, g := range t.Glyphs {
			text = append(text, g.Text...)
		}
		fmt.Fprintf(&v.body, `" transform="rotate(%d %s %s)`, t.Turn, num(t.Glyphs[0].X), num(t.Glyphs[0].Y))
	}
	v.body.WriteByte('"')
	v.body.Write(append(ys, '"', '>'))
	v.body.WriteString(escape(string(text)) + "</text>")
}

// Picture puts an image into the file: PNG, JPEG and GIF as they are, others packed as PNG.
func (v *vector) Picture(p draw.Picture) error {
	if v.size() > maxSVG {
		return ErrTooMuch
	}
	if len(p.Data) == 0 {
		return &draw.PictureError{Reason: "a picture is empty"}
	}
	href, ok := v.pictures[&p.Data[0]]
	if !ok || len(p.Mask) > 0 {
		var err error
		if href, err = embed(p); err != nil {
			return err
		}
		v.pictures[&p.Data[0]] = href
	}
	fmt.Fprintf(&v.body, `<image width="1" height="1" preserveAspectRatio="none" href="%s"%s`, href, transform(p.M))
	if p.Alpha < 1 {
		fmt.Fprintf(&v.body, ` opacity="%s"`, num(p.Alpha))
	}
	v.body.WriteString("/>")
	return nil
}

func embed(p draw.Picture) (string, error) {
	kind, _, _ := draw.Kind(p.Data)
	data := p.Data
	if len(p.Mask) > 0 || kind != "png" && kind != "jpeg" && kind != "gif" {
		img, err := draw.Decode(p.Data, p.Format)
		if err != nil {
			return "", err
		}
		if len(p.Mask) > 0 {
			var mask image.Image
			if mask, err = draw.Decode(p.Mask, "mask"); err != nil {
				return "", err
			}
			img = masked(img, mask)
		}
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			return "", &draw.PictureError{Reason: err.Error()}
		}
		kind, data = "png", b.Bytes()
	}
	return "data:image/" + kind + ";base64," + base64.StdEncoding.EncodeToString(data), nil
}

// data writes an outline in millimetres.
func data(o fonts.Outline) string { return pathData(o, 3) }

func pathData(o fonts.Outline, decimals int) string {
	var b []byte
	for _, s := range o {
		b = append(b, s.Op)
		n := map[byte]int{'M': 2, 'L': 2, 'Q': 4, 'C': 6}[s.Op]
		for i, v := range s.P[:n] {
			if i > 0 && !(math.Signbit(v) && math.Round(v*math.Pow10(decimals)) != 0) {
				b = append(b, ' ') // a minus parts numbers as well
			}
			b = appendNum(b, v, decimals)
		}
	}
	return string(b)
}

func transform(m ofd.Matrix) string {
	if m == (ofd.Matrix{1, 0, 0, 1, 0, 0}) {
		return ""
	}
	b := []byte(` transform="matrix(`)
	for i, v := range m {
		if i > 0 {
			b = append(b, ' ')
		}
		b = appendNum(b, v, 8)
	}
	return string(append(b, ')', '"'))
}

func num(v float64) string { return string(appendNum(nil, v, 4)) }

func appendNum(b []byte, v float64, decimals int) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(b, '0')
	}
	p := math.Pow10(decimals)
	v = math.Round(v*p) / p
	if v == 0 {
		return append(b, '0')
	}
	return strconv.AppendFloat(b, v, 'f', -1, 64)
}

func escape(s string) string {
	var b bytes.Buffer
	for _, r := range s {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case r < ' ' || r >= 0xFFFE && r <= 0xFFFF:
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
