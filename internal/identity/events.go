package identity

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
