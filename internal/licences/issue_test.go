package licences_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"yimen/gb"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/licences"
	"yimen/internal/seals"
)

func (w *world) stored() int {
	w.t.Helper()
	var n int
	w.must(w.d.Conn(w.head).Get(w.head, &n, `SELECT COUNT(*) FROM licences_licence`))
	return n
}

// What is issued is numbered, sealed and of trust A; whatever is wrong with it,
// nothing is.
func TestIssue(t *testing.T) {
	withSeals(t, func(w *sealing) {
		for what, x := range map[string]struct {
			change func(*licences.Entry)
			by     context.Context
			want   error
			fields []string
		}{
			"unknown type":   {func(e *licences.Entry) { e.Type = "飞行执照" }, w.head, errs.ErrInvalid, []string{"type"}},
			"another name":   {func(e *licences.Entry) { e.HolderName = "李伟立" }, w.head, licences.ErrHolder, []string{"holder_name"}},
			"missing glyph":  {func(e *licences.Entry) { e.Fields["性别"] = "男\ue003" }, w.head, licences.ErrGlyph, nil},
			"field missing":  {func(e *licences.Entry) { e.Fields = nil }, w.head, errs.ErrInvalid, []string{"fields.XB"}},
			"no last day":    {func(e *licences.Entry) { e.To = e.To.Add(-99999) }, w.head, errs.ErrInvalid, []string{"to"}},
			"another's seal": {func(e *licences.Entry) { e.Issuer = theirs }, w.stranger, seals.ErrNoSeal, nil},
			"only looks":     {func(*licences.Entry) {}, w.looks, licences.ErrNotHere, nil},
		} {
			e := card()
			x.change(&e)
			_, err := w.Issue(x.by, licences.Issue{Entry: e})
			if !errors.Is(err, x.want) && (x.want != errs.ErrInvalid || errs.KindOf(err) != errs.Invalid) || x.fields != nil && !slices.Equal(named(err), x.fields) {
				t.Errorf("%s: %v, fields %v", what, err, named(err))
			}
		}
		for _, state := range []seals.State{seals.Suspended, seals.Cancelled} {
			_, err := w.d.Conn(w.head).Exec(w.head, `UPDATE seals_seal SET state = $1`, state)
			w.must(err)
			if _, err := w.Issue(w.head, licences.Issue{Entry: card()}); !errors.Is(err, seals.ErrNoSeal) {
				t.Errorf("a seal that is %s: %v", state, err)
			}
		}
		if n := w.stored(); n != 0 {
			t.Fatalf("%d are stored", n)
		}
		_, err := w.d.Conn(w.head).Exec(w.head, `UPDATE seals_seal SET state = 'active'`)
		w.must(err)

		e := card()
		e.Number, e.Trust, e.IssuedOn = "", licences.TrustD, today
		l, err := w.Issue(w.head, licences.Issue{Entry: e, Approval: "乳人社许〔2026〕1号"})
		w.must(err)
		if l.Trust != licences.TrustA || l.Number != "乳源人社局〔2026〕00001号" {
			t.Errorf("%+v", l)
		}
		if id, err := gb.ParseLicenceID(l.Identifier); err != nil || id.Version != "001" {
			t.Errorf("%s: %v", l.Identifier, err)
		}
		if _, err := w.Issue(w.head, licences.Issue{Entry: e}); !errors.Is(err, licences.ErrSecond) {
			t.Errorf("a second one: %v", err)
		}
		forest := card()
		forest.Type, forest.Fields, forest.Number = "ZZ047", nil, ""
		for _, want := range []string{"00001", "00002"} {
			if l, err := w.Issue(w.head, licences.Issue{Entry: forest}); err != nil || !strings.Contains(l.Number, want) {
				t.Errorf("%s: %s, %v", want, l.Number, err)
			}
		}
		s, err := w.Own(w.holder, l.Identifier)
		w.must(err)
		if s.Events[0].Name() != "签发" || s.Events[0].By != "head" {
			t.Errorf("%+v", s.Events)
		}
	})
}

// granted is what cases grant, by their numbers.
type granted map[string]licences.Grant

func (g granted) Grant(_ context.Context, number string) (licences.Grant, error) {
	x, ok := g[number]
	if !ok {
		return x, licences.ErrOrderUnknown
	}
	return x, nil
}

// A granted case gets one licence: by itself when all is known, else when staff
// have completed it.
func TestLicenceOfACase(t *testing.T) {
	withSeals(t, func(w *sealing) {
		x, err := w.Type(keeper(), "ZZ001")
		w.must(err)
		x.Kind, x.Category, x.Dept, x.Rule = "证照", "身份", "公安局", licences.Rule{Number: "{证件号码}", Months: 12}
		x.Fields[0].From = "{sex}"
		_, err = w.SaveType(keeper(), x)
		w.must(err)
		g := licences.Grant{Case: "1", ItemName: "居民身份证首次申领", Type: "ZZ001", HolderName: "李立伟", HolderNo: resident(), Issuer: bureau, Values: map[string]string{"sex": "男", "出生日期": "1990-01-01"}}
		forest, renewed, changed := g, g, g
		forest.Case, forest.Type = "2", "ZZ047"
		renewed.Case, renewed.How = "3", licences.HowExtend
		changed.Case, changed.How = "4", licences.HowChange
		w.Grants = granted{"1": g, "2": forest, "3": renewed, "4": changed, "5": {Case: "5", Issuer: bureau}}
		told := 0
		w.Issued = func(context.Context, licences.Licence) error { told++; return nil }
		for _, number := range []string{"1", "1", "2", "2", "5", "6"} {
			w.must(w.CaseGranted(system, number))
		}
		o, err := w.OfCase(w.holder, "1")
		w.must(err)
		l, err := w.Own(w.holder, o.Licence)
		w.must(err)
		if o.State != licences.OrderIssued || told != 1 || w.stored() != 1 || l.Number != resident() || l.Fields["XB"] != "男" || l.Fields["CSRQ"] != "1990-01-01" ||
			l.Case != "1" || !l.To.Equal(today.Add(364)) {
			t.Errorf("%+v, %+v, told %d", o, l, told)
		}
		list, _, err := w.Waiting(w.head, db.Page{})
		w.must(err)
		if len(list) != 1 || list[0].Case != "2" || !strings.Contains(list[0].Reason, "有效期") {
			t.Errorf("%+v", list)
		}
		if list, _, err := w.Waiting(w.stranger, db.Page{}); err != nil || len(list) != 0 {
			t.Errorf("another county: %+v, %v", list, err)
		}
		full := licences.Completion{HolderName: "李立伟", HolderNo: resident(), From: today, To: today.Add(30)}
		if _, err := w.Complete(w.stranger, "2", full); !errors.Is(err, licences.ErrOrderUnknown) {
			t.Errorf("another county: %v", err)
		}
		if _, err := w.Complete(w.head, "2", licences.Completion{HolderName: "李立伟", HolderNo: resident()}); !slices.Equal(named(err), []string{"to"}) {
			t.Errorf("no last day: %v", err)
		}
		if _, err := w.Complete(w.head, "2", full); err != nil {
			t.Error(err)
		}
		if _, err := w.Complete(w.head, "2", full); !errors.Is(err, licences.ErrOrderEnded) || w.stored() != 2 {
			t.Errorf("twice: %v", err)
		}
		w.must(w.CaseGranted(system, "3"))
		c, err := w.Check(w.holder, l.Identifier)
		if err != nil || c.State != licences.Replaced {
			t.Errorf("%+v, %v", c, err)
		}
		w.must(w.CaseGranted(system, "4"))
		if o, err := w.OfCase(w.head, "4"); err != nil || o.State != licences.OrderWaiting || !strings.Contains(o.Reason, "变更") {
			t.Errorf("%+v, %v", o, err)
		}
		if err := w.Drop(w.head, "4", " "); !slices.Equal(named(err), []string{"reason"}) {
			t.Errorf("no reason: %v", err)
		}
		w.must(w.Drop(w.head, "4", "由省级机关统一制证"))
		if err := w.Drop(w.head, "4", "由省级机关统一制证"); !errors.Is(err, licences.ErrOrderEnded) {
			t.Errorf("dropped twice: %v", err)
		}
	})
}
