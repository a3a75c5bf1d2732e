package seals_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/sealed"
	"yimen/internal/org"
	"yimen/internal/seals"
	"yimen/internal/seals/vault"
	"yimen/ofd"
	"yimen/ofd/ses"
	"yimen/workday"
)

const (
	county  = "440232000000"
	other   = "440224000000"
	bureau  = "440232-d11"
	others  = "440224-d11"
	village = "440232112209"
)

// start is Wednesday, 18 November 2026, 10:00 in Beijing.
var start = time.Date(2026, 11, 18, 2, 0, 0, 0, time.UTC)

var sources = []db.Source{org.Migrations, audit.Migrations, sealed.Migrations, seals.Migrations}

// people are the accounts that can keep seals.
type people map[string]identity.Actor

func (p people) Actor(_ context.Context, account string) (identity.Actor, error) {
	a, ok := p[account]
	if !ok {
		return a, identity.ErrAccountUnknown
	}
	return a, nil
}

func (p people) HoldersOver(_ context.Context, v identity.Verb, division string) ([]string, error) {
	var list []string
	for account, a := range p {
		if a.Can(v, identity.Place{Receiving: division, Division: division}) {
			list = append(list, account)
		}
	}
	return list, nil
}

func (p people) NamesOf(_ context.Context, accounts []string) (map[string]string, error) {
	names := map[string]string{}
	for _, account := range accounts {
		names[account] = p[account].Name
	}
	return names, nil
}

// world is a county with a bureau and a village, and another county.
type world struct {
	*seals.Module
	t     testing.TB
	d     *db.DB
	clock *clock.Fake
}

// open makes a world over a vault; nil is the software one.
func open(t testing.TB, d *db.DB, v vault.Vault) *world {
	t.Helper()
	w := &world{t: t, d: d, clock: clock.NewFake(start)}
	o := org.New(org.Deps{DB: d, Clock: w.clock})
	w.must(o.LoadCity(context.Background(), org.Rows{
		Divisions: []org.Division{{Code: county, Name: "乳源瑶族自治县", ShortName: "乳源", Level: org.County}, {Code: other, Name: "仁化县", ShortName: "仁化", Level: org.County}},
		Agencies: []org.Agency{
			{Code: bureau, Name: "乳源瑶族自治县人力资源和社会保障局", ShortName: "县人社局", Dept: "D11", Division: county, Level: org.County, Kind: org.Department},
			{Code: others, Name: "仁化县人力资源和社会保障局", ShortName: "县人社局", Dept: "D11", Division: other, Level: org.County, Kind: org.Department}}}))
	if v == nil {
		v = vault.NewStore(d, sealed.Throwaway(), w.clock)
	}
	w.Module = seals.New(seals.Deps{DB: d, Clock: w.clock, Org: o, Audit: audit.New(d, w.clock), Vault: v, Demo: true,
		Accounts: people{"keeper": who(keeper), "approver": who(approver), "far": who(far), "boss": who(boss)}})
	t.Cleanup(w.Settle)
	w.must(w.EnsureAuthority(system))
	return w
}

func each(t *testing.T, fn func(w *world)) {
	t.Helper()
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) { fn(open(t, d, nil)) })
}

var (
	system   = identity.With(context.Background(), identity.System("test"))
	keeper   = staff("keeper", county, seals.VerbView, seals.VerbApply, seals.VerbUse)
	second   = staff("second", county, seals.VerbView, seals.VerbApply, seals.VerbUse)
	approver = staff("approver", county, seals.VerbView, seals.VerbApprove, seals.VerbUse, seals.VerbApply)
	chief    = staff("chief", county, seals.VerbView, seals.VerbApprove)
	maker    = staff("maker", county, seals.VerbView, seals.VerbMake)
	far      = staff("far", other, seals.VerbView, seals.VerbApply, seals.VerbUse, seals.VerbApprove, seals.VerbMake)
	boss     = staff("boss", county, seals.VerbUse, identity.VerbAuditView)
	nobody   = staff("nobody", county)
)

func staff(name, division string, verbs ...identity.Verb) context.Context {
	from, to := org.Range(division)
	a := identity.Actor{Account: name, Login: name, Name: "职员" + name, Kind: identity.KindStaff, Division: division, Via: identity.ViaSession}
	for _, v := range verbs {
		a.Grants = append(a.Grants, identity.Grant{Verb: v, From: from, To: to})
	}
	return identity.With(context.Background(), a)
}

func who(ctx context.Context) identity.Actor { return identity.FromContext(ctx) }

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) refused(err error, want *errs.Error) {
	w.t.Helper()
	if !errors.Is(err, want) {
		w.t.Errorf("%v, want %s", err, want.Code)
	}
}

func (w *world) today() workday.Date { return workday.DateOf(w.clock.Now(), clock.Beijing) }

// asks is an application that is right.
func (w *world) asks() seals.Application {
	return seals.Application{Kind: seals.Licence, Agency: bureau, Line: "电子证照专用章", Purposes: []string{"licence:LDPQ", seals.ForNotice},
		From: w.today(), Until: w.today().Add(365), Custodian: "keeper"}
}

// path are the moves from an application to use, with who makes them.
var path = []struct {
	move seals.Move
	ctx  context.Context
}{{seals.MoveApprove, chief}, {seals.MoveRecord, maker}, {seals.MoveMake, maker}, {seals.MoveHandOut, maker}, {seals.MoveActivate, keeper}}

// upTo takes a new seal to a state on the way to use.
func (w *world) upTo(state seals.State) seals.Seal {
	w.t.Helper()
	s, err := w.Apply(keeper, w.asks())
	w.must(err)
	for _, p := range path {
		if s.State == state {
			return s
		}
		s, err = w.Do(p.ctx, s.ID, seals.Act{Move: p.move, RecordNo: "粤公备4402320001"})
		w.must(err)
	}
	if s.State != state {
		w.t.Fatalf("%s was not reached", state)
	}
	return s
}

// at takes a new seal to any state.
func (w *world) at(state seals.State) seals.Seal {
	w.t.Helper()
	do := func(s seals.Seal, m seals.Move) seals.Seal {
		s, err := w.Do(chief, s.ID, seals.Act{Move: m, Reason: "测试的原因"})
		w.must(err)
		return s
	}
	switch state {
	case seals.Refused:
		return do(w.upTo(seals.Applied), seals.MoveRefuse)
	case seals.Suspended:
		return do(w.upTo(seals.Active), seals.MoveSuspend)
	case seals.Cancelled:
		return do(w.upTo(seals.Active), seals.MoveCancel)
	}
	return w.upTo(state)
}

// page is a document of one page.
func page(t testing.TB) *ofd.Package {
	t.Helper()
	p := ofd.NewPackage()
	const ns = `xmlns:ofd="http://www.ofdspec.org/2016"`
	for _, f := range [][2]string{
		{"OFD.xml", `<ofd:OFD ` + ns + ` Version="1.1" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>0123456789abcdef0123456789abcdef</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`},
		{"Doc_0/Document.xml", `<ofd:Document ` + ns + `><ofd:CommonData><ofd:MaxUnitID>2</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>`},
		{"Doc_0/Pages/Page_0/Content.xml", `<ofd:Page ` + ns + `><ofd:Content><ofd:Layer ID="2"/></ofd:Content></ofd:Page>`},
	} {
		if err := p.Put(f[0], []byte(`<?xml version="1.0" encoding="UTF-8"?>`+f[1])); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

var corner = ses.Stamp{Page: 1, Box: ses.Box{X: 140, Y: 220, Width: 40, Height: 40}}

// given is a document as somebody receives it.
func given(t testing.TB, p *ofd.Package) *ofd.Package {
	t.Helper()
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	got, err := ofd.OpenBytes(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// verdict is what a verifier that trusts our root says, with the steps that failed.
func (w *world) verdict(p *ofd.Package) (ses.Verdict, string) {
	w.t.Helper()
	trust, err := w.Trust(system)
	w.must(err)
	r := ses.Verify(context.Background(), given(w.t, p), ses.Options{Trust: trust, Status: w.Module, Now: w.clock.Now})
	said := ""
	for _, s := range append(r.Steps, stepsOf(r)...) {
		if s.Result != ses.OK && s.Result != ses.Skipped {
			said += fmt.Sprintf("%s %s %s; ", s.Code, s.Result, s.Reason)
		}
	}
	return r.Verdict, said
}

func stepsOf(r *ses.Report) []ses.Step {
	var list []ses.Step
	for _, s := range r.Signatures {
		list = append(list, s.Steps...)
	}
	return list
}

func (w *world) use() seals.Use {
	return seals.Use{Agency: bureau, Purpose: "licence:LDPQ", Case: "SG2026000001", Approval: "task-1", Document: "licence-1"}
}
