package pictures

import (
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
)

// Shrunk is the picture at most side wide and high, each point the mean of
// those it stands for.
func Shrunk(img image.Image, side int) image.Image {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	if w <= side && h <= side {
		return img
	}
	nw, nh := side, max(1, h*side/w)
	if h > w {
		nw, nh = max(1, w*side/h), side
	}
	out := image.NewRGBA(image.Rect(0, 0, nw, nh))
	for y := range nh {
		for x := range nw {
			out.Set(x, y, mean(img, image.Rect(b.Min.X+x*w/nw, b.Min.Y+y*h/nh, b.Min.X+(x+1)*w/nw, b.Min.Y+(y+1)*h/nh)))
		}
	}
	return out
}

// mean looks at no more than 8 × 8 points of a field: enough for a thumbnail,
// and the cost does not grow with the photo.
func mean(img image.Image, field image.Rectangle) color.Color {
	stepX, stepY := max(1, field.Dx()/8), max(1, field.Dy()/8)
	var r, g, b, n uint64
	for y := field.Min.Y; y < max(field.Max.Y, field.Min.Y+1); y += stepY {
		for x := field.Min.X; x < max(field.Max.X, field.Min.X+1); x += stepX {
			cr, cg, cb, _ := img.At(x, y).RGBA()
			r, g, b, n = r+uint64(cr), g+uint64(cg), b+uint64(cb), n+1
		}
	}
	return color.RGBA{uint8(r / n >> 8), uint8(g / n >> 8), uint8(b / n >> 8), 255}
}

// Upright turns a picture by its EXIF orientation, 1 to 8; 6 is a quarter turn
// to the right.
func Upright(img image.Image, orientation int) image.Image {
	if orientation < 2 || orientation > 8 {
		return img
	}
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	src := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(src, src.Bounds(), img, b.Min, draw.Src)
	ow, oh := w, h
	if orientation >= 5 {
		ow, oh = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, ow, oh))
	for y := range h {
		for x := range w {
			nx, ny := x, y
			switch orientation {
			case 2:
				nx = w - 1 - x
			case 3:
				nx, ny = w-1-x, h-1-y
			case 4:
				ny = h - 1 - y
			case 5:
				nx, ny = y, x
			case 6:
				nx, ny = h-1-y, x
			case 7:
				nx, ny = h-1-y, w-1-x
			case 8:
				nx, ny = y, w-1-x
			}
			out.SetRGBA(nx, ny, src.RGBAAt(x, y))
		}
	}
	return out
}

// orientation reads how the camera was held from the EXIF part of a JPEG; 1,
// upright, when it does not say.
func orientation(raw []byte) int {
	if len(raw) < 4 || raw[0] != 0xff || raw[1] != 0xd8 {
		return 1
	}
	for at := 2; at+4 <= len(raw) && raw[at] == 0xff; {
		marker, size := raw[at+1], int(binary.BigEndian.Uint16(raw[at+2:]))
		if size < 2 || at+2+size > len(raw) || marker == 0xda {
			return 1
		}
		body := raw[at+4 : at+2+size]
		if marker == 0xe1 && len(body) > 14 && string(body[:6]) == "Exif\x00\x00" {
			return tiffOrientation(body[6:])
		}
		at += 2 + size
	}
	return 1
}

// tiffOrientation finds tag 0x0112 in the first directory.
func tiffOrientation(t []byte) int {
	var order binary.ByteOrder = binary.BigEndian
	if string(t[:2]) == "II" {
		order = binary.LittleEndian
	}
	start := int(order.Uint32(t[4:]))
	if start < 8 || start+2 > len(t) {
		return 1
	}
	for i := range int(order.Uint16(t[start:])) {
		entry := start + 2 + 12*i
		if entry+12 > len(t) {
			return 1
		}
		if order.Uint16(t[entry:]) == 0x0112 {
			if v := int(order.Uint16(t[entry+8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
	}
	return 1
}
