package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

type options struct {
	clients int
	calm    time.Duration
	keep    bool
}

// event is something that happens to the cluster while people work with it.
type event struct {
	name string
	do   func() error
	over func() error // nil once the cluster is whole again, apart from what was killed
}

// play runs the load and the events beside it, and audits.
func (c *cluster) play(o options) error {
	watching, stopWatching := context.WithCancel(c.ctx)
	defer stopWatching()
	probes := c.probes()
	var group sync.WaitGroup
	for _, p := range probes {
		group.Go(func() { p.watch(watching) })
	}
	load, err := c.load(o)
	if err != nil {
		return err
	}
	for _, e := range c.events() {
		if err := c.pause(o.calm); err != nil {
			return err
		}
		select {
		case <-load.ended:
			return fmt.Errorf("the load has ended before its time: %v\n%s", load.err, load.tail(20))
		default:
		}
		if err := c.happen(e, probes, o.calm); err != nil {
			return err
		}
	}
	if err := c.pause(o.calm); err != nil {
		return err
	}
	stopWatching()
	group.Wait()
	return errors.Join(c.sumUp(load), c.quiet(), c.whole())
}

func (c *cluster) pause(d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-c.ctx.Done():
		return c.ctx.Err()
	}
}

// happen lets an event happen, waits until people are served again, and says
// what they saw.
func (c *cluster) happen(e event, probes []*probe, calm time.Duration) error {
	say("%s", e.name)
	from := time.Now()
	if err := e.do(); err != nil {
		return fmt.Errorf("%s: %w", e.name, err)
	}
	if e.over != nil {
		if err := c.until(e.name, 90*time.Second, e.over); err != nil {
			return err
		}
		say("  the cluster has settled")
	}
	settled := time.Now()
	if err := c.until("people are served again after: "+e.name, time.Minute, func() error {
		for _, p := range probes {
			if !p.good(settled) {
				return errors.New(p.name + " still fails")
			}
		}
		return nil
	}); err != nil {
		return err
	}
	if err := c.pause(calm / 2); err != nil { // what fails late belongs to it too
		return err
	}
	for _, p := range probes {
		say("  %-5s %s", p.name, p.outage(from, time.Now()))
	}
	return nil
}

// events are those of the rehearsal.
func (c *cluster) events() []event {
	var primary, standby *node
	find := func() (err error) {
		if primary, standby, err = c.roles(); err == nil && standby == nil {
			err = errors.New("there is no standby")
		}
		return err
	}
	victim := c.webs[1]
	return []event{
		{name: "a web process is killed", do: func() error { victim.kill(); return nil }},
		{name: "it is started again", do: func() error { return c.startWeb(victim) }},
		{name: "the primary is killed with its keeper", do: func() error {
			if err := find(); err != nil {
				return err
			}
			primary.crash()
			return nil
		}, over: func() error { return standby.is("primary") }},
		{name: "it comes back as standby", do: func() error {
			bin, err := postgresBin()
			if err != nil {
				return err
			}
			return primary.start(bin)
		}, over: func() error { return primary.is("sync") }},
		{name: "switched over by hand", do: func() error {
			if err := find(); err != nil {
				return err
			}
			// The keepers say 503 while their votes are slow; nothing has happened then.
			return c.until("the vote", 30*time.Second, func() error { return c.switchOver(primary, standby) })
		}, over: func() error { return errors.Join(standby.is("primary"), primary.is("sync")) }},
		{name: "the standby is killed", do: func() error {
			if err := find(); err != nil {
				return err
			}
			standby.crash()
			return nil
		}},
	}
}

// load plays a year's cases through the balancer, flat out, until it is told to
// stop; people send again what was not answered for two minutes.
func (c *cluster) load(o options) (*process, error) {
	return c.start("load", false, nil, filepath.Join(c.bin, "yimen"), "load", "--url", c.vars["SITE"], "--profile", "year",
		"--clients", fmt.Sprint(o.clients), "--cases", "200000", "--patience", "2m", "--json", filepath.Join(c.dir, "load.json"))
}

// sumUp ends the load, which audits, and prints what it found.
func (c *cluster) sumUp(load *process) error {
	say("the load ends, and compares what it was told with what is there")
	if err := syscall.Kill(load.cmd.Process.Pid, syscall.SIGINT); err != nil {
		return err
	}
	select {
	case <-load.ended:
	case <-time.After(3 * time.Minute):
		load.kill()
		return fmt.Errorf("the audit did not end\n%s", load.tail(20))
	}
	raw, err := os.ReadFile(filepath.Join(c.dir, "load.json"))
	if err != nil {
		return fmt.Errorf("%w: %v\n%s", err, load.err, load.tail(20))
	}
	var x struct {
		Closed int            `json:"cases_closed"`
		Begun  int            `json:"cases_begun"`
		Stuck  int            `json:"cases_stuck"`
		Asked  int            `json:"requests"`
		Errors map[string]int `json:"errors"`
		Notes  []string       `json:"notes"`
		Audit  struct {
			Checked     int      `json:"checked"`
			Differences int      `json:"differences"`
			Found       []string `json:"found"`
			InDoubt     int      `json:"in_doubt"`
		} `json:"audit"`
	}
	if err := json.Unmarshal(raw, &x); err != nil {
		return err
	}
	say("  %d requests answered; %d cases begun, %d ended, %d given up, %d with an answer in doubt", x.Asked, x.Begun, x.Closed, x.Stuck, x.Audit.InDoubt)
	for _, k := range slices.Sorted(maps.Keys(x.Errors)) {
		say("  %5d × %s", x.Errors[k], k)
	}
	for _, n := range x.Notes {
		say("  given up: %s", n)
	}
	say("  %d facts compared, %d differ", x.Audit.Checked, x.Audit.Differences)
	if x.Audit.Differences > 0 || x.Audit.Checked == 0 || load.err != nil {
		return fmt.Errorf("the audit of the load: %v\n%s\n%s", load.err, strings.Join(x.Audit.Found, "\n"), load.tail(10))
	}
	return nil
}

// quiet waits until the jobs are done, and looks for those that are not.
func (c *cluster) quiet() error {
	begin := time.Now()
	err := c.until("the jobs", 90*time.Second, func() error {
		n, err := c.sqlIn("yimen", "SELECT count(*) FROM river_job WHERE state IN ('available', 'retryable') AND kind NOT LIKE 'periodic:%'")
		if err == nil && n > 0 {
			err = fmt.Errorf("%d wait", n)
		}
		return err
	})
	if err != nil {
		return err
	}
	left, err := c.sqlIn("yimen", "SELECT count(*) FROM river_job WHERE state = 'running' AND attempted_at < now() - interval '1 minute'")
	if err != nil {
		return err
	}
	say("  jobs done after %.1f s more; %d were cut off while they ran and will be taken up again", time.Since(begin).Seconds(), left)
	return nil
}

// whole checks what the load cannot see: no number or key twice, the audit
// chain, and every file in the object store.
func (c *cluster) whole() error {
	twice, err := c.sqlIn("yimen", "SELECT (count(*) - count(DISTINCT number)) + (count(NULLIF(idempotency_key, '')) - count(DISTINCT NULLIF(idempotency_key, ''))) FROM cases_case")
	if err != nil {
		return err
	}
	if twice > 0 {
		return fmt.Errorf("%d numbers or keys of cases are there twice", twice)
	}
	settings := []string{"--config", filepath.Join(c.dir, "yimen.toml"), "--log", "warn"}
	for _, command := range [][]string{{"verify", "audit"}, {"backup", filepath.Join(c.dir, "backups")}} {
		out, err := c.run(c.s3Env(), filepath.Join(c.bin, "yimen"), append(slices.Clone(settings), command...)...)
		if err != nil {
			return err
		}
		say("  yimen %s: %s", command[0], strings.Split(strings.ReplaceAll(out, c.dir, ""), "\n")[0])
	}
	return nil
}
