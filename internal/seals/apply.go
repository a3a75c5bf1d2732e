package seals

import (
	"context"
	"encoding/base64"
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/org"
	"yimen/internal/seals/picture"
	"yimen/workday"
)

// Application asks for a seal.
type Application struct {
	Kind      string
	Agency    string // code
	Owner     string // of a name seal: the name on it; else the agency's is
	Line      string // below the star, at most twelve characters; "" none
	Purposes  []string
	From      workday.Date
	Until     workday.Date // the last day
	Custodian string       // account name
}

// longest is how long a seal is good at most, in years.
const longest = 10

var purposeForm = regexp.MustCompile(`^(licence:\*|(licence|proof):[A-Za-z0-9_-]{1,40})$`)

// Apply asks for a seal. Errors: ErrInvalid with fields, ErrNotHere.
func (m *Module) Apply(ctx context.Context, a Application) (Seal, error) {
	s, err := m.prepare(ctx, a)
	if err != nil {
		return s.Seal, err
	}
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		if s.ESID, err = m.nextESID(ctx, s.Division); err != nil {
			return err
		}
		if _, err := m.DB.Conn(ctx).ExecNamed(ctx, insertSeal, s); err != nil {
			return wrap("insert seal", err)
		}
		rows := make([][]any, len(s.Purposes))
		for i, p := range s.Purposes {
			rows[i] = []any{s.ID, s.Agency, p}
		}
		if err := m.DB.Conn(ctx).InsertRows(ctx, "seals_purpose", []string{"seal", "agency", "purpose"}, "", rows); err != nil {
			return wrap("insert purposes", err)
		}
		return m.step(ctx, s.Seal, MoveApply, "")
	})
	return s.Seal, err
}

// prepare checks an application and makes its row.
func (m *Module) prepare(ctx context.Context, a Application) (whole, error) {
	actor := identity.FromContext(ctx)
	var bad errs.Fields
	agency, err := m.Org.Agency(ctx, a.Agency)
	if errors.Is(err, org.ErrAgencyUnknown) {
		bad.Add("agency", "没有这个单位，请核对单位代码。")
	} else if err != nil {
		return whole{}, err
	}
	s := whole{Seal: Seal{ID: db.NewID(), Kind: a.Kind, Line: strings.TrimSpace(a.Line), Agency: agency.Code, AgencyName: agency.Name, Division: agency.Division,
		Dept: agency.Dept, From: a.From, Until: a.Until, AppliedBy: actor.Account, State: Applied, Revision: 1, MadeAt: m.now(ctx)}}
	if agency.Code != "" && !actor.Can(VerbApply, s.at()) {
		bad.Add("agency", "这个单位的印章不归您申请，请选择您负责的单位。")
	}
	a.checkTerms(&bad, m.today(ctx))
	s.Purposes = slices.Compact(slices.Sorted(slices.Values(a.Purposes)))
	s.Name = nameOfSeal(a, agency.Name)
	if err := m.keeper(ctx, &s.Seal, a.Custodian, &bad); err != nil {
		return s, err
	}
	if bad.Empty() {
		if err := s.draw(strings.TrimSpace(a.Owner), &bad); err != nil {
			return s, err
		}
	}
	return s, bad.As(ErrInvalid)
}

func (a Application) checkTerms(bad *errs.Fields, today workday.Date) {
	if kindNames[a.Kind] == "" {
		bad.Add("kind", "请选择印章种类。")
	}
	owner := strings.TrimSpace(a.Owner)
	if n := utf8.RuneCountInString(owner); a.Kind == Personal && (n < 2 || n > 4) {
		bad.Add("owner", "请写法定代表人的姓名，2到4个字。")
	}
	if utf8.RuneCountInString(strings.TrimSpace(a.Line)) > 12 {
		bad.Add("line", "章面下方的字最多12个。")
	}
	if len(a.Purposes) == 0 {
		bad.Add("purposes", "请至少选一项用途。")
	}
	for _, p := range a.Purposes {
		if p != ForNotice && p != ForProof && p != ForDocument && !purposeForm.MatchString(p) {
			bad.Add("purposes", "没有“%s”这项用途，请从列表中选择。", p)
		}
	}
	switch {
	case a.From.IsZero() || a.Until.IsZero():
		bad.Add("until", "请写有效期的起止日期。")
	case !a.Until.After(a.From):
		bad.Add("until", "有效期的止日要晚于起日。")
	case a.Until.Before(today):
		bad.Add("until", "有效期已经过了，请核对日期。")
	case a.Until.Year()-a.From.Year() > longest:
		bad.Add("until", "有效期最长%d年。", longest)
	}
}

// nameOfSeal is what the seal is called: the agency and what is below the star.
func nameOfSeal(a Application, agency string) string {
	line := strings.TrimSpace(a.Line)
	switch {
	case a.Kind == Personal:
		return agency + "法定代表人" + strings.TrimSpace(a.Owner) + "名章"
	case line != "":
		return agency + line
	case a.Kind == Official:
		return agency + "公章"
	}
	return agency + kindNames[a.Kind]
}

// keeper finds the custodian, who must be able to use the seal.
func (m *Module) keeper(ctx context.Context, s *Seal, account string, bad *errs.Fields) error {
	account = strings.TrimSpace(account)
	if account == "" {
		bad.Add("custodian", "请写保管人的账号。")
		return nil
	}
	who, err := m.Accounts.Actor(ctx, account)
	if errors.Is(err, identity.ErrAccountUnknown) {
		bad.Add("custodian", "没有这个账号，请核对。")
		return nil
	}
	if err != nil {
		return err
	}
	s.Custodian, s.CustodianName = who.Account, who.Name
	switch {
	case isAdmin(who):
		bad.Add("custodian", "系统、安全、审计管理员不能保管印章。")
	case s.Agency != "" && !who.Can(VerbUse, s.at()):
		bad.Add("custodian", "这个账号在该单位没有用印的权限，请换一位保管人。")
	}
	return nil
}

// draw makes the picture; a character without a shape is named.
func (s *whole) draw(owner string, bad *errs.Fields) error {
	s.Width = sizeOf(s.Kind)
	s.Height = s.Width
	png, err := picture.Draw(designOf(s.Seal, owner))
	var missing *picture.MissingError
	if errors.As(err, &missing) {
		bad.Add("line", "字库里没有“%s”字，画不出章面，请联系系统管理员。", string(missing.Runes))
		return nil
	}
	s.Picture = base64.StdEncoding.EncodeToString(png)
	return wrap("draw seal", err)
}

func designOf(s Seal, owner string) picture.Design {
	d := picture.Design{Size: sizeOf(s.Kind), Name: s.AgencyName, Line: s.Line, Star: true}
	if s.Kind == Personal {
		d = picture.Design{Size: sizeOf(s.Kind), Name: owner, Square: true}
	}
	return d
}
