package catalogue

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
)

func (w *world) finds(t *testing.T, q string) string {
	t.Helper()
	items, _, err := w.Search(w.ctx, Query{Q: q}, page0)
	must(t, err)
	return strings.Join(codesOf(items), " ")
}

// TestSynonymsWorkAtOnce: what an administrator writes, the next search knows.
func TestSynonymsWorkAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.someItems(t)
		if got := w.finds(t, "斩树"); got != "" {
			t.Fatalf("found %s before", got)
		}
		s, err := w.SaveSynonym(w.siteEditor(), Synonym{Word: "斩树", Item: "sg11001"})
		must(t, err)
		if got := w.finds(t, "斩树"); got != "SG11001" {
			t.Errorf("found %q", got)
		}
		if s, err = w.Synonym(w.ctx, s.ID); err != nil || s.Item != "SG11001" || s.ItemName == "" || s.ChangedBy != "editor" {
			t.Errorf("%+v %v", s, err)
		}
		s.Word = "劈树"
		_, err = w.SaveSynonym(w.siteEditor(), s)
		must(t, err)
		if w.finds(t, "斩树") != "" || w.finds(t, "劈树") != "SG11001" {
			t.Error("the old word is still known, or the new one not")
		}
		_, err = w.SaveSynonym(w.siteEditor(), Synonym{Word: "长者", Phrase: "高龄"})
		must(t, err)
		if got := w.finds(t, "长者津贴"); got != "SG12002" {
			t.Errorf("a word for a word finds %q", got)
		}
		must(t, w.RemoveSynonym(w.siteEditor(), s.ID))
		if w.finds(t, "劈树") != "" {
			t.Error("a removed synonym is still known")
		}
		if err := w.RemoveSynonym(w.siteEditor(), s.ID); !errors.Is(err, ErrSynonymUnknown) {
			t.Errorf("removed twice: %v", err)
		}
	})
}

func (w *world) siteEditor() context.Context { return w.as("editor", "", RightSite) }

func TestSynonymsAreChecked(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.someItems(t)
		_, err := w.SaveSynonym(w.siteEditor(), Synonym{Word: "斩树", Item: "SG11001"})
		must(t, err)
		_, err = w.SaveSynonym(w.siteEditor(), Synonym{Word: "长者", Phrase: "高龄"})
		must(t, err)
		for name, c := range map[string]struct {
			s     Synonym
			field string
			want  error
		}{
			"too short":       {Synonym{Word: "树", Item: "SG11001"}, "word", errs.ErrInvalid},
			"too long":        {Synonym{Word: strings.Repeat("树", 31), Item: "SG11001"}, "word", errs.ErrInvalid},
			"no word":         {Synonym{Word: "？！", Item: "SG11001"}, "word", errs.ErrInvalid},
			"no target":       {Synonym{Word: "树木"}, "target", errs.ErrInvalid},
			"two targets":     {Synonym{Word: "树木", Item: "SG11001", Phrase: "林木"}, "target", errs.ErrInvalid},
			"no such item":    {Synonym{Word: "树木", Item: "SG99999"}, "target", errs.ErrInvalid},
			"itself":          {Synonym{Word: "树木", Phrase: "树木"}, "target", errs.ErrInvalid},
			"there already":   {Synonym{Word: "斩树", Item: "SG11001"}, "word", ErrSynonymTaken},
			"written already": {Synonym{Word: "长者", Phrase: "老年"}, "word", ErrSynonymTaken},
			"not there":       {Synonym{ID: "none", Word: "树木", Item: "SG11001"}, "", ErrSynonymUnknown},
		} {
			_, err := w.SaveSynonym(w.siteEditor(), c.s)
			e := errs.From(err)
			if !errors.Is(err, c.want) || c.field != "" && (len(e.Fields) == 0 || e.Fields[0].Name != c.field) {
				t.Errorf("%s: %v %+v", name, err, e)
			}
		}
		for _, who := range []context.Context{context.Background(), w.editor(), w.as("x", "D11", RightSite)} {
			if _, err := w.SaveSynonym(who, Synonym{Word: "树木", Item: "SG11001"}); !errors.Is(err, ErrSiteRight) {
				t.Errorf("without the right over the whole city: %v", err)
			}
			if _, _, err := w.Synonyms(who, SynonymQuery{}, page0); !errors.Is(err, ErrSiteRight) {
				t.Errorf("list without the right: %v", err)
			}
		}
	})
}

func TestSynonymFiles(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.someItems(t)
		ctx := w.siteEditor()
		file := "\ufeff说法,指向,备注\n斩树,SG11001,\n长者,高龄\n,\n树,SG11001\n树木,SG99999\n斩树,SG11001\n"
		report, err := w.ImportSynonyms(ctx, strings.NewReader(file), false)
		if !errors.Is(err, ErrSynonymLines) || report.Added != 0 || len(report.Errors) != 2 || report.Errors[0].Line != 5 || report.Errors[1].Line != 6 ||
			report.Errors[1].Column != "指向" {
			t.Fatalf("%+v %v", report, err)
		}
		if n, err := w.CountSynonyms(ctx); err != nil || n != 0 {
			t.Errorf("%d were stored (%v)", n, err)
		}
		report, err = w.ImportSynonyms(ctx, strings.NewReader(file), true)
		if err != nil || report.Added != 2 || report.Present != 1 || len(report.Errors) != 2 || report.Lines != 5 {
			t.Fatalf("partial: %+v %v", report, err)
		}
		if w.finds(t, "长者津贴") != "SG12002" {
			t.Error("what was imported is not known")
		}
		for _, format := range []string{"xlsx", "csv"} {
			var out bytes.Buffer
			must(t, w.ExportSynonyms(ctx, &out, format))
			report, err = w.ImportSynonyms(ctx, &out, false)
			if err != nil || report.Present != 2 || report.Added != 0 {
				t.Errorf("%s back in: %+v %v", format, report, err)
			}
		}
		for _, bad := range []string{"", "a,b\n1,2\n", "PK\x03\x04 no zip", "\"open"} {
			if _, err := w.ImportSynonyms(ctx, strings.NewReader(bad), true); !errors.Is(err, ErrSynonymFile) {
				t.Errorf("%q: %v", bad, err)
			}
		}
		list, next, err := w.Synonyms(ctx, SynonymQuery{Q: "采伐"}, db.Page{Limit: 1})
		if err != nil || next != "" || len(list) != 1 || list[0].Word != "斩树" {
			t.Errorf("by the item's name: %+v %q %v", list, next, err)
		}
		if list, next, err = w.Synonyms(ctx, SynonymQuery{}, db.Page{Limit: 1}); err != nil || next == "" {
			t.Fatal(list, err)
		}
		if more, _, err := w.Synonyms(ctx, SynonymQuery{}, db.Page{Limit: 1, After: next}); err != nil || len(more) != 1 || more[0].ID == list[0].ID {
			t.Errorf("the second page: %+v %v", more, err)
		}
	})
}

// TestShelfFollowsTransactions: what is not committed is seen by nobody else,
// and nothing of it stays when it is undone.
func TestShelfFollowsTransactions(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.someItems(t)
		undone := errors.New("undone")
		err := w.DB.InTx(w.ctx, func(ctx context.Context) error {
			if _, err := w.SaveSynonym(ctx, Synonym{Word: "斩树", Item: "SG11001"}); err != nil {
				return err
			}
			items, _, err := w.Search(ctx, Query{Q: "斩树"}, page0)
			if err != nil || len(items) != 1 {
				t.Errorf("within: %v %v", items, err)
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		if got := w.finds(t, "斩树"); got != "" {
			t.Errorf("found %s after it was undone", got)
		}
	})
}

func TestPopularComesFirst(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.load(t, another("SG11003", "440111003000", "甲证补领", nil), another("SG11004", "440111004000", "乙证补领", nil))
		must(t, w.KeepPopular(w.ctx, []Use{{"SG11003", "", 10}, {"SG11004", "", 3}, {"SG11004", ruyuan, 3}}))
		for region, want := range map[string]string{"": "SG11003 SG11004", village: "SG11004 SG11003", shixing: "SG11003 SG11004"} {
			items, _, err := w.Search(w.ctx, Query{Q: "补领", Region: region}, page0)
			must(t, err)
			if got := strings.Join(codesOf(items), " "); got != want {
				t.Errorf("in %q: %s", region, got)
			}
		}
		items, err := w.Popular(w.ctx, Query{Region: village}, 1)
		if err != nil || len(items) != 1 || items[0].Code != "SG11004" {
			t.Errorf("%v %v", items, err)
		}
	})
}

func TestFindCountsWhatEachChoiceLeaves(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.someItems(t)
		r, err := w.Find(w.ctx, Query{Dept: "D12", Region: village}, page0)
		must(t, err)
		if r.Total != 2 || r.Persons != 1 || r.Firms != 1 || r.Near != 1 || len(r.Depts) != 2 || r.Depts[0].Key != "D12" || r.Depts[0].N != 2 || r.Depts[1].N != 1 {
			t.Errorf("%+v", r)
		}
		r, err = w.Find(w.ctx, Query{Dept: "D12", Audience: "person"}, page0)
		must(t, err)
		if r.Total != 1 || r.Firms != 1 || r.Depts[0].N != 1 {
			t.Errorf("%+v", r)
		}
		if _, err := w.Find(w.ctx, Query{Way: "swim"}, page0); !errors.Is(err, errs.ErrInvalid) {
			t.Errorf("way: %v", err)
		}
	})
}
