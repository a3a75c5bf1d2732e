package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"yimen/internal/identity"
	"yimen/internal/kit/config"
)

type passwordCmd struct {
	Storage  storage       `embed:""`
	Account  string        `help:"Account name." required:""`
	Password config.Secret `help:"@FILE, or the password (others on the machine see it in the process list); empty: read from standard input." placeholder:"PASSWORD"`
}

// Run sets a password, whatever the old one was. Who can run it holds the
// database; the audit log says that it was done here.
func (c passwordCmd) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	password, err := readPassword(c.Password.Value(), os.Stdin)
	if err != nil {
		return err
	}
	return withApp(ctx, c.Storage, log, func(a *App) error {
		ctx := identity.With(ctx, identity.System("command"))
		err := errors.Join(a.Identity.SetPassword(ctx, c.Account, password), a.Identity.RevokeTokens(ctx, c.Account))
		if err != nil {
			return plain(err)
		}
		_, err = fmt.Fprintf(out, "password of %s set, its sessions and tokens ended\n", c.Account)
		return err
	})
}

type lockCmd struct {
	Storage storage `embed:""`
	Account string  `help:"Account name." required:""`
	Undo    bool    `help:"Let the account in again."`
}

// Run stops an account or lets it in again.
func (c lockCmd) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	return withApp(ctx, c.Storage, log, func(a *App) error {
		do, done := a.Identity.Disable, "stopped"
		if c.Undo {
			do, done = a.Identity.Enable, "let in again"
		}
		if err := do(identity.With(ctx, identity.System("command")), c.Account); err != nil {
			return plain(err)
		}
		_, err := fmt.Fprintf(out, "account %s %s\n", c.Account, done)
		return err
	})
}
