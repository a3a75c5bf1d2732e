package licences

import "context"

// Look is a template with its number among those of its type; 0 is the plain
// one, which every type has.
type Look struct {
	Template
	Revision int
}

// inForce is how new documents of a type look.
func (m *Module) inForce(_ context.Context, t Type) (Look, error) {
	return Look{Template: plain(t)}, nil
}
