package cases

import (
	"context"
)

// Receive notes that what was submitted is in hand (预审通过、收件), without
// deciding yet whether it is accepted. The five days count from the day the
// submission counted as received, not from this act.
func (m *Module) Receive(ctx context.Context, number string, a Act) (Case, error) {
	return m.act(ctx, number, VerbReceive, a, func(ctx context.Context, t *turn) error {
		if err := t.step(VerbReceive, a.Opinion, nil); err != nil {
			return err
		}
		names, err := m.handedNames(ctx, t.r.ID)
		if err != nil {
			return err
		}
		t.give(receiptSheet(t.r, names))
		return nil
	})
}

// handedNames lists what was handed in, with the way, for a receipt.
func (m *Module) handedNames(ctx context.Context, id string) ([]string, error) {
	list, err := m.materialsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	return namesOf(list), nil
}

func (in *intake) handedNames() []string { return namesOf(in.materials) }

func namesOf(list []materialRow) []string {
	var names []string
	for _, r := range list {
		if r.Superseded == nil {
			names = append(names, r.Name+"（"+wayWords[r.Way]+"）")
		}
	}
	return names
}
