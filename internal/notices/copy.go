package notices

import (
	"context"
	"encoding/hex"
	"errors"

	"github.com/emmansun/gmsm/sm3"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/licences"
	"yimen/internal/org"
	"yimen/workday"
)

// PDF gives a sealed file as PDF, and notes its digest: a PDF bears no signature,
// so whoever is handed one learns only from here that it is the city's.
func (m *Module) PDF(ctx context.Context, number, id string) (Document, []byte, error) {
	p, raw, err := m.Open(ctx, number, id)
	if err != nil {
		return p, nil, err
	}
	file, err := asPDF(raw)
	if err != nil {
		return p, nil, err
	}
	sum := sm3.Sum(file)
	_, err = m.DB.Conn(ctx).Exec(ctx, `INSERT INTO notices_copy (hash, notice, given_at) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING`,
		hex.EncodeToString(sum[:]), p.Notice, m.now(ctx))
	return p, file, wrap("note copy", err)
}

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
