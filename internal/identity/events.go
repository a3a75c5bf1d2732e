package identity

import (
	"context"
	"time"

	"yimen/internal/kit/db"
)

// MandateChanged: a mandate was proposed, confirmed, declined or ended, and To
// has to hear of it.
type MandateChanged struct {
	Mandate string `json:"mandate"`
	What    string `json:"what"` // proposed | confirmed | declined | ended
	To      string `json:"to"`   // account
	By      string `json:"by"`   // name of who did it
}

// EventName is the versioned name.
func (MandateChanged) EventName() string { return "identity.mandate_changed.v1" }

// SessionsEnded: somebody signed out, or all sessions of an account ended
// because its password was changed or it was stopped. What was built on the
// session (tokens of connected systems) ends in the same transaction.
type SessionsEnded struct {
	Account string `json:"account"`
	Session string `json:"session"` // as Actor.Session; "": every one
}

// EventName is the versioned name.
func (SessionsEnded) EventName() string { return "identity.sessions_ended.v1" }

// AccountChanged: something was changed by which an account is opened, or what
// was asked about it was answered; its owner has to hear of it.
type AccountChanged struct {
	ID      string    `json:"id"` // of this change
	Account string    `json:"account"`
	What    string    `json:"what"` // see Changed*
	At      time.Time `json:"at"`
	Note    string    `json:"note,omitempty"`    // in words, nothing personal
	Network string    `json:"network,omitempty"` // ChangedDevice: part of its address
}

// EventName is the versioned name.
func (AccountChanged) EventName() string { return "identity.account_changed.v1" }

// What changed about an account.
const (
	ChangedPassword      = "password"
	ChangedFirstPassword = "first_password" // handed out at a window
	ChangedPasskeyAdded  = "passkey_added"
	ChangedPasskeyGone   = "passkey_gone"
	ChangedTOTPSet       = "totp_set"
	ChangedTOTPGone      = "totp_gone"
	ChangedAddress       = "address"
	ChangedCorrected     = "corrected"          // name or number, as asked
	ChangedNotCorrected  = "correction_refused" // Note: why not
	ChangedLevel         = "level"              // raised; Note: to which, by what
	ChangedDevice        = "device"             // signed in with a browser not seen before; Note: which
	ChangedClosing       = "closing"            // Note: the day
	ChangedClosingOff    = "closing_off"        // taken back
	ChangedClosingHeld   = "closing_held"       // Note: what is in the way
)

// Changed tells the owner of an account what was changed; in the transaction of
// the change.
func (m *Module) Changed(ctx context.Context, account, what, note string) error {
	if m.Events == nil {
		return nil
	}
	return m.Events.Publish(ctx, AccountChanged{ID: db.NewID(), Account: account, What: what, At: m.now(ctx), Note: note})
}

// DelegationChanged: rights were lent, refused, taken back or have run out, and
// both sides hear of it.
type DelegationChanged struct {
	Delegation string `json:"delegation"`
	What       string `json:"what"` // given refused ended expired
}

// EventName is the versioned name.
func (DelegationChanged) EventName() string { return "identity.delegation_changed.v1" }
