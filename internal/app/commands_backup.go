package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"yimen/internal/kit/backup"
	"yimen/internal/kit/sealed"
)

func (a *App) city() backup.City {
	return backup.City{DB: a.DB, Files: a.Store, Queue: a.Queue, Sources: sources, Migrate: migrate, Release: Version}
}

type backupCmd struct {
	Storage storage `embed:""`
	Dir     string  `arg:"" help:"Folder of the backups; made if missing." type:"path"`
	Keep    int     `help:"How many backups stay in the folder; 0: all." default:"0"`
}

// Run backs up the whole city into a folder while it is served. The key of the
// stored files is not in it.
func (c backupCmd) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	return withApp(ctx, c.Storage, log, func(a *App) error {
		start := time.Now()
		folder, m, err := backup.Write(ctx, a.city(), c.Dir, c.Keep)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s: %d rows of %d tables, %d jobs, %d files (%d new, %d MiB in all), %.1f s\n", folder,
			m.Rows(), len(m.Tables), m.Jobs.Rows, m.Files.Files, m.Files.New, m.Files.Bytes>>20, time.Since(start).Seconds())
		fmt.Fprintf(out, "the key file (mark %s), without which neither files nor personal columns can be read, is not in it: keep it elsewhere\n", m.Key)
		if n := len(m.Files.Missing); n > 0 {
			return fmt.Errorf("the store has lost %d files: %s", n, strings.Join(m.Files.Missing[:min(n, 20)], " "))
		}
		return nil
	})
}

type restoreCmd struct {
	Storage storage `embed:""`
	Dir     string  `arg:"" help:"A backup, or the folder of backups: then the newest." type:"existingdir"`
	Check   bool    `help:"Only read the backup to its end and compare it with its hashes."`
}

// Run restores a backup into an empty database, of either engine, and verifies
// what is there then.
func (c restoreCmd) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	folder, err := backup.Latest(c.Dir)
	if err != nil {
		return err
	}
	if c.Check {
		m, err := backup.Check(folder)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s is whole: %d rows of %d tables, %d jobs, release %s\n", folder, m.Rows(), len(m.Tables), m.Jobs.Rows, m.Release)
		return nil
	}
	set, err := c.Storage.settings(log)
	if err != nil {
		return err
	}
	a, err := Open(ctx, set)
	if err != nil {
		return err
	}
	return errors.Join(a.restore(ctx, folder, out), a.Close())
}

func (a *App) restore(ctx context.Context, folder string, out io.Writer) error {
	start := time.Now()
	r, err := backup.Restore(ctx, a.city(), folder)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d rows of %d tables, each table compared; %d jobs will run again; %d files opened and compared; %.1f s\n",
		r.Rows(), len(r.Tables), r.Jobs.Rows, r.FilesWhole, time.Since(start).Seconds())
	if err := a.DB.Learn(ctx); err != nil {
		return err
	}
	// A backup of before personal columns were sealed has no keys: migrating makes them.
	if err := a.Keys.Load(ctx); err != nil && !errors.Is(err, sealed.ErrNoKeys) {
		return err
	}
	chain, err := a.Audit.Verify(ctx)
	if err != nil {
		return err
	}
	printAudit(out, chain)
	if !chain.OK() {
		err = errors.New("the audit log is not whole")
	}
	if n := len(r.FilesWrong); n > 0 {
		err = errors.Join(err, fmt.Errorf("%d files are missing or damaged: %s", n, strings.Join(r.FilesWrong[:min(n, 20)], " ")))
	}
	return err
}
