package ses

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// What is looked at in a PDF file.
const (
	mostPDFSignatures = 32
	largestPDFObject  = 1 << 20 // bytes, of a signature's dictionary with its value
	deepestPDFObject  = 16
	longestPDFObject  = 256 // entries of one array or dictionary
)

// KeyShows is the key of a signature's dictionary under which files of ours name the OFD file whose pages they show, by its SM3 in
// hexadecimal: a second-class name of ISO 32000-1 Annex E.
const KeyShows = "YM_OFDSM3"

// pdfSignature is a signature's dictionary as it stands in a file (ISO 32000-1, 12.8.1). The file is not read as a document: whoever's
// signature covers every byte of it has signed whatever it shows.
type pdfSignature struct {
	object     string // "7 0 obj", where it could be read
	filter     string // SubFilter
	at         time.Time
	reason     string
	place      string
	shows      string
	ranges     []int64
	from, upto int64 // where the value of Contents stands, < and > included
	value      []byte
}

// pdfSignatures finds them by the ranges that each must have; false if there are more than anybody wants to look at.
func pdfSignatures(data []byte) (found []pdfFound, all bool) {
	seen := map[int]bool{}
	for from, n := 0, 0; ; n++ {
		i := bytes.Index(data[from:], []byte("/ByteRange"))
		if i < 0 {
			return found, true
		}
		if n == mostPDFSignatures {
			return found, false
		}
		i += from
		from = i + 1
		begin := max(0, i-largestPDFObject)
		head := bytes.LastIndex(data[begin:i], []byte(" obj"))
		if head < 0 {
			found = append(found, pdfFound{err: errors.New("签名字典的开头找不到")})
			continue
		}
		start := begin + head + len(" obj")
		if seen[start] {
			continue // the name stands in it twice, which its reading says
		}
		seen[start] = true
		s, err := readPDFSignature(data, start)
		line := data[begin : begin+head]
		if n := bytes.LastIndexAny(line, "\r\n"); n >= 0 {
			line = line[n+1:]
		}
		if len(line) <= 24 {
			s.object = strings.ToValidUTF8(string(line), "\uFFFD") + " obj"
		}
		found = append(found, pdfFound{s, err})
	}
}

type pdfFound struct {
	pdfSignature
	err error
}

// readPDFSignature reads the dictionary that begins at a place.
func readPDFSignature(data []byte, start int) (s pdfSignature, err error) {
	r := &pdfReader{data: data[:min(len(data), start+largestPDFObject)], at: start}
	v := r.value(0)
	dict, ok := v.(pdfDict)
	if r.err != nil || !ok {
		return s, errors.Join(errors.New("签名字典读不出来"), r.err)
	}
	s.filter, _ = dict.get("SubFilter").(string)
	s.reason, s.place, s.at = dict.text("Reason"), dict.text("Location"), pdfTime(dict.text("M"))
	s.shows = dict.text(KeyShows)
	list, _ := dict.get("ByteRange").([]any)
	for _, x := range list {
		n, ok := x.(int64)
		if !ok {
			return s, errors.New("签名保护的范围不是整数")
		}
		s.ranges = append(s.ranges, n)
	}
	c, ok := dict["Contents"]
	if !ok {
		return s, errors.New("签名字典里没有签名值")
	}
	s.from, s.upto = int64(c.from), int64(c.upto)
	s.value, err = signatureHex(data[c.from:c.upto])
	return s, err
}

// signatureHex reads the value of Contents: the one place of a file that a signature cannot cover, so nothing may stand there that is
// not needed.
func signatureHex(b []byte) ([]byte, error) {
	if len(b) < 2 || b[0] != '<' || b[len(b)-1] != '>' {
		return nil, errors.New("签名值不是十六进制")
	}
	b = b[1 : len(b)-1]
	if bytes.ContainsAny(b, "abcdef") && bytes.ContainsAny(b, "ABCDEF") {
		return nil, errors.New("签名值的大小写前后不一")
	}
	out := make([]byte, hex.DecodedLen(len(b)))
	if _, err := hex.Decode(out, b); err != nil {
		return nil, errors.New("签名值不是十六进制")
	}
	return out, nil
}

// unpadded cuts off the zeros behind a structure. One whose length is left open, as some programs write it (BER), is closed.
func unpadded(b []byte) ([]byte, error) {
	element, rest, err := b, []byte(nil), error(nil)
	if bytes.HasPrefix(b, []byte{0x30, 0x80}) {
		element, rest, err = closed(b, 0)
	} else {
		r := newReader(b, "ContentInfo")
		element, _, _ = r.raw("value")
		rest, err = r.rest, r.err
	}
	if err != nil {
		return nil, err
	}
	if len(bytes.Trim(rest, "\x00")) > 0 {
		return nil, errors.New("签名值后面有别的内容")
	}
	return element, nil
}

// deepestOpen bounds how structures of open length hold one another.
const deepestOpen = 8

// closed gives the first element with its length, and what follows it.
func closed(b []byte, depth int) (element, rest []byte, err error) {
	if len(b) < 2 || b[1] != 0x80 || b[0]&0x20 == 0 {
		r := newReader(b, "ContentInfo")
		element, _, _ = r.raw("value")
		return element, r.rest, r.err
	}
	if depth == deepestOpen {
		return nil, nil, errors.New("签名值套得太深")
	}
	var content []byte
	for rest = b[2:]; !bytes.HasPrefix(rest, []byte{0, 0}); content = append(content, element...) {
		if element, rest, err = closed(rest, depth+1); err != nil {
			return nil, nil, err
		}
	}
	return wrap(casn1.Tag(b[0]), content), rest[2:], nil
}

// pdfTime reads D:YYYYMMDDHHmmSSOHH'mm' (ISO 32000-1, 7.9.4); zero when it is none, or has no zone.
func pdfTime(s string) time.Time {
	s = strings.ReplaceAll(strings.TrimPrefix(s, "D:"), "'", "")
	for _, layout := range []string{"20060102150405Z0700", "20060102150405-0700"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// pdfReader reads one object (ISO 32000-1, 7.3): names as string, strings as []byte, integers as int64, arrays as []any, dictionaries;
// everything else as nil.
type pdfReader struct {
	data []byte
	at   int
	err  error
}

type pdfEntry struct {
	value      any
	from, upto int
}

type pdfDict map[string]pdfEntry

func (d pdfDict) get(key string) any { return d[key].value }

// text is a string of a dictionary, in whichever of the two encodings.
func (d pdfDict) text(key string) string {
	b, _ := d.get(key).([]byte)
	if bytes.HasPrefix(b, []byte{0xFE, 0xFF}) && len(b)%2 == 0 {
		u := make([]uint16, 0, len(b)/2)
		for i := 2; i+1 < len(b); i += 2 {
			u = append(u, uint16(b[i])<<8|uint16(b[i+1]))
		}
		return shorten(string(utf16.Decode(u)))
	}
	return shorten(strings.ToValidUTF8(string(b), "\uFFFD"))
}

func (r *pdfReader) fail(why string) any {
	if r.err == nil {
		r.err = errors.New(why)
	}
	r.at = len(r.data)
	return nil
}

func blank(c byte) bool {
	return c == 0 || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' '
}

func delimiter(c byte) bool { return strings.IndexByte("()<>[]{}/%", c) >= 0 }

// skip passes over blanks and comments.
func (r *pdfReader) skip() {
	for ; r.at < len(r.data); r.at++ {
		if r.data[r.at] == '%' {
			for r.at < len(r.data) && r.data[r.at] != '\n' && r.data[r.at] != '\r' {
				r.at++
			}
			continue
		}
		if !blank(r.data[r.at]) {
			return
		}
	}
}

func (r *pdfReader) starts(s string) bool {
	return bytes.HasPrefix(r.data[min(r.at, len(r.data)):], []byte(s))
}

func (r *pdfReader) value(depth int) any {
	r.skip()
	switch {
	case r.at >= len(r.data):
		return r.fail("文件在签名字典中间断了")
	case depth > deepestPDFObject:
		return r.fail("套得太深")
	case r.starts("<<"):
		return r.dict(depth)
	case r.starts("["):
		return r.array(depth)
	case r.starts("<"):
		return r.hexString()
	case r.starts("("):
		return r.literal()
	case r.starts("/"):
		r.at++
		return r.word()
	case delimiter(r.data[r.at]):
		return r.fail("有放错地方的符号")
	}
	w := r.word()
	if n, err := strconv.ParseInt(w, 10, 64); err == nil {
		return n
	}
	return nil // a number with a fraction, a reference, true, false, null
}

func (r *pdfReader) word() string {
	from := r.at
	for r.at < len(r.data) && !blank(r.data[r.at]) && !delimiter(r.data[r.at]) {
		r.at++
	}
	return string(r.data[from:r.at])
}

func (r *pdfReader) array(depth int) any {
	list := []any{}
	for r.at++; ; {
		if r.skip(); r.starts("]") {
			r.at++
			return list
		}
		v := r.value(depth + 1)
		if r.err != nil {
			return nil
		}
		if len(list) == longestPDFObject {
			return r.fail("有一列太长")
		}
		list = append(list, v)
	}
}

func (r *pdfReader) dict(depth int) any {
	d := pdfDict{}
	for r.at += 2; ; {
		if r.skip(); r.starts(">>") {
			r.at += 2
			return d
		}
		// References are three words; those behind the first are passed over here.
		if !r.starts("/") {
			if r.at >= len(r.data) || delimiter(r.data[r.at]) || r.word() == "" {
				return r.fail("文件在签名字典中间断了，或字典里有放错地方的符号")
			}
			continue
		}
		r.at++
		key := r.word()
		r.skip()
		e := pdfEntry{from: r.at}
		e.value = r.value(depth + 1)
		if e.upto = r.at; r.err != nil {
			return nil
		}
		if len(d) == longestPDFObject {
			return r.fail("字典太大")
		}
		if _, twice := d[key]; twice {
			return r.fail("“" + shorten(key) + "”写了两次")
		}
		d[key] = e
	}
}

func (r *pdfReader) hexString() any {
	end := bytes.IndexByte(r.data[r.at:], '>')
	if end < 0 {
		return r.fail("文件在签名值中间断了")
	}
	digits := bytes.Map(func(c rune) rune {
		if c < 0x80 && blank(byte(c)) {
			return -1
		}
		return c
	}, r.data[r.at+1:r.at+end])
	r.at += end + 1
	if len(digits)%2 == 1 {
		digits = append(digits, '0')
	}
	out := make([]byte, len(digits)/2)
	if _, err := hex.Decode(out, digits); err != nil {
		return r.fail("有一段不是十六进制")
	}
	return out
}

var escaped = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f'}

func (r *pdfReader) literal() any {
	var out []byte
	open := 1
	for r.at++; r.at < len(r.data); r.at++ {
		c := r.data[r.at]
		switch {
		case c == '(':
			open++
		case c == ')':
			if open--; open == 0 {
				r.at++
				return out
			}
		case c == '\\' && r.at+1 < len(r.data):
			r.at++
			c = r.data[r.at]
			if e, ok := escaped[c]; ok {
				c = e
			} else if c >= '0' && c <= '7' {
				n := 1
				for n < 3 && r.at+n < len(r.data) && r.data[r.at+n] >= '0' && r.data[r.at+n] <= '7' {
					n++
				}
				code, _ := strconv.ParseUint(string(r.data[r.at:r.at+n]), 8, 16) // digits they are
				c = byte(code)
				r.at += n - 1
			}
		}
		out = append(out, c)
	}
	return r.fail("文件在一段文字中间断了")
}
