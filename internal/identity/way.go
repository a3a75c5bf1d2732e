package identity

// Way is a way to sign in beside the password. Modules above offer theirs;
// /login shows them in the order in which they came.
type Way struct {
	Name   string // "passkey"
	Title  string // on the button
	URL    string // path of its page; /login adds next
	Staff  bool   // for those who work here
	People bool   // for citizens and enterprises
	Again  bool   // also shows again that it is the same person (ConfirmURL)

	// Recovers says that a citizen or enterprise who has just signed in by it may
	// set a password without the old one, which they have forgotten or never had.
	Recovers bool
}

// OfferWay adds a way to sign in, while the program starts.
func (m *Module) OfferWay(w Way) { m.ways = append(m.ways, w) }
