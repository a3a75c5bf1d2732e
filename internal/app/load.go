package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"runtime/debug"
	"runtime/pprof"
	"time"

	"yimen/city/living"
	cityorg "yimen/city/org"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/config"
	"yimen/internal/kit/db"
	"yimen/internal/kit/sealed"
	"yimen/internal/kit/web"
	"yimen/internal/load"
	"yimen/workday"
)

type loadCmd struct {
	URL        string        `help:"Address of a running sample city (yimen demo). Default: start one." placeholder:"URL" name:"url"`
	Profile    string        `help:"What is played: hour, day, year, rush or read." enum:"hour,day,year,rush,read" default:"day"`
	Cases      int           `help:"How many cases (visits, for read). Default: the profile's, 230,127 for a year." default:"0"`
	Clients    int           `help:"Requests at the same time. Default: the profile's." default:"0"`
	Speed      float64       `help:"How often faster than life people come and think (hour, day). Default: the profile's." default:"0"`
	Seed       uint64        `help:"The same seed plays the same cases." default:"1"`
	Patience   time.Duration `help:"How long a request is sent again while nobody answers or the server says that it cannot just now. Default: six times, some seconds." default:"0"`
	JSON       string        `help:"Also write the result to this file as JSON." placeholder:"FILE" name:"json"`
	HTML       string        `help:"Also write the result to this file as a page with charts." placeholder:"FILE" name:"html"`
	Database   config.Secret `help:"Where the city it starts is kept: sqlite:PATH or postgres://…, empty, or with --data an earlier sample city. Default: in the data folder." placeholder:"URL"`
	Sample     int           `help:"Sample cases that the city it starts begins with." default:"200"`
	Workers    int           `help:"Background jobs at the same time, of the city it starts." default:"8"`
	MaxConns   int           `help:"PostgreSQL connections, of the city it starts." default:"24"`
	Fill       int           `help:"Play nothing, but make settled cases until there are so many: directly in the database of a sample city that nobody is using, not over HTTP. Made on the first start, then kept." placeholder:"CASES"`
	Data       string        `help:"Data folder of the city it starts (its key, its files), as for yimen demo, kept. Default: a temporary one, with --fill data." placeholder:"DIR"`
	CPUProfile string        `help:"Write a CPU profile of the run (server and clients) to this file." placeholder:"FILE" name:"cpu-profile"`
}

// Run plays the profile and prints what it found; a difference found by the
// audit is an error.
func (c loadCmd) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	if c.Fill > 0 {
		return c.fill(ctx, out, log)
	}
	people, err := SampleCity()
	if err != nil {
		return err
	}
	o := load.Options{URL: c.URL, Profile: c.Profile, Cases: c.Cases, Clients: c.Clients, Speed: c.Speed, Seed: c.Seed, Patience: c.Patience, City: people,
		Progress: os.Stderr, Live: terminal(os.Stderr)}
	if c.URL == "" {
		stop, err := c.startCity(ctx, &o, log)
		if err != nil {
			return err
		}
		defer func() {
			if err := stop(); err != nil {
				log.Error("stop the city", "error", err)
			}
		}()
	}
	result, err := c.profiled(func() (*load.Result, error) { return load.Run(ctx, o) })
	if err != nil {
		return err
	}
	result.Print(out)
	if err := c.write(result); err != nil {
		return err
	}
	if n := result.Audit.Differences; n > 0 {
		return fmt.Errorf("the audit found %d differences", n)
	}
	return nil
}

// profiled runs fn and writes where the processor's time went, if asked to.
func (c loadCmd) profiled(fn func() (*load.Result, error)) (*load.Result, error) {
	if c.CPUProfile == "" {
		return fn()
	}
	f, err := os.Create(c.CPUProfile)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	result, err := fn()
	pprof.StopCPUProfile()
	return result, errors.Join(err, f.Close())
}

func (c loadCmd) write(result *load.Result) error {
	if c.JSON != "" {
		raw, err := json.MarshalIndent(result, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(c.JSON, append(raw, '\n'), 0o644); err != nil {
			return err
		}
	}
	if c.HTML == "" {
		return nil
	}
	f, err := os.Create(c.HTML)
	if err != nil {
		return err
	}
	return errors.Join(result.Chart(f), f.Close())
}

// startCity starts a sample city on a free port, and gives what stops it. It
// goes on while an interrupted run is summed up.
func (c loadCmd) startCity(ctx context.Context, o *load.Options, log *slog.Logger) (stop func() error, err error) {
	dir, remove, err := c.folder()
	if err != nil {
		return nil, err
	}
	if !log.Enabled(ctx, slog.LevelDebug) { // what a busy server says of itself would run through the bar
		log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	}
	set, err := storage{Data: dir, Database: c.Database, MaxConns: c.MaxConns}.settings(log)
	if err != nil {
		return nil, errors.Join(err, remove())
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, remove())
	}
	set.Demo, set.MakeKey, set.Workers, set.BaseURL = true, true, c.Workers, "http://"+listener.Addr().String()
	set.FewSeals = true // making all of them, a minute of work, is no part of what is measured
	o.URL = set.BaseURL
	if o.Raw, err = load.MeasureRaw(ctx, set.Database, cmp.Or(o.Clients, 32)); err != nil {
		return nil, errors.Join(err, listener.Close(), remove())
	}
	a, err := Open(ctx, set)
	if err != nil {
		return nil, errors.Join(err, listener.Close(), remove())
	}
	o.Database = string(a.DB.Engine())
	o.Waiting = a.Queue.Backlog
	if err := a.prepareLoad(ctx, c.Sample); err != nil {
		return nil, errors.Join(err, a.Close(), listener.Close(), remove())
	}
	serving, end := context.WithCancel(context.WithoutCancel(ctx))
	if err := a.Queue.Start(serving); err != nil {
		end()
		return nil, errors.Join(err, a.Close(), listener.Close(), remove())
	}
	ended := make(chan error, 1)
	go func() {
		ended <- web.Serve(serving, web.Server(listener.Addr().String(), a.Router), listener, 10*time.Second)
	}()
	return func() error {
		end()
		err := <-ended
		patience, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		return errors.Join(err, a.Queue.Stop(patience), a.Close(), remove())
	}, nil
}

// folder is the data folder of the city that is started, and what clears it
// away if it is a temporary one.
func (c loadCmd) folder() (dir string, remove func() error, err error) {
	if c.Data != "" {
		return c.Data, func() error { return nil }, nil
	}
	dir, err = os.MkdirTemp("", "yimen-load-")
	return dir, func() error { return os.RemoveAll(dir) }, err
}

// fill makes settled cases in the sample city in the data folder, or in the
// database given.
func (c loadCmd) fill(ctx context.Context, out io.Writer, log *slog.Logger) error {
	if c.URL != "" {
		return errors.New("--fill writes to the database directly: give --data or --database, not --url")
	}
	set, err := storage{Data: cmp.Or(c.Data, "data"), Database: c.Database, MaxConns: c.MaxConns}.settings(log)
	if err != nil {
		return err
	}
	set.Demo, set.MakeKey = true, true
	a, err := Open(ctx, set)
	if err != nil {
		return err
	}
	err = a.prepareLoad(ctx, min(c.Sample, c.Fill))
	var result *Filled
	if err == nil {
		defer debug.SetGCPercent(debug.SetGCPercent(300))
		_, err = c.profiled(func() (*load.Result, error) {
			var err error
			result, err = a.Fill(ctx, FillOptions{Cases: c.Fill, Seed: c.Seed, Out: os.Stderr, Live: terminal(os.Stderr), Raw: true})
			return nil, err
		})
	}
	if err = errors.Join(err, a.Close()); err != nil {
		return err
	}
	result.Print(out)
	if n := len(result.Differences); n > 0 {
		return fmt.Errorf("the audit found %d differences", n)
	}
	return nil
}

// prepareLoad makes the sample city, and refuses a database that holds another:
// the load would write into it.
func (a *App) prepareLoad(ctx context.Context, n int) error {
	if err := a.Migrate(ctx); err != nil {
		if errors.Is(err, sealed.ErrOtherRoot) {
			err = fmt.Errorf("%w: give --data the folder of the city that this database holds", err)
		}
		return err
	}
	items, _, err := a.Catalogue.Search(ctx, catalogue.Query{}, db.Page{Limit: 1})
	if err != nil {
		return err
	}
	if len(items) > 0 {
		if _, err := a.Identity.Actor(ctx, "citizen-1"); errors.Is(err, identity.ErrAccountUnknown) {
			return errors.New("this database holds a city that is no sample; the load would fill it with invented cases")
		}
		return nil
	}
	return a.prepareDemo(ctx, n, os.Stderr)
}

// SampleCity is who lives and works in the sample city.
func SampleCity() (load.City, error) {
	var c load.City
	people, err := cityorg.People()
	if err != nil {
		return c, err
	}
	for _, p := range people {
		level := identity.LevelNone
		for _, proof := range p.Proofs {
			level = max(level, proof.Level)
		}
		c.People = append(c.People, load.Person{Level: int(level), Account: p.Name, Enterprise: p.Kind == identity.KindEnterprise, Name: p.DisplayName,
			IDType: p.IDType, IDNo: p.IDNo, Phone: p.Phone, Division: p.Division, Address: p.Address, Legal: p.LegalName})
	}
	rows, err := cityorg.Rows()
	if err != nil {
		return c, err
	}
	for _, s := range rows.Staff {
		c.Staff = append(c.Staff, load.Staff{Account: s.ID, Outlet: s.Outlet, Agency: s.Agency, Manager: s.Post == "centre_manager"})
	}
	legal := people[0].IDNo // of every company's representative, as in the sample's own cases
	c.Form = func(schema json.RawMessage) (load.Form, error) {
		f, err := living.ReadForm(schema)
		return sampleForm{f, legal}, err
	}
	return c, nil
}

// sampleForm lets the clients fill in forms as the sample city's people do.
type sampleForm struct {
	form  living.Form
	legal string
}

// Fill is load.Form's.
func (f sampleForm) Fill(p load.Person, division string, defaults map[string]any, today workday.Date, r *rand.Rand) (json.RawMessage, error) {
	who := living.Person{Name: cmp.Or(p.Legal, p.Name), IDNo: p.IDNo, Phone: p.Phone, Division: division, Address: p.Address}
	if p.Enterprise {
		who.Company, who.USCC, who.IDNo = p.Name, p.IDNo, f.legal
	}
	return f.form.Fill(who, defaults, today, r)
}

// terminal tells whether a line written to f can be written over.
func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
