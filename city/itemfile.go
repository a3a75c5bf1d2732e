package city

import (
	"fmt"
	"slices"

	"yimen/internal/catalogue"
)

// itemFile is items/CODE.json: what is particular about one item. A nil or
// empty key leaves the default of the row. See README.md for authors.
type itemFile struct {
	Name       string            `json:"name"`
	BaseName   string            `json:"base_name"`
	Synonyms   []string          `json:"synonyms"`
	DecidedAt  int               `json:"decided_at"`
	DecidedWhy string            `json:"decided_why"` // one sentence, when decided_at is not the default
	AcceptedBy string            `json:"accepted_by"`
	Audience   []string          `json:"audience"`
	Kind       string            `json:"kind"`
	Basis      []catalogue.Basis `json:"basis"`
	Conditions []string          `json:"conditions"`
	Statutory  *catalogue.Limit  `json:"statutory"`
	Promised   *catalogue.Limit  `json:"promised"`

	Materials   []materialSpec `json:"materials"`
	NoMaterials bool           `json:"no_materials"`
	Situations  []questionSpec `json:"situations"`
	Form        *formSpec      `json:"form"`
	Process     *processSpec   `json:"process"`
	Special     []string       `json:"special"`

	Visits      *int     `json:"visits"`
	VisitReason string   `json:"visit_reason"`
	Online      *bool    `json:"online"`
	MinLevel    *int     `json:"min_level"`
	Depth       *int     `json:"depth"`
	Channels    []string `json:"channels"`
	Scope       *string  `json:"scope"`
	Hall        *bool    `json:"hall"`
	HallExempt  string   `json:"hall_exempt"`

	Fee    *catalogue.Fee    `json:"fee"`
	Result *resultSpec       `json:"result"`
	FAQ    []catalogue.QA    `json:"faq"`
	Remedy *catalogue.Remedy `json:"remedy"`
	Defect string            `json:"defect"`
}

// resultSpec is the result as authors write it.
type resultSpec struct {
	Name      string   `json:"name"`
	Kind      string   `json:"kind"`
	Licence   string   `json:"licence"` // key of licence_types.csv
	Sample    string   `json:"sample"`
	DeliverBy []string `json:"deliver_by"`
}

// apply lays the plain keys of the file over the definition that the row gave.
// Materials, situations, form and process are compiled afterwards.
func (f *itemFile) apply(d *catalogue.Definition) error {
	if err := f.decidedAt(d); err != nil {
		return err
	}
	d.Name, d.BaseName = orElse(f.Name, d.Name), orElse(f.BaseName, d.BaseName)
	d.AcceptedBy, d.Kind = orElse(f.AcceptedBy, d.AcceptedBy), orElse(f.Kind, d.Kind)
	d.HallExempt = orElse(f.HallExempt, d.HallExempt)
	for _, l := range []struct {
		mine []string
		into *[]string
	}{
		{f.Synonyms, &d.Synonyms}, {f.Audience, &d.Audience}, {f.Conditions, &d.Conditions},
		{f.Special, &d.Special}, {f.Channels, &d.Channels},
	} {
		if l.mine != nil {
			*l.into = l.mine
		}
	}
	if f.Basis != nil {
		d.Basis = f.Basis
	}
	if f.FAQ != nil {
		d.FAQ = f.FAQ
	}
	if f.DecidedWhy != "" {
		d.FAQ = append(slices.Clone(d.FAQ), catalogue.QA{Q: "这件事由哪一级决定？", A: f.DecidedWhy})
	}
	set(&d.Fee, f.Fee)
	set(&d.Remedy, f.Remedy)
	set(&d.Statutory, f.Statutory)
	f.promise(d)
	f.access(d)
	f.result(d)
	d.NoMaterials = f.NoMaterials
	d.Defect = joined(d.Defect, f.Defect)
	return nil
}

// decidedAt changes the level that decides, for which there has to be a reason.
func (f *itemFile) decidedAt(d *catalogue.Definition) error {
	if f.DecidedAt == 0 || f.DecidedAt == d.DecidedAt {
		return nil
	}
	if f.DecidedWhy == "" {
		return fmt.Errorf("decided_at is %d, the default is %d: say why in decided_why", f.DecidedAt, d.DecidedAt)
	}
	if f.DecidedAt > slices.Max(d.Levels) {
		return fmt.Errorf("decided_at %d is below every level of the item %v", f.DecidedAt, d.Levels)
	}
	d.DecidedAt = f.DecidedAt
	return nil
}

// promise sets the promised limit; the kind follows from it.
func (f *itemFile) promise(d *catalogue.Definition) {
	if f.Promised == nil {
		return
	}
	d.Promised = *f.Promised
	d.Kind = kindOf(d.Promised)
}

func (f *itemFile) access(d *catalogue.Definition) {
	set(&d.Online, f.Online)
	set(&d.MinLevel, f.MinLevel)
	set(&d.Scope, f.Scope)
	set(&d.Hall, f.Hall)
	if f.Visits != nil {
		d.Visits = *f.Visits
		d.VisitReason = f.VisitReason
		if d.Visits > 0 {
			d.Depth = min(d.Depth, 3)
		}
	}
	set(&d.Depth, f.Depth)
}

func (f *itemFile) result(d *catalogue.Definition) {
	if f.Result == nil {
		return
	}
	r := &d.Result
	r.Name, r.Kind = orElse(f.Result.Name, r.Name), orElse(f.Result.Kind, r.Kind)
	if f.Result.Licence != "" {
		r.LicenceHow = licenceHow(d.Name)
	}
	r.LicenceType, r.Sample = orElse(f.Result.Licence, r.LicenceType), orElse(f.Result.Sample, r.Sample)
	if f.Result.DeliverBy != nil {
		r.DeliverBy = f.Result.DeliverBy
	}
}

func set[T any](into *T, v *T) {
	if v != nil {
		*into = *v
	}
}

func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "；" + b
}
