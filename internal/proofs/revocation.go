package proofs

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/licences"
	"yimen/workday"
)

// VerbRevoke is the right to revoke what one's agency granted on an untrue promise.
var VerbRevoke = identity.DefineVerb("proof.revoke", "决定撤销以不实承诺取得的决定")

func init() { identity.Extend("agency_head", VerbRevoke) }

// Errors about revocations.
var (
	ErrRevocationMove = errs.Define(errs.Conflict, "revocation_move_not_allowed", "这份撤销建议已经处理过了，请刷新后查看。")
	ErrRevocationHand = errs.Define(errs.Denied, "revocation_same_hand", "核查人不能自己决定撤销，请由本单位另一位负责人决定。")
)

// States of a revocation.
const (
	RevocationProposed  = "proposed"
	RevocationSuspended = "suspended" // the licence is, until it is decided
	RevocationRevoked   = "revoked"
	RevocationKept      = "kept" // what was granted stays
)

var revocationStates = map[string]string{RevocationProposed: "待决定", RevocationSuspended: "证照已暂扣，待决定", RevocationRevoked: "已撤销", RevocationKept: "不撤销"}

// Revocation is the proposal to revoke (撤销, 行政许可法 art. 69) what was granted
// on a promise that was found untrue. Nothing is revoked by itself.
type Revocation struct {
	ID             string     `db:"id"`
	Commitment     string     `db:"commitment"`
	Case           string     `db:"case_number"`
	Licence        string     `db:"licence"`
	State          string     `db:"state"`
	ProposedBy     string     `db:"proposed_by"`
	ProposedByName string     `db:"proposed_by_name"`
	ProposedAt     time.Time  `db:"proposed_at"`
	DecidedByName  string     `db:"decided_by_name"`
	DecidedAt      *time.Time `db:"decided_at"`
	Document       string     `db:"document"`
	Reason         string     `db:"reason"`
}

// Open says that it is still to be decided.
func (r Revocation) Open() bool {
	return r.State == RevocationProposed || r.State == RevocationSuspended
}

// StateName is the state in words.
func (r Revocation) StateName() string { return revocationStates[r.State] }

// proposeRevocation proposes it where the case was granted.
func (m *Module) proposeRevocation(ctx context.Context, c Commitment) error {
	if m.Granted == nil {
		return nil
	}
	granted, err := m.Granted(identity.With(ctx, identity.System("proofs")), c.Case)
	if err != nil || !granted {
		return err
	}
	a := identity.FromContext(ctx)
	r := Revocation{ID: db.NewID(), Commitment: c.ID, Case: c.Case, State: RevocationProposed, ProposedBy: a.Account, ProposedByName: a.Name, ProposedAt: m.now(ctx)}
	if m.Licences != nil {
		o, err := m.Licences.OfCase(ctx, c.Case)
		if err != nil && !errors.Is(err, licences.ErrOrderUnknown) {
			return err
		}
		r.Licence = o.Licence
	}
	_, err = m.DB.Conn(ctx).ExecNamed(ctx, `INSERT INTO proofs_revocation (id, commitment, case_number, licence, state, proposed_by, proposed_by_name, proposed_at, decided_by_name, document, reason)
		VALUES (:id, :commitment, :case_number, :licence, :state, :proposed_by, :proposed_by_name, :proposed_at, :decided_by_name, :document, :reason)`, r)
	if err != nil {
		return wrap("propose revocation", err)
	}
	return m.record(ctx, "proof.revocation_propose", "commitment", c.ID, c.Case)
}

// RevocationOf is what was proposed about a commitment; false: nothing.
func (m *Module) RevocationOf(ctx context.Context, commitment string) (Revocation, bool, error) {
	var r Revocation
	err := m.DB.Conn(ctx).Get(ctx, &r, `SELECT * FROM proofs_revocation WHERE commitment = $1`, commitment)
	if errors.Is(err, db.ErrNoRows) {
		return r, false, nil
	}
	return r, err == nil, wrap("read revocation", err)
}

// Decision is what the head decides about a proposal: RevocationSuspended,
// RevocationRevoked or RevocationKept.
type Decision struct {
	State, Document, Reason string
}

// DecideRevocation does what the head of the agency decides: the licence that was
// issued is suspended until then, or revoked with its decision. Errors:
// ErrCommitmentUnknown, ErrCommitmentRight, ErrRevocationHand, ErrRevocationMove,
// errs.ErrInvalid, those of licences.Do.
func (m *Module) DecideRevocation(ctx context.Context, commitment string, d Decision) error {
	d.Document, d.Reason = strings.TrimSpace(d.Document), strings.TrimSpace(d.Reason)
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		c, err := m.Commitment(ctx, commitment)
		if err != nil {
			return err
		}
		r, ok, err := m.RevocationOf(ctx, commitment)
		if err != nil {
			return err
		}
		a := identity.FromContext(ctx)
		switch {
		case !a.Can(VerbRevoke, c.at()):
			return ErrCommitmentRight.Say("撤销决定由作出决定的单位的负责人作出，您不能办理。")
		case !ok || !r.Open():
			return ErrRevocationMove
		case r.ProposedBy == a.Account:
			return ErrRevocationHand
		}
		if err := d.check(r); err != nil {
			return err
		}
		if err := m.onLicence(ctx, r, d); err != nil {
			return err
		}
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE proofs_revocation SET state = $2, document = $3, reason = $4, decided_by_name = $5, decided_at = $6
			WHERE id = $1 AND state = $7`, r.ID, d.State, d.Document, d.Reason, a.Name, m.now(ctx), r.State)
		if err != nil {
			return wrap("decide revocation", err)
		}
		if n == 0 {
			return ErrRevocationMove
		}
		if err := m.record(ctx, "proof.revocation_decide", "commitment", c.ID, revocationStates[d.State]+"，"+d.Document); err != nil {
			return err
		}
		return m.tellDecision(ctx, c, r, d)
	})
}

func (d Decision) check(r Revocation) error {
	var bad errs.Fields
	if d.State != RevocationSuspended && d.State != RevocationRevoked && d.State != RevocationKept || d.State == RevocationSuspended && (r.Licence == "" || r.State != RevocationProposed) {
		bad.Add("decision", "请选择怎么决定。")
	}
	if n := utf8.RuneCountInString(d.Reason); n < 4 || n > 300 {
		bad.Add("reason", "请写明理由，4到300个字，当事人看得到。")
	}
	if n := utf8.RuneCountInString(d.Document); d.State == RevocationRevoked && n < 2 || n > 60 {
		bad.Add("document", "撤销的，请填写撤销决定的文号，2到60个字。")
	}
	return bad.Err()
}

// onLicence does to the licence what was decided.
func (m *Module) onLicence(ctx context.Context, r Revocation, d Decision) error {
	act := map[string]licences.Act{RevocationSuspended: licences.Suspend, RevocationRevoked: licences.Withdraw}[d.State]
	if d.State == RevocationKept && r.State == RevocationSuspended {
		act = licences.Restore
	}
	if r.Licence == "" || act == "" {
		return nil
	}
	return m.Licences.Do(ctx, r.Licence, licences.Step{Act: act, Reason: d.Reason, Document: d.Document, Case: r.Case})
}

// Undone tells, in a sentence, when what a case granted was revoked since, or the
// licence that it resulted in does not count any more; "" when it stands. For
// whoever may see the case: the caller has looked.
func (m *Module) Undone(ctx context.Context, number string) (string, error) {
	var r Revocation
	err := m.DB.Conn(ctx).Get(ctx, &r, `SELECT * FROM proofs_revocation WHERE case_number = $1 AND state = $2 ORDER BY id LIMIT 1`, number, RevocationRevoked)
	if err == nil {
		return "这一件准予的决定，" + workday.DateOf(*r.DecidedAt, clock.Beijing).Chinese() + "撤销（" + r.Document + "）。理由：" + strings.TrimRight(r.Reason, "。") + "。", nil
	}
	if !errors.Is(err, db.ErrNoRows) {
		return "", wrap("read revocation of case", err)
	}
	if m.Licences == nil {
		return "", nil
	}
	return m.Licences.Undone(ctx, number)
}

// CloseCommitments ends the open promises of a case that came to nothing: there is
// nothing left to check.
func (m *Module) CloseCommitments(ctx context.Context, number, reason string) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		var list []Commitment
		if err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT * FROM proofs_commitment WHERE case_number = $1 AND open = 1 ORDER BY id`, number); err != nil {
			return wrap("read commitments of case", err)
		}
		for _, c := range list {
			_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE proofs_commitment SET state = $2, open = 0, report = $3 WHERE id = $1 AND open = 1`, c.ID, CommitmentEnded, reason)
			if err != nil {
				return wrap("close commitment", err)
			}
			if err := m.record(ctx, "proof.commitment_end", "commitment", c.ID, reason); err != nil {
				return err
			}
		}
		return nil
	})
}
