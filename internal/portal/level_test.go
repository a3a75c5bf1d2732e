package portal_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"yimen/internal/identity"
)

// TestStepUpBeforeApplying: who has shown too little of who they are is led to
// where that is done before the first page, and back; who has shown it only for
// a while is led there again when they send, and the draft stays.
func TestStepUpBeforeApplying(t *testing.T) {
	w := theCity(t)
	if least := definition(t, w, pension).MinLevel; least != int(identity.LevelPresence) {
		t.Fatalf("the pension asks for level %d", least)
	}
	c := w.as(t, "citizen-3") // has a phone
	c.Get("/items/"+pension).Must("要高级实名", "人脸核验", "到窗口办，带身份证就可以")
	c.NoRedirect().Get("/apply/new?item=" + pension).Status(303).
		Location("/verify?level=3&next=" + url.QueryEscape("/apply/new?item="+pension))
	c.NoRedirect().PostForm("/apply/new", url.Values{"item": {pension}, "at": {village}}).Status(303)
	c.Get("/my").MustNot("继续填写")

	must(t, w.identity.Prove(w.system, identity.Proof{Account: "citizen-3", Method: identity.ByCard, Until: w.clock.Now().Add(time.Minute)}))
	review := w.apply(t, c, "citizen-3")
	w.clock.Advance(2 * time.Minute)
	defer w.clock.Advance(-2 * time.Minute)
	page := review.Form("form.ap-form").Fill("declared", "1")
	sent := c.NoRedirect().With("Referer", "http://"+review.URL.Host+review.URL.Path).PostForm(review.URL.Path, page.Values).Status(303)
	if to := sent.Header().Get("Location"); !strings.HasPrefix(to, "/verify?level=3&next=") {
		t.Errorf("sent after the proof ended, it leads to %s", to)
	}
	c.Get(review.URL.Path).Status(200).Must("核对后提交")
	must(t, w.identity.Prove(w.system, identity.Proof{Account: "citizen-3", Method: identity.ByCard, Until: w.clock.Now().Add(time.Minute)}))
	send(t, c.Get(review.URL.Path))
}
