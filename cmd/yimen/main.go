// Command yimen is a city's government service as one program.
// Run `yimen --help` for its commands.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"yimen/internal/app"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(app.Main(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
