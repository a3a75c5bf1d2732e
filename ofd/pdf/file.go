package pdf

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"math"
	"strconv"
	"sync"
	"unicode/utf16"

	"github.com/klauspost/compress/zlib"
)

// file collects the objects of a PDF file. Numbers begin at 1.
type file struct {
	objects [][]byte
}

// reserve takes a number for an object that is written later.
func (f *file) reserve() int {
	f.objects = append(f.objects, nil)
	return len(f.objects)
}

func (f *file) set(n int, format string, args ...any) {
	f.objects[n-1] = fmt.Appendf(nil, format, args...)
}

func (f *file) add(format string, args ...any) int {
	n := f.reserve()
	f.set(n, format, args...)
	return n
}

// deflate says in a dictionary that data are deflated.
const deflate = " /Filter /FlateDecode"

func deflated(data []byte) []byte {
	var b bytes.Buffer
	z := compressors.Get().(*zlib.Writer)
	z.Reset(&b)
	_, _ = z.Write(data) // a buffer takes all
	_ = z.Close()
	compressors.Put(z)
	return b.Bytes()
}

// compressors are used again: each has most of a megabyte of tables.
var compressors = sync.Pool{New: func() any { return zlib.NewWriter(io.Discard) }}

// stream adds data with a dictionary; packed says that they are to be deflated.
func (f *file) stream(n int, dict string, data []byte, packed bool) {
	if packed {
		data = deflated(data)
		dict += deflate
	}
	b := fmt.Appendf(nil, "<< %s /Length %d >>\nstream\n", dict, len(data))
	f.objects[n-1] = append(append(b, data...), "\nendstream"...)
}

// bytes writes the file. Its identifier is made of its content, so that equal files are equal.
func (f *file) bytes(root, info int) []byte {
	out := []byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	at := make([]int, len(f.objects))
	for i, o := range f.objects {
		at[i] = len(out)
		out = fmt.Appendf(out, "%d 0 obj\n", i+1)
		out = append(append(out, o...), "\nendobj\n"...)
	}
	sum := sha256.Sum256(out)
	start := len(out)
	out = fmt.Appendf(out, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		out = fmt.Appendf(out, "%010d 00000 n \n", offset)
	}
	return fmt.Appendf(out, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%x> <%x>] >>\nstartxref\n%d\n%%%%EOF\n",
		len(at)+1, root, info, sum[:16], sum[:16], start)
}

// text writes a string of a dictionary: UTF-16 with its mark, in hexadecimal.
func text(s string) string {
	b := []byte("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		b = fmt.Appendf(b, "%04X", u)
	}
	return string(append(b, '>'))
}

// num writes a number as PDF knows it: no exponent, not more decimals than are seen.
func num(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "0"
	}
	v = math.Round(v*1e5) / 1e5
	if v == 0 {
		return "0"
	}
	return strconv.FormatFloat(min(max(v, -1e9), 1e9), 'f', -1, 64)
}

func nums(v ...float64) string {
	var b []byte
	for i, x := range v {
		if i > 0 {
			b = append(b, ' ')
		}
		b = append(b, num(x)...)
	}
	return string(b)
}
