package city

import (
	"fmt"
	"slices"
	"strings"

	"yimen/gb"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
)

// definition compiles one item: what the row says, what its file changes, then
// the parts that depend on both.
func (b *book) definition(r row) (catalogue.Definition, error) {
	d := b.fromRow(r)
	f := b.files[r.Code]
	if f == nil {
		f = &itemFile{}
	}
	if err := f.apply(&d); err != nil {
		return d, fmt.Errorf("items/%s.json: %w", r.Code, err)
	}
	if d.Result.LicenceType != "" && b.licences[d.Result.LicenceType].Key == "" {
		return d, fmt.Errorf("result: licence_types.csv has no %q", d.Result.LicenceType)
	}
	for _, part := range []func(row, *itemFile, *catalogue.Definition) error{b.addMaterials, b.addForm, b.addProcess} {
		if err := part(r, f, &d); err != nil {
			return d, err
		}
	}
	if err := checkDefaults(&d); err != nil {
		return d, err
	}
	return d, d.Validate()
}

func (b *book) addMaterials(r row, f *itemFile, d *catalogue.Definition) (err error) {
	if f.Materials != nil {
		d.Materials, err = b.materialsOf(f.Materials)
	} else {
		d.Materials, err = b.parseMaterials(r.Materials)
	}
	if err != nil {
		return err
	}
	specs := f.Situations
	if specs == nil && f.Materials == nil {
		specs = standardSituations(d)
	}
	if d.Situations, err = questions(specs); err != nil {
		return err
	}
	if err := b.addNamed(d); err != nil {
		return err
	}
	d.BaseMaterials = baseMaterials(d.Materials, d.Situations)
	return nil
}

// addNamed adds the dictionary entries that answers name although the list of
// materials does not.
func (b *book) addNamed(d *catalogue.Definition) error {
	for _, q := range d.Situations {
		for _, o := range q.Options {
			for _, id := range o.Materials {
				spec, common := b.materials.byID[id]
				if _, listed := d.Material(id); listed || !common {
					continue
				}
				m, err := b.material(spec)
				if err != nil {
					return err
				}
				d.Materials = append(d.Materials, m)
			}
		}
	}
	return nil
}

func (b *book) addForm(r row, f *itemFile, d *catalogue.Definition) error {
	sections, err := b.sectionsOf(r, f.Form)
	if err != nil {
		return err
	}
	d.Form, err = b.schemaOf(d.Name, sections)
	return err
}

func (b *book) addProcess(r row, f *itemFile, d *catalogue.Definition) (err error) {
	spec := f.Process
	if spec == nil {
		s := defaultProcess(r, d)
		spec = &s
	}
	d.Process, err = b.processOf(d.Name, *spec, d.Promised)
	return err
}

// fromRow is the definition as the row alone gives it.
func (b *book) fromRow(r row) catalogue.Definition {
	d := catalogue.Definition{
		Code: r.Code, BaseCode: b.codes[r.Code], Seq: "01", Name: r.Name, BaseName: r.Name, Type: r.Type, Domain: r.Domain,
		Dept: r.Dept, DeptName: r.DeptName, Levels: r.Levels, DecidedAt: decidingLevel(r.Levels),
		AcceptedBy: catalogue.AcceptedByWindow, Audience: r.Audience, Tags: r.Tags,
		Basis: readBasis(r.Basis), Conditions: defaultConditions(r),
		Online: true, Depth: 4, MinLevel: minLevelOf(r), Channels: []string{"window", "web", "mobile", "post"}, Hall: true,
		Trust: r.Trust, Source: r.Source, Defect: r.Defect,
	}
	b.addLimits(r, &d)
	d.Fee = b.feeOf(r, &d)
	d.Result = b.resultOf(r)
	if r.has("全市通办") {
		d.Scope = "全市"
	}
	if r.has("一体机") && d.Kind == catalogue.KindInstant {
		d.Channels = append(d.Channels, "kiosk")
	}
	d.Consult, d.Complaint = phones(r.Dept)
	d.Remedy = remedyOf(r, d.DecidedAt)
	d.FAQ = defaultFAQ(r, &d)
	return d
}

// minLevelOf is how surely it must be known who applies online (domain.md §14):
// money that went to the wrong person is hard to get back, a meter that is asked
// for is seen before it is installed.
func minLevelOf(r row) int {
	named := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(r.Name, w) })
	}
	switch {
	case r.Type == catalogue.TypePayment || named("待遇申领", "补贴", "补助", "救助", "抚恤", "提取"):
		return int(identity.LevelPresence)
	case named("报装", "报名", "预约", "咨询"):
		return int(identity.LevelPhone)
	}
	return int(identity.LevelRegister)
}

// addLimits reads both limits. A text that is not one number is a defect of
// the record, told and kept.
func (b *book) addLimits(r row, d *catalogue.Definition) {
	var ok bool
	if d.Statutory, ok = readLimit(r.Statutory); !ok {
		d.Defect = joined(d.Defect, "法定时限原文“"+r.Statutory+"”待核")
	}
	if d.Promised, ok = readLimit(r.Promise); !ok {
		d.Defect = joined(d.Defect, "承诺时限原文“"+r.Promise+"”待核")
		if d.Promised.None() && !r.Instant {
			d.Promised = fallbackPromise(d.Statutory)
		}
	}
	d.Kind = kindOf(d.Promised)
}

// fallbackPromise stands in for a promise that is no number: what the law
// allows, or thirty working days.
func fallbackPromise(statutory catalogue.Limit) catalogue.Limit {
	if !statutory.None() {
		return statutory
	}
	return catalogue.Limit{N: 30, Unit: catalogue.UnitWorkday}
}

func kindOf(promised catalogue.Limit) string {
	if promised.None() {
		return catalogue.KindInstant
	}
	return catalogue.KindPromised
}

// decidingLevel is who decides when nothing else is said: the county where it
// takes part, the town where only towns and villages do, the city otherwise.
func decidingLevel(levels []int) int {
	switch {
	case slices.Contains(levels, catalogue.LevelCounty):
		return catalogue.LevelCounty
	case slices.Contains(levels, catalogue.LevelTown):
		return catalogue.LevelTown
	}
	return slices.Min(levels)
}

// baseCodes numbers the items within type and department in the order of
// their codes: 44 + type + department + sequence + 000 (domain.md §2.2).
func baseCodes(rows []row) (map[string]string, error) {
	sorted := slices.Clone(rows)
	slices.SortFunc(sorted, func(a, b row) int { return strings.Compare(a.Code, b.Code) })
	next, codes := map[string]int{}, map[string]string{}
	for _, r := range sorted {
		dept := strings.TrimPrefix(r.Dept, "D")
		if _, town := townGuides[r.Code]; town {
			dept = "00"
		}
		key := r.Type + dept
		next[key]++
		base, err := gb.MakeItemBase("44", gb.ServiceType(r.Type), dept, fmt.Sprintf("%03d", next[key]), 0)
		if err != nil {
			return nil, fmt.Errorf("city: base code of %s: %w", r.Code, err)
		}
		codes[r.Code] = base.String()
	}
	return codes, nil
}
