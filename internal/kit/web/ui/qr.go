package ui

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/a-h/templ"
	qrcode "github.com/skip2/go-qrcode"
)

// QR draws text (an absolute address) as a QR code: SVG within the page, so
// it prints sharply and needs no further request. label says what scanning
// it does.
func QR(text string) templ.Component { return QRLabel(text, "二维码") }

// QRLabel is QR with its own name for screen readers.
func QRLabel(text, label string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		code, err := qrcode.New(text, qrcode.Medium)
		if err != nil {
			return fmt.Errorf("draw QR code of %d bytes: %w", len(text), err)
		}
		bits := code.Bitmap() // with the quiet zone
		_, err = fmt.Fprintf(w, `<svg class="ym-qr" role="img" aria-label="%s" viewBox="0 0 %d %d" shape-rendering="crispEdges">`+
			`<rect width="100%%" height="100%%" fill="#fff"/><path fill="#000" d="%s"/></svg>`,
			templ.EscapeString(label), len(bits), len(bits), qrPath(bits))
		return err
	})
}

// qrPath draws each run of dark modules in a row as one bar.
func qrPath(bits [][]bool) string {
	var b strings.Builder
	for y, row := range bits {
		for x := 0; x < len(row); x++ {
			if !row[x] {
				continue
			}
			start := x
			for x < len(row) && row[x] {
				x++
			}
			fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", start, y, x-start, x-start)
		}
	}
	return b.String()
}
