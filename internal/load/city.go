package load

import (
	"encoding/json"
	"math/rand/v2"

	"yimen/workday"
)

// City is who lives and works in the city that is played.
type City struct {
	People []Person // who have accounts and apply over the net
	Staff  []Staff
	// Form understands the form of an item (JSON Schema 2020-12), once for all
	// who fill it in.
	Form func(schema json.RawMessage) (Form, error)
}

// Form is a form that can be filled in.
type Form interface {
	// Fill gives what a sensible person writes into it. defaults are what the
	// answers to the questions already say.
	Fill(p Person, division string, defaults map[string]any, today workday.Date, r *rand.Rand) (json.RawMessage, error)
}

// Person is somebody who applies.
type Person struct {
	Account    string // "" for somebody who comes to a window and has none
	Enterprise bool   // then Name is the company's and Legal its legal representative
	Name       string
	IDType     string // three digits: 111 resident identity card, 001 unified social credit code
	IDNo       string
	Phone      string
	Division   string // 12 digits, where they live
	Address    string
	Legal      string
	Level      int // how surely it is known who they are, 0 to 4
}

func (p Person) kind() string {
	if p.Enterprise {
		return "enterprise"
	}
	return "person"
}

// Staff is somebody who works at a counter (Outlet) or in an agency (Agency).
type Staff struct {
	Account string
	Outlet  string
	Agency  string
	Manager bool // sees all cases of the place, decides none
}
