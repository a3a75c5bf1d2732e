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
}

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
		host, _ := os.Hostname()
		actor := identity.FromContext(ctx)
		err = a.Audit.Write(ctx, audit.Entry{Actor: actor.Account, ActorName: actor.Name, Address: host, Action: "keys.rotate",
			Object: "keys", ObjectID: fmt.Sprint(version), Result: "ok"})
		if err != nil {
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

func (a *App) printKeys(ctx context.Context, out io.Writer) error {
	list, err := a.Keys.Versions(ctx)
	if err != nil {
		return err
	}
	for _, k := range list {
		fmt.Fprintf(out, "%s key %d, made %s, wrapped by %s\n", k.Kind, k.Version, k.MadeAt.UTC().Format("2006-01-02 15:04"), k.Root)
	}
	progress, err := a.Keys.Progress(ctx)
	if err != nil {
		return err
	}
	for _, p := range progress {
		switch {
		case p.Version != a.Keys.Newest():
			fmt.Fprintf(out, "%s: waits\n", p.Table)
		case p.Clean:
			fmt.Fprintf(out, "%s: sealed with key %d (%d rows looked at)\n", p.Table, p.Version, p.Looked)
		default:
			fmt.Fprintf(out, "%s: under way, %d rows looked at, %d sealed anew\n", p.Table, p.Looked, p.Renewed)
		}
	}
	return nil
}
