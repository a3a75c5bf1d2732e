package proofs

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

// VerbVerify is the right to check commitments of what one's agency decides.
var VerbVerify = identity.DefineVerb("proof.verify_commitment", "核查告知承诺")

func init() {
	identity.Extend("handler", VerbVerify)
	identity.Extend("approver", VerbVerify)
	identity.Extend("agency_head", VerbVerify)
}

// Commitment gives one to those who check it and those who supervise them;
// ErrCommitmentUnknown to all others.
func (m *Module) Commitment(ctx context.Context, id string) (Commitment, error) {
	var c Commitment
	err := m.DB.Conn(ctx).Get(ctx, &c, `SELECT * FROM proofs_commitment WHERE id = $1`, id)
	if errors.Is(err, db.ErrNoRows) {
		return c, ErrCommitmentUnknown
	}
	if err != nil {
		return c, wrap("read commitment", err)
	}
	if a := identity.FromContext(ctx); !a.Can(VerbVerify, c.at()) && !a.Can(VerbSupervise, c.at()) {
		return Commitment{}, ErrCommitmentUnknown
	}
	c.IDNo, err = m.Keys.Open(commitmentIDNo, c.ID, c.IDNo)
	return c, err
}

// Lists of commitments.
const (
	CommitmentsOpen   = "open"
	CommitmentsUntrue = "untrue"
	CommitmentsDone   = "done"
)

// Commitments lists those the viewer checks or supervises, by the day they are
// due: open ones, those found untrue, or all that are done.
func (m *Module) Commitments(ctx context.Context, part string, p db.Page) ([]Commitment, string, error) {
	var w db.Where
	switch part {
	case CommitmentsUntrue:
		w.And("open = 0").And("finding = ?", CommitmentUntrue)
	case CommitmentsDone:
		w.And("open = 0")
	default:
		w.And("open = 1")
	}
	narrowCommitments(ctx, &w)
	var due workday.Date
	var id string
	if more, err := p.Key(&due, &id); err != nil {
		return nil, "", err
	} else if more {
		w.And("(due_on > ? OR due_on = ? AND id > ?)", due, due, id)
	}
	limit := w.Arg(p.Size() + 1)
	var list []Commitment
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT * FROM proofs_commitment`+w.SQL()+` ORDER BY due_on, id LIMIT `+limit, w.Args()...)
	if err != nil {
		return nil, "", wrap("list commitments", err)
	}
	list, next := db.Cut(list, p, func(c Commitment) []any { return []any{c.DueOn, c.ID} })
	return list, next, nil
}

func narrowCommitments(ctx context.Context, w *db.Where) {
	a := identity.FromContext(ctx)
	a.Scope(VerbVerify).Or(a.Scope(VerbSupervise)).Where(w, identity.Columns{Receiving: "division", Division: "division", Agency: "agency", Dept: "dept"})
}

// CommitmentFigures are how many commitments were given, checked, found untrue,
// and replaced by the proof after all.
type CommitmentFigures struct {
	Given   int `db:"given"`
	Checked int `db:"checked"`
	Untrue  int `db:"untrue"`
	Taken   int `db:"taken"`
}

// CommitmentFigures sums up what the viewer may see.
func (m *Module) CommitmentFigures(ctx context.Context) (CommitmentFigures, error) {
	var w db.Where
	narrowCommitments(ctx, &w)
	var f CommitmentFigures
	err := m.DB.Conn(ctx).Get(ctx, &f, `SELECT COALESCE(SUM(given), 0) AS given, COALESCE(SUM(checked), 0) AS checked, COALESCE(SUM(untrue), 0) AS untrue,
		COALESCE(SUM(taken), 0) AS taken FROM proofs_commitment_tally`+w.SQL(), w.Args()...)
	return f, wrap("sum up commitments", err)
}

// Verification is what somebody found who checked a commitment.
type Verification struct {
	Finding  string // true untrue unclear
	Report   string // how it was checked and what was found
	Measures string // of an untrue one: what follows for the decision
}

func (v *Verification) check() error {
	var bad errs.Fields
	v.Report, v.Measures = strings.TrimSpace(v.Report), strings.TrimSpace(v.Measures)
	if commitmentFindings[v.Finding] == "" {
		bad.Add("finding", "请选择核查结论。")
	}
	if n := utf8.RuneCountInString(v.Report); n < 4 || n > 500 {
		bad.Add("report", "请写明怎么核查的、查到什么，4到500个字。")
	}
	if n := utf8.RuneCountInString(v.Measures); v.Finding == CommitmentUntrue && n < 4 || n > 500 {
		bad.Add("measures", "承诺不实的，请写明怎么处理，如责令改正、依法撤销决定，4到500个字。")
	}
	if v.Finding != CommitmentUntrue {
		v.Measures = ""
	}
	return bad.Err()
}

// Verify records what came of a check. Who gave an untrue commitment may give none
// for a year, and is told; so is the head of the agency that decided.
// ErrCommitmentUnknown, ErrCommitmentRight, ErrCommitmentMove, errs.ErrInvalid.
func (m *Module) Verify(ctx context.Context, id string, v Verification) (Commitment, error) {
	var c Commitment
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		var err error
		if c, err = m.Commitment(ctx, id); err != nil {
			return err
		}
		actor, now := identity.FromContext(ctx), m.now(ctx)
		if !actor.Can(VerbVerify, c.at()) {
			return ErrCommitmentRight
		}
		if c.Open == 0 {
			return ErrCommitmentMove
		}
		if err := v.check(); err != nil {
			return err
		}
		c.State, c.Open, c.Finding, c.Report, c.Measures, c.CheckerName, c.CheckedAt = CommitmentChecked, 0, v.Finding, v.Report, v.Measures, actor.Name, &now
		untrue := 0
		if v.Finding == CommitmentUntrue {
			untrue, c.BarredUntil = 1, m.barredUntil(ctx)
		}
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE proofs_commitment SET state = $2, open = 0, finding = $3, report = $4, measures = $5, checker_name = $6, checked_at = $7, barred_until = $8
			WHERE id = $1 AND open = 1`, c.ID, c.State, c.Finding, c.Report, c.Measures, c.CheckerName, c.CheckedAt, c.BarredUntil)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrCommitmentMove
		}
		if err := m.countCommitment(ctx, c, 0, 1, untrue, 0); err != nil {
			return err
		}
		if err := m.record(ctx, "proof.commitment_check", "commitment", c.ID, commitmentFindings[v.Finding]); err != nil {
			return err
		}
		if c.Finding == CommitmentUntrue {
			if err := m.proposeRevocation(ctx, c); err != nil {
				return err
			}
		}
		return m.tellUntrue(ctx, c)
	})
	return c, wrap("check commitment", err)
}

// barredUntil is the last day without commitments after an untrue one.
func (m *Module) barredUntil(ctx context.Context) workday.Date {
	return workday.DateOf(m.today(ctx).Time(clock.Beijing).AddDate(0, barredMonths, 0), clock.Beijing)
}

// Repair lets somebody give commitments again before the year is over (信用修复).
func (m *Module) Repair(ctx context.Context, id, reason string) (Commitment, error) {
	reason = strings.TrimSpace(reason)
	var c Commitment
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		var err error
		if c, err = m.Commitment(ctx, id); err != nil {
			return err
		}
		if !identity.FromContext(ctx).Can(VerbVerify, c.at()) {
			return ErrCommitmentRight
		}
		if !m.barring(ctx, c) {
			return ErrCommitmentMove
		}
		if n := utf8.RuneCountInString(reason); n < 4 || n > 500 {
			return errs.ErrInvalid.Field("reason", "请写明信用修复的理由，4到500个字。")
		}
		c.BarredUntil = workday.Date{}
		c.Measures += "　信用修复：" + reason
		if _, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE proofs_commitment SET barred_until = NULL, measures = $2 WHERE id = $1`, c.ID, c.Measures); err != nil {
			return err
		}
		return m.record(ctx, "proof.commitment_repair", "commitment", c.ID, reason)
	})
	return c, wrap("repair credit", err)
}

func (m *Module) barring(ctx context.Context, c Commitment) bool {
	return !c.BarredUntil.IsZero() && !m.today(ctx).After(c.BarredUntil)
}
