package seals

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/errs"
	"yimen/ofd/ses"
	"yimen/workday"
)

// Act is one move of a seal.
type Act struct {
	Move     Move
	Reason   string // refuse, suspend, resume, cancel: at least four characters
	RecordNo string // record: the number given by the public security organ
	Revision int    // as the page showed it; 0 any
}

// vendor is who made the software, as seals name it.
const vendor = "YIMEN"

// Do moves a seal. Errors: ErrUnknown, ErrNotHere, ErrMove, ErrOwn,
// ErrNotCustody, ErrStale, ErrNoMaker, ErrNoCert, those of fields and of the vault.
func (m *Module) Do(ctx context.Context, id string, act Act) (Seal, error) {
	act.Reason, act.RecordNo = strings.TrimSpace(act.Reason), strings.TrimSpace(act.RecordNo)
	var s whole
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		var err error
		if s, err = m.look(ctx, id); err != nil {
			return err
		}
		if err := m.mayDo(ctx, s.Seal, act.Move); err != nil {
			return err
		}
		to, ok := Allowed(s.State, act.Move)
		if !ok {
			return ErrMove
		}
		if act.Revision != 0 && act.Revision != s.Revision {
			return ErrStale
		}
		if err := act.check(); err != nil {
			return err
		}
		s.State = to
		if err := m.carryOut(ctx, &s, act); err != nil {
			return err
		}
		if err := m.save(ctx, &s); err != nil {
			return err
		}
		return m.step(ctx, s.Seal, act.Move, act.note())
	})
	return s.Seal, err
}

func (a Act) check() error {
	var bad errs.Fields
	if n := utf8.RuneCountInString(a.Reason); moves[a.Move].reason && n < 4 || n > 200 {
		bad.Add("reason", "请写明原因，4到200个字。")
	}
	if n := utf8.RuneCountInString(a.RecordNo); a.Move == MoveRecord && (n < 4 || n > 40) {
		bad.Add("record_no", "请写公安机关的备案号，4到40个字。")
	}
	return bad.Err()
}

func (a Act) note() string {
	if a.Move == MoveRecord {
		return "备案号" + a.RecordNo
	}
	return a.Reason
}

// mayDo says whether the actor may make a move of a seal (not whether the seal's
// state allows it).
func (m *Module) mayDo(ctx context.Context, s Seal, move Move) error {
	a := identity.FromContext(ctx)
	if a.IsSystem() {
		return nil
	}
	may := false
	switch move {
	case MoveApprove, MoveRefuse, MoveResume, MoveCancel:
		may = a.Can(VerbApprove, s.at())
	case MoveRecord, MoveMake, MoveHandOut:
		may = a.Can(VerbMake, s.at())
	case MoveActivate:
		may = a.Can(VerbApply, s.at())
	case MoveSuspend:
		may = a.Can(VerbApply, s.at()) || a.Can(VerbApprove, s.at())
	}
	switch {
	case !may:
		return ErrNotHere
	case move == MoveActivate && a.Account != s.Custodian:
		return ErrNotCustody
	case (move == MoveApprove || move == MoveRefuse || move == MoveResume) && (a.Account == s.AppliedBy || a.Account == s.Custodian):
		return ErrOwn
	}
	return nil
}

// MovesFor are those the actor may make of a seal now, for buttons.
func (m *Module) MovesFor(ctx context.Context, s Seal) []Move {
	var list []Move
	for _, move := range Moves {
		if _, ok := Allowed(s.State, move); ok && m.mayDo(ctx, s, move) == nil {
			list = append(list, move)
		}
	}
	return list
}

// carryOut does what a move means beside the new state.
func (m *Module) carryOut(ctx context.Context, s *whole, act Act) error {
	now := ceil(m.now(ctx))
	switch act.Move {
	case MoveRefuse:
		s.StopReason = act.Reason
	case MoveRecord:
		s.RecordNo = act.RecordNo
	case MoveMake:
		return m.produce(ctx, s)
	case MoveSuspend:
		s.StoppedAt, s.StopReason = &now, act.Reason
	case MoveResume:
		s.StoppedAt, s.StopReason = nil, ""
	case MoveCancel:
		if s.StoppedAt == nil { // one that was suspended has been out of use since then
			s.StoppedAt = &now
		}
		s.StopReason = act.Reason
		return errors.Join(m.revoke(ctx, s.Certificate, "印章注销"), m.Vault.Destroy(ctx, s.Handle))
	}
	return nil
}

// produce makes the seal: its key and certificate, and the maker's signature.
func (m *Module) produce(ctx context.Context, s *whole) error {
	maker, found, err := m.newest(ctx, RoleMakers)
	if err != nil {
		return err
	}
	if !found {
		return ErrNoMaker
	}
	cert, err := m.certify(ctx, s)
	if err != nil {
		return err
	}
	x, err := cert.parse()
	if err != nil {
		return err
	}
	picture, err := base64.StdEncoding.DecodeString(s.Picture)
	if err != nil {
		return wrap("read picture", err)
	}
	by, err := m.signer(ctx, maker)
	if err != nil {
		return err
	}
	start, end := span(s.Seal)
	d := ses.SealDesign{Vendor: vendor, ID: s.ESID, Name: s.Name, Created: m.now(ctx).UTC().Truncate(time.Second), Start: start, End: end,
		Picture: ses.Picture{Format: "PNG", Data: picture, Width: s.Width, Height: s.Height}}
	d.Signers = append(d.Signers, x)
	made, err := ses.MakeSeal(d, by)
	if err != nil {
		return errOf(err)
	}
	s.Handle, s.Certificate, s.ESL = cert.Handle, cert.ID, base64.StdEncoding.EncodeToString(made.Raw)
	return nil
}

// certify gives the certificate of a seal: the imported one, or in the sample
// city one of our own.
func (m *Module) certify(ctx context.Context, s *whole) (Certificate, error) {
	if s.Certificate != "" {
		return m.Certificate(ctx, s.Certificate)
	}
	ca, found, err := m.newest(ctx, RoleCA)
	switch {
	case err != nil:
		return Certificate{}, err
	case !m.Demo || !found:
		return Certificate{}, ErrNoCert
	}
	return m.issueOwn(ctx, RoleSigner, subject(s.Name, s.AgencyName), signerYears, ca)
}

// span is from when to when a seal may be used.
func span(s Seal) (start, end time.Time) {
	return midnight(s.From), midnight(s.Until.Add(1)).Add(-time.Second)
}

func midnight(d workday.Date) time.Time {
	return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, clock.Beijing).UTC()
}

// save writes a seal that was moved; ErrStale when another was quicker.
func (m *Module) save(ctx context.Context, s *whole) error {
	before := s.Revision
	s.Revision++
	n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE seals_seal SET state = $3, record_no = $4, handle = $5, certificate = $6, esl = $7, stopped_at = $8,
		stop_reason = $9, revision = $10 WHERE id = $1 AND revision = $2`,
		s.ID, before, s.State, s.RecordNo, s.Handle, s.Certificate, s.ESL, s.StoppedAt, s.StopReason, s.Revision)
	if err == nil && n == 0 {
		return ErrStale
	}
	return wrap("save seal", err)
}

// errOf finds the error for people inside one of the library; others stay ours.
func errOf(err error) error {
	if e := errs.From(err); e.Kind != errs.Internal {
		return e
	}
	return err
}
