package app

import (
	"context"
	"errors"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/messages"
	"yimen/internal/portal"
)

// draftEnding tells whoever began an application and left it that it will be
// removed. A clerk's own drafts are not worth a message.
func (t teller) draftEnding(ctx context.Context, e cases.DraftEnding) error {
	who, err := t.a.Identity.Actor(ctx, e.Account)
	if errors.Is(err, identity.ErrAccountUnknown) || errors.Is(err, identity.ErrAccountDisabled) {
		return nil
	}
	if err != nil || !who.IsApplicant() {
		return err
	}
	return t.a.Messages.Send(ctx, messages.Notice{To: e.Account, Template: "draft.ending", Link: portal.DraftURL(e.Number),
		Key: "draft:" + e.Number + ":" + e.On.String(), Vars: vars{"item": e.ItemName, "due": day(e.On)}})
}
