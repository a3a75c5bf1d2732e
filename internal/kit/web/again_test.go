package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/kit/webtest"
)

// A form that cannot be answered now comes back whole: every word, the key, and
// a plain request to choose the files and type the password again. Sending it
// from there does it once.
func TestAFormThatWasNotAnsweredCanBeSentAgain(t *testing.T) {
	down, got := true, url.Values{}
	rt := web.NewRouter(web.Options{})
	act := func(w http.ResponseWriter, r *http.Request) error {
		f, err := web.ReadForm(r)
		if err != nil {
			return err
		}
		if down {
			return db.ErrLost
		}
		for _, h := range f.Files("paper") {
			f.Set("file", h.Filename)
		}
		got = f.Raw()
		w.WriteHeader(http.StatusOK)
		return nil
	}
	rt.Post("/cases/{number}/act", web.Public, act)
	rt.Post("/api/v1/act", web.Public, act)
	b := webtest.New(t, rt)

	words := url.Values{"idempotency_key": {"k-1"}, "opinion": {"第一行\r\n第二行 <b>“引号”</b>"}, "do": {"accept"}, "m": {"a", "b"}}
	p := b.PostForm("/cases/26/act?from=list", words).Status(503).Must("您填写的内容还在", "不会丢失").MustNot("重新选择文件", "重新输入密码")
	down = false
	p.Form("form.ym-advice").Send().Status(200)
	for name, want := range words {
		// A browser sends every end of a line as two characters, whatever stands in the page.
		if strings.Join(got[name], "|") != strings.ReplaceAll(strings.Join(want, "|"), "\r", "") {
			t.Errorf("%s came again as %q, was %q", name, got[name], want)
		}
	}

	down = true
	b.PostForm("/cases/26/act", url.Values{"idempotency_key": {"k-2"}, "password": {"Geheim-2026"}}).Status(503).
		Must("重新输入密码").MustNot("Geheim-2026")
	p = b.PostMultipart("/cases/26/act", url.Values{"once": {"k-3"}, "note": {"户口簿"}}, webtest.Upload{Field: "paper", Name: "第一页.jpg", Content: []byte("x")}).
		Status(503).Must("重新选择文件：第一页.jpg", "文件没有保存")
	down = false
	p.Form("form.ym-advice").Attach("paper", "第一页.jpg", []byte("x")).Send().Status(200)
	if got.Get("once") != "k-3" || got.Get("note") != "户口簿" || got.Get("file") != "第一页.jpg" {
		t.Errorf("came again as %v", got)
	}
	down = true
	b.PostForm("/cases/26/act", url.Values{"opinion": {"同意"}}).Status(503).MustNot("再试一次") // it might be done twice
	b.PostForm("/api/v1/act", words).Status(503).MustNot("再试一次")
}
