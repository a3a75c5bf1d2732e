package counter

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yimen/gb"
	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/sealed"
	"yimen/workday"
)

// ErrVisitOver is told when the key of a person served has run out.
var ErrVisitOver = errs.Define(errs.NotFound, "counter_visit_over", "这次接待已经结束或超过30分钟没有操作，请回到窗口页面重新识别办事人。")

// visitLasts is how long a key opens its page after it was last used.
const visitLasts = 30 * time.Minute

// Visit is a person being served at a window. ID stands in addresses instead of
// their document number, and opens nothing for another account.
type Visit struct {
	ID        string    `db:"id"`
	Account   string    `db:"account"`
	Kind      string    `db:"kind"` // person | enterprise
	Name      string    `db:"name"`
	IDType    string    `db:"id_type"`
	IDNo      string    `db:"id_no"`
	Phone     string    `db:"phone"`
	How       string    `db:"how"`         // reader | typed | phone | name | case | ticket
	Case      string    `db:"case_number"` // they came about this one
	StartedAt time.Time `db:"started_at"`
	SeenAt    time.Time `db:"seen_at"`

	CodeAccount string `db:"code_account"` // who has shown a code on their telephone; "" nobody
	SMSAccount  string `db:"sms_account"`  // who has typed a code that was sent to theirs; "" nobody
	SMSCase     string `db:"sms_case"`     // and for which application
}

// howWords say how somebody was identified, on the person's page.
var howWords = map[string]string{
	"reader": "读卡", "typed": "录入证件号码", "phone": "按电话查找", "name": "按姓名查找", "case": "按办件编号", "ticket": "叫号",
}

const selectVisit = `SELECT id, account, kind, name, id_type, id_no, phone, how, case_number, started_at, seen_at, code_account, sms_account, sms_case FROM counter_visit`

// Columns that are sealed.
var (
	visitIDNo  = sealed.Define("counter_visit", "id", "id_no")
	visitPhone = sealed.Define("counter_visit", "id", "phone")
)

// sealed gives the visit as it is stored.
func (m *Module) sealed(v Visit) Visit {
	v.IDNo, v.Phone = m.Keys.Seal(visitIDNo, v.ID, v.IDNo), m.Keys.Seal(visitPhone, v.ID, v.Phone)
	return v
}

func (m *Module) reveal(v *Visit) error {
	return m.Keys.Reveal(v.ID, sealed.Value{Column: visitIDNo, Text: &v.IDNo}, sealed.Value{Column: visitPhone, Text: &v.Phone})
}

// applicant is the visitor as they would apply.
func (v Visit) applicant() cases.Applicant {
	return cases.Applicant{Type: v.Kind, Name: v.Name, IDType: v.IDType, IDNo: v.IDNo, Phone: v.Phone}
}

func visitOf(a cases.Applicant, how string) Visit {
	return Visit{Kind: a.Type, Name: a.Name, IDType: a.IDType, IDNo: a.IDNo, Phone: a.Phone, How: how}
}

// proven says that the document was in the clerk's hands: what the person keeps
// online is opened only then.
func (v Visit) proven() bool { return v.How == "reader" || v.How == "typed" }

// document is the number as pages show it.
func (v Visit) document() string { return gb.MaskIDNumber(gb.IDType(v.IDType), v.IDNo) }

func (m *Module) now(ctx context.Context) time.Time {
	return clock.FromContext(ctx, m.Clock).Now()
}

func (m *Module) today(ctx context.Context) workday.Date {
	return workday.DateOf(m.now(ctx), clock.Beijing)
}

// Greet begins a visit for the clerk. What is not known of the person is looked
// up: what they gave last at this window, else, with their document in hand,
// their account. The audit keeps
// that somebody was looked up, and how; not who.
func (m *Module) Greet(ctx context.Context, v Visit) (Visit, error) {
	actor := identity.FromContext(ctx)
	if err := m.complete(ctx, &v); err != nil {
		return v, err
	}
	v.ID, v.Account, v.StartedAt = db.NewID(), actor.Account, m.now(ctx)
	v.SeenAt = v.StartedAt
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		_, err := m.DB.Conn(ctx).ExecNamed(ctx, `INSERT INTO counter_visit
			(id, account, kind, name, id_type, id_no, phone, how, case_number, started_at, seen_at)
			VALUES (:id, :account, :kind, :name, :id_type, :id_no, :phone, :how, :case_number, :started_at, :seen_at)`, m.sealed(v))
		if err != nil {
			return fmt.Errorf("begin visit: %w", err)
		}
		return m.record(ctx, "visit.begin", v.ID, v.How)
	})
	return v, err
}

// complete fills in name and telephone.
func (m *Module) complete(ctx context.Context, v *Visit) error {
	if v.Kind == "" {
		v.Kind = "person"
		if v.IDType == gb.IDCreditCode.Code() {
			v.Kind = "enterprise"
		}
	}
	if v.Name != "" && v.Phone != "" || v.IDNo == "" {
		return nil
	}
	for _, ended := range []bool{false, true} {
		list, err := m.Cases.OfPerson(ctx, v.IDType, v.IDNo, ended, 1)
		if err != nil {
			return err
		}
		if len(list) > 0 {
			v.know(list[0].Applicant.Name, list[0].Applicant.Phone)
		}
	}
	if !v.proven() {
		return nil
	}
	account, err := m.Identity.AccountOf(ctx, v.IDType, v.IDNo)
	if err != nil || account == "" {
		return err
	}
	p, err := m.Identity.Person(ctx, account)
	if err == nil {
		v.know(p.Name, p.Phone)
	}
	return err
}

// know keeps what is not known yet.
func (v *Visit) know(name, phone string) {
	if v.Name == "" {
		v.Name = name
	}
	if v.Phone == "" {
		v.Phone = phone
	}
}

// visit opens a visit of the clerk and lengthens it; ErrVisitOver.
func (m *Module) visit(ctx context.Context, id string) (Visit, error) {
	var v Visit
	now := m.now(ctx)
	err := m.DB.Conn(ctx).Get(ctx, &v, selectVisit+` WHERE id = $1 AND account = $2 AND seen_at > $3`,
		id, identity.FromContext(ctx).Account, now.Add(-visitLasts))
	if errors.Is(err, db.ErrNoRows) {
		return v, ErrVisitOver
	}
	if err != nil {
		return v, fmt.Errorf("read visit: %w", err)
	}
	if err := m.reveal(&v); err != nil {
		return v, fmt.Errorf("read visit: %w", err)
	}
	if now.Sub(v.SeenAt) < time.Minute {
		return v, nil
	}
	_, err = m.DB.Conn(ctx).Exec(ctx, `UPDATE counter_visit SET seen_at = $1 WHERE id = $2`, now, v.ID)
	return v, wrap("lengthen visit", err)
}

// newest is the visit that the clerk began last and that still runs; false when
// there is none.
func (m *Module) newest(ctx context.Context) (Visit, bool, error) {
	var v Visit
	err := m.DB.Conn(ctx).Get(ctx, &v, selectVisit+` WHERE account = $1 AND seen_at > $2 ORDER BY started_at DESC, id DESC LIMIT 1`,
		identity.FromContext(ctx).Account, m.now(ctx).Add(-visitLasts))
	if errors.Is(err, db.ErrNoRows) {
		return v, false, nil
	}
	if err == nil {
		err = m.reveal(&v)
	}
	return v, err == nil, wrap("read visit", err)
}

// farewell ends a visit: the row goes at once.
func (m *Module) farewell(ctx context.Context, id string) error {
	_, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM counter_visit WHERE id = $1 AND account = $2`, id, identity.FromContext(ctx).Account)
	return wrap("end visit", err)
}

// rename keeps the name and telephone that an application gave, so that the
// next one of this visit need not ask again.
func (m *Module) rename(ctx context.Context, id string, a cases.Applicant) error {
	c, account := m.DB.Conn(ctx), identity.FromContext(ctx).Account
	var v Visit
	err := c.Get(ctx, &v, selectVisit+` WHERE id = $1 AND account = $2`, id, account)
	if errors.Is(err, db.ErrNoRows) {
		return nil
	}
	if err == nil {
		err = m.reveal(&v)
	}
	if err == nil && v.IDNo == a.IDNo { // of the same person
		_, err = c.Exec(ctx, `UPDATE counter_visit SET name = $1, phone = $2 WHERE id = $3 AND account = $4`,
			a.Name, m.Keys.Seal(visitPhone, id, a.Phone), id, account)
	}
	return wrap("keep name of visit", err)
}

// Sweep forgets who has long gone. A periodic job.
func (m *Module) Sweep(ctx context.Context) error {
	_, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM counter_visit WHERE seen_at <= $1`, m.now(ctx).Add(-visitLasts))
	return wrap("forget visits", err)
}

// record notes an act of the counter in the audit.
func (m *Module) record(ctx context.Context, action, id, detail string) error {
	a := identity.FromContext(ctx)
	return m.Audit.Write(ctx, audit.Entry{Actor: a.Account, ActorName: a.Name, Address: a.Address,
		Action: action, Object: "visit", ObjectID: id, Result: "ok", Detail: detail})
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
