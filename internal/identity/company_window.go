package identity

import (
	"context"
	"strings"

	"yimen/internal/kit/errs"
)

// Errors of binding at a window.
var (
	ErrCompanyClosed  = errs.Define(errs.Conflict, "company_closed", "登记信息显示这个单位已经注销或吊销，不能绑定。有异议的，请先到登记机关核实。")
	ErrCompanyDiffers = errs.Define(errs.Conflict, "company_differs", "与企业登记信息对不上：请再核对营业执照原件；确实刚变更、登记信息还没有更新的，勾选下面一项后再绑定。")
)

// BindCompanyAtWindow makes who stands before a clerk the legal representative of
// an enterprise, by the licence on the counter: for those who cannot show online
// who they are, and where no register is connected or it lags behind. They hold
// LevelPresence, as a rule by the card that was just read. Where the register says
// otherwise the clerk has to answer for it (newer: the papers are newer). Errors:
// ErrNoRight, ErrAccountUnknown, ErrLevelTooLow, ErrNotThisPerson,
// ErrCompanyClosed, ErrCompanyDiffers, ErrCompanyOffline, errs.ErrInvalid with fields.
func (m *Module) BindCompanyAtWindow(ctx context.Context, account string, b Binding, newer bool) (Mandate, error) {
	if _, err := vouching(ctx, ByWindow); err != nil {
		return Mandate{}, err
	}
	legal, err := m.Person(ctx, account)
	if err != nil {
		return Mandate{}, err
	}
	level, err := m.LevelOf(ctx, legal.Account)
	if err != nil {
		return Mandate{}, err
	}
	if level < LevelPresence {
		return Mandate{}, ErrLevelTooLow.Say("请先核验本人身份（本人在场，与证件照片一致），再绑定单位。").Needs(int(LevelPresence))
	}
	b.LegalName, b.LegalIDNo = legal.Name, legal.IDNo // who stands here, whatever is typed
	if err := b.check(); err != nil {
		return Mandate{}, err
	}
	e, err := m.onPaper(ctx, b, newer)
	if err != nil {
		return Mandate{}, err
	}
	return m.bind(ctx, e, legal, "法定代表人（窗口核对营业执照原件）", "company.bind_window")
}

// onPaper is the enterprise as its licence names it, held against the register
// where there is one.
func (m *Module) onPaper(ctx context.Context, b Binding, newer bool) (Enterprise, error) {
	e := Enterprise{USCC: b.USCC, Name: b.Name, LegalName: b.LegalName, LegalIDNo: b.LegalIDNo}
	if m.Enterprises == nil {
		return e, nil
	}
	found, known, err := m.Enterprises.Enterprise(ctx, b.USCC)
	if err != nil {
		return e, ErrCompanyOffline.Because(err)
	}
	if known {
		e.Address, e.Division = found.Address, found.Division
	}
	agrees := known && found.Name == b.Name && found.LegalName == b.LegalName && strings.EqualFold(found.LegalIDNo, b.LegalIDNo)
	switch {
	case found.Closed:
		return e, ErrCompanyClosed
	case !agrees && !newer:
		return e, ErrCompanyDiffers
	}
	return e, nil
}
