package apptest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"text/tabwriter"

	"yimen/internal/app/apptest"
)

func TestMain(m *testing.M) { apptest.Main(m) }

// What a page may weigh on the wire, in bytes: the first one a browser loads,
// with everything it needs, and each one after that.
const (
	firstLoad  = 100 << 10
	afterwards = 15 << 10
)

var mainPages = []struct{ account, path string }{
	{"", "/"}, {"", "/search?q=老年"}, {"", "/items/SG02004"}, {"", "/progress"}, {"", "/login"}, {"", "/sitemap"}, {"", "/nothing-here"},
	{"citizen-1", "/my"},
	{"clerk-440232112209", "/counter"}, {"clerk-440232112209", "/office/cases"}, {"approver-440232-d11", "/office"},
	{"admin-system", "/admin"}, {"admin-system", "/admin/jobs"}, {"admin-system", "/admin/outlets"}, {"editor-440200", "/admin/items"},
}

// Bytes are counted, not time: answer line, headers and body as they leave, for
// a browser that takes brotli and for one that takes only gzip.
func TestWeightOfPages(t *testing.T) {
	s := apptest.New(t)
	for _, encoding := range []string{"gzip, deflate, br", "gzip"} {
		var table strings.Builder
		w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(w, "page\tcss\tjs\tother\tworker\tfirst load\tafterwards\t\t")
		worker := weigh(t, s, "", "/sw.js", encoding) + weigh(t, s, "", "/offline", encoding)
		for _, p := range mainPages {
			page := weigh(t, s, p.account, p.path, encoding)
			parts := map[string]int{}
			for _, m := range assets.FindAllStringSubmatch(ask(t, s, p.account, p.path, "").Body.String(), -1) {
				parts[m[2]] += weigh(t, s, "", m[1], encoding)
			}
			css, js := parts["css"], parts["js"]
			other := 0
			for kind, n := range parts {
				if kind != "css" && kind != "js" {
					other += n
				}
			}
			first := page + css + js + other + worker
			fmt.Fprintf(w, "%d\t%d\t%d\t%d\t%d\t%d\t%d\t%s %s\t\n", page, css, js, other, worker, first, page, p.account, p.path)
			if css == 0 || js == 0 {
				t.Errorf("%s: no stylesheet or script was found, so nothing was measured", p.path)
			}
			if first > firstLoad {
				t.Errorf("%s (%s): the first load weighs %d bytes, want at most %d", p.path, encoding, first, firstLoad)
			}
			if page > afterwards {
				t.Errorf("%s (%s): the page weighs %d bytes, want at most %d", p.path, encoding, page, afterwards)
			}
		}
		_ = w.Flush()
		t.Logf("bytes on the wire, %s\n%s", encoding, table.String())
	}
}

var assets = regexp.MustCompile(`(?:href|src)="(/static/[^"]+\.([a-z0-9]+))"`)

func ask(t *testing.T, s *apptest.Site, account, path, encoding string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, escaped(path), nil)
	if encoding != "" {
		r.Header.Set("Accept-Encoding", encoding)
	}
	if account != "" {
		r.AddCookie(&http.Cookie{Name: "yimen_session", Value: s.As(account).Cookie("yimen_session")})
	}
	w := httptest.NewRecorder()
	s.Router.ServeHTTP(w, r)
	if w.Code != http.StatusOK && w.Code != http.StatusNotFound {
		t.Fatalf("%s for %q: status %d", path, account, w.Code)
	}
	return w
}

func weigh(t *testing.T, s *apptest.Site, account, path, encoding string) int {
	t.Helper()
	w := ask(t, s, account, path, encoding)
	want := "gzip" // of pages; files are compressed with brotli where it is taken
	if strings.Contains(encoding, "br") && strings.HasPrefix(path, "/static/") {
		want = "br"
	}
	if got := w.Header().Get("Content-Encoding"); got != want && w.Body.Len() > 1024 {
		t.Errorf("%s is encoded %q, want %q", path, got, want)
	}
	n := w.Body.Len() + len("HTTP/1.1 200 OK\r\n\r\n")
	for name, values := range w.Header() {
		for _, v := range values {
			n += len(name) + len(v) + len(": \r\n")
		}
	}
	return n
}

// escaped writes a query as a browser sends it.
func escaped(path string) string {
	path, query, found := strings.Cut(path, "?")
	if !found {
		return path
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		panic(err)
	}
	return path + "?" + values.Encode()
}
