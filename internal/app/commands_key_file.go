package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/keyfile"
	"yimen/internal/kit/sealed"
)

type keysIndexCmd struct {
	Storage storage `embed:""`
	Now     bool    `help:"Do everything now, also while the city is served, and wait for it: some minutes at least."`
}

// Run makes the next key of the indexes. One that is under way is gone on with.
func (c keysIndexCmd) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	return withApp(ctx, c.Storage, log, func(a *App) error {
		ctx := identity.With(ctx, identity.System("command"))
		version, err := a.Keys.RotateIndex(ctx)
		switch {
		case err == nil:
			if err := a.recordKeys(ctx, "keys.index", fmt.Sprint(version)); err != nil {
				return err
			}
			fmt.Fprintf(out, "index key %d made; it is used when every process knows it, in some minutes\n", version)
		case !errors.Is(err, sealed.ErrChanging) || !c.Now:
			return err
		}
		for err = nil; c.Now; {
			if err = a.Keys.Renew(ctx); err != nil || !a.Keys.Changing() {
				break
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(5 * time.Second):
			}
		}
		return errors.Join(err, a.printKeys(ctx, out))
	})
}

type keysFileCmd struct {
	Prepare keysPrepareCmd `cmd:"" help:"Add the next key to the key file. On several machines: copy the file to all of them, then rotate."`
	Rotate  keysTurnCmd    `cmd:"" help:"Seal with the next key from now on, wrap the keys and seal the stored files anew with it. Run again, it goes on."`
	Retire  keysRetireCmd  `cmd:"" help:"Remove the earlier key from the key file, when nothing needs it any more."`
}

type keysPrepareCmd struct {
	Storage storage `embed:""`
}

type keysTurnCmd struct {
	Storage storage `embed:""`
}

type keysRetireCmd struct {
	Storage storage `embed:""`
}

// Run adds the next key.
func (c keysPrepareCmd) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	return withApp(ctx, c.Storage, log, func(a *App) error {
		keys, err := keyfile.Open(a.FilesKey, false)
		if err != nil {
			return err
		}
		if err := keys.Prepare(); err != nil {
			return err
		}
		fmt.Fprintf(out, "%s holds the next key; copy the file to every machine that serves this city, then run `yimen keys file rotate`\n", a.FilesKey)
		return nil
	})
}

// Run turns to the next key.
func (c keysTurnCmd) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	return withApp(ctx, c.Storage, log, func(a *App) error {
		ctx := identity.With(ctx, identity.System("command"))
		keys, err := keyfile.Open(a.FilesKey, false)
		if err != nil {
			return err
		}
		before := a.Store.KeyMark()
		if err := errors.Join(keys.Prepare(), keys.Turn()); err != nil {
			return err
		}
		if mark := a.Store.KeyMark(); mark != before {
			if err := a.recordKeys(ctx, "keys.file", mark); err != nil {
				return err
			}
		}
		wrapped, err := a.Keys.Rewrap(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%d keys wrapped anew\n", wrapped)
		if err := a.reseal(ctx, out); err != nil {
			return err
		}
		fmt.Fprintf(out, "keep a copy of %s apart from the backups; when it is kept and a new backup is tried: `yimen keys file retire`\n", a.FilesKey)
		return nil
	})
}

// reseal seals the stored files with the key of now; an error when some are left.
func (a *App) reseal(ctx context.Context, out io.Writer) error {
	done, err := a.Store.Reseal(ctx)
	fmt.Fprintf(out, "%d files looked at, %d sealed anew\n", done.Files, done.Renewed)
	for _, id := range done.Wrong {
		fmt.Fprintf(out, "file %s is missing or damaged: restore it from a backup\n", id)
	}
	if err == nil && len(done.Wrong) > 0 {
		err = fmt.Errorf("%d files are not sealed anew", len(done.Wrong))
	}
	return err
}

// Run removes the earlier key, unless something is left that only it opens.
func (c keysRetireCmd) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	return withApp(ctx, c.Storage, log, func(a *App) error {
		ctx := identity.With(ctx, identity.System("command"))
		keys, err := keyfile.Open(a.FilesKey, false)
		if err != nil {
			return err
		}
		n, err := a.Keys.Unwrapped(ctx)
		if err == nil && n > 0 {
			err = fmt.Errorf("%d keys are wrapped with the earlier key: run `yimen keys file rotate` first", n)
		}
		if err != nil {
			return err
		}
		if err := a.reseal(ctx, out); err != nil {
			return err
		}
		if err := keys.Retire(); err != nil {
			return err
		}
		fmt.Fprintln(out, "the earlier key is removed; backups made before the change need it: keep its copy as long as you keep them")
		return a.recordKeys(ctx, "keys.retire", a.Store.KeyMark())
	})
}
