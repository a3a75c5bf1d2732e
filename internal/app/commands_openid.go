package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"yimen/internal/identity"
)

type signingKeyCmd struct {
	Storage storage `embed:""`
	Now     bool    `help:"Sign with it at once and stop showing the others: what they signed is refused from then on."`
}

// Run makes the next signing key. A running program sees it within seconds.
func (c signingKeyCmd) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	return withApp(ctx, c.Storage, log, func(a *App) error {
		if err := a.OpenID.RotateKey(identity.With(ctx, identity.System("command")), c.Now); err != nil {
			return plain(err)
		}
		when := "it signs in a day"
		if c.Now {
			when = "it signs now, the others are void"
		}
		_, err := fmt.Fprintf(out, "a new signing key was made: %s\n", when)
		return err
	})
}
