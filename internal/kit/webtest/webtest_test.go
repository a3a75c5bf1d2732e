package webtest_test

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"yimen/internal/kit/webtest"
)

const formPage = `<!doctype html><html><body><header><form action="/search"></form></header><main class="a b">
<h1>收 件</h1><script>hidden()</script><a href="next?x=1">下一<b>页</b></a>
<form id="f" method="post" action="/send" enctype="">
 <input type="hidden" name="idempotency_key" value="k1"><input name="name" value="旧名"><input name="off" value="1" disabled>
 <input type="checkbox" name="tick" value="a" checked><input type="checkbox" name="tick" value="b">
 <input type="radio" name="who" value="self"><input type="radio" name="who" value="agent" checked>
 <select name="town"><option value="">请选择</option><option value="x" selected>乳城镇</option></select>
 <textarea name="why">
第一行
第二行</textarea><input type="file" name="photo">
 <button>提交</button><button name="draft" value="1" formaction="/draft">存草稿</button>
</form></main></body></html>`

func site() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /page", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, formPage)
	})
	echo := func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseMultipartForm(1 << 20)
		fmt.Fprintf(w, "%s %s", r.URL.RequestURI(), r.Form.Encode())
		if f, h, err := r.FormFile("photo"); err == nil {
			b, _ := io.ReadAll(f)
			fmt.Fprintf(w, " file %s %s", h.Filename, b)
		}
	}
	mux.HandleFunc("/send", echo)
	mux.HandleFunc("/draft", echo)
	mux.HandleFunc("/next", echo)
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusSeeOther) })
	mux.HandleFunc("/in", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "who", Value: "me", Path: "/"})
		http.Redirect(w, r, "/cookie", http.StatusSeeOther)
	})
	mux.HandleFunc("/cookie", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Header.Get("Cookie"), r.Header.Get("Authorization"))
	})
	mux.HandleFunc("/problem", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(422)
		io.WriteString(w, `{"code":"c","status":422,"errors":[{"field":"a.b","message":"必填"}],"request_id":"1"}`)
	})
	return mux
}

func TestFormIsSentAsABrowserWould(t *testing.T) {
	page := webtest.New(t, site()).Get("/page")
	page.Form("#f").Send().Must("idempotency_key=k1", "name=%E6%97%A7%E5%90%8D", "tick=a", "who=agent", "town=x", "why=%E7%AC%AC%E4%B8%80").
		MustNot("off=", "tick=b", "draft")
	page.Form("#f").Fill("name", "new").Press("存草稿").Send().Must("/draft", "name=new", "draft=1")
	page.Form("[name=photo]").Attach("photo", "a.jpg", []byte("jpeg")).Send().Must("file a.jpg jpeg", "who=agent")
}

func TestPageIsReadAsPeopleDo(t *testing.T) {
	page := webtest.New(t, site()).Get("/page").Status(200).At("/page")
	page.Must("收 件", "下一页", "乳城镇").None(".nothing").None("input[name=what]")
	page.Click("下一页").Must("/next?x=1")
	if strings.Contains(page.Text(), "hidden()") {
		t.Error("a script is seen")
	}
	for selector, want := range map[string]int{"main.a.b": 1, "main.a.c": 0, "form": 2, "main form": 1, "#f input[type=radio]": 2,
		`input[name="tick"][checked]`: 1, "option[value]": 2, "[value='self']": 1} {
		if got := len(page.Find(selector)); got != want {
			t.Errorf("%s finds %d, want %d", selector, got, want)
		}
	}
}

func TestClientKeepsCookies(t *testing.T) {
	c := webtest.New(t, site())
	c.Get("/in").At("/cookie").Must("who=me")
	if c.Cookie("who") != "me" {
		t.Error("the cookie is lost")
	}
	c.Bearer("tok").Get("/cookie").Must("who=me", "Bearer tok")
	c.Get("/cookie").MustNot("Bearer")
	c.NoRedirect().Get("/in").Status(303).Location("/cookie")
	p := c.Get("/problem").Status(422).Problem()
	if p.Code != "c" || p.Field("a.b") != "必填" || p.Field("x") != "" || p.RequestID != "1" {
		t.Errorf("problem is %+v", p)
	}
}

// failing is a test that may fail.
type failing struct {
	testing.TB
	message string
}

func (f *failing) Helper() {}
func (f *failing) Fatalf(format string, args ...any) {
	f.message = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// Every check must be able to fail.
func TestChecksFail(t *testing.T) {
	for name, check := range map[string]func(c *webtest.Client){
		"status":     func(c *webtest.Client) { c.Get("/page").Status(404) },
		"at":         func(c *webtest.Client) { c.Get("/in").At("/in") },
		"location":   func(c *webtest.Client) { c.NoRedirect().Get("/in").Location("/x") },
		"must":       func(c *webtest.Client) { c.Get("/page").Must("hidden()") },
		"must not":   func(c *webtest.Client) { c.Get("/page").MustNot("idempotency_key") },
		"one":        func(c *webtest.Client) { c.Get("/page").One("form") },
		"none":       func(c *webtest.Client) { c.Get("/page").None("form") },
		"click":      func(c *webtest.Client) { c.Get("/page").Click("上一页") },
		"fill":       func(c *webtest.Client) { c.Get("/page").Form("#f").Fill("nothing", "x") },
		"attach":     func(c *webtest.Client) { c.Get("/page").Form("#f").Attach("name", "x", nil) },
		"press":      func(c *webtest.Client) { c.Get("/page").Form("#f").Press("删除") },
		"no form":    func(c *webtest.Client) { c.Get("/page").Form("h1") },
		"problem":    func(c *webtest.Client) { c.Get("/page").Problem() },
		"decode":     func(c *webtest.Client) { c.Get("/page").Decode(&struct{}{}) },
		"redirected": func(c *webtest.Client) { c.Get("/loop") },
	} {
		t.Run(name, func(t *testing.T) {
			f := &failing{TB: t}
			done := make(chan struct{})
			go func() {
				defer close(done)
				check(webtest.New(f, site()))
			}()
			<-done
			if f.message == "" {
				t.Error("the check passed")
			}
		})
	}
}
