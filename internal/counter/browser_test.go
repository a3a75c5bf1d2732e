package counter_test

import (
	"net/http/httptest"
	"testing"

	"yimen/internal/kit/webtest/browser"
)

// The counter as a clerk sees it, on the desk and on a telephone.
func TestInTheBrowser(t *testing.T) {
	s := newSite(t)
	c := s.Submit(clerk, item, village, nil)
	draft, err := s.Cases.SaveDraft(s.Ctx(clerk), s.Submission(item, village))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.Router)
	defer server.Close()
	b := browser.New(t)
	b.Go(server.URL + "/login")
	browser.Eval[bool](b, `fetch("/demo/login", {method: "POST", body: new URLSearchParams({account: "`+clerk+`", next: "/"})}).then(r => true)`)
	for name, path := range map[string]string{"desk": "/counter", "choose": "/counter/new?q=%E7%A4%BE%E4%BF%9D", "done": "/counter/done/" + c.Number,
		"window-people": "/counter/apply/" + draft.Number + "/people", "window-materials": "/counter/apply/" + draft.Number + "/materials",
		"window-review": "/counter/apply/" + draft.Number + "/review"} {
		b.Go(server.URL + path)
		b.Axe(t)
		for _, size := range [][2]int{{1366, 768}, {360, 740}} {
			b.Screenshot(t, name, size[0], size[1])
			b.Fits(t, size[0])
		}
	}
	b.Go(server.URL + "/counter/new")
	b.Type("input[name=q]", "医疗保险参保")
	b.Wait("#found a[href*=SG18001]") // found while typing, without sending the form
	if now := b.Address(); now != server.URL+"/counter/new" {
		t.Errorf("typing left the page for %s", now)
	}
	b.Calm(t)
}
