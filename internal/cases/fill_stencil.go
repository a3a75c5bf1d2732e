package cases

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"yimen/gb"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/stencil"
	"yimen/internal/workflow"
	"yimen/workday"
)

// Stencil is a settled case that others are made of.
type Stencil struct {
	Type   string // of the applicant: person | enterprise
	IDNo   string // of the applicant
	Birth  workday.Date
	began  workday.Date
	ended  time.Time // its last act
	days   *stencil.Days
	words  []string
	at     []time.Time // of words that are ids
	papers []document
	flow   *workflow.Stencil
	rows   []stencil.Rows
	tally  []tallyKey
	before *Stencil // the same before it was filed away; nil if it never was
}

// document is a numbered notice: its number is the word there.
type document struct {
	word         int
	agency, kind string
	made         time.Time
	prefix, tail string // of the number: prefix〔year〕tail
}

// The words of every case; then the ids of its rows and the numbers of its documents.
const (
	wordNumber = iota
	wordQueryCode
	wordName
	wordNameKey
	wordIDNo
	wordPhone
	wordBirth
	wordInstance
	wordID
	wordOthers
)

// Begins is the day on which the case was handed in.
func (s *Stencil) Begins() workday.Date { return s.began }

// Stencil makes one of a settled case; an error when it is not settled.
func (f *Filling) Stencil(ctx context.Context, number string) (*Stencil, error) {
	r, err := f.m.byNumber(ctx, number)
	if err != nil {
		return nil, err
	}
	if !r.State.Ended() || r.KeyScope != nil || r.PromiseUnit == string(workday.NaturalDays) {
		return nil, fmt.Errorf("case %s is %s: only settled ones promised in working days can be repeated", number, r.State)
	}
	c, err := f.m.wholeOf(ctx, r)
	if err != nil {
		return nil, err
	}
	s, err := f.cut(ctx, c)
	if err != nil || r.State != StateArchived {
		return s, err
	}
	s.before, err = f.cut(ctx, c.unfiled())
	return s, err
}

// whole is all rows of a case.
type whole struct {
	record    record
	content   content
	materials []materialRow
	history   []historyRow
	clock     []clockRow
	notices   []noticeRow
}

func (m *Module) wholeOf(ctx context.Context, r *record) (*whole, error) {
	c := &whole{record: *r}
	var err, more error
	c.content, err = m.contentOf(ctx, r.ID)
	c.materials, more = m.materialsOf(ctx, r.ID)
	err = errors.Join(err, more)
	c.history, more = m.historyOf(ctx, r.ID, 0)
	err = errors.Join(err, more)
	c.notices, more = m.noticesOf(ctx, r.ID)
	err = errors.Join(err, more)
	more = m.db.Conn(ctx).Select(ctx, &c.clock, selectClock+` WHERE case_id = $1 ORDER BY seq`, r.ID)
	return c, errors.Join(err, more)
}

// unfiled is the case as it was before it was filed away.
func (c *whole) unfiled() *whole {
	u := *c
	last := len(u.history) - 1
	u.record.State = u.history[last].From
	u.record.Revision--
	u.record.HistoryLen--
	u.history = u.history[:last]
	return &u
}

// cut finds in a case what is its own.
func (f *Filling) cut(ctx context.Context, c *whole) (*Stencil, error) {
	r := &c.record
	s := &Stencil{Type: r.ApplicantType, IDNo: r.ApplicantIDNo, began: workday.DateOf(r.SubmittedAt, clock.Beijing),
		ended: c.history[len(c.history)-1].At, days: f.days(ctx, r.CompetentDivision)}
	s.words = make([]string, wordOthers)
	s.words[wordNumber], s.words[wordQueryCode], s.words[wordID], s.words[wordInstance] = r.Number, r.QueryCode, r.ID, r.Instance
	s.words[wordName], s.words[wordNameKey] = r.ApplicantName, r.ApplicantKey
	s.words[wordIDNo], s.words[wordPhone] = r.ApplicantIDNo, r.ApplicantPhone
	if id, err := gb.ParseResidentID(r.ApplicantIDNo, workday.Date{}); err == nil {
		s.Birth = id.Birth()
		s.words[wordBirth] = s.Birth.String()
	}
	s.at = make([]time.Time, wordOthers, 32)
	s.at[wordID] = r.SubmittedAt
	s.name(c)
	for _, key := range tallyKeys(r.ReceivingDivision, r.CompetentDivision, r.CompetentAgency) {
		key.State = r.State
		s.tally = append(s.tally, key)
	}
	near := s.days.Move(s.began, s.began).Near
	if r.Instance != "" {
		var err error
		if s.flow, err = f.m.Workflow.Stencil(ctx, r.Number, near); err != nil {
			return nil, err
		}
	}
	return s, s.cutRows(c, near)
}

// name adds the ids of the rows and the numbers of the documents to the words.
func (s *Stencil) name(c *whole) {
	for _, x := range c.materials {
		s.words, s.at = append(s.words, x.ID), append(s.at, x.MadeAt)
	}
	for _, x := range c.notices {
		s.words, s.at = append(s.words, x.ID), append(s.at, x.MadeAt)
	}
	for _, x := range c.notices {
		d := document{word: len(s.words), agency: x.Agency, kind: x.Kind, made: x.MadeAt}
		var rest string
		d.prefix, rest, _ = strings.Cut(x.DocNo, "〔")
		if _, d.tail, _ = strings.Cut(rest, "〕"); !strings.Contains(d.tail, c.record.Number) {
			d.tail = ""
		}
		s.words, s.at, s.papers = append(s.words, x.DocNo), append(s.at, time.Time{}), append(s.papers, d)
	}
}

func (s *Stencil) cutRows(c *whole, near func(workday.Date) bool) error {
	var wrong []error
	add := func(r stencil.Rows, err error) { s.rows, wrong = append(s.rows, r), append(wrong, err) }
	add(stencil.CutRows("cases_case", recordColumns, []record{c.record}, s.words, near))
	add(stencil.CutRows("cases_content", stencil.Columns("case_id agent answers form checklist correction"), []content{c.content}, s.words, near))
	add(stencil.CutRows("cases_material", stencil.Columns("id case_id material name way file file_name licence made_at superseded_at"), c.materials, s.words, near))
	add(stencil.CutRows("cases_history", stencil.Columns("case_id seq revision at verb from_state to_state who who_name agency opinion detail"), c.history, s.words, near))
	add(stencil.CutRows("cases_clock", stencil.Columns("case_id seq kind on_date reason document approved_by days"), c.clock, s.words, near))
	add(stencil.CutRows("cases_notice", stencil.Columns("id case_id kind agency year doc_no content made_at"), c.notices, s.words, near))
	return errors.Join(wrong...)
}

// noticeYear is where a notice's row has its year.
const noticeYear = 4

// Workday is the day, or the next working day of whoever decides.
func (s *Stencil) Workday(d workday.Date) workday.Date {
	for range 30 {
		if _, ok := s.days.Number(d); ok {
			break
		}
		d = d.Add(1)
	}
	return d
}

// Latest is the last day on which a case like this can have been handed in, if
// it is to be settled on the day given.
func (s *Stencil) Latest(today workday.Date) workday.Date {
	if s.before != nil {
		s = s.before
	}
	n, _ := s.days.Number(s.Workday(today))
	begin, _ := s.days.Number(s.began)
	end, _ := s.days.Number(s.Workday(workday.DateOf(s.ended, clock.Beijing)))
	return s.days.Day(n - 1 - (end - begin))
}
