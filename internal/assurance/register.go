package assurance

import (
	"context"
	"errors"
	"strings"

	"yimen/gb"
	"yimen/internal/kit/db"
	"yimen/internal/kit/digest"
	"yimen/internal/kit/errs"
)

// Errors of the person register.
var (
	ErrRegister     = errs.Define(errs.Invalid, "assurance_register_mismatch", "核验没有通过。请核对姓名和身份证号码；仍不通过的，请带身份证到就近窗口办理。")
	ErrRegisterDown = errs.Define(errs.Unavailable, "assurance_register_down", "人口信息核验暂时用不了，请过一会儿再试，或到就近窗口办理。")
	ErrRegisterOft  = errs.Define(errs.RateLimited, "assurance_register_too_many", "今天核验的次数已经用完，请明天再试，或带身份证到就近窗口办理。")
)

// registerTries is how often in a day an account, or a telephone that
// registers, may ask the register: enough for a mistyped number.
const registerTries = 5

// Register is the city's person register (人口库), the two-element check of
// name and resident identity number. Bank four-element checks would be another
// Register; none is built in.
type Register interface {
	// Match tells whether a resident with that number has that name. An error
	// is that it could not be asked.
	Match(ctx context.Context, name, idNo string) (bool, error)
}

// Resident is somebody of the sample city's register.
type Resident struct{ Name, IDNo string }

// SampleRegister is the register of the sample city: invented people, kept as
// hashes in the database.
type SampleRegister struct{ DB *db.DB }

// Match implements Register.
func (s SampleRegister) Match(ctx context.Context, name, idNo string) (bool, error) {
	var id string
	err := s.DB.Conn(ctx).Get(ctx, &id, `SELECT id FROM assurance_person WHERE id = $1`, residentKey(name, idNo))
	if errors.Is(err, db.ErrNoRows) {
		return false, nil
	}
	return err == nil, wrap("ask the register", err)
}

// Load fills the register; people who are in it already stay.
func (s SampleRegister) Load(ctx context.Context, people []Resident) error {
	rows := make([][]any, len(people))
	for i, p := range people {
		rows[i] = []any{residentKey(p.Name, p.IDNo)}
	}
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		return wrap("fill the register", s.DB.Conn(ctx).InsertRows(ctx, "assurance_person", []string{"id"}, "ON CONFLICT (id) DO NOTHING", rows))
	})
}

func residentKey(name, idNo string) string {
	return digest.Of("resident", strings.TrimSpace(name), strings.ToUpper(strings.TrimSpace(idNo)))
}

// ask asks the register for somebody, counted by who asks. A wrong number or
// name is ErrRegister; the form of both was looked at before.
func (m *Module) ask(ctx context.Context, who, name, idNo string) error {
	if ok, err := m.countOne(ctx, "register", who, registerTries); err != nil || !ok {
		return errors.Join(err, ErrRegisterOft)
	}
	ok, err := m.Register.Match(ctx, name, idNo)
	if err != nil {
		return ErrRegisterDown.Because(err)
	}
	if !ok {
		return ErrRegister
	}
	return nil
}

// checkPerson looks at the form of a name and number; the number as it is kept.
func (m *Module) checkPerson(ctx context.Context, name, idNo string) (string, error) {
	var bad errs.Fields
	if _, err := gb.ParsePersonName(name); err != nil {
		bad.Add("name", "请填写身份证上的姓名。")
	}
	id, err := gb.ParseResidentID(strings.ToUpper(idNo), today(m.now(ctx)))
	if err != nil {
		bad.Add("id_no", "身份证号码不正确，请对照身份证逐位核对。")
	}
	return id.String(), bad.Err()
}
