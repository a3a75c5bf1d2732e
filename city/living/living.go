package living

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/files"
	"yimen/internal/org"
	"yimen/internal/workflow"
	"yimen/workday"
)

// Workdays is how far back the history goes.
const Workdays = 60

// City is what the history is made with.
type City struct {
	DB        *db.DB
	Org       *org.Module
	Identity  *identity.Module
	Catalogue *catalogue.Module
	Workflow  *workflow.Module
	Cases     *cases.Module
	Store     *files.Store
}

// Live makes n cases, and some more that wait on the desks of a county, over the last working days before now, the same ones for
// the same day. Inside a transaction it makes all of them or none.
func (c City) Live(ctx context.Context, now time.Time, n int, people []identity.NewAccount) error {
	l := &life{
		City: c, now: now, clock: clock.NewFake(now), r: rand.New(rand.NewPCG(2019, 923)),
		actors: map[string]identity.Actor{}, scans: map[string]string{},
		fields: map[string][]catalogue.FormField{},
	}
	l.ctx = clock.With(ctx, l.clock)
	if err := l.prepare(people); err != nil {
		return err
	}
	for i := range n {
		if err := l.story(i); err != nil {
			return fmt.Errorf("sample case %d: %w", i, err)
		}
	}
	if err := l.drafts(min(n, 20)); err != nil {
		return err
	}
	return l.desks(n / 20)
}

// drafts are applications that people began and have not sent.
func (l *life) drafts(n int) error {
	for i := range n {
		who := l.people[(i*7+1)%len(l.people)]
		def := l.item()
		if !def.Serves(audienceOf(who)) || !def.Online {
			continue
		}
		l.clock.Set(l.now.Add(-time.Duration(1+l.r.IntN(60*24)) * time.Hour / 2))
		ctx, err := l.as(who.Name)
		if err != nil {
			return err
		}
		_, err = l.Cases.SaveDraft(ctx, cases.Submission{Item: def.Code, Division: who.Division, Channel: cases.ChannelWeb,
			Applicant: cases.Applicant{Type: audienceOf(who), Name: who.DisplayName, IDType: who.IDType, IDNo: who.IDNo, Phone: who.Phone}})
		if err != nil {
			return fmt.Errorf("sample draft %d: %w", i, err)
		}
	}
	return nil
}

// life is the making of one history.
type life struct {
	City
	ctx      context.Context
	now      time.Time
	clock    *clock.Fake
	r        *rand.Rand
	calendar *workday.Calendar
	days     []workday.Date // the working days of the history, oldest first
	people   []identity.NewAccount
	villages []org.Division
	items    []*catalogue.Definition
	weights  []int
	total    int

	actors map[string]identity.Actor
	scans  map[string]string                // account → id of its scanned paper
	fields map[string][]catalogue.FormField // of the form, by item
}

func (l *life) prepare(people []identity.NewAccount) error {
	l.people = people
	l.calendar = l.Org.Calendar(l.ctx, "")
	today := workday.DateOf(l.now, clock.Beijing)
	for d := today; len(l.days) < Workdays; d = d.Add(-1) {
		if l.calendar.IsWorkday(d) {
			l.days = append([]workday.Date{d}, l.days...)
		}
	}
	if err := l.loadVillages(); err != nil {
		return err
	}
	return l.loadItems()
}

func (l *life) loadVillages() error {
	outlets, err := l.Org.Outlets(l.ctx)
	if err != nil {
		return err
	}
	for _, o := range outlets {
		if o.Kind != org.VillagePoint {
			continue
		}
		d, err := l.Org.Division(l.ctx, o.Division)
		if err != nil {
			return err
		}
		l.villages = append(l.villages, d)
	}
	if len(l.villages) == 0 {
		return errors.New("the organisation has no village points")
	}
	return nil
}

// loadItems weighs the items: those of towns and villages are asked for most.
func (l *life) loadItems() error {
	page := db.Page{Limit: db.MaxLimit}
	for {
		list, next, err := l.Catalogue.Search(l.ctx, catalogue.Query{}, page)
		if err != nil {
			return err
		}
		for _, it := range list {
			v, err := l.Catalogue.Current(l.ctx, it.Code)
			if err != nil {
				return err
			}
			weight := 1
			if v.Definition.At(catalogue.LevelVillage) {
				weight = 8
			} else if v.Definition.At(catalogue.LevelTown) {
				weight = 4
			}
			l.items, l.weights = append(l.items, &v.Definition), append(l.weights, weight)
			l.total += weight
		}
		if next == "" {
			break
		}
		page.After = next
	}
	if len(l.items) == 0 {
		return errors.New("the catalogue has no items")
	}
	return nil
}

func (l *life) item() *catalogue.Definition {
	n := l.r.IntN(l.total)
	for i, w := range l.weights {
		if n -= w; n < 0 {
			return l.items[i]
		}
	}
	return l.items[0]
}

// as is the context of somebody's act.
func (l *life) as(account string) (context.Context, error) {
	a, ok := l.actors[account]
	if !ok {
		var err error
		if a, err = l.Identity.Actor(l.ctx, account); err != nil {
			return nil, fmt.Errorf("account %s: %w", account, err)
		}
		l.actors[account] = a
	}
	return identity.With(l.ctx, a), nil
}

// errLater tells that the rest of a story has not happened yet.
var errLater = errors.New("living: that is still to come")

// move sets the clock to a moment of the story; errLater when it lies ahead.
func (l *life) move(t time.Time) error {
	if t.After(l.now) {
		return errLater
	}
	l.clock.Set(t)
	return nil
}

// scan is the id of a page that the account has uploaded as its paper; one
// each, made on first use.
func (l *life) scan(ctx context.Context, account string) (string, error) {
	if id, ok := l.scans[account]; ok {
		return id, nil
	}
	f, err := l.Store.Save(ctx, "材料照片.png", "image/png", bytes.NewReader(paper()), account)
	if err != nil {
		return "", err
	}
	l.scans[account] = f.ID
	return f.ID, nil
}

// formFields are the fields of an item's form, read from its schema once.
func (l *life) formFields(def *catalogue.Definition) ([]catalogue.FormField, error) {
	if f, ok := l.fields[def.Code]; ok {
		return f, nil
	}
	f, err := catalogue.FormFields(def.Form)
	l.fields[def.Code] = f
	return f, err
}
