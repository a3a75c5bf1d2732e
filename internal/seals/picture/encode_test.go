package picture

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"testing"
)

// What is read is what was drawn, in four degrees, however the rows end.
func TestEncodedPicturesAreReadByOthers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, width := range []int{1, 4, 17, 18, 19, 236} {
		alpha := image.NewAlpha(image.Rect(0, 0, width, 9))
		for i := range alpha.Pix {
			alpha.Pix[i] = uint8(r.UintN(256))
		}
		raw, err := encode(alpha)
		if err != nil {
			t.Fatal(err)
		}
		got, err := png.Decode(bytes.NewReader(raw))
		if err != nil || got.Bounds() != alpha.Rect {
			t.Fatalf("%d wide: %v, %v", width, got, err)
		}
		for y := range 9 {
			for x := range width {
				degree := (int(alpha.AlphaAt(x, y).A)*3 + 127) / 255
				want := color.NRGBA{R: 0xD9, G: 0x1A, B: 0x1A, A: uint8(degree * 85)}
				if dot := color.NRGBAModel.Convert(got.(*image.Paletted).At(x, y)); dot != want {
					t.Fatalf("%d wide, dot %d,%d: %v, want %v", width, x, y, dot, want)
				}
			}
		}
	}
}
