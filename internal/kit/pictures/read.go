// Package pictures reads the photographs that people send: within bounds, the right way up, small.
package pictures

import (
	"bytes"
	"image"
	_ "image/gif" // what telephones and scanners write
	_ "image/jpeg"
	_ "image/png"
)

// maxPoints bounds what is decoded: a photo of 40 million points is more than any telephone of today takes, and a bomb of zeros
// is refused by its header.
const maxPoints = 40_000_000

// Read decodes a JPEG, PNG or GIF and turns it as its camera says it was held. What is no picture, or more than 40 million
// points, is [image.ErrFormat] or the error of its decoder.
func Read(raw []byte) (image.Image, error) {
	c, _, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	if c.Width <= 0 || c.Height <= 0 || c.Width > maxPoints/c.Height {
		return nil, image.ErrFormat
	}
	img, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	return Upright(img, orientation(raw)), nil
}
