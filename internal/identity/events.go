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
