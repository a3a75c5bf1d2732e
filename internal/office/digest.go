package office

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/messages"
	"yimen/internal/org"
	"yimen/internal/workflow"
	"yimen/workday"
)

// digestAt is when, on a working day in Beijing, the digest is sent.
const digestAt = 8*time.Hour + 30*time.Minute

// digestNotice is what the morning's message says.
var digestNotice = messages.Define(messages.Template{
	Key: "office.digest", Name: "每日待办摘要", Audience: messages.Staff,
	Vars: []messages.Var{
		{Name: "overdue", Label: "超期件数", Sample: "2", Must: true}, {Name: "today", Label: "今天到期件数", Sample: "5", Must: true},
		{Name: "new", Label: "新到件数", Sample: "12"}, {Name: "waiting", Label: "等待他人件数", Sample: "3"},
	},
	Words: messages.Words{
		Title: "今日待办：超期{overdue}件，今天到期{today}件",
		Text:  "已超期{overdue}件，今天到期{today}件，上个工作日以来新到{new}件，等待他人{waiting}件。点开可以逐件办理。",
		SMS:   "今日待办：超期{overdue}件，今天到期{today}件，新到{new}件。", SMSOn: false,
		Subject: "今日待办：超期{overdue}件，今天到期{today}件", MailOn: false,
	},
})

// digest is what somebody has before them this morning: what is in their name,
// and what waits to be taken in their agency.
type digest struct {
	Overdue, Today, New, Waiting, Covered []workflow.Task
	// Numbers of all, where the lists show the first.
	OverdueN, TodayN, NewN, WaitingN, CoveredN int
	Free, FreeOverdue                          int // in nobody's name
}

// none says that there is nothing to tell.
func (d digest) none() bool {
	return d.OverdueN+d.TodayN+d.NewN+d.WaitingN+d.CoveredN+d.FreeOverdue == 0
}

// listed is how many tasks of each kind are listed.
const listed = 10

// digestOf gathers the digest of the actor of ctx.
func (m *Module) digestOf(ctx context.Context) (digest, error) {
	var d digest
	today := m.today(ctx)
	from := m.Org.Calendar(ctx, "").AddWorkdays(today, -1)
	for _, part := range []struct {
		list *[]workflow.Task
		n    *int
		q    workflow.Query
	}{
		{&d.Overdue, &d.OverdueN, workflow.Query{Mine: true, Light: workflow.LightOverdue}},
		{&d.Today, &d.TodayN, workflow.Query{Mine: true, DueOn: today}},
		{&d.New, &d.NewN, workflow.Query{Mine: true, From: from}},
		{&d.Covered, &d.CoveredN, workflow.Query{Covering: true}},
	} {
		c, err := m.Workflow.Counts(ctx, part.q)
		if err != nil {
			return d, err
		}
		if *part.n = c.Open; c.Open == 0 {
			continue
		}
		if *part.list, _, err = m.Workflow.Tasks(ctx, part.q, db.Page{Limit: listed}); err != nil {
			return d, err
		}
	}
	var err error
	d.Waiting, _, err = m.Workflow.Tasks(ctx, workflow.Query{Mine: true, State: workflow.Waiting}, db.Page{Limit: db.MaxLimit})
	if err != nil {
		return d, err
	}
	if d.WaitingN = len(d.Waiting); d.WaitingN > listed {
		d.Waiting = d.Waiting[:listed]
	}
	c, err := m.Workflow.Counts(ctx, workflow.Query{Free: true})
	d.Free, d.FreeOverdue = c.Open, c.Overdue
	return d, err
}

// digestPage is today's digest and whether one comes every morning.
type digestPage struct {
	digest
	today  workday.Date
	days   workdays
	briefs map[string]cases.Brief
	prefer preference
}

func (m *Module) showDigest(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p := digestPage{today: m.today(ctx), days: m.workdays(ctx, "")}
	var err error
	if p.digest, err = m.digestOf(ctx); err != nil {
		return err
	}
	var numbers []string
	for _, list := range [][]workflow.Task{p.Overdue, p.Today, p.New, p.Waiting, p.Covered} {
		numbers = append(numbers, numbersOf(list)...)
	}
	if p.briefs, err = m.Cases.Briefs(ctx, numbers); err != nil {
		return err
	}
	if p.prefer, err = m.preference(ctx); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, digestView(p))
}

func (m *Module) setDigest(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if err := m.prefer(r.Context(), func(p *preference) { p.Digest = form.Value("digest") != "" }); err != nil {
		return err
	}
	web.Flash(r, "success", "已保存。")
	return web.Redirect(w, r, "/office/digest")
}

// sendDigests sends the digest of a working day from half past eight, once to
// everybody who does tasks, has some, and wants it: a periodic job.
func (m *Module) sendDigests(ctx context.Context) error {
	now := m.now(ctx).In(clock.Beijing)
	today := m.today(ctx)
	since := now.Sub(today.Time(clock.Beijing))
	if !m.Org.Calendar(ctx, "").IsWorkday(today) || since < digestAt || since > digestAt+10*time.Hour {
		return nil
	}
	ctx = identity.With(ctx, identity.System("office"))
	agencies, err := m.Workflow.Busy(ctx)
	if err != nil {
		return err
	}
	for _, agency := range agencies {
		if err := m.sendDigestsIn(ctx, agency, today); err != nil {
			return fmt.Errorf("daily digest of %s: %w", agency, err)
		}
	}
	return nil
}

func (m *Module) sendDigestsIn(ctx context.Context, agency string, today workday.Date) error {
	members, err := m.membersOf(ctx, agency)
	if err != nil {
		return err
	}
	away, err := m.awayOf(ctx, agency)
	if err != nil {
		return err
	}
	for _, x := range members {
		if away[x.Staff] {
			continue
		}
		if err := m.sendDigest(ctx, x.ID, today); err != nil {
			return err
		}
	}
	return nil
}

// sendDigest sends one digest; the row that says so is part of the transaction,
// so that it is sent once.
func (m *Module) sendDigest(ctx context.Context, account string, today workday.Date) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		n, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO office_digest (account, day, sent_at) VALUES ($1, $2, $3)
			ON CONFLICT (account, day) DO NOTHING`, account, today, m.now(ctx))
		if err != nil || n == 0 {
			return err
		}
		actor, err := m.Identity.Actor(ctx, account)
		if err != nil {
			return nil // closed meanwhile: nobody to tell
		}
		own := identity.With(ctx, actor)
		p, err := m.preference(own)
		if err != nil || !p.Digest {
			return err
		}
		d, err := m.digestOf(own)
		if err != nil || d.none() {
			return err
		}
		return m.Messages.Send(ctx, messages.Notice{To: account, Template: digestNotice.Key, Link: "/office/digest",
			Division: actor.Division, Key: "office.digest:" + account + ":" + today.String(),
			Vars: map[string]string{"overdue": itoa(d.OverdueN), "today": itoa(d.TodayN), "new": itoa(d.NewN), "waiting": itoa(d.WaitingN)}})
	})
}

// boardPage shows a chief how the agency stands.
type boardPage struct {
	agency  org.Agency
	counts  workflow.Counts
	items   []workflow.Group
	steps   []workflow.Group
	members []member
	days    []workflow.Day
	came    int // in the days shown
	done    int
	late    int
	spared  cases.Spared // this year, by electronic licences
}

// sparedText says what nobody had to bring.
func (p boardPage) sparedText() string {
	if p.spared.Materials == 0 {
		return "今年还没有申请用电子证照代替材料。"
	}
	return "今年有" + strconv.Itoa(p.spared.Materials) + "份材料用电子证照代替，申请人不用交（" + strconv.Itoa(p.spared.Cases) + "次申请或补交）。"
}

// boardDays is how far back the trend goes.
const boardDays = 30

func (m *Module) showBoard(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	team, err := m.openTeam(ctx)
	if err != nil {
		return err
	}
	p := boardPage{agency: team.agency, members: team.members}
	q := workflow.Query{Agency: p.agency.Code}
	if p.counts, err = m.Workflow.Counts(ctx, q); err != nil {
		return err
	}
	if p.items, err = m.Workflow.Groups(ctx, q, "item"); err != nil {
		return err
	}
	if p.steps, err = m.Workflow.Groups(ctx, q, "step"); err != nil {
		return err
	}
	if p.days, err = m.Workflow.Days(ctx, p.agency.Code, m.today(ctx).Add(1-boardDays)); err != nil {
		return err
	}
	for _, d := range p.days {
		p.came, p.done, p.late = p.came+d.Came, p.done+d.Done, p.late+d.Late
	}
	year := strconv.Itoa(m.today(ctx).Year())
	if p.spared, err = m.Cases.Spared(ctx, p.agency.Code, year+"-01", year+"-12"); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, boardView(p))
}
