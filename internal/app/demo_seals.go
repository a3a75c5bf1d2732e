package app

import (
	"context"

	"yimen/internal/identity"
	"yimen/internal/seals"
)

// sealKeepers are who looks after the sample city's seals. One keeps them, one
// approves, one makes: nobody does two of the three.
var sealKeepers = []struct{ name, title, role, division string }{
	{"seals-440200", "市印章管理员", seals.RoleKeeper, "440200000000"},
	{"seals-440232", "乳源县印章管理员", seals.RoleKeeper, "440232000000"},
	{"seals-approve-440200", "印章审批员", seals.RoleApprover, "440200000000"},
	{"seals-make-440200", "制章员", seals.RoleMaker, "440200000000"},
}

// sealSample makes those accounts, and asks for the seals of every agency: they
// are made in the background, after the start.
func (a *App) sealSample(ctx context.Context) error {
	list := make([]identity.NewAccount, len(sealKeepers))
	for i, k := range sealKeepers {
		list[i] = identity.NewAccount{Name: k.name, Kind: identity.KindStaff, DisplayName: k.title, Division: k.division,
			Roles: []identity.RoleAt{{Role: k.role, At: identity.Reach{Division: k.division}}}}
	}
	if err := a.Identity.CreateAccounts(ctx, list, DemoPassword); err != nil {
		return err
	}
	return a.Seals.BeginFurnish(ctx, a.FewSeals)
}
