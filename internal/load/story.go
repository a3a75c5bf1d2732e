package load

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"time"

	"yimen/workday"
)

// story is one case from the first look to its end.
type story struct {
	*run
	r       *rand.Rand
	i       int
	plan    *plan
	who     Person
	web     bool
	by      string // account that hands in: the applicant's, or a clerk's
	viewer  string // account that may look at the case's steps
	scan    string
	fate    string
	told    *record
	began   time.Time
	patient int // how often the end was waited for
}

// Fates, with how many of a hundred cases meet them.
var fates = []struct {
	name   string
	weight int
}{{"granted", 83}, {"denied", 4}, {"corrected", 8}, {"refused", 2}, {"withdrawn", 3}}

func fate(r *rand.Rand) string {
	n := r.IntN(100)
	for _, f := range fates {
		if n -= f.weight; n < 0 {
			return f.name
		}
	}
	return fates[0].name
}

// scanned is the smallest thing that passes for a scanned page.
var scanned = []byte("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")

// tell makes story i; every story has its own chance, so that a run with the
// same seed is the same whatever order clients take it in.
func (u *run) tell(i int) step {
	s := &story{run: u, i: i, r: rand.New(rand.NewPCG(u.Seed, uint64(i)))}
	s.fate = fate(s.r)
	return s.begin
}

// begin decides who wants what, and how they come.
func (s *story) begin(ctx context.Context) (step, time.Duration) {
	s.began = time.Now()
	s.rec.began()
	for range 20 {
		p, err := s.world.draw(ctx, s.r)
		if err != nil {
			return s.stop(err)
		}
		if s.cast(p) {
			break
		}
	}
	if s.plan == nil {
		return s.stop(errors.New("nobody was found who could apply"))
	}
	if s.web && s.profile.browse {
		return s.look, 0
	}
	return s.hand, 0
}

// cast chooses who applies; false when nobody can.
func (s *story) cast(p *plan) bool {
	s.web = p.web && (!p.window || s.r.IntN(100) < 40)
	from := s.world.persons
	switch {
	case !s.web && !p.window:
		return false
	case !p.serves("person"):
		if from = s.world.firms; !p.serves("enterprise") {
			return false
		}
	case !s.web:
		from = []Person{s.world.visitor(s.i, s.r)}
	}
	if s.web {
		from = known(from, p.least)
	}
	if len(from) == 0 {
		return false
	}
	s.who = from[s.r.IntN(len(from))]
	s.plan, s.by = p, s.who.Account
	if !s.web {
		clerks := s.world.clerks[p.outlet]
		s.by = clerks[s.r.IntN(len(clerks))]
	}
	s.viewer = s.by
	return true
}

// known are the people of whom is known surely enough who they are.
func known(people []Person, least int) []Person {
	return slices.DeleteFunc(slices.Clone(people), func(p Person) bool { return p.Level < least })
}

// look is what somebody at home does before they apply.
func (s *story) look(ctx context.Context) (step, time.Duration) {
	for _, page := range []struct{ op, path string }{
		{"page home", "/"}, {"page search", "/search?q=" + url.QueryEscape(words[s.r.IntN(len(words))])}, {"page guide", "/items/" + s.plan.item},
	} {
		if err := s.site.open(ctx, page.op, s.by, page.path); err != nil {
			break // they apply all the same; it has been counted
		}
	}
	return s.hand, s.profile.pause(atHome, s.r)
}

// hand fills in the form, photographs the papers and hands in.
func (s *story) hand(ctx context.Context) (step, time.Duration) {
	if s.web && s.scan == "" && s.needsFile() {
		var file struct {
			ID string `json:"id"`
		}
		err := s.site.do(ctx, ask{op: "upload", account: s.by, method: http.MethodPost, path: "/api/v1/files", file: scanned, out: &file})
		if err != nil {
			return s.stop(err)
		}
		s.scan = file.ID
	}
	scan := s.scan
	if s.web && scan == "" {
		scan = "-" // nothing to upload, and no paper either
	}
	a, err := s.plan.apply(s.who, scan, today(), s.r)
	if err != nil {
		return s.stop(fmt.Errorf("fill in %s: %w", s.plan.item, err))
	}
	s.told = s.ledger.open(a.Applicant, a.Item)
	if err := s.site.post(ctx, "submit", s.by, "/api/v1/cases", a, &s.told.last); err != nil {
		var refusal *Refusal
		if errors.As(err, &refusal) && refusal.Status == http.StatusUnprocessableEntity {
			s.world.leave(s.plan, err)
		}
		return s.stop(err)
	}
	s.told.acts = append(s.told.acts, "submit")
	wait := s.profile.pause(atCounter, s.r)
	switch s.fate {
	case "withdrawn":
		return s.verb("withdraw", s.by, map[string]any{"opinion": "情况有变，本人要求撤回申请。"}, s.close), wait
	case "refused":
		return s.byAgency("refuse-acceptance", map[string]any{"grounds": "not_eligible", "opinion": "经核对，申请人的情况不符合受理条件。"}, s.close), wait
	case "corrected":
		return s.byAgency("request-correction", map[string]any{"opinion": "请按清单补正。", "deficiencies": []map[string]string{
			{"problem": "签名处没有签名", "cure": "请本人签名后重新提交。"}}}, s.correct), wait
	}
	return s.accept(), wait
}

func (s *story) needsFile() bool {
	return slices.ContainsFunc(s.plan.materials, func(m material) bool { return !slices.Contains(m.SatisfiedBy, "form") })
}

// verb is a step that does something to the case as account, and then then.
func (s *story) verb(name, account string, body map[string]any, then step) step {
	return func(ctx context.Context) (step, time.Duration) {
		err := s.site.post(ctx, name, account, "/api/v1/cases/"+s.told.last.Number+"/"+name, body, &s.told.last)
		if err != nil {
			return s.stop(err)
		}
		s.told.acts = append(s.told.acts, name)
		return then(ctx)
	}
}

// byAgency is a step of whoever may take it: the window where it may, else the
// competent agency.
func (s *story) byAgency(name string, body map[string]any, then step) step {
	account := s.approver(s.told.last.Competent, 0)
	if slices.Contains(s.told.last.Allowed, name) && !s.web {
		account = s.by
	}
	s.viewer = account
	return s.verb(name, account, body, then)
}

// approver is who signs for an agency; where several do, each seat is
// another colleague's.
func (s *story) approver(agency string, seat int) string {
	list := s.world.approvers[agency]
	if len(list) == 0 {
		return "approver-" + agency
	}
	return list[seat%len(list)]
}

func (s *story) correct(context.Context) (step, time.Duration) {
	return s.verb("correct", s.by, map[string]any{"opinion": "已按要求补正。"}, func(context.Context) (step, time.Duration) {
		return s.accept(), s.profile.pause(atDesk, s.r)
	}), s.profile.pause(atHome, s.r)
}

func (s *story) accept() step {
	return s.byAgency("accept", map[string]any{"opinion": "材料齐全，符合法定形式，予以受理。"}, func(context.Context) (step, time.Duration) {
		return s.review, s.profile.pause(atDesk, s.r)
	})
}

// close ends the story well.
func (s *story) close(context.Context) (step, time.Duration) {
	s.told.ended = true
	now := time.Now()
	s.rec.closed(s.told.last.State, now, now.Sub(s.began))
	return nil, 0
}

// stop ends the story because it cannot go on.
func (s *story) stop(err error) (step, time.Duration) {
	if s.told != nil && errors.Is(err, errUnanswered) {
		s.told.doubt = true
	}
	s.note(err)
	s.rec.gaveUp()
	return nil, 0
}

func today() workday.Date { return workday.DateOf(time.Now(), beijing) }
