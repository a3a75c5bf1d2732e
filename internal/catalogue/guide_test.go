package catalogue

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/org"
)

func placesOf(g Guide) []string {
	list := []string{}
	for _, p := range g.Places {
		list = append(list, p.Name)
	}
	return list
}

// TestImplementationIsDerived: one definition, an implementation at every
// place, with the codes of the body there.
func TestImplementationIsDerived(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.someItems(t)
		cases := []struct {
			name, code, division string
			at, agency, decides  string
			level                string
			places               []string
		}{
			{"village", "SG11001", village, village, village, "440232-d11", "6", []string{"大寮坑村党群服务中心", "游溪镇公共服务中心", "乳源县政务服务中心"}},
			{"town", "SG11001", town, town, town, "440232-d11", "5", []string{"游溪镇公共服务中心", "乳源县政务服务中心"}},
			{"county", "SG11001", ruyuan, ruyuan, "440232-d11", "440232-d11", "4", []string{"乳源县政务服务中心"}},
			{"a city item for a villager", "SG12001", village, city, "440200-d12", "440200-d12", "3", []string{"韶关市政务服务中心"}},
			{"a county without the bureau", "SG11001", shixing, shixing, "", "", "", []string{"始兴县政务服务中心"}},
		}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				g, err := w.Guide(w.ctx, c.code, c.division)
				must(t, err)
				if g.Division.Code != c.at || g.Agency.Code != c.agency || g.Competent.Code != c.decides || !slices.Equal(placesOf(g), c.places) {
					t.Errorf("at %s by %q, decided by %q, places %v", g.Division.Code, g.Agency.Code, g.Competent.Code, placesOf(g))
				}
				if c.level == "" {
					if g.HandlingCode != "" {
						t.Errorf("a code without a body: %s", g.HandlingCode)
					}
					return
				}
				d := &g.Version.Definition
				want := g.Agency.USCC + c.level + d.BaseCode
				if g.ImplementationCode != want || g.HandlingCode != want+d.Seq || len(g.HandlingCode) != 33 {
					t.Errorf("codes %s, %s", g.ImplementationCode, g.HandlingCode)
				}
				again, err := w.Guide(w.ctx, g.HandlingCode, "")
				if err != nil || again.Division.Code != c.at || again.Version.Item != c.code {
					t.Errorf("by its 33 characters: %s %s, %v", again.Version.Item, again.Division.Code, err)
				}
			})
		}
	})
}

func TestGuideWithoutARegion(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.someItems(t)
		g, err := w.Guide(w.ctx, "SG12001", "")
		if err != nil || g.Agency.Code != "440200-d12" {
			t.Errorf("a city item: %s, %v", g.Agency.Code, err)
		}
		g, err = w.Guide(w.ctx, "SG11001", "")
		if err != nil || g.Division.Code != "" || g.HandlingCode != "" || g.Version.N != 1 {
			t.Errorf("an item of the villages: %+v, %v", g.Division, err)
		}
		if _, err := w.Guide(w.ctx, "SG12002", ruyuan); !errors.Is(err, ErrNotOffered) || !strings.Contains(errs.From(err).Message, "镇（街道）") {
			t.Errorf("a town item for a whole county: %v", err)
		}
		if _, err := w.Guide(w.ctx, "SG11001", "440299000000"); !errors.Is(err, org.ErrDivisionUnknown) {
			t.Errorf("no such place: %v", err)
		}
		for _, code := range []string{"SG99999", "", strings.Repeat("1", 33)} {
			if _, err := w.Guide(w.ctx, code, village); !errors.Is(err, ErrItemUnknown) {
				t.Errorf("item %q: %v", code, err)
			}
		}
	})
}

func TestOfferedAt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d := sample()
		must(t, w.OfferedAt(w.ctx, d, village))
		d.Levels = []int{LevelCounty}
		err := w.OfferedAt(w.ctx, d, village)
		if !errors.Is(err, ErrNotOffered) || !strings.Contains(errs.From(err).Message, "乳源瑶族自治县") {
			t.Errorf("got %v", err)
		}
	})
}

func TestLocalWords(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.someItems(t)
		from, to := org.Only(town)
		clerk := identity.With(w.ctx, identity.Actor{Account: "t", Kind: identity.KindStaff, Grants: []identity.Grant{{Verb: RightEdit, From: from, To: to}}})
		must(t, w.SetLocal(clerk, Local{Item: "SG11001", Agency: town, Place: "林业站二楼", Phone: "0751-5551234"}))
		g, err := w.Guide(w.ctx, "SG11001", village)
		must(t, err)
		if p := g.Places[1]; p.Address != "林业站二楼" || p.Phone != "0751-5551234" || p.Hours != "周一至周五 08:30—12:00" {
			t.Errorf("place %+v", p)
		}
		if p := g.Places[0]; p.Address != "大寮坑村党群服务中心一楼" {
			t.Errorf("the village's own: %+v", p)
		}
		if err := w.SetLocal(clerk, Local{Item: "SG11001", Agency: ruyuan, Place: "x"}); !errors.Is(err, ErrLocalRight) {
			t.Errorf("a town edits the county: %v", err)
		}
		if err := w.SetLocal(clerk, Local{Item: "SG11001", Agency: town, Phone: "叫人"}); !errors.Is(err, errs.ErrInvalid) {
			t.Errorf("a phone: %v", err)
		}
		must(t, w.SetLocal(clerk, Local{Item: "SG11001", Agency: town}))
		if g, err = w.Guide(w.ctx, "SG11001", village); err != nil || g.Places[1].Address != "游溪镇公共服务中心一楼" {
			t.Errorf("taken back: %+v, %v", g.Places[1], err)
		}
	})
}

func TestChecklistOfAPlace(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.someItems(t)
		list, err := w.Checklist(w.ctx, "SG11001", village, 0, Answers{"who": {"self"}})
		if err != nil || list.Version != 1 || len(list.Materials) != 2 || len(list.FormSchema) == 0 {
			t.Errorf("%+v, %v", list, err)
		}
		if _, err := w.Checklist(w.ctx, "SG12002", city, 0, nil); !errors.Is(err, ErrNotOffered) {
			t.Errorf("at the city: %v", err)
		}
		if _, err := w.Checklist(w.ctx, "SG11001", village, 7, nil); !errors.Is(err, ErrVersion) {
			t.Errorf("version 7: %v", err)
		}
	})
}

// TestLoadingIsAllOrNothing: one broken rule, and nothing is there.
func TestLoadingIsAllOrNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		bad := another("SG11003", "440111003000", "山林权属调解", func(d *Definition) { d.FAQ = nil })
		err := w.LoadCity(w.ctx, []Definition{*sample(), *bad})
		if !errors.Is(err, ErrFindings) || !slices.Equal(fieldsOf(err), []string{"SG11003.faq"}) {
			t.Fatalf("got %v", err)
		}
		if items, _, _ := w.Search(w.ctx, Query{}, page0); len(items) != 0 {
			t.Error("half of it was loaded")
		}
		if err := w.LoadCity(w.editor(), []Definition{*sample()}); !errors.Is(err, ErrRight) {
			t.Errorf("without the right: %v", err)
		}
		w.load(t, sample())
		changed := sample()
		changed.Name = "别名"
		w.load(t, changed, another("SG11004", "440111004000", "毛竹采伐", nil))
		items, _, err := w.Search(w.ctx, Query{}, page0)
		if err != nil || len(items) != 2 || items[0].Name != "林木采伐许可证核发" {
			t.Errorf("loaded again: %v %v", items, err)
		}
	})
}
