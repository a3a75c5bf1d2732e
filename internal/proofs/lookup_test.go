package proofs_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"yimen/internal/app/apptest"
	"yimen/internal/cases"
	"yimen/internal/licences"
	"yimen/internal/proofs"
)

const (
	farmers   = "SG04004" // a household register does for a proof that nobody writes any more
	household = "household_kind"
)

// down is a register that cannot be reached, and no says that it is not so.
type down struct{}

func (down) Name() string { return "试验登记库" }
func (down) Ask(context.Context, proofs.Question) (proofs.Answer, error) {
	return proofs.Answer{}, errors.New("connection refused")
}

type contrary struct{ down }

func (contrary) Ask(context.Context, proofs.Question) (proofs.Answer, error) {
	return proofs.Answer{Result: proofs.LookUpContradicts, Text: "登记的是城镇户口。"}, nil
}

// asFarmer is an application whose list has the proof that is looked up.
func asFarmer(t *testing.T, s *apptest.Site, account string) cases.Submission {
	t.Helper()
	sub := s.Submission(farmers, village)
	p, err := s.Identity.Person(s.System(), account)
	if err != nil {
		t.Fatal(err)
	}
	sub.Applicant.Name, sub.Applicant.IDNo = p.Name, p.IDNo
	sub.Materials = slices.DeleteFunc(sub.Materials, func(h cases.Handed) bool { return h.ID == household })
	return sub
}

func wayOf(t *testing.T, s *apptest.Site, number string) string {
	t.Helper()
	c, err := s.Cases.Find(s.Ctx("clerk-"+village), number)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range c.Content.Materials {
		if m.ID == household {
			return m.Way
		}
	}
	return ""
}

// A licence that this city does not let stand in for a paper does for no proof either.
func TestALookUpBelievesWhatTheCityBelieves(t *testing.T) {
	s := apptest.New(t)
	s.Licences.Least = licences.TrustA // the sample's are confirmed by their issuers: B
	c, err := s.Cases.Submit(s.Ctx("clerk-"+village), asFarmer(t, s, "citizen-1"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := s.Proofs.LookUpsIn(s.Ctx("clerk-"+village), c.Number)
	if err != nil || len(list) != 1 || list[0].Result != proofs.LookUpNotFound || !strings.Contains(list[0].Answer, "不能代替原件") {
		t.Errorf("%+v %v", list, err)
	}
	if w := wayOf(t, s, c.Number); w != "organ" {
		t.Errorf("met by %q", w)
	}
}

// What a register says is not asked of people: it is kept who asked, for what and
// what was answered, and the holder sees it.
func TestWhatARegisterSaysIsNotAskedOfPeople(t *testing.T) {
	s := apptest.New(t)
	clerk := s.Ctx("clerk-" + village)
	c, err := s.Cases.Submit(clerk, asFarmer(t, s, "citizen-1"))
	if err != nil {
		t.Fatal(err)
	}
	if w := wayOf(t, s, c.Number); w != "lookup" {
		t.Errorf("met by %q", w)
	}
	list, err := s.Proofs.LookUpsIn(clerk, c.Number)
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v %v", list, err)
	}
	l := list[0]
	if l.Result != proofs.LookUpFound || l.Source != proofs.SourceLicence || l.Material != household || l.Ground == "" || l.Digest == "" ||
		!strings.Contains(l.Answer, "居民户口簿") || l.AskedByName == "" || l.Unit == "" || l.AgencyName == "" {
		t.Errorf("%+v", l)
	}
	var raw []struct {
		Name   string `db:"name"`
		IDNo   string `db:"id_no"`
		Answer string `db:"answer"`
	}
	if err := s.DB.Conn(s.System()).Select(s.System(), &raw, `SELECT name, id_no, answer FROM proofs_lookup`); err != nil || len(raw) != 1 {
		t.Fatal(raw, err)
	}
	if strings.Contains(raw[0].Name, l.Name) || strings.Contains(raw[0].IDNo, l.IDNo) || strings.Contains(raw[0].Answer, "户口") {
		t.Errorf("readable in the table: %+v", raw[0])
	}
	s.As("clerk-"+village).Get("/office/cases/"+c.Number).Status(200).Must("已向电子证照库查到", "居民户口簿", "第七条")
	s.As("citizen-1").Get("/my/cases/"+c.Number).Status(200).Must("已查询核实", "居民户口簿")
	s.As("citizen-1").Get("/my/data").Status(200).Must("办事时查过我的哪些登记信息", "户籍性质证明", c.Number)
	s.As("citizen-2").Get("/my/data").Status(200).MustNot(c.Number)
}

// A register that was asked was asked, also when what it was asked for is refused
// and undone: the record stays, once.
func TestAQuestionToARegisterIsKeptWhenTheFilingIsUndone(t *testing.T) {
	s := apptest.New(t)
	kept := func() (n int) {
		t.Helper()
		if err := s.DB.Conn(s.System()).Get(s.System(), &n, `SELECT COUNT(*) FROM proofs_lookup`); err != nil {
			t.Fatal(err)
		}
		return n
	}
	sub := asFarmer(t, s, "citizen-1")
	sub.Materials = sub.Materials[:0] // everything else is missing
	asked := s.As("clerk-"+village).With("Idempotency-Key", "refused-1")
	asked.JSON("POST", "/api/v1/cases", map[string]any{"item": sub.Item, "division": sub.Division, "channel": sub.Channel, "answers": sub.Answers, "form": sub.Form,
		"applicant": map[string]any{"type": "person", "name": sub.Applicant.Name, "id_type": sub.Applicant.IDType, "id_no": sub.Applicant.IDNo, "phone": sub.Applicant.Phone}, "materials": []any{}}).Status(422)
	if n := kept(); n != 1 {
		t.Errorf("%d questions are kept of a refused request, want 1", n)
	}
	undo := errors.New("undone")
	err := s.DB.InTx(s.Ctx("clerk-"+village), func(ctx context.Context) error {
		if _, err := s.Cases.Submit(ctx, asFarmer(t, s, "citizen-1")); err != nil {
			return err
		}
		return undo
	})
	if !errors.Is(err, undo) {
		t.Fatal(err)
	}
	if n := kept(); n != 2 {
		t.Errorf("%d questions are kept, want 2", n)
	}
	s.As("citizen-1").Get("/my/data").Status(200).Must("办事时查过我的哪些登记信息", "户籍性质证明")
	s.As("admin-audit").Get("/admin/audit?action=proof.look_up").Status(200).Must("户籍性质证明")
}

// What is not found is told plainly: it is left to the organ, or promised; no
// paper is asked for, and none is taken.
func TestWhatIsNotFoundIsPromisedOrLeftToTheOrgan(t *testing.T) {
	for name, x := range map[string]struct {
		source proofs.Source
		result proofs.Result
		words  string
	}{
		"not there":   {nil, proofs.LookUpNotFound, "没有查到"},
		"contradicts": {contrary{}, proofs.LookUpContradicts, "不一致"},
		"unreachable": {down{}, proofs.LookUpUnreachable, "现在连不上"},
	} {
		t.Run(name, func(t *testing.T) {
			s := apptest.New(t)
			clerk := s.Ctx("clerk-" + village)
			who := "citizen-1"
			if x.source != nil {
				s.Proofs.Sources[proofs.SourceLicence] = x.source
			} else {
				who = "citizen-100" // the store knows nothing of them
			}
			left, err := s.Cases.Submit(clerk, asFarmer(t, s, who))
			if err != nil {
				t.Fatal(err)
			}
			if w := wayOf(t, s, left.Number); w != "organ" {
				t.Errorf("left to the organ: met by %q", w)
			}
			if list, err := s.Proofs.LookUpsIn(clerk, left.Number); err != nil || len(list) != 1 || list[0].Result != x.result {
				t.Errorf("%+v %v", list, err)
			}
			s.As("clerk-"+village).Get("/office/cases/"+left.Number).Must(x.words, "由部门核查")

			sub := asFarmer(t, s, who)
			sub.Materials = append(sub.Materials, cases.Handed{ID: household, Paper: true})
			paper, err := s.Cases.Submit(clerk, sub)
			if err != nil {
				t.Fatal(err)
			}
			if w := wayOf(t, s, paper.Number); w != "organ" {
				t.Errorf("paper is taken: met by %q", w)
			}
			sub.Materials[len(sub.Materials)-1] = cases.Handed{ID: household, Promise: true}
			promised, err := s.Cases.Submit(clerk, sub)
			if err != nil {
				t.Fatal(err)
			}
			if w := wayOf(t, s, promised.Number); w != "promise" {
				t.Errorf("promised: met by %q", w)
			}
		})
	}
}

// At home the answer stands on the pages, is asked for once, and of what is not
// found the applicant says what to do.
func TestAtHomeTheAnswerStandsOnThePages(t *testing.T) {
	s := apptest.New(t)
	for account, found := range map[string]bool{"citizen-1": true, "citizen-100": false} {
		sub := asFarmer(t, s, account)
		ctx := s.Ctx(account)
		d, err := s.Cases.SaveDraft(ctx, sub)
		if err != nil {
			t.Fatal(err)
		}
		at := "/apply/" + d.Number
		if found {
			s.As(account).Get(at+"/review").Status(200).Must("不用交的材料", "已向电子证照库查到", "居民户口簿")
			s.As(account).Get(at + "/review").Status(200)
			if list, err := s.Proofs.LookUpsIn(ctx, d.Number); err != nil || len(list) != 1 {
				t.Errorf("asked %d times (%v)", len(list), err)
			}
			continue
		}
		page := s.As(account).Get(at+"/materials/"+household).Status(200).Must("没有查到", "由办理部门核查", "签署告知承诺").MustNot("拍照")
		page.Form("form.ap-form").Fill("way."+household, "organ").Send().Status(200)
		if d, err = s.Cases.Draft(ctx, d.Number); err != nil || !slices.ContainsFunc(d.Submission.Materials, func(h cases.Handed) bool { return h.ID == household && h.Organ }) {
			t.Errorf("%+v %v", d.Submission.Materials, err)
		}
	}
}

// Anybody may ask what is needed; what registers say of somebody they alone learn.
func TestTheChecklistOfTheAPIAnswersForOneself(t *testing.T) {
	s := apptest.New(t)
	p, err := s.Identity.Person(s.System(), "citizen-1")
	if err != nil {
		t.Fatal(err)
	}
	body := map[string]any{"division": village, "answers": s.Submission(farmers, village).Answers,
		"applicant": map[string]any{"type": "person", "name": p.Name, "id_type": p.IDType, "id_no": p.IDNo}}
	for account, sees := range map[string]bool{"citizen-1": true, "citizen-2": false} {
		token, err := s.Identity.Token(s.System(), account, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		page := s.Anybody().Bearer(token).JSON(http.MethodPost, "/api/v1/items/"+farmers+"/checklist", body).Status(200).Must("户籍性质证明")
		if sees {
			page.Must(`"found":true`, "居民户口簿")
		} else {
			page.MustNot(`"found":true`, "已向电子证照库")
		}
	}
	s.Anybody().JSON(http.MethodPost, "/api/v1/items/"+farmers+"/checklist", body).Status(200).MustNot(`"found":true`)
}

// The sample's rules name only what is there.
func TestRulesNameRegistersAndProofsThatExist(t *testing.T) {
	s := apptest.New(t)
	entries, err := s.Proofs.Entries(s.System())
	if err != nil {
		t.Fatal(err)
	}
	types, err := s.Licences.Types(s.System())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range s.Proofs.Rules {
		if r.Proof[0] < 128 && !slices.ContainsFunc(entries, func(e proofs.Entry) bool { return e.Number == r.Proof }) {
			t.Errorf("no proof %s", r.Proof)
		}
		for _, a := range r.Asks {
			if s.Proofs.Sources[a.Source] == nil {
				t.Errorf("%s: no register %s", r.Proof, a.Source)
			}
			for _, id := range a.What {
				if !slices.ContainsFunc(types, func(x licences.Type) bool { return x.ID == id }) {
					t.Errorf("%s: no type %s", r.Proof, id)
				}
			}
		}
	}
}
