package web_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"yimen/internal/kit/web"
)

func fetch(t *testing.T, h http.Handler, path, accept string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("Accept-Encoding", accept)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func unpack(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var r io.Reader = w.Body
	switch enc := w.Header().Get("Content-Encoding"); enc {
	case "br":
		r = brotli.NewReader(w.Body)
	case "gzip":
		var err error
		if r, err = gzip.NewReader(w.Body); err != nil {
			t.Fatal(err)
		}
	case "":
	default:
		t.Fatalf("encoding %q", enc)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestCompression(t *testing.T) {
	rt := web.NewRouter(web.Options{})
	long := strings.Repeat("一门办事", 1000)
	html := func(parts ...string) web.Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			for _, p := range parts {
				if _, err := io.WriteString(w, p); err != nil {
					return err
				}
			}
			return nil
		}
	}
	rt.Get("/long", web.Public, html("<p>", long))
	rt.Get("/short", web.Public, html("short"))
	rt.Get("/empty", web.Public, func(w http.ResponseWriter, r *http.Request) error { w.WriteHeader(204); return nil })
	rt.Get("/picture", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Content-Type", "image/png")
		_, err := w.Write(bytes.Repeat([]byte{0}, 5000))
		return err
	})
	for _, k := range []struct{ path, accept, encoding, body string }{
		{"/long", "gzip, deflate, br", "gzip", "<p>" + long},
		{"/long", "br", "", "<p>" + long},
		{"/long", "gzip;q=0, br", "", "<p>" + long},
		{"/long", "gzip", "gzip", "<p>" + long},
		{"/long", "br;q=0, gzip", "gzip", "<p>" + long},
		{"/long", "", "", "<p>" + long},
		{"/long", "zstd", "", "<p>" + long},
		{"/short", "gzip", "", "short"},
		{"/empty", "gzip", "", ""},
		{"/picture", "gzip", "", strings.Repeat("\x00", 5000)},
		{web.Asset("yimen.css"), "gzip, br", "br", ""},
		{web.Asset("yimen.css"), "gzip, br;q=0", "gzip", ""},
	} {
		w := fetch(t, rt, k.path, k.accept)
		if got := w.Header().Get("Content-Encoding"); got != k.encoding {
			t.Errorf("%s for %q is encoded %q, want %q", k.path, k.accept, got, k.encoding)
		}
		size := w.Body.Len()
		if body := unpack(t, w); k.body != "" && body != k.body {
			t.Errorf("%s for %q came back as %.40q", k.path, k.accept, body)
		}
		if k.encoding != "" && size > 16000 {
			t.Errorf("%s is still %d bytes", k.path, size)
		}
		if !strings.Contains(strings.Join(w.Header()["Vary"], ","), "Accept-Encoding") {
			t.Errorf("%s does not vary by encoding", k.path)
		}
	}
}

func TestStaticFiles(t *testing.T) {
	rt := web.NewRouter(web.Options{})
	url := web.Asset("yimen.css")
	if !regexp.MustCompile(`^/static/yimen\.[0-9a-f]{12}\.css$`).MatchString(url) {
		t.Errorf("address is %s", url)
	}
	w := fetch(t, rt, url, "")
	if w.Code != 200 || w.Header().Get("Content-Type") != "text/css; charset=utf-8" ||
		w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" ||
		w.Header().Get("Content-Length") != strconv.Itoa(w.Body.Len()) {
		t.Errorf("answer is %d %v", w.Code, w.Header())
	}
	if strings.Contains(w.Body.String(), "@import") || strings.Contains(w.Body.String(), "url(http") {
		t.Error("the stylesheet asks other sites")
	}
	if w := fetch(t, rt, "/static/yimen.css", ""); w.Code != 404 {
		t.Errorf("a file without its hash: %d", w.Code)
	}
	if w := fetch(t, rt, "/static/../../etc/passwd", ""); w.Code == 200 {
		t.Errorf("a path outside: %d", w.Code)
	}
	defer func() {
		if recover() == nil {
			t.Error("a page may name a file that is not there")
		}
	}()
	web.Asset("nothing.css")
}

// What a citizen's phone loads the first time, over a village line.
func TestFirstPageIsLight(t *testing.T) {
	rt := samplePages()
	w := fetch(t, rt, "/guide", "gzip, deflate, br")
	total := w.Body.Len()
	for _, m := range regexp.MustCompile(`(?:href|src)="(/static/[^"]+)"`).FindAllStringSubmatch(unpack(t, w), -1) {
		total += fetch(t, rt, m[1], "gzip, deflate, br").Body.Len()
	}
	if total > 100<<10 {
		t.Errorf("the first page weighs %d bytes, want at most 100 KB", total)
	}
	t.Logf("first page: %d bytes", total)
}

// No page may hold what the content policy refuses.
func TestPagesHoldNothingInline(t *testing.T) {
	rt := samplePages()
	inline := regexp.MustCompile(`(?i)<script>|<style|\sstyle="|\son[a-z]+="|javascript:`)
	for _, path := range []string{"/guide", "/apply", "/apply/wrong", "/inbox", "/notice", "/broken", "/nowhere"} {
		if found := inline.FindString(unpack(t, fetch(t, rt, path, ""))); found != "" {
			t.Errorf("%s holds %q", path, found)
		}
	}
}

func TestServeFinishesRunningRequests(t *testing.T) {
	rt := web.NewRouter(web.Options{})
	started, finish := make(chan bool), make(chan bool)
	rt.Get("/slow", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		started <- true
		<-finish
		return say("done")(w, r)
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- web.Serve(ctx, web.Server("", rt), l, 5*time.Second) }()
	answer := make(chan string, 1)
	go func() {
		resp, err := http.Get("http://" + l.Addr().String() + "/slow")
		if err != nil {
			answer <- err.Error()
			return
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		answer <- string(b)
	}()
	<-started
	stop()
	time.Sleep(20 * time.Millisecond)
	close(finish)
	if got := <-answer; got != "done" {
		t.Errorf("running request got %q", got)
	}
	if err := <-ended; err != nil {
		t.Errorf("serve ended with %v", err)
	}
}
