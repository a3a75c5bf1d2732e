package counter

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"yimen/gb"
	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/workday"
)

// Lists of the person's page.
const (
	openShown  = 30
	endedShown = 5
)

// personPage is all of one person on one screen.
type personPage struct {
	visit  Visit
	age    int // 0: not known
	open   []openCase
	ended  []cases.Case
	drafts []personDraft
	form   *web.Form

	account string         // "": none, or no document was seen
	level   identity.Level // that holds now
}

// openCase is a case under way with what there is to do now.
type openCase struct {
	cases.Case
	demands []cases.Deficiency // what has to be corrected
	act     cases.Verb         // what to do first here, "" when others have to act
	others  []cases.Verb       // what else may be done at the window
	came    bool               // the person came about this one
}

// personDraft is an application begun and not sent.
type personDraft struct {
	cases.Draft
	online bool // begun by the person, at home
}

// person shows everything of the person being served.
func (m *Module) person(w http.ResponseWriter, r *http.Request) error {
	p, err := m.personOf(r.Context(), r.PathValue("visit"))
	if errors.Is(err, ErrVisitOver) {
		web.Flash(r, "info", ErrVisitOver.Message)
		return web.Redirect(w, r, "/counter")
	}
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, personView(p))
}

func (m *Module) personOf(ctx context.Context, key string) (*personPage, error) {
	v, err := m.visit(ctx, key)
	if err != nil {
		return nil, err
	}
	p := &personPage{visit: v, form: web.NewForm(nil), age: ageOf(v, m.today(ctx))}
	open, err := m.Cases.OfPerson(ctx, v.IDType, v.IDNo, false, openShown)
	if err != nil {
		return nil, err
	}
	for _, c := range open {
		x := openCase{Case: c, came: c.Number == v.Case}
		x.act, x.others = actsOf(c)
		if c.State == cases.StateCorrecting {
			whole, err := m.Cases.Find(ctx, c.Number)
			if err != nil {
				return nil, err
			}
			x.demands = whole.Content.Correction
		}
		p.open = append(p.open, x)
	}
	slices.SortStableFunc(p.open, func(a, b openCase) int { return a.rank() - b.rank() })
	if p.ended, err = m.Cases.OfPerson(ctx, v.IDType, v.IDNo, true, endedShown); err != nil {
		return nil, err
	}
	if p.account, p.level, err = m.standing(ctx, v); err != nil {
		return nil, err
	}
	p.drafts, err = m.draftsFor(ctx, v)
	return p, err
}

// rank puts what can be done at once above what others have to do.
func (x openCase) rank() int {
	switch {
	case x.came:
		return 0
	case x.act == cases.VerbDeliver:
		return 1
	case x.act != "":
		return 2
	}
	return 3
}

// firstActs are what the window does first, in this order, and otherActs what
// it may do besides.
var (
	firstActs = []cases.Verb{cases.VerbDeliver, cases.VerbCorrect, cases.VerbSupplement, cases.VerbAccept, cases.VerbReceive}
	otherActs = []cases.Verb{cases.VerbRequestCorrection, cases.VerbPause, cases.VerbResume, cases.VerbWithdraw}
)

func actsOf(c cases.Case) (first cases.Verb, others []cases.Verb) {
	for _, v := range firstActs {
		if !slices.Contains(c.Allowed, v) {
			continue
		}
		if first == "" {
			first = v
		} else if v != cases.VerbReceive {
			others = append(others, v)
		}
	}
	for _, v := range otherActs {
		if slices.Contains(c.Allowed, v) {
			others = append(others, v)
		}
	}
	return first, others
}

// draftsFor are the clerk's own drafts for the person and, when their document
// was seen, those the person began at home.
func (m *Module) draftsFor(ctx context.Context, v Visit) ([]personDraft, error) {
	var list []personDraft
	own, _, err := m.Cases.Drafts(ctx, db.Page{Limit: 50})
	if err != nil {
		return nil, err
	}
	for _, d := range own {
		if v.IDNo != "" && d.Submission.Applicant.IDNo == v.IDNo {
			list = append(list, personDraft{Draft: d})
		}
	}
	if !v.proven() {
		return list, nil
	}
	account, err := m.Identity.AccountOf(ctx, v.IDType, v.IDNo)
	if err != nil || account == "" {
		return list, err
	}
	theirs, err := m.Cases.DraftsOf(ctx, account)
	for _, d := range theirs {
		list = append(list, personDraft{Draft: d, online: true})
	}
	return list, err
}

// takeDraft goes on at the window with what the person began at home.
func (m *Module) takeDraft(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	v, err := m.visit(ctx, r.PathValue("visit"))
	if err != nil {
		return err
	}
	if !v.proven() {
		return ErrVisitOver
	}
	account, err := m.Identity.AccountOf(ctx, v.IDType, v.IDNo)
	if err != nil {
		return err
	}
	d, err := m.Cases.TakeOverDraft(ctx, f.Value("draft"), account)
	if err != nil {
		return err
	}
	if err := m.record(ctx, "draft.take_over", v.ID, d.Number); err != nil {
		return err
	}
	s := d.Submission
	s.Draft, s.Item, s.Channel = d.Number, d.Item, cases.ChannelWindow
	if s.Applicant.IDNo == "" {
		s.Applicant = v.applicant()
	}
	if _, err := m.Cases.SaveDraft(ctx, s); err != nil {
		return err
	}
	return web.Redirect(w, r, IntakeURL(d.Number, v.ID))
}

// endVisit says goodbye: the key is gone, the number served is finished, and the
// desk is ready for the next.
func (m *Module) endVisit(w http.ResponseWriter, r *http.Request) error {
	if err := m.farewell(r.Context(), r.PathValue("visit")); err != nil {
		return err
	}
	if err := m.goodbye(r.Context()); err != nil {
		return err
	}
	return web.Redirect(w, r, "/counter")
}

// ageOf is how old the person is, by their number.
func ageOf(v Visit, today workday.Date) int {
	id, err := gb.ParseResidentID(v.IDNo, today)
	if err != nil || v.IDType != gb.IDResident.Code() {
		return 0
	}
	return id.Age(today)
}
