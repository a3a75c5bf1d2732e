package ses

import (
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// AffixAnyway seals without asking whether the seal may be used, to have what
// verification must find.
var AffixAnyway = affix

// MakeSealV1 makes a seal as of GM/T 0031-2014.
func MakeSealV1(d SealDesign, maker Signer) (*Seal, error) {
	info, err := marshal("seal", func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) {
			sequence(b, func(b *cryptobyte.Builder) {
				addText(b, casn1.IA5String, "ES")
				b.AddASN1Int64(1)
				addText(b, casn1.IA5String, d.Vendor)
			})
			addText(b, casn1.IA5String, d.ID)
			sequence(b, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(1)
				addText(b, casn1.UTF8String, d.Name)
				sequence(b, func(b *cryptobyte.Builder) {
					for _, c := range d.Signers {
						b.AddASN1OctetString(c.Raw)
					}
				})
				for _, t := range []time.Time{d.Created, d.Start, d.End} {
					b.AddASN1UTCTime(t)
				}
			})
			sequence(b, func(b *cryptobyte.Builder) {
				addText(b, casn1.IA5String, d.Picture.Format)
				b.AddASN1OctetString(d.Picture.Data)
				b.AddASN1Int64(int64(d.Picture.Width))
				b.AddASN1Int64(int64(d.Picture.Height))
			})
		})
	})
	if err != nil {
		return nil, err
	}
	rest, err := marshal("seal", func(b *cryptobyte.Builder) {
		b.AddASN1OctetString(maker.Certificate.Raw)
		addOID(b, oidSM2SM3)
	})
	if err != nil {
		return nil, err
	}
	value, err := maker.sign(wrap(casn1.SEQUENCE, info, rest))
	if err != nil {
		return nil, err
	}
	bits, err := marshal("seal", func(b *cryptobyte.Builder) { b.AddASN1BitString(value) })
	if err != nil {
		return nil, err
	}
	return ParseSeal(wrap(casn1.SEQUENCE, info, wrap(casn1.SEQUENCE, rest, bits)))
}

// SignV1 makes a signature value as of GM/T 0031-2014 over a Signature.xml.
func SignV1(seal *Seal, by Signer, description []byte, path string, at time.Time) ([]byte, error) {
	hash, _ := digest(oidSM3, description)
	toSign, err := marshal("signature", func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(1)
			b.AddBytes(seal.Raw)
			b.AddASN1BitString([]byte(at.UTC().Format("20060102150405Z")))
			b.AddASN1BitString(hash)
			addText(b, casn1.IA5String, path)
			b.AddASN1OctetString(by.Certificate.Raw)
			addOID(b, oidSM2SM3)
		})
	})
	if err != nil {
		return nil, err
	}
	value, err := by.sign(toSign)
	if err != nil {
		return nil, err
	}
	bits, err := marshal("signature", func(b *cryptobyte.Builder) { b.AddASN1BitString(value) })
	return wrap(casn1.SEQUENCE, toSign, bits), err
}
