package fonts

// Outline is the shape of a glyph in em, y upwards from the base line. Figures are closed and filled by the non-zero rule.
type Outline []Segment

// Segment is one stroke: Op is M (move), L (line), Q (quadratic curve, one control point), C (cubic curve, two) or Z (close).
// Points are x, y in turn, the end of the stroke last.
type Segment struct {
	Op byte
	P  [6]float64
}

// Box gives the smallest rectangle that holds the points of the shape, control points included.
func (o Outline) Box() (left, bottom, right, top float64) {
	first := true
	for _, s := range o {
		for i := 0; i < points(s.Op); i++ {
			x, y := s.P[2*i], s.P[2*i+1]
			if first {
				left, right, bottom, top, first = x, x, y, y, false
			}
			left, right = min(left, x), max(right, x)
			bottom, top = min(bottom, y), max(top, y)
		}
	}
	return left, bottom, right, top
}

func points(op byte) int {
	switch op {
	case 'M', 'L':
		return 1
	case 'Q':
		return 2
	case 'C':
		return 3
	}
	return 0
}

// pen draws an outline in font units and keeps it in em.
type pen struct {
	out   Outline
	scale float64
	open  bool
}

func (p *pen) move(x, y float64) {
	p.close()
	p.out = append(p.out, Segment{'M', [6]float64{x * p.scale, y * p.scale}})
	p.open = true
}

func (p *pen) line(x, y float64) {
	p.out = append(p.out, Segment{'L', [6]float64{x * p.scale, y * p.scale}})
}

func (p *pen) quad(cx, cy, x, y float64) {
	p.out = append(p.out, Segment{'Q', [6]float64{cx * p.scale, cy * p.scale, x * p.scale, y * p.scale}})
}

func (p *pen) cube(ax, ay, bx, by, x, y float64) {
	s := p.scale
	p.out = append(p.out, Segment{'C', [6]float64{ax * s, ay * s, bx * s, by * s, x * s, y * s}})
}

func (p *pen) close() {
	if p.open {
		p.out = append(p.out, Segment{Op: 'Z'})
		p.open = false
	}
}
