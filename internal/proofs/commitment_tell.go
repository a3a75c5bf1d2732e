package proofs

import (
	"context"
	"strconv"

	"yimen/internal/identity"
	"yimen/internal/messages"
)

// tellUntrue tells the applicant and the heads of the agency of an untrue one.
func (m *Module) tellUntrue(ctx context.Context, c Commitment) error {
	if m.Messages == nil || c.Finding != CommitmentUntrue {
		return nil
	}
	vars := map[string]string{"number": c.Case, "proof": c.MaterialName, "item": c.ItemName, "due": c.BarredUntil.Chinese()}
	err := m.toApplicant(ctx, c, messages.Notice{Template: "proof.commitment_untrue", Vars: vars, Key: "proof:commitment:" + c.ID + ":untrue"})
	if err != nil {
		return err
	}
	heads, err := m.headsOf(ctx, c.Agency)
	if err != nil {
		return err
	}
	return m.tellEach(ctx, heads, messages.Notice{Template: "proof.commitment_found", Link: commitmentURL(c.ID), Division: c.Division, Vars: vars, Key: "proof:commitment:" + c.ID + ":found"})
}

// tellDecision tells the applicant what was decided about what they were granted.
func (m *Module) tellDecision(ctx context.Context, c Commitment, r Revocation, d Decision) error {
	return m.toApplicant(ctx, c, messages.Notice{Template: "proof.revocation_" + d.State, Key: "proof:revocation:" + r.ID + ":" + d.State,
		Vars: map[string]string{"number": c.Case, "item": c.ItemName, "proof": c.MaterialName, "agency": c.AgencyName, "reason": messages.Reason(d.Reason, d.Document)}})
}

// toApplicant sends to who gave a commitment as the applicant of its case.
func (m *Module) toApplicant(ctx context.Context, c Commitment, n messages.Notice) error {
	if m.ToApplicant == nil {
		return nil
	}
	n.Division = c.Division
	return m.ToApplicant(ctx, c.Case, n)
}

func (m *Module) headsOf(ctx context.Context, agency string) ([]string, error) {
	list, err := m.Identity.Colleagues(identity.With(ctx, identity.System("proofs")), agency, VerbReply)
	var who []string
	for _, a := range list[:min(len(list), mostKeepers)] {
		who = append(who, a.ID)
	}
	return who, err
}

// tellEach sends a notice to several people.
func (m *Module) tellEach(ctx context.Context, accounts []string, n messages.Notice) error {
	key := n.Key
	for _, account := range accounts {
		n.To, n.Key = account, key+":"+account
		if err := m.Messages.Send(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// lateAtOnce is of how many agencies one run of the job tells: it is to be short.
const lateAtOnce = 20

// late are the commitments of an agency whose day has passed without a check.
type late struct {
	Agency     string `db:"agency"`
	AgencyName string `db:"agency_name"`
	Division   string `db:"division"`
	N          int    `db:"n"`
}

// LateCommitments tells the heads of agencies, and who supervises there, of
// commitments that have not been checked in time: of each once, those of an
// agency together. A periodic job.
func (m *Module) LateCommitments(ctx context.Context) error {
	ctx = identity.With(ctx, identity.System("proofs"))
	today := m.today(ctx)
	var list []late
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT agency, agency_name, division, COUNT(*) AS n FROM proofs_commitment WHERE open = 1 AND due_on < $1 AND told = 0
		GROUP BY agency, agency_name, division ORDER BY agency LIMIT $2`, today, lateAtOnce)
	if err != nil || m.Messages == nil {
		return wrap("list late commitments", err)
	}
	for _, l := range list {
		err := m.DB.InTx(ctx, func(ctx context.Context) error {
			if _, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE proofs_commitment SET told = 1 WHERE open = 1 AND due_on < $1 AND told = 0 AND agency = $2`, today, l.Agency); err != nil {
				return err
			}
			who, err := m.headsOf(ctx, l.Agency)
			if err != nil {
				return err
			}
			over, err := m.Identity.HoldersOver(ctx, VerbSupervise, l.Division)
			if err != nil {
				return err
			}
			return m.tellEach(ctx, append(who, over[:min(len(over), mostKeepers)]...), messages.Notice{Template: "proof.commitment_late", Link: CommitmentsURL, Division: l.Division,
				Vars: map[string]string{"agency": l.AgencyName, "count": strconv.Itoa(l.N)}, Key: "proof:commitments:" + l.Agency + ":" + today.String()})
		})
		if err != nil {
			return wrap("tell of late commitments", err)
		}
	}
	return nil
}
