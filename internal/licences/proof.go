package licences

import (
	"context"

	"yimen/internal/kit/db"
)

// IssueProof issues an electronic proof, which somebody asked for and approval
// grants: checked as TakeOver checks stock, drawn, sealed by its issuer and stored
// with trust A. All of it or nothing. Errors: those of TakeOver, and what keeps it
// from being drawn or sealed (a glyph or a seal that is missing).
func (m *Module) IssueProof(ctx context.Context, n Entry, approval string) (Licence, error) {
	n.Trust, n.Identifier = TrustA, ""
	l, t, err := m.check(ctx, n)
	if err != nil {
		return Licence{}, err
	}
	return m.grant(ctx, t, l, actProof, approval)
}

// HeldProof finds a licence of a type that somebody holds, which counts today and
// may stand in for the paper: the newest, false when there is none. The caller
// answers for asking.
func (m *Module) HeldProof(ctx context.Context, licenceType, holderNo string) (Licence, bool, error) {
	list, err := m.held(ctx, holderNo, func(w *db.Where) {
		w.And("x.type = ?", licenceType)
		m.stateIs(ctx, w, Valid)
	})
	if err != nil {
		return Licence{}, false, err
	}
	for _, l := range list {
		if l.Stands(m.today(ctx)) && l.Trust.Replaces() {
			return l, true, nil
		}
	}
	return Licence{}, false, nil
}
