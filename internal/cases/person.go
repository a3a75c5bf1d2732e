package cases

import (
	"context"
	"fmt"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

// OfPerson lists the cases of one applicant that the viewer may see, the newest
// first: those under way, or, with ended, those that are over. Content is not
// loaded.
func (m *Module) OfPerson(ctx context.Context, idType, idNo string, ended bool, limit int) ([]Case, error) {
	actor, h := identity.FromContext(ctx), m.horizon(ctx)
	w := new(db.Where)
	m.byDocument(w, idNo)
	w.And("applicant_id_type = ?", idType)
	var states []State
	for _, s := range States {
		if s != StateDraft && over(s) == ended {
			states = append(states, s)
		}
	}
	w.In("state", stateWords(states))
	narrow(w, actor)
	size := w.Arg(min(max(limit, 1), db.MaxLimit))
	rows, err := m.selectRecords(ctx, selectRecord+w.SQL()+" ORDER BY submitted_at DESC, id DESC LIMIT "+size, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("list cases of a person: %w", err)
	}
	list := make([]Case, len(rows))
	for i := range rows {
		list[i] = rows[i].present(actor, h)
	}
	return list, nil
}

// over tells whether the applicant has nothing to wait for any more.
func over(s State) bool { return s.Ended() || s == StateClosed || s == StateArchived }

// PeopleQuery asks for applicants by what they say at the window: exactly one
// of the fields.
type PeopleQuery struct {
	Name  string // or its beginning
	Phone string // whole
}

// peopleSeen is how many cases are looked at for different people.
const peopleSeen = 200

// People finds applicants among the cases that the viewer may see, whoever came
// last first, each once with the telephone they gave last; at most limit.
func (m *Module) People(ctx context.Context, q PeopleQuery, limit int) ([]Applicant, error) {
	w := new(db.Where)
	switch name := strings.TrimSpace(q.Name); {
	case q.Phone != "":
		m.byPhone(w, q.Phone)
	case name != "":
		nameBegins(w, name)
	default:
		return nil, nil
	}
	narrow(w, identity.FromContext(ctx))
	size := w.Arg(peopleSeen)
	var rows []record
	err := m.db.Conn(ctx).Select(ctx, &rows, `SELECT id, applicant_type, applicant_name, applicant_id_type, applicant_id_no, applicant_phone
		FROM cases_case`+w.SQL()+" ORDER BY submitted_at DESC, id DESC LIMIT "+size, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("find applicants: %w", err)
	}
	var list []Applicant
	seen := map[string]bool{}
	for _, r := range revealAll(m.Keys, rows) {
		if key := r.ApplicantIDType + r.ApplicantIDNo; !seen[key] && len(list) < limit && len(r.damaged) == 0 {
			seen[key] = true
			list = append(list, Applicant{Type: r.ApplicantType, Name: r.ApplicantName, IDType: r.ApplicantIDType,
				IDNo: r.ApplicantIDNo, Phone: r.ApplicantPhone})
		}
	}
	return list, nil
}
