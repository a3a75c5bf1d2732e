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

// TestWhatAWindowFiledNeedsALook: who has only a name and a number sees neither
// the case a window filed under them nor its papers, is told what is missing, and
// is led there and back.
func TestWhatAWindowFiledNeedsALook(t *testing.T) {
	w := theCity(t)
	const who = "citizen-62"
	number := w.asked(t, who).Number
	conn := w.db.Conn(w.system)
	for statement, arg := range map[string]string{ // filed by a clerk; known by the register alone
		`UPDATE cases_case SET submitted_by = 'clerk-440232112209', channel = 'window' WHERE number = $1`:                 number,
		`UPDATE identity_account SET level3_until = NULL, level4_until = NULL, level2_until = '2030-01-01' WHERE id = $1`: identity.FromContext(w.actor(t, who)).Account,
	} {
		_, err := conn.Exec(w.system, statement, arg)
		must(t, err)
	}
	c := w.as(t, who)
	verify := "/verify?level=3&next="
	c.Get("/my").Status(200).Must("用人脸或者身份证核验以后才显示").MustNot(number)
	c.Get("/my/documents").Status(200).Must("用人脸或者身份证核验以后才显示").MustNot(number, problem)
	for _, path := range []string{"/my/cases/" + number, "/my/cases/" + number + "/correct"} {
		c.NoRedirect().Get(path).Status(303).Location(verify + url.QueryEscape(path))
	}
	w.as(t, "citizen-61").Get("/my/cases/" + number).Status(404) // nobody else is told that it is there

	must(t, w.identity.Prove(w.system, identity.Proof{Account: who, Method: identity.ByCard}))
	c.Get("/my").Status(200).Must(number).MustNot("身份证核验以后才显示")
	c.Get("/my/documents").Status(200).Must(number).MustNot("身份证核验以后才显示")
	c.Get("/my/cases/"+number).Status(200).Must("去补正材料", problem)
}
