package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"yimen/internal/kit/db"
)

// options are the flags.
type options struct {
	quick  bool
	cases  int
	engine string
	json   string
	binary string
	keep   time.Duration // how long each load is kept up
}

func main() {
	var o options
	flag.BoolVar(&o.quick, "quick", false, "10,000 cases, a second for each load")
	flag.IntVar(&o.cases, "cases", 230_000, "cases stored while reads are measured")
	flag.StringVar(&o.engine, "engine", "", "sqlite or postgres only")
	flag.StringVar(&o.json, "json", "", "also write the figures to this `file`")
	flag.StringVar(&o.binary, "binary", "", "measure this program instead of building one")
	flag.Parse()
	o.keep = 3 * time.Second
	if o.quick {
		o.keep, o.cases = time.Second, min(o.cases, 10_000)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := bench(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, o options) (err error) {
	start := time.Now()
	dir, err := os.MkdirTemp("", "yimen-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if o.binary == "" {
		if o.binary, err = build(ctx, dir); err != nil {
			return err
		}
	}
	r := &report{Machine: fmt.Sprintf("%d cores, %s/%s, %s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version()), Cases: o.cases}
	info, err := os.Stat(o.binary)
	if err != nil {
		return err
	}
	r.add(figure{What: "binary", Budget: "≤ 80 MB", Measured: fmt.Sprintf("%.0f MB", float64(info.Size())/1e6), Value: float64(info.Size()) / 1e6, Unit: "MB"})
	if err := faces(ctx, r); err != nil {
		return err
	}
	if err := documents(r); err != nil {
		return err
	}
	if err := seals(o.keep, r); err != nil {
		return err
	}
	if err := pictures(o.keep, r); err != nil {
		return err
	}
	if err := sealing(ctx, o.keep, r); err != nil {
		return err
	}
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		if o.engine != "" && o.engine != string(engine) {
			continue
		}
		if err := benchEngine(ctx, o, filepath.Join(dir, string(engine)), engine, r); err != nil {
			return fmt.Errorf("%s: %w", engine, err)
		}
	}
	r.Seconds = time.Since(start).Seconds()
	r.print(os.Stdout)
	if o.json == "" {
		return nil
	}
	return r.write(o.json)
}

// build makes the program as a release is made.
func build(ctx context.Context, dir string) (string, error) {
	progress("building the program")
	path := filepath.Join(dir, "yimen")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "./cmd/yimen")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return path, nil
}

func benchEngine(ctx context.Context, o options, dir string, engine db.Engine, r *report) error {
	dsn, drop, err := database(ctx, dir, engine)
	if err != nil {
		return err
	}
	defer drop()
	r.engine = string(engine)
	c := &city{options: o, dir: dir, dsn: dsn, engine: engine, report: r}
	for _, step := range []func(context.Context) error{c.starts, c.signIns, c.fill, c.reads, c.writes} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// city is one installation that is measured.
type city struct {
	options
	dir, dsn string
	engine   db.Engine
	report   *report
	stored   int // cases
}

// database gives an empty database, and what removes it.
func database(ctx context.Context, dir string, engine db.Engine) (dsn string, drop func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", nil, err
	}
	if engine == db.SQLite {
		return "sqlite:" + filepath.Join(dir, "yimen.db"), func() {}, nil
	}
	server := os.Getenv("YIMEN_TEST_POSTGRES")
	if server == "" {
		return "", nil, errors.New("YIMEN_TEST_POSTGRES is not set: run this under scripts/with-postgres")
	}
	admin, err := db.Open(ctx, server, db.Options{MaxConns: 2})
	if err != nil {
		return "", nil, err
	}
	name := fmt.Sprintf("yimen_bench_%d", os.Getpid())
	if _, err := admin.SQL().ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return "", nil, errors.Join(err, admin.Close())
	}
	base, query, _ := strings.Cut(server, "?")
	base = base[:strings.LastIndex(base, "/")+1] + name
	return base + "?" + query, func() {
		if _, err := admin.SQL().Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			progress("drop %s: %v", name, err)
		}
		admin.Close()
	}, nil
}

func progress(format string, args ...any) { fmt.Fprintf(os.Stderr, "bench: "+format+"\n", args...) }
