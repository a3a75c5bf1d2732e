package identity

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"yimen/gb"
	"yimen/internal/kit/errs"
	"yimen/workday"

	"yimen/internal/kit/clock"
)

// VerbPersonIdentify: a clerk vouches for who stands before them.
var VerbPersonIdentify = DefineVerb("person.identify", "当面核验身份、开通账号")

// ErrNotThisPerson is told when the document in the clerk's hands is not that of
// the account.
var ErrNotThisPerson = errs.Define(errs.Conflict, "person_differs", "证件上的姓名、号码与账号登记的不一致，没有办理。请核对证件；改过名的，请先变更登记。")

// Document is what a clerk holds in their hands, with its owner before them.
type Document struct {
	Name         string // as it stands on the document
	IDType, IDNo string
	Method       Method // ByCard: read by a reader; ByWindow: the original, looked at
}

// vouching is the clerk who answers for a document. Errors: ErrNoRight, ErrProof.
func vouching(ctx context.Context, by Method) (Actor, error) {
	a := FromContext(ctx)
	if !a.IsSystem() && !(a.Kind == KindStaff && a.Has(VerbPersonIdentify)) {
		return a, ErrNoRight
	}
	if by != ByCard && by != ByWindow {
		return a, ErrProof.Because(fmt.Errorf("nobody is seen by %s", by))
	}
	return a, nil
}

// Attest raises the account whose document a clerk has seen, with its owner
// before them. Errors: ErrNoRight, ErrAccountUnknown, ErrNotThisPerson.
func (m *Module) Attest(ctx context.Context, account string, d Document) error {
	a, err := vouching(ctx, d.Method)
	if err != nil {
		return err
	}
	p, err := m.inHand(ctx, account, d)
	if err != nil {
		return err
	}
	return m.Prove(ctx, Proof{Account: p.Account, Method: d.Method, By: a.Account, Detail: "outlet=" + a.Outlet})
}

// inHand is the person whose account and whose document agree.
func (m *Module) inHand(ctx context.Context, account string, d Document) (Person, error) {
	p, err := m.Person(ctx, account)
	if err != nil {
		return p, err
	}
	if p.Kind != KindPerson || p.IDType != d.IDType || !strings.EqualFold(p.IDNo, d.IDNo) || p.Name != strings.TrimSpace(d.Name) {
		return p, ErrNotThisPerson
	}
	return p, nil
}

// Opening is an account to be made for somebody without a telephone.
type Opening struct {
	Document
	Phone, Division, Address string // may be ""
}

// Slip is what is printed and handed over: shown once, kept nowhere.
type Slip struct{ Account, Login, Password string }

// OpenAccount makes an account for who stands before a clerk, proven by their
// document. Its password is good for one sign-in and has to be changed there.
// Errors: ErrNoRight, errs.ErrInvalid with fields, ErrIdentityTaken.
func (m *Module) OpenAccount(ctx context.Context, o Opening) (Slip, error) {
	a, err := vouching(ctx, o.Method)
	if err != nil {
		return Slip{}, err
	}
	if err := o.check(workday.DateOf(m.now(ctx), clock.Beijing)); err != nil {
		return Slip{}, err
	}
	s := Slip{Login: "ym" + from("0123456789", 9), Password: firstPassword()}
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		s.Account, err = m.CreateAccount(ctx, NewAccount{Name: s.Login, Kind: KindPerson, DisplayName: o.Name, IDType: o.IDType, IDNo: o.IDNo,
			Phone: o.Phone, Division: o.Division, Address: o.Address, Password: s.Password, FirstPassword: true})
		if err != nil {
			return err
		}
		if err := m.Prove(ctx, Proof{Account: s.Account, Method: o.Method, By: a.Account, Detail: "outlet=" + a.Outlet}); err != nil {
			return err
		}
		return m.record(ctx, "account.open", s.Account, "")
	})
	if err != nil {
		return Slip{}, err
	}
	return s, nil
}

func (o *Opening) check(today workday.Date) error {
	var bad errs.Fields
	name, err := gb.ParsePersonName(o.Name)
	if err != nil {
		bad.Add("name", "请照证件填写姓名。")
	}
	o.Name = name
	t, err := gb.ParseIDType(o.IDType)
	if err == nil && !t.OfOrganisation() {
		o.IDNo, err = t.ParseNumber(o.IDNo, today)
	}
	if err != nil || t.OfOrganisation() {
		bad.Add("id_no", "请先用本人的身份证件识别办事人。")
	}
	if o.Phone = strings.TrimSpace(o.Phone); o.Phone != "" {
		if _, err := gb.ParseMobile(o.Phone); err != nil {
			bad.Add("phone", "请填写11位手机号；没有手机的留空。")
		}
	}
	return bad.Err()
}

// ReissueFirst gives somebody who lost their password another that is good for
// one sign-in, against their document. All their sessions end. Errors: ErrNoRight,
// ErrAccountUnknown, ErrNotThisPerson.
func (m *Module) ReissueFirst(ctx context.Context, account string, d Document) (Slip, error) {
	s := Slip{Password: firstPassword()}
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		if err := m.Attest(ctx, account, d); err != nil {
			return err
		}
		row, err := m.account(ctx, account)
		if err != nil {
			return err
		}
		s.Account, s.Login = row.ID, row.Name
		hash, err := m.hash(ctx, s.Password)
		if err != nil {
			return err
		}
		now := m.now(ctx)
		_, err = m.DB.Conn(ctx).Exec(ctx, `UPDATE identity_account SET password = $2, epoch = epoch + 1, updated_at = $3, password_at = $4,
			password_first = $5, shared = $6 WHERE id = $1`, row.ID, hash, now, now, true, false)
		if err != nil {
			return fmt.Errorf("store password: %w", err)
		}
		return errors.Join(m.forgetFailures(ctx, failureKey(row.Name)), m.ended(ctx, row.ID, ""), m.Changed(ctx, row.ID, ChangedFirstPassword, ""), m.record(ctx, "account.first_password", row.ID, ""))
	})
	if err != nil {
		return Slip{}, err
	}
	return s, nil
}

// firstPassword is easy to read off a slip: nothing that looks like something
// else, 42 bits, of three classes of characters.
func firstPassword() string {
	return from("ABCDEFGHJKMNPQRSTUVWXYZ", 1) + from("abcdefghkmnpqrstuvwxyz", 3) + "-" + from("23456789", 4) + "-" + from("23456789", 4)
}

// from draws n characters of an alphabet.
func from(alphabet string, n int) string {
	out := make([]byte, n)
	for i := range out {
		k, err := rand.Int(rand.Reader, big.NewInt(int64(len(alphabet))))
		if err != nil {
			panic(err) // no randomness: nothing else would work either
		}
		out[i] = alphabet[k.Int64()]
	}
	return string(out)
}

// AskedOf lists the proposals that wait for the yes of somebody before a clerk,
// newest first, at most 20. Errors: ErrNoRight.
func (m *Module) AskedOf(ctx context.Context, account string) ([]Mandate, error) {
	a := FromContext(ctx)
	if !a.IsSystem() && !a.Has(VerbMandateConfirm) {
		return nil, ErrNoRight
	}
	rows, err := m.mandateRows(ctx, ` WHERE (x.principal = $1 OR x.agent = $1) AND x.principal <> '' AND x.proposed_by <> $1 AND x.state = $2 AND x.to_on >= $3
		ORDER BY x.created_at DESC, x.id DESC LIMIT 20`, account, MandateProposed, workday.DateOf(m.now(ctx), clock.Beijing).String())
	if err != nil {
		return nil, fmt.Errorf("list mandates asked for: %w", err)
	}
	list := plainMandates(rows)
	return slices.DeleteFunc(list, func(x Mandate) bool { return x.ProposedBy == x.Principal && x.Agent != account }), nil
}

// AgreeAtWindow is the yes of somebody without a telephone, given before a clerk
// who has seen their document. Errors: ErrNoRight, ErrMandateUnknown,
// ErrMandateDenied (their own proposal), ErrMandateState, ErrMandateExpired.
func (m *Module) AgreeAtWindow(ctx context.Context, id, account string) (Mandate, error) {
	clerk := FromContext(ctx)
	if !clerk.IsSystem() && !clerk.Has(VerbMandateConfirm) {
		return Mandate{}, ErrNoRight
	}
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		row, err := m.lockMandate(ctx, id)
		if err != nil {
			return err
		}
		if !row.isSide(account) {
			return ErrMandateUnknown
		}
		if row.ProposedBy == account || row.Principal == "" {
			return ErrMandateDenied
		}
		if err := m.activate(ctx, &row, clerk); err != nil {
			return err
		}
		if err := m.updateMandate(ctx, row); err != nil {
			return err
		}
		return m.recordMandate(ctx, "mandate.confirm_window", id)
	})
	if err != nil {
		return Mandate{}, err
	}
	return m.mandateByID(ctx, id)
}
