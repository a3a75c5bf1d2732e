package identity

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"yimen/gb"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/db"
)

// decides says whether the actor decides on corrections of who lives somewhere;
// of those whose residence is not known, whoever has the right at all.
func decides(a Actor, division string) bool {
	if division == "" {
		return a.Has(VerbPersonCorrect)
	}
	return a.Can(VerbPersonCorrect, Place{Receiving: division, Division: division})
}

// CorrectionsToDecide lists those that wait for the actor, the oldest first, up
// to 200. Errors: ErrNoRight.
func (m *Module) CorrectionsToDecide(ctx context.Context) ([]Correction, error) {
	a := FromContext(ctx)
	if !a.Has(VerbPersonCorrect) {
		return nil, ErrNoRight
	}
	w := new(db.Where).And("x.state = ?", CorrectionAsked)
	a.Scope(VerbPersonCorrect).Where(w, Columns{Receiving: "x.division", Division: "x.division"})
	list, err := m.corrections(ctx, w.SQL()+` AND x.division <> '' ORDER BY x.id LIMIT 200`, w.Args()...)
	if err != nil {
		return nil, err
	}
	nowhere, err := m.corrections(ctx, ` WHERE x.state = $1 AND x.division = '' ORDER BY x.id LIMIT 200`, CorrectionAsked)
	return append(list, nowhere...), err
}

// Correction gives one to who decides on it: whole, which is recorded and shown
// to the person. Errors: ErrCorrectionUnknown.
func (m *Module) Correction(ctx context.Context, id string) (Correction, error) {
	c, err := m.correctionToDecide(ctx, id)
	if err != nil {
		return Correction{}, err
	}
	a := FromContext(ctx)
	return c, m.write(ctx, audit.Entry{Actor: a.Account, ActorName: a.Name, Address: a.Address, Action: "person.see_in_full", Object: "person",
		ObjectID: c.Account, Result: "ok", Purpose: "处理您提出的更正申请", Detail: "agency=" + a.Agency + " outlet=" + a.Outlet})
}

func (m *Module) correctionToDecide(ctx context.Context, id string) (Correction, error) {
	list, err := m.corrections(ctx, ` WHERE x.id = $1`, id)
	if err != nil {
		return Correction{}, err
	}
	if len(list) == 0 || list[0].What != CorrectIdentity || !decides(FromContext(ctx), list[0].Division) {
		return Correction{}, ErrCorrectionUnknown
	}
	return list[0], nil
}

// AskRegister asks the person register about the name and number as they should
// be: RegisterSame, RegisterOther, or RegisterOffline.
func (m *Module) AskRegister(ctx context.Context, c Correction) string {
	name, no := c.after()
	if m.Residents == nil || c.State != CorrectionAsked {
		return RegisterOffline
	}
	same, err := m.Residents.Match(ctx, name, no)
	switch {
	case err != nil:
		return RegisterOffline
	case same:
		return RegisterSame
	}
	return RegisterOther
}

// after is the name and number as they should be.
func (c Correction) after() (name, idNo string) {
	name, idNo = c.Name, c.IDNo
	if name == "" {
		name = c.BeforeName
	}
	if idNo == "" {
		idNo = c.BeforeIDNo
	}
	return name, idNo
}

// DecideCorrection puts the data right, or refuses with a note that the person
// reads. Where the register does not agree a yes needs a note too. What was
// proven of the name and number of before is proven no more; what the register
// confirms is. Errors: ErrCorrectionUnknown, ErrCorrectionOver, ErrIdentityTaken,
// ErrCorrectionInvalid with field note.
func (m *Module) DecideCorrection(ctx context.Context, id string, yes bool, note string) error {
	a, note := FromContext(ctx), strings.TrimSpace(note)
	c, err := m.correctionToDecide(ctx, id)
	if err != nil {
		return err
	}
	said := m.AskRegister(ctx, c) // outside the transaction: it may take its time
	if n := utf8.RuneCountInString(note); n > maxReason || n < 4 && (!yes || said != RegisterSame) {
		return ErrCorrectionInvalid.Field("note", "请写明理由，4至200个字：不更正的，申请人会看到；人口信息没有核对上仍要更正的，写明凭什么。")
	}
	state := CorrectionRefused
	if yes {
		state = CorrectionDone
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE identity_correction SET state = $2, register = $3, decided_by = $4, decided_at = $5, note = $6
			WHERE id = $1 AND state = 'asked'`, id, state, said, a.Account, m.now(ctx), note)
		if err != nil {
			return fmt.Errorf("decide on correction: %w", err)
		}
		if n == 0 {
			return ErrCorrectionOver
		}
		if !yes {
			if err := m.Changed(ctx, c.Account, ChangedNotCorrected, note); err != nil {
				return err
			}
			return m.recordCorrection(ctx, "correction.refuse", c, "register="+said)
		}
		if err := m.putRight(ctx, c, said); err != nil {
			return err
		}
		if err := m.Changed(ctx, c.Account, ChangedCorrected, ""); err != nil {
			return err
		}
		return m.recordCorrection(ctx, "correction.do", c, c.changes()+" register="+said)
	})
}

// changes names what is changed, never to what.
func (c Correction) changes() string {
	var list []string
	if c.Name != "" {
		list = append(list, "name")
	}
	if c.IDNo != "" {
		list = append(list, "id_no")
	}
	return "what=" + strings.Join(list, ",")
}

// putRight changes name and number; the levels above the telephone's fall, for
// they were proven of the name and number of before.
func (m *Module) putRight(ctx context.Context, c Correction, register string) error {
	name, no := c.after()
	own, err := m.Person(ctx, c.Account)
	if err != nil {
		return err
	}
	if own.Name != c.BeforeName || own.IDNo != c.BeforeIDNo {
		return ErrCorrectionOver // another change came between
	}
	if c.IDNo != "" {
		if err := m.free(ctx, NewAccount{Kind: KindPerson, IDType: own.IDType, IDNo: no}); err != nil {
			return err
		}
	}
	_, err = m.DB.Conn(ctx).Exec(ctx, `UPDATE identity_account SET display_name = $2, id_no = $3, id_no_key = $4, updated_at = $5,
		level2_until = NULL, level3_until = NULL, level4_until = NULL WHERE id = $1`,
		c.Account, name, m.Keys.Seal(accountIDNo, c.Account, no), m.Keys.Index(accountIDNo, no), m.now(ctx))
	if err != nil {
		return accountError(err)
	}
	if register != RegisterSame || own.IDType != string(gb.IDResident) {
		return nil
	}
	return m.Prove(ctx, Proof{Account: c.Account, Method: ByRegister, By: FromContext(ctx).Account, Detail: "correction"})
}
