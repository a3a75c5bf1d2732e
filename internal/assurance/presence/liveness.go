package presence

import (
	"context"
	"math"
	"slices"

	"yimen/face"
)

// frame is one picture of a try, unpacked, with the face in it.
type frame struct {
	step int
	hash string
	pic  *face.Picture
	face face.Face
	seen bool // there is a face
	more bool // and another that is not much smaller
}

// What the checks measure against. Angles are in degrees, relief in eye distances; either is compared with the same
// person's own straight look, so a head held askew or a wide camera does not matter.
const (
	minFrames   = 8   // with a face
	turned      = 9.0 // yaw or pitch changed at least so much: a movement …
	straight    = 7.0 // … and at most so much: a straight look
	reliefSide  = 0.25
	reliefUp    = 0.19
	shutAt      = 0.65 // of the iris that is seen with open eyes, both together …
	shutEach    = 0.80 // … and each
	openAt      = 0.70
	enough      = 2 // frames of a movement
	sameFace    = 0.45
	sameTurned  = 0.66 // the net knows a turned head less well
	minWidth    = 80.0 // of a face, pixels
	minSharp    = 30.0
	darkest     = 50.0
	brightest   = 225.0
	minContrast = 15.0
	mostAskew   = 28.0
)

// stance is what a face does, beside the straight look it is compared with.
type stance string

const (
	neutral stance = "neutral"
	unclear stance = "unclear"
)

// stanceOf names the movement a frame shows; stances other than neutral and unclear are those of the Moves.
func stanceOf(base, f face.Face) stance {
	yaw, pitch := f.Pose.Yaw-base.Pose.Yaw, f.Pose.Pitch-base.Pose.Pitch
	relief := face.ReliefOf(base, f)
	open := f.Eyes.Seen() / base.Eyes.Seen()
	switch {
	case yaw >= turned && relief.Side >= reliefSide:
		return stance(TurnLeft) // the person's left is the picture's right
	case yaw <= -turned && relief.Side <= -reliefSide:
		return stance(TurnRight)
	case pitch <= -turned && relief.Up <= -reliefUp && math.Abs(yaw) < turned:
		return stance(LookDown)
	case math.Abs(yaw) > straight || math.Abs(pitch) > straight:
		return unclear
	case open <= shutAt && f.Eyes.Left <= shutEach*base.Eyes.Left && f.Eyes.Right <= shutEach*base.Eyes.Right:
		return stance(ShutEyes)
	case open >= openAt:
		return neutral
	}
	return unclear
}

// quality says what is wrong with a face that is to be compared, "" when nothing is.
func quality(f face.Face) Reason {
	q := f.Quality
	switch {
	case q.Width < minWidth:
		return Small
	case q.Brightness < darkest || q.Brightness > brightest || q.Contrast < minContrast:
		return Dark
	case q.Sharpness < minSharp:
		return Blurred
	case math.Abs(f.Pose.Yaw) > mostAskew || math.Abs(f.Pose.Pitch) > mostAskew || math.Abs(f.Pose.Roll) > mostAskew:
		return Askew
	}
	return ""
}

// look finds the face of every frame, and says what is wrong with the frames as such.
func (m *Module) look(ctx context.Context, frames []frame) (Reason, error) {
	for i := range frames {
		if err := m.faceIn(ctx, &frames[i]); err != nil {
			return "", err
		}
	}
	return whose(frames), nil
}

// faceIn finds the face of one frame.
func (m *Module) faceIn(ctx context.Context, f *frame) error {
	found, err := m.Model.Detect(ctx, f.pic, 0)
	if err != nil || len(found) == 0 {
		return err
	}
	slices.SortStableFunc(found, func(a, b face.Face) int { return int(b.Quality.Width - a.Quality.Width) })
	f.face, f.seen = found[0], true
	f.more = len(found) > 1 && found[1].Quality.Width > found[0].Quality.Width/2
	return nil
}

// whose says that nobody is to be seen in the frames, or more than one; "" when it is one person.
func whose(frames []frame) Reason {
	others, missing := 0, 0
	for _, f := range frames {
		if !f.seen {
			missing++
		}
		if f.more {
			others++
		}
	}
	switch {
	case missing > len(frames)*2/5 || len(frames)-missing < minFrames:
		return NoFace
	case others >= 2:
		return TwoFaces
	}
	return ""
}

// straightLook picks the frame that all others are compared with: of the first step, the clearest that is good enough.
func straightLook(frames []frame) (frame, Reason) {
	var best frame
	reason := NoFace
	for _, f := range frames {
		if f.step != 0 || !f.seen {
			continue
		}
		if bad := quality(f.face); bad != "" {
			if !best.seen {
				reason = bad
			}
			continue
		}
		if !best.seen || f.face.Quality.Sharpness > best.face.Quality.Sharpness {
			best, reason = f, ""
		}
	}
	return best, reason
}

// judged is what the movements of a try come to.
type judged struct {
	stances []stance // of each frame; "" where there is no face
	moved   bool     // something moved, if not what was asked
}

// follow looks for each movement in its step: a straight look, the movement, a straight look again, and no other turn of
// the head in between. Closed eyes are nobody's doing: they count where they are asked for and nowhere else.
func follow(asked []Move, base frame, frames []frame) (judged, Reason) {
	j := judged{stances: make([]stance, len(frames))}
	for i, f := range frames {
		if !f.seen {
			continue
		}
		j.stances[i] = stanceOf(base.face, f.face)
		j.moved = j.moved || restless(base.face, f.face)
	}
	for k, want := range asked {
		if reason := j.step(frames, k+1, want); reason != "" {
			return j, reason
		}
	}
	return j, ""
}

// step looks at the frames of one step, and at those after it for the straight look that ends the movement.
func (j judged) step(frames []frame, step int, want Move) Reason {
	before, hits, after, others := false, 0, false, 0
	for i, f := range frames {
		s := j.stances[i]
		switch {
		case s == "" || f.step < step-1 || f.step > step+1:
		case f.step == step-1:
			before = before || s == neutral
		case s == neutral:
			before = before || f.step == step
			after = after || hits >= enough
		case f.step != step || s == unclear:
		case s == stance(want):
			if before {
				hits++
			}
		case s != stance(ShutEyes):
			others++
		}
	}
	switch {
	case others >= enough:
		return OutOfTurn
	case hits < enough || !after:
		return NotSeen
	}
	return ""
}

// restless tells whether a face is elsewhere, larger, smaller or otherwise held than before.
func restless(base, f face.Face) bool {
	size := base.EyeDistance()
	return math.Abs(f.Box.X-base.Box.X) > size/4 || math.Abs(f.Box.Y-base.Box.Y) > size/4 ||
		math.Abs(f.EyeDistance()/size-1) > 0.08 || math.Abs(f.Pose.Yaw-base.Pose.Yaw) > 5 || math.Abs(f.Pose.Pitch-base.Pose.Pitch) > 5 ||
		math.Abs(f.Pose.Roll-base.Pose.Roll) > 5
}

// lifeless says, where a turn was asked for and not seen, whether what was shown is a picture: one that lies still, or
// one that is moved about and never shows relief.
func lifeless(j judged, base frame, frames []frame) Reason {
	for i, f := range frames {
		if !f.seen {
			continue
		}
		r := face.ReliefOf(base.face, f.face)
		if j.stances[i] == stance(ShutEyes) || math.Abs(r.Side) >= reliefSide || math.Abs(r.Up) >= reliefUp {
			return NotSeen
		}
	}
	if !j.moved {
		return Still
	}
	return Flat
}

// samePerson compares people across the try with the straight look: every straight look of a step, and the middle of
// every movement.
func (m *Module) samePerson(ctx context.Context, j judged, base frame, frames []frame) (face.Embedding, Reason, error) {
	first, err := m.Model.Embed(ctx, base.pic, base.face)
	if err != nil {
		return first, "", err
	}
	for step := 0; step <= howMany; step++ {
		byStance := map[stance][]frame{}
		for i, f := range frames {
			if f.step == step && f.seen && j.stances[i] != unclear {
				byStance[j.stances[i]] = append(byStance[j.stances[i]], f)
			}
		}
		for s, list := range byStance {
			f := list[len(list)/2]
			if f.hash == base.hash {
				continue // it is itself
			}
			e, err := m.Model.Embed(ctx, f.pic, f.face)
			if err != nil {
				return first, "", err
			}
			most := sameTurned
			if s == neutral || s == stance(ShutEyes) {
				most = sameFace
			}
			if face.Distance(first, e) > most {
				return first, Changed, nil
			}
		}
	}
	return first, "", nil
}
