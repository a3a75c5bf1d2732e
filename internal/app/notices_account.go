package app

import (
	"context"
	"errors"

	"yimen/internal/identity"
	"yimen/internal/kit/web/ui"
	"yimen/internal/messages"
)

// changeWords are what was changed about an account, behind “您的账号在……”.
var changeWords = map[string]string{
	identity.ChangedPassword:      "修改了密码",
	identity.ChangedFirstPassword: "在窗口重发了一次性密码",
	identity.ChangedPasskeyAdded:  "添加了通行密钥",
	identity.ChangedPasskeyGone:   "删除了通行密钥",
	identity.ChangedTOTPSet:       "启用了动态口令",
	identity.ChangedTOTPGone:      "停用了动态口令",
	identity.ChangedAddress:       "修改了地址",
	identity.ChangedLevel:         "把实名等级升为", // and to which
}

// accountChanged tells the owner of an account what was changed about it.
func (t teller) accountChanged(ctx context.Context, e identity.AccountChanged) error {
	who, err := t.a.Identity.Actor(ctx, e.Account)
	if errors.Is(err, identity.ErrAccountUnknown) || errors.Is(err, identity.ErrAccountDisabled) {
		return nil // nobody is left to be told
	}
	if err != nil {
		return err
	}
	n := messages.Notice{To: e.Account, Key: "account:" + e.ID, Link: "/my/security"}
	switch e.What {
	case identity.ChangedCorrected:
		n.Template, n.Link = "account.corrected", identity.MyCorrectURL
	case identity.ChangedNotCorrected:
		n.Template, n.Link, n.Vars = "account.correction_refused", identity.MyCorrectURL, vars{"reason": e.Note}
	case identity.ChangedClosing:
		n.Template, n.Link, n.Vars = "account.closing", identity.MyCloseURL, vars{"due": e.Note}
	case identity.ChangedClosingOff:
		n.Template, n.Link, n.Vars = "account.closing_off", identity.MyCloseURL, vars{"when": ui.DateTime(e.At)}
	case identity.ChangedClosingHeld:
		n.Template, n.Link, n.Vars = "account.closing_held", identity.MyCloseURL, vars{"reason": e.Note}
	case identity.ChangedDevice:
		n.Template, n.Vars = "account.new_device", vars{"device": e.Note, "network": e.Network, "when": ui.DateTime(e.At)}
	default:
		n.Template, n.Vars = "account.changed", vars{"change": changeWords[e.What] + e.Note, "when": ui.DateTime(e.At)}
	}
	if !who.IsApplicant() { // of the above, only these two come to staff
		n.Template, n.Link = n.Template+"_staff", "/account/security"
	}
	return t.a.Messages.Send(ctx, n)
}

// delegationChanged tells both sides of lent rights.
func (t teller) delegationChanged(ctx context.Context, e identity.DelegationChanged) error {
	d, err := t.a.Identity.DelegationByID(identity.With(ctx, identity.System(tellers)), e.Delegation)
	if errors.Is(err, identity.ErrDelegationUnknown) {
		return nil
	}
	if err != nil {
		return err
	}
	v := vars{"pair": d.DelegatorName + "委托" + d.DeputyName, "scope": d.RoleTitles(), "due": day(d.To), "reason": d.Note}
	for _, to := range []string{d.Delegator, d.Deputy} {
		err := t.a.Messages.Send(ctx, messages.Notice{To: to, Template: "delegation." + e.What, Vars: v, Link: "/office/delegations",
			Key: "delegation:" + e.Delegation + ":" + e.What + ":" + to})
		if err != nil {
			return err
		}
	}
	return nil
}
