package identity_test

import (
	"context"
	"errors"
	"testing"

	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/workday"
)

// clerkOf is somebody who vouches for people at windows.
func (f family) clerkOf(t *testing.T) context.Context {
	t.Helper()
	_, err := f.CreateAccount(asSystem, identity.NewAccount{Name: "window", Kind: identity.KindStaff, DisplayName: "邓小华", Password: "Dating-2026",
		Roles: []identity.RoleAt{{Role: "window_clerk", At: identity.Reach{Everywhere: true}}}})
	if err != nil {
		t.Fatal(err)
	}
	return f.as(t, "window")
}

func (f family) paper(name, title string) identity.Document {
	return identity.Document{Name: title, IDType: "111", IDNo: f.no[name], Method: identity.ByCard}
}

// TestABondProposedAtTheWindow: the clerk types the wish of the person before
// them; it stands when the other side has said yes, at home or at a window, and
// never by the one wish.
func TestABondProposedAtTheWindow(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		f := newFamily(t, d)
		clerk := f.clerkOf(t)
		x, err := f.ProposeAtWindow(clerk, f.id["mother"], f.paper("mother", "盘秀英"), identity.Proposal{Name: "盘小明", IDNo: f.no["son"],
			To: workday.MustParseDate("2027-11-18"), Purpose: "代办养老保险"})
		if err != nil {
			t.Fatal(err)
		}
		if x.Kind != identity.MandateFamily || x.Scope != identity.ScopeAll || x.Principal != f.id["mother"] || x.Agent != f.id["son"] ||
			x.ProposedBy != f.id["mother"] || x.State != identity.MandateProposed {
			t.Errorf("%+v", x)
		}
		if n := len(f.held(t, "son")); n != 0 {
			t.Errorf("%d stand by one wish", n)
		}
		if _, err := f.AgreeAtWindow(clerk, x.ID, f.id["mother"]); !errors.Is(err, identity.ErrMandateDenied) {
			t.Errorf("the one side said yes for both: %v", err)
		}
		if list, err := f.FamilyOf(clerk, f.id["son"]); err != nil || len(list) != 1 || list[0].ID != x.ID {
			t.Errorf("%v, %v", list, err)
		}
		if _, err := f.ConfirmMandate(f.as(t, "son"), x.ID); err != nil {
			t.Fatal(err)
		}
		if held := f.held(t, "son"); len(held) != 1 || held[0].Principal != f.id["mother"] {
			t.Errorf("%+v", held)
		}
		rows, _, err := audit.New(d, f.clock).Search(asSystem, audit.Query{Object: "mandate", Action: "mandate.propose_window"}, db.Page{})
		if err != nil || len(rows) != 1 || rows[0].ActorName != "邓小华" {
			t.Errorf("recorded: %+v, %v", rows, err)
		}
		y, err := f.ProposeAtWindow(clerk, f.id["other"], f.paper("other", "李四"), identity.Proposal{AsAgent: true, Name: "盘秀英", IDNo: f.no["mother"],
			To: workday.MustParseDate("2027-01-01"), Purpose: "代办"})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := f.AgreeAtWindow(clerk, y.ID, f.id["mother"]); err != nil || got.State != identity.MandateActive {
			t.Errorf("at another window: %+v, %v", got, err)
		}
	})
}

// TestBondsThatAWindowRefuses: each with the field that is wrong, and nothing
// kept.
func TestBondsThatAWindowRefuses(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		f := newFamily(t, d)
		clerk := f.clerkOf(t)
		grownUp, baby, teen := number(t, "1990-05-05", 9), number(t, "2024-05-05", 9), number(t, "2010-05-05", 9)
		if _, err := f.CreateAccount(asSystem, identity.NewAccount{Name: "teen", Kind: identity.KindPerson, DisplayName: "盘小雨", IDType: "111", IDNo: teen, Password: password}); err != nil {
			t.Fatal(err)
		}
		f.Residents = residents{grownUp: "盘大人", baby: "盘小宝", f.no["mother"]: "盘秀英", f.no["son"]: "盘小明", teen: "盘小雨"}
		ask := func(side bool, name, no string) identity.Proposal {
			return identity.Proposal{AsAgent: side, Name: name, IDNo: no, To: workday.MustParseDate("2027-11-18"), Purpose: "代办"}
		}
		for name, c := range map[string]struct {
			ask   identity.Proposal
			field string
		}{
			"another name than the register's": {ask(true, "盘秀兰", f.no["mother"]), "id_no"},
			"a number nobody can have":         {ask(true, "盘秀英", "440232196503070028"), "id_no"},
			"nobody's number":                  {ask(true, "盘无名", number(t, "1980-01-01", 77)), "id_no"},
			"a grown-up without an account":    {ask(true, "盘大人", grownUp), "id_no"},
			"too young to act":                 {ask(false, "盘小雨", teen), "side"},
			"a child as the agent":             {ask(false, "盘小宝", baby), "id_no"},
			"longer than childhood":            {identity.Proposal{AsAgent: true, Name: "盘小雨", IDNo: teen, To: workday.MustParseDate("2028-06-01"), Purpose: "代办"}, "to"},
			"oneself":                          {ask(true, "盘小明", f.no["son"]), "id_no"},
		} {
			if _, err := f.ProposeAtWindow(clerk, f.id["son"], f.paper("son", "盘小明"), c.ask); !hasField(err, c.field) {
				t.Errorf("%s: %v", name, err)
			}
		}
		first, err := f.ProposeAtWindow(clerk, f.id["son"], f.paper("son", "盘小明"), ask(true, "盘小宝", baby))
		if err != nil || first.Principal != "" {
			t.Fatalf("%+v, %v", first, err)
		}
		if _, err := f.ProposeAtWindow(clerk, f.id["son"], f.paper("son", "盘小明"), ask(true, "盘小宝", baby)); !hasField(err, "id_no") {
			t.Errorf("asked twice: %v", err)
		}
		if _, err := f.ConfirmChild(clerk, first.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := f.ProposeAtWindow(clerk, f.id["son"], f.paper("son", "盘小明"), ask(true, "盘小宝", baby)); !hasField(err, "to") {
			t.Errorf("stands already: %v", err)
		}
		longer := ask(true, "盘小宝", baby)
		longer.To = workday.MustParseDate("2028-11-18")
		if _, err := f.ProposeAtWindow(clerk, f.id["son"], f.paper("son", "盘小明"), longer); err != nil {
			t.Errorf("for longer: %v", err)
		}
		for name, c := range map[string]struct {
			ctx  context.Context
			doc  identity.Document
			want error
		}{
			"another's card":  {clerk, f.paper("mother", "盘秀英"), identity.ErrNotThisPerson},
			"no clerk":        {f.as(t, "other"), f.paper("son", "盘小明"), identity.ErrNoRight},
			"nothing in hand": {clerk, identity.Document{Name: "盘小明", IDType: "111", IDNo: f.no["son"], Method: identity.BySMS}, identity.ErrProof},
		} {
			if _, err := f.ProposeAtWindow(c.ctx, f.id["son"], c.doc, ask(true, "盘秀英", f.no["mother"])); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
