package app

import (
	"context"

	"yimen/internal/identity"
	"yimen/internal/messages"
)

// joinClosing gives every module that keeps something of a person its part in
// the closing of an account.
func (a *App) joinClosing() {
	a.Identity.JoinClosing(identity.Closer{Forget: a.Messages.Forget})
	a.Identity.JoinClosing(identity.Closer{Forget: a.tellClosed}) // after their box is emptied: this goes to the telephone alone
	a.Identity.JoinClosing(identity.Closer{Forget: a.Assurance.Forget})
	a.Identity.JoinClosing(identity.Closer{Forget: a.OpenID.Forget})
	a.Identity.JoinClosing(identity.Closer{InTheWay: a.Cases.InTheWayOfClosing, Forget: a.Cases.Forget})
}

// tellClosed tells a person that their account is closed, while it is still
// known where.
func (a *App) tellClosed(ctx context.Context, p identity.Person) error {
	if p.Phone == "" {
		return nil
	}
	return a.Messages.Send(ctx, messages.Notice{Name: p.Name, Phone: p.Phone, Template: "account.closed", Key: "account:closed:" + p.Account})
}
