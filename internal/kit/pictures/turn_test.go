package pictures

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"testing"
)

// A photo taken with the camera on its side is shown upright, whatever its
// bytes; a turn is a quarter to the right.
func TestPicturesAreTurned(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 3, 2))
	red := color.RGBA{255, 0, 0, 255}
	img.Set(0, 0, red)
	for orientation, at := range map[int]image.Point{1: {0, 0}, 2: {2, 0}, 3: {2, 1}, 4: {0, 1}, 5: {0, 0}, 6: {1, 0}, 7: {1, 2}, 8: {0, 2}} {
		got := Upright(img, orientation)
		if got.At(at.X, at.Y) != red {
			t.Errorf("orientation %d: the corner is not at %v", orientation, at)
		}
		if wide := got.Bounds().Dx() == 3; wide != (orientation < 5) {
			t.Errorf("orientation %d: %v", orientation, got.Bounds())
		}
	}
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, img, nil); err != nil {
		t.Fatal(err)
	}
	exif := []byte("\xff\xe1\x00\x22Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00")
	turned := append(append([]byte("\xff\xd8"), exif...), plain.Bytes()[2:]...)
	for want, raw := range map[int][]byte{1: plain.Bytes(), 6: turned} {
		if got := orientation(raw); got != want {
			t.Errorf("orientation %d, want %d", got, want)
		}
	}
	for n := range turned { // cut off anywhere
		orientation(turned[:n])
	}
	if b := Shrunk(image.NewGray(image.Rect(0, 0, 1000, 400)), 240).Bounds(); b.Dx() != 240 || b.Dy() != 96 {
		t.Errorf("shrunk to %v", b)
	}
}

// What is no picture, or far too large for one, is refused before it is decoded.
func TestWhatIsNoPicture(t *testing.T) {
	bomb := []byte("GIF89a\xff\xff\xff\xff\x00\x00\x00")
	for _, raw := range [][]byte{nil, []byte("hello"), bomb} {
		if _, err := Read(raw); err == nil {
			t.Errorf("%.10q is a picture", raw)
		}
	}
}
