package face

import "math"

// Pose is how a head is turned, in degrees, estimated from the points of the face alone: good for telling a turn from a
// straight look, not for measuring one.
type Pose struct {
	Yaw   float64 // to the side; positive: towards the picture's right, as when a person turns to his own left before a camera
	Pitch float64 // positive: up
	Roll  float64 // positive: leaning towards the picture's right
}

// head holds where points of a common head lie, in eye distances from between the eyes: right, down, towards the camera.
var head = []struct {
	mark    int
	x, y, z float64
}{
	{30, 0, 0.70, 0.42},                               // tip of the nose
	{33, 0, 0.83, 0.22},                               // below it
	{27, 0, 0.00, 0.12},                               // its root
	{36, -0.72, 0.03, -0.16}, {45, 0.72, 0.03, -0.16}, // outer corners of the eyes
	{39, -0.28, 0.03, -0.02}, {42, 0.28, 0.03, -0.02}, // inner corners
	{48, -0.38, 1.20, 0.04}, {54, 0.38, 1.20, 0.04}, // corners of the mouth
	{8, 0, 1.85, 0.00},                               // chin
	{1, -1.10, 0.40, -1.00}, {15, 1.10, 0.40, -1.00}, // before the ears
}

// poseOf fits the common head to the points, seen from afar (scaled orthographic projection): least squares for the two
// upper rows of the camera matrix, whose directions are the turned axes.
func poseOf(marks [68]Point) Pose {
	var normal [4][4]float64
	var right [4][2]float64
	for _, h := range head {
		row := [4]float64{h.x, h.y, h.z, 1}
		for i := range row {
			for j := range row {
				normal[i][j] += row[i] * row[j]
			}
			right[i][0] += row[i] * marks[h.mark].X
			right[i][1] += row[i] * marks[h.mark].Y
		}
	}
	solution := solve4(normal, right)
	var u, v [3]float64
	for i := range 3 {
		u[i], v[i] = solution[i][0], solution[i][1]
	}
	u, v = unit(u), unit(v)
	w := unit([3]float64{u[1]*v[2] - u[2]*v[1], u[2]*v[0] - u[0]*v[2], u[0]*v[1] - u[1]*v[0]})
	const degree = 180 / math.Pi
	return Pose{
		Yaw:   math.Atan2(u[2], math.Hypot(u[0], u[1])) * degree,
		Pitch: -math.Atan2(v[2], w[2]) * degree,
		Roll:  math.Atan2(u[1], u[0]) * degree,
	}
}

func unit(a [3]float64) [3]float64 {
	n := math.Sqrt(a[0]*a[0] + a[1]*a[1] + a[2]*a[2])
	if n == 0 {
		return a
	}
	return [3]float64{a[0] / n, a[1] / n, a[2] / n}
}

// solve4 solves four equations for two right sides by elimination. The matrix is that of head: never singular.
func solve4(m [4][4]float64, b [4][2]float64) [4][2]float64 {
	for i := range 4 {
		p := i
		for r := i + 1; r < 4; r++ {
			if math.Abs(m[r][i]) > math.Abs(m[p][i]) {
				p = r
			}
		}
		m[i], m[p], b[i], b[p] = m[p], m[i], b[p], b[i]
		for r := range 4 {
			if r == i {
				continue
			}
			f := m[r][i] / m[i][i]
			for c := range 4 {
				m[r][c] -= f * m[i][c]
			}
			b[r][0] -= f * b[i][0]
			b[r][1] -= f * b[i][1]
		}
	}
	for i := range 4 {
		b[i][0] /= m[i][i]
		b[i][1] /= m[i][i]
	}
	return b
}
