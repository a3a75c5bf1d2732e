package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"time"

	"yimen/city/living"
	cityorg "yimen/city/org"
	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/load"
	"yimen/internal/org"
	"yimen/workday"
)

// A year as it was published (2019), by who received the cases: the city's
// centre, the halls of ten counties, and of one county the towns and villages.
const (
	yearCases   = 230_127
	centreCases = 144_346
	countyCases = 85_781 // with the two below
	ownCases    = 43_000 // of the hall of the county that is shown whole
	townCases   = 8_300  // of its towns and villages
	ownCounty   = "440232"
)

// fillBatch cases are written in one transaction.
const fillBatch = 4000

// mostStencils is how many cases are made through the verbs, of which the
// others are made.
const mostStencils = 800

// FillOptions are what a filling is asked for.
type FillOptions struct {
	Cases int // until there are so many
	Seed  uint64
	Out   io.Writer // progress
	Live  bool      // Out can be written over
	Raw   bool      // measure the database alone too
}

// Filled is what came of it.
type Filled struct {
	Cases, Rows   int // made now
	Seconds       float64
	CaseSeconds   float64 // of Seconds, for what is made through the verbs first
	RawPerSecond  float64 // rows as long into a table without an index; 0: not measured
	Stored        int     // afterwards
	Differences   []string
	CasesLookedAt int
}

// Fill makes settled cases until there are so many, spread over the years
// before now as the published year is over places. It writes to the database
// directly: no client could ask for a million cases in minutes. What is there
// is whole after each transaction, so that one that was interrupted is started
// again.
func (a *App) Fill(ctx context.Context, o FillOptions) (*Filled, error) {
	ctx = identity.With(ctx, identity.System("fill"))
	have, err := a.storedCases(ctx)
	if err != nil || have >= o.Cases {
		return &Filled{Stored: have}, err
	}
	f := &filler{App: a, o: o, begin: time.Now(), now: a.Clock.Now(), want: o.Cases - have, r: rand.New(rand.NewPCG(o.Seed, uint64(have)))}
	for _, step := range []func(context.Context) error{f.settle, f.write, f.finish} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return &f.result, nil
}

func (a *App) storedCases(ctx context.Context) (int, error) { return a.Cases.Count(ctx, cases.Query{}) }

// filler is a filling under way.
type filler struct {
	*App
	o       FillOptions
	begin   time.Time
	now     time.Time
	want    int
	r       *rand.Rand
	strata  []stratum
	filling *cases.Filling
	from    workday.Date
	bar     fillBar
	raw     *cases.Batch
	result  Filled
}

// stratum is the places of one kind, with how many of a year's cases they have.
type stratum struct {
	weight   int
	places   []living.Place
	stencils []*cases.Stencil
}

// settle makes the cases of which the others are made.
func (f *filler) settle(ctx context.Context) error {
	people, err := cityorg.People()
	if err != nil {
		return err
	}
	if err := f.choosePlaces(ctx); err != nil {
		return err
	}
	var all []living.Place
	total, done := 0, 0
	for _, s := range f.strata {
		for _, p := range s.places {
			all, total = append(all, p), total+p.N
		}
	}
	f.bar = fillBar{out: f.o.Out, live: f.o.Live, what: "through the verbs", total: total}
	var told past
	city := living.City{DB: f.DB, Org: f.Org, Identity: f.Identity, Catalogue: f.Catalogue, Workflow: f.Workflow, Cases: f.Cases, Store: f.Store}
	numbers, err := city.Settle(told.listen(ctx, f.Clock), f.now, all, people, func() { done++; f.bar.show(done) })
	f.bar.end()
	if err != nil {
		return err
	}
	f.from = workday.DateOf(f.now, clock.Beijing).Add(-max(365, f.want*365/yearCases))
	if err := f.DB.MakeYears(ctx, db.Years(sources), f.from.Year(), f.now.Year()); err != nil {
		return err
	}
	if f.filling, err = f.Cases.Fill(ctx, f.from); err != nil {
		return err
	}
	i := 0
	for s := range f.strata {
		for range f.strata[s].places {
			for _, number := range numbers[i] {
				x, err := f.filling.Stencil(ctx, number)
				if err != nil {
					return err
				}
				f.strata[s].stencils = append(f.strata[s].stencils, x)
			}
			i++
		}
	}
	f.want -= total
	f.result.Cases, f.result.CaseSeconds = total, time.Since(f.begin).Seconds()
	return nil
}

// choosePlaces shares what is to be made through the verbs among the outlets:
// at least one in each kind of place, more where more comes in.
func (f *filler) choosePlaces(ctx context.Context) error {
	outlets, err := f.Org.Outlets(ctx)
	if err != nil {
		return err
	}
	const centre, own, towns, villages, others = 0, 1, 2, 3, 4
	f.strata = []stratum{{weight: centreCases}, {weight: ownCases}, {weight: townCases * 2 / 3}, {weight: townCases / 3},
		{weight: countyCases - ownCases - townCases}}
	for _, o := range outlets {
		mine, kind := strings.HasPrefix(o.Division, ownCounty), -1
		switch {
		case o.Kind == org.Centre:
			kind = centre
		case o.Kind == org.Hall && mine:
			kind = own
		case o.Kind == org.Hall:
			kind = others
		case o.Kind == org.TownOutlet && mine:
			kind = towns
		case o.Kind == org.VillagePoint && mine:
			kind = villages
		}
		if kind >= 0 {
			f.strata[kind].places = append(f.strata[kind].places, living.Place{Division: o.Division, Outlet: o.Code})
		}
	}
	most := min(mostStencils, max(len(f.strata), f.want/10))
	if f.want < most {
		most = f.want
	}
	for i, share := range []int{35, 20, 15, 10, 20} {
		s := &f.strata[i]
		if len(s.places) == 0 {
			return errors.New("this is not the sample city: a kind of outlet is missing")
		}
		n := max(1, most*share/100)
		f.r.Shuffle(len(s.places), func(a, b int) { s.places[a], s.places[b] = s.places[b], s.places[a] })
		s.places = s.places[:min(n, len(s.places))]
		for k := range n {
			s.places[k%len(s.places)].N++
		}
	}
	return nil
}

// draw chooses what is made next, in the proportions of the published year.
func (f *filler) draw() *cases.Stencil {
	n := f.r.IntN(yearCases)
	for _, s := range f.strata {
		if n -= s.weight; n < 0 {
			return s.stencils[f.r.IntN(len(s.stencils))]
		}
	}
	last := f.strata[len(f.strata)-1].stencils
	return last[f.r.IntN(len(last))]
}

// write makes the cases, from the oldest on, while earlier ones are written.
func (f *filler) write(ctx context.Context) error {
	writers := 1
	if f.DB.Engine() == db.Postgres {
		writers = 2
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	full, written := make(chan *cases.Batch), make(chan *cases.Batch)
	for range writers {
		go func() {
			for b := range full {
				if err := f.filling.Write(ctx, b); err != nil {
					stop(err)
				}
				written <- b
			}
		}()
	}
	f.bar = fillBar{out: f.o.Out, live: f.o.Live, what: "written", total: f.want, begin: time.Now()}
	under, done := 0, 0
	note := func(b *cases.Batch) {
		under--
		done += b.Cases
		f.result.Rows += b.Rows()
		if f.raw == nil {
			f.raw = b
		}
		f.bar.show(done)
	}
	for made := 0; made < f.want && ctx.Err() == nil; {
		b := f.batch(&made)
		for sent := false; !sent; {
			select {
			case full <- b:
				under++
				sent = true
			case x := <-written:
				note(x)
			}
		}
	}
	close(full)
	for under > 0 {
		note(<-written)
	}
	f.bar.end()
	f.result.Cases += done
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	return nil
}

// batch makes the next cases; made counts on.
func (f *filler) batch(made *int) *cases.Batch {
	b := f.filling.NewBatch()
	today := workday.DateOf(f.now, clock.Beijing)
	for b.Cases < fillBatch && *made < f.want {
		s := f.draw()
		latest := s.Latest(today)
		on := s.Workday(f.from.Add(int(int64(latest.Sub(f.from)) * int64(*made) / int64(f.want))))
		var born workday.Date
		if !s.Birth.IsZero() {
			born = s.Birth.Add(on.Sub(s.Begins()) + f.r.IntN(361) - 180)
		}
		f.filling.Add(b, s, on, living.Invent(s.Type, born, s.IDNo, f.r), f.now)
		*made++
	}
	return b
}

// finish sums up, lets the database learn of its tables, and looks whether
// everything fits.
func (f *filler) finish(ctx context.Context) error {
	if err := f.Cases.CompactTally(ctx); err != nil {
		return err
	}
	if f.DB.Engine() == db.Postgres { // the tables of years as wholes too; SQLite needs none of it, see db.Learn
		if _, err := f.DB.SQL().ExecContext(ctx, "ANALYZE"); err != nil {
			return err
		}
	}
	err := f.Audit.Write(ctx, audit.Entry{Actor: "system:fill", ActorName: "样例填充", Action: "case.fill", Object: "case",
		Result: "ok", Detail: fmt.Sprintf("cases=%d", f.result.Cases)})
	if err != nil {
		return err
	}
	f.result.Seconds = time.Since(f.begin).Seconds()
	if f.o.Raw && f.raw != nil {
		if f.result.RawPerSecond, err = load.MeasureRows(ctx, f.DB, f.raw.Rows(), f.raw.Bytes()/f.raw.Rows()); err != nil {
			return err
		}
	}
	return f.check(ctx)
}

// checked is how many cases are read through the modules at the end.
const checked = 200

// check compares the counters with the cases, and reads some of all as
// whoever opens their page would.
func (f *filler) check(ctx context.Context) error {
	stored, wrong, err := f.Cases.CheckCounts(ctx)
	if err != nil {
		return err
	}
	f.result.Stored = stored
	for _, d := range wrong {
		f.result.Differences = append(f.result.Differences, fmt.Sprintf("%s: %d stored, %d counted", d.What, d.Stored, d.Tallied))
	}
	numbers, err := f.Cases.Some(ctx, f.from.Time(clock.Beijing), f.now, checked)
	if err != nil {
		return err
	}
	for _, number := range numbers {
		if err := f.readCase(ctx, number); err != nil {
			f.result.Differences = append(f.result.Differences, err.Error())
		}
	}
	f.result.CasesLookedAt = len(numbers)
	return nil
}

func (f *filler) readCase(ctx context.Context, number string) error {
	c, err := f.Cases.Find(ctx, number)
	if err != nil {
		return err
	}
	if err := f.Cases.CheckCase(ctx, number); err != nil {
		return err
	}
	if c.Content.Instance == "" {
		return nil
	}
	in, err := f.Workflow.Instance(ctx, number)
	if err != nil {
		return fmt.Errorf("case %s: %w", number, err)
	}
	if in.ID != c.Content.Instance {
		return fmt.Errorf("case %s: its process is %s, not %s", number, in.ID, c.Content.Instance)
	}
	return nil
}
