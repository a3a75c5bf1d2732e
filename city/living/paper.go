package living

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"sync"
)

// paper is what a photographed form looks like from afar, drawn once: a sheet
// with lines of grey text and a red round seal.
var paper = sync.OnceValue(drawPaper)

func drawPaper() []byte {
	const w, h = 420, 594
	img := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{
		color.RGBA{250, 249, 245, 255}, color.RGBA{90, 90, 96, 255}, color.RGBA{200, 40, 40, 255},
	})
	for y := 60; y < 480; y += 28 {
		for x := 48; x < w-48-(y*7)%120; x++ {
			if (x/9+y)%7 != 0 {
				img.SetColorIndex(x, y, 1)
				img.SetColorIndex(x, y+5, 1)
			}
		}
	}
	const cx, cy, radius = 310, 500, 52
	for y := cy - radius; y <= cy+radius; y++ {
		for x := cx - radius; x <= cx+radius; x++ {
			d := (x-cx)*(x-cx) + (y-cy)*(y-cy)
			if d <= radius*radius && d >= (radius-5)*(radius-5) {
				img.SetColorIndex(x, y, 2)
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err) // into memory, of an image made above
	}
	return b.Bytes()
}
