package ui

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"sync"

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
		c, err := drawCode(text)
		if err != nil {
			return err
		}
		return c.write(w, label)
	})
}

// QRPublic is QRLabel for addresses that everybody may know and many look at,
// such as that of a guide: the code is drawn once and kept.
func QRPublic(address, label string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		c, err := drawn.of(address)
		if err != nil {
			return err
		}
		return c.write(w, label)
	})
}

// code is a drawn QR code.
type code struct {
	width int // modules, with the quiet zone
	path  string
}

func drawCode(text string) (code, error) {
	q, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return code{}, fmt.Errorf("draw QR code of %d bytes: %w", len(text), err)
	}
	bits := q.Bitmap()
	return code{len(bits), qrPath(bits)}, nil
}

func (c code) write(w io.Writer, label string) error {
	_, err := fmt.Fprintf(w, `<svg class="ym-qr" role="img" aria-label="%s" viewBox="0 0 %d %d" shape-rendering="crispEdges">`+
		`<rect width="100%%" height="100%%" fill="#fff"/><path fill="#000" d="%s"/></svg>`, templ.EscapeString(label), c.width, c.width, c.path)
	return err
}

// codes keeps drawn codes by what they say; a city has some hundred guides.
type codes struct {
	mu   sync.Mutex
	kept map[string]code
}

const mostCodes = 2000 // of some 4 KB

var drawn codes

func (k *codes) of(text string) (code, error) {
	k.mu.Lock()
	c, ok := k.kept[text]
	k.mu.Unlock()
	if ok {
		return c, nil
	}
	c, err := drawCode(text)
	if err != nil {
		return c, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept == nil || len(k.kept) >= mostCodes {
		k.kept = map[string]code{}
	}
	k.kept[text] = c
	return c, nil
}

// qrPath draws each run of dark modules in a row as one bar.
func qrPath(bits [][]bool) string {
	var b []byte
	for y, row := range bits {
		for x := 0; x < len(row); x++ {
			if !row[x] {
				continue
			}
			start := x
			for x < len(row) && row[x] {
				x++
			}
			b = append(strconv.AppendInt(append(b, 'M'), int64(start), 10), ' ')
			b = append(strconv.AppendInt(b, int64(y), 10), 'h')
			b = append(strconv.AppendInt(b, int64(x-start), 10), "v1h-"...)
			b = append(strconv.AppendInt(b, int64(x-start), 10), 'z')
		}
	}
	return string(b)
}
