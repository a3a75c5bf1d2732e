package files

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"net/http"
	"path"
	"strings"
)

// headSize and tailSize are what of a content is kept to tell its type: the
// first bytes, and the last ones, where a zip keeps its list of names.
const (
	headSize = 4 << 10
	tailSize = 512 << 10
)

// kind is a type of content.
type kind string

const (
	kindPDF, kindJPEG, kindPNG, kindGIF kind = "PDF", "JPEG", "PNG", "GIF"
	kindBMP, kindWebP, kindOFD, kindOLE kind = "BMP", "WebP", "OFD", "Office 97"
	kindDOCX, kindXLSX, kindZIP         kind = "DOCX", "XLSX", "ZIP"
	kindText, kindUnknown               kind = "TXT", ""
)

// types maps each extension we know to what its content must be.
var types = map[string]struct {
	kind  kind
	media string
}{
	"pdf":  {kindPDF, "application/pdf"},
	"jpg":  {kindJPEG, "image/jpeg"},
	"jpeg": {kindJPEG, "image/jpeg"},
	"png":  {kindPNG, "image/png"},
	"gif":  {kindGIF, "image/gif"},
	"bmp":  {kindBMP, "image/bmp"},
	"webp": {kindWebP, "image/webp"},
	"ofd":  {kindOFD, "application/ofd"},
	"doc":  {kindOLE, "application/msword"},
	"xls":  {kindOLE, "application/vnd.ms-excel"},
	"docx": {kindDOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	"xlsx": {kindXLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	"txt":  {kindText, "text/plain; charset=utf-8"},
	"zip":  {kindZIP, "application/zip"},
}

// DefaultTypes are the extensions that are taken unless Options says others.
var DefaultTypes = []string{"pdf", "jpg", "jpeg", "png", "gif", "bmp", "webp", "ofd", "doc", "docx", "xls", "xlsx", "txt", "zip"}

// magics are the first bytes of what does not need a second look.
var magics = []struct {
	kind   kind
	prefix string
}{
	{kindPDF, "%PDF-"}, {kindJPEG, "\xff\xd8\xff"}, {kindPNG, "\x89PNG\r\n\x1a\n"}, {kindGIF, "GIF87a"}, {kindGIF, "GIF89a"},
	{kindOLE, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"},
}

// sniff tells a content's kind from its first and last bytes and its size.
func sniff(head, tail []byte, size int64) kind {
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.prefix)) {
			return m.kind
		}
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return sniffZip(tail, size)
	case len(head) >= 26 && bytes.HasPrefix(head, []byte("BM")) && bytes.Equal(head[6:10], make([]byte, 4)):
		return kindBMP
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return kindWebP
	case strings.HasPrefix(http.DetectContentType(head), "text/plain"):
		return kindText
	}
	return kindUnknown
}

// sniffZip looks at the names inside a zip: OFD and OOXML are zips.
func sniffZip(tail []byte, size int64) kind {
	z, err := zip.NewReader(tailReader{tail, size - int64(len(tail))}, size)
	if err != nil {
		return kindUnknown
	}
	names := map[string]bool{}
	for _, f := range z.File {
		names[f.Name] = true
	}
	switch {
	case names["OFD.xml"]:
		return kindOFD
	case names["[Content_Types].xml"] && names["word/document.xml"]:
		return kindDOCX
	case names["[Content_Types].xml"] && names["xl/workbook.xml"]:
		return kindXLSX
	}
	return kindZIP
}

// tailReader serves the end of a content of which the rest was not kept.
type tailReader struct {
	tail  []byte
	start int64
}

func (t tailReader) ReadAt(p []byte, off int64) (int, error) {
	if off < t.start {
		return 0, errors.New("files: before what was kept")
	}
	return bytes.NewReader(t.tail).ReadAt(p, off-t.start)
}

// sample keeps the head and the tail of what is written to it.
type sample struct {
	head, tail []byte
	size       int64
}

func (s *sample) Write(p []byte) (int, error) {
	s.size += int64(len(p))
	if room := headSize - len(s.head); room > 0 {
		s.head = append(s.head, p[:min(room, len(p))]...)
	}
	s.tail = append(s.tail, p...)
	if len(s.tail) > 2*tailSize {
		s.tail = append(s.tail[:0], s.tail[len(s.tail)-tailSize:]...)
	}
	return len(p), nil
}

var _ io.Writer = (*sample)(nil)

// extension is the lower-case extension of a name without its dot.
func extension(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
}
