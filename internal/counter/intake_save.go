package counter

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
)

// ErrSheetElsewhere is told when another tab has stored the same draft since.
var ErrSheetElsewhere = errs.Define(errs.Conflict, "counter_intake_elsewhere",
	"这份收件在另一个页面上改过了。请关掉其中一个页面；要以本页为准，请按“以本页为准”。")

// autosave stores what has been typed and answers with the parts of the page
// that follow from it: what is missing always, the questions, the form and the
// materials when an answer has changed what is asked, the materials alone when
// whoever applies now may have others stand in for them.
func (m *Module) autosave(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	s, f, err := m.sentSheet(r)
	if err != nil {
		return err
	}
	if f.Value("seen") != s.seen() && f.Value("force") == "" {
		return ErrSheetElsewhere
	}
	before, err := m.checklist(ctx, s.def, s.sub())
	if err != nil {
		return err
	}
	handed := s.sub().Materials
	if err := s.read(f); err != nil {
		return err
	}
	if err := m.resolve(ctx, s); err != nil {
		return err
	}
	if err := m.agree(ctx, s, handed); err != nil {
		return err
	}
	changed := !sameAnswers(before.Answers, s.list.Answers) || !asked(before, s.list)
	if changed {
		if err := s.defaults(before); err != nil {
			return err
		}
	}
	if s.gaps, err = m.missing(s); err != nil {
		return err
	}
	if s.draft, err = m.Cases.SaveDraft(ctx, *s.sub()); err != nil {
		return err
	}
	if err := s.show(); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, sheetParts(s, changed, f.Value("offers") != s.offers()))
}

// submit sends the application, receives it and shows the receipt: one act.
// What is wrong stands beside its field, and nothing typed is lost.
func (m *Module) submit(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	s, f, err := m.sentSheet(r)
	if err != nil {
		return err
	}
	handed := s.sub().Materials
	if err := s.read(f); err != nil {
		return err
	}
	if err := m.resolve(ctx, s); err != nil {
		return err
	}
	noteOpen(f, s.list)
	if err := m.agree(ctx, s, handed); err != nil {
		return err
	}
	s.noteSilent(f)
	if !f.OK() {
		return m.mend(w, r, s)
	}
	sub := *s.sub()
	sub.Channel, sub.Materials = cases.ChannelWindow, s.counted()
	if sub.Seen, err = m.seen(ctx, s.visit, sub); err != nil {
		return err
	}
	c, err := m.Cases.Submit(ctx, sub)
	if k := errs.KindOf(err); err != nil && (k == errs.Invalid || k == errs.Conflict) {
		if err := f.Merge(named(err, sub.Materials)); err != nil {
			return err
		}
		return m.mend(w, r, s)
	}
	if err != nil {
		return err
	}
	if f.Value("then") == "accept" && slices.Contains(c.Allowed, cases.VerbAccept) {
		if _, err := m.Cases.Accept(ctx, c.Number, cases.Act{}); err != nil {
			return err
		}
	}
	to := DoneURL(c.Number)
	if s.visit != "" {
		if err := m.rename(ctx, s.visit, sub.Applicant); err != nil {
			return err
		}
		to += "?" + url.Values{"visit": {s.visit}}.Encode()
	}
	return web.Redirect(w, r, to)
}

// mend shows the page again with what is wrong.
func (m *Module) mend(w http.ResponseWriter, r *http.Request, s *sheet) error {
	s.form.Set("form_sent", "1")
	s.known = s.sub().Applicant.IDNo != "" && s.form.ErrorOf("applicant.id_no") == ""
	return web.Render(w, r, http.StatusUnprocessableEntity, sheetView(s))
}

// noteOpen names the questions without an answer, at their place.
func noteOpen(f *web.Form, list catalogue.Checklist) {
	for _, q := range list.Questions {
		if slices.Contains(list.Open, q.ID) {
			f.Error("answers."+q.ID, "请选择：“"+q.Text+"”")
		}
	}
}

// named gives the fields of an error the names they have on the page.
func named(err error, handed []cases.Handed) error {
	e := errs.From(err)
	if len(e.Fields) == 0 {
		return err
	}
	var bad errs.Fields
	for _, f := range e.Fields {
		name := f.Name
		parts := strings.Split(name, ".")
		switch {
		case name == "deliver_to":
			name = "deliver_address"
		case parts[0] == "materials" && len(parts) == 3:
			if i, err := strconv.Atoi(parts[1]); err == nil && i < len(handed) {
				name = "materials." + handed[i].ID
			}
		}
		bad.Add(name, "%s", f.Message)
	}
	return bad.Err()
}
