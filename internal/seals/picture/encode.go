package picture

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"

	"github.com/klauspost/compress/zlib"
)

// Bits of red a dot has, and how many degrees of cover that makes.
const (
	depth   = 2
	degrees = 1 << depth
)

// red is the colour of seal ink.
var red = [3]byte{0xD9, 0x1A, 0x1A}

// packing is as tight as image/png at its best within two in a hundred, and
// twenty times as fast: a seal is drawn once, but a province has tens of thousands.
const packing = 8

// encode keeps four degrees of cover, as a PNG whose colours are a list.
func encode(alpha *image.Alpha) ([]byte, error) {
	width, height := alpha.Rect.Dx(), alpha.Rect.Dy()
	var packed bytes.Buffer
	z, err := zlib.NewWriterLevel(&packed, packing)
	if err != nil {
		return nil, err
	}
	row := make([]byte, 1+(width*depth+7)/8) // the first byte says: no filter
	for y := range height {
		clear(row)
		for x, a := range alpha.Pix[y*alpha.Stride:][:width] {
			degree := (int(a)*(degrees-1) + 127) / 255
			row[1+x*depth/8] |= byte(degree << (8 - depth - x*depth%8))
		}
		if _, err := z.Write(row); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	var colours, clearness []byte
	for i := range degrees {
		colours = append(colours, red[:]...)
		clearness = append(clearness, byte(i*255/(degrees-1)))
	}
	head := binary.BigEndian.AppendUint32(nil, uint32(width))
	head = binary.BigEndian.AppendUint32(head, uint32(height))
	head = append(head, depth, 3, 0, 0, 0) // by a list of colours, from top to bottom
	out := []byte("\x89PNG\r\n\x1a\n")
	out = chunk(out, "IHDR", head)
	out = chunk(out, "PLTE", colours)
	out = chunk(out, "tRNS", clearness)
	out = chunk(out, "IDAT", packed.Bytes())
	return chunk(out, "IEND", nil), nil
}

// chunk appends a part of a PNG: its length, name, data and checksum.
func chunk(out []byte, name string, data []byte) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(data)))
	from := len(out)
	out = append(append(out, name...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[from:]))
}
