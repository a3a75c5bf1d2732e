package proofs_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"yimen/gb"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/sealed"
	"yimen/internal/org"
	"yimen/internal/proofs"
)

const (
	city   = "440200000000"
	county = "440232000000"
)

// start is Wednesday, 18 November 2026, 10:00 in Beijing.
var start = time.Date(2026, 11, 18, 2, 0, 0, 0, time.UTC)

// items ask for two proofs: one by its number, one by its name alone.
type items struct{}

func (items) ProofsInForce(context.Context) ([]catalogue.ProofUse, error) {
	return []catalogue.ProofUse{{Item: "SG00001", ItemName: "入学", Material: "在校证明", Number: "2"}, {Item: "SG00002", ItemName: "落户", Material: "居住证明"},
		{Item: "SG00003", ItemName: "开业", Material: "理由证明"}}, nil
}

func (items) InForce(context.Context, string) (catalogue.Version, error) {
	return catalogue.Version{}, catalogue.ErrItemUnknown
}

type world struct {
	*proofs.Module
	d     *db.DB
	t     *testing.T
	clock *clock.Fake
}

func each(t *testing.T, fn func(w *world)) {
	t.Helper()
	dbtest.Each(t, []db.Source{org.Migrations, audit.Migrations, sealed.Migrations, identity.Migrations, proofs.Migrations}, func(t *testing.T, d *db.DB) {
		w := &world{d: d, t: t, clock: clock.NewFake(start)}
		o := org.New(org.Deps{DB: d, Clock: w.clock})
		root, err := sealed.KeyFile(filepath.Join(t.TempDir(), "keys"), true)
		w.must(err)
		ring := sealed.New(d, root, w.clock)
		w.must(ring.Prepare(context.Background()))
		uscc, err := gb.MakeUSCC("11", "440200", "10000001")
		w.must(err)
		school, err := gb.MakeUSCC("11", "440200", "10000003")
		w.must(err)
		w.must(o.LoadCity(context.Background(), org.Rows{Agencies: []org.Agency{{Code: "440200-d03", Name: "韶关市教育局", ShortName: "市教育局", USCC: school.String(), Dept: "D03",
			Division: city, Level: org.City, Kind: org.Department}, {Code: city, Name: "韶关市人民政府", ShortName: "市政府", USCC: uscc.String(),
			Division: city, Level: org.City, Kind: org.Government}}, Divisions: []org.Division{
			{Code: city, Name: "韶关市", ShortName: "韶关", Kind: "地级市", Level: org.City, Parent: "440000000000"}, {Code: county, Name: "乳源瑶族自治县", ShortName: "乳源", Level: org.County, Parent: city}},
			Outlets: []org.Outlet{{Code: county, Name: "乳源县政务服务中心", Kind: org.Hall, Division: county}}}))
		w.Module = proofs.New(proofs.Deps{DB: d, Clock: w.clock, Org: o, Audit: audit.New(d, w.clock), Items: items{}, Keys: ring, Licences: store{},
			Identity: identity.New(identity.Deps{DB: d, Clock: w.clock, Audit: audit.New(d, w.clock), Keys: ring})})
		w.must(w.Load(as("system", city, proofs.VerbEdit), []proofs.Entry{
			{Number: "1", Name: "居住证明", State: proofs.Cancelled, Origin: proofs.OriginFirst, Ways: []string{proofs.WayOrgan}},
			{Number: "2", Name: "学籍证明", State: proofs.Kept, Origin: proofs.OriginKept, Purpose: "在校", Issuer: "教育局", How: "到学校开"},
			{Number: "3", Name: "养犬证明", State: proofs.Cancelled, Origin: proofs.OriginConsulted, Ways: []string{proofs.WayData}}}))
		fn(w)
	})
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) refused(err error, code string) {
	w.t.Helper()
	if err == nil || errs.From(err).Code != code {
		w.t.Errorf("%v, want %s", err, code)
	}
}

func as(account, division string, verbs ...identity.Verb) context.Context {
	from, to := org.Range(division)
	a := identity.Actor{Account: account, Name: account, Kind: identity.KindStaff, Division: division, Via: identity.ViaSession}
	for _, v := range verbs {
		a.Grants = append(a.Grants, identity.Grant{Verb: v, From: from, To: to})
	}
	return identity.With(context.Background(), a)
}

// A version comes into force by two hands, and the next one only on top of it.
func TestTwoHandsChangeTheList(t *testing.T) {
	each(t, func(w *world) {
		editor, other := as("editor", city, proofs.VerbEdit, proofs.VerbPublish), as("other", city, proofs.VerbEdit, proofs.VerbPublish)
		e, err := w.Entry(editor, "2")
		w.must(err)
		e.State, e.Ways = proofs.Replaced, []string{proofs.WayPromise}
		_, err = w.Propose(as("far", county, proofs.VerbEdit), e, 1, "可以承诺代替")
		w.refused(err, "proof_right_missing")
		_, err = w.Propose(editor, e, 7, "可以承诺代替")
		w.refused(err, "proof_changed_meanwhile")
		c, err := w.Propose(editor, e, 1, "可以承诺代替")
		w.must(err)
		_, err = w.Propose(other, e, 1, "我也来改一下")
		w.refused(err, "proof_change_waiting")
		_, err = w.Publish(editor, c.ID)
		w.refused(err, "proof_reviewer_is_author")
		_, err = w.Publish(as("far", county, proofs.VerbPublish), c.ID)
		w.refused(err, "proof_right_missing")
		if now, err := w.Entry(editor, "2"); err != nil || now.State != proofs.Kept {
			t.Fatalf("published by nobody: %+v (%v)", now, err)
		}
		w.clock.Advance(24 * time.Hour)
		now, err := w.Publish(other, c.ID)
		w.must(err)
		if now.Version != 2 || now.State != proofs.Replaced || now.PublishedOn.String() != "2026-11-19" {
			t.Errorf("%+v", now)
		}
		_, err = w.Publish(other, c.ID)
		w.refused(err, "proof_change_decided")
		versions, err := w.Versions(editor, "2")
		if err != nil || len(versions) != 2 || versions[0].Reason != "可以承诺代替" || versions[0].ReviewerName != "other" {
			t.Errorf("%+v (%v)", versions, err)
		}
	})
}

// What was refused or taken back changes nothing, and a new entry takes a free number.
func TestChangesThatAreNotMade(t *testing.T) {
	each(t, func(w *world) {
		editor, other := as("editor", city, proofs.VerbEdit), as("other", city, proofs.VerbPublish)
		fresh := proofs.Entry{Number: "9", Name: "船员证明", State: proofs.Kept, Purpose: "是船员", Issuer: "海事局", How: "到海事局开"}
		c, err := w.Propose(editor, fresh, 0, "法律新设的证明")
		w.must(err)
		w.refused(w.Refuse(other, c.ID, " "), "invalid_input")
		w.must(w.Refuse(other, c.ID, "没有法律依据"))
		c, err = w.Propose(editor, fresh, 0, "法律新设的证明")
		w.must(err)
		w.refused(w.Withdraw(other, c.ID), "proof_right_missing")
		w.must(w.Withdraw(editor, c.ID))
		if _, err := w.Entry(editor, "9"); errs.From(err).Code != "proof_unknown" {
			t.Errorf("it is there: %v", err)
		}
		c, err = w.Propose(editor, fresh, 0, "法律新设的证明")
		w.must(err)
		e, err := w.Publish(other, c.ID)
		if err != nil || e.Version != 1 || e.Origin != proofs.OriginAdded {
			t.Errorf("%+v (%v)", e, err)
		}
		fresh.Number = "2"
		_, err = w.Propose(editor, fresh, 0, "法律新设的证明")
		w.refused(err, "invalid_input")
		for _, bad := range []proofs.Entry{{Number: "a-b", Name: "证明", State: proofs.Cancelled}, {Number: "10", Name: "证", State: proofs.Cancelled},
			{Number: "10", Name: "证明", State: "gone"}, {Number: "10", Name: "证明", State: proofs.Kept}, {Number: "10", Name: "证明", State: proofs.Replaced},
			{Number: "10", Name: "证明", State: proofs.Replaced, Ways: []string{"magic"}}} {
			_, err := w.Propose(editor, bad, 0, "法律新设的证明")
			w.refused(err, "invalid_input")
		}
	})
}

func TestWhatItemsAskFor(t *testing.T) {
	each(t, func(w *world) {
		ctx := context.Background()
		list, err := w.Entries(ctx)
		w.must(err)
		if f := proofs.FunnelOf(list); f != (proofs.Funnel{All: 3, First: 1, Consulted: 1, Kept: 1}) || f.Gone() != 0 {
			t.Errorf("%+v", f)
		}
		off, err := w.OffList(ctx)
		w.must(err)
		if len(off) != 2 || off[0].Number != "1" || off[0].State != proofs.Cancelled || off[1].State != "" {
			t.Errorf("%+v", off)
		}
		uses, err := w.UsesOf(ctx, "2")
		if err != nil || len(uses) != 1 || !uses[0].Sound() {
			t.Errorf("%+v (%v)", uses, err)
		}
		listed, err := w.Listed(ctx, "2", "3", "nowhere")
		if err != nil || len(listed) != 2 || !listed[0].Kept || listed[1].Kept || !listed[1].ByOrgan || listed[1].ByPromise {
			t.Errorf("%+v (%v)", listed, err)
		}
	})
}
