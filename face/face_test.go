package face_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"sync"
	"testing"
	"testing/fstest"

	"yimen/face"
	"yimen/face/facetest"
	"yimen/face/samples"
)

var bg = context.Background()

func film(t testing.TB, name string) *facetest.Person {
	t.Helper()
	p, err := facetest.New(model, samples.Portrait(name))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// shot is the face in one moment of a film, packed and unpacked as a camera's.
func shot(t testing.TB, p *facetest.Person, l facetest.Look) (*face.Picture, face.Face) {
	t.Helper()
	pic, err := face.Decode(facetest.JPEG(p.Frame(l, 480, 360)), 0)
	if err != nil {
		t.Fatal(err)
	}
	return pic, one(t, pic)
}

func embed(t testing.TB, p *face.Picture, f face.Face) face.Embedding {
	t.Helper()
	e, err := model.Embed(bg, p, f)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// One person in other light, size and place stays near; another lies further.
func TestOnePersonIsNearerThanAnother(t *testing.T) {
	var all []face.Embedding
	for _, name := range samples.Names {
		p := portrait(t, name)
		all = append(all, embed(t, p, one(t, p)))
	}
	for i, name := range samples.Names {
		other, f := shot(t, film(t, name), facetest.Look{Scale: 0.9, X: 0.06})
		e := embed(t, other, f)
		for j := range all {
			switch d := face.Distance(e, all[j]); {
			case i == j && d > 0.4:
				t.Errorf("%s lies %.3f from itself", name, d)
			case i != j && d < 0.45:
				t.Errorf("%s lies %.3f from %s", name, d, samples.Names[j])
			}
		}
	}
}

func TestPoseFollowsTheHead(t *testing.T) {
	for _, name := range []string{"a", "e", "f"} {
		p := film(t, name)
		_, straight := shot(t, p, facetest.Look{})
		for _, c := range []struct {
			look       facetest.Look
			yaw, pitch float64 // signs
		}{{facetest.Look{Yaw: 25}, 1, 0}, {facetest.Look{Yaw: -25}, -1, 0}, {facetest.Look{Pitch: -20}, 0, -1}} {
			_, f := shot(t, p, c.look)
			yaw, pitch := f.Pose.Yaw-straight.Pose.Yaw, f.Pose.Pitch-straight.Pose.Pitch
			relief := face.ReliefOf(straight, f)
			if c.yaw != 0 && (c.yaw*yaw < 9 || c.yaw*relief.Side < 0.25) {
				t.Errorf("%s at %+v: yaw changed by %.1f, relief %.2f", name, c.look, yaw, relief)
			}
			if c.pitch != 0 && (c.pitch*pitch < 9 || c.pitch*relief.Up < 0.19) {
				t.Errorf("%s at %+v: pitch changed by %.1f, relief %.2f", name, c.look, pitch, relief)
			}
		}
	}
}

// A sheet of paper has no relief, whatever is done with it.
func TestASheetHasNoRelief(t *testing.T) {
	for _, name := range []string{"a", "e"} {
		p := film(t, name)
		_, straight := shot(t, p, facetest.Look{})
		for _, l := range []facetest.Look{{Yaw: 35, Flat: true}, {Yaw: -40, Flat: true}, {X: 0.1, Scale: 0.8}, {Pitch: 25, Flat: true}} {
			_, f := shot(t, p, l)
			if r := face.ReliefOf(straight, f); math.Abs(r.Side) > 0.2 || math.Abs(r.Up) > 0.17 {
				t.Errorf("%s as a sheet at %+v: relief %.2f", name, l, r)
			}
		}
	}
}

func TestClosedEyesAreSeen(t *testing.T) {
	for _, name := range []string{"a", "b", "d"} {
		p := film(t, name)
		_, open := shot(t, p, facetest.Look{})
		_, still := shot(t, p, facetest.Look{X: 0.02})
		_, closed := shot(t, p, facetest.Look{Closed: true})
		if r := closed.Eyes.Seen() / open.Eyes.Seen(); r > 0.65 {
			t.Errorf("%s: closed eyes show %.2f of the iris", name, r)
		}
		if r := still.Eyes.Seen() / open.Eyes.Seen(); r < 0.7 {
			t.Errorf("%s: open eyes show %.2f of the iris", name, r)
		}
	}
}

func TestQualityFallsInTheDarkAndOutOfFocus(t *testing.T) {
	img := portrait(t, "a").Image()
	f := one(t, portrait(t, "a"))
	if f.Quality.Brightness < 60 || f.Quality.Sharpness < 60 {
		t.Fatalf("a good picture: %+v", f.Quality)
	}
	dark, blurred := image.NewRGBA(img.Rect), image.NewRGBA(img.Rect)
	for y := range 400 {
		for x := range 400 {
			c := img.RGBAAt(x, y)
			dark.SetRGBA(x, y, color.RGBA{c.R / 5, c.G / 5, c.B / 5, 255})
			var sum [3]int
			n := 0
			for j := max(y-5, 0); j <= min(y+5, 399); j++ {
				for i := max(x-5, 0); i <= min(x+5, 399); i++ {
					c := img.RGBAAt(i, j)
					sum[0], sum[1], sum[2], n = sum[0]+int(c.R), sum[1]+int(c.G), sum[2]+int(c.B), n+1
				}
			}
			blurred.SetRGBA(x, y, color.RGBA{uint8(sum[0] / n), uint8(sum[1] / n), uint8(sum[2] / n), 255})
		}
	}
	for name, c := range map[string]struct {
		img *image.RGBA
		bad func(face.Quality) bool
	}{"dark": {dark, func(q face.Quality) bool { return q.Brightness < 40 }}, "blurred": {blurred, func(q face.Quality) bool { return q.Sharpness < 30 }}} {
		p, err := face.NewPicture(c.img)
		if err != nil {
			t.Fatal(err)
		}
		faces, err := model.Detect(bg, p, 0)
		if err != nil {
			t.Fatal(err)
		}
		if len(faces) > 0 && !c.bad(faces[0].Quality) {
			t.Errorf("%s: %+v", name, faces[0].Quality)
		}
	}
}

func TestNoFaceAndTwo(t *testing.T) {
	empty, err := face.NewPicture(image.NewGray(image.Rect(0, 0, 300, 200)))
	if err != nil {
		t.Fatal(err)
	}
	if faces, err := model.Detect(bg, empty, 0); err != nil || len(faces) != 0 {
		t.Fatalf("an empty picture has %d faces, %v", len(faces), err)
	}
	two := image.NewRGBA(image.Rect(0, 0, 800, 400))
	for i, name := range []string{"a", "d"} {
		img := portrait(t, name).Image()
		for y := range 400 {
			copy(two.Pix[two.PixOffset(i*400, y):], img.Pix[img.PixOffset(0, y):img.PixOffset(0, y)+1600])
		}
	}
	p, err := face.NewPicture(two)
	if err != nil {
		t.Fatal(err)
	}
	if faces, err := model.Detect(bg, p, 0); err != nil || len(faces) != 2 {
		t.Fatalf("two people are %d faces, %v", len(faces), err)
	}
}

// What is handed in to do harm is refused before it is unpacked.
func TestHostilePictures(t *testing.T) {
	var small bytes.Buffer
	if err := png.Encode(&small, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	bomb := bytes.Clone(small.Bytes())
	binary.BigEndian.PutUint32(bomb[16:], 60000)
	binary.BigEndian.PutUint32(bomb[20:], 60000)
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	if _, err := face.Decode(bomb, 0); !errors.Is(err, face.ErrTooLarge) {
		t.Errorf("a picture that claims 60,000 × 60,000: %v", err)
	}
	if n := testing.AllocsPerRun(1, func() { _, _ = face.Decode(bomb, 0) }); n > 1000 {
		t.Errorf("%v allocations", n)
	}
	var wide bytes.Buffer
	if err := jpeg.Encode(&wide, image.NewGray(image.Rect(0, 0, 641, 2)), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := face.Decode(wide.Bytes(), 640); !errors.Is(err, face.ErrTooLarge) {
		t.Errorf("wider than allowed: %v", err)
	}
	good := samples.Portrait("a")
	for name, data := range map[string][]byte{"nothing": nil, "text": []byte("GIF89a no"), "cut short": good[:200], "cut in its data": good[:2000]} {
		if _, err := face.Decode(data, 0); !errors.Is(err, face.ErrPicture) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := face.NewPicture(image.NewGray(image.Rect(0, 0, 0, 5))); !errors.Is(err, face.ErrPicture) {
		t.Errorf("empty: %v", err)
	}
}

func TestManyAtOnce(t *testing.T) {
	p := portrait(t, "a")
	f := one(t, p)
	want := embed(t, p, f)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			e, err := model.Embed(bg, p, f)
			if err != nil && !errors.Is(err, face.ErrBusy) {
				t.Error(err)
			}
			if err == nil && face.Distance(e, want) > 1e-5 {
				t.Error("another answer when others are at work")
			}
		})
	}
	group.Wait()
	ended, cancel := context.WithCancel(bg)
	cancel()
	for range 100 { // whichever of the two is noticed first, it must not hang
		if _, err := model.Detect(ended, p, 64); err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
}

func TestDamagedWeightsAreRefused(t *testing.T) {
	if _, err := face.Load(fstest.MapFS{}); err == nil {
		t.Error("no weights")
	}
	manifest := []byte(`[{"weights":[{"name":"a","shape":[100],"dtype":"float32","quantization":{"dtype":"uint8","scale":1,"min":0}}],"paths":["x.bin"]}]`)
	if _, err := face.Load(fstest.MapFS{
		"tiny_face_detector_model-weights_manifest.json": {Data: manifest}, "x.bin": {Data: make([]byte, 50)},
	}); err == nil {
		t.Error("weights cut short")
	}
}

func BenchmarkCompare(b *testing.B) {
	p, _ := shot(b, film(b, "a"), facetest.Look{})
	want := embed(b, p, one(b, p))
	b.ResetTimer()
	for range b.N {
		if d := face.Distance(want, embed(b, p, one(b, p))); d > 1e-3 {
			b.Fatal(d)
		}
	}
}
