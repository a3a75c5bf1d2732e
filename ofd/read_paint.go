package ofd

import (
	"image/color"
	"math"
	"strconv"
	"strings"
)

// style is what draw parameters and attributes have said so far about how to draw.
type style struct {
	fill, stroke given
	line         *Line
}

// given is a paint, if one was given: a colour element that names no colour paints nothing.
type given struct {
	set   bool
	paint *Paint
}

func (g given) or(def *Paint) *Paint {
	p := def
	if g.set {
		p = g.paint
	}
	if p == nil {
		return nil
	}
	own := *p
	return &own
}

// drawParam gives the style of a set of draw parameters, with those it stands on (8.2, Relative).
func (r *reader) drawParam(id ID, depth int) style {
	if id == 0 {
		return style{}
	}
	n, ok := r.params[id]
	if !ok {
		r.warn("reference", "there are no draw parameters %d", id)
		return style{}
	}
	var s style
	if on := r.id(n, "Relative"); on != 0 && on != id {
		if depth > 16 {
			r.warn("reference", "draw parameters %d stand on themselves", id)
			return s
		}
		s = r.drawParam(on, depth+1)
	}
	return r.styled(n, s)
}

// styled applies what an object, or a set of draw parameters, says itself.
func (r *reader) styled(n *node, s style) style {
	s.line = r.line(n, s.line)
	if k := n.child("FillColor"); k != nil {
		s.fill = given{true, r.paint(k)}
	}
	if k := n.child("StrokeColor"); k != nil {
		s.stroke = given{true, r.paint(k)}
	}
	return s
}

var caps = map[string]Cap{"Butt": Butt, "Round": RoundCap, "Square": SquareCap}
var joins = map[string]Join{"Miter": Miter, "Round": RoundJoin, "Bevel": Bevel}

func (r *reader) line(n *node, base *Line) *Line {
	l, said := DefaultLine, false
	if base != nil {
		l = *base
	}
	for name, to := range map[string]*float64{"LineWidth": &l.Width, "MiterLimit": &l.MiterLimit, "DashOffset": &l.DashOffset} {
		if v, ok := r.attr(n, name); ok && v != "" {
			*to, said = r.number(n, name, *to), true
		}
	}
	if v, ok := caps[r.text(n, "Cap")]; ok {
		l.Cap, said = v, true
	}
	if v, ok := joins[r.text(n, "Join")]; ok {
		l.Join, said = v, true
	}
	if v, ok := r.attr(n, "DashPattern"); ok {
		if len(v) > 1024 {
			v = ""
		}
		dash, ok := r.numbers(v, 0)
		sum := 0.0
		for _, d := range dash {
			sum, ok = sum+d, ok && d >= 0
		}
		if !ok || len(dash) == 0 || sum <= 0 {
			r.warn("line.dash", "a pattern of dashes is not used: %.40q", v)
		} else {
			l.Dash, said = dash, true
		}
	}
	if !said {
		return base
	}
	return &l
}

// space is a colour space: how many channels, how many bits each, and named colours.
type space struct {
	kind    string
	bits    int
	palette []color.NRGBA
}

func (r *reader) colourSpaces(n *node) {
	for _, k := range n.all("ColorSpace") {
		s := space{kind: strings.ToUpper(r.text(k, "Type")), bits: int(r.number(k, "BitsPerComponent", 8))}
		if s.bits < 1 || s.bits > 16 {
			r.warn("colour", "a colour space of %d bits is taken for one of 8", s.bits)
			s.bits = 8
		}
		if p := k.child("Palette"); p != nil {
			for _, cv := range p.all("CV") {
				c, _ := r.colour(string(cv.text), s)
				s.palette = append(s.palette, c)
			}
		}
		r.spaces[r.use(k)] = s
	}
}

// paint reads a colour element (8.3.2); nil where it names no colour.
func (r *reader) paint(n *node) *Paint {
	alpha := uint8(min(max(r.number(n, "Alpha", 255), 0), 255))
	for _, k := range n.kids {
		switch k.name {
		case "AxialShd", "RadialShd":
			s := r.shade(k)
			if s == nil {
				return nil
			}
			p := &Paint{Color: s.Stops[0].Color, Shade: s}
			p.Color.A = alpha
			return p
		case "Pattern", "GouraudShd", "LaGouraudShd":
			r.warn("colour.kind", "%s is not drawn", k.name)
			return nil
		}
	}
	c, ok := r.plain(n)
	if !ok {
		return nil
	}
	c.A = alpha
	return &Paint{Color: c}
}

// plain reads the colour that a colour element's attributes name.
func (r *reader) plain(n *node) (color.NRGBA, bool) {
	id := r.id(n, "ColorSpace")
	if id == 0 {
		id = r.standard
	}
	s, known := r.spaces[id]
	if id != 0 && !known {
		r.warn("reference", "there is no colour space %d; RGB is taken", id)
	}
	if v, ok := r.attr(n, "Value"); ok && strings.TrimSpace(v) != "" {
		return r.colour(v, s)
	}
	if _, ok := r.attr(n, "Index"); ok {
		if i := int(r.number(n, "Index", 0)); i >= 0 && i < len(s.palette) {
			return s.palette[i], true
		}
		r.warn("colour", "the palette has no such colour")
	}
	return color.NRGBA{}, false
}

// colour reads channel values, decimal or each with # as hexadecimal.
func (r *reader) colour(v string, s space) (color.NRGBA, bool) {
	words := strings.Fields(v)
	if len(words) == 1 && len(words[0]) == 7 && words[0][0] == '#' { // as in style sheets
		words = []string{"#" + words[0][1:3], "#" + words[0][3:5], "#" + words[0][5:7]}
	}
	full := 255.0
	if s.bits > 0 {
		full = float64(int(1)<<s.bits - 1)
	}
	var ch [4]float64
	for i, w := range words {
		var x float64
		var err error
		if h, ok := strings.CutPrefix(w, "#"); ok {
			var u uint64
			u, err = strconv.ParseUint(h, 16, 16)
			x = float64(u)
		} else {
			x, err = strconv.ParseFloat(w, 64)
		}
		if err != nil || i > 3 || math.IsNaN(x) {
			r.warn("colour", "%.40q is no colour", v)
			return color.NRGBA{A: 255}, true
		}
		ch[i] = min(max(x/full, 0), 1)
	}
	b := func(x float64) uint8 { return uint8(math.Round(255 * x)) }
	switch len(words) {
	case 1:
		return color.NRGBA{b(ch[0]), b(ch[0]), b(ch[0]), 255}, true
	case 3:
		return color.NRGBA{b(ch[0]), b(ch[1]), b(ch[2]), 255}, true
	case 4:
		k := 1 - ch[3]
		return color.NRGBA{b((1 - ch[0]) * k), b((1 - ch[1]) * k), b((1 - ch[2]) * k), 255}, true
	}
	r.warn("colour", "%.40q is no colour", v)
	return color.NRGBA{A: 255}, true
}

func (r *reader) shade(n *node) *Shade {
	s := &Shade{Radial: n.name == "RadialShd", Unit: r.number(n, "MapUnit", 0)}
	if m := r.text(n, "MapType"); m == "Repeat" || m == "Reflect" {
		s.Map = m
	}
	extend := int(r.number(n, "Extend", 0))
	s.ExtendStart, s.ExtendEnd = extend&1 != 0, extend&2 != 0
	from, ok1 := r.numbers(r.text(n, "StartPoint"), 2)
	to, ok2 := r.numbers(r.text(n, "EndPoint"), 2)
	segments := n.all("Segment")
	if !ok1 || !ok2 || len(segments) == 0 {
		r.warn("colour.shade", "a run of colours does not say from where to where")
		return nil
	}
	s.X1, s.Y1, s.X2, s.Y2 = from[0], from[1], to[0], to[1]
	s.R1, s.R2 = r.number(n, "StartRadius", 0), r.number(n, "EndRadius", 0)
	if s.Radial && (r.number(n, "Eccentricity", 0) != 0) {
		r.warn("colour.shade", "an elliptical run of colours is drawn round")
	}
	for i, k := range segments {
		at := 0.0
		if len(segments) > 1 {
			at = float64(i) / float64(len(segments)-1)
		}
		stop := Stop{At: min(max(r.number(k, "Position", at), 0), 1), Color: color.NRGBA{A: 255}}
		if c := k.child("Color"); c != nil {
			if v, ok := r.plain(c); ok {
				stop.Color = v
				stop.Color.A = uint8(min(max(r.number(c, "Alpha", 255), 0), 255))
			}
		}
		s.Stops = append(s.Stops, stop)
	}
	return s
}
