package ses

import (
	"encoding/asn1"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// A SyntaxError says where a structure is not what the standard says.
type SyntaxError struct {
	Where  string // the field, as a path of the standard's names: "SES_Signature/toSign/eseal"
	Reason string // Chinese
}

func (e *SyntaxError) Error() string { return "结构“" + e.Where + "”" + e.Reason }

// reader reads one level of DER and keeps the first error, so that a structure
// reads as the list of its fields. What it gives are parts of the received
// bytes: nothing is ever encoded anew to be verified.
type reader struct {
	rest  cryptobyte.String
	where string
	err   error
}

func newReader(der []byte, where string) *reader {
	return &reader{rest: cryptobyte.String(der), where: where}
}

func (r *reader) fail(field, reason string) {
	if r.err == nil {
		r.err = &SyntaxError{Where: r.where + "/" + field, Reason: reason}
	}
}

// raw reads the next element of any tag: the whole element and its content.
func (r *reader) raw(field string) (element, content []byte, tag casn1.Tag) {
	if r.err != nil {
		return nil, nil, 0
	}
	before := []byte(r.rest)
	var body cryptobyte.String
	if !r.rest.ReadAnyASN1(&body, &tag) {
		r.fail(field, "读不出来")
		return nil, nil, 0
	}
	return before[:len(before)-len(r.rest)], body, tag
}

func (r *reader) element(field string, want casn1.Tag) (element, content []byte) {
	if r.err == nil && !r.rest.PeekASN1Tag(want) {
		r.fail(field, "缺少或类型不对")
	}
	element, content, _ = r.raw(field)
	return element, content
}

// sequence goes into the next SEQUENCE. Its error must be fetched by join.
func (r *reader) sequence(field string) (inner *reader, element []byte) {
	element, content := r.element(field, casn1.SEQUENCE)
	return &reader{rest: content, where: r.where + "/" + field, err: r.err}, element
}

// join takes over the error of an inner reader, which must be at its end.
func (r *reader) join(inner *reader) {
	inner.end()
	if r.err == nil {
		r.err = inner.err
	}
}

// end fails unless everything was read: bytes behind a structure belong to
// nobody.
func (r *reader) end() {
	if r.err == nil && !r.rest.Empty() {
		r.fail("结尾", "后面还有多余的内容")
	}
}

func (r *reader) more() bool { return r.err == nil && !r.rest.Empty() }

func (r *reader) next(tag casn1.Tag) bool { return r.err == nil && r.rest.PeekASN1Tag(tag) }

func (r *reader) integer(field string) int {
	var n int
	if r.err == nil && !r.rest.ReadASN1Integer(&n) {
		r.fail(field, "不是整数")
	}
	return n
}

// text reads a string of whichever string type: vendors mix them.
func (r *reader) text(field string) string {
	_, content, tag := r.raw(field)
	switch tag {
	case casn1.UTF8String, casn1.PrintableString, casn1.IA5String, casn1.T61String:
		return strings.ToValidUTF8(string(content), "\uFFFD")
	}
	r.fail(field, "不是文字")
	return ""
}

func (r *reader) octets(field string) []byte {
	_, content := r.element(field, casn1.OCTET_STRING)
	return content
}

// bits reads a BIT STRING of whole bytes.
func (r *reader) bits(field string) []byte {
	_, content := r.element(field, casn1.BIT_STRING)
	if r.err != nil {
		return nil
	}
	if len(content) == 0 || content[0] != 0 {
		r.fail(field, "不是完整的字节")
		return nil
	}
	return content[1:]
}

func (r *reader) oid(field string) string {
	var id asn1.ObjectIdentifier
	if r.err == nil && !r.rest.ReadASN1ObjectIdentifier(&id) {
		r.fail(field, "不是对象标识符")
	}
	return id.String()
}

// time reads a UTCTime or GeneralizedTime, whichever was written.
func (r *reader) time(field string) time.Time {
	_, content, tag := r.raw(field)
	if r.err != nil {
		return time.Time{}
	}
	if tag == casn1.UTCTime || tag == casn1.GeneralizedTime {
		if t, ok := parseTime(string(content)); ok {
			return t
		}
	}
	r.fail(field, "不是时间")
	return time.Time{}
}

var timeLayouts = []string{
	"20060102150405Z07:00", "20060102150405Z0700", "060102150405Z0700", "0601021504Z0700", "200601021504Z0700",
}

// parseTime reads the times of ASN.1: with or without fraction of a second,
// Z or an offset. The result is UTC.
func parseTime(s string) (time.Time, bool) {
	if len(s) > 40 {
		return time.Time{}, false
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// only reads der as one element of a structure that nothing follows.
func only(der []byte, where string) (*reader, error) {
	outer := &reader{rest: der, where: where}
	_, content := outer.element("", casn1.SEQUENCE)
	outer.end()
	if outer.err != nil {
		return nil, &SyntaxError{Where: where, Reason: "不是一个完整的结构"}
	}
	return &reader{rest: content, where: where}, nil
}

// count tells how many elements a level has, to tell versions apart.
func (r *reader) count() int {
	s, n := r.rest, 0
	for !s.Empty() {
		var body cryptobyte.String
		var tag casn1.Tag
		if !s.ReadAnyASN1(&body, &tag) {
			return -1
		}
		n++
	}
	return n
}

// marshal ends a builder; the builders here cannot fail but by a slip of ours
// or by an identifier or time the caller gave, so the error says what.
func marshal(what string, build func(*cryptobyte.Builder)) ([]byte, error) {
	var b cryptobyte.Builder
	build(&b)
	der, err := b.Bytes()
	if err != nil {
		return nil, fmt.Errorf("ses: %s: %w", what, err)
	}
	return der, nil
}
