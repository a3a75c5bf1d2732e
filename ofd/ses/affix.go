package ses

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/cryptobyte"

	"yimen/ofd"
)

// A Stamp is a place for a seal.
type Stamp struct {
	Page int // from 1
	Box  Box // on the page
	Clip *Box
}

// Signing says how a document is signed. The zero value leaves it open for
// further signatures.
type Signing struct {
	// Final protects the list of signatures too: nothing can be added, and
	// none taken away.
	Final bool
	// Timestamper proves when it was signed; nil: the signer's word alone.
	Timestamper Timestamper
	Provider    string           // the program, shown by viewers; "" is yimen
	Now         func() time.Time // nil: time.Now
}

func (o Signing) now() time.Time {
	if o.Now != nil {
		return o.Now().UTC().Truncate(time.Second)
	}
	return time.Now().UTC().Truncate(time.Second)
}

// What makes a seal or document impossible to sign, for errors.Is.
var (
	ErrClosed     = errors.New("ses: a signature of the document closes it: nothing can be added")
	ErrNotListed  = errors.New("ses: the seal does not list the signer")
	ErrNotInForce = errors.New("ses: the seal or the signer's certificate is not in force at this time")
	ErrPlace      = errors.New("ses: a stamp needs an existing page and a box on it")
	ErrDocument   = errors.New("ses: the document cannot be signed")
)

// Affix puts a seal on a document: the files of a new signature come into p,
// and nothing else is touched, save for the list of signatures and, with the
// first one, the line of OFD.xml that leads to it. Earlier signatures stay as
// good as they were. The first document of the file is the one sealed.
//
// A seal that its signer may not use now is refused, as is a stamp on no page.
// After an error p may hold half a signature and is to be thrown away.
func Affix(ctx context.Context, p *ofd.Package, seal *Seal, by Signer, stamps []Stamp, o Signing) error {
	now := o.now()
	switch {
	case by.Certificate == nil:
		return errors.New("ses: a signer needs a certificate and a key")
	case now.Before(seal.Start), now.After(seal.End), now.Before(by.Certificate.NotBefore), now.After(by.Certificate.NotAfter):
		return ErrNotInForce
	case len(stamps) == 0:
		return fmt.Errorf("%w: none was given", ErrPlace)
	}
	if listed, _ := seal.Lists(by.Certificate.Raw); !listed {
		return ErrNotListed
	}
	return affix(ctx, p, seal, by, stamps, o)
}

// Sign signs a document without a seal: SignedData of GB/T 35275.
func Sign(ctx context.Context, p *ofd.Package, by Signer, o Signing) error {
	if now := o.now(); by.Certificate == nil || now.Before(by.Certificate.NotBefore) || now.After(by.Certificate.NotAfter) {
		return ErrNotInForce
	}
	return affix(ctx, p, nil, by, nil, o)
}

// affix does both; it judges nothing.
func affix(ctx context.Context, p *ofd.Package, seal *Seal, by Signer, stamps []Stamp, o Signing) error {
	place, err := newPlace(p)
	if err != nil {
		return err
	}
	annots, err := place.annots(stamps)
	if err != nil {
		return err
	}
	// Everything that is protected stands before the first digest is taken.
	if err := place.announce(seal, annots); err != nil {
		return err
	}
	description, err := place.describe(seal, annots, o)
	if err != nil {
		return err
	}
	var value []byte
	if seal != nil {
		value, err = signSealed(ctx, seal, by, description, "/"+place.file("Signature.xml"), o)
	} else {
		hash, _ := digest(oidSM3, description)
		value, err = makeSignedData(oidGMSignedData, oidGMData, hash, by, nil)
	}
	if err != nil {
		return err
	}
	return errors.Join(p.Put(place.file("Signature.xml"), description), p.Put(place.file("SignedValue.dat"), value))
}

// signSealed makes SES_Signature over a Signature.xml.
func signSealed(ctx context.Context, seal *Seal, by Signer, description []byte, path string, o Signing) ([]byte, error) {
	hash, _ := digest(oidSM3, description)
	toSign, err := marshal("signature", func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(int64(seal.Version))
			b.AddBytes(seal.Raw)
			addTime(b, o.now())
			b.AddASN1BitString(hash)
			addText(b, 22, path)
		})
	})
	if err != nil {
		return nil, err
	}
	value, err := by.sign(toSign)
	if err != nil {
		return nil, err
	}
	var token []byte
	if o.Timestamper != nil {
		sum, _ := digest(oidSM3, value)
		if token, err = o.Timestamper.Timestamp(ctx, sum); err != nil {
			return nil, fmt.Errorf("ses: time stamp: %w", err)
		}
	}
	return marshal("signature", func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) {
			b.AddBytes(toSign)
			b.AddASN1OctetString(by.Certificate.Raw)
			addOID(b, oidSM2SM3)
			b.AddASN1BitString(value)
			if token != nil {
				b.AddASN1(context0, func(b *cryptobyte.Builder) { b.AddASN1BitString(token) })
			}
		})
	})
}
