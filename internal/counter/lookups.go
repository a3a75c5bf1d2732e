package counter

import (
	"context"

	"yimen/internal/cases"
)

// lookUpProofs asks the registers for what the person need not prove, once they were
// seen: before that the window learns nothing about whose number was typed.
func (m *Module) lookUpProofs(ctx context.Context, s *sheet) error {
	if !s.list.Complete || s.list.Stop != "" {
		return nil
	}
	_, ok, err := m.consenterOf(ctx, s)
	if err != nil || !ok {
		return err
	}
	sub := *s.sub()
	sub.Draft, sub.Channel = s.draft.Number, cases.ChannelWindow
	return m.Cases.LookUp(ctx, sub, s.def, s.list.Materials)
}
