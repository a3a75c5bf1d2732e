package identity

import (
	"context"
	"errors"
	"fmt"
	"mime/multipart"
	"strings"
	"time"
	"unicode/utf8"

	"yimen/gb"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/sealed"
)

// VerbPersonCorrect: a clerk decides whether a name or number is put right.
var VerbPersonCorrect = DefineVerb("person.correct", "更正个人登记信息")

// What a correction is of.
const (
	CorrectIdentity = "identity" // name or number: a clerk decides
	CorrectPhone    = "phone"    // changed by the person
	CorrectAddress  = "address"
)

// States of a correction.
const (
	CorrectionAsked     = "asked"
	CorrectionDone      = "done"
	CorrectionRefused   = "refused"
	CorrectionWithdrawn = "withdrawn"
)

// What the person register says of a name and number.
const (
	RegisterSame    = "same"
	RegisterOther   = "other"
	RegisterOffline = "offline" // not connected, or it did not answer
)

// Residents is the city's person register as corrections ask it.
type Residents interface {
	Match(ctx context.Context, name, idNo string) (bool, error)
}

// Errors of corrections.
var (
	ErrCorrectionUnknown = errs.Define(errs.NotFound, "correction_unknown", "没有这条更正申请，或者不归您处理，请回到列表重新选择。")
	ErrCorrectionOver    = errs.Define(errs.Conflict, "correction_over", "这条更正申请已经处理过，请刷新页面查看。")
	ErrCorrectionOne     = errs.Define(errs.Conflict, "correction_waiting", "您已经有一条更正申请在等待处理；要改内容，请先撤回。")
	ErrCorrectionInvalid = errs.Define(errs.Invalid, "correction_invalid", "更正申请填写有误，请按提示修改。")
)

// Correction is something somebody had put right about themselves. Personal:
// masked on every page but the clerk's who decides.
type Correction struct {
	ID         string     `db:"id"`
	Account    string     `db:"account"`
	What       string     `db:"what"`
	Name       string     `db:"name"`  // as it should be; "" stays
	IDNo       string     `db:"id_no"` // as it should be; "" stays
	BeforeName string     `db:"before_name"`
	BeforeIDNo string     `db:"before_id_no"`
	Reason     string     `db:"reason"`
	File       string     `db:"file"` // id in the file store; "" none
	FileName   string     `db:"file_name"`
	Division   string     `db:"division"` // of residence
	State      string     `db:"state"`
	Register   string     `db:"register"` // what it said when it was decided
	AskedAt    time.Time  `db:"asked_at"`
	DecidedBy  string     `db:"decided_name"`
	DecidedAt  *time.Time `db:"decided_at"`
	Note       string     `db:"note"`
}

const selectCorrection = `SELECT x.id, x.account, x.what, x.name, x.id_no, x.before_name, x.before_id_no, x.reason, x.file, x.file_name, x.division,
	x.state, x.register, x.asked_at, COALESCE(k.display_name, '') AS decided_name, x.decided_at, x.note
	FROM identity_correction x LEFT JOIN identity_account k ON k.id = x.decided_by`

var (
	correctionNo     = sealed.Define("identity_correction", "id", "id_no")
	correctionBefore = sealed.Define("identity_correction", "id", "before_id_no")
)

func (c *Correction) reveal(ring *sealed.Ring) error {
	return ring.Reveal(c.ID, sealed.Value{Column: correctionNo, Text: &c.IDNo}, sealed.Value{Column: correctionBefore, Text: &c.BeforeIDNo})
}

// AskCorrection asks for the actor's own name or number (c.Name, c.IDNo; "" or
// what is on file stays) to be put right, with a reason and a picture of the
// paper that shows it. Errors: ErrNoRight, ErrCorrectionOne, ErrCorrectionInvalid
// with fields name, id_no, reason, file.
func (m *Module) AskCorrection(ctx context.Context, c Correction, paper *multipart.FileHeader) error {
	a := FromContext(ctx)
	if a.Kind != KindPerson {
		return ErrNoRight
	}
	own, err := m.Person(ctx, a.Account)
	if err != nil {
		return err
	}
	if err := m.checkCorrection(ctx, &c, own, paper); err != nil {
		return err
	}
	c.ID = db.NewID()
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		if paper != nil && m.Files != nil {
			body, err := paper.Open()
			if err != nil {
				return fmt.Errorf("read paper: %w", err)
			}
			defer body.Close()
			f, err := m.Files.Save(ctx, paper.Filename, paper.Header.Get("Content-Type"), body, a.Account)
			if err != nil {
				return asField("file", err)
			}
			c.File, c.FileName = f.ID, f.Name
		}
		_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO identity_correction (id, account, what, name, id_no, before_name, before_id_no, reason, file, file_name,
			division, state, register, asked_at, decided_by, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', $13, '', '')`,
			c.ID, a.Account, CorrectIdentity, c.Name, m.Keys.Seal(correctionNo, c.ID, c.IDNo), own.Name, m.Keys.Seal(correctionBefore, c.ID, own.IDNo),
			c.Reason, c.File, c.FileName, own.Division, CorrectionAsked, m.now(ctx))
		var taken *db.UniqueError
		if errors.As(err, &taken) {
			return ErrCorrectionOne.Because(err)
		}
		if err != nil {
			return fmt.Errorf("store correction: %w", err)
		}
		return m.recordCorrection(ctx, "correction.ask", c, "")
	})
}

// asField puts what is wrong with a file beside its field.
func asField(name string, err error) error {
	if k := errs.KindOf(err); k == errs.Internal || k == errs.Unavailable {
		return err
	}
	return ErrCorrectionInvalid.Field(name, errs.From(err).Message)
}

func (m *Module) checkCorrection(ctx context.Context, c *Correction, own Person, paper *multipart.FileHeader) error {
	var bad errs.Fields
	if c.Name = strings.TrimSpace(c.Name); c.Name != "" {
		name, err := gb.ParsePersonName(c.Name)
		if err != nil {
			bad.Add("name", "请照证件填写姓名。")
		}
		c.Name = name
	}
	if c.IDNo = strings.TrimSpace(c.IDNo); c.IDNo != "" {
		t, err := gb.ParseIDType(own.IDType)
		if err == nil {
			c.IDNo, err = t.ParseNumber(c.IDNo, m.todayIs(ctx))
		}
		if err != nil {
			bad.Add("id_no", "证件号码不正确，请对照证件逐位核对。")
		}
	}
	if c.Name == own.Name {
		c.Name = ""
	}
	if strings.EqualFold(c.IDNo, own.IDNo) {
		c.IDNo = ""
	}
	if bad.Empty() && c.Name == "" && c.IDNo == "" {
		bad.Add("name", "填的与现在登记的一样。请填写要更正成什么；不改的留空。")
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(c.Reason)); n < 4 || n > maxReason {
		bad.Add("reason", "请写清为什么要更正，4至200个字，例如：登记时写错了一个字。")
	}
	c.Reason = strings.TrimSpace(c.Reason)
	if paper == nil && m.Files != nil {
		bad.Add("file", "请上传证件或证明的照片，能看清姓名和号码。")
	}
	return bad.As(ErrCorrectionInvalid)
}

// WithdrawCorrection takes back what the actor asked; nothing asked is no error.
func (m *Module) WithdrawCorrection(ctx context.Context) error {
	a := FromContext(ctx)
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE identity_correction SET state = $2, decided_at = $3 WHERE account = $1 AND state = 'asked'`,
			a.Account, CorrectionWithdrawn, m.now(ctx))
		if err != nil || n == 0 {
			return err
		}
		return m.recordCorrection(ctx, "correction.withdraw", Correction{Account: a.Account}, "")
	})
}

// Corrections lists what the actor had put right or asked for, newest first, up to 50.
func (m *Module) Corrections(ctx context.Context) ([]Correction, error) {
	return m.corrections(ctx, ` WHERE x.account = $1 ORDER BY x.id DESC LIMIT 50`, FromContext(ctx).Account)
}

func (m *Module) corrections(ctx context.Context, where string, args ...any) ([]Correction, error) {
	var list []Correction
	if err := m.DB.Conn(ctx).Select(ctx, &list, selectCorrection+where, args...); err != nil {
		return nil, fmt.Errorf("list corrections: %w", err)
	}
	for i := range list {
		if err := list[i].reveal(m.Keys); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// contactChanged keeps in the history that somebody changed a telephone or an
// address; never which.
func (m *Module) contactChanged(ctx context.Context, account, what string) error {
	_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO identity_correction (id, account, what, name, id_no, before_name, before_id_no, reason, file, file_name,
		division, state, register, asked_at, decided_by, decided_at, note) VALUES ($1, $2, $3, '', '', '', '', '', '', '', '', $4, '', $5, '', $5, '')`,
		db.NewID(), account, what, CorrectionDone, m.now(ctx))
	if err != nil {
		return fmt.Errorf("keep history of contact: %w", err)
	}
	return nil
}

func (m *Module) recordCorrection(ctx context.Context, action string, c Correction, detail string) error {
	a := FromContext(ctx)
	return m.write(ctx, audit.Entry{Actor: a.Account, ActorName: a.Name, Address: a.Address, Action: action, Object: "person", ObjectID: c.Account,
		Result: "ok", Detail: detail})
}
