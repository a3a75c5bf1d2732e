package face

import "math"

// Relief is how the parts of a face that stand out moved against those that lie back, in eye distances. A sheet of paper
// has none however it is held: whatever it does, its points move together.
type Relief struct {
	Side float64 // nose against the sides of the jaw: positive when the head turned towards the picture's right
	Up   float64 // the same up and down: positive when it was raised
}

// flat are points that lie about in one plane: corners of eyes and mouth, brows.
var flat = []int{17, 21, 22, 26, 36, 39, 42, 45, 48, 54}

// ReliefOf compares two pictures of one face. The plane of eyes and mouth in the first is laid over that in the second
// (the best affine map), and what the nose and the jaw did beyond that is the relief.
func ReliefOf(before, after Face) Relief {
	carry := planeMap(before.Landmarks, after.Landmarks)
	unit := after.EyeDistance()
	moved := func(marks ...int) (d Point) {
		for _, i := range marks {
			q := carry(before.Landmarks[i])
			d.X += (after.Landmarks[i].X - q.X) / unit / float64(len(marks))
			d.Y += (after.Landmarks[i].Y - q.Y) / unit / float64(len(marks))
		}
		return d
	}
	nose, jaw := moved(30), moved(0, 1, 2, 14, 15, 16)
	return Relief{Side: nose.X - jaw.X, Up: jaw.Y - nose.Y}
}

// planeMap is the affine map that brings the flat points of one face nearest to those of the other.
func planeMap(from, to [68]Point) func(Point) Point {
	var normal [4][4]float64
	var right [4][2]float64
	for _, i := range flat {
		row := [3]float64{from[i].X, from[i].Y, 1}
		for r := range row {
			for c := range row {
				normal[r][c] += row[r] * row[c]
			}
			right[r][0] += row[r] * to[i].X
			right[r][1] += row[r] * to[i].Y
		}
	}
	normal[3][3] = 1 // three unknowns: the fourth equation says nothing
	s := solve4(normal, right)
	if math.IsNaN(s[0][0]) { // all points in one line: no face
		return func(p Point) Point { return p }
	}
	return func(p Point) Point {
		return Point{p.X*s[0][0] + p.Y*s[1][0] + s[2][0], p.X*s[0][1] + p.Y*s[1][1] + s[2][1]}
	}
}
