package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"

	"yimen/internal/kit/webtest/browser"
)

// serve gives the address of a site of one page, under our content policy.
func serve(t *testing.T, html string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, html)
		if r.URL.RawQuery != "" {
			fmt.Fprint(w, `<p id="sent">`)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// failing is a test that may fail.
type failing struct {
	testing.TB
	messages []string
}

func (f *failing) Helper() {}
func (f *failing) Errorf(format string, args ...any) {
	f.messages = append(f.messages, fmt.Sprintf(format, args...))
}
func (f *failing) Fatalf(format string, args ...any) {
	f.Errorf(format, args...)
	runtime.Goexit()
}

func (f *failing) run(fn func()) string {
	done := make(chan struct{})
	go func() { defer close(done); fn() }()
	<-done
	return strings.Join(f.messages, "\n")
}

const goodPage = `<!doctype html><html lang="zh-CN"><head><title>好页面</title></head><body><main><h1>好页面</h1>
<form><label for="a">姓名</label><input id="a" name="a" autocomplete="name"><button id="go">提交</button></form></main></body></html>`

func TestGoodPagePasses(t *testing.T) {
	b := browser.New(t)
	url := serve(t, goodPage)
	b.Go(url)
	b.Axe(t)
	b.Fits(t, 360)
	b.Calm(t)
	b.Type("#a", "盘小妹")
	if got := browser.Eval[string](b, `document.querySelector("#a").value`); got != "盘小妹" {
		t.Errorf("typed %q", got)
	}
	if got := b.Text("h1"); got != "好页面" {
		t.Errorf("heading says %q", got)
	}
	b.Click("#go")
	b.Wait("#sent")
	if got := b.Address(); !strings.HasPrefix(got, url+"/?a=") {
		t.Errorf("sent to %s", got)
	}
	info, err := os.Stat(b.Screenshot(t, "good", 360, 640))
	if err != nil || info.Size() < 1000 {
		t.Errorf("screenshot: %v, %v", info, err)
	}
}

// Every check must be able to fail.
func TestBadPageFails(t *testing.T) {
	b := browser.New(t)
	b.Go(serve(t, `<!doctype html><html><head><title></title></head><body><img src="/x.png"><input>
		<p class="wide">`+strings.Repeat("w", 400)+`</p><script>alert(1)</script></body></html>`))
	f := &failing{TB: t}
	if got := f.run(func() { b.Axe(f) }); !strings.Contains(got, "html-has-lang") || !strings.Contains(got, "image-alt") || !strings.Contains(got, "label") {
		t.Errorf("axe reports %q", got)
	}
	f = &failing{TB: t}
	if got := f.run(func() { b.Fits(f, 360) }); !strings.Contains(got, "px wide") {
		t.Errorf("width reports %q", got)
	}
	f = &failing{TB: t}
	if got := f.run(func() { b.Calm(f) }); !strings.Contains(got, "Content Security Policy") {
		t.Errorf("console reports %q", got)
	}
}
