package identity

import (
	"context"

	"yimen/internal/kit/audit"
)

// record notes an act on an account in the audit, in the same transaction.
func (m *Module) record(ctx context.Context, action, account, detail string) error {
	a := FromContext(ctx)
	return m.write(ctx, audit.Entry{Actor: a.Account, ActorName: a.Name, Address: a.Address,
		Action: action, ObjectID: account, Result: "ok", Detail: detail})
}

// recordLogin notes a sign-in or a refusal. A name nobody has is not kept:
// people type passwords there.
func (m *Module) recordLogin(ctx context.Context, row accountRow, addr, result, method string) error {
	return m.write(ctx, audit.Entry{Actor: row.ID, ActorName: row.DisplayName, Address: addr,
		Action: "login", ObjectID: row.ID, Result: result, Detail: method})
}

func (m *Module) write(ctx context.Context, e audit.Entry) error {
	if m.Audit == nil {
		return nil
	}
	if e.Object == "" {
		e.Object = "account"
	}
	return m.Audit.Write(ctx, e)
}
