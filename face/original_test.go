package face_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"yimen/face"
	"yimen/face/samples"
	"yimen/face/weights"
)

var dump = flag.String("dump", "", "a folder into which the portraits are written for testdata/golden.mjs")

// model is loaded once for all tests.
var model = func() *face.Model {
	m, err := face.Load(weights.FS)
	if err != nil {
		panic(err)
	}
	return m
}()

func portrait(t testing.TB, name string) *face.Picture {
	t.Helper()
	p, err := face.Decode(samples.Portrait(name), 0)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// one gives the only face of a picture.
func one(t testing.TB, p *face.Picture) face.Face {
	t.Helper()
	faces, err := model.Detect(context.Background(), p, 0)
	if err != nil || len(faces) != 1 {
		t.Fatalf("%d faces, %v", len(faces), err)
	}
	return faces[0]
}

// What the original implementation says about the portraits (testdata/golden.mjs wrote it down) is what this one says.
func TestOriginal(t *testing.T) {
	if *dump != "" {
		writePPM(t, *dump)
	}
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden map[string]struct {
		Score     float64
		Box       [4]float64
		Points    [68][2]float64
		Embedding face.Embedding
	}
	if err := json.Unmarshal(data, &golden); err != nil || len(golden) != len(samples.Names) {
		t.Fatalf("%d portraits in the golden file, %v", len(golden), err)
	}
	for _, name := range samples.Names {
		want, p := golden[name], portrait(t, name)
		f := one(t, p)
		for i, v := range []float64{f.Box.X, f.Box.Y, f.Box.W, f.Box.H} {
			if math.Abs(v-want.Box[i]) > 0.01 {
				t.Errorf("%s: box %v, originally %v", name, f.Box, want.Box)
				break
			}
		}
		if math.Abs(f.Score-want.Score) > 1e-4 {
			t.Errorf("%s: score %f, originally %f", name, f.Score, want.Score)
		}
		for i, q := range f.Landmarks {
			if math.Hypot(q.X-want.Points[i][0], q.Y-want.Points[i][1]) > 0.02 {
				t.Errorf("%s: point %d at %v, originally %v", name, i, q, want.Points[i])
			}
		}
		e, err := model.Embed(context.Background(), p, f)
		if err != nil {
			t.Fatal(err)
		}
		if d := face.Distance(e, want.Embedding); d > 1e-3 {
			t.Errorf("%s: the embedding lies %f from the original", name, d)
		}
	}
}

func writePPM(t *testing.T, dir string) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range samples.Names {
		img := portrait(t, name).Image()
		data := fmt.Appendf(nil, "P6\n%d %d\n255\n", img.Rect.Dx(), img.Rect.Dy())
		for i := 0; i < len(img.Pix); i += 4 {
			data = append(data, img.Pix[i:i+3]...)
		}
		if err := os.WriteFile(filepath.Join(dir, name+".ppm"), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
