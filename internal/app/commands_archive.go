package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	osuser "os/user"

	"yimen/internal/kit/archive"
	"yimen/internal/kit/audit"
)

type archiveCmd struct {
	Storage storage `embed:""`
	Year    int     `help:"Year that is put away: the histories of its cases and its audit rows. Without it, list what was." placeholder:"YYYY"`
	DryRun  bool    `help:"Only say what would be put away, or what stands against it."`
}

// Run puts a year away while the city is served, or lists what was.
func (c archiveCmd) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	return withApp(ctx, c.Storage, log, func(a *App) error {
		if c.Year == 0 {
			return a.listArchives(ctx, out)
		}
		for _, t := range []archive.Table{a.Cases.HistoryTable(), a.Audit.Table()} {
			if err := a.putAway(ctx, t, c.Year, c.DryRun, out); err != nil {
				return err
			}
		}
		return nil
	})
}

func (a *App) listArchives(ctx context.Context, out io.Writer) error {
	years, err := a.Archive.Years(ctx)
	for _, y := range years {
		fmt.Fprintf(out, "%d %s: %d rows, put away on %s by %s\n", y.Year, y.Table, y.Lines, y.At.Format("2006-01-02"), y.By)
	}
	if err == nil && len(years) == 0 {
		fmt.Fprintln(out, "nothing was put away yet")
	}
	return err
}

// putAway puts one table's year away; who did it is audited in the transaction
// in which the rows leave the database.
func (a *App) putAway(ctx context.Context, t archive.Table, year int, dry bool, out io.Writer) error {
	if dry {
		r, err := a.Archive.Look(ctx, t, year)
		if err == nil {
			fmt.Fprintf(out, "%s of %d: %d rows would go into %d files\n", r.Table, r.Year, r.Lines, r.Parts)
		}
		return err
	}
	by := "command"
	if u, err := osuser.Current(); err == nil {
		by = "command (" + u.Username + ")"
	}
	guard := t.Guard
	t.Guard = func(ctx context.Context) error {
		if guard != nil {
			if err := guard(ctx); err != nil {
				return err
			}
		}
		return a.Audit.Write(ctx, audit.Entry{Actor: "system:command", ActorName: by, Action: "archive.put", Object: t.Table,
			ObjectID: fmt.Sprint(year), Result: "ok"})
	}
	r, err := a.Archive.Put(ctx, t, year, by)
	if err != nil {
		return err
	}
	if r.Lines == 0 {
		fmt.Fprintf(out, "%s of %d: no rows\n", r.Table, r.Year)
		return nil
	}
	fmt.Fprintf(out, "%s of %d: %d rows in %d files of %d KiB, read back and compared; removed from the database\n",
		r.Table, r.Year, r.Lines, r.Parts, r.Bytes>>10)
	return nil
}
