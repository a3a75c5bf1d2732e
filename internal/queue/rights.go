package queue

import (
	"context"

	"yimen/internal/identity"
	"yimen/internal/org"
)

// Verbs of this module.
var (
	VerbCall   = identity.DefineVerb("queue.call", "叫号")
	VerbView   = identity.DefineVerb("queue.view", "查看大厅排队情况和统计")
	VerbManage = identity.DefineVerb("queue.manage", "设置队列、窗口和取号机")
	VerbPaper  = identity.DefineVerb("paper.hand", "交接纸质材料")
	VerbShift  = identity.DefineVerb("shift.confirm", "确认交接班")
)

func init() {
	for _, clerk := range []string{"window_clerk", "receiver"} {
		identity.Extend(clerk, VerbCall, VerbView, VerbPaper, VerbShift)
	}
	identity.Extend("centre_manager", VerbView, VerbManage, VerbPaper, VerbShift, VerbCall)
	identity.Extend("system_admin", VerbManage)
	for _, decides := range []string{"handler", "approver"} {
		identity.Extend(decides, VerbPaper)
	}
}

// at is where a hall stands, for rights: an outlet receives, and whoever is set
// over its division is set over its hall.
func at(division string) identity.Place {
	return identity.Place{Receiving: division, Division: division}
}

// may tells whether the actor may do v in the hall of an outlet.
func may(ctx context.Context, v identity.Verb, division string) bool {
	return identity.FromContext(ctx).Can(v, at(division))
}

// hall gives an outlet where the actor may do v; others are ErrNotHere.
func (m *Module) hall(ctx context.Context, v identity.Verb, outlet string) (org.Outlet, error) {
	o, err := m.Org.Outlet(ctx, outlet)
	if err == nil && !may(ctx, v, o.Division) {
		err = ErrNotHere
	}
	return o, err
}
