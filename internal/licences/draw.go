package licences

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"yimen/internal/kit/errs"
	"yimen/internal/kit/qr"
	"yimen/ofd"
	"yimen/ofd/fonts"
	"yimen/ofd/typeset"
	"yimen/workday"
)

// values are what a licence says, by every name under which a template may ask.
type values map[string]string

// values of a licence, dates as they are written.
func (l Licence) values(t Type) values {
	to := "长期"
	if !l.To.IsZero() {
		to = l.To.Chinese()
	}
	v := values{"ZZMC": t.Name, "ZZLXDM": t.Code, "ZZBH": l.Number, "ZZBS": l.Identifier, "CZZT": l.HolderName, "CZZTDM": l.HolderNo,
		"ZZBFJG": l.IssuerName, "ZZBFJGDM": l.IssuerCode, "ZZBFRQ": l.IssuedOn.Chinese(), "ZZYXQQSRQ": l.From.Chinese(), "ZZYXQJZRQ": to, "YXQ": l.Term()}
	for _, c := range common {
		v[c.label] = v[c.value]
	}
	for _, f := range t.Fields {
		value := l.Fields[f.Name]
		if f.Kind == kindPicture {
			continue
		}
		if d, err := workday.ParseDate(value); f.Kind == "date" && err == nil {
			value = d.Chinese()
		}
		v[f.Name], v[f.Label], v[metadataName(f)] = value, value, value
	}
	return v
}

// sheet is a drawn licence before it is sealed.
type sheet struct {
	doc  *ofd.Document
	seal ofd.Box                 // whose middle the seal goes to
	said map[string][]ofd.Object // by field of the metadata: the objects that show it
}

// drawing is a sheet in the making.
type drawing struct {
	sheet
	set      *typeset.Setter
	page     ofd.Page
	layer    *ofd.Layer
	values   values
	pictures shots
	meta     map[string]string // of any name of a field: its name in the metadata
}

// draw makes the page that shows values and pictures; qr is what its code says. It is not
// finished: see sheet.finish. Errors: ErrOverflow, ErrGlyph and
// ErrPicture, which name what.
func (t Template) draw(of Type, v values, p shots, qr string) (*drawing, error) {
	box := ofd.Box{W: t.Width, H: t.Height}
	d := &drawing{set: typeset.New(), values: v, pictures: p, meta: fieldsOf(of), sheet: sheet{said: map[string][]ofd.Object{}, doc: &ofd.Document{Info: ofd.Info{DocID: strings.Repeat("0", 32), Title: of.Name}, Area: ofd.Area{Physical: box}}}}
	d.page.Layers = []ofd.Layer{{Type: ofd.Background}, {Type: ofd.Body}}
	d.layer = &d.page.Layers[0]
	d.ground(t)
	d.layer = &d.page.Layers[1]
	for _, e := range t.Elements {
		if err := d.element(e, qr); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func (d *drawing) add(list ...ofd.Object) { d.layer.Objects = append(d.layer.Objects, list...) }

func (d *drawing) element(e Element, qr string) error {
	switch e.Kind {
	case kindText:
		return d.text(e)
	case kindLine:
		d.add(&ofd.Path{Graphic: graphic(e.box(), e.width()), Stroke: paint(e.Colour), Outline: ofd.Stretch(margin, margin, e.W+margin, e.H+margin)})
	case kindBox:
		d.add(frame(e.box(), e.width(), paint(e.Colour)))
	case kindPicture:
		return d.picture(e)
	case kindSeal:
		d.seal = e.box()
	case kindQR:
		return d.qr(e, qr)
	}
	return nil
}

func (e Element) box() ofd.Box { return ofd.Box{X: e.X, Y: e.Y, W: e.W, H: e.H} }

// width is that of a line, in millimetres.
func (e Element) width() float64 {
	if e.Size == 0 {
		return ofd.Points(0.75)
	}
	return ofd.Points(e.Size)
}

// margin is left around lines, which are half outside of their way.
const margin = 2.0

func graphic(b ofd.Box, width float64) ofd.Graphic {
	line := ofd.DefaultLine
	line.Width = width
	return ofd.Graphic{Boundary: ofd.Box{X: b.X - margin, Y: b.Y - margin, W: b.W + 2*margin, H: b.H + 2*margin}, Line: &line}
}

func frame(b ofd.Box, width float64, colour *ofd.Paint) *ofd.Path {
	return &ofd.Path{Graphic: graphic(b, width), Stroke: colour, Outline: ofd.Rect(margin, margin, b.W, b.H)}
}

// paint reads a checked colour; "" is black.
func paint(colour string) *ofd.Paint {
	n, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 24)
	if err != nil {
		return ofd.RGB(0, 0, 0)
	}
	return ofd.RGB(uint8(n>>16), uint8(n>>8), uint8(n))
}

// ground draws what lies below everything: the colour and the frame.
func (d *drawing) ground(t Template) {
	if t.Background != "" {
		d.add(&ofd.Path{Graphic: ofd.Graphic{Boundary: ofd.Box{W: t.Width, H: t.Height}}, Fill: paint(t.Background), Outline: ofd.Rect(0, 0, t.Width, t.Height)})
	}
	colour, edge := paint(t.Colour), min(t.Width, t.Height)*0.05
	at := func(in float64) ofd.Box {
		return ofd.Box{X: edge + in, Y: edge + in, W: t.Width - 2*(edge+in), H: t.Height - 2*(edge+in)}
	}
	switch t.Frame {
	case "line":
		d.add(frame(at(0), 0.4, colour))
	case "double":
		d.add(frame(at(0), 0.9, colour), frame(at(1.8), 0.25, colour))
	case "ornate":
		d.add(frame(at(0), 1.1, colour), frame(at(2), 0.2, colour), frame(at(6), 0.45, colour))
		d.corners(at(2), 4, colour)
		d.fret(at(2), 4, colour)
	}
}

// corners draws a square in each corner of a band of a width.
func (d *drawing) corners(b ofd.Box, band float64, colour *ofd.Paint) {
	for _, x := range []float64{b.X, b.X + b.W - band} {
		for _, y := range []float64{b.Y, b.Y + b.H - band} {
			d.add(frame(ofd.Box{X: x + 1.1, Y: y + 1.1, W: band - 2.2, H: band - 2.2}, 0.6, colour))
		}
	}
}

// sealMark shows in a preview where the seal will stand.
func sealMark(b ofd.Box) ofd.Object {
	const k = 0.5523 // of a circle's radius: the control points of its quarters
	red, r := ofd.RGB(200, 30, 30), min(b.W, b.H)/2
	x, y := margin+b.W/2, margin+b.H/2
	var o ofd.Outline
	o, _ = ofd.ParseOutline(fmt.Sprintf("M %f %f B %f %f %f %f %f %f B %f %f %f %f %f %f B %f %f %f %f %f %f B %f %f %f %f %f %f C",
		x+r, y, x+r, y+k*r, x+k*r, y+r, x, y+r, x-k*r, y+r, x-r, y+k*r, x-r, y, x-r, y-k*r, x-k*r, y-r, x, y-r, x+k*r, y-r, x+r, y-k*r, x+r, y))
	return &ofd.Path{Graphic: graphic(b, 0.8), Stroke: red, Outline: o}
}

// tenth rounds millimetres to what can be seen of an ornament.
func tenth(v float64) float64 { return math.Round(v*10) / 10 }

// fret draws a meander (回纹) along a band of a width, between its corners: one
// path, whose turns are spread so that they end at the corners.
func (d *drawing) fret(b ofd.Box, band float64, colour *ofd.Paint) {
	var o ofd.Outline
	// side walks along one side: at gives the place of so much along and so much across.
	side := func(length float64, at func(along, across float64) (float64, float64)) {
		n := max(1, int((length-2*band)/5.2))
		step := (length - 2*band) / float64(n)
		low, high := band*0.22, band*0.78
		for i := range n {
			s := band + float64(i)*step
			way := [][2]float64{{s, high}, {s, low}, {s + step*0.8, low}, {s + step*0.8, high}, {s + step*0.35, high}, {s + step*0.35, band * 0.5}, {s + step*0.55, band * 0.5}}
			op := byte('M')
			for _, p := range way {
				x, y := at(p[0], p[1])
				o = append(o, ofd.Segment{Op: op, Args: [7]float64{tenth(x), tenth(y)}})
				op = 'L'
			}
		}
	}
	side(b.W, func(a, c float64) (float64, float64) { return margin + a, margin + c })
	side(b.W, func(a, c float64) (float64, float64) { return margin + b.W - a, margin + b.H - c })
	side(b.H, func(a, c float64) (float64, float64) { return margin + c, margin + b.H - a })
	side(b.H, func(a, c float64) (float64, float64) { return margin + b.W - c, margin + a })
	light := *colour
	light.Color.A = 150
	d.add(&ofd.Path{Graphic: graphic(b, 0.22), Stroke: &light, Outline: o})
}

// qr draws what a telephone is to read.
func (d *drawing) qr(e Element, text string) error {
	side := min(e.W, e.H)
	code, err := qr.Path(text, ofd.Box{X: e.X, Y: e.Y, W: side, H: side})
	if err != nil {
		return err
	}
	d.add(code)
	return nil
}

// facesOf gives a face, and those that stand in for characters it lacks.
func facesOf(name string) []*fonts.Face {
	switch name {
	case "bold":
		return []*fonts.Face{fonts.SerifBold, fonts.SansBold}
	case "sans":
		return []*fonts.Face{fonts.Sans, fonts.Serif}
	case "sansbold":
		return []*fonts.Face{fonts.SansBold, fonts.SerifBold}
	case "fang":
		if fonts.FangSong.Ready() == nil {
			return []*fonts.Face{fonts.FangSong, fonts.Serif, fonts.Sans}
		}
	}
	return []*fonts.Face{fonts.Serif, fonts.Sans}
}

// shown is an element's text with what the licence says: a dash where a field
// that stands alone is empty.
func (d *drawing) shown(e Element) string {
	text := fieldName.ReplaceAllStringFunc(e.Text, func(s string) string { return d.values[s[1:len(s)-1]] })
	if strings.TrimSpace(text) == "" && len(e.names()) > 0 {
		return "—"
	}
	return text
}

// text sets an element's text, smaller where it is long, but not beyond reading.
func (d *drawing) text(e Element) error {
	text := d.shown(e)
	least := min(e.Size, max(5.5, 0.62*e.Size))
	for size := e.Size; size >= least; size *= 0.95 {
		lines, fits := fit(e, size, text)
		if !fits {
			continue
		}
		list, err := d.lines(e, ofd.Points(size), lines)
		if err != nil {
			return glyphs(err, what(e))
		}
		d.add(list...)
		for _, name := range e.names() {
			d.said[d.meta[name]] = append(d.said[d.meta[name]], list...)
		}
		return nil
	}
	return ErrOverflow.Say("“%s”的内容太长，照面上放不下，没有制证，请缩短内容，或请管理模板的人加大位置。", what(e))
}

// glyphs names the characters that are missing, if that is the error.
func glyphs(err error, where string) error {
	var missing *fonts.MissingError
	if errors.As(err, &missing) {
		return ErrGlyph.Because(err).Say("“%s”里的“%s”还没有字形，印不出来，没有制证，请联系系统管理员补字。", where, string(missing.Runes))
	}
	return wrap("set a text", err)
}

// what names an element for people: by its fields.
func what(e Element) string {
	if names := e.names(); len(names) > 0 {
		return strings.Join(names, "、")
	}
	return e.Text
}

// leading is the distance of base lines, of a size of type.
const leading = 1.4

// fit breaks a text at a size, and says whether it has room in its element.
func fit(e Element, size float64, text string) ([]string, bool) {
	mm, faces := ofd.Points(size), facesOf(e.Face)
	broken := fonts.Wrap(text, faces[0], mm, e.W, faces[1:]...)
	lines, fits := make([]string, len(broken)), mm*(1+leading*float64(len(broken)-1)) <= e.H+0.05
	for i, l := range broken {
		lines[i] = strings.TrimRight(l.Text, " \n")
		fits = fits && l.Width <= e.W+0.05
	}
	return lines, fits
}

// lines sets broken lines in an element. The body of Chinese type reaches from
// 0.88 above the base line to 0.12 below.
func (d *drawing) lines(e Element, size float64, lines []string) ([]ofd.Object, error) {
	style := typeset.Style{Faces: facesOf(e.Face), Size: size, Fill: paint(e.Colour)}
	y := e.Y + 0.88*size
	if e.Middle {
		y += (e.H - size*(1+leading*float64(len(lines)-1))) / 2
	}
	var list []ofd.Object
	for _, line := range lines {
		x := e.X
		switch rest := e.W - d.set.Width(style, line); e.Align {
		case "centre":
			x += rest / 2
		case "right":
			x += rest
		}
		set, err := d.set.Line(style, x, y, line)
		if err != nil {
			return nil, err
		}
		list = append(list, set...)
		y += leading * size
	}
	return list, nil
}

// finish embeds the fonts, with the page in the document and its objects tagged
// by the fields they show. Nothing can be drawn afterwards.
func (d *drawing) finish() (*ofd.Document, error) {
	d.doc.Pages = append(d.doc.Pages, d.page)
	if err := d.set.Embed(d.doc); err != nil {
		return nil, wrap("embed fonts", err)
	}
	if err := d.doc.Number(); err != nil {
		return nil, wrap("number the page", err)
	}
	d.tag()
	return d.doc, nil
}

// tagSpace is the schema of the index from fields to objects.
const tagSpace = "urn:yimen:licence:gbt36903"

// tag says which objects of the page show which field (GB/T 36905: data index).
func (d *drawing) tag() {
	page := d.doc.Pages[0].ID
	tag := ofd.Tag{Namespace: tagSpace, Root: "ZZ"}
	for _, name := range slices.Sorted(maps.Keys(d.said)) {
		f := ofd.TagField{Name: name}
		for _, o := range d.said[name] {
			f.Objects = append(f.Objects, ofd.ObjectRef{Page: page, Object: o.Base().ID})
		}
		tag.Fields = append(tag.Fields, f)
	}
	if len(tag.Fields) > 0 {
		d.doc.Tags = append(d.doc.Tags, tag)
	}
}

// refusal keeps an error that is for people as it is, and wraps any other.
func refusal(what string, err error) error {
	if errs.KindOf(err) != errs.Internal {
		return err
	}
	return wrap(what, err)
}
