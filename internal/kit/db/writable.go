package db

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// noteFull remembers that the disk was full. An ordinary write that succeeds
// does not clear it: pages that are allocated already take some more.
func (d *DB) noteFull(err error) {
	if errors.Is(err, ErrFull) {
		d.full.Store(true)
	}
}

// probeSize is more than the pages that lie about allocated, in bytes.
const probeSize = 1 << 20

// Writable says whether there is room to write: nil at once while no write was
// refused for want of it; after one was, nil only once a megabyte can be
// written again.
func (d *DB) Writable(ctx context.Context) error {
	if !d.full.Load() {
		return nil
	}
	err := d.InTx(ctx, func(ctx context.Context) error {
		c := d.Conn(ctx)
		if _, err := c.Exec(ctx, `CREATE TABLE IF NOT EXISTS db_probe (content TEXT)`); err != nil {
			return err
		}
		_, err := c.Exec(ctx, `INSERT INTO db_probe (content) VALUES ($1)`, ballast())
		return err
	})
	if err == nil {
		_, err = d.Conn(ctx).Exec(ctx, `DROP TABLE IF EXISTS db_probe`)
	}
	if err != nil {
		return fmt.Errorf("write again after the disk was full: %w", err)
	}
	d.full.Store(false)
	return nil
}

// ballast is probeSize bytes that no database makes small.
func ballast() string {
	var b strings.Builder
	for b.Len() < probeSize {
		b.WriteString(NewID())
	}
	return b.String()
}
