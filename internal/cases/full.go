package cases

import (
	"context"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
)

// ErrSeeInFull is told to those who may see a case, and not everything of the
// person.
var ErrSeeInFull = errs.Define(errs.Denied, "see_in_full_denied", "您没有查看完整个人信息的权限：只有收件窗口和承办单位的人员可以，请联系他们。")

// MaySeeInFull tells whether the actor may see the person's numbers of a case
// whole: those who received it or decide it, not everybody who may see it.
func MaySeeInFull(a identity.Actor, c Case) bool {
	return a.Can(RightSeeInFull, identity.Place{Receiving: c.Receiving.Division, Division: c.Competent.Division,
		Agency: c.Competent.Code, Dept: c.Dept})
}

// FindInFull is Find for somebody who is going to see the numbers whole; the
// caller records it. Errors: ErrUnknown, ErrSeeInFull.
func (m *Module) FindInFull(ctx context.Context, number string) (Case, error) {
	c, err := m.Find(ctx, number)
	if err == nil && !MaySeeInFull(identity.FromContext(ctx), c) {
		err = ErrSeeInFull
	}
	return c, err
}
