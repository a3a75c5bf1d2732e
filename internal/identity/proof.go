package identity

import (
	"context"
	"fmt"
	"strings"
	"time"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
)

// Proof is that an account has proven who its owner is.
type Proof struct {
	ID      string    `db:"id"`      // set by Prove
	Account string    `db:"account"` // id
	Method  Method    `db:"method"`
	Level   Level     `db:"level"` // 0: what the method proves
	At      time.Time `db:"at"`    // zero: now
	Until   time.Time `db:"until"` // zero: as long as the method holds
	By      string    `db:"by_whom"`
	Detail  string    `db:"detail"` // never personal: model version, request id, score
}

// Holds tells whether the proof is still good.
func (p Proof) Holds(now time.Time) bool { return p.Until.After(now) }

// ErrProof is told for a proof that proves nothing; ours, not the user's.
var ErrProof = errs.Define(errs.Internal, "proof_invalid", "实名核验结果无法保存，请稍后再试。")

func (p *Proof) complete(now time.Time) error {
	kind, known := methodKinds[p.Method]
	if p.Level == 0 {
		p.Level = kind.level
	}
	if p.At.IsZero() {
		p.At = now
	}
	if p.Until.IsZero() && known {
		p.Until = p.At.Add(kind.holds)
	}
	if !known || p.Level <= LevelNone || p.Level > kind.level || !p.Until.After(p.At) {
		return ErrProof.Because(fmt.Errorf("%s proves no level %d", p.Method, p.Level))
	}
	return nil
}

// Prove records a proof; it joins the transaction. The caller has checked what
// is proven. Actor.Level is raised from the next request on, and the owner told
// of a level above the first that the program did not give itself. Errors:
// ErrAccountUnknown for accounts of staff and for those there are not, ErrProof.
func (m *Module) Prove(ctx context.Context, p Proof) error {
	if err := p.complete(m.now(ctx)); err != nil {
		return err
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		person, err := m.Person(ctx, p.Account)
		if err != nil {
			return err
		}
		p.ID, p.Account = db.NewID(), person.Account
		held, err := m.LevelOf(ctx, p.Account)
		if err != nil {
			return err
		}
		if err := m.insertProofs(ctx, []Proof{p}); err != nil {
			return err
		}
		if err := m.raise(ctx, p); err != nil {
			return err
		}
		if p.Level > held && p.Level > LevelPhone && !FromContext(ctx).IsSystem() {
			if err := m.Changed(ctx, p.Account, ChangedLevel, p.Level.Title()+"（"+p.Method.Title()+"）"); err != nil {
				return err
			}
		}
		if p.Method == BySMS {
			if err := m.phoneProven(ctx, p.Account, p.At); err != nil {
				return err
			}
		}
		return m.record(ctx, "account.prove", p.Account, fmt.Sprintf("method=%s level=%d", p.Method, p.Level))
	})
}

var proofColumns = []string{"id", "account", "method", "level", "at", "until", "by_whom", "detail"}

func (m *Module) insertProofs(ctx context.Context, list []Proof) error {
	rows := make([][]any, len(list))
	for i, p := range list {
		rows[i] = []any{p.ID, p.Account, string(p.Method), int(p.Level), p.At.UTC(), p.Until.UTC(), p.By, p.Detail}
	}
	return m.DB.Conn(ctx).InsertRows(ctx, "identity_proof", proofColumns, "", rows)
}

// raise moves the ends of the proof's level and of those below it on, never back.
func (m *Module) raise(ctx context.Context, p Proof) error {
	set := make([]string, LevelCA)
	for i := range set {
		set[i] = fmt.Sprintf(`level%[1]d_until = CASE WHEN $3 >= %[1]d AND (level%[1]d_until IS NULL OR level%[1]d_until < $2)
			THEN $2 ELSE level%[1]d_until END`, i+1)
	}
	_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE identity_account SET `+strings.Join(set, ", ")+` WHERE id = $1`,
		p.Account, p.Until.UTC(), int(p.Level))
	if err != nil {
		return fmt.Errorf("raise level: %w", err)
	}
	return nil
}

// Proofs lists the proofs of an account (id), newest first, ended ones too: at
// most 100. The caller answers for showing them.
func (m *Module) Proofs(ctx context.Context, account string) ([]Proof, error) {
	var list []Proof
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT id, account, method, level, at, until, by_whom, detail FROM identity_proof
		WHERE account = $1 ORDER BY at DESC, id DESC LIMIT 100`, account)
	if err != nil {
		return nil, fmt.Errorf("list proofs: %w", err)
	}
	return list, nil
}

// LevelOf is the level an account (id) holds now, for those who are shown
// somebody else's, such as a window.
func (m *Module) LevelOf(ctx context.Context, account string) (Level, error) {
	var h levelsHeld
	err := m.DB.Conn(ctx).Get(ctx, &h, `SELECT level1_until, level2_until, level3_until, level4_until
		FROM identity_account WHERE id = $1`, account)
	if err != nil {
		return LevelNone, fmt.Errorf("read level: %w", err)
	}
	led, err := m.ledBy(ctx, account) // none leads a person
	return max(h.at(m.now(ctx)), led), err
}
