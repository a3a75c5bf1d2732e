package catalogue

import (
	"errors"
	"slices"
	"testing"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/org"
)

var page0 = db.Page{Limit: 50}

// another makes a second kind of item out of the sample.
func another(code, base, name string, change func(d *Definition)) *Definition {
	d := sample()
	d.Code, d.BaseCode, d.Name, d.BaseName, d.Tags, d.Synonyms = code, base, name, name, nil, nil
	if change != nil {
		change(d)
	}
	return d
}

func (w *world) someItems(t *testing.T) {
	t.Helper()
	w.load(t, sample(),
		another("SG12001", "440112001000", "社会团体成立登记", func(d *Definition) {
			d.Dept, d.DeptName, d.Levels, d.Audience, d.DecidedAt = "D12", "民政局", []int{LevelCity}, []string{"enterprise"}, LevelCity
			d.Result.Name = "社会团体法人登记证"
		}),
		another("SG12002", "440112002000", "高龄津贴申领", func(d *Definition) {
			d.Dept, d.DeptName, d.Levels, d.Audience, d.DecidedAt = "D12", "民政局", []int{LevelTown, LevelVillage}, []string{"person"}, LevelTown
			d.Tags, d.Synonyms = []string{"镇村"}, []string{"老人补贴"}
		}))
}

func codesOf(items []Item) []string {
	list := []string{}
	for _, it := range items {
		list = append(list, it.Code)
	}
	return list
}

func TestSearch(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.someItems(t)
		cases := []struct {
			name string
			q    Query
			want []string
		}{
			{"all, by code", Query{}, []string{"SG11001", "SG12001", "SG12002"}},
			{"a two-character word", Query{Q: "津贴"}, []string{"SG12002"}},
			{"initials", Query{Q: "gljt"}, []string{"SG12002"}},
			{"pinyin", Query{Q: "shehui"}, []string{"SG12001"}},
			{"what people call it", Query{Q: "砍树"}, []string{"SG11001"}},
			{"a material", Query{Q: "伐区调查"}, []string{"SG11001", "SG12001", "SG12002"}},
			{"a code", Query{Q: "sg12002"}, []string{"SG12002"}},
			{"a village offers", Query{Division: village}, []string{"SG11001", "SG12002"}},
			{"the city offers", Query{Division: city}, []string{"SG12001"}},
			{"a county offers", Query{Division: ruyuan}, []string{"SG11001"}},
			{"for enterprises", Query{Audience: "enterprise"}, []string{"SG11001", "SG12001"}},
			{"of a department", Query{Dept: "D12"}, []string{"SG12001", "SG12002"}},
			{"with a tag", Query{Tag: "全市通办"}, []string{"SG11001"}},
			{"all at once", Query{Q: "登记", Division: city, Audience: "enterprise", Dept: "D12"}, []string{"SG12001"}},
			{"nothing", Query{Q: "飞机"}, []string{}},
			{"wildcards are letters", Query{Q: "%"}, []string{}},
		}
		for _, c := range cases {
			items, next, err := w.Search(w.ctx, c.q, page0)
			if err != nil || next != "" || !slices.Equal(codesOf(items), c.want) {
				t.Errorf("%s: %v (next %q), %v", c.name, codesOf(items), next, err)
			}
		}
		if _, _, err := w.Search(w.ctx, Query{Audience: "dog"}, page0); !errors.Is(err, errs.ErrInvalid) {
			t.Errorf("audience: %v", err)
		}
		if _, _, err := w.Search(w.ctx, Query{Division: "449999000000"}, page0); !errors.Is(err, org.ErrDivisionUnknown) {
			t.Errorf("division: %v", err)
		}
	})
}

// TestSearchPages walks a ranked list row by row: names that hold what was
// typed come first (the shorter one before), then what people call it; nothing is lost or seen twice.
func TestSearchPages(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.load(t, another("SG11003", "440111003000", "山林权属调解", func(d *Definition) { d.Synonyms = []string{"采伐纠纷"} }),
			sample(), another("SG11004", "440111004000", "毛竹采伐备案", nil))
		var got []string
		p := db.Page{Limit: 1}
		for range 4 {
			items, next, err := w.Search(w.ctx, Query{Q: "采伐"}, p)
			must(t, err)
			got = append(got, codesOf(items)...)
			if next == "" {
				break
			}
			p.After = next
		}
		if !slices.Equal(got, []string{"SG11004", "SG11001", "SG11003"}) {
			t.Error(got)
		}
		if _, _, err := w.Search(w.ctx, Query{}, db.Page{After: "x"}); !errors.Is(err, db.ErrCursor) {
			t.Errorf("cursor: %v", err)
		}
	})
}

func TestListRows(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.someItems(t)
		items, _, err := w.Search(w.ctx, Query{Q: "林木", Division: village}, page0)
		must(t, err)
		it := items[0]
		if it.Agency != "乳源瑶族自治县林业局" || it.PromisedDays != 8 || !slices.Equal(it.Levels, []int{4, 5, 6}) || it.Version != 1 ||
			!slices.Equal(it.Audience, []string{"person", "enterprise"}) || !slices.Equal(it.Tags, []string{"镇村", "全市通办"}) {
			t.Errorf("row %+v", it)
		}
	})
}

func TestPresenceRate(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if p, err := w.PresenceRate(w.ctx); err != nil || p.Rate() != 0 {
			t.Fatalf("nothing published: %+v %v", p, err)
		}
		w.load(t, sample(), another("SG11003", "440111003000", "山林权属调解", func(d *Definition) { d.Hall = false }),
			another("SG11004", "440111004000", "涉密林区采伐", func(d *Definition) { d.Hall, d.HallExempt = false, "涉密" }),
			another("SG11005", "440111005000", "毛竹采伐", func(d *Definition) { d.AcceptedBy = AcceptedByAgency }),
			another("SG11006", "440111006000", "珍贵树木采集", nil))
		p, err := w.PresenceRate(w.ctx)
		must(t, err)
		if p != (Presence{Items: 4, InHall: 3, Exempt: 1, ByWindow: 2}) || p.Rate() != 75 {
			t.Errorf("%+v, %.1f %%", p, p.Rate())
		}
	})
}
