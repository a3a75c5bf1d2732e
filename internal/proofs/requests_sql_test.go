package proofs_test

import (
	"context"
	"testing"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/licences"
	"yimen/internal/proofs"
)

// store issues what it is asked for and holds nothing.
type store struct{}

func (store) Type(context.Context, string) (licences.Type, error) {
	return licences.Type{ID: "ZZ115", Name: "学籍证明"}, nil
}

func (store) IssueProof(_ context.Context, n licences.Entry, _ string) (licences.Licence, error) {
	return licences.Licence{Identifier: "1.2." + n.Number}, nil
}

func (store) Undone(context.Context, string) (string, error) { return "", nil }
func (store) OfCase(context.Context, string) (licences.Order, error) {
	return licences.Order{}, licences.ErrOrderUnknown
}

func (store) Do(context.Context, string, licences.Step) error { return nil }

func (store) HeldProof(context.Context, string, string) (licences.Licence, bool, error) {
	return licences.Licence{}, false, nil
}

// On both engines: a proof is asked for once at a time, listed for who issues it
// and who is asked on the spot, and issued.
func TestRequestsOnBothEngines(t *testing.T) {
	each(t, func(w *world) {
		account, err := w.Identity.CreateAccount(identity.With(context.Background(), identity.System("test")), identity.NewAccount{Name: "villager", Kind: identity.KindPerson,
			DisplayName: "赵秀兰", IDType: "111", IDNo: "440232199001010024", Division: county})
		w.must(err)
		villager := identity.With(context.Background(), identity.Actor{Account: account, Name: "赵秀兰", Kind: identity.KindPerson, Level: identity.LevelPresence})
		editor, other := as("editor", city, proofs.VerbEdit), as("other", city, proofs.VerbPublish)
		e, err := w.Entry(editor, "2")
		w.must(err)
		e.Electronic = true
		c, err := w.Propose(editor, e, 1, "可以在网上开了")
		w.must(err)
		_, err = w.Publish(other, c.ID)
		w.must(err)
		wish := proofs.Wish{Proof: "2", Purpose: "转学", Recipient: "某学校"}
		q, _, err := w.Ask(villager, wish)
		w.must(err)
		if _, _, err := w.Ask(villager, wish); errs.From(err).Code != "proof_request_open" {
			t.Errorf("asked twice: %v", err)
		}
		boss, clerk := as("boss", city, proofs.VerbIssue), as("clerk", county, proofs.VerbCheck)
		list, next, err := w.Requests(boss, false, true, db.Page{Limit: 5})
		w.must(err)
		if len(list) != 1 || list[0].ID != q.ID || next != "" {
			t.Errorf("%+v then %q", list, next)
		}
		if toCheck, _, err := w.Requests(clerk, true, true, db.Page{Limit: 5}); err != nil || len(toCheck) > 0 {
			t.Errorf("nobody was asked yet: %+v (%v)", toCheck, err)
		}
		_, err = w.Grant(boss, q.ID, proofs.Grant{Verb: proofs.GrantAskHome, Text: "在不在读"})
		w.must(err)
		if toCheck, _, err := w.Requests(clerk, true, true, db.Page{Limit: 5}); err != nil || len(toCheck) != 1 {
			t.Errorf("%+v (%v)", toCheck, err)
		}
		_, err = w.Grant(clerk, q.ID, proofs.Grant{Verb: proofs.GrantAnswer, Text: "在读"})
		w.must(err)
		got, err := w.Grant(boss, q.ID, proofs.Grant{Verb: proofs.GrantIssue, Until: w.Org.Calendar(boss, city).AddWorkdays(q.DueOn, 20)})
		w.must(err)
		mine, err := w.MyRequests(villager)
		w.must(err)
		if got.Identifier == "" || len(mine) != 1 || mine[0].Identifier != got.Identifier || mine[0].State != proofs.RequestIssued {
			t.Errorf("%+v, of mine %+v", got, mine)
		}
		if len(mine) != 1 || mine[0].Number != "ZM2026000001" {
			t.Errorf("%+v", mine)
		}
	})
}
