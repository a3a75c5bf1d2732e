package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

var began = time.Now()

// say prints a line with the time since the start.
func say(format string, args ...any) {
	fmt.Printf("%6.1f s  %s\n", time.Since(began).Seconds(), fmt.Sprintf(format, args...))
}

func main() {
	o := options{}
	flag.IntVar(&o.clients, "clients", 8, "requests of the load at the same time")
	flag.DurationVar(&o.calm, "calm", 8*time.Second, "time between the events")
	flag.BoolVar(&o.keep, "keep", false, "leave the logs and data behind, and say where")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if err := rehearse(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "cluster-test:", err)
		os.Exit(1)
	}
	say("all as it should be")
}

// rehearse starts the cluster, plays and takes everything down again.
func rehearse(ctx context.Context, o options) (err error) {
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	c, err := newCluster(ctx, root)
	if err != nil {
		return err
	}
	defer func() {
		c.stopAll()
		if o.keep {
			say("logs and data are in %s", c.dir)
			return
		}
		switch {
		case ctx.Err() != nil:
			err = errors.New("interrupted; everything has ended")
		case err != nil:
			err = fmt.Errorf("%w\n%s", err, c.tails())
		}
		_ = os.RemoveAll(c.dir)
	}()
	if err := c.up(); err != nil {
		return err
	}
	return c.play(o)
}

// tails are the ends of all logs.
func (c *cluster) tails() string {
	list, _ := filepath.Glob(filepath.Join(c.dir, "*.log"))
	text := ""
	for _, f := range list {
		text += "--- " + filepath.Base(f) + "\n" + (&process{log: f}).tail(8) + "\n"
	}
	return text
}
