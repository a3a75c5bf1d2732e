package counter

import (
	"strings"

	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web/ui"
)

// gap is something that is still missing, and where it is filled in.
type gap struct {
	Name  string // posted name of the field
	Label string
}

// id is the element that the gap's link jumps to.
func (g gap) id() string { return ui.FieldID(g.Name) }

// missing lists what stands between the sheet and its receipt, in the order of
// the page. What is wrong counts as missing.
func (m *Module) missing(s *sheet) ([]gap, error) {
	var gaps []gap
	a := s.sub().Applicant
	for _, x := range []struct{ name, value, label string }{
		{"applicant.name", a.Name, "姓名或名称"}, {"applicant.id_no", a.IDNo, "证件号码"}, {"applicant.phone", a.Phone, "联系电话"},
	} {
		if x.value == "" {
			gaps = append(gaps, gap{x.name, x.label})
		}
	}
	for _, q := range s.list.Questions {
		for _, open := range s.list.Open {
			if q.ID == open {
				gaps = append(gaps, gap{"answers." + q.ID, q.Text})
			}
		}
	}
	form, err := m.formGaps(s)
	if err != nil {
		return nil, err
	}
	gaps = append(gaps, form...)
	for _, need := range s.list.Materials {
		if need.Required() && wayOf(need, s.sub().Materials) == "" {
			gaps = append(gaps, gap{"materials." + need.ID, need.Name})
		}
	}
	return gaps, nil
}

// formGaps are the fields of the form that are empty or wrong.
func (m *Module) formGaps(s *sheet) ([]gap, error) {
	form := s.sub().Form
	if len(form) == 0 {
		form = []byte("{}")
	}
	err := m.Catalogue.CheckForm(*s.def, form)
	if err == nil {
		return nil, nil
	}
	e := errs.From(err)
	if e.Kind != errs.Invalid && e.Kind != errs.Conflict {
		return nil, err
	}
	wrong := map[string]bool{}
	for _, f := range e.Fields {
		wrong[strings.TrimPrefix(f.Name, "form.")] = true
	}
	var gaps []gap
	for _, f := range s.fields {
		if wrong[f.Name] || anyCell(wrong, f) {
			gaps = append(gaps, gap{"form." + f.Name, f.Title})
		}
	}
	return gaps, nil
}

// anyCell says whether something in a table is wrong.
func anyCell(wrong map[string]bool, f catalogue.FormField) bool {
	for name := range wrong {
		if strings.HasPrefix(name, f.Name+".") {
			return true
		}
	}
	return false
}
