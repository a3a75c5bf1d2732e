package notices

import (
	"context"
	"errors"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/licences"
	"yimen/internal/org"
	"yimen/workday"
)

// Filed implements licences.Archive: whose document a file is, by its SM3 digest.
// It tells what the head of the document says, and nothing of the applicant.
func (m *Module) Filed(ctx context.Context, sum string) (licences.Filed, bool, error) {
	var p Document
	err := m.DB.Conn(ctx).Get(ctx, &p, `SELECT `+columns+` FROM notices_document WHERE hash = $1
		OR notice IN (SELECT notice FROM notices_copy WHERE hash = $1)`, sum)
	if errors.Is(err, db.ErrNoRows) {
		return licences.Filed{}, false, nil
	}
	if err != nil {
		return licences.Filed{}, false, wrap("find document by digest", err)
	}
	a, err := m.Org.Agency(ctx, p.Agency)
	if errors.Is(err, org.ErrAgencyUnknown) {
		a.Name, err = p.Agency, nil
	}
	if err != nil {
		return licences.Filed{}, false, wrap("find who signed", err)
	}
	return licences.Filed{Title: p.Title, DocNo: p.DocNo, Organ: a.Name, On: workday.DateOf(p.MadeAt, clock.Beijing)}, true, nil
}
