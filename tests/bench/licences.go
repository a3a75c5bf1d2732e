package main

import (
	"context"
	"fmt"

	"yimen/internal/app"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/licences"
)

const (
	licencesStored = 100_000
	licenceClients = 8
)

// copiesOfOne stores licences that say what the first one says, of other
// holders, three each; their ids come before those of real ones.
const copiesOfOne = `INSERT INTO licences_licence (id, identifier, type, number, number_key, holder_kind, holder_name, holder_no, holder_no_key, issuer, issuer_name,
		issuer_code, issuer_dept, division, issued_on, from_on, to_on, fields, trust, version, flags, state, case_number, made_at, revision)
	WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
	SELECT '00-bench-' || i, '00-bench-' || i, x.type, '', '00-bench-' || i, x.holder_kind, '样例' || (i / 3), '', '00-bench-' || (i / 3), x.issuer, x.issuer_name,
		x.issuer_code, x.issuer_dept, x.division, x.issued_on, x.from_on, x.to_on, '{}', x.trust, x.version, x.flags, x.state, x.case_number, x.made_at, x.revision
	FROM n, (SELECT * FROM licences_licence ORDER BY id LIMIT 1) x`

// licences measures the list of licences, and the search by a holder's number,
// among a hundred thousand.
func (c *city) licences(ctx context.Context, a *app.App) error {
	ctx = identity.With(ctx, identity.System("bench"))
	known, _, err := a.Licences.List(ctx, licences.Find{}, db.Page{Limit: db.MaxLimit})
	if err != nil || len(known) == 0 {
		return fmt.Errorf("bench: no licences to look for: %w", err)
	}
	if _, err := a.DB.Conn(ctx).Exec(ctx, copiesOfOne, licencesStored); err != nil {
		return err
	}
	for _, q := range []struct {
		what string
		find func(i int) licences.Find
	}{
		{"licences listed", func(int) licences.Find { return licences.Find{} }},
		{"licences searched by holder", func(i int) licences.Find { return licences.Find{Q: known[i%len(known)].HolderNo} }},
	} {
		l := together(ctx, licenceClients, c.keep, func(ctx context.Context, _, i int) error {
			list, _, err := a.Licences.List(ctx, q.find(i), db.Page{Limit: 20})
			if err == nil && len(list) == 0 {
				err = fmt.Errorf("bench: %s: nothing found", q.what)
			}
			return err
		})
		if l.first != nil {
			return l.first
		}
		c.report.add(figure{What: fmt.Sprintf("%s, among %d, %d clients", q.what, licencesStored, licenceClients), Budget: "≤ 20 ms", Measured: l.latencies(), Value: l.perSecond(), Unit: "/s"})
	}
	return nil
}
