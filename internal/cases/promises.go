package cases

import (
	"context"

	"yimen/internal/catalogue"
	"yimen/internal/proofs"
)

// promise refuses the promise of somebody who has given an untrue one.
func (c *checker) promise(ctx context.Context, i int) error {
	if c.m.Promises == nil {
		return nil
	}
	return c.add(fieldOf(i, "promise"), c.m.Promises.Barred(ctx, c.s.Applicant.IDNo))
}

// keepPromises keeps the promises among materials that are being stored, with the
// words that stood before the applicant, and ends those about materials that are
// handed in after all. Inside the transaction.
func (m *Module) keepPromises(ctx context.Context, r *record, channel string, asked []catalogue.Material, list []materialRow) error {
	if m.Promises == nil {
		return nil
	}
	for _, row := range list {
		need, ok := materialOf(asked, row.Material)
		if row.Way != wayPromise || !ok {
			continue
		}
		err := m.Promises.Commit(ctx, proofs.Given{Need: need, Item: r.Item, ItemName: r.ItemName, Case: r.Number, Channel: channel,
			Account: r.Account, Name: r.ApplicantName, IDNo: r.ApplicantIDNo, Agency: r.CompetentAgency, AgencyName: r.CompetentName, Dept: r.Dept,
			Division: r.CompetentDivision, Receiving: r.ReceivingDivision, Sample: r.Sample})
		if err != nil {
			return err
		}
	}
	return nil
}
