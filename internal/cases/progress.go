package cases

import (
	"context"
	"crypto/subtle"
	"errors"
	"slices"
	"strings"
	"time"

	"yimen/gb"
	"yimen/workday"
)

// Progress is what anybody with the number and the query code may know: no
// name in full, no number, no phone, no opinion.
type Progress struct {
	Number    string         `json:"number"`
	Applicant string         `json:"applicant"` // masked
	ItemName  string         `json:"item_name"`
	Agency    string         `json:"competent_agency"`
	Outlet    string         `json:"receiving_outlet"`
	State     State          `json:"state"`
	StateName string         `json:"state_name"`
	Submitted time.Time      `json:"submitted_at"`
	DueOn     workday.Date   `json:"due_on"`
	Outcome   string         `json:"outcome,omitempty"`
	Deliver   string         `json:"deliver"`
	Steps     []ProgressStep `json:"steps"`
}

// ProgressStep is one thing that happened.
type ProgressStep struct {
	At    time.Time `json:"at"`
	Title string    `json:"title"`
	State State     `json:"state"`
}

// internalSteps are not the applicant's business: the parts of one act.
var internalSteps = []Verb{VerbReview, VerbArchive}

// Progress gives the public progress of a case. A wrong code and a number that
// does not exist give the same answer, ErrProgressUnknown; after twenty of them
// within ten minutes the number answers ErrProgressClosed, whoever asks.
func (m *Module) Progress(ctx context.Context, number, code string) (Progress, error) {
	number = strings.Join(strings.Fields(number), "")
	code = strings.ToUpper(strings.TrimSpace(code))
	r := &record{}
	if ValidNumber(number) {
		closed, err := m.closed(ctx, number)
		if err != nil {
			return Progress{}, err
		}
		if closed {
			return Progress{}, ErrProgressClosed
		}
		if r, err = m.byNumber(ctx, number); err != nil && !errors.Is(err, ErrUnknown) {
			return Progress{}, err
		} else if err != nil {
			r = &record{}
		}
	}
	if subtle.ConstantTimeCompare([]byte(r.QueryCode), []byte(code)) != 1 || r.QueryCode == "" {
		if ValidNumber(number) {
			if err := m.missed(ctx, number); err != nil {
				return Progress{}, err
			}
		}
		return Progress{}, ErrProgressUnknown
	}
	rows, err := m.historyOf(ctx, r.ID, 0)
	if err != nil {
		return Progress{}, err
	}
	p := Progress{
		Number: r.Number, Applicant: maskApplicant(r), ItemName: r.ItemName, Agency: r.CompetentName, Outlet: r.ReceivingName,
		State: r.State, StateName: r.State.Chinese(), Submitted: r.SubmittedAt, DueOn: r.DueOn, Outcome: r.Outcome, Deliver: r.Deliver,
		Steps: []ProgressStep{},
	}
	for _, h := range rows {
		if !slices.Contains(internalSteps, h.Verb) {
			p.Steps = append(p.Steps, ProgressStep{At: h.At, Title: h.Verb.Chinese(), State: h.To})
		}
	}
	return p, nil
}

// maskApplicant stars a person's name; an enterprise's is public.
func maskApplicant(r *record) string {
	if r.ApplicantType == "enterprise" {
		return r.ApplicantName
	}
	return gb.MaskName(r.ApplicantName)
}
