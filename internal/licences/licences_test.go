package licences_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/errs"
	"yimen/internal/licences"
	"yimen/internal/org"
	"yimen/workday"
)

const (
	county = "440232000000"
	other  = "440224000000"
	bureau = "440232-d11"
	theirs = "440224-d11"
)

// start is Wednesday, 18 November 2026, 10:00 in Beijing.
var start = time.Date(2026, 11, 18, 2, 0, 0, 0, time.UTC)

var today = workday.NewDate(2026, time.November, 18)

// register knows one resident by one name.
type register struct{}

func (register) Match(_ context.Context, name, idNo string) (bool, error) {
	if strings.HasSuffix(name, "没有回音") {
		return false, errors.New("no answer")
	}
	return name == "李立伟" || idNo != resident(), nil
}

// accounts knows who has which number.
type accounts map[string]identity.Person

func (a accounts) People(_ context.Context, names []string) (map[string]identity.Person, error) {
	out := map[string]identity.Person{}
	for _, n := range names {
		out[n] = a[n]
	}
	return out, nil
}

func resident() string {
	id, err := gb.MakeResidentID("440232", workday.NewDate(1990, time.January, 1), 3)
	if err != nil {
		panic(err)
	}
	return id.String()
}

func credit(region, body string) string {
	u, err := gb.MakeUSCC("91", region, body)
	if err != nil {
		panic(err)
	}
	return u.String()
}

// world is two counties with a bureau each.
type world struct {
	*licences.Module
	t                     *testing.T
	d                     *db.DB
	clock                 *clock.Fake
	head, stranger, looks context.Context
	holder                context.Context
}

func each(t *testing.T, fn func(w *world)) {
	t.Helper()
	dbtest.Each(t, []db.Source{org.Migrations, audit.Migrations, licences.Migrations}, func(t *testing.T, d *db.DB) { fn(newWorld(t, d)) })
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, d: d, clock: clock.NewFake(start)}
	o := org.New(org.Deps{DB: d, Clock: w.clock})
	w.must(o.LoadCity(context.Background(), org.Rows{
		Divisions: []org.Division{{Code: county, Name: "乳源瑶族自治县", ShortName: "乳源", Level: org.County}, {Code: other, Name: "仁化县", ShortName: "仁化", Level: org.County}},
		Agencies: []org.Agency{{Code: bureau, Name: "乳源人社局", USCC: credit("440232", "MB2D0001"), Dept: "D11", Division: county, Level: org.County},
			{Code: theirs, Name: "仁化人社局", USCC: credit("440224", "MB2D0002"), Dept: "D11", Division: other, Level: org.County}},
	}))
	w.Module = licences.New(licences.Deps{DB: d, Clock: w.clock, Org: o, Audit: audit.New(d, w.clock), People: register{},
		Accounts: accounts{"holder": {IDNo: resident()}}})
	w.must(w.LoadTypes(context.Background(), credit("440200", "MB2D0009"), []licences.Type{
		{ID: "ZZ001", Code: "11100000000013127D001", Name: "居民身份证", Holder: licences.HolderPerson, Unique: true,
			Fields: []licences.Field{{Name: "XB", Label: "性别", Kind: "text", Required: true}, {Name: "CSRQ", Label: "出生日期", Kind: "date"}}},
		{ID: "ZZ026", Name: "劳务派遣经营许可证", Holder: licences.HolderEnterprise},
		{ID: "ZZ047", Name: "林木采伐许可证", Holder: licences.HolderBoth},
	}))
	at := func(v identity.Verb, agency string) identity.Grant { return identity.Grant{Verb: v, Agency: agency} }
	staff := func(name, agency string, grants ...identity.Grant) context.Context {
		return identity.With(context.Background(), identity.Actor{Account: name, Name: name, Kind: identity.KindStaff, Agency: agency, Grants: grants})
	}
	w.head = staff("head", bureau, at(licences.VerbManage, bureau), at(licences.VerbView, bureau))
	w.looks = staff("looks", bureau, at(licences.VerbView, bureau))
	w.stranger = staff("stranger", theirs, at(licences.VerbManage, theirs), at(licences.VerbView, theirs))
	w.holder = identity.With(context.Background(), identity.Actor{Account: "holder", Name: "李立伟", Kind: identity.KindPerson, Level: identity.LevelPresence})
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// card is an identity card as it is taken over.
func card() licences.Entry {
	return licences.Entry{Type: "居民身份证", Number: resident(), HolderName: "李立伟", HolderNo: strings.ToLower(resident()), IssuedOn: today.Add(-100),
		To: today.Add(100), Fields: map[string]string{"性别": "男"}, Trust: licences.TrustB}
}

func TestTakenOver(t *testing.T) {
	each(t, func(w *world) {
		l, err := w.TakeOver(w.head, card())
		w.must(err)
		id, err := gb.ParseLicenceID(l.Identifier)
		if err != nil || id.Type != "11100000000013127D001" || id.Version != "001" {
			t.Errorf("%s: %v", l.Identifier, err)
		}
		var stored string
		w.must(w.d.Conn(w.head).Get(w.head, &stored, `SELECT holder_no || fields || number FROM licences_licence`))
		if strings.Contains(stored, resident()) || strings.Contains(stored, "男") {
			t.Errorf("the table can be read: %s", stored)
		}
		mine, _, err := w.Mine(w.holder, db.Page{})
		w.must(err)
		if len(mine) != 1 || mine[0].HolderNo != resident() || mine[0].Fields["XB"] != "男" {
			t.Errorf("%+v", mine)
		}
		if _, err := w.Own(w.holder, l.Identifier); err != nil {
			t.Error(err)
		}
		if _, err := w.Own(identity.With(context.Background(), identity.Actor{Account: "else", Kind: identity.KindPerson, Level: identity.LevelPresence}), l.Identifier); !errors.Is(err, licences.ErrUnknown) {
			t.Errorf("somebody else reads it: %v", err)
		}
		if _, err := w.TakeOver(w.head, card()); !errors.Is(err, licences.ErrSecond) {
			t.Errorf("a second one: %v", err)
		}
		w.clock.Set(start.AddDate(1, 0, 0)) // the first has lapsed
		again := card()
		again.Number, again.IssuedOn, again.To = "2", workday.DateOf(w.clock.Now(), clock.Beijing), workday.Date{}
		_, err = w.TakeOver(w.head, again)
		w.must(err)
	})
}

// What is wrong is told at once, beside its field, and nothing comes in.
func TestNotTakenOver(t *testing.T) {
	each(t, func(w *world) {
		for what, x := range map[string]struct {
			change func(*licences.Entry)
			by     context.Context
			want   error
			fields []string
		}{
			"unknown type":   {func(e *licences.Entry) { e.Type = "飞行执照" }, w.head, errs.ErrInvalid, []string{"type"}},
			"no number":      {func(e *licences.Entry) { e.Number = " " }, w.head, errs.ErrInvalid, []string{"number"}},
			"wrong digit":    {func(e *licences.Entry) { e.HolderNo = "440232199001010031" }, w.head, errs.ErrInvalid, []string{"holder_no"}},
			"a company's":    {func(e *licences.Entry) { e.HolderNo = credit("440232", "MA4X0001") }, w.head, errs.ErrInvalid, []string{"holder_no"}},
			"field missing":  {func(e *licences.Entry) { e.Fields = nil }, w.head, errs.ErrInvalid, []string{"fields.XB"}},
			"field unknown":  {func(e *licences.Entry) { e.Fields["星座"] = "白羊" }, w.head, errs.ErrInvalid, []string{"fields.星座"}},
			"no day":         {func(e *licences.Entry) { e.Fields["CSRQ"] = "昨天" }, w.head, errs.ErrInvalid, []string{"fields.CSRQ"}},
			"issued later":   {func(e *licences.Entry) { e.IssuedOn = today.Add(1) }, w.head, errs.ErrInvalid, []string{"issued_on"}},
			"ends before":    {func(e *licences.Entry) { e.To = e.IssuedOn.Add(-1) }, w.head, errs.ErrInvalid, []string{"to"}},
			"trust":          {func(e *licences.Entry) { e.Trust = "Z" }, w.head, errs.ErrInvalid, []string{"trust"}},
			"identifier":     {func(e *licences.Entry) { e.Identifier = "1.2.3" }, w.head, errs.ErrInvalid, []string{"identifier"}},
			"another name":   {func(e *licences.Entry) { e.HolderName = "李伟立" }, w.head, licences.ErrHolder, []string{"holder_name"}},
			"other's issuer": {func(e *licences.Entry) { e.Issuer = bureau }, w.stranger, licences.ErrNotHere, nil},
			"only looks":     {func(*licences.Entry) {}, w.looks, licences.ErrNotHere, nil},
			"no such issuer": {func(e *licences.Entry) { e.Issuer = "nobody" }, w.head, errs.ErrInvalid, []string{"issuer"}},
		} {
			e := card()
			x.change(&e)
			_, err := w.TakeOver(x.by, e)
			var got []string
			for _, f := range errs.From(err).Fields {
				got = append(got, f.Name)
			}
			slices.Sort(got)
			slices.Sort(x.fields)
			if !errors.Is(err, x.want) && errs.KindOf(err) != errs.KindOf(x.want) || !slices.Equal(got, x.fields) {
				t.Errorf("%s: %v, fields %v", what, err, got)
			}
		}
		e := card()
		e.HolderName = "没有回音"
		if _, err := w.TakeOver(w.head, e); err == nil || errs.KindOf(err) != errs.Internal {
			t.Errorf("a register that does not answer: %v", err)
		}
		var n int
		w.must(w.d.Conn(w.head).Get(w.head, &n, `SELECT COUNT(*) FROM licences_licence`))
		if n != 0 {
			t.Errorf("%d came in", n)
		}
	})
}

// Every act from every state: the table of the package doc, once more.
func TestMoves(t *testing.T) {
	allowed := map[licences.State]string{
		licences.Valid: "suspend withdraw revoke cancel", licences.Suspended: "restore withdraw revoke", licences.Withdrawn: "cancel",
		licences.Revoked: "cancel", licences.Replaced: "cancel", licences.Lapsed: "cancel", licences.Cancelled: "",
	}
	each(t, func(w *world) {
		for _, state := range licences.States {
			for _, act := range licences.Acts {
				e := card()
				e.Type, e.Fields, e.Number = "ZZ047", nil, string(state)+string(act)
				l, err := w.TakeOver(w.head, e)
				w.must(err)
				w.bring(l.Identifier, state)
				may := slices.Contains(strings.Fields(allowed[state]), string(act))
				err = w.Do(w.head, l.Identifier, licences.Step{Act: act, Reason: "测试各种变动"})
				if may != (err == nil) || !may && !errors.Is(err, licences.ErrNotNow) {
					t.Errorf("%s from %s: %v", act, state, err)
				}
			}
		}
	})
}

// bring puts a licence into a state.
func (w *world) bring(identifier string, to licences.State) {
	w.t.Helper()
	switch to {
	case licences.Valid:
	case licences.Lapsed:
		_, err := w.d.Conn(w.head).Exec(w.head, `UPDATE licences_licence SET to_on = '2026-11-17' WHERE identifier = $1`, identifier)
		w.must(err)
	default:
		_, err := w.d.Conn(w.head).Exec(w.head, `UPDATE licences_licence SET state = $2 WHERE identifier = $1`, identifier, string(to))
		w.must(err)
	}
}

func TestWhoMayDoAndWhy(t *testing.T) {
	each(t, func(w *world) {
		l, err := w.TakeOver(w.head, card())
		w.must(err)
		step := licences.Step{Act: licences.Suspend, Reason: "涉嫌转借，等待核查", Document: "乳人社停〔2026〕1号"}
		if err := w.Do(w.stranger, l.Identifier, step); !errors.Is(err, licences.ErrUnknown) {
			t.Errorf("another county: %v", err)
		}
		if err := w.Do(w.looks, l.Identifier, step); !errors.Is(err, licences.ErrNotHere) {
			t.Errorf("who only looks: %v", err)
		}
		if err := w.Do(w.head, l.Identifier, licences.Step{Act: "eat"}); len(errs.From(err).Fields) != 2 {
			t.Errorf("no act, no reason: %v", err)
		}
		w.must(w.Do(w.head, l.Identifier, step))
		c, err := w.Check(w.holder, strings.ToLower(l.Identifier))
		w.must(err)
		if c.Stands || c.State != licences.Suspended || c.Holder == "李立伟" || strings.Contains(c.Number, "1990") {
			t.Errorf("%+v", c)
		}
		s, err := w.Own(w.holder, l.Identifier)
		w.must(err)
		if len(s.Events) != 2 || s.Events[0].Reason != step.Reason || s.Events[0].By != "head" || s.Acts != nil {
			t.Errorf("%+v", s)
		}
		if _, err := w.Check(w.holder, "1.2.3"); !errors.Is(err, licences.ErrUnknown) || len(errs.From(err).Fields) != 1 {
			t.Errorf("no identifier: %v", err)
		}
	})
}

func TestNextVersion(t *testing.T) {
	each(t, func(w *world) {
		l, err := w.TakeOver(w.head, card())
		w.must(err)
		n, err := w.Renew(w.head, l.Identifier, licences.Renewal{From: today, Reason: "地址变更", Fields: map[string]string{"XB": "男", "CSRQ": "1990-01-01"}})
		w.must(err)
		first, _ := gb.ParseLicenceID(l.Identifier)
		second, err := gb.ParseLicenceID(n.Identifier)
		if err != nil || second.Serial != first.Serial || second.Version != "002" {
			t.Errorf("%s after %s: %v", n.Identifier, l.Identifier, err)
		}
		c, err := w.Check(w.holder, l.Identifier)
		w.must(err)
		if c.Stands || c.State != licences.Replaced || c.Newer != n.Identifier {
			t.Errorf("%+v", c)
		}
		if c, err = w.Check(w.holder, n.Identifier); err != nil || !c.Stands {
			t.Errorf("%+v, %v", c, err)
		}
		if _, err := w.Renew(w.head, l.Identifier, licences.Renewal{From: today, Reason: "再来一次"}); !errors.Is(err, licences.ErrNotNow) {
			t.Errorf("a version of a version: %v", err)
		}
	})
}

// Two who issue at once do not make two.
func TestOneOnlyOfMany(t *testing.T) {
	each(t, func(w *world) {
		var wait sync.WaitGroup
		failed := make([]error, 6)
		for i := range failed {
			wait.Go(func() {
				e := card()
				e.Number = strings.Repeat("9", i+1)
				_, failed[i] = w.TakeOver(w.head, e)
			})
		}
		wait.Wait()
		made := 0
		for _, err := range failed {
			if err == nil {
				made++
			} else if !errors.Is(err, licences.ErrSecond) {
				t.Error(err)
			}
		}
		if made != 1 {
			t.Errorf("%d of one: %v", made, failed)
		}
	})
}

// Lists show what may be opened, and nothing else; states of lists are those of
// the licences in them.
func TestListsShowWhatMayBeOpened(t *testing.T) {
	each(t, func(w *world) {
		for _, state := range licences.States {
			for _, by := range []context.Context{w.head, w.stranger} {
				e := card()
				e.Type, e.Fields, e.Number = "ZZ047", nil, "采字"+string(state)
				l, err := w.TakeOver(by, e)
				w.must(err)
				w.bring(l.Identifier, state)
			}
		}
		for _, state := range append(licences.States, "") {
			list, _, err := w.List(w.looks, licences.Find{State: state}, db.Page{})
			w.must(err)
			want := 1
			if state == "" {
				want = len(licences.States)
			}
			if len(list) != want {
				t.Errorf("%q: %d in the list", state, len(list))
			}
			for _, l := range list {
				if l.Issuer != bureau || state != "" && l.StateOn(today) != state {
					t.Errorf("%q: %+v", state, l)
				}
				if _, err := w.Open(w.looks, l.Identifier); err != nil {
					t.Error(err)
				}
				if _, err := w.Open(w.stranger, l.Identifier); !errors.Is(err, licences.ErrUnknown) {
					t.Errorf("another county opens it: %v", err)
				}
			}
		}
		for _, q := range []string{resident(), "李立伟", "采字valid"} {
			list, _, err := w.List(w.looks, licences.Find{Q: q}, db.Page{})
			w.must(err)
			if len(list) == 0 {
				t.Errorf("%s finds nothing", q)
			}
		}
		if list, _, err := w.List(w.holder, licences.Find{}, db.Page{}); err != nil || len(list) != 0 {
			t.Errorf("a citizen's list: %d, %v", len(list), err)
		}
		first, next, err := w.List(w.looks, licences.Find{}, db.Page{Limit: 4})
		w.must(err)
		second, _, err := w.List(w.looks, licences.Find{}, db.Page{Limit: 4, After: next})
		w.must(err)
		if len(first) != 4 || len(second) != 3 {
			t.Errorf("pages of %d and %d", len(first), len(second))
		}
	})
}

func TestStockFile(t *testing.T) {
	const header = "\ufeff证照类型,证照编号,持证主体,持证主体代码,颁发日期,可信等级,有效期止,性别\n"
	right := "居民身份证,A1,李立伟," + resident() + ",2020-01-01,B,长期,男\n"
	each(t, func(w *world) {
		for what, x := range map[string]struct {
			file  string
			wrong []string
		}{
			"a wrong line":      {header + right + "护照,A2,李立伟,1,昨天,A,,男\n", []string{"第3行“颁发日期”", "第3行“可信等级”", "第3行“证照类型”", "第3行“持证主体代码”"}},
			"two of one":        {header + right + strings.Replace(right, "A1", "A2", 1), []string{"第3行：持证人已经有一本"}},
			"not their own one": {strings.Replace(header, "性别", "性别,颁发机构", 1) + strings.Replace(right, "\n", ","+theirs+"\n", 1), []string{"第2行：这本证照不是"}},
		} {
			done, err := w.Import(w.head, strings.NewReader(x.file), false)
			w.must(err)
			if done.Stored != 0 {
				t.Errorf("%s: %d stored", what, done.Stored)
			}
			var said strings.Builder
			for _, e := range done.Wrong {
				said.WriteString(e.Describe() + "\n")
			}
			for _, want := range x.wrong {
				if !strings.Contains(said.String(), want) {
					t.Errorf("%s: no %q in %s", what, want, said.String())
				}
			}
		}
		for _, bad := range []string{"", "\"", "证照类型,证照编号\n", header + "a,b\n", header + strings.Repeat(right, 5001)} {
			if _, err := w.Import(w.head, strings.NewReader(bad), false); errs.KindOf(err) != errs.Invalid {
				t.Errorf("%.30q: %v", bad, err)
			}
		}
		done, err := w.Import(w.head, strings.NewReader(header+right), true)
		if err != nil || done.Rows != 1 || done.Stored != 0 || done.Wrong != nil {
			t.Errorf("a trial: %+v, %v", done, err)
		}
		done, err = w.Import(w.head, strings.NewReader(header+right), false)
		if err != nil || done.Stored != 1 {
			t.Errorf("%+v, %v", done, err)
		}
	})
}
