package cases

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"yimen/gb"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/stencil"
	"yimen/workday"
)

// Filling makes a city's years of settled cases: the same as some that were
// handed in, decided and delivered through the verbs, on other days and of
// other people. For load tests: nobody is told and no job is left.
type Filling struct {
	m         *Module
	calendars map[string]*stencil.Days // by competent division
	last      map[documentSeries]int   // numbers of documents given out
	serial    uint64                   // of case numbers
	from, to  workday.Date
}

// documentSeries is what documents are numbered in.
type documentSeries struct {
	Agency string `db:"agency"`
	Year   int    `db:"year"`
	Kind   string `db:"kind"`
}

// Fill begins a filling with cases handed in from a day on.
func (m *Module) Fill(ctx context.Context, from workday.Date) (*Filling, error) {
	f := &Filling{m: m, calendars: map[string]*stencil.Days{}, last: map[documentSeries]int{}, serial: rand.Uint64N(numbers),
		from: from.Add(-366), to: m.today(ctx).Add(366)}
	var rows []struct {
		documentSeries
		Last int `db:"last"`
	}
	if err := m.db.Conn(ctx).Select(ctx, &rows, `SELECT agency, year, kind, last FROM cases_sequence`); err != nil {
		return nil, fmt.Errorf("read document numbers: %w", err)
	}
	for _, r := range rows {
		f.last[r.documentSeries] = r.Last
	}
	return f, nil
}

// days numbers the working days of whoever decides.
func (f *Filling) days(ctx context.Context, division string) *stencil.Days {
	d := f.calendars[division]
	if d == nil {
		d = stencil.NewDays(f.m.Org.Calendar(ctx, division), f.from, f.to)
		f.calendars[division] = d
	}
	return d
}

// Case numbers of a filling come from a walk through all nine digits, so that
// none comes twice; the step has no factor in common with their number.
const (
	numbers    = 1_000_000_000
	numberStep = 618_033_989
)

func (f *Filling) number(on time.Time) string {
	f.serial = (f.serial + numberStep) % numbers
	digits := on.In(clock.Beijing).Format("060102") + fmt.Sprintf("%09d", f.serial)
	return digits + string(gb.Mod1110(digits))
}

// Person is whose case one of a filling is: born on the day on which the
// original's applicant would have been born to be as old as they were.
type Person struct {
	Name, IDNo, Phone string
	Birth             workday.Date // zero: an enterprise
}

// Add makes a case of a stencil, handed in on a day by somebody, and adds its
// rows to the batch. A case that would be filed away only after now is not yet.
func (f *Filling) Add(b *Batch, s *Stencil, on workday.Date, who Person, now time.Time) string {
	move := s.days.Move(s.began, on)
	if s.before != nil && move.Time(s.ended).After(now) {
		s = s.before
	}
	words := f.fill(s, move, who)
	if s.flow != nil {
		words[wordInstance] = s.flow.Fill(&b.flow, words[wordNumber], move)
	}
	for _, d := range s.papers {
		words[d.word] = f.documentNumber(b, s, d, words[wordNumber], move)
	}
	for _, r := range s.rows {
		rows := b.rows.Add(r, words, move)
		sealFilled(f.m.Keys, r.Table, r.Columns, rows)
		if r.Table == "cases_notice" {
			for i := range rows {
				rows[i][noticeYear] = int64(workday.DateOf(move.Time(s.papers[i].made), clock.Beijing).Year())
			}
		}
	}
	for _, key := range s.tally {
		b.tally[key]++
	}
	b.Cases++
	return words[wordNumber]
}

// fill gives the new words, but for those that others give.
func (f *Filling) fill(s *Stencil, move stencil.Move, who Person) []string {
	words := make([]string, len(s.words))
	submitted := move.Time(s.at[wordID])
	words[wordNumber], words[wordQueryCode] = f.number(submitted), queryCode()
	words[wordName], words[wordNameKey] = who.Name, nameKey(who.Name)
	words[wordIDNo], words[wordPhone], words[wordBirth] = who.IDNo, who.Phone, who.Birth.String()
	words[wordID] = db.IDAt(submitted, int(f.serial))
	last := submitted
	for i := wordOthers; i < len(words); i++ {
		if s.at[i].IsZero() {
			continue
		}
		if at := move.Time(s.at[i]); at.After(last) {
			last = at
		}
		words[i] = db.IDAt(last, i)
	}
	return words
}

// queryCode is NewQueryCode for invented cases: it may be guessed.
func queryCode() string {
	var code [queryLength]byte
	for i := range code {
		code[i] = queryAlphabet[rand.IntN(len(queryAlphabet))]
	}
	return string(code[:])
}

func (f *Filling) documentNumber(b *Batch, s *Stencil, d document, number string, move stencil.Move) string {
	year := workday.DateOf(move.Time(d.made), clock.Beijing).Year()
	if d.tail != "" {
		return d.prefix + "〔" + strconv.Itoa(year) + "〕" + strings.Replace(d.tail, s.words[wordNumber], number, 1)
	}
	key := documentSeries{d.agency, year, d.kind}
	f.last[key]++
	b.last[key] = f.last[key]
	return d.prefix + "〔" + strconv.Itoa(year) + "〕" + strconv.Itoa(f.last[key]) + "号"
}
