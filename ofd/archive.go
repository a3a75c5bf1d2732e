package ofd

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"sort"
)

// endRecord is the length of the record at an archive's end without its comment.
const endRecord = 22

// countEntries looks at the record at the end of an archive before anything is made of its directory: a directory of millions
// of entries would cost memory before it could be counted.
func countEntries(r io.ReaderAt, size int64, most int) error {
	tail := make([]byte, min(size, endRecord+0xffff))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return &Error{Reason: "cannot be read: " + err.Error(), Err: ErrNotOFD}
	}
	at := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if at < 0 || len(tail)-at < endRecord {
		return fail("", ErrNotOFD, "no zip archive")
	}
	end, where := tail[at:], size-int64(len(tail)-at)
	claimed := int(binary.LittleEndian.Uint16(end[10:]))
	length, start := int64(binary.LittleEndian.Uint32(end[12:])), int64(binary.LittleEndian.Uint32(end[16:]))
	switch {
	case claimed == 0xffff || length == 0xffffffff || start == 0xffffffff:
		return fail("", ErrLimit, "an archive of more than 65,534 files or 4 GiB")
	case start+length != where:
		return fail("", ErrUnsafe, "there are bytes before the archive or between its parts")
	case claimed > most || length > int64(most)*256:
		// The directory is what costs, whatever number of entries is claimed.
		return fail("", ErrLimit, "more than %d files", most)
	}
	return nil
}

// apart refuses archives whose files share bytes: one packed block read under a thousand names is a bomb, and it lets two
// programs see different files.
func apart(files []*zip.File, size int64) error {
	type span struct {
		from, to int64
		name     string
	}
	spans := make([]span, 0, len(files))
	for _, f := range files {
		at, err := f.DataOffset()
		if err != nil {
			return fail(f.Name, ErrBroken, "its place in the archive cannot be read: %v", err)
		}
		end := at + int64(f.CompressedSize64)
		if end < at || end > size {
			return fail(f.Name, ErrBroken, "lies beyond the end of the archive")
		}
		spans = append(spans, span{at, end, f.Name})
	}
	sort.Slice(spans, func(i, j int) bool { return spans[i].from < spans[j].from })
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to {
			return fail(spans[i].name, ErrUnsafe, "shares bytes with %s", spans[i-1].name)
		}
	}
	return nil
}
