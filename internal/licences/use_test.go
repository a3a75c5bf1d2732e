package licences_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"yimen/internal/identity"
	"yimen/internal/licences"
)

var idCard = []string{"ZZ001"}

func yes(identifier string) licences.Consent {
	return licences.Consent{Case: "2026112300000001", Material: "id_card", MaterialName: "居民身份证", Types: idCard, Item: "SG1", ItemName: "社会救助",
		AgencyName: "乳源民政局", Purpose: "办理“社会救助”", Licence: identifier, HolderNo: resident()}
}

func agent(items ...string) context.Context {
	return identity.With(context.Background(), identity.Actor{Account: "agent", Name: "赵六", Kind: identity.KindPerson, Level: identity.LevelPresence,
		Mandates: []identity.Mandate{{ID: "m1", Kind: identity.MandatePerson, Principal: "holder", Scope: identity.ScopeItems, Items: items, State: identity.MandateActive}}})
}

// Which licence stands in for a paper: of its type, of that holder, standing
// today, believed in this city.
func TestWhatIsUsable(t *testing.T) {
	each(t, func(w *world) {
		l, err := w.TakeOver(w.head, card())
		w.must(err)
		for what, x := range map[string]struct {
			identifier, holder string
			types              []string
			want               error
		}{
			"by key":         {l.Identifier, resident(), idCard, nil},
			"by code":        {l.Identifier, resident(), []string{"11100000000013127D001"}, nil},
			"by name":        {l.Identifier, resident(), []string{"营业执照", "居民身份证"}, nil},
			"another type":   {l.Identifier, resident(), []string{"ZZ047"}, licences.ErrWrongType},
			"no type":        {l.Identifier, resident(), nil, licences.ErrWrongType},
			"somebody else":  {l.Identifier, "440232197005120032", idCard, licences.ErrNotHolders},
			"no such at all": {"1.2.156.3005.2.x", resident(), idCard, licences.ErrUnknown},
		} {
			if err := w.Usable(w.holder, x.identifier, x.types, x.holder); !errors.Is(err, x.want) || x.want == nil && err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		list, err := w.ForMaterial(w.holder, idCard, resident())
		if err != nil || len(list) != 1 || list[0].Identifier != l.Identifier {
			t.Errorf("found %+v, %v", list, err)
		}
		w.Least = licences.TrustA
		if err := w.Usable(w.holder, l.Identifier, idCard, resident()); !errors.Is(err, licences.ErrNotTrusted) {
			t.Errorf("a city that wants A takes B: %v", err)
		}
		w.Least = licences.TrustB
		w.must(w.Do(w.head, l.Identifier, licences.Step{Act: licences.Suspend, Reason: "持证人报失"}))
		if err := w.Usable(w.holder, l.Identifier, idCard, resident()); !errors.Is(err, licences.ErrNotStanding) {
			t.Errorf("suspended, and usable: %v", err)
		}
		if list, err := w.ForMaterial(w.holder, idCard, resident()); err != nil || len(list) != 0 {
			t.Errorf("suspended, and offered: %+v, %v", list, err)
		}
	})
}

// What its holder brought never stands in, whatever the city says; a scan does
// where the city says so.
func TestTrustOfStock(t *testing.T) {
	each(t, func(w *world) {
		for trust, cityOfC := range map[licences.Trust]error{licences.TrustC: nil, licences.TrustD: licences.ErrNotTrusted} {
			e := card()
			e.Type, e.Fields, e.Number, e.Trust = "ZZ047", nil, string(trust), trust
			l, err := w.TakeOver(w.head, e)
			w.must(err)
			w.Least = licences.TrustB
			if err := w.Usable(w.holder, l.Identifier, []string{"ZZ047"}, resident()); !errors.Is(err, licences.ErrNotTrusted) {
				t.Errorf("%s: %v", trust, err)
			}
			w.Least = licences.TrustC
			if err := w.Usable(w.holder, l.Identifier, []string{"ZZ047"}, resident()); !errors.Is(err, cityOfC) || cityOfC == nil && err != nil {
				t.Errorf("%s, in a city that takes C: %v", trust, err)
			}
			c, err := w.Check(w.holder, l.Identifier)
			if w.must(err); strings.Contains(c.Why, "不能代替原件") != (cityOfC != nil) {
				t.Errorf("%s, in a city that takes C, is told: %s", trust, c.Why)
			}
		}
	})
}

// One consent is for one case and one material, given by the holder, under a
// mandate, or before a clerk, and it is used once.
func TestConsent(t *testing.T) {
	each(t, func(w *world) {
		l, err := w.TakeOver(w.head, card())
		w.must(err)
		use := licences.Used{Case: yes("").Case, Material: "id_card", Licence: l.Identifier, Agency: "440232-d08", AgencyName: "乳源民政局"}
		if err := w.Use(w.head, use); !errors.Is(err, licences.ErrNoConsent) {
			t.Errorf("used in silence: %v", err)
		}
		stranger := identity.With(context.Background(), identity.Actor{Account: "else", Name: "王五", Kind: identity.KindPerson, Level: identity.LevelPresence})
		for what, ctx := range map[string]context.Context{"a stranger": stranger, "a mandate for another item": agent("SG2"), "nobody": context.Background(), "staff alone": w.head} {
			if err := w.Consent(ctx, yes(l.Identifier)); !errors.Is(err, licences.ErrNoConsent) {
				t.Errorf("%s agrees: %v", what, err)
			}
			if list, err := w.Offered(ctx, "SG1", idCard, resident()); err != nil || len(list) != 0 {
				t.Errorf("%s is offered %+v, %v", what, list, err)
			}
		}
		if list, err := w.Offered(agent("SG1"), "SG1", idCard, resident()); err != nil || len(list) != 1 {
			t.Errorf("under a mandate %+v, %v", list, err)
		}
		w.must(w.Consent(agent("SG1"), yes(l.Identifier)))
		w.must(w.Withdraw(w.holder, yes("").Case, "id_card"))
		if err := w.Consented(w.holder, yes("").Case, "id_card", l.Identifier); !errors.Is(err, licences.ErrNoConsent) {
			t.Errorf("withdrawn, and agreed to: %v", err)
		}
		w.must(w.Consent(w.holder, yes(l.Identifier)))
		w.must(w.Consent(w.holder, yes(l.Identifier))) // the same yes
		w.must(w.Consented(w.holder, yes("").Case, "id_card", l.Identifier))
		for _, other := range []licences.Used{{Case: "2026112300000002", Material: "id_card"}, {Case: use.Case, Material: "household"}} {
			other.Licence = l.Identifier
			if err := w.Use(w.head, other); !errors.Is(err, licences.ErrNoConsent) {
				t.Errorf("%+v is used: %v", other, err)
			}
		}
		w.must(w.Use(w.head, use))
		if err := w.Use(w.head, use); !errors.Is(err, licences.ErrNoConsent) {
			t.Errorf("used twice: %v", err)
		}
		list, err := w.UsesOfOwn(w.holder, l.Identifier)
		if err != nil || len(list) != 2 || list[0].Reading() != "已使用" || list[0].AgencyName != "乳源民政局" || list[0].Way != licences.ByAccount || list[1].WithdrawnAt == nil {
			t.Errorf("the holder reads %+v, %v", list, err)
		}
	})
}

// At a window the clerk witnesses it; who works on the case reads the version that
// was used, whatever has become of it; everybody else nothing.
func TestUseAtAWindow(t *testing.T) {
	each(t, func(w *world) {
		l, err := w.TakeOver(w.head, card())
		w.must(err)
		c := yes(l.Identifier)
		c.Way, c.ByName = licences.ByCard, "李立伟"
		online := c
		online.Way = licences.ByAccount
		if err := w.Consent(w.looks, online); !errors.Is(err, licences.ErrNoConsent) {
			t.Errorf("a clerk agrees for an account: %v", err)
		}
		w.must(w.Consent(w.looks, c))
		if list, err := w.UsedIn(w.head, c.Case); err != nil || len(list) != 0 {
			t.Errorf("not filed, and read: %+v, %v", list, err)
		}
		w.must(w.Use(w.looks, licences.Used{Case: c.Case, Material: c.Material, Licence: l.Identifier, AgencyName: "乳源民政局"}))
		w.must(w.Do(w.head, l.Identifier, licences.Step{Act: licences.Revoke, Reason: "以欺骗手段取得"}))
		list, err := w.UsedIn(w.head, c.Case)
		if err != nil || len(list) != 1 || list[0].WitnessName != "looks" || list[0].Way != licences.ByCard {
			t.Fatalf("%+v, %v", list, err)
		}
		_, s, err := w.ReadUsed(w.head, c.Case, list[0].ID)
		if err != nil || s.Fields["XB"] != "男" || s.Stands(today) {
			t.Errorf("%+v, %v", s, err)
		}
		if _, _, err := w.ReadUsed(w.head, "2026112300000002", list[0].ID); !errors.Is(err, licences.ErrUnknown) {
			t.Errorf("read in another case: %v", err)
		}
		if err := w.Standing(w.head, l.Identifier); !errors.Is(err, licences.ErrNotStanding) {
			t.Errorf("revoked, and standing: %v", err)
		}
		if list, err := w.UsesOf(w.looks, l.Identifier, true); err != nil || len(list) != 1 {
			t.Errorf("the issuer exports %+v, %v", list, err)
		}
		if _, err := w.UsesOf(w.stranger, l.Identifier, false); !errors.Is(err, licences.ErrUnknown) {
			t.Errorf("another agency reads who used it: %v", err)
		}
		if _, err := w.UsesOfOwn(agent("SG1"), l.Identifier); !errors.Is(err, licences.ErrUnknown) {
			t.Errorf("an agent reads it as their own: %v", err)
		}
	})
}
