package cases

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"yimen/internal/kit/errs"
)

func TestWrongInput(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		foreign := w.upload("li", "别人的.pdf")
		for name, c := range map[string]struct {
			change func(*Submission)
			field  string
		}{
			"no item":                 {func(s *Submission) { s.Item = "" }, "item"},
			"unknown item":            {func(s *Submission) { s.Item = "SG99999" }, "item"},
			"old version":             {func(s *Submission) { s.Version = 7 }, "version"},
			"unknown channel":         {func(s *Submission) { s.Channel = "fax" }, "channel"},
			"channel not offered":     {func(s *Submission) { s.Channel = ChannelKiosk }, "channel"},
			"citizen at window":       {func(s *Submission) { s.Channel = ChannelWindow }, "channel"},
			"no division":             {func(s *Submission) { s.Division = "" }, "division"},
			"unknown division":        {func(s *Submission) { s.Division = "440299000000" }, "division"},
			"division too high":       {func(s *Submission) { s.Division = theCity }, "division"},
			"unknown outlet":          {func(s *Submission) { s.Outlet = "440299000000" }, "outlet"},
			"applicant type":          {func(s *Submission) { s.Applicant.Type = "alien" }, "applicant.type"},
			"no name":                 {func(s *Submission) { s.Applicant.Name = " " }, "applicant.name"},
			"name too long":           {func(s *Submission) { s.Applicant.Name = strings.Repeat("张", 201) }, "applicant.name"},
			"name of digits":          {func(s *Submission) { s.Applicant.Name = "12345" }, "applicant.name"},
			"id type":                 {func(s *Submission) { s.Applicant.IDType = "000" }, "applicant.id_type"},
			"id type of organisation": {func(s *Submission) { s.Applicant.IDType = "001" }, "applicant.id_type"},
			"check digit":             {func(s *Submission) { s.Applicant.IDNo = "440232198003041011" }, "applicant.id_no"},
			"born tomorrow":           {func(s *Submission) { s.Applicant.IDNo = "44023220260917101X" }, "applicant.id_no"},
			"no phone":                {func(s *Submission) { s.Applicant.Phone = "" }, "applicant.phone"},
			"short phone":             {func(s *Submission) { s.Applicant.Phone = "1380000" }, "applicant.phone"},
			"agent without authority": {func(s *Submission) {
				s.Agent = &Agent{Name: "李晓敏", IDNo: idOf("li"), Phone: "13800002222"}
			}, "agent.authority"},
			"agent without number": {func(s *Submission) { s.Agent = &Agent{Name: "李晓敏", Phone: "13800002222", Authority: "委托书"} }, "agent.id_no"},
			"agent is applicant": {func(s *Submission) {
				s.Agent = &Agent{Name: "张建国", IDNo: idOf("zhang"), Phone: "13800002222", Authority: "委托书"}
			}, "agent.id_no"},
			"question open":      {func(s *Submission) { s.Answers = nil }, "answers.who"},
			"unknown question":   {func(s *Submission) { s.Answers["why"] = []string{"x"} }, "answers.why"},
			"unknown option":     {func(s *Submission) { s.Answers["who"] = []string{"x"} }, "answers.who"},
			"not eligible":       {func(s *Submission) { s.Answers["who"] = []string{"nobody"} }, "answers"},
			"form empty":         {func(s *Submission) { s.Form = nil }, "form.name"},
			"form wrong":         {func(s *Submission) { s.Form = json.RawMessage(`{"name":"x","area":-1}`) }, "form.area"},
			"form unknown field": {func(s *Submission) { s.Form = json.RawMessage(`{"name":"x","area":1,"more":1}`) }, "form.more"},
			"form no JSON":       {func(s *Submission) { s.Form = json.RawMessage(`{`) }, "form"},
			"material missing":   {func(s *Submission) { s.Materials = s.Materials[:1] }, "materials.id_card"},
			"unknown material":   {func(s *Submission) { s.Materials[1].ID = "proof" }, "materials.1.id"},
			"no way":             {func(s *Submission) { s.Materials[1] = Handed{ID: "id_card"} }, "materials.1.file"},
			"two ways":           {func(s *Submission) { s.Materials[1].Promise = true }, "materials.1.file"},
			"unknown file":       {func(s *Submission) { s.Materials[1].File = "01a20290-22d1-7832-81b8-8df63ac73e3a" }, "materials.1.file"},
			"somebody's file":    {func(s *Submission) { s.Materials[1].File = foreign }, "materials.1.file"},
			"licence not yet":    {func(s *Submission) { s.Materials[1] = Handed{ID: "id_card", Licence: "1.2.156.3005.2.x"} }, "materials.1.licence"},
			"no such licence":    {func(s *Submission) { s.Materials[0] = Handed{ID: "form", Licence: "1.2.156.3005.2.x"} }, "materials.0.licence"},
			"promise refused":    {func(s *Submission) { s.Materials[1] = Handed{ID: "id_card", Promise: true} }, "materials.1.promise"},
			"paper over the web": {func(s *Submission) { s.Materials[1] = Handed{ID: "id_card", Paper: true} }, "materials.1.paper"},
			"not deferrable":     {func(s *Submission) { s.Materials[1] = Handed{ID: "id_card", Later: true} }, "materials.1.later"},
			"handed in twice":    {func(s *Submission) { s.Materials = append(s.Materials, Handed{ID: "form", Paper: true}) }, "materials.2.paper"},
			"delivery":           {func(s *Submission) { s.Deliver = "pigeon" }, "deliver"},
			"post without place": {func(s *Submission) { s.Deliver = DeliverPost }, "deliver_to"},
			"window unknown":     {func(s *Submission) { s.DeliverTo = "440299000000" }, "deliver_to"},
		} {
			s := w.web("zhang")
			c.change(&s)
			_, err := w.Submit(w.as("zhang"), s)
			if e := errs.From(err); e.Kind != errs.Invalid {
				t.Errorf("%s: %v", name, err)
				continue
			}
			t.Run(name, func(t *testing.T) { (&world{t: t}).field(err, c.field) })
		}
		if n := one[int](w)(w.Count(w.ctx, Query{})); n != 0 {
			t.Errorf("%d cases stored of wrong input", n)
		}
	})
}

// Everything that is wrong is told at once.
func TestAllFaultsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.web("zhang")
		s.Applicant.IDNo, s.Applicant.Phone, s.Form, s.Materials, s.Deliver = "1", "2", nil, nil, "pigeon"
		_, err := w.Submit(w.as("zhang"), s)
		for _, f := range []string{"applicant.id_no", "applicant.phone", "form.name", "form.area", "materials.form", "materials.id_card", "deliver"} {
			w.field(err, f)
		}
		w.wants(second(w.Submit(w.as(""), s)), ErrSignIn)
	})
}

func TestUnusualButRight(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for name, change := range map[string]func(*Submission){
			"200 characters":        func(s *Submission) { s.Applicant.Name = strings.Repeat("张", 200) },
			"4-byte characters":     func(s *Submission) { s.Applicant.Name = "𠀀𬀩" },
			"interpunct":            func(s *Submission) { s.Applicant.Name = "阿卜杜拉·买买提" },
			"landline":              func(s *Submission) { s.Applicant.Phone = "8881234" },
			"full-width number":     func(s *Submission) { s.Applicant.IDNo = toFullWidth(idOf("zhang")) },
			"by phone":              func(s *Submission) { s.Channel = ChannelMobile },
			"several files for one": func(s *Submission) { s.Materials = append(s.Materials, Handed{ID: "form", File: s.Materials[0].File}) },
			"agent with promise": func(s *Submission) {
				s.Answers["who"] = []string{"agent"}
				s.Materials = append(s.Materials, Handed{ID: "power", Promise: true})
				s.Agent = &Agent{Name: "李晓敏", IDNo: idOf("li"), Phone: "13800002222", Authority: "2026年9月1日委托书"}
			},
			"by post": func(s *Submission) {
				s.Deliver, s.DeliverTo = DeliverPost, "韶关市乳源县游溪镇大寮坑村1号"
			},
			"another outlet": func(s *Submission) {
				s.Outlet, s.DeliverTo = theCity, ruyuan
			},
		} {
			s := w.web("zhang")
			s.Applicant.Name = "张建国"
			change(&s)
			zhang := w.have["zhang"]
			zhang.Name = s.Applicant.Name // as their account has it
			w.have["zhang"] = zhang
			c, err := w.Submit(w.as("zhang"), s)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			got := w.find(c.Number)
			if name != "full-width number" && name != "landline" && got.Applicant.Name != s.Applicant.Name {
				t.Errorf("%s: stored %q", name, got.Applicant.Name)
			}
			if got.Applicant.IDNo != idOf("zhang") {
				t.Errorf("%s: stored a number of %d characters", name, len(got.Applicant.IDNo))
			}
			if s.Agent != nil && (got.Agent == nil || *got.Agent != Agent{Name: "李晓敏", IDType: "111", IDNo: idOf("li"), Phone: "13800002222", Authority: "2026年9月1日委托书"}) {
				t.Errorf("%s: agent %+v", name, got.Agent)
			}
		}
	})
}

func toFullWidth(s string) string {
	return strings.Map(func(r rune) rune { return r - '0' + '０' }, strings.TrimRight(s, "X")) + s[len(strings.TrimRight(s, "X")):]
}

// The clerk files at their own outlet only, and for whom they like.
func TestClerkFilesAtOwnOutlet(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.atWindow()
		s.Outlet = shixing
		w.field(second(w.Submit(w.as("clerk"), s)), "outlet")
		s = w.atWindow()
		s.Channel = ChannelWeb
		w.field(second(w.Submit(w.as("clerk"), s)), "channel")
		s = w.atWindow()
		w.field(second(w.Submit(w.as("approver"), s)), "outlet")
		// A case filed for somebody who has an account is among their own.
		s.Applicant.IDNo, s.Applicant.Name = idOf("zhang"), "张建国"
		c := one[Case](w)(w.Submit(w.as("clerk"), s))
		if got := one[Case](w)(w.Find(w.as("zhang"), c.Number)); got.Receiving.Code != ruyuan {
			t.Errorf("%+v", got)
		}
	})
}

func TestSnapshot(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.web("zhang")
		s.Answers["who"] = []string{"agent"}
		s.Materials = append(s.Materials, Handed{ID: "power", Promise: true})
		s.Agent = &Agent{Name: "李晓敏", IDNo: idOf("li"), Phone: "13800002222", Authority: "委托书"}
		c := w.find(one[Case](w)(w.Submit(w.as("zhang"), s)).Number)
		list := c.Content.Checklist
		if list.Version != 1 || len(list.Materials) != 3 || len(list.Path) != 1 || list.Path[0].Labels[0] != "委托他人" ||
			!strings.Contains(list.BasisText, "森林法") {
			t.Errorf("%+v", list)
		}
		if c.Content.Materials[2].Way != wayPromise || c.Content.Materials[0].FileName != "申请表.pdf" {
			t.Errorf("%+v", c.Content.Materials)
		}
	})
}

func TestSameKeySameCase(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.web("zhang")
		s.Key = "k1"
		first := one[Case](w)(w.Submit(w.as("zhang"), s))
		again := one[Case](w)(w.Submit(w.as("zhang"), s))
		if first.Number != again.Number {
			t.Errorf("%s, then %s", first.Number, again.Number)
		}
		other := s
		other.Form = json.RawMessage(`{"name":"大寮坑","area":4}`)
		w.wants(second(w.Submit(w.as("zhang"), other)), ErrKeyReused)
		li := w.web("li")
		li.Key = "k1"
		if c := one[Case](w)(w.Submit(w.as("li"), li)); c.Number == first.Number {
			t.Error("another account's key gave this account's case")
		}
		// Sent sixteen times at once.
		s.Key = "k2"
		numbers := map[string]int{}
		var mu sync.Mutex
		var all sync.WaitGroup
		for range 16 {
			all.Go(func() {
				c, err := w.Submit(w.as("zhang"), s)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				numbers[c.Number]++
			})
		}
		all.Wait()
		if len(numbers) != 1 {
			t.Errorf("%d cases of one submission: %v", len(numbers), numbers)
		}
		if n := one[int](w)(w.Count(w.ctx, Query{})); n != 3 {
			t.Errorf("%d cases, want 3", n)
		}
	})
}

func TestParallelSubmits(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const writers, each = 64, 4
		var mu sync.Mutex
		numbers := map[string]bool{}
		var all sync.WaitGroup
		for i := range writers {
			all.Go(func() {
				for j := range each {
					s := w.atWindow()
					s.Key = fmt.Sprint(i, "-", j)
					c, err := w.Submit(w.as("clerk"), s)
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					numbers[c.Number] = true
					mu.Unlock()
				}
			})
		}
		all.Wait()
		if len(numbers) != writers*each {
			t.Errorf("%d numbers of %d cases", len(numbers), writers*each)
		}
		if n := one[int](w)(w.Count(w.ctx, Query{State: StateReceived})); n != writers*each {
			t.Errorf("tally says %d", n)
		}
	})
}

// Two who act on one case at the same time: one wins, the other is told.
func TestTwoAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 5 {
			c := w.received()
			errors := make([]error, 4)
			var all sync.WaitGroup
			for i := range errors {
				all.Go(func() { _, errors[i] = w.Accept(w.as("clerk"), c.Number, Act{}) })
			}
			all.Wait()
			won := 0
			for _, err := range errors {
				if err == nil {
					won++
				} else if errs.KindOf(err) != errs.Conflict {
					t.Errorf("the loser is told %v", err)
				}
			}
			if won != 1 || w.verbs(c.Number) != "submit receive accept review" {
				t.Fatalf("%d won: %s", won, w.verbs(c.Number))
			}
		}
	})
}

func TestStalePage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.received()
		seen := c.Revision
		w.must(second(w.Accept(w.as("clerk"), c.Number, Act{Revision: seen})))
		e := w.wants(second(w.Withdraw(w.as("clerk"), c.Number, Act{Revision: seen, Opinion: "不办了"})), ErrStale)
		if len(e.Fields) != 2 || !strings.Contains(e.Fields[0].Message, "受理") || len(e.Verbs) == 0 {
			t.Errorf("what changed: %+v, allowed %v", e.Fields, e.Verbs)
		}
	})
}

func TestDrafts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.web("zhang")
		s.Form, s.Applicant.Phone = nil, ""
		d := one[Draft](w)(w.SaveDraft(w.as("zhang"), s))
		s = d.Submission
		s.Draft, s.Form = d.Number, json.RawMessage(`{"name":"大寮坑","area":1}`)
		again := one[Draft](w)(w.SaveDraft(w.as("zhang"), s))
		if again.Number != d.Number {
			t.Errorf("saved again under %s", again.Number)
		}
		w.wants(second(w.SaveDraft(w.as("li"), s)), ErrDraftUnknown)
		w.wants(second(w.Draft(w.as("li"), d.Number)), ErrDraftUnknown)
		invented := s
		invented.Draft = NewNumber(start)
		w.wants(second(w.SaveDraft(w.as("zhang"), invented)), ErrDraftUnknown)
		list, _, err := w.Drafts(w.as("zhang"), page(10))
		if err != nil || len(list) != 1 || string(list[0].Submission.Form) != `{"name":"大寮坑","area":1}` {
			t.Fatalf("%+v %v", list, err)
		}
		w.field(second(w.Submit(w.as("zhang"), s)), "applicant.phone") // the draft stays
		s.Applicant.Phone = "13800001111"
		c := one[Case](w)(w.Submit(w.as("zhang"), s))
		if c.Number != d.Number {
			t.Errorf("draft %s became case %s", d.Number, c.Number)
		}
		w.wants(second(w.Submit(w.as("zhang"), s)), ErrDraftUnknown)
		d = one[Draft](w)(w.SaveDraft(w.as("zhang"), w.web("zhang")))
		w.must(w.DiscardDraft(w.as("zhang"), d.Number))
		w.wants(w.DiscardDraft(w.as("zhang"), d.Number), ErrDraftUnknown)
	})
}
