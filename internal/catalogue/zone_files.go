package catalogue

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"yimen/internal/kit/errs"
	"yimen/workday"
)

// The columns of a file of zones, by the field each fills; the first is the
// key.
var zoneColumns = []struct{ field, title string }{
	{"id", "代号"}, {"kind", "类别"}, {"parent", "上级代号"}, {"name", "名称"}, {"lead", "说明"}, {"icon", "图标"}, {"audience", "给谁看"},
	{"region", "区划"}, {"from_on", "第一天"}, {"to_on", "最后一天"}, {"codes", "事项"}, {"tags", "标签"}, {"domains", "业务领域"},
	{"place", "顺序"}, {"hidden", "隐藏"},
}

// How the cells of a file say what a zone is, and for whom.
var (
	zoneKindWords     = map[string]string{"专区": KindZone, "人生事件": KindEvent, "主题": KindTheme}
	zoneAudienceWords = map[string]string{"": "", "所有人": "", "个人": "person", "企业": "enterprise"}
	yesWords          = map[string]bool{"": false, "否": false, "是": true}
)

// maxZones bounds one file.
const maxZones = 2_000

// Errors about files of zones.
var (
	ErrZoneFile  = errs.Define(errs.Invalid, "zone_file_unreadable", "文件无法读取：请上传 xlsx 表格或 csv 文件，第一行是列名，可以从“下载模板”开始。")
	ErrZoneLines = errs.Define(errs.Invalid, "zone_file_lines", "文件中有错误，没有导入，请按提示逐行修改后重新导入。")
)

// ZoneReport says what became of a file.
type ZoneReport struct {
	Lines   int // that hold something
	Added   int
	Changed int
	Present int // were there already, word for word
	Errors  []LineError
}

// ZoneImport says how a file is taken in.
type ZoneImport struct {
	Partial bool // lines with mistakes are left out; else nothing is stored
	Try     bool // nothing is stored at all
}

// zoneRead is a zone as a line of a file says it, with what is wrong in it.
type zoneRead struct {
	Zone
	line   int
	placed bool // the line says where it stands
	bad    errs.Fields
}

// ImportZones adds the zones of an xlsx or csv file and changes those whose id
// is there already; zones the file does not name stay as they are. A parent may
// stand after its parts. Every wrong line is reported. Unless Partial, anything
// wrong is ErrZoneLines and nothing is stored. ErrZoneFile, ErrSiteRight.
func (m *Module) ImportZones(ctx context.Context, from io.Reader, how ZoneImport) (ZoneReport, error) {
	if err := m.mayEditSite(ctx); err != nil {
		return ZoneReport{}, err
	}
	rows, err := readSheet(from, ErrZoneFile)
	if err != nil {
		return ZoneReport{}, err
	}
	list, err := zonesOf(rows)
	if err != nil {
		return ZoneReport{}, err
	}
	report := ZoneReport{Lines: len(list)}
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		s, err := m.onShelf(ctx)
		if err != nil {
			return err
		}
		known, err := m.knownSynonyms(ctx)
		if err != nil {
			return err
		}
		for i := range list {
			if err := m.checkRegion(ctx, &list[i]); err != nil {
				return err
			}
		}
		good := checkZones(s.zones, list, known.items)
		report.note(list)
		report.count(s.zones, good)
		if how.Try {
			return nil
		}
		if len(report.Errors) > 0 && !how.Partial {
			report.Added, report.Changed, report.Present = 0, 0, 0
			return ErrZoneLines
		}
		return m.storeZones(ctx, s.zones, good)
	})
	return report, err
}

// checkRegion notes a division that does not exist.
func (m *Module) checkRegion(ctx context.Context, z *zoneRead) error {
	if z.Region == "" {
		return nil
	}
	_, err := m.Org.Division(ctx, z.Region)
	if errs.KindOf(err) == errs.NotFound || errs.KindOf(err) == errs.Invalid {
		z.bad.Add("region", "没有这个区划，请填写12位代码，或留空。")
		return nil
	}
	return err
}

// checkZones looks at every line beside the zones as they would be, notes what
// is wrong, and gives the lines that can be stored. A line that falls takes its
// parts with it.
func checkZones(there []Zone, list []zoneRead, items map[string]bool) []*zoneRead {
	good := make([]*zoneRead, 0, len(list))
	for i := range list {
		z := &list[i]
		if slices.ContainsFunc(list[:i], func(o zoneRead) bool { return o.ID == z.ID }) {
			z.bad.Add("id", "“%s”在文件中出现了两次。", z.ID)
		}
		if z.bad.Err() == nil {
			good = append(good, z)
		}
	}
	for {
		s := &shelf{zones: merged(there, good)}
		before := len(good)
		good = slices.DeleteFunc(good, func(z *zoneRead) bool {
			var e *errs.Error
			if errors.As(z.check(s, items), &e) {
				for _, f := range e.Fields {
					z.bad.Add(f.Name, "%s", f.Message)
				}
				return true
			}
			return false
		})
		if len(good) == before {
			return good
		}
	}
}

// merged is what there is, with the lines of a file in place of what they
// change.
func merged(there []Zone, list []*zoneRead) []Zone {
	all := slices.Clone(there)
	for _, z := range list {
		if i := slices.IndexFunc(all, func(x Zone) bool { return x.ID == z.ID }); i >= 0 {
			all[i] = z.Zone
		} else {
			all = append(all, z.Zone)
		}
	}
	return all
}

// note puts what is wrong into the report, in the words of the file.
func (r *ZoneReport) note(list []zoneRead) {
	for i := range list {
		var e *errs.Error
		if !errors.As(list[i].bad.Err(), &e) {
			continue
		}
		for _, f := range e.Fields {
			r.Errors = append(r.Errors, LineError{Line: list[i].line, Column: zoneColumn(f.Name), Message: f.Message})
		}
	}
}

// count says what storing the lines would do, and fits them to what is there:
// the version an editor would have seen, and a place at the end.
func (r *ZoneReport) count(there []Zone, good []*zoneRead) {
	last := 0
	for _, z := range there {
		last = max(last, z.Place)
	}
	for _, z := range good {
		i := slices.IndexFunc(there, func(x Zone) bool { return x.ID == z.ID })
		if i < 0 {
			if r.Added++; !z.placed {
				last += 10
				z.Place = last
			}
			continue
		}
		z.Edit = there[i].Edit
		if !z.placed {
			z.Place = there[i].Place
		}
		if z.row() == there[i].row() {
			r.Present++
		} else {
			r.Changed++
		}
	}
}

func (m *Module) storeZones(ctx context.Context, there []Zone, good []*zoneRead) error {
	n := 0
	for _, z := range good {
		if slices.ContainsFunc(there, func(x Zone) bool { return x.row() == z.row() }) {
			continue
		}
		if err := m.writeZone(ctx, &z.Zone); err != nil {
			return err
		}
		n++
	}
	if n == 0 {
		return nil
	}
	return m.siteChanged(ctx, "zone.import", "", strconv.Itoa(n)+"个")
}

// zonesOf reads the rows by the names of their columns.
func zonesOf(rows [][]string) ([]zoneRead, error) {
	if len(rows) == 0 {
		return nil, ErrZoneFile
	}
	at := map[string]int{}
	for i, title := range rows[0] {
		for _, c := range zoneColumns {
			if strings.TrimSpace(strings.TrimPrefix(title, "\ufeff")) == c.title {
				at[c.field] = i
			}
		}
	}
	for _, needed := range []string{"id", "kind", "name"} {
		if _, ok := at[needed]; !ok {
			return nil, ErrZoneFile.Say("第一行没有“%s”这一列，请从模板开始。", zoneColumn(needed))
		}
	}
	var list []zoneRead
	for i, row := range rows[1:] {
		if strings.TrimSpace(strings.Join(row, "")) == "" {
			continue
		}
		list = append(list, zoneFrom(i+2, func(field string) string {
			if n, ok := at[field]; ok {
				return cell(row, n)
			}
			return ""
		}))
	}
	if len(list) > maxZones {
		return nil, ErrZoneFile.Say("一次最多导入%d行，请分成几个文件。", maxZones)
	}
	return list, nil
}

func zoneFrom(line int, said func(string) string) zoneRead {
	z := zoneRead{line: line, Zone: Zone{ID: said("id"), Parent: said("parent"), Name: said("name"), Lead: said("lead"), Icon: said("icon"),
		Region: said("region"), Codes: wordsOf(strings.ToUpper(said("codes"))), Tags: wordsOf(said("tags")), Domains: wordsOf(said("domains"))}}
	var ok bool
	if z.Kind, ok = zoneKindWords[said("kind")]; !ok {
		z.bad.Add("kind", "类别写“专区”“人生事件”或“主题”。")
	}
	if z.Audience, ok = zoneAudienceWords[said("audience")]; !ok {
		z.bad.Add("audience", "给谁看写“个人”“企业”或“所有人”，不写就是所有人。")
	}
	if z.Hidden, ok = yesWords[said("hidden")]; !ok {
		z.bad.Add("hidden", "隐藏写“是”或“否”，不写就是显示。")
	}
	for field, into := range map[string]*workday.Date{"from_on": &z.FromOn, "to_on": &z.ToOn} {
		if text := said(field); text != "" {
			var err error
			if *into, err = workday.ParseDate(text); err != nil {
				z.bad.Add(field, "日期写成2026-11-22的样子。")
			}
		}
	}
	if text := said("place"); text != "" {
		n, err := strconv.Atoi(text)
		if z.Place, z.placed = n, true; err != nil || n < 0 || n > 100_000 {
			z.bad.Add("place", "顺序写0到100000的整数，小的在前。")
		}
	}
	return z
}

// wordsOf takes a cell apart that lists several.
func wordsOf(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("、，,；; \n\t", r) })
}

func zoneColumn(field string) string {
	for _, c := range zoneColumns {
		if c.field == field {
			return c.title
		}
	}
	return field
}

// ExportZones writes all zones as xlsx or csv, in the shape ImportZones reads;
// the template has their columns alone.
func (m *Module) ExportZones(ctx context.Context, into io.Writer, format string, template bool) error {
	all, err := m.AllZones(ctx)
	if err != nil {
		return err
	}
	header := make([]string, len(zoneColumns))
	for i, c := range zoneColumns {
		header[i] = c.title
	}
	rows := [][]string{header}
	if !template {
		for i := range all {
			rows = append(rows, all[i].cells())
		}
	}
	return writeSheet(into, format, "专区和主题", rows)
}

// cells is a zone as a line of a file.
func (z *Zone) cells() []string {
	word := func(words map[string]string, key string) string {
		for w, k := range words {
			if k == key && w != "" {
				return w
			}
		}
		return ""
	}
	row := z.row()
	hidden := ""
	if z.Hidden {
		hidden = "是"
	}
	return []string{z.ID, word(zoneKindWords, z.Kind), z.Parent, z.Name, z.Lead, z.Icon, word(zoneAudienceWords, z.Audience), z.Region,
		row.FromOn, row.ToOn, strings.Join(z.Codes, "、"), strings.Join(z.Tags, "、"), strings.Join(z.Domains, "、"), strconv.Itoa(z.Place), hidden}
}
