package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"yimen/internal/kit/db"
	cityseals "yimen/internal/seals"
)

// server is the program, running.
type server struct {
	cmd  *exec.Cmd
	url  string
	log  *bytes.Buffer
	took time.Duration // until /readyz
	done chan error
}

// start runs the program and waits until it is ready.
func (c *city) start(ctx context.Context) (*server, error) {
	// The port is free now; that nobody takes it in between is likely enough for a measurement.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, err
	}
	s := &server{url: "http://" + addr, log: &bytes.Buffer{}, done: make(chan error, 1)}
	s.cmd = exec.CommandContext(ctx, c.binary, "demo", "--addr", addr, "--data", c.dir, "--database", c.dsn)
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	begin := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { s.done <- s.cmd.Wait() }()
	for {
		res, err := http.Get(s.url + "/readyz")
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				s.took = time.Since(begin)
				return s, nil
			}
		}
		select {
		case err := <-s.done:
			return nil, fmt.Errorf("the program ended: %v\n%s", err, s.log)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if err := <-s.done; err != nil {
		return fmt.Errorf("the program ended badly: %w\n%s", err, s.log)
	}
	return nil
}

var resident = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

// memory is the resident memory of the program in MB.
func (s *server) memory() (float64, error) {
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(s.cmd.Process.Pid) + "/status")
	if err != nil {
		return 0, err
	}
	m := resident.FindSubmatch(raw)
	if m == nil {
		return 0, fmt.Errorf("no VmRSS")
	}
	kb, err := strconv.ParseFloat(string(m[1]), 64)
	return kb / 1000, err
}

// token is a bearer token of an account.
func (c *city) token(ctx context.Context, account string) (string, error) {
	out, err := exec.CommandContext(ctx, c.binary, "token", "--account", account, "--data", c.dir, "--database", c.dsn).Output()
	return strings.TrimSpace(string(out)), err
}

// atRest waits until the seals of the sample city are made, which takes most of
// a minute once and would be measured with whatever comes next.
func (c *city) atRest(ctx context.Context) error {
	d, err := db.Open(ctx, c.dsn, db.Options{})
	if err != nil {
		return err
	}
	defer d.Close()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	for open := 1; open > 0; {
		select {
		case <-time.After(3 * time.Second): // the jobs of the start are done
		case <-ctx.Done():
			return fmt.Errorf("the seals of the sample city are not made: %w", ctx.Err())
		}
		if err := d.Conn(ctx).Get(ctx, &open, `SELECT COUNT(*) FROM river_job WHERE kind = $1 AND finalized_at IS NULL`, cityseals.Furnish{}.Kind()); err != nil {
			return err
		}
	}
	return nil
}

// starts measures the first start, a later one, and the memory at rest.
func (c *city) starts(ctx context.Context) error {
	for i, what := range []string{"first start, 2,000 cases made", "later start"} {
		s, err := c.start(ctx)
		if err != nil {
			return err
		}
		c.report.add(figure{What: what, Budget: []string{"≤ 15 s", "≤ 1.5 s"}[i], Measured: fmt.Sprintf("%.1f s", s.took.Seconds()),
			Value: s.took.Seconds(), Unit: "s"})
		if err := c.atRest(ctx); err != nil {
			return err
		}
		if i == 1 {
			mb, err := s.memory()
			if err != nil {
				return err
			}
			c.report.add(figure{What: "memory at rest", Budget: "≤ 300 MB", Measured: fmt.Sprintf("%.0f MB", mb), Value: mb, Unit: "MB"})
		}
		if err := s.stop(); err != nil {
			return err
		}
	}
	return nil
}
