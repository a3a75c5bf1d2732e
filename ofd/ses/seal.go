package ses

import (
	"bytes"
	"time"

	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Versions of seals and of signatures made with them.
const (
	V1 = 1 // GM/T 0031-2014
	V4 = 4 // GB/T 38540-2020
	V5 = 5 // GM/T 0031-2025
)

// A Seal is an electronic seal (SESeal), read from a file or made by
// [MakeSeal]. Its byte slices are parts of Raw.
type Seal struct {
	Raw     []byte // the seal as received
	Version int    // V1, V4, V5: the structure; Header says what the maker wrote
	Header  int    // SES_Header/version as written
	Vendor  string // SES_Header/Vid
	ID      string // esID, unique with its maker
	Type    int    // as written; the standard does not give the values
	Name    string
	// Who may sign with it: whole certificates (DER), or digests of them.
	Certificates [][]byte
	Digests      []CertDigest
	Created      time.Time
	Start, End   time.Time // from when to when signatures may be made
	Picture      Picture
	Extensions   []Extension
	Maker        []byte // certificate of the 制章者, DER
	Algorithm    string // of Value
	Value        []byte // the maker's signature, DER
	TimeStamp    []byte // V5: token over Value, or nil

	signed []byte // what the maker signed
}

// A CertDigest is a certificate named by its digest.
type CertDigest struct {
	Algorithm string // as written: an OID or a name
	Value     []byte
}

// A Picture is how a seal looks.
type Picture struct {
	Format        string // PNG, JPG, BMP, GIF, SVG or OFD, as written
	Data          []byte
	Width, Height int // millimetres
}

// An Extension is a private addition.
type Extension struct {
	ID       string
	Critical bool
	Value    []byte
}

// ParseSeal reads a seal of version 1, 4 or 5. It checks the structure only;
// [VerifySeal] says whether it is genuine.
func ParseSeal(der []byte) (*Seal, error) {
	r, err := only(der, "SESeal")
	if err != nil {
		return nil, err
	}
	s := &Seal{Raw: der}
	fields := r.count()
	info := s.info(r, fields == 2)
	switch {
	case fields == 2:
		s.Version = V1
		s.signInfo(r, info)
	case fields == 4 || fields == 5:
		if s.Version = V4; s.Header >= V5 || fields == 5 {
			s.Version = V5
		}
		s.signed = info
		s.Maker = r.octets("cert")
		s.Algorithm = r.oid("signAlgID")
		s.Value = r.bits("signedValue")
		s.TimeStamp = optionalStamp(r)
	default:
		r.fail("", "字段数不对")
	}
	r.end()
	if r.err != nil {
		return nil, r.err
	}
	return s, nil
}

// info reads SES_SealInfo and gives it as received.
func (s *Seal) info(r *reader, v1 bool) []byte {
	in, element := r.sequence("eSealInfo")
	h, _ := in.sequence("header")
	if id := h.text("ID"); h.err == nil && id != "ES" {
		h.fail("ID", "不是“ES”")
	}
	s.Header, s.Vendor = h.integer("version"), h.text("Vid")
	in.join(h)
	s.ID = in.text("esID")
	s.property(in, v1)
	p, _ := in.sequence("picture")
	s.Picture = Picture{Format: p.text("type"), Data: p.octets("data"), Width: p.integer("width"), Height: p.integer("height")}
	in.join(p)
	s.Extensions = extensions(in)
	r.join(in)
	return element
}

func (s *Seal) property(in *reader, v1 bool) {
	p, _ := in.sequence("property")
	s.Type, s.Name = p.integer("type"), p.text("name")
	kind := 1
	if !v1 {
		kind = p.integer("certListType")
	}
	list, _ := p.sequence("certList")
	for list.more() {
		if kind == 1 {
			s.Certificates = append(s.Certificates, list.octets("cert"))
			continue
		}
		d, _ := list.sequence("digest")
		// ofdrw and the text differ on the string type of the first field.
		s.Digests = append(s.Digests, CertDigest{Algorithm: d.text("type"), Value: d.octets("value")})
		list.join(d)
	}
	p.join(list)
	if p.err == nil && kind != 1 && kind != 2 {
		p.fail("certListType", "既不是1也不是2")
	}
	s.Created, s.Start, s.End = p.time("createDate"), p.time("validStart"), p.time("validEnd")
	in.join(p)
}

// signInfo reads the end of a seal of version 1. There the maker signs
// SEQUENCE{eSealInfo, cert, signatureAlgorithm}, put together here of the
// received elements.
func (s *Seal) signInfo(r *reader, info []byte) {
	in, _ := r.sequence("signInfo")
	cert, content := in.element("cert", casn1.OCTET_STRING)
	s.Maker = content
	before := []byte(in.rest)
	s.Algorithm = in.oid("signatureAlgorithm")
	alg := before[:len(before)-len(in.rest)]
	s.Value = in.bits("signData")
	r.join(in)
	if r.err == nil {
		s.signed = wrap(casn1.SEQUENCE, info, cert, alg)
	}
}

// optionalStamp reads timeStamp [0] EXPLICIT BIT STRING.
func optionalStamp(r *reader) []byte {
	tag := casn1.Tag(0).ContextSpecific().Constructed()
	if !r.next(tag) {
		return nil
	}
	_, content := r.element("timeStamp", tag)
	in := newReader(content, r.where+"/timeStamp")
	v := in.bits("value")
	r.join(in)
	return v
}

// extensions reads ExtensionDatas, with the tag [0] or without: files of
// vendors have both.
func extensions(r *reader) []Extension {
	tag := casn1.Tag(0).ContextSpecific().Constructed()
	var list *reader
	switch {
	case r.next(tag):
		_, content := r.element("extDatas", tag)
		in := newReader(content, r.where+"/extDatas")
		list, _ = in.sequence("list")
		r.join(in)
	case r.next(casn1.SEQUENCE):
		list, _ = r.sequence("extDatas")
	default:
		return nil
	}
	var out []Extension
	for list.more() {
		e, _ := list.sequence("ext")
		x := Extension{ID: e.oid("extnID")}
		if e.next(casn1.BOOLEAN) {
			_, b := e.element("critical", casn1.BOOLEAN)
			x.Critical = len(b) == 1 && b[0] != 0
		}
		x.Value = e.octets("extnValue")
		list.join(e)
		out = append(out, x)
	}
	r.join(list)
	return out
}

// Lists tells whether a certificate (DER) may sign with the seal, and false
// for ok when that cannot be told, because a digest is of an unknown kind.
func (s *Seal) Lists(cert []byte) (listed, ok bool) {
	for _, c := range s.Certificates {
		if bytes.Equal(c, cert) {
			return true, true
		}
	}
	ok = true
	for _, d := range s.Digests {
		sum, known := digest(d.Algorithm, cert)
		if !known {
			ok = false
		} else if bytes.Equal(sum, d.Value) {
			return true, true
		}
	}
	return false, ok
}
