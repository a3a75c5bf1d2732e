package catalogue

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"yimen/internal/kit/errs"
	"yimen/internal/kit/webtest"
	"yimen/workday"
)

// sameCounts: zones counted together count as each by itself, and a page that
// keeps one shelf in view reads what others read.
func sameCounts(t *testing.T, w *world) {
	t.Helper()
	zones, err := w.Zones(w.ctx, ZoneQuery{})
	must(t, err)
	inView, err := w.InView(w.ctx)
	must(t, err)
	counts, err := w.ZoneCounts(inView, zones)
	must(t, err)
	for _, z := range zones {
		p, err := w.Zone(inView, z.Kind, z.ID, "")
		must(t, err)
		if counts[z.ID] != p.Count() {
			t.Errorf("%s: %d items counted with others, %d by itself", z.ID, counts[z.ID], p.Count())
		}
	}
	if counts["all"] == 0 {
		t.Error("nothing was counted")
	}
}

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
		sameCounts(t, w)
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

// A city's zones come in as a table: parents after their parts, changes by id,
// every wrong line told, and what goes out comes in again.
func TestZonesComeAsATable(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.someItems(t)
		ctx := w.siteEditor()
		table := func(lines ...string) *strings.Reader {
			return strings.NewReader("\ufeff代号,类别,名称,上级代号,给谁看,区划,第一天,最后一天,事项,标签,顺序,隐藏\n" + strings.Join(lines, "\n") + "\n")
		}
		good := []string{"part,专区,镇村,all,,,,,sg12002,镇村,,", "all,专区,全部,,所有人,,,,,,5,", "", "firms,人生事件,开办,,企业,,2026-01-01,2027-01-01,SG12001、SG11001,,,"}
		report, err := w.ImportZones(ctx, table(good...), ZoneImport{Try: true})
		if err != nil || report.Added != 3 || report.Lines != 3 || len(report.Errors) != 0 {
			t.Fatalf("tried: %+v %v", report, err)
		}
		if all, err := w.AllZones(ctx); err != nil || len(all) != 0 {
			t.Fatalf("only tried, and %d are stored (%v)", len(all), err)
		}
		if report, err = w.ImportZones(ctx, table(good...), ZoneImport{}); err != nil || report.Added != 3 {
			t.Fatalf("%+v %v", report, err)
		}
		p, err := w.Zone(w.ctx, KindZone, "all", "")
		if err != nil || p.Place != 5 || len(p.Parts) != 1 || codesOf(p.Parts[0].Items)[0] != "SG12002" {
			t.Errorf("%+v %v", p, err)
		}

		bad := []string{"all,专区,所有,,,,,,,,,", "x,专区,没有这样的事项,,,,,,SG99999,,,", "Kid,专区,大写,,,,,,,,,", "kid,店铺,类别,,外星人,440299999999,昨天,,,,-1,也许",
			"twice,主题,一,,,,,,,,,", "twice,主题,二,,,,,,,,,", "child,专区,孩子,orphan,,,,,,,,", "orphan,专区,上级有错,nobody,,,,,,,,", "loop-a,专区,甲,loop-b,,,,,,,,", "loop-b,专区,乙,loop-a,,,,,,,,", "new,主题,新的,,,,,,,,,是"}
		report, err = w.ImportZones(ctx, table(bad...), ZoneImport{})
		if !errors.Is(err, ErrZoneLines) || report.Added+report.Changed != 0 {
			t.Fatalf("%+v %v", report, err)
		}
		wrong := map[int]string{}
		for _, e := range report.Errors {
			wrong[e.Line] += e.Column + " "
		}
		for line, columns := range map[int]string{3: "事项", 4: "代号", 5: "类别", 7: "代号", 8: "上级代号", 9: "上级代号", 10: "上级代号"} {
			if !strings.Contains(wrong[line], columns) {
				t.Errorf("line %d: %q, want %s", line, wrong[line], columns)
			}
		}
		for _, column := range []string{"给谁看", "区划", "第一天", "顺序", "隐藏"} {
			if !strings.Contains(wrong[5], column) {
				t.Errorf("line 5 does not tell of %s: %s", column, wrong[5])
			}
		}
		report, err = w.ImportZones(ctx, table(bad...), ZoneImport{Partial: true})
		if err != nil || report.Added != 2 || report.Changed != 1 { // twice (the first), new; all
			t.Errorf("in part: %+v %v", report, err)
		}
		if p, err = w.Zone(w.ctx, KindZone, "all", ""); err != nil || p.Name != "所有" || p.Place != 5 {
			t.Errorf("changed: %+v %v", p, err)
		}
		for _, format := range []string{"xlsx", "csv"} {
			var out bytes.Buffer
			must(t, w.ExportZones(ctx, &out, format, false))
			report, err = w.ImportZones(ctx, &out, ZoneImport{})
			if err != nil || report.Present != 5 || report.Added+report.Changed != 0 {
				t.Errorf("%s back in: %+v %v", format, report, err)
			}
		}
		for _, bad := range []string{"", "a,b\n1,2\n", "代号,类别\nx,专区\n", "PK\x03\x04 no zip"} {
			if _, err := w.ImportZones(ctx, strings.NewReader(bad), ZoneImport{Partial: true}); !errors.Is(err, ErrZoneFile) {
				t.Errorf("%q: %v", bad, err)
			}
		}
		if _, err := w.ImportZones(context.Background(), table(good...), ZoneImport{}); err == nil {
			t.Error("anybody may import zones")
		}
	})
}

func TestZoneImportPage(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site, c *webtest.Client) {
		s.someItems(t)
		c.NoRedirect().Get("/admin/zones/import").Status(303)
		c.Follow()
		s.who = s.siteEditor()
		page := c.Get("/admin/zones").Click("导入").Status(200).Must("只检查，不写入", "怎么填")
		page.Form("#import").Send().Status(422).Must("请选择要导入的")
		file := []byte("代号,类别,名称,事项\nspring,专区,春节,SG11001\nbad,专区,坏的,SG99999\n")
		send := func(how string) *webtest.Page {
			return c.Get("/admin/zones/import").Form("#import").Fill("how", how).Attach("file", "专区.csv", file).Send()
		}
		send("try").Status(200).Must("检查了2行，有错1处", "没有写入", "事项", "SG99999")
		send("all").Status(422).Must("整个文件没有导入")
		send("partial").Status(200).Must("新增1个", "那几行没有导入")
		c.Get("/zones/export").Status(404)
		if got := c.Get("/admin/zones/export?format=csv").Status(200).Body; !strings.Contains(got, "spring,专区,,春节") {
			t.Errorf("the table: %s", got)
		}
		if got := c.Get("/admin/zones/export?format=csv&template=1").Status(200).Body; strings.Contains(got, "spring") || !strings.Contains(got, "代号") {
			t.Errorf("the template: %s", got)
		}
	})
}
