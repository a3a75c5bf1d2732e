package counter

import (
	"slices"
	"strings"

	"yimen/gb"
	"yimen/internal/apply"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/kit/web"
	"yimen/workday"
)

// read takes what was typed into the submission of the sheet. Nothing is
// checked but that it can be stored; Submit checks it all at once.
func (s *sheet) read(f *web.Form) error {
	s.form = f
	sub := s.sub()
	was := sub.Applicant.IDNo
	s.readPeople(f)
	sub.Answers = s.readAnswers(f)
	fields, err := catalogue.FormFields(s.def.Form)
	if err != nil {
		return err
	}
	raw, err := apply.FormOf(f, fields)
	if err != nil {
		return err
	}
	sub.Form = raw
	sub.Materials = s.readMaterials(f)
	if sub.Applicant.IDNo != was { // what was agreed to is of somebody else
		sub.Materials = slices.DeleteFunc(sub.Materials, func(h cases.Handed) bool { return h.Licence != "" })
	}
	sub.Deliver, sub.DeliverTo = f.Value("deliver"), ""
	if sub.Deliver == cases.DeliverPost {
		sub.DeliverTo = f.Value("deliver_address")
	}
	sub.DeferUntil = f.Date("defer_until")
	return nil
}

// readPeople reads who applies. A number on file is shown masked and left
// empty unless it is to be changed.
func (s *sheet) readPeople(f *web.Form) {
	a := &s.sub().Applicant
	a.Type, a.Name, a.Phone = f.Value("applicant.type"), f.Value("applicant.name"), plain(f.Value("applicant.phone"))
	if t := f.Value("applicant.id_type"); t != "" {
		a.IDType = t
	}
	if no := strings.ToUpper(plain(f.Value("applicant.id_no"))); no != "" {
		a.IDNo = no
		if r := recognise(no, workday.Date{}); r.Kind == isDocument && r.IDType == gb.IDCreditCode && a.IDType == gb.IDResident.Code() {
			a.Type, a.IDType = "enterprise", gb.IDCreditCode.Code()
		}
	}
	s.sub().Agent = nil
	if f.Value("has_agent") != "" {
		s.sub().Agent = &cases.Agent{Name: f.Value("agent.name"), IDType: gb.IDResident.Code(), IDNo: strings.ToUpper(plain(f.Value("agent.id_no"))),
			Phone: plain(f.Value("agent.phone")), Authority: f.Value("agent.authority")}
	}
}

// plain takes a number typed with a Chinese keyboard, or in groups.
func plain(text string) string { return strings.Map(withoutBlanks, narrowed(text)) }

// readAnswers reads the questions that were on the page.
func (s *sheet) readAnswers(f *web.Form) catalogue.Answers {
	var shown []catalogue.Question
	for _, q := range s.def.Situations {
		if slices.Contains(f.Values("shown"), q.ID) {
			shown = append(shown, q)
		}
	}
	return apply.ReadAnswers(f, shown)
}

// readMaterials reads how each material was met. Files were uploaded before and
// stay with the draft; a way chosen beside them puts them aside.
func (s *sheet) readMaterials(f *web.Form) []cases.Handed {
	before := s.sub().Materials
	var handed []cases.Handed
	for _, m := range s.def.Materials {
		name := "way." + m.ID
		if !f.Has(name) {
			if !slices.Contains(f.Values("asked"), m.ID) { // was not on the page
				handed = append(handed, of(before, m.ID)...)
			}
			continue
		}
		h := cases.Handed{ID: m.ID}
		switch f.Value(name) {
		case apply.WayFile:
			handed = append(handed, filesOf(before, m.ID)...)
			continue
		case apply.WayLicence: // agreed to before; new consents are kept by agree
			h.Licence = apply.HandedOf(before, m.ID).Licence
		case apply.WayPaper:
			h.Paper = true
		case apply.WayForm:
			h.Form = m.ByForm
		case apply.WayPromise:
			h.Promise = true // what may be promised is known when it is sent
		case apply.WayOrgan:
			h.Organ = true
		case apply.WayLater:
			h.Later = m.CanDefer()
		}
		if h != (cases.Handed{ID: m.ID}) {
			handed = append(handed, h)
		}
	}
	return handed
}

// of are the lines of one material: several when it is several files.
func of(list []cases.Handed, id string) []cases.Handed {
	var found []cases.Handed
	for _, h := range list {
		if h.ID == id {
			found = append(found, h)
		}
	}
	return found
}

// filesOf are the files of one material.
func filesOf(list []cases.Handed, id string) []cases.Handed {
	var found []cases.Handed
	for _, h := range of(list, id) {
		if h.File != "" {
			found = append(found, h)
		}
	}
	return found
}

// wayOf is how a material is met now: "" when it still has to be seen. What the
// form itself stands for needs no act; an optional one is not handed in until
// somebody says so.
func wayOf(m catalogue.Material, handed []cases.Handed) string {
	for _, h := range of(handed, m.ID) {
		return apply.WayOf(m, h, apply.Window)
	}
	switch {
	case m.ByForm:
		return apply.WayForm
	case !m.Required():
		return apply.WayNone
	}
	return ""
}

// counted are the materials as they will be sent: what needs no act is in it.
func (s *sheet) counted() []cases.Handed {
	var handed []cases.Handed
	for _, m := range s.list.Materials {
		lines := of(s.sub().Materials, m.ID)
		if len(lines) == 0 && wayOf(m, nil) == apply.WayForm {
			lines = []cases.Handed{{ID: m.ID, Form: true}}
		}
		handed = append(handed, lines...)
	}
	return handed
}
