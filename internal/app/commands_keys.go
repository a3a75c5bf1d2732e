package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	"yimen/internal/identity"
	"yimen/internal/kit/audit"
)

type keysCmd struct {
	List   keysListCmd   `cmd:"" help:"Show the keys and how far each table is sealed with the newest."`
	Rotate keysRotateCmd `cmd:"" help:"Make the next data key. What runs seals everything anew with it; --now does it here."`
	Index  keysIndexCmd  `cmd:"" help:"Make the next key of the indexes that documents and telephones are found by. What runs does the rest; --now does it here."`
	File   keysFileCmd   `cmd:"" help:"Change the key file itself."`
}

const minute = "2006-01-02 15:04"

type keysListCmd struct {
	Storage storage `embed:""`
}

type keysRotateCmd struct {
	Storage storage `embed:""`
	Now     bool    `help:"Seal everything anew now, also while the city is served, and wait for it."`
}

// Run shows keys and progress.
func (c keysListCmd) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	return withApp(ctx, c.Storage, log, func(a *App) error { return a.printKeys(ctx, out) })
}

// Run rotates. It is audited as the act of whoever works on the machine.
func (c keysRotateCmd) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	return withApp(ctx, c.Storage, log, func(a *App) error {
		ctx := identity.With(ctx, identity.System("command"))
		version, err := a.Keys.Rotate(ctx)
		if err != nil {
			return err
		}
		if err := a.recordKeys(ctx, "keys.rotate", fmt.Sprint(version)); err != nil {
			return err
		}
		fmt.Fprintf(out, "data key %d made; new values are sealed with it within half a minute\n", version)
		if !c.Now {
			return a.printKeys(ctx, out)
		}
		err = a.Keys.Renew(ctx)
		if printErr := a.printKeys(ctx, out); err == nil {
			err = printErr
		}
		return err
	})
}

// recordKeys notes an act of whoever works on the machine.
func (a *App) recordKeys(ctx context.Context, action, id string) error {
	host, _ := os.Hostname()
	actor := identity.FromContext(ctx)
	return a.Audit.Write(ctx, audit.Entry{Actor: actor.Account, ActorName: actor.Name, Address: host, Action: action,
		Object: "keys", ObjectID: id, Result: "ok"})
}

func (a *App) printKeys(ctx context.Context, out io.Writer) error {
	list, err := a.Keys.Versions(ctx)
	if err != nil {
		return err
	}
	for _, k := range list {
		used := ""
		if k.Kind == "index" && k.Version > 1 {
			used = ", not used yet"
			if k.UsedAt != nil {
				used = ", used since " + k.UsedAt.UTC().Format(minute)
			}
		}
		fmt.Fprintf(out, "%s key %d, made %s, wrapped by %s%s\n", k.Kind, k.Version, k.MadeAt.UTC().Format(minute), k.Root, used)
	}
	progress, err := a.Keys.Progress(ctx)
	if err != nil {
		return err
	}
	for _, p := range progress {
		switch {
		case p.Version != a.Keys.Newest() || p.Index != a.Keys.IndexDue(ctx):
			fmt.Fprintf(out, "%s: waits\n", p.Table)
		case p.Clean:
			fmt.Fprintf(out, "%s: sealed with key %d (%d rows looked at)\n", p.Table, p.Version, p.Looked)
		default:
			fmt.Fprintf(out, "%s: under way, %d rows looked at, %d sealed anew\n", p.Table, p.Looked, p.Renewed)
		}
	}
	return nil
}
