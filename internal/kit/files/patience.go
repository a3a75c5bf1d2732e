package files

import (
	"context"
	"io"
	"time"
)

// patience ends what a store does not get on with: a context that is cancelled
// when one call to it takes too long. How long the client takes does not count.
type patience struct {
	timer *time.Timer
	most  time.Duration
}

func (s *Store) patience(cancel context.CancelFunc) patience {
	p := patience{timer: time.AfterFunc(s.most, cancel), most: s.most}
	p.timer.Stop()
	return p
}

// with makes one call to the store.
func (p patience) with(call func() error) error {
	p.timer.Reset(p.most)
	defer p.timer.Stop()
	return call()
}

type patientWriter struct {
	patience
	io.Writer
}

func (w patientWriter) Write(b []byte) (n int, err error) {
	err = w.with(func() error { n, err = w.Writer.Write(b); return err })
	return n, err
}
