package ses

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/emmansun/gmsm/smx509"
	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// A SealDesign is what a seal is to be made of.
type SealDesign struct {
	Version int    // V4, or V5; 0 is V4
	Vendor  string // who made the software, ASCII
	ID      string // unique with the maker, ASCII
	Type    int    // 0 is 3, which other makers' seals of organs have
	Name    string
	// Signers are who may use it. DigestsOnly lists digests of their
	// certificates instead of the certificates, which keeps a seal of many
	// signers small.
	Signers     []*smx509.Certificate
	DigestsOnly bool
	Created     time.Time
	Start, End  time.Time
	Picture     Picture
	Extensions  []Extension
}

// formats of pictures that viewers show.
var formats = []string{"PNG", "JPG", "BMP", "GIF", "SVG", "OFD"}

// check says what is missing before anything is signed.
func (d *SealDesign) check() error {
	switch {
	case d.Version != V4 && d.Version != V5:
		return fmt.Errorf("ses: seals of version %d are not made", d.Version)
	case d.ID == "" || !ascii(d.ID) || !ascii(d.Vendor):
		return errors.New("ses: a seal needs an identifier; it and the vendor are ASCII")
	case d.Name == "":
		return errors.New("ses: a seal needs a name")
	case len(d.Signers) == 0:
		return errors.New("ses: a seal needs at least one signer")
	case d.Created.IsZero() || d.Start.IsZero() || !d.End.After(d.Start):
		return errors.New("ses: a seal needs a day it was made and a span in which it may be used")
	case len(d.Picture.Data) == 0 || d.Picture.Width <= 0 || d.Picture.Height <= 0:
		return errors.New("ses: a seal needs a picture and its size in millimetres")
	}
	for _, f := range formats {
		if strings.EqualFold(f, d.Picture.Format) {
			return nil
		}
	}
	return fmt.Errorf("ses: a picture of format %q is none that viewers show: %s", d.Picture.Format, strings.Join(formats, ", "))
}

func ascii(s string) bool {
	for _, c := range []byte(s) {
		if c < 0x20 || c > 0x7e {
			return false
		}
	}
	return true
}

// MakeSeal makes a seal and signs it as its maker (制章者).
func MakeSeal(d SealDesign, maker Signer) (*Seal, error) {
	if d.Version == 0 {
		d.Version = V4
	}
	if d.Type == 0 {
		d.Type = 3
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	info, err := marshal("seal", func(b *cryptobyte.Builder) { sequence(b, d.add) })
	if err != nil {
		return nil, err
	}
	value, err := maker.sign(info)
	if err != nil {
		return nil, err
	}
	der, err := marshal("seal", func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) {
			b.AddBytes(info)
			b.AddASN1OctetString(maker.Certificate.Raw)
			addOID(b, oidSM2SM3)
			b.AddASN1BitString(value)
		})
	})
	if err != nil {
		return nil, err
	}
	return ParseSeal(der)
}

func (d *SealDesign) add(b *cryptobyte.Builder) {
	sequence(b, func(b *cryptobyte.Builder) {
		addText(b, casn1.IA5String, "ES")
		b.AddASN1Int64(int64(d.Version))
		addText(b, casn1.IA5String, d.Vendor)
	})
	addText(b, casn1.IA5String, d.ID)
	sequence(b, d.property)
	sequence(b, func(b *cryptobyte.Builder) {
		addText(b, casn1.IA5String, d.Picture.Format)
		b.AddASN1OctetString(d.Picture.Data)
		b.AddASN1Int64(int64(d.Picture.Width))
		b.AddASN1Int64(int64(d.Picture.Height))
	})
	if len(d.Extensions) > 0 {
		sequence(b, func(b *cryptobyte.Builder) { addExtensions(b, d.Extensions) })
	}
}

func (d *SealDesign) property(b *cryptobyte.Builder) {
	b.AddASN1Int64(int64(d.Type))
	addText(b, casn1.UTF8String, d.Name)
	kind := int64(1)
	if d.DigestsOnly {
		kind = 2
	}
	b.AddASN1Int64(kind)
	sequence(b, func(b *cryptobyte.Builder) {
		for _, c := range d.Signers {
			if !d.DigestsOnly {
				b.AddASN1OctetString(c.Raw)
				continue
			}
			sum, _ := digest(oidSM3, c.Raw)
			sequence(b, func(b *cryptobyte.Builder) {
				addText(b, casn1.PrintableString, oidSM3)
				b.AddASN1OctetString(sum)
			})
		}
	})
	addTime(b, d.Created)
	addTime(b, d.Start)
	addTime(b, d.End)
}

func addText(b *cryptobyte.Builder, tag casn1.Tag, s string) {
	b.AddASN1(tag, func(b *cryptobyte.Builder) { b.AddBytes([]byte(s)) })
}

func addExtensions(b *cryptobyte.Builder, list []Extension) {
	for _, x := range list {
		sequence(b, func(b *cryptobyte.Builder) {
			addOID(b, x.ID)
			if x.Critical { // FALSE is the default, which DER leaves out
				b.AddASN1Boolean(true)
			}
			b.AddASN1OctetString(x.Value)
		})
	}
}
