package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"yimen/internal/app"
	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/events"
	"yimen/internal/workflow"
)

const (
	writers   = 64
	approvers = 16
	wanted    = 500 // cases a second
)

// writer is the program in this process, without its web server and its jobs.
type writer struct {
	app  *app.App
	subs []submission
}

// submission is a sample case, to be handed in again.
type submission struct {
	s   cases.Submission
	ctx context.Context // of the clerk
}

func (c *city) open(ctx context.Context) (*app.App, error) {
	a, err := app.Open(ctx, app.Settings{Database: c.dsn, Files: "file://" + filepath.ToSlash(filepath.Join(c.dir, "files")),
		FilesKey: filepath.Join(c.dir, "files.key"), Demo: true, BaseURL: "http://127.0.0.1",
		Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	// Every case has a job, whether or not this release has a listener.
	events.Later(a.Bus, "bench", func(context.Context, cases.Submitted) error { return nil })
	return a, nil
}

// fill makes settled cases until there are enough.
func (c *city) fill(ctx context.Context) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	// What the program does by itself, before.
	ctx = identity.With(ctx, identity.System("bench"))
	for _, sweep := range []func(context.Context) error{
		func(ctx context.Context) error { return a.Queue.Drain(ctx) },
		a.Cases.DeemAccepted, a.Cases.TerminateUncorrected, a.Cases.ArchiveClosed, a.Workflow.CheckOverdue,
	} {
		if err := sweep(ctx); err != nil {
			return err
		}
	}
	made, err := a.Fill(ctx, app.FillOptions{Cases: c.cases, Seed: 1, Out: os.Stderr, Raw: true})
	if err != nil {
		return err
	}
	if len(made.Differences) > 0 {
		return fmt.Errorf("fill: %s", made.Differences[0])
	}
	c.stored = made.Stored
	perSecond := float64(made.Rows) / (made.Seconds - made.CaseSeconds)
	c.report.add(figure{What: "cases stored for what follows", Measured: fmt.Sprintf("%d, made in %.0f s", c.stored, made.Seconds),
		Value: perSecond, Unit: "rows/s", Raw: made.RawPerSecond, RawText: fmt.Sprintf("%.0f rows/s without an index", made.RawPerSecond)})
	return nil
}

// writes measures what is written, in this process.
func (c *city) writes(ctx context.Context) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := c.sessions(ctx, a); err != nil {
		return err
	}
	if err := c.machines(ctx, a); err != nil {
		return err
	}
	if err := c.issuing(ctx, a); err != nil {
		return err
	}
	if err := c.licences(ctx, a); err != nil {
		return err
	}
	w := &writer{app: a}
	if err := c.lists(ctx, w); err != nil {
		return err
	}
	if err := w.collect(ctx); err != nil {
		return err
	}
	if err := c.submits(ctx, w); err != nil {
		return err
	}
	return c.steps(ctx, w)
}

// collect makes submissions of sample cases that clerks have filed on paper.
func (w *writer) collect(ctx context.Context) error {
	system := identity.With(ctx, identity.System("bench"))
	var numbers []string
	err := w.app.DB.Conn(ctx).Select(ctx, &numbers, `SELECT number FROM cases_case x WHERE sample = $1 AND channel = 'window'
		AND NOT EXISTS (SELECT 1 FROM cases_material m WHERE m.case_id = x.id AND m.way NOT IN ('paper', 'promise')) ORDER BY id LIMIT 300`, true)
	if err != nil {
		return err
	}
	for _, number := range numbers {
		c, err := w.app.Cases.Find(system, number)
		if err != nil {
			return err
		}
		actor, err := w.app.Identity.Actor(ctx, "clerk-"+c.Receiving.Code)
		if err != nil {
			return err
		}
		s := cases.Submission{Item: c.Item, Division: c.Division, Outlet: c.Receiving.Code, Channel: c.Channel, Applicant: c.Applicant,
			Answers: c.Content.Answers, Form: append(json.RawMessage(nil), c.Content.Form...), Deliver: c.Deliver}
		if c.Deliver == cases.DeliverPost {
			s.DeliverTo = c.DeliverTo.Address
		}
		for _, m := range c.Content.Materials {
			s.Materials = append(s.Materials, cases.Handed{ID: m.ID, Paper: m.Way == "paper", Promise: m.Way == "promise"})
		}
		w.subs = append(w.subs, submission{s, identity.With(ctx, actor)})
	}
	if len(w.subs) == 0 {
		return fmt.Errorf("no sample case was filed on paper")
	}
	return nil
}

// submits measures how fast cases are filed: at once, then at the rate that is
// asked for.
func (c *city) submits(ctx context.Context, w *writer) error {
	var numbers sync.Map
	submit := func(_ context.Context, _, i int) error {
		x := w.subs[i%len(w.subs)]
		made, err := w.app.Cases.Submit(x.ctx, x.s)
		if err != nil {
			return err
		}
		if _, twice := numbers.LoadOrStore(made.Number, true); twice {
			return fmt.Errorf("number %s was given twice", made.Number)
		}
		return nil
	}
	for i := range w.subs { // what is read once is not measured
		if err := submit(ctx, 0, i); err != nil {
			return err
		}
		if i == 50 {
			break
		}
	}
	raw, err := c.rawWrites(ctx, w)
	if err != nil {
		return err
	}
	budget := fmt.Sprintf("≥ %d/s on PostgreSQL", wanted)
	fast := together(ctx, writers, c.keep, submit)
	c.report.add(figure{What: "case filed durably, 64 writers", Budget: budget, Measured: fast.latencies(), Value: fast.perSecond(),
		Unit: "cases/s", Raw: raw.perSecond(), RawText: fmt.Sprintf("%.0f transactions/s", raw.perSecond())})
	steady := paced(ctx, writers, c.keep, wanted, submit)
	c.report.add(figure{What: fmt.Sprintf("the same, %d a second come in", wanted), Budget: "p95 ≤ 50 ms", Measured: steady.latencies(),
		Value: steady.perSecond(), Unit: "cases/s"})
	return nil
}

// steps measures how fast steps of workflows are completed.
func (c *city) steps(ctx context.Context, w *writer) error {
	const length = 40
	def := workflow.Definition{Name: "长流程"}
	for i := range length {
		n := workflow.Node{ID: fmt.Sprintf("s%d", i), Kind: workflow.Step, Name: fmt.Sprintf("第%d步", i+1), Agency: "competent", Role: workflow.RoleReview, Limit: 2}
		if i == length-1 {
			n.Role, n.Decision = workflow.RoleDecide, true
		}
		def.Nodes = append(def.Nodes, n)
	}
	ctx = identity.With(ctx, identity.System("bench"))
	begin := func(subject string) error {
		_, err := w.app.Workflow.Start(ctx, workflow.Start{Subject: subject, Title: "负载测试", Item: "SG00000", Definition: def,
			Places: map[string]string{"competent": "440232-d11"}, Division: "440232000000", Level: 4})
		return err
	}
	subjects, rounds := make([]string, approvers), make([]int, approvers)
	for i := range subjects {
		subjects[i] = fmt.Sprintf("bench-%s-%d-0", c.engine, i)
		if err := begin(subjects[i]); err != nil {
			return err
		}
	}
	raw, err := c.rawSteps(ctx, w)
	if err != nil {
		return err
	}
	l := together(ctx, approvers, c.keep, func(_ context.Context, worker, _ int) error {
		var task []string
		err := w.app.DB.Conn(ctx).Select(ctx, &task, `SELECT id FROM workflow_task WHERE subject = $1 AND state = 'open'`, subjects[worker])
		if err != nil {
			return err
		}
		if len(task) == 0 { // that one is through
			rounds[worker]++
			subjects[worker] = fmt.Sprintf("bench-%s-%d-%d", c.engine, worker, rounds[worker])
			return begin(subjects[worker])
		}
		return w.app.Workflow.Approve(ctx, task[0], workflow.Act{Opinion: "同意"})
	})
	c.report.add(figure{What: "workflow step completed, 16 at once", Budget: "≥ 1,000/s on PostgreSQL", Measured: l.latencies(),
		Value: l.perSecond(), Unit: "steps/s", Raw: raw.perSecond(), RawText: fmt.Sprintf("%.0f transactions/s", raw.perSecond())})
	return nil
}
