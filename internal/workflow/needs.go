package workflow

import (
	"context"

	"yimen/internal/identity"
)

// Agencies says which agency a step belongs to.
type Agencies interface {
	// AgencyOf gives the code of the agency of a department (D07) at a level,
	// for a matter of the division.
	AgencyOf(ctx context.Context, dept string, level int, division string) (string, error)
	// Place gives where an agency is and which department it is of, for the
	// rights rule; an unknown agency is an error.
	Place(ctx context.Context, agency string) (identity.Place, error)
}

// Accounts gives the rights of somebody else, to see whether a task may be
// handed to them.
type Accounts interface {
	Actor(ctx context.Context, account string) (identity.Actor, error)
}
