package pdf

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"

	"yimen/ofd/internal/draw"
)

// Pictures that come again are packed once; what is kept of them is bounded, and
// large ones are not kept.
func TestPicturesAreKeptWithinBounds(t *testing.T) {
	of := func(n uint8, side int) draw.Picture {
		img := image.NewNRGBA(image.Rect(0, 0, side, side))
		img.SetNRGBA(0, 0, color.NRGBA{n, 1, 2, 200})
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		return draw.Picture{Format: "PNG", Data: b.Bytes()}
	}
	for n := range uint8(100) {
		first, err := pointsOf(of(n, 8))
		if err != nil {
			t.Fatal(err)
		}
		again, err := pointsOf(of(n, 8))
		if err != nil || first.width != 8 || &again.colours[0] != &first.colours[0] || again.opacity == nil {
			t.Fatalf("%d: packed again: %v", n, err)
		}
	}
	if len(kept.of) != keptPictures || len(kept.order) != keptPictures {
		t.Errorf("%d and %d are kept, of %d at most", len(kept.of), len(kept.order), keptPictures)
	}
	if _, err := pointsOf(draw.Picture{Format: "PNG", Data: make([]byte, 100)}); err == nil {
		t.Error("what is no picture was packed")
	}
}
