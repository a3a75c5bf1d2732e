package cases

import (
	"testing"

	"yimen/internal/identity"
	"yimen/internal/kit/webtest"
)

// TestTheItemSaysHowSurelyOneIsKnown: whoever applies by themselves holds the
// item's level when they send, whatever they call the channel and whenever the
// draft was begun; a clerk answers for who stands before them.
func TestTheItemSaysHowSurelyOneIsKnown(t *testing.T) {
	eachSite(t, func(t *testing.T, w *world, as func(string) *webtest.Client) {
		level := func(account string, l identity.Level) {
			a := w.have[account]
			a.Level = l
			w.have[account] = a
		}
		zhang := as("zhang")
		draft := one[Draft](w)(w.SaveDraft(w.as("zhang"), w.web("zhang")))
		level("zhang", identity.LevelPhone) // what held has ended
		in := body(w.upload("zhang", "申请表.pdf"), w.upload("zhang", "身份证.pdf"))
		for _, channel := range []string{"web", "mobile", "window", "post", "kiosk", "anything"} {
			in["channel"] = channel
			p := zhang.JSON("POST", "/api/v1/cases", in).Status(403).Problem()
			if p.Code != "level_too_low" || p.Level != int(identity.LevelRegister) {
				t.Errorf("over %q: %+v", channel, p)
			}
		}
		in["channel"], in["draft"] = "web", draft.Number
		zhang.JSON("POST", "/api/v1/cases", in).Status(403)
		if got := one[Draft](w)(w.Draft(w.as("zhang"), draft.Number)); len(got.Submission.Form) == 0 {
			t.Errorf("the draft is gone: %+v", got)
		}
		level("zhang", identity.LevelRegister)
		zhang.JSON("POST", "/api/v1/cases", in).Status(201)

		// Whoever acts for somebody has to be known themselves.
		w.mandate("li", identity.Mandate{ID: "m1", Kind: identity.MandatePerson, Principal: "zhang", Agent: "li", Scope: identity.ScopeAll, State: identity.MandateActive})
		level("li", identity.LevelNone)
		s := w.web("zhang")
		_, err := w.Submit(w.as("li"), s)
		w.wants(err, identity.ErrLevelTooLow)

		// The history keeps how the clerk saw who it is, and nobody says it of themselves.
		seen := func(c Case) string { return one[[]Entry](w)(w.History(w.ctx, c.Number))[0].Opinion }
		paper, own := w.atWindow(), w.web("zhang")
		paper.Seen, own.Seen = "窗口读取了申请人的身份证。", "窗口读取了申请人的身份证。"
		if got := seen(one[Case](w)(w.Submit(w.as("clerk"), paper))); got != paper.Seen {
			t.Errorf("the clerk's history says %q", got)
		}
		if got := seen(one[Case](w)(w.Submit(w.as("zhang"), own))); got != "" {
			t.Errorf("the applicant's own says %q", got)
		}
	})
}
