package pdf

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"sync"

	"yimen/ofd/internal/draw"
)

// Picture lays an image on the page. Its first line is at the top, where PDF has the last.
func (w *writer) Picture(p draw.Picture) error {
	if err := w.room(); err != nil {
		return err
	}
	if len(p.Data) == 0 {
		return &draw.PictureError{Reason: "a picture is empty"}
	}
	index, ok := w.pictures[&p.Data[0]]
	if !ok || len(p.Mask) > 0 {
		n, err := w.image(p)
		if err != nil {
			return err
		}
		index = len(w.images)
		w.images = append(w.images, n)
		w.pictures[&p.Data[0]] = index
	}
	m := p.M
	w.put("q ")
	if p.Alpha < 1 {
		w.put("/G%d gs ", w.state(fmt.Sprintf("/ca %s /CA %s", num(p.Alpha), num(p.Alpha))))
	}
	w.put("%s cm 1 0 0 -1 0 1 cm /I%d Do Q\n", nums(m[:]...), index)
	return nil
}

// image embeds a picture: JPEG as it is when PDF knows its colours, all else as points.
func (w *writer) image(p draw.Picture) (int, error) {
	kind, width, height := draw.Kind(p.Data)
	if kind == "jpeg" && len(p.Mask) == 0 {
		if c, err := jpeg.DecodeConfig(bytes.NewReader(p.Data)); err == nil {
			space := map[color.Model]string{color.YCbCrModel: "DeviceRGB", color.GrayModel: "DeviceGray"}[c.ColorModel]
			if space != "" {
				n := w.file.reserve()
				w.file.stream(n, fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /%s /BitsPerComponent 8 /Filter /DCTDecode",
					width, height, space), p.Data, false)
				return n, nil
			}
		}
	}
	x, err := pointsOf(p)
	if err != nil {
		return 0, err
	}
	dict := fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8", x.width, x.height)
	n := w.file.reserve()
	extra := ""
	if x.opacity != nil {
		soft := w.file.reserve()
		w.file.stream(soft, dict+" /ColorSpace /DeviceGray"+deflate, x.opacity, false)
		extra = fmt.Sprintf(" /SMask %d 0 R", soft)
	}
	w.file.stream(n, dict+" /ColorSpace /DeviceRGB"+extra+deflate, x.colours, false)
	return n, nil
}

// points are the colours of a picture, and its opacity where there is any, both
// deflated.
type points struct {
	width, height    int
	colours, opacity []byte // opacity nil: solid
}

// Bounds of what is kept of pictures that come again, as seals do: on every
// document of an organ the same.
const (
	keptPictures = 64
	keptBytes    = 128 << 10 // of a picture, and of its points
)

var kept = struct {
	sync.Mutex
	of    map[[sha256.Size]byte]points
	order [][sha256.Size]byte // the oldest first
}{of: map[[sha256.Size]byte]points{}}

// pointsOf decodes and packs a picture, or finds it among those that came before.
func pointsOf(p draw.Picture) (points, error) {
	if len(p.Data)+len(p.Mask) > keptBytes {
		return packPoints(p)
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s %d ", p.Format, len(p.Data))
	h.Write(p.Data)
	h.Write(p.Mask)
	key := [sha256.Size]byte(h.Sum(nil))
	kept.Lock()
	x, ok := kept.of[key]
	kept.Unlock()
	if ok {
		return x, nil
	}
	x, err := packPoints(p)
	if err != nil || len(x.colours)+len(x.opacity) > keptBytes {
		return x, err
	}
	kept.Lock()
	defer kept.Unlock()
	if _, ok := kept.of[key]; !ok {
		kept.of[key], kept.order = x, append(kept.order, key)
		if len(kept.order) > keptPictures {
			delete(kept.of, kept.order[0])
			kept.order = kept.order[1:]
		}
	}
	return x, nil
}

func packPoints(p draw.Picture) (points, error) {
	img, err := draw.Decode(p.Data, p.Format)
	if err != nil {
		return points{}, err
	}
	var mask image.Image
	if len(p.Mask) > 0 {
		if mask, err = draw.Decode(p.Mask, "mask"); err != nil {
			return points{}, err
		}
	}
	b := img.Bounds()
	colours := make([]byte, 0, 3*b.Dx()*b.Dy())
	opacity := make([]byte, 0, b.Dx()*b.Dy())
	solid := true
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
			if mask != nil {
				mb := mask.Bounds()
				g := color.GrayModel.Convert(mask.At(mb.Min.X+(x-b.Min.X)*mb.Dx()/b.Dx(), mb.Min.Y+(y-b.Min.Y)*mb.Dy()/b.Dy())).(color.Gray)
				c.A = uint8(int(c.A) * int(g.Y) / 255)
			}
			colours = append(colours, c.R, c.G, c.B)
			opacity = append(opacity, c.A)
			solid = solid && c.A == 255
		}
	}
	x := points{width: b.Dx(), height: b.Dy(), colours: deflated(colours)}
	if !solid {
		x.opacity = deflated(opacity)
	}
	return x, nil
}
