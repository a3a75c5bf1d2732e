package catalogue

import (
	"errors"
	"strings"
	"testing"
	"time"

	"yimen/internal/kit/errs"
	"yimen/workday"
)

func TestZonesHoldItemsByCodeAndRule(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.someItems(t)
		must(t, w.LoadZones(w.ctx, []Zone{
			{ID: "all", Kind: KindZone, Name: "全部"},
			{ID: "part", Kind: KindZone, Parent: "all", Name: "镇村", Tags: []string{"镇村"}, Codes: []string{"SG12002"}},
			{ID: "firms", Kind: KindEvent, Name: "开办", Audience: "enterprise", Codes: []string{"SG12001"}},
			{ID: "there", Kind: KindZone, Name: "始兴", Region: shixing, Codes: []string{"SG11001"}},
		}))
		must(t, w.LoadZones(w.ctx, []Zone{{ID: "all", Kind: KindZone, Name: "别的名字"}})) // what is there stays
		p, err := w.Zone(w.ctx, KindZone, "all", "")
		must(t, err)
		if p.Name != "全部" || len(p.Items) != 0 || len(p.Parts) != 1 || p.Count() != 2 || strings.Join(codesOf(p.Parts[0].Items), " ") != "SG12002 SG11001" {
			t.Errorf("%+v", p)
		}
		if p, err = w.Zone(w.ctx, KindZone, "part", ""); err != nil || len(p.Above) != 1 || p.Above[0].ID != "all" {
			t.Errorf("above: %+v %v", p.Above, err)
		}
		names := func(q ZoneQuery) string {
			list, err := w.Zones(w.ctx, q)
			must(t, err)
			var all []string
			for _, z := range list {
				all = append(all, z.ID)
			}
			return strings.Join(all, " ")
		}
		if got := names(ZoneQuery{Kind: KindZone}); got != "all there" {
			t.Errorf("zones %q", got)
		}
		if got := names(ZoneQuery{Kind: KindZone, Region: village}); got != "all" {
			t.Errorf("zones of another county %q", got)
		}
		if got := names(ZoneQuery{Kind: KindEvent, Audience: "person"}); got != "" {
			t.Errorf("events of people %q", got)
		}
		if _, err := w.Zone(w.ctx, KindTheme, "all", ""); !errors.Is(err, ErrZoneUnknown) {
			t.Errorf("as another kind: %v", err)
		}
	})
}

func TestZonesAreEdited(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.someItems(t)
		ctx := w.siteEditor()
		z := Zone{ID: "spring", Kind: KindZone, Name: "春节", FromOn: workday.MustParseDate("2026-11-21"), ToOn: workday.MustParseDate("2026-11-22"), Codes: []string{"SG11001"}}
		must(t, w.SaveZone(ctx, z))
		open := func() bool {
			_, err := w.Zone(w.ctx, KindZone, "spring", "")
			return err == nil
		}
		if open() {
			t.Error("open a day before its first")
		}
		w.clock.Advance(48 * time.Hour)
		if !open() {
			t.Error("closed on its last day")
		}
		w.clock.Advance(24 * time.Hour)
		if open() {
			t.Error("open after its last day")
		}
		z.Edit, z.ToOn, z.Name = 1, workday.Date{}, "春节前后"
		must(t, w.SaveZone(ctx, z))
		if !open() {
			t.Error("closed without a last day")
		}
		for name, c := range map[string]struct {
			z    Zone
			want error
		}{
			"seen before a change": {z, ErrZoneStale},
			"an id in use":         {Zone{ID: "spring", Kind: KindZone, Name: "别的"}, ErrZoneTaken},
			"a bad id":             {Zone{ID: "春", Kind: KindZone, Name: "春"}, errs.ErrInvalid},
			"no name":              {Zone{ID: "x1", Kind: KindZone}, errs.ErrInvalid},
			"no such item":         {Zone{ID: "x1", Kind: KindZone, Name: "春", Codes: []string{"SG99999"}}, errs.ErrInvalid},
			"no such region":       {Zone{ID: "x1", Kind: KindZone, Name: "春", Region: "449999000000"}, errs.ErrInvalid},
			"within itself":        {Zone{ID: "spring", Kind: KindZone, Name: "春", Parent: "spring", Edit: 2}, errs.ErrInvalid},
			"ends before it began": {Zone{ID: "x1", Kind: KindZone, Name: "春", FromOn: workday.MustParseDate("2026-11-22"), ToOn: workday.MustParseDate("2026-11-21")}, errs.ErrInvalid},
			"not there":            {Zone{ID: "none", Kind: KindZone, Name: "春", Edit: 1}, ErrZoneUnknown},
		} {
			if err := w.SaveZone(ctx, c.z); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		must(t, w.SaveZone(ctx, Zone{ID: "inner", Kind: KindZone, Name: "里面", Parent: "spring"}))
		if err := w.RemoveZone(ctx, "spring", 2); !errors.Is(err, ErrZoneParts) {
			t.Errorf("removed with its parts: %v", err)
		}
		must(t, w.RemoveZone(ctx, "inner", 1))
		if err := w.RemoveZone(w.editor(), "spring", 2); !errors.Is(err, ErrSiteRight) {
			t.Errorf("without the right: %v", err)
		}
		must(t, w.RemoveZone(ctx, "spring", 2))
		if open() {
			t.Error("removed and still open")
		}
	})
}
