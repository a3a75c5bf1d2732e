package ses

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"strings"

	"github.com/emmansun/gmsm/sm3"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// digest computes the digest that files name by OID or by name, and false for
// a kind it does not know.
func digest(kind string, data []byte) ([]byte, bool) {
	switch strings.ToUpper(strings.TrimSpace(kind)) {
	case oidSM3, "SM3":
		d := sm3.Sum(data)
		return d[:], true
	case oidSHA256, "SHA256", "SHA-256":
		d := sha256.Sum256(data)
		return d[:], true
	case oidSHA384:
		d := sha512.Sum384(data)
		return d[:], true
	case oidSHA512:
		d := sha512.Sum512(data)
		return d[:], true
	case "1.3.14.3.2.26", "SHA1", "SHA-1":
		d := sha1.Sum(data)
		return d[:], true
	case "1.2.840.113549.2.5", "MD5":
		d := md5.Sum(data)
		return d[:], true
	}
	return nil, false
}

// weak tells whether somebody could make two files of one such digest.
func weak(kind string) bool {
	switch strings.ToUpper(strings.TrimSpace(kind)) {
	case "1.3.14.3.2.26", "SHA1", "SHA-1", "1.2.840.113549.2.5", "MD5":
		return true
	}
	return false
}

// wrap puts received elements into one of the given tag, without touching
// them.
func wrap(tag casn1.Tag, parts ...[]byte) []byte {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	out := append(make([]byte, 0, n+6), byte(tag))
	switch {
	case n < 0x80:
		out = append(out, byte(n))
	case n < 0x100:
		out = append(out, 0x81, byte(n))
	case n < 0x10000:
		out = append(out, 0x82, byte(n>>8), byte(n))
	case n < 0x1000000:
		out = append(out, 0x83, byte(n>>16), byte(n>>8), byte(n))
	default:
		out = append(out, 0x84, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}
