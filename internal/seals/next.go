package seals

import (
	"context"
	"slices"
	"strings"

	"yimen/internal/identity"
)

// nextMoves are what brings a seal on from a state, for whoever waits for others.
var nextMoves = map[State]Move{Applied: MoveApprove, Approved: MoveRecord, Recorded: MoveMake, Made: MoveHandOut, HandedOut: MoveActivate, Suspended: MoveResume}

// shownNames is how many of those who may make the next move are named.
const shownNames = 3

// waitsFor tells who brings a seal on that the viewer cannot: which move comes
// next, whose right it is, and the nearest of them by name. "" where nothing
// comes next or the viewer may do it.
func (m *Module) waitsFor(ctx context.Context, s Seal) (string, error) {
	move := nextMoves[s.State]
	if move == "" || m.mayDo(ctx, s, move) == nil {
		return "", nil
	}
	begin := "下一步是“" + move.Title() + "”，"
	if s.State == Suspended {
		begin = "停用期间盖不了章。要恢复使用，"
	}
	if move == MoveActivate {
		return begin + "由保管人" + s.CustodianName + "本人办理。", nil
	}
	verb, holders := VerbMake, RoleMaker
	if move == MoveApprove || move == MoveResume {
		verb, holders = VerbApprove, RoleApprover
	}
	who, _ := identity.RoleNamed(holders)
	role := who.Title
	list, err := m.Accounts.HoldersOver(ctx, verb, s.Division)
	if err != nil {
		return "", err
	}
	if verb == VerbApprove { // nobody decides about a seal of their own
		list = slices.DeleteFunc(list, func(account string) bool { return account == s.AppliedBy || account == s.Custodian })
	}
	if len(list) == 0 {
		return begin + "由" + role + "办理；这里还没有别的" + role + "，请联系安全管理员指定一位。", nil
	}
	list = list[:min(len(list), shownNames)]
	names, err := m.Accounts.NamesOf(ctx, list)
	if err != nil {
		return "", err
	}
	known := make([]string, 0, len(list))
	for _, account := range list {
		if name := identity.Known(names[account]); name != "" && name != role {
			known = append(known, name)
		}
	}
	if len(known) == 0 {
		return begin + "由" + role + "办理。", nil
	}
	return begin + "由" + role + "办理：" + strings.Join(known, "、") + "。", nil
}
