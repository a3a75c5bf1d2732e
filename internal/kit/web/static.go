package web

import (
	"bytes"
	"io"
	"mime"
	"net/http"
	"path"
	"strconv"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"

	"yimen/internal/kit/web/static"
)

// packed are static files compressed as far as it goes, made at first use.
var packed sync.Map // URL + " " + encoding → []byte

func (rt *Router) serveStatic(w http.ResponseWriter, r *http.Request) {
	f := static.Lookup(r.URL.Path)
	if f == nil {
		rt.fail(w, r, ErrNotFound)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		rt.fail(w, r, ErrMethodNotAllowed)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Content-Type", mediaType(f.Name))
	h.Set("Vary", "Accept-Encoding")
	data := f.Data
	if len(data) >= compressFrom && compressible(h.Get("Content-Type")) {
		for _, encoding := range []string{"br", "gzip"} {
			if takes(r, encoding) {
				h.Set("Content-Encoding", encoding)
				data = pack(f, encoding)
				break
			}
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodGet {
		_, _ = w.Write(data)
	}
}

// mediaType does not ask the machine's table, which differs between machines.
func mediaType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".wasm":
		return "application/wasm"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

func pack(f *static.File, encoding string) []byte {
	key := f.URL + " " + encoding
	once, _ := packed.LoadOrStore(key, sync.OnceValue(func() []byte { return squeeze(f.Data, encoding) }))
	return once.(func() []byte)()
}

// squeeze writes to memory, which cannot fail.
func squeeze(data []byte, encoding string) []byte {
	var buf bytes.Buffer
	var w io.WriteCloser
	if encoding == "br" {
		w = brotli.NewWriterLevel(&buf, 9)
	} else {
		gz, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
		if err != nil {
			panic("web: gzip level: " + err.Error())
		}
		w = gz
	}
	_, _ = w.Write(data)
	_ = w.Close()
	return buf.Bytes()
}
