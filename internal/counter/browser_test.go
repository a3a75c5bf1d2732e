package counter_test

import (
	"net/http/httptest"
	"testing"

	"yimen/internal/app/apptest"
	"yimen/internal/cases"
	"yimen/internal/kit/webtest/browser"
	"yimen/internal/workflow"
)

// desk is the counter in a browser, with a clerk signed in.
type desk struct {
	*browser.Browser
	t   *testing.T
	s   *apptest.Site
	url string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	s := newSite(t)
	server := httptest.NewServer(s.Router)
	t.Cleanup(server.Close)
	d := &desk{browser.New(t), t, s, server.URL}
	d.Go(d.url + "/login")
	browser.Eval[bool](d.Browser, `fetch("/demo/login", {method: "POST", body: new URLSearchParams({account: "`+clerk+`", next: "/"})}).then(r => true)`)
	return d
}

// greet types a document number into the desk, as a card reader would.
func (d *desk) greet(number string) {
	d.t.Helper()
	d.Go(d.url + "/counter")
	d.Wait("input[name=q]")
	d.Press(number + "\r")
	d.Wait(".ct-person")
}

var sizes = [][2]int{{1366, 768}, {768, 1024}, {360, 740}}

func (d *desk) look(name string) {
	d.t.Helper()
	d.Axe(d.t)
	for _, size := range sizes {
		d.Screenshot(d.t, name, size[0], size[1])
		d.Fits(d.t, size[0])
	}
	d.Resize(1366, 768)
}

// The counter as a clerk sees it, on the desk, on a tablet and on a telephone.
func TestInTheBrowser(t *testing.T) {
	d := newDesk(t)
	s := d.s
	c := s.Submit(clerk, item, village, nil)
	s.Submit(clerk, "SG02008", village, nil)
	wrong := s.Submit(clerk, "SG02001", village, nil)
	if _, err := s.Cases.RequestCorrection(s.Ctx(clerk), wrong.Number, cases.Act{Deficiencies: []cases.Deficiency{
		{Material: s.Submission("SG02001", village).Materials[0].ID, Problem: "复印件不清晰。", Cure: "重新复印，四角完整。"}}}); err != nil {
		t.Fatal(err)
	}
	ready := s.Submit(clerk, item, village, nil)
	if _, err := s.Cases.Accept(s.Ctx(clerk), ready.Number, cases.Act{}); err != nil {
		t.Fatal(err)
	}
	flow, err := s.Workflow.Instance(s.System(), ready.Number)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Workflow.Approve(s.Ctx(clerk), flow.Tasks[0].ID, workflow.Act{Outcome: workflow.Granted}); err != nil {
		t.Fatal(err)
	}
	s.Drain()
	online := s.Submission("SG18002", village)
	online.Channel = cases.ChannelWeb
	online.Materials = nil
	if _, err := s.Cases.SaveDraft(s.Ctx("citizen-1"), online); err != nil {
		t.Fatal(err)
	}
	draft, err := s.Cases.SaveDraft(s.Ctx(clerk), s.Submission(item, village))
	if err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"desk": "/counter", "choose": "/counter/new?q=%E7%A4%BE%E4%BF%9D", "done": "/counter/done/" + c.Number,
		"settings": "/counter/settings", "keys": "/counter/keys", "intake-full": "/counter/intake/" + draft.Number,
		"place": "/counter/start?item=" + item + "&at=440200000000"} {
		d.Go(d.url + path)
		d.look(name)
	}
	d.greet(c.Applicant.IDNo)
	d.look("person")
	d.Press("sh")
	d.Wait("#found .ct-hit.is-first")
	d.look("person-found")
	d.Click(`.ct-case.is-here a[href$="/deliver"]`)
	d.Wait(".ct-slot form")
	d.look("person-deliver")
	for name, verb := range map[string]string{"correct": wrong.Number + "/correct", "request": c.Number + "/request-correction", "withdraw": c.Number + "/withdraw"} {
		at := d.Address()
		d.Go(at + "/" + verb)
		d.look("act-" + name)
		d.Go(at)
	}
	d.Type("input[name=q]", "ydjy")
	d.Wait("#found .ct-hit.is-first")
	d.Press("\r")
	d.Wait("#in-sheet")
	d.look("intake")
	d.Calm(t)
}
