package ofd

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Outline is the way of a path's pen (9.3, AbbreviatedData).
type Outline []Segment

// Segment is one stroke of the pen. Op is the standard's letter, and Args has as many numbers as it takes:
//
//	S x y                             start of a figure
//	M x y                             move without drawing
//	L x y                             line
//	Q x1 y1 x y                       quadratic curve
//	B x1 y1 x2 y2 x y                 cubic curve
//	A rx ry angle large sweep x y     arc of an ellipse; angle in degrees clockwise, large and sweep 0 or 1, sweep 1 is clockwise
//	C                                 close
type Segment struct {
	Op   byte
	Args [7]float64
}

// arity says how many numbers follow a letter.
func arity(op byte) (int, bool) {
	switch op {
	case 'S', 'M', 'L':
		return 2, true
	case 'Q':
		return 4, true
	case 'B':
		return 6, true
	case 'A':
		return 7, true
	case 'C':
		return 0, true
	}
	return 0, false
}

// maxStrokes bounds one outline: 16 MiB of them.
const maxStrokes = 1 << 18

// ParseOutline reads abbreviated data. A letter may be followed by several groups of numbers, each a stroke of its own.
func ParseOutline(s string) (Outline, error) { return parseOutline(s, maxStrokes) }

func parseOutline(s string, most int) (Outline, error) {
	var o Outline
	op, need, have := byte(0), 0, 0
	var args [7]float64
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ' ' || r == ',' || r == '\n' || r == '\t' || r == '\r' }) {
		if n, ok := arity(word[0]); ok && len(word) == 1 {
			if have != 0 {
				return nil, fmt.Errorf("%c takes %d numbers, %d follow", op, need, have)
			}
			op, need = word[0], n
			if n == 0 {
				o = append(o, Segment{Op: op})
			}
		} else {
			v, err := strconv.ParseFloat(word, 64)
			switch {
			case err != nil:
				return nil, fmt.Errorf("%.20q is neither a letter of a path nor a number", word)
			case math.IsNaN(v) || math.Abs(v) > maxLength:
				return nil, fmt.Errorf("%.20q is too large", word)
			case need == 0:
				return nil, fmt.Errorf("number %.20q follows no letter that takes one", word)
			}
			args[have] = v
			if have++; have == need {
				o = append(o, Segment{Op: op, Args: args})
				have, args = 0, [7]float64{}
			}
		}
		if len(o) > most {
			return nil, fmt.Errorf("too many strokes: %w", ErrLimit)
		}
	}
	if have != 0 {
		return nil, fmt.Errorf("%c takes %d numbers, %d follow", op, need, have)
	}
	return o, nil
}

// String writes abbreviated data, rounded to a tenth of a micrometre.
func (o Outline) String() string {
	b := make([]byte, 0, 16*len(o))
	for i, s := range o {
		if i > 0 {
			b = append(b, ' ')
		}
		b = append(b, s.Op)
		n, _ := arity(s.Op)
		for _, v := range s.Args[:n] {
			b = appendNumber(append(b, ' '), v, 4)
		}
	}
	return string(b)
}

// Rect gives the outline of a rectangle.
func Rect(x, y, w, h float64) Outline {
	return Outline{
		{'M', [7]float64{x, y}}, {'L', [7]float64{x + w, y}}, {'L', [7]float64{x + w, y + h}}, {'L', [7]float64{x, y + h}}, {Op: 'C'},
	}
}

// Stretch gives the outline of a line from one point to another.
func Stretch(x1, y1, x2, y2 float64) Outline {
	return Outline{{'M', [7]float64{x1, y1}}, {'L', [7]float64{x2, y2}}}
}
