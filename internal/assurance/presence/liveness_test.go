package presence

import (
	"context"
	"image"
	"strings"
	"sync"
	"testing"

	"yimen/face"
	"yimen/face/facetest"
	"yimen/face/samples"
	"yimen/face/weights"
)

var model = func() *face.Model {
	m, err := face.Load(weights.FS)
	if err != nil {
		panic(err)
	}
	return m
}()

// cast are the people of the tests, each drawn once.
var cast = struct {
	sync.Mutex
	by map[string]*facetest.Person
}{by: map[string]*facetest.Person{}}

func person(t testing.TB, name string) *facetest.Person {
	t.Helper()
	cast.Lock()
	defer cast.Unlock()
	if cast.by[name] == nil {
		p, err := facetest.New(model, samples.Portrait(name))
		if err != nil {
			t.Fatal(err)
		}
		cast.by[name] = p
	}
	return cast.by[name]
}

// Person is person, for the tests of the pages: whoever is drawn once is drawn for them too.
func Person(t testing.TB, name string) *facetest.Person { return person(t, name) }

// looks are how a movement goes.
var looks = map[Move][]facetest.Look{
	TurnLeft:  {{Yaw: 24}, {Yaw: 26}},
	TurnRight: {{Yaw: -24}, {Yaw: -26}},
	LookDown:  {{Pitch: -19}, {Pitch: -20}},
	ShutEyes:  {{Closed: true}, {Closed: true, X: 0.01}},
}

// asTold is a film of somebody who does what they are asked: step and look of each frame.
func asTold(order ...Move) (steps []int, film []facetest.Look) {
	add := func(step int, list ...facetest.Look) {
		for _, l := range list {
			steps, film = append(steps, step), append(film, l)
		}
	}
	add(0, facetest.Look{}, facetest.Look{X: 0.005})
	for i, m := range order {
		add(i+1, facetest.Look{X: 0.01})
		add(i+1, looks[m]...)
		add(i+1, facetest.Look{Y: -0.005})
	}
	return steps, film
}

// reels are the frames drawn so far. A film has each time its own grain where somebody looks the same way again; the same
// film of the same person is the same whoever asks for it, so that what is seen in its frames is found out once.
var reels = struct {
	sync.Mutex
	jpeg map[reel][]byte
	seen map[string]frame // by the digest of a frame
}{jpeg: map[reel][]byte{}, seen: map[string]frame{}}

type reel struct {
	who  *facetest.Person
	look facetest.Look
	time uint64 // that they look so in this film
}

func shots(p *facetest.Person, steps []int, film []facetest.Look) []Shot {
	list, times := make([]Shot, len(film)), map[facetest.Look]uint64{}
	for i, l := range film {
		list[i] = Shot{Step: steps[i], Data: drawn(reel{p, l, times[l]})}
		times[l]++
	}
	return list
}

// newShots is a film that nobody has sent before.
func newShots(p *facetest.Person, steps []int, film []facetest.Look) []Shot {
	list := make([]Shot, len(film))
	for i, l := range film {
		list[i] = Shot{Step: steps[i], Data: facetest.JPEG(p.Frame(l, 480, 360))}
	}
	return list
}

func drawn(r reel) []byte {
	reels.Lock()
	defer reels.Unlock()
	if reels.jpeg[r] == nil {
		reels.jpeg[r] = facetest.JPEG(r.who.FrameOf(r.look, 480, 360, r.time))
	}
	return reels.jpeg[r]
}

// looked finds the face of a frame as faceIn does, once for each picture.
func looked(m *Module, f *frame) error {
	reels.Lock()
	known, ok := reels.seen[f.hash]
	reels.Unlock()
	if ok {
		f.face, f.seen, f.more = known.face, known.seen, known.more
		return nil
	}
	if err := m.faceIn(context.Background(), f); err != nil {
		return err
	}
	reels.Lock()
	reels.seen[f.hash] = frame{face: f.face, seen: f.seen, more: f.more}
	reels.Unlock()
	return nil
}

// alive runs the checks before the comparison.
func alive(t *testing.T, order []Move, list []Shot) Reason {
	t.Helper()
	m := &Module{Deps: Deps{Model: model}}
	frames, reason := unpack(list)
	if reason != "" {
		return reason
	}
	for i := range frames {
		if err := looked(m, &frames[i]); err != nil {
			t.Fatal(err)
		}
	}
	if reason := whose(frames); reason != "" {
		return reason
	}
	base, reason := straightLook(frames)
	if reason != "" {
		return reason
	}
	j, reason := follow(order, base, frames)
	if t.Logf("%v", j.stances); reason == NotSeen {
		reason = lifeless(j, base, frames)
	}
	if reason != "" {
		return reason
	}
	_, reason, err := m.samePerson(context.Background(), j, base, frames)
	if err != nil {
		t.Fatal(err)
	}
	return reason
}

var order = []Move{TurnLeft, ShutEyes, LookDown}

func TestWhoDoesAsToldIsAlive(t *testing.T) {
	t.Parallel()
	for name, order := range map[string][]Move{
		"a": order, "d": {TurnRight, LookDown, TurnLeft}, "e": {ShutEyes, TurnRight, TurnLeft},
	} {
		steps, film := asTold(order...)
		if r := alive(t, order, shots(person(t, name), steps, film)); r != "" {
			t.Errorf("%s doing %v: %s", name, order, r)
		}
	}
}

func TestAttacksAreRefused(t *testing.T) {
	t.Parallel()
	a := person(t, "a")
	steps, good := asTold(order...)
	each := func(change func(int, facetest.Look) facetest.Look) []Shot {
		film := make([]facetest.Look, len(good))
		for i := range good {
			film[i] = change(i, good[i])
		}
		return shots(a, steps, film)
	}
	_, other := asTold(ShutEyes, TurnRight, LookDown)
	for _, c := range []struct {
		name string
		list []Shot
		want string // reasons that refuse it
	}{
		{"a photograph held still", each(func(int, facetest.Look) facetest.Look { return facetest.Look{} }), "still"},
		{"a photograph waved", each(func(i int, _ facetest.Look) facetest.Look {
			return facetest.Look{X: 0.06 * float64(i%3-1), Y: 0.02 * float64(i%2), Scale: 0.85 + 0.05*float64(i%4)}
		}), "flat"},
		{"a photograph turned as the head should", each(func(_ int, l facetest.Look) facetest.Look {
			return facetest.Look{Yaw: 1.6 * l.Yaw, Pitch: 1.6 * l.Pitch, Flat: true}
		}), "flat"},
		{"other movements than asked", shots(a, steps, fit(other, len(steps))), "out_of_turn not_seen"},
		{"the right movements in another order", alsoOrder(a, LookDown, TurnLeft, ShutEyes), "out_of_turn not_seen"},
		{"no movement but the eyes", each(func(i int, l facetest.Look) facetest.Look {
			return facetest.Look{Closed: l.Closed, X: float64(i%3) * 0.004}
		}), "not_seen"},
		{"frames in another order", reversed(shots(a, steps, good)), "out_of_turn"},
		{"the same frame again and again", repeated(shots(a, steps[:1], good[:1])[0], steps), "still"},
		{"two frames", shots(a, steps[:2], good[:2]), "too_few"},
	} {
		if r := alive(t, order, c.list); r == "" || !strings.Contains(c.want, string(r)) {
			t.Errorf("%s: %q", c.name, r)
		}
	}
}

// Somebody moves, and another's photograph is shown in between.
func TestPeopleMayNotChange(t *testing.T) {
	t.Parallel()
	steps, film := asTold(order...)
	list, other := shots(person(t, "a"), steps, film), shots(person(t, "d"), steps, film)
	for i := range list {
		if steps[i] == 2 {
			list[i] = other[i]
		}
	}
	if r := alive(t, order, list); r == "" {
		t.Error("two people pass as one")
	}
}

func TestPicturesThatAreNotGoodEnough(t *testing.T) {
	t.Parallel()
	a := person(t, "a")
	steps, film := asTold(order...)
	frame := func(change func(img *image.RGBA)) []Shot {
		list := make([]Shot, minFrames) // what is wrong is seen before any movement is looked for
		for i, l := range film[:minFrames] {
			img := a.FrameOf(l, 480, 360, uint64(i))
			change(img)
			list[i] = Shot{Step: steps[i], Data: facetest.JPEG(img)}
		}
		return list
	}
	second := person(t, "d").FrameOf(facetest.Look{}, 480, 360, 0)
	for name, c := range map[string]struct {
		list []Shot
		want string
	}{
		"dark": {frame(func(img *image.RGBA) {
			for i := range img.Pix {
				if i%4 != 3 {
					img.Pix[i] /= 6
				}
			}
		}), "dark no_face"},
		"nobody": {frame(func(img *image.RGBA) {
			for i := range img.Pix {
				img.Pix[i] = 100 + img.Pix[i]/20
			}
		}), "no_face"},
		"two people": {frame(func(img *image.RGBA) {
			one := image.NewRGBA(img.Rect)
			copy(one.Pix, img.Pix)
			for y := range 360 {
				for x := range 240 {
					img.SetRGBA(x, y, one.RGBAAt(120+x, y))
					img.SetRGBA(240+x, y, second.RGBAAt(120+x, y))
				}
			}
		}), "two_faces"},
		"not pictures": {func() []Shot {
			list := make([]Shot, 20)
			for i := range list {
				list[i].Data = []byte("no picture")
			}
			return list
		}(), "unreadable"},
	} {
		if r := alive(t, order, c.list); r == "" || !strings.Contains(c.want, string(r)) {
			t.Errorf("%s: %q", name, r)
		}
	}
}

func TestTheOrderIsDrawnByLot(t *testing.T) {
	had := map[string]int{}
	for range 600 {
		list, err := draw()
		if err != nil || len(list) != howMany {
			t.Fatal(list, err)
		}
		had[joined(list)]++
		if got := joined(split(joined(list))); got != joined(list) {
			t.Fatal(got)
		}
	}
	if len(had) != 24 {
		t.Errorf("%d orders of 24 came", len(had))
	}
}

func fit(film []facetest.Look, n int) []facetest.Look {
	for len(film) < n {
		film = append(film, facetest.Look{X: 0.001 * float64(len(film))})
	}
	return film[:n]
}

func alsoOrder(p *facetest.Person, order ...Move) []Shot {
	steps, film := asTold(order...)
	return shots(p, steps, film)
}

func reversed(list []Shot) []Shot {
	out := make([]Shot, len(list))
	for i := range list {
		out[len(list)-1-i] = list[i]
	}
	return out
}

func repeated(s Shot, steps []int) []Shot {
	out := make([]Shot, len(steps))
	for i := range steps {
		out[i] = Shot{Step: steps[i], Data: s.Data}
	}
	return out
}
