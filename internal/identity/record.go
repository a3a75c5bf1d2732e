package identity

import (
	"context"
	"log/slog"
)

// record notes an act on an account in the audit, by id only.
func (m *Module) record(ctx context.Context, action, account, detail string) error {
	m.Log.InfoContext(ctx, "audit", slog.String("action", action), slog.String("account", account), slog.String("detail", detail))
	return nil
}

func (m *Module) recordLogin(ctx context.Context, account, addr, result string) error {
	m.Log.InfoContext(ctx, "audit", slog.String("action", "login"), slog.String("account", account), slog.String("address", addr), slog.String("result", result))
	return nil
}
