package web

import (
	"net/http"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// Below this an answer fits into one packet anyway.
const compressFrom = 1024

// encoders are for answers made on the fly: gzip, quickly. A page of 32 KB
// becomes 7 KB in 60 µs; higher levels and brotli save up to a tenth of that and
// take two to six times as long. Static files are compressed once, with both.
var encoders = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		panic("web: gzip level: " + err.Error())
	}
	return w
}}

// takes tells whether a client takes an encoding.
func takes(r *http.Request, encoding string) bool {
	for _, part := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		switch strings.ReplaceAll(params, " ", "") {
		case "q=0", "q=0.0", "q=0.00", "q=0.000":
			continue
		}
		if strings.TrimSpace(name) == encoding {
			return true
		}
	}
	return false
}

// withCompression compresses text answers. What a handler has encoded itself
// (static files) passes through.
func withCompression(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Encoding")
		if !takes(r, "gzip") || r.Method == http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		cw := &compressWriter{ResponseWriter: w}
		next.ServeHTTP(cw, r)
		cw.close() // not deferred: after a panic nothing more may leave
	})
}

type compressWriter struct {
	http.ResponseWriter
	status int
	held   []byte // first bytes, until it is known whether compressing pays
	enc    *gzip.Writer
	plain  bool // decided: pass through
}

func (w *compressWriter) WriteHeader(status int) {
	if status < 200 {
		w.ResponseWriter.WriteHeader(status)
		return
	}
	if w.status != 0 {
		return
	}
	w.status = status
	h := w.Header()
	if h.Get("Content-Encoding") == "" && compressible(h.Get("Content-Type")) {
		return // the header waits for the first bytes
	}
	w.pass()
}

func (w *compressWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		if w.Header().Get("Content-Type") == "" {
			w.Header().Set("Content-Type", http.DetectContentType(b))
		}
		w.WriteHeader(http.StatusOK)
	}
	switch {
	case w.plain:
		return w.ResponseWriter.Write(b)
	case w.enc != nil:
		return w.enc.Write(b)
	case len(w.held)+len(b) < compressFrom:
		w.held = append(w.held, b...)
		return len(b), nil
	}
	w.start()
	if len(w.held) > 0 {
		if _, err := w.enc.Write(w.held); err != nil {
			return 0, err
		}
		w.held = nil
	}
	return w.enc.Write(b)
}

func (w *compressWriter) start() {
	w.Header().Set("Content-Encoding", "gzip")
	w.Header().Del("Content-Length")
	w.ResponseWriter.WriteHeader(w.status)
	w.enc = encoders.Get().(*gzip.Writer)
	w.enc.Reset(w.ResponseWriter)
}

// pass sends the header, and lets everything through from here on.
func (w *compressWriter) pass() {
	w.plain = true
	w.ResponseWriter.WriteHeader(w.status)
}

// FlushError sends what is held; streams (server-sent events) need it.
func (w *compressWriter) FlushError() error {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if !w.plain && w.enc == nil {
		w.start()
		if _, err := w.enc.Write(w.held); err != nil {
			return err
		}
		w.held = nil
	}
	if w.enc != nil {
		if err := w.enc.Flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

func (w *compressWriter) close() {
	switch {
	case w.status == 0 || w.plain:
	case w.enc != nil:
		_ = w.enc.Close() // the reader has gone
		encoders.Put(w.enc)
	default:
		w.pass()
		_, _ = w.ResponseWriter.Write(w.held)
	}
}

func (w *compressWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func compressible(contentType string) bool {
	t, _, _ := strings.Cut(contentType, ";")
	switch t {
	case "application/json", "application/problem+json", "application/javascript", "application/xml",
		"application/openapi+json", "application/vnd.oai.openapi+json", "image/svg+xml":
		return true
	}
	return strings.HasPrefix(t, "text/") && t != "text/event-stream"
}
