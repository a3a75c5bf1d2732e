package proofs_test

import (
	"strings"
	"testing"
	"time"

	"yimen/internal/app/apptest"
	"yimen/internal/kit/errs"
	"yimen/internal/org"
	"yimen/internal/proofs"
	"yimen/workday"
)

// Every proof that is kept is asked for here and sealed by whose it is to issue,
// at home or where the matter is; or its page says plainly where to get it.
func TestEveryKeptProofIsIssuedByWhoseItIs(t *testing.T) {
	s := apptest.New(t)
	s.Drain() // the seals are made
	villager := s.Ctx("citizen-1")
	list, err := s.Proofs.Entries(villager)
	if err != nil {
		t.Fatal(err)
	}
	issued := 0
	for _, e := range list {
		if e.State != proofs.Kept {
			continue
		}
		if e.Elsewhere != "" {
			if _, _, err := s.Proofs.Ask(villager, proofs.Wish{Proof: e.Number, Purpose: "办手续", Recipient: "某单位"}); errs.From(err).Code != "proof_not_online" {
				t.Errorf("%s: %v", e.Name, err)
			}
			continue
		}
		w := proofs.Wish{Proof: e.Number, Purpose: "办手续", Recipient: "某单位"}
		if e.ByPlace {
			if _, _, err := s.Proofs.Ask(villager, w); len(errs.From(err).Fields) != 1 {
				t.Errorf("%s without a place: %v", e.Name, err)
			}
			w.Place = org.Above(village, org.County)
			if e.Level == int(org.Town) {
				w.Place = org.Above(village, org.Town)
			}
		}
		if w.Place != "" && !e.ByPlace || !grant(t, s, e, w) {
			t.Errorf("%s was not issued", e.Name)
			continue
		}
		issued++
	}
	if issued != 16 {
		t.Errorf("%d kept proofs are issued online, want 16", issued)
	}
}

// grant asks for a proof and issues it, as the approver of its issuer.
func grant(t *testing.T, s *apptest.Site, e proofs.Entry, w proofs.Wish) bool {
	t.Helper()
	q, have, err := s.Proofs.Ask(s.Ctx("citizen-1"), w)
	if err != nil || have.Identifier != "" {
		t.Errorf("%s: %+v (%v)", e.Name, have, err)
		return false
	}
	if q.Village != village || !strings.HasPrefix(q.Division, "4402") || e.Level == int(org.Town) && q.Division != "440232112000" {
		t.Errorf("%s: %+v", e.Name, q)
	}
	kind, err := s.Licences.Type(s.Ctx("citizen-1"), e.Name)
	if err != nil {
		t.Error(err)
		return false
	}
	fields := map[string]string{}
	for _, f := range kind.Fields {
		fields[f.Name] = map[string]string{"date": "2026-01-05", "number": "3"}[f.Kind]
		if f.Kind == "text" {
			fields[f.Name] = "属实"
		}
	}
	if _, err := s.Proofs.Grant(s.Ctx("approver-440224-d11"), q.ID, proofs.Grant{Verb: proofs.GrantRefuse, Text: "不归我们"}); err == nil {
		t.Errorf("%s: another agency decided it", e.Name)
	}
	got, err := s.Proofs.Grant(s.Ctx("approver-"+q.Agency), q.ID, proofs.Grant{Verb: proofs.GrantIssue, Until: workday.DateOf(s.Clock.Now(), time.UTC).Add(100), Fields: fields})
	if err != nil {
		t.Errorf("%s by %s: %v %+v", e.Name, q.AgencyName, err, errs.From(err).Fields)
		return false
	}
	l, err := s.Licences.Own(s.Ctx("citizen-1"), got.Identifier)
	if err != nil || l.Type != e.LicenceType || l.Issuer != q.Agency {
		t.Errorf("%s: %+v (%v)", e.Name, l, err)
	}
	return true
}

// Who holds a proof about one matter may ask for one about another; one about
// themselves is given back.
func TestAProofAboutAnotherMatterIsAnother(t *testing.T) {
	s := apptest.New(t)
	s.Drain()
	e, err := s.Proofs.Entry(s.Ctx("citizen-1"), "74")
	if err != nil {
		t.Fatal(err)
	}
	w := proofs.Wish{Proof: e.Number, Purpose: "申请救助", Recipient: "镇政府", Place: org.Above(village, org.County)}
	if !grant(t, s, e, w) {
		t.FailNow()
	}
	if _, have, err := s.Proofs.Ask(s.Ctx("citizen-1"), w); err != nil || have.Identifier == "" {
		t.Errorf("%+v (%v)", have, err)
	}
	villager := s.As("citizen-1")
	page := villager.Get(proofs.AskURL("74")).Status(200).Must("您已有一份有效的", "另开一份", "事情在哪里")
	page.Form("#ask").Fill("purpose", "另一场洪水").Fill("recipient", "镇政府").Fill("another", "true").Fill("place", "440224000000").Send().
		Status(200).Must("待开具", "仁化县应急管理局")
}
