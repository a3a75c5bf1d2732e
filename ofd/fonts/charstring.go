package fonts

import "math"

// machine runs a Type 2 charstring. It stops at whatever is out of bounds: files come from anybody.
type machine struct {
	cff    *cff
	dict   private
	pen    pen
	stack  []float64
	x, y   float64
	hints  int
	told   bool // the width was told, or its place has passed
	extra  float64
	has    bool // extra is the width
	budget int
	done   bool
	called func(global bool, n int) // told of each subroutine; may be nil
}

const maxStack = 192 // Type 2 has 48

func (m *machine) width() float64 {
	if m.has {
		return m.dict.normal + m.extra
	}
	return m.dict.standard
}

// take says that an operator with n numbers (or an even count, n −1) is the first: one more is the width.
func (m *machine) take(n int) {
	if m.told {
		return
	}
	m.told = true
	odd := len(m.stack) > n
	if n < 0 {
		odd = len(m.stack)%2 == 1
	}
	if odd && len(m.stack) > 0 {
		m.extra, m.has = m.stack[0], true
		m.stack = m.stack[1:]
	}
}

func (m *machine) run(b []byte, depth int) bool {
	if depth > 10 {
		return false
	}
	for i := 0; i < len(b) && !m.done; {
		if m.budget--; m.budget < 0 || len(m.stack) > maxStack {
			return false
		}
		c := b[i]
		i++
		switch {
		case c == 28:
			if i+2 > len(b) {
				return false
			}
			m.push(float64(i16(b, i)))
			i += 2
		case c >= 32 && c <= 246:
			m.push(float64(int(c) - 139))
		case c >= 247 && c <= 254:
			if i >= len(b) {
				return false
			}
			if c <= 250 {
				m.push(float64((int(c)-247)*256 + int(b[i]) + 108))
			} else {
				m.push(float64(-(int(c)-251)*256 - int(b[i]) - 108))
			}
			i++
		case c == 255:
			if i+4 > len(b) {
				return false
			}
			m.push(float64(int32(u32(b, i))) / 65536)
			i += 4
		case c == 10 || c == 29:
			list := m.dict.local
			if c == 29 {
				list = m.cff.global
			}
			if !m.call(list, c == 29, depth) {
				return false
			}
		case c == 11:
			return true
		case c == 19 || c == 20: // hintmask, cntrmask
			m.take(-1)
			m.hints += len(m.stack) / 2
			m.stack = m.stack[:0]
			i += (m.hints + 7) / 8
		case c == 12:
			if i >= len(b) || !m.flex(b[i]) {
				return false
			}
			i++
		default:
			if !m.operate(c) {
				return false
			}
		}
	}
	return true
}

func (m *machine) push(v float64) { m.stack = append(m.stack, v) }

func (m *machine) call(list [][]byte, global bool, depth int) bool {
	if len(m.stack) == 0 {
		return false
	}
	bias := 107
	if len(list) >= 33900 {
		bias = 32768
	} else if len(list) >= 1240 {
		bias = 1131
	}
	n := int(m.stack[len(m.stack)-1]) + bias
	m.stack = m.stack[:len(m.stack)-1]
	if n < 0 || n >= len(list) {
		return false
	}
	if m.called != nil {
		m.called(global, n)
	}
	return m.run(list[n], depth+1)
}

// operate does the operators of one byte. All of them leave the stack empty.
func (m *machine) operate(c byte) bool {
	defer func() { m.stack = m.stack[:0] }()
	switch c {
	case 1, 3, 18, 23: // stems
		m.take(-1)
		m.hints += len(m.stack) / 2
	case 21, 22, 4:
		n := 1
		if c == 21 {
			n = 2
		}
		m.take(n)
		if len(m.stack) < n {
			return false
		}
		switch c {
		case 21:
			m.x, m.y = m.x+m.stack[0], m.y+m.stack[1]
		case 22:
			m.x += m.stack[0]
		case 4:
			m.y += m.stack[0]
		}
		m.pen.move(m.x, m.y)
	case 5:
		m.lines(m.stack)
	case 6, 7:
		for i, v := range m.stack {
			if (c == 6) == (i%2 == 0) {
				m.line(v, 0)
			} else {
				m.line(0, v)
			}
		}
	case 8:
		m.curves(m.stack)
	case 24: // curves, then a line
		n := len(m.stack)
		if n < 2 {
			return false
		}
		m.curves(m.stack[:n-2])
		m.line(m.stack[n-2], m.stack[n-1])
	case 25: // lines, then a curve
		n := len(m.stack)
		if n < 6 {
			return false
		}
		m.lines(m.stack[:n-6])
		m.curves(m.stack[n-6:])
	case 26, 27:
		m.straight(c == 27)
	case 30, 31:
		m.turning(c == 31)
	case 14:
		m.take(0)
		m.done = true
	}
	return true
}

func (m *machine) line(dx, dy float64) {
	m.x, m.y = m.x+dx, m.y+dy
	m.pen.line(m.x, m.y)
}

func (m *machine) lines(v []float64) {
	for ; len(v) >= 2; v = v[2:] {
		m.line(v[0], v[1])
	}
}

func (m *machine) curve(a, b, c, d, e, f float64) {
	x1, y1 := m.x+a, m.y+b
	x2, y2 := x1+c, y1+d
	m.x, m.y = x2+e, y2+f
	m.pen.cube(x1, y1, x2, y2, m.x, m.y)
}

func (m *machine) curves(v []float64) {
	for ; len(v) >= 6; v = v[6:] {
		m.curve(v[0], v[1], v[2], v[3], v[4], v[5])
	}
}

// straight does vvcurveto and hhcurveto.
func (m *machine) straight(horizontal bool) {
	v, side := m.stack, 0.0
	if len(v)%4 == 1 {
		side, v = v[0], v[1:]
	}
	for ; len(v) >= 4; v = v[4:] {
		if horizontal {
			m.curve(v[0], side, v[1], v[2], v[3], 0)
		} else {
			m.curve(side, v[0], v[1], v[2], 0, v[3])
		}
		side = 0
	}
}

// turning does vhcurveto and hvcurveto.
func (m *machine) turning(horizontal bool) {
	for v := m.stack; len(v) >= 4; v = v[4:] {
		last := 0.0
		if len(v) == 5 {
			last = v[4]
		}
		if horizontal {
			m.curve(v[0], 0, v[1], v[2], last, v[3])
		} else {
			m.curve(0, v[0], v[1], v[2], v[3], last)
		}
		horizontal = !horizontal
	}
}

// flex does the operators of two bytes: the four shallow curves. Arithmetic is not used by any font for years.
func (m *machine) flex(c byte) bool {
	defer func() { m.stack = m.stack[:0] }()
	v := append(m.stack[:len(m.stack):len(m.stack)], make([]float64, 13)...)
	switch c {
	case 35:
		m.curves(v[:12])
	case 34:
		m.curve(v[0], 0, v[1], v[2], v[3], 0)
		m.curve(v[4], 0, v[5], -v[2], v[6], 0)
	case 36:
		m.curve(v[0], v[1], v[2], v[3], v[4], 0)
		m.curve(v[5], 0, v[6], v[7], v[8], -(v[1] + v[3] + v[7]))
	case 37:
		dx, dy := v[0]+v[2]+v[4]+v[6]+v[8], v[1]+v[3]+v[5]+v[7]+v[9]
		m.curve(v[0], v[1], v[2], v[3], v[4], v[5])
		if math.Abs(dx) > math.Abs(dy) {
			m.curve(v[6], v[7], v[8], v[9], v[10], -dy)
		} else {
			m.curve(v[6], v[7], v[8], v[9], -dx, v[10])
		}
	default:
		return false
	}
	return true
}
