package draw

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif"  // pictures of seals come in it
	_ "image/jpeg" // scans
	_ "image/png"  // everything else

	_ "golang.org/x/image/bmp"  // the standard's own first example
	_ "golang.org/x/image/tiff" // scans of fax machines
)

// PictureError says why a picture is not shown.
type PictureError struct{ Reason string }

func (e *PictureError) Error() string { return e.Reason }

// maxPixels bounds a decoded picture: a sheet of A4 scanned at 600 dpi has 35 million.
const maxPixels = 50_000_000

// Decode reads a picture of PNG, JPEG, GIF, BMP or TIFF, whatever it is said to be. All errors are [PictureError].
func Decode(data []byte, format string) (img image.Image, err error) {
	defer func() {
		if r := recover(); r != nil { // decoders of rare formats, files of anybody
			img, err = nil, &PictureError{fmt.Sprintf("a picture (%s) is damaged", format)}
		}
	}()
	c, kind, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, &PictureError{fmt.Sprintf("a picture of format %q cannot be decoded: %v", format, err)}
	}
	if c.Width <= 0 || c.Height <= 0 || c.Width > maxPixels/c.Height {
		return nil, &PictureError{fmt.Sprintf("a picture of %d × %d points is too large", c.Width, c.Height)}
	}
	if img, _, err = image.Decode(bytes.NewReader(data)); err != nil {
		return nil, &PictureError{fmt.Sprintf("a picture (%s) is damaged: %v", kind, err)}
	}
	return img, nil
}

// Kind tells the format of a picture by its bytes: "png", "jpeg" and so on, "" when it is none.
func Kind(data []byte) (kind string, width, height int) {
	c, kind, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || c.Width <= 0 || c.Height <= 0 || c.Width > maxPixels/c.Height {
		return "", 0, 0
	}
	return kind, c.Width, c.Height
}
