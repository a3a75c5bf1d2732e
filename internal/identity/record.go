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

func (m *Module) write(ctx context.Context, e audit.Entry) error {
	if m.Audit == nil {
		return nil
	}
	if e.Object == "" {
		e.Object = "account"
	}
	return m.Audit.Write(ctx, e)
}
