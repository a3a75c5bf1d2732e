package licences

import (
	"bytes"
	"cmp"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"yimen/internal/kit/errs"
	"yimen/internal/kit/pictures"
	"yimen/ofd"
)

// kindPicture is a field that is a picture (照片、图片), and an element that shows
// one. What the field holds is the id of a file of ours in the file store: who
// issues gives the picture itself, and no text can stand for it.
const kindPicture = "picture"

// Bounds of pictures.
const (
	maxPictureFile = 8 << 20
	keptSide       = 1200 // points of a stored picture, at most
	pictureDPI     = 300  // of one on a page
	pictureQuality = 85
)

// Errors of pictures.
var ErrPicture = errs.Define(errs.Invalid, "licence_picture", "图片用不了，没有制证，请换一张清楚的JPG或PNG图片。")

// shots are pictures by the names of their fields, as JPEG.
type shots map[string][]byte

// asPicture reads what somebody sent as a picture: upright, on white, no larger
// than is kept, without what the camera noted. Errors: ErrPicture.
func asPicture(label string, raw []byte) ([]byte, error) {
	if len(raw) > maxPictureFile {
		return nil, ErrPicture.Say("“%s”的图片太大，请换成%dMB以内的。", label, maxPictureFile>>20)
	}
	img, err := pictures.Read(raw)
	if err != nil {
		return nil, ErrPicture.Because(err).Say("“%s”不是能用的图片，请换成JPG或PNG图片（PDF、Word文件不行，不超过4000万像素）。", label)
	}
	return jpegOf(pictures.Shrunk(img, keptSide))
}

func jpegOf(img image.Image) ([]byte, error) {
	b := img.Bounds()
	flat := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(flat, flat.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(flat, flat.Bounds(), img, b.Min, draw.Over)
	var out bytes.Buffer
	err := jpeg.Encode(&out, flat, &jpeg.Options{Quality: pictureQuality})
	return out.Bytes(), wrap("write picture", err)
}

// readPictures takes the pictures of a type from what was given by name or by
// label; must says whether those that a licence needs have to be there.
func (t Type) readPictures(given map[string][]byte, must bool) (shots, error) {
	var bad errs.Fields
	list := shots{}
	for _, f := range t.Fields {
		if f.Kind != kindPicture {
			continue
		}
		raw := given[f.Name]
		if raw == nil {
			raw = given[f.Label]
		}
		if len(raw) == 0 {
			if f.Required && must {
				bad.Add(f.Name, "请上传%s。", f.Label)
			}
			continue
		}
		p, err := asPicture(f.Label, raw)
		if err != nil {
			bad.Add(f.Name, "%s", errs.From(err).Message)
			continue
		}
		list[f.Name] = p
	}
	return list, bad.Err()
}

// missPictures says which pictures a next version needs that neither it nor the
// one before has.
func (t Type) missPictures(l Licence, bad *errs.Fields) {
	for _, f := range t.Fields {
		if f.Kind == kindPicture && f.Required && l.Fields[f.Name] == "" && l.pictures[f.Name] == nil {
			bad.Add("fields."+f.Name, "请上传%s。", f.Label)
		}
	}
}

// keepPictures stores the pictures that a licence came with, and notes them in
// its fields: in the transaction that stores it.
func (m *Module) keepPictures(ctx context.Context, l *Licence) error {
	if len(l.pictures) == 0 {
		return nil
	}
	if m.Files == nil {
		return ErrNotSealed
	}
	l.Fields = maps.Clone(l.Fields)
	for _, name := range slices.Sorted(maps.Keys(l.pictures)) {
		f, err := m.keep(ctx, l.TypeName+" "+name+".jpg", l.pictures[name])
		if err != nil {
			return err
		}
		l.Fields[name] = f.ID
	}
	return nil
}

// picturesOf are the pictures that a licence shows.
func (m *Module) picturesOf(ctx context.Context, t Type, l Licence) (shots, error) {
	list := maps.Clone(l.pictures)
	for _, f := range t.Fields {
		id := l.Fields[f.Name]
		if f.Kind != kindPicture || id == "" || list[f.Name] != nil {
			continue
		}
		raw, err := m.read(ctx, id)
		if err != nil {
			return nil, err
		}
		if list == nil {
			list = shots{}
		}
		list[f.Name] = raw
	}
	return list, nil
}

// withoutPictures are the texts among fields.
func (t Type) withoutPictures(fields map[string]string) map[string]string {
	texts := maps.Clone(fields)
	for _, f := range t.Fields {
		if f.Kind == kindPicture {
			delete(texts, f.Name)
		}
	}
	return texts
}

// grantedPictures reads the pictures that a case came with. What is no picture
// is refused by its field when the licence is checked.
func (m *Module) grantedPictures(ctx context.Context, t Type, g Grant) (map[string][]byte, error) {
	list := map[string][]byte{}
	for _, f := range t.Fields {
		if f.Kind != kindPicture {
			continue
		}
		for source := range strings.SplitSeq(cmp.Or(f.From, "{"+f.Label+"}"), "|") {
			id := g.Files[strings.Trim(strings.TrimSpace(source), "{}")]
			if id == "" || m.Files == nil {
				continue
			}
			r, _, err := m.Files.Open(ctx, id)
			if err != nil {
				return nil, err
			}
			raw, err := io.ReadAll(io.LimitReader(r, maxPictureFile+1))
			_ = r.Close()
			if err != nil {
				return nil, wrap("read picture of case", err)
			}
			list[f.Name] = raw
			break
		}
	}
	return list, nil
}

// picture draws a picture into its element: whole, in the middle, as fine as is
// printed. A licence without it leaves the place empty.
func (d *drawing) picture(e Element) error {
	name := e.names()[0]
	raw := d.pictures[strings.TrimPrefix(d.meta[name], "KZ_")]
	if raw == nil {
		return nil
	}
	img, err := pictures.Read(raw)
	if err != nil {
		return ErrPicture.Because(err).Say("“%s”的图片打不开，没有制证，请重新上传。", name)
	}
	b := img.Bounds()
	scale := min(e.W/float64(b.Dx()), e.H/float64(b.Dy()))
	at := ofd.Box{W: scale * float64(b.Dx()), H: scale * float64(b.Dy())}
	at.X, at.Y = e.X+(e.W-at.W)/2, e.Y+(e.H-at.H)/2
	if side := int(max(at.W, at.H) / 25.4 * pictureDPI); side < max(b.Dx(), b.Dy()) {
		if raw, err = jpegOf(pictures.Shrunk(img, max(1, side))); err != nil {
			return err
		}
	}
	d.doc.Pictures = append(d.doc.Pictures, ofd.Picture{ID: ofd.ID(len(d.doc.Pictures) + 1), Format: "JPEG", Data: raw})
	shown := ofd.NewImage(d.doc.Pictures[len(d.doc.Pictures)-1].ID, at)
	d.add(shown)
	d.said[d.meta[name]] = append(d.said[d.meta[name]], shown)
	return nil
}

// samplePicture stands for a picture in previews: a head and shoulders.
var samplePicture = sync.OnceValue(func() []byte {
	const w, h = 260, 320
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{224, 231, 238, 255}
			head := (x-w/2)*(x-w/2)*10+(y-125)*(y-125)*7 < 60*60*9
			body := (x-w/2)*(x-w/2)*5+(y-h)*(y-h)*6 < 120*120*5
			if head || body {
				c = color.RGBA{148, 163, 180, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	raw, err := jpegOf(img)
	if err != nil {
		panic(err) // it is ours
	}
	return raw
})
