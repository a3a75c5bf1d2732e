package training

import (
	"context"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/messages"
)

// MineURL is the page of somebody's own certificates.
const MineURL = "/office/training/mine"

// Warn tells the holders of certificates that end within thirty days, once for
// each certificate. A periodic job.
func (m *Module) Warn(ctx context.Context) error {
	if m.Messages == nil {
		return nil
	}
	ctx = identity.With(ctx, identity.System("training"))
	for after := (db.Page{Limit: db.MaxLimit}); ; {
		list, next, err := m.Certificates(ctx, Find{State: Due}, after)
		if err != nil {
			return err
		}
		if err := m.warn(ctx, list); err != nil || next == "" {
			return err
		}
		after.After = next
	}
}

func (m *Module) warn(ctx context.Context, list []Certificate) error {
	staff := make([]string, len(list))
	for i, c := range list {
		staff[i] = c.Staff
	}
	if len(staff) == 0 {
		return nil
	}
	accounts, err := m.Identity.ByStaff(ctx, staff)
	if err != nil {
		return err
	}
	return m.Messages.Gather(ctx, func(ctx context.Context) error {
		for _, c := range list {
			account, ok := accounts[c.Staff]
			if !ok || !account.Active() {
				continue
			}
			err := m.Messages.Send(ctx, messages.Notice{To: account.ID, Template: "training.ending", Link: MineURL, Division: c.Division,
				Vars: map[string]string{"course": c.Title, "due": c.Until.Chinese(), "certificate": c.Number}, Key: "training:ending:" + c.ID})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
