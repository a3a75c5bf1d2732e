package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"

	"yimen/internal/kit/web"
)

type serveCmd struct {
	Storage   storage   `embed:""`
	Listening listening `embed:""`
	Rules     rules     `embed:""`
	Signing   signing   `embed:""`
	Sending   sending   `embed:""`
	Proving   proving   `embed:""`
}

// Run serves production: the schema must be this release's, and there is no
// sample data.
func (c serveCmd) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	set, err := c.Storage.settings(log)
	if err != nil {
		return err
	}
	c.Listening.apply(&set)
	c.Rules.apply(&set)
	if err := c.Signing.apply(&set); err != nil {
		return err
	}
	c.Sending.apply(&set)
	c.Proving.apply(&set, true)
	a, err := Open(ctx, set)
	if err != nil {
		return err
	}
	if err := a.check(ctx); err != nil {
		return errors.Join(err, a.Close())
	}
	return a.serve(ctx, c.Listening, func(addr string) { fmt.Fprintf(out, "yimen %s listening on http://%s\n", Version, addr) })
}

func (l listening) apply(s *Settings) {
	s.Role, s.Workers, s.TrustProxy, s.BaseURL, s.MetricsKey = l.Role, l.Workers, l.TrustProxy, l.BaseURL, l.MetricsToken.Value()
	if s.BaseURL == "" {
		s.BaseURL = "http://" + l.Addr
	}
}

// serve answers requests and works on jobs until ctx ends, then lets both
// finish what they have begun. It closes the App.
func (a *App) serve(ctx context.Context, l listening, ready func(addr string)) error {
	if err := a.checkClock(ctx, l.TrustClock); err != nil {
		return errors.Join(err, a.Close())
	}
	listener, err := net.Listen("tcp", l.Addr)
	if err != nil {
		return errors.Join(fmt.Errorf("listen on %s: %w", l.Addr, err), a.Close())
	}
	if err := a.Queue.Start(ctx); err != nil {
		return errors.Join(err, listener.Close(), a.Close())
	}
	watch, stopWatching := context.WithCancel(ctx)
	defer stopWatching()
	go a.watchClock(watch)
	ready(listener.Addr().String())
	err = web.Serve(ctx, web.Server(l.Addr, a.handler()), listener, l.StopTimeout)

	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.StopTimeout)
	defer cancel()
	err = errors.Join(err, a.Queue.Stop(stop), a.Audit.Seal(stop), a.Close())
	a.Log.Info("stopped")
	return err
}

func readPassword(given string, stdin *os.File) (string, error) {
	if given != "" {
		return given, nil
	}
	fmt.Fprint(os.Stderr, "password: ")
	line := make([]byte, 0, 64)
	b := make([]byte, 1)
	for {
		n, err := stdin.Read(b)
		if n == 1 && b[0] == '\n' || err == io.EOF {
			break
		}
		if err != nil {
			return "", err
		}
		line = append(line, b[:n]...)
	}
	if len(line) == 0 {
		return "", errors.New("no password given")
	}
	return string(line), nil
}
