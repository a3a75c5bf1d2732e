package pdf

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"yimen/ofd"
	"yimen/ofd/ses"
)

// Signature is how a file is signed: ETSI.CAdES.detached with P-256 and SHA-256, as a certification that allows no change (DocMDP, P 1).
type Signature struct {
	By     ses.Signer
	Chain  []*smx509.Certificate // between the signer's certificate and its root
	Name   string                // whose document it is
	Reason string
	Place  string
	At     time.Time
	Shows  string // SM3 of the OFD file of the same pages, hexadecimal; "" none
}

// beijing is the zone in which the time of signing is written.
var beijing = time.FixedZone("UTC+8", 8*3600)

// field is the field of a signature, with its place on a page. The zero value is none.
type field struct {
	*Signature
	file                       *file
	page                       int // from 0
	at                         ofd.Box
	widget, dictionary, nobody int // objects; nobody: what the field looks like, for the seal below it is already drawn
}

// field chooses the place: the first whole seal of the last page that bears one. Without a seal it is not seen.
func (w *writer) field(o Options) *field {
	f := &field{Signature: o.Sign, file: w.file}
	if o.Sign == nil {
		return f
	}
	for page, stamps := range o.Stamps {
		for _, s := range stamps {
			if s.Clip == nil && (f.at.W == 0 || page > f.page) {
				f.page, f.at = page, s.Box
			}
		}
	}
	f.widget, f.dictionary, f.nobody = w.file.reserve(), w.file.reserve(), w.file.reserve()
	return f
}

// on puts the field on its page, and gives what the page says of it.
func (f *field) on(i, page int, sheet ofd.Box) string {
	if f.Signature == nil || i != f.page {
		return ""
	}
	x, y := (f.at.X-sheet.X)*point, (sheet.Y+sheet.H-f.at.Y-f.at.H)*point
	w, h := f.at.W*point, f.at.H*point
	rect := nums(x, y, x+w, y+h)
	if f.at.W == 0 {
		rect = "0 0 0 0"
	}
	f.file.stream(f.nobody, fmt.Sprintf("/Type /XObject /Subtype /Form /BBox [0 0 %s]", nums(w, h)), nil, false)
	f.file.set(f.widget, "<< /Type /Annot /Subtype /Widget /FT /Sig /T %s /V %d 0 R /P %d 0 R /F 132 /Rect [%s] /AP << /N %d 0 R >> >>",
		text("电子签名"), f.dictionary, page, rect, f.nobody)
	f.file.set(f.dictionary, "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /ByteRange %s /Contents <%0*d> /M (D:%s+08'00') /Name %s /Reason %s /Location %s /%s (%s) "+
		"/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type /TransformParams /P 1 /V /1.2 >> >>] >>",
		ranges(0, 0, 0), 2*ses.RoomDetached(f.By, f.Chain...), 0, f.At.In(beijing).Format("20060102150405"), text(f.Name), text(f.Reason), text(f.Place), ses.KeyShows, f.Shows)
	return fmt.Sprintf(" /Annots [%d 0 R]", f.widget)
}

// form is what the catalogue says of the field.
func (f *field) form() string {
	if f.Signature == nil {
		return ""
	}
	return fmt.Sprintf(" /AcroForm << /Fields [%d 0 R] /SigFlags 3 >> /Perms << /DocMDP %d 0 R >>", f.widget, f.dictionary)
}

// ranges says which bytes are signed, always as wide.
func ranges(before, from, length int) string {
	return fmt.Sprintf("[0 %10d %10d %10d]", before, from, length)
}

var errNoRoom = errors.New("pdf: the signature is larger than the room left for it")

// sign signs the file where it stands.
func (f *field) sign(file []byte) error {
	if f.Signature == nil {
		return nil
	}
	at := bytes.Index(file, fmt.Appendf(nil, "\n%d 0 obj\n<< /Type /Sig ", f.dictionary))
	if at < 0 {
		return errors.New("pdf: the page of the signature was not written")
	}
	covers := at + bytes.Index(file[at:], []byte("[0 "))
	from := at + bytes.Index(file[at:], []byte("/Contents <")) + len("/Contents ")
	upto := from + bytes.IndexByte(file[from:], '>') + 1
	copy(file[covers:], ranges(from, upto, len(file)-upto))
	h := sha256.New()
	_, _ = h.Write(file[:from]) // never fails
	_, _ = h.Write(file[upto:])
	value, err := ses.SignDetached(h.Sum(nil), f.By, f.Chain...)
	if err != nil {
		return err
	}
	digits := fmt.Appendf(nil, "%X", value)
	if len(digits) > upto-from-2 {
		return errNoRoom
	}
	copy(file[from+1:], digits)
	return nil
}
