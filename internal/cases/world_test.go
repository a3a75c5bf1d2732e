package cases

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yimen/gb"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/archive"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/events"
	"yimen/internal/kit/files"
	"yimen/internal/kit/jobs"
	"yimen/internal/org"
	"yimen/internal/workflow"
	"yimen/workday"
)

var sources = []db.Source{audit.Migrations, files.Migrations, org.Migrations, catalogue.Migrations, workflow.Migrations, archive.Migrations, Migrations}

// The places of the tests: a city, two counties, a town, a village.
const (
	theCity   = "440200000000"
	ruyuan    = "440232000000"
	shixing   = "440222000000"
	theTown   = "440232112000"
	village   = "440232112209"
	forestry  = "440232-d11" // decides for Ruyuan
	forestry2 = "440222-d11"
)

// The items of the tests.
const (
	felling = "SG11001" // promised, 8 working days, review then decision
	notice  = "SG11002" // on the spot, electronic delivery, one step
)

// Wednesday, 16 September 2026, 10:00 in Beijing.
var start = time.Date(2026, 9, 16, 2, 0, 0, 0, time.UTC)

// world is the module over real ones, with a clock that stands still.
type world struct {
	*Module
	t     testing.TB
	clock *clock.Fake
	org   *org.Module
	flow  *workflow.Module
	files *files.Store
	queue *jobs.Queue
	ctx   context.Context // of the program itself
	have  map[string]identity.Actor

	mu   sync.Mutex
	told []events.Event
	fail error // what listeners answer

	asked int // whose account it is
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) { fn(t, newWorld(t, d)) })
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewFake(start), have: map[string]identity.Actor{}}
	w.ctx = identity.With(context.Background(), identity.System("test"))
	var err error
	w.queue, err = jobs.New(d, jobs.Options{Clock: w.clock, Log: slog.New(slog.DiscardHandler)})
	w.must(err)
	bus := events.New(w.queue)
	w.org = org.New(org.Deps{DB: d, Clock: w.clock})
	w.must(w.org.LoadCity(w.ctx, smallCity(t)))
	items := catalogue.New(catalogue.Deps{DB: d, Clock: w.clock, Org: w.org, Audit: audit.New(d, w.clock)})
	w.must(items.LoadCity(w.ctx, []catalogue.Definition{fellingItem(), noticeItem()}))
	w.flow = workflow.New(workflow.Deps{DB: d, Clock: w.clock, Events: bus, Agencies: w, Accounts: w, Calendar: w.org.Calendar})
	dir := t.TempDir()
	w.files, err = files.Open(w.ctx, files.Options{
		URL: "file://" + filepath.ToSlash(dir) + "/files", KeyFile: filepath.Join(dir, "key"), CreateKey: true,
	}, d, w.clock)
	w.must(err)
	t.Cleanup(func() { _ = w.files.Close() })
	w.Module = New(Deps{
		DB: d, Clock: w.clock, Events: bus, Org: w.org, Catalogue: items, Workflow: w.flow, Files: w.files,
		Accounts: w, Archive: archive.New(d, w.files, w.clock, db.Years(sources), nil), Rules: Rules{AreaCode: "0751"},
	})
	w.Module.Workers(w.queue)
	w.people()
	events.Later(bus, "test", func(context.Context, Submitted) error { return nil }) // a job with every case
	hear[Submitted](w, bus)
	hear[Accepted](w, bus)
	hear[Decided](w, bus)
	hear[Closed](w, bus)
	hear[Terminated](w, bus)
	hear[DraftEnding](w, bus)
	return w
}

func hear[E events.Event](w *world, bus *events.Bus) {
	events.Now(bus, "test", func(_ context.Context, e E) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.fail != nil {
			return w.fail
		}
		w.told = append(w.told, e)
		return nil
	})
}

func heard[E events.Event](w *world) []E {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []E
	for _, e := range w.told {
		if own, ok := e.(E); ok {
			list = append(list, own)
		}
	}
	return list
}

// What the workflow and the module ask of others.

func (w *world) AgencyOf(ctx context.Context, dept string, level int, division string) (string, error) {
	a, err := w.org.CompetentAgency(ctx, dept, org.Level(level), division)
	return a.Code, err
}

func (w *world) Place(ctx context.Context, agency string) (identity.Place, error) {
	a, err := w.org.Agency(ctx, agency)
	return identity.Place{Division: a.Division, Agency: a.Code, Dept: a.Dept}, err
}

func (w *world) Actor(_ context.Context, account string) (identity.Actor, error) {
	a, ok := w.have[account]
	if !ok {
		return a, errors.New("no such account")
	}
	return a, nil
}

// AccountOf: the citizens zhang and li have accounts.
func (w *world) AccountOf(_ context.Context, _, idNo string) (string, error) {
	w.asked++
	for _, account := range []string{"zhang", "li"} {
		if idNo == idOf(account) {
			return account, nil
		}
	}
	return "", nil
}

func (w *world) Person(_ context.Context, account string) (identity.Person, error) {
	a, ok := w.have[account]
	if !ok {
		return identity.Person{}, identity.ErrAccountUnknown
	}
	return identity.Person{Account: account, Kind: a.Kind, Name: a.Name, IDType: "111", IDNo: idOf(account), Phone: "13800002222"}, nil
}

// mandate lets an agent act for a principal, from now on.
func (w *world) mandate(agent string, x identity.Mandate) {
	a := w.have[agent]
	a.Mandates = append(slices.Clone(a.Mandates), x)
	w.have[agent] = a
}

// people are those of the tests, with the roles that identity gives them.
func (w *world) people() {
	w.have["zhang"] = identity.Actor{Account: "zhang", Name: "张建国", Kind: identity.KindPerson, Level: identity.LevelPresence}
	w.have["li"] = identity.Actor{Account: "li", Name: "李晓敏", Kind: identity.KindPerson, Level: identity.LevelPresence}
	w.staff("clerk", "window_clerk", "", ruyuan, true)
	w.staff("town-clerk", "window_clerk", "", theTown, true)
	w.staff("city-clerk", "window_clerk", "", theCity, true)
	w.staff("approver", "approver", forestry, "", false)
	w.staff("other-approver", "approver", forestry2, "", false)
	w.staff("head", "agency_head", forestry, "", false)
	w.staff("county-manager", "centre_manager", "", ruyuan, false)
	w.staff("city-manager", "centre_manager", "", theCity, false)
	w.staff("other-manager", "centre_manager", "", shixing, false)
}

// staff makes an actor with a role, as identity.GrantRole does: over exactly
// one division or all in it, or over an agency.
func (w *world) staff(account, role, agency, division string, exact bool) {
	r, ok := identity.RoleNamed(role)
	if !ok {
		w.t.Fatalf("no role %s", role)
	}
	a := identity.Actor{Account: account, Name: r.Title + account, Kind: identity.KindStaff, Agency: agency, Via: identity.ViaSession}
	g := identity.Grant{On: r.On, Agency: agency}
	if division != "" {
		g.From, g.To = org.Range(division)
	}
	if exact {
		g.From, g.To = org.Only(division)
		a.Outlet = division
	}
	for _, v := range r.Verbs {
		g.Verb = v
		a.Grants = append(a.Grants, g)
	}
	w.have[account] = a
}

// as is the context of a person; "" is nobody.
func (w *world) as(account string) context.Context {
	a, ok := w.have[account]
	if !ok && account != "" {
		w.t.Fatalf("no person %s", account)
	}
	return identity.With(context.Background(), a)
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// one gives the value of a call that must not fail.
func one[T any](w *world) func(T, error) T {
	return func(v T, err error) T {
		w.t.Helper()
		w.must(err)
		return v
	}
}

// on moves the clock to ten in the morning of a day, in Beijing.
func (w *world) on(day string) {
	w.clock.Set(workday.MustParseDate(day).Time(clock.Beijing).Add(10 * time.Hour))
}

// upload stores a file of an account.
func (w *world) upload(account, name string) string {
	w.t.Helper()
	f, err := w.files.Save(w.as(account), name, "application/pdf", strings.NewReader("%PDF-1.4\n"+name+"\n%%EOF\n"), account)
	w.must(err)
	return f.ID
}

var idSeq = map[string]int{"zhang": 101, "li": 102, "wang": 103}

// idOf is the resident number of a made-up person.
func idOf(name string) string {
	id, err := gb.MakeResidentID("440232", workday.MustParseDate("1980-03-04"), idSeq[name])
	if err != nil {
		panic(err)
	}
	return string(id)
}

// web is an application of a citizen over the web, complete.
func (w *world) web(account string) Submission {
	return Submission{
		Item: felling, Division: village, Channel: ChannelWeb, Deliver: DeliverWindow,
		Applicant: Applicant{Type: "person", Name: w.have[account].Name, IDNo: idOf(account), Phone: "13800001111"},
		Answers:   map[string][]string{"who": {"self"}},
		Form:      json.RawMessage(`{"name":"大寮坑","area":3.5}`),
		Materials: []Handed{{ID: "form", File: w.upload(account, "申请表.pdf")}, {ID: "id_card", File: w.upload(account, "身份证.pdf")}},
	}
}

// atWindow is an application that a clerk takes in at Ruyuan's hall.
func (w *world) atWindow() Submission {
	return Submission{
		Item: felling, Division: village, Channel: ChannelWindow, Deliver: DeliverWindow,
		Applicant: Applicant{Type: "person", Name: "王小明", IDNo: idOf("wang"), Phone: "13900001111"},
		Answers:   map[string][]string{"who": {"self"}},
		Form:      json.RawMessage(`{"name":"大寮坑","area":3.5}`),
		Materials: []Handed{{ID: "form", Paper: true}, {ID: "id_card", Paper: true}},
	}
}

// received is a case at the window.
func (w *world) received() Case {
	w.t.Helper()
	return one[Case](w)(w.Submit(w.as("clerk"), w.atWindow()))
}

// reviewing is a case that the clerk has accepted.
func (w *world) reviewing() Case {
	w.t.Helper()
	return one[Case](w)(w.Accept(w.as("clerk"), w.received().Number, Act{}))
}

// pass approves the open tasks of a step.
func (w *world) pass(account, number, node string) {
	w.t.Helper()
	i := one[workflow.Instance](w)(w.flow.Instance(w.ctx, number))
	for _, task := range i.Tasks {
		if task.Node == node && task.State == workflow.Open {
			w.must(w.flow.Approve(w.as(account), task.ID, workflow.Act{Opinion: "同意"}))
			return
		}
	}
	w.t.Fatalf("case %s has no open task %s", number, node)
}

func (w *world) find(number string) Case {
	w.t.Helper()
	return one[Case](w)(w.Find(w.ctx, number))
}

// verbs are the history of a case in short.
func (w *world) verbs(number string) string {
	w.t.Helper()
	var list []string
	for _, e := range one[[]Entry](w)(w.History(w.ctx, number)) {
		list = append(list, string(e.Verb))
	}
	return strings.Join(list, " ")
}

// noticesOf are the kinds of notices of a case, in the order they were made.
func (w *world) papers(number string) string {
	w.t.Helper()
	var kinds []string
	for _, n := range w.find(number).Content.Notices {
		kinds = append(kinds, n.Kind)
	}
	return strings.Join(kinds, " ")
}

// wants checks that err is the error, and gives it.
func (w *world) wants(err error, want *errs.Error) *errs.Error {
	w.t.Helper()
	var e *errs.Error
	if !errors.As(err, &e) || e.Code != want.Code {
		w.t.Fatalf("got %v, want %s", err, want.Code)
	}
	return e
}

// field checks that err is about a field.
func (w *world) field(err error, name string) {
	w.t.Helper()
	var e *errs.Error
	if errors.As(err, &e) {
		for _, f := range e.Fields {
			if f.Name == name {
				return
			}
		}
	}
	w.t.Errorf("got %v, want a message on %s", err, name)
}

func smallCity(t testing.TB) org.Rows {
	rows := org.Rows{Divisions: []org.Division{
		{Code: theCity, Name: "韶关市", ShortName: "韶关市", Kind: "地级市", Level: org.City, Parent: "440000000000"},
		{Code: ruyuan, Name: "乳源瑶族自治县", ShortName: "乳源县", Kind: "县", Level: org.County, Parent: theCity},
		{Code: shixing, Name: "始兴县", ShortName: "始兴县", Kind: "县", Level: org.County, Parent: theCity},
		{Code: theTown, Name: "游溪镇", ShortName: "游溪镇", Kind: "镇", Level: org.Town, Parent: ruyuan},
		{Code: village, Name: "大寮坑村民委员会", ShortName: "大寮坑村", Kind: "行政村", Level: org.Village, Parent: theTown},
	}}
	agency := func(code, name, dept, division string, level org.Level, kind string) {
		uscc, err := gb.MakeUSCC("11", division[:6], fmt.Sprintf("%08d", len(rows.Agencies)+10000001))
		if err != nil {
			t.Fatal(err)
		}
		rows.Agencies = append(rows.Agencies, org.Agency{Code: code, Name: name, ShortName: name, USCC: uscc.String(), Dept: dept,
			Division: division, Level: level, Kind: kind})
	}
	agency(theCity, "韶关市人民政府", "", theCity, org.City, org.Government)
	agency("440200-d11", "韶关市林业局", "D11", theCity, org.City, org.Department)
	agency(ruyuan, "乳源瑶族自治县人民政府", "", ruyuan, org.County, org.Government)
	agency(forestry, "乳源瑶族自治县林业局", "D11", ruyuan, org.County, org.Department)
	agency(shixing, "始兴县人民政府", "", shixing, org.County, org.Government)
	agency(forestry2, "始兴县林业局", "D11", shixing, org.County, org.Department)
	agency(theTown, "游溪镇人民政府", "", theTown, org.Town, org.TownOffice)
	agency(village, "大寮坑村民委员会", "", village, org.Village, org.Committee)
	for code, o := range map[string][2]string{theCity: {"韶关市政务服务中心", org.Centre}, ruyuan: {"乳源县政务服务中心", org.Hall},
		shixing: {"始兴县政务服务中心", org.Hall}, theTown: {"游溪镇公共服务中心", org.TownOutlet}, village: {"大寮坑村党群服务中心", org.VillagePoint}} {
		rows.Outlets = append(rows.Outlets, org.Outlet{Code: code, Name: o[0], Kind: o[1], Division: code, Address: o[0] + "一楼",
			Phone: "0751-8881234", Complaint: "0751-8884321", Hours: []org.Hours{{Days: "1-5", Open: "08:30", Close: "12:00"}}})
	}
	return rows
}

func fellingItem() catalogue.Definition {
	return catalogue.Definition{
		Code: felling, BaseCode: "440111001000", Seq: "01", Name: "林木采伐许可证核发", BaseName: "林木采伐许可证核发",
		Type: catalogue.TypeLicence, Domain: "林业", Dept: "D11", DeptName: "林业局",
		Levels: []int{4, 5, 6}, DecidedAt: 4, AcceptedBy: catalogue.AcceptedByWindow,
		Audience: []string{"person", "enterprise"}, Kind: catalogue.KindPromised, MinLevel: int(identity.LevelRegister),
		Basis:      []catalogue.Basis{{Law: "中华人民共和国森林法", Article: "第五十六条"}},
		Conditions: []string{"林木权属清楚"},
		Statutory:  catalogue.Limit{N: 20, Unit: catalogue.UnitWorkday}, Promised: catalogue.Limit{N: 8, Unit: catalogue.UnitWorkday},
		Result: catalogue.Result{Name: "林木采伐许可证", Kind: catalogue.ResultLicence, Sample: "许可证编号、采伐地点",
			DeliverBy: []string{"window", "post", "electronic"}},
		Materials: []catalogue.Material{
			{ID: "form", Name: "林木采伐申请表", Kind: "original", Form: "both", Originals: 1, Necessity: catalogue.Required, Source: "applicant"},
			{ID: "id_card", Name: "居民身份证", Kind: "copy", Form: "both", Copies: 1, Necessity: catalogue.Required, Source: "government",
				LicenceTypes: []string{"11100000000013127D001"}},
			{ID: "power", Name: "授权委托书", Kind: "original", Form: "both", Originals: 1, Necessity: catalogue.Required, Source: "applicant", Promise: true},
			{ID: "design", Name: "伐区调查设计文件", Kind: "original", Form: "both", Originals: 1, Necessity: catalogue.Defer, Source: "other"},
		},
		BaseMaterials: []string{"form", "id_card"},
		Situations: []catalogue.Question{
			{ID: "who", Text: "由谁来办理？", Options: []catalogue.Option{
				{ID: "self", Label: "本人办理"}, {ID: "agent", Label: "委托他人", Materials: []string{"power"}},
				{ID: "large", Label: "超过15立方米", Materials: []string{"design"}},
				{ID: "nobody", Label: "没有权属", Stop: "林木权属不清的，不予采伐。"},
			}},
		},
		Form: json.RawMessage(`{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","required":["name","area"],
			"additionalProperties":false,"properties":{
			"name":{"type":"string","title":"采伐地点","minLength":1,"maxLength":50,"x-order":10},
			"area":{"type":"number","title":"面积","exclusiveMinimum":0,"maximum":1000,"x-unit":"亩","x-order":20}}}`),
		Process: workflow.Definition{Name: "林木采伐审批", Nodes: []workflow.Node{
			{ID: "review", Kind: workflow.Step, Name: "审查", Agency: "competent", Role: workflow.RoleReview, Limit: 2},
			{ID: "decide", Kind: workflow.Step, Name: "审批", Agency: "competent", Role: workflow.RoleDecide, Limit: 2, Decision: true},
		}},
		Special: []string{"inspection", "publicity:5"},
		Online:  true, Depth: 4, Channels: []string{"window", "web", "mobile", "post"}, Scope: "全市", Hall: true,
		FAQ:    []catalogue.QA{{Q: "自留山的树要办证吗？", A: "自留山上的林木需要办理。"}},
		Remedy: catalogue.Remedy{Reconsideration: "乳源瑶族自治县人民政府", Litigation: "人民法院"}, Consult: "0751-8880001", Complaint: "0751-8880002",
		Trust: "suggested",
	}
}

func noticeItem() catalogue.Definition {
	d := fellingItem()
	d.Code, d.BaseCode, d.Name, d.BaseName = notice, "442011002000", "林业信息告知", "林业信息告知"
	d.Type, d.Kind = catalogue.TypeService, catalogue.KindInstant
	d.Promised, d.Statutory = catalogue.Limit{Unit: catalogue.UnitNone}, catalogue.Limit{Unit: catalogue.UnitNone}
	d.Materials = d.Materials[:2]
	d.Situations = []catalogue.Question{}
	d.Special = nil
	d.Process = workflow.Definition{Name: "当场办结", Nodes: []workflow.Node{
		{ID: "decide", Kind: workflow.Step, Name: "办理", Agency: "competent", Role: workflow.RoleDecide, Decision: true},
	}}
	d.Result.Kind, d.Result.Name, d.Result.DeliverBy = catalogue.ResultDocument, "告知单", []string{"electronic", "window"}
	return d
}

// drain runs the jobs that are due.
func (w *world) drain() { w.t.Helper(); w.must(w.queue.Drain(w.ctx)) }
