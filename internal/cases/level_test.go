package cases

import (
	"errors"
	"testing"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
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

// TestWhatAWindowFiledIsSeenFromLevelThree: an account of somebody's name and
// number has not shown that it is theirs. What they filed themselves, or let an
// agent file, they see.
func TestWhatAWindowFiledIsSeenFromLevelThree(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		level := func(account string, l identity.Level) {
			a := w.have[account]
			a.Level = l
			w.have[account] = a
		}
		s := w.atWindow()
		s.Applicant = w.web("zhang").Applicant
		filed := one[Case](w)(w.Submit(w.as("clerk"), s))
		own := one[Case](w)(w.Submit(w.as("zhang"), w.web("zhang")))
		w.mandate("li", identity.Mandate{ID: "m1", Kind: identity.MandatePerson, Principal: "zhang", Agent: "li", Scope: identity.ScopeAll, State: identity.MandateActive})
		under := w.web("zhang")
		under.Materials = w.web("li").Materials
		agent := one[Case](w)(w.Submit(w.as("li"), under))
		if filed.Account != "zhang" || filed.Filed || !own.Filed || !agent.Filed {
			t.Fatalf("filed by whom: %+v, %v, %v", filed, own.Filed, agent.Filed)
		}
		sees := func() map[string]bool {
			seen := map[string]bool{}
			list, _, err := w.List(w.as("zhang"), Query{Mine: true}, db.Page{})
			w.must(err)
			for _, c := range list {
				seen[c.Number] = true
			}
			documents, _, err := w.Documents(w.as("zhang"), db.Page{})
			w.must(err)
			for _, d := range documents {
				if !seen[d.Number] {
					t.Errorf("a document of case %s, which is not listed", d.Number)
				}
			}
			return seen
		}

		level("zhang", identity.LevelRegister)
		if seen := sees(); len(seen) != 2 || seen[filed.Number] {
			t.Errorf("at level 2: %v", seen)
		}
		for _, number := range []string{own.Number, agent.Number} {
			one[Case](w)(w.Find(w.as("zhang"), number))
		}
		for what, ask := range map[string]func() error{
			"find":     func() error { _, err := w.Find(w.as("zhang"), filed.Number); return err },
			"glance":   func() error { _, err := w.Glance(w.as("zhang"), filed.Number); return err },
			"history":  func() error { _, err := w.History(w.as("zhang"), filed.Number); return err },
			"withdraw": func() error { _, err := w.Withdraw(w.as("zhang"), filed.Number, Act{}); return err },
		} {
			if err := ask(); !errors.Is(err, identity.ErrLevelTooLow) {
				t.Errorf("%s at level 2: %v", what, err)
			}
		}
		if found := one[map[string]Case](w)(w.Glances(w.as("zhang"), []string{filed.Number})); len(found) > 0 {
			t.Errorf("glances at level 2: %v", found)
		}
		level("li", identity.LevelRegister)
		if _, err := w.Find(w.as("li"), filed.Number); !errors.Is(err, ErrUnknown) { // nobody else hears of it
			t.Errorf("somebody else: %v", err)
		}

		level("zhang", identity.LevelPresence)
		if seen := sees(); len(seen) != 3 {
			t.Errorf("at level 3: %v", seen)
		}
		if c := one[Case](w)(w.Find(w.as("zhang"), filed.Number)); !c.Own {
			t.Error("at level 3 it is not their own")
		}
	})
}
