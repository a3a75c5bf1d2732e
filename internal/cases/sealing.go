package cases

import (
	"regexp"
	"slices"
	"strings"

	"yimen/internal/kit/db"
	"yimen/internal/kit/sealed"
)

// Columns that are sealed: documents and telephones, and whole documents that
// hold what people filled in, whatever it is. Answers to the questions of an
// item are choices among what the catalogue offers, and stay as they are.
var (
	caseIDNo        = sealed.Define("cases_case", "id", "applicant_id_no", sealed.Indexed("applicant_id_no_key", sealed.Upper))
	casePhone       = sealed.Define("cases_case", "id", "applicant_phone", sealed.Indexed("applicant_phone_key", sealed.Digits))
	contentAgent    = sealed.Define("cases_content", "case_id", "agent")
	contentForm     = sealed.Define("cases_content", "case_id", "form")
	formBefore      = sealed.Define("cases_form_before", "case_id", "form", sealed.SameAs("cases_content", "form"))
	noticeContent   = sealed.Define("cases_notice", "id", "content")
	draftSubmission = sealed.Define("cases_draft", "number", "submission", sealed.Noted("files", filesNamed))
)

var fileID = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// filesNamed are the files that a draft names, and other ids in it.
func filesNamed(submission string) string {
	return strings.Join(fileID.FindAllString(submission, -1), " ")
}

// sealed gives the row as it is stored.
func (r record) sealed(ring *sealed.Ring) record {
	r.ApplicantIDNoKey, r.ApplicantPhoneKey = ring.Index(caseIDNo, r.ApplicantIDNo), ring.Index(casePhone, r.ApplicantPhone)
	r.ApplicantIDNo, r.ApplicantPhone = ring.Seal(caseIDNo, r.ID, r.ApplicantIDNo), ring.Seal(casePhone, r.ID, r.ApplicantPhone)
	return r
}

// reveal opens a row that was read. What does not open is damaged.
func (r *record) reveal(ring *sealed.Ring) {
	for _, v := range []struct {
		column *sealed.Column
		text   *string
	}{{caseIDNo, &r.ApplicantIDNo}, {casePhone, &r.ApplicantPhone}} {
		plain, err := ring.Open(v.column, r.ID, *v.text)
		if *v.text = plain; err != nil {
			r.damaged = append(r.damaged, v.column.Name)
		}
	}
}

func revealAll(ring *sealed.Ring, rows []record) []record {
	for i := range rows {
		rows[i].reveal(ring)
	}
	return rows
}

func (c content) sealed(ring *sealed.Ring) content {
	c.Agent, c.Form = ring.Seal(contentAgent, c.CaseID, c.Agent), ring.Seal(contentForm, c.CaseID, c.Form)
	return c
}

func (c *content) reveal(ring *sealed.Ring) error {
	return ring.Reveal(c.CaseID, sealed.Value{Column: contentAgent, Text: &c.Agent}, sealed.Value{Column: contentForm, Text: &c.Form})
}

func (n noticeRow) sealed(ring *sealed.Ring) noticeRow {
	n.Content = ring.Seal(noticeContent, n.ID, n.Content)
	return n
}

func (n *noticeRow) reveal(ring *sealed.Ring) error {
	return ring.Reveal(n.ID, sealed.Value{Column: noticeContent, Text: &n.Content})
}

func revealNotices(ring *sealed.Ring, rows []noticeRow) error {
	for i := range rows {
		if err := rows[i].reveal(ring); err != nil {
			return err
		}
	}
	return nil
}

func (r draftRow) sealed(ring *sealed.Ring) draftRow {
	r.Files = ring.Index(draftSubmission, r.Submission)
	r.Submission = ring.Seal(draftSubmission, r.Number, r.Submission)
	return r
}

// byDocument and byPhone narrow cases to an applicant: those that are sealed by
// their key, those of before as they are.
func (m *Module) byDocument(w *db.Where, idNo string) {
	byKey(w, "applicant_id_no", m.Keys.Lookup(caseIDNo, idNo), idNo)
}

func (m *Module) byPhone(w *db.Where, phone string) {
	byKey(w, "applicant_phone", m.Keys.Lookup(casePhone, phone), phone)
}

// byKey names one key where there is one: cases come in the order of the index then.
func byKey(w *db.Where, column string, keys []string, plain string) {
	is, args := "= ?", []any{keys[0]}
	if len(keys) == 2 {
		is, args = "IN (?, ?)", []any{keys[0], keys[1]}
	}
	w.And(column+"_key "+is+" AND "+column+"_key <> '' OR "+column+" = ? AND "+column+"_key = ''", append(args, plain)...)
}

// sealFilled seals rows of a filling, which are written past the store.
func sealFilled(ring *sealed.Ring, table string, columns []string, rows [][]any) {
	for _, c := range sealed.Columns() {
		if c.Table != table {
			continue
		}
		id, at, key := slices.Index(columns, c.Row), slices.Index(columns, c.Name), slices.Index(columns, c.Key)
		for _, row := range rows {
			plain, _ := row[at].(string)
			row[at] = ring.Seal(c, row[id].(string), plain)
			if key >= 0 {
				row[key] = ring.Index(c, plain)
			}
		}
	}
}
