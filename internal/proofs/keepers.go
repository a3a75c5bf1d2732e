package proofs

import (
	"context"
	"slices"
	"strconv"

	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/messages"
)

// Use is a proof that an item in force asks for, with what the list says of it.
type Use struct {
	catalogue.ProofUse
	Entry string // name of the entry; "" it is on no list
	State string // of the entry
}

// Sound says that it may be asked for, or that an entry of the list is looked up
// and nobody is asked.
func (u Use) Sound() bool { return u.State == Kept || u.State != "" && u.DataShare }

// Uses lists what items in force ask for, by item.
func (m *Module) Uses(ctx context.Context) ([]Use, error) {
	found, err := m.Items.ProofsInForce(ctx)
	if err != nil {
		return nil, err
	}
	list, err := m.Entries(ctx)
	if err != nil {
		return nil, err
	}
	uses := make([]Use, len(found))
	for i, f := range found {
		uses[i] = Use{ProofUse: f}
		at := slices.IndexFunc(list, func(e Entry) bool { return e.Number == f.Number })
		if at < 0 && f.Number == "" {
			at = slices.IndexFunc(list, func(e Entry) bool { return e.Name == f.Material })
		}
		if at >= 0 {
			uses[i].Number, uses[i].Entry, uses[i].State = list[at].Number, list[at].Name, list[at].State
		}
	}
	return uses, nil
}

// UsesOf lists the items in force that ask for an entry.
func (m *Module) UsesOf(ctx context.Context, number string) ([]Use, error) {
	all, err := m.Uses(ctx)
	return slices.DeleteFunc(all, func(u Use) bool { return u.Number != number }), err
}

// OffList is the report to managers: what items in force ask for though the list
// does not keep it.
func (m *Module) OffList(ctx context.Context) ([]Use, error) {
	all, err := m.Uses(ctx)
	return slices.DeleteFunc(all, Use.Sound), err
}

// mostKeepers bounds how many of an agency hear that an item must be mended.
const mostKeepers = 5

// tellKeepers tells those who keep items that a proof they ask for is not kept
// any more: each keeper once, with the first item and how many there are.
func (m *Module) tellKeepers(ctx context.Context, e Changed) error {
	if m.Messages == nil || e.Before != Kept || e.State == Kept {
		return nil
	}
	ctx = identity.With(ctx, identity.System("proofs"))
	entry, err := m.Entry(ctx, e.Number)
	if err != nil {
		return err
	}
	uses, err := m.UsesOf(ctx, e.Number)
	if err != nil {
		return err
	}
	byKeeper, order := map[string][]Use{}, []string{}
	for _, u := range uses {
		who, err := m.keepersOf(ctx, u)
		if err != nil {
			return err
		}
		for _, account := range who {
			if byKeeper[account] == nil {
				order = append(order, account)
			}
			byKeeper[account] = append(byKeeper[account], u)
		}
	}
	return m.Messages.Gather(ctx, func(ctx context.Context) error {
		for _, account := range order {
			mine := byKeeper[account]
			err := m.Messages.Send(ctx, messages.Notice{To: account, Template: "proof.removed", Link: AdminURL(e.Number), Division: mine[0].Place.Division,
				Vars: map[string]string{"proof": entry.Name, "item": mine[0].ItemName, "count": strconv.Itoa(len(mine))},
				Key:  "proof:removed:" + e.Number + ":" + strconv.Itoa(entry.Version) + ":" + account})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// keepersOf are the accounts that mend an item: those who edit for its agency,
// and those who edit for its territory.
func (m *Module) keepersOf(ctx context.Context, u Use) ([]string, error) {
	list, err := m.Identity.HoldersOver(ctx, catalogue.RightEdit, u.Place.Division)
	if err != nil {
		return nil, err
	}
	own, err := m.Identity.Colleagues(ctx, u.Place.Agency, catalogue.RightEdit)
	if err != nil {
		return nil, err
	}
	for i, a := range own {
		if i < mostKeepers && !slices.Contains(list, a.ID) {
			list = append(list, a.ID)
		}
	}
	return list, nil
}
