package licences

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

// Grants tells what cases grant: an adapter over the cases and their items.
type Grants interface {
	// Grant reads a case that was granted; ErrOrderUnknown when there is none
	// such (any more).
	Grant(ctx context.Context, number string) (Grant, error)
}

// OrderState is how far the licence of a case has come.
type OrderState string

// The states of an order.
const (
	OrderWaiting OrderState = "waiting" // somebody has to complete it
	OrderIssued  OrderState = "issued"
	OrderDropped OrderState = "dropped" // none is issued, see Reason
)

// Order is a granted case whose result is a licence.
type Order struct {
	ID         string     `db:"id"`
	Case       string     `db:"case_number"`
	ItemName   string     `db:"item_name"`
	Type       string     `db:"type"`
	TypeName   string     `db:"type_name"`
	HolderName string     `db:"holder_name"`
	Issuer     string     `db:"issuer"`
	IssuerDept string     `db:"issuer_dept"`
	Division   string     `db:"division"`
	State      OrderState `db:"state"`
	Reason     string     `db:"reason"` // why it waits, or why none was issued
	Licence    string     `db:"licence"`
	At         time.Time  `db:"at"`
}

func (o Order) place() identity.Place {
	return identity.Place{Receiving: o.Division, Division: o.Division, Agency: o.Issuer, Dept: o.IssuerDept}
}

const selectOrder = `SELECT x.id, x.case_number, x.item_name, x.type, t.name AS type_name, x.holder_name, x.issuer, x.issuer_dept, x.division, x.state, x.reason, x.licence, x.at
	FROM licences_order x JOIN licences_type t ON t.id = x.type`

// CaseGranted issues the licence that a granted case results in. What keeps it
// from being issued is noted for the staff of the issuer, see Waiting. A case
// gets one licence, however often this runs.
func (m *Module) CaseGranted(ctx context.Context, number string) error {
	g, err := m.Grants.Grant(ctx, number)
	if errors.Is(err, ErrOrderUnknown) || err == nil && g.Type == "" {
		return nil
	}
	if err != nil {
		return err
	}
	t, err := m.Type(ctx, g.Type)
	if errors.Is(err, ErrTypeUnknown) {
		return nil // the item names a type that this city has not: nothing to wait for
	}
	if err != nil {
		return err
	}
	g.Type = t.ID
	agency, err := m.Org.Agency(ctx, g.Issuer)
	if err != nil {
		return err
	}
	o := Order{ID: db.NewID(), Case: g.Case, ItemName: g.ItemName, Type: g.Type, HolderName: g.HolderName,
		Issuer: agency.Code, IssuerDept: agency.Dept, Division: agency.Division, At: m.now(ctx)}
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		l, err := m.granted(ctx, t, g)
		if err != nil {
			return err
		}
		if err := m.noteIssued(ctx, o, l); err != nil || m.Issued == nil {
			return err
		}
		return m.Issued(ctx, l)
	})
	switch {
	case err == nil || errors.Is(err, ErrOrderEnded):
		return nil
	case errs.KindOf(err) == errs.Internal, errs.KindOf(err) == errs.Unavailable && !errors.Is(err, ErrNotSealed):
		return errors.Join(err, m.noteWaiting(ctx, o)) // tried again; until then its page shows it
	}
	o.Reason = describe(err)
	return m.noteWaiting(ctx, o)
}

// granted issues the licence that a case results in by itself.
func (m *Module) granted(ctx context.Context, t Type, g Grant) (Licence, error) {
	switch g.How {
	case HowNew:
		e := t.entry(g)
		var err error
		if e.Pictures, err = m.grantedPictures(ctx, t, g); err != nil {
			return Licence{}, err
		}
		return m.Issue(ctx, Issue{Entry: e, Approval: g.Approval})
	case HowChange:
		return Licence{}, ErrInvalid.Field("fields", "这是变更，请对照申请表把变更的内容填好再签发。")
	}
	return m.renewGranted(ctx, t, g)
}

const insertOrder = `INSERT INTO licences_order (case_number, id, item_name, type, holder_name, issuer, issuer_dept, division, at, state, reason, licence, ended_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (case_number) DO UPDATE SET `

// noteIssued notes that the order of a case has been fulfilled, whether it
// waited or is new. Whoever comes second waits for the first and gets
// ErrOrderEnded, which undoes the second licence.
func (m *Module) noteIssued(ctx context.Context, o Order, l Licence) error {
	n, err := m.DB.Conn(ctx).Exec(ctx, insertOrder+`state = excluded.state, reason = '', licence = excluded.licence, ended_at = excluded.ended_at
		WHERE licences_order.state = 'waiting'`, o.values(OrderIssued, l.Identifier, &o.At)...)
	if err == nil && n == 0 {
		return ErrOrderEnded
	}
	return wrap("note licence of case", err)
}

// noteWaiting notes that the order of a case waits, and why, for its page.
func (m *Module) noteWaiting(ctx context.Context, o Order) error {
	_, err := m.DB.Conn(ctx).Exec(ctx, insertOrder+`reason = excluded.reason WHERE licences_order.state = 'waiting'`, o.values(OrderWaiting, "", nil)...)
	return wrap("note why a case waits", err)
}

func (o Order) values(state OrderState, licence string, ended *time.Time) []any {
	return []any{o.Case, o.ID, o.ItemName, o.Type, o.HolderName, o.Issuer, o.IssuerDept, o.Division, o.At, string(state), o.Reason, licence, ended}
}

// fulfil issues the licence of a case by make, once: whoever comes second waits
// for the first and gets ErrOrderEnded.
func (m *Module) fulfil(ctx context.Context, number string, makeIt func(ctx context.Context) (Licence, error)) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		c := m.DB.Conn(ctx)
		n, err := c.Exec(ctx, `UPDATE licences_order SET state = 'issued', reason = '', ended_at = $2 WHERE case_number = $1 AND state = 'waiting'`, number, m.now(ctx))
		if err != nil {
			return wrap("end order", err)
		}
		if n == 0 {
			return ErrOrderEnded
		}
		l, err := makeIt(ctx)
		if err != nil {
			return err
		}
		if _, err := c.Exec(ctx, `UPDATE licences_order SET licence = $2 WHERE case_number = $1`, number, l.Identifier); err != nil {
			return wrap("note licence of case", err)
		}
		if m.Issued == nil {
			return nil
		}
		return m.Issued(ctx, l)
	})
}

// Waiting lists the cases whose licence waits for the staff of its issuer, the
// oldest first, and the cursor of the next page.
func (m *Module) Waiting(ctx context.Context, p db.Page) ([]Order, string, error) {
	w := new(db.Where)
	identity.FromContext(ctx).Scope(VerbManage).Where(w, columnsOf("x"))
	w.And("x.state = ?", string(OrderWaiting))
	var id string
	if ok, err := p.Key(&id); err != nil {
		return nil, "", err
	} else if ok {
		w.And("x.id > ?", id)
	}
	limit := w.Arg(p.Size() + 1)
	var list []Order
	if err := m.DB.Conn(ctx).Select(ctx, &list, selectOrder+w.SQL()+` ORDER BY x.id LIMIT `+limit, w.Args()...); err != nil {
		return nil, "", wrap("list orders", err)
	}
	list, next := db.Cut(list, p, func(o Order) []any { return []any{o.ID} })
	return list, next, nil
}

// order reads an order that the actor looks after; ErrOrderUnknown.
func (m *Module) order(ctx context.Context, number string) (Order, error) {
	o, err := m.orderOf(ctx, number)
	if err == nil && !identity.FromContext(ctx).Can(VerbManage, o.place()) {
		return Order{}, ErrOrderUnknown
	}
	return o, err
}

func (m *Module) orderOf(ctx context.Context, number string) (Order, error) {
	var o Order
	err := m.DB.Conn(ctx).Get(ctx, &o, selectOrder+` WHERE x.case_number = $1`, number)
	if errors.Is(err, db.ErrNoRows) {
		return o, ErrOrderUnknown
	}
	return o, wrap("read order", err)
}

// OfCase tells how far the licence of a case is, for whoever may see the case:
// the caller has looked. Errors: ErrOrderUnknown.
func (m *Module) OfCase(ctx context.Context, number string) (Order, error) {
	return m.orderOf(ctx, number)
}

// Completion is a licence as staff complete what its case did not say.
type Completion struct {
	Replaces   string // identifier of the licence that is followed; "" a new one
	Number     string
	HolderName string
	HolderNo   string
	From, To   workday.Date // To zero: by the rule of the type, unless ForGood
	ForGood    bool
	Fields     map[string]string
	Pictures   map[string][]byte // by name; one that is not given is the case's
}

// Complete issues the licence of a waiting case as staff have completed it.
// Errors: ErrOrderUnknown, ErrOrderEnded, and those of Issue and Renew.
func (m *Module) Complete(ctx context.Context, number string, n Completion) (Licence, error) {
	var l Licence
	o, err := m.order(ctx, number)
	if err != nil {
		return l, err
	}
	g, err := m.Grants.Grant(identity.With(ctx, identity.System("licences")), number)
	if err != nil {
		return l, err
	}
	t, err := m.Type(ctx, o.Type)
	if err != nil {
		return l, err
	}
	given, err := m.grantedPictures(ctx, t, g)
	if err != nil {
		return l, err
	}
	maps.Copy(given, n.Pictures)
	n.Pictures = given
	err = m.fulfil(ctx, number, func(ctx context.Context) (Licence, error) {
		var err error
		if n.Replaces != "" {
			l, err = m.follow(ctx, o, g, n)
			return l, err
		}
		l, err = m.Issue(ctx, Issue{Approval: g.Approval, Entry: Entry{Type: o.Type, Number: n.Number, HolderName: n.HolderName, HolderNo: n.HolderNo,
			Issuer: o.Issuer, From: n.From, To: n.To, Fields: n.Fields, Pictures: n.Pictures, Case: number, forGood: n.ForGood}})
		return l, err
	})
	return l, err
}

// follow makes the next version of a licence of the case's applicant.
func (m *Module) follow(ctx context.Context, o Order, g Grant, n Completion) (Licence, error) {
	list, err := m.predecessors(ctx, o.Type, g.HolderNo)
	if err != nil {
		return Licence{}, err
	}
	for _, l := range list {
		if l.Identifier != n.Replaces {
			continue
		}
		if n.To.IsZero() && !n.ForGood {
			return Licence{}, ErrInvalid.Field("to", "请填写有效期的最后一天，或者选“长期有效”。")
		}
		return m.Renew(ctx, l.Identifier, Renewal{HolderName: n.HolderName, Number: n.Number, From: n.From, To: n.To, Fields: n.Fields, Pictures: n.Pictures,
			Reason: o.ItemName, Document: o.Case, Case: o.Case})
	}
	return Licence{}, ErrNoPredecessor.Field("replaces", "这本证照不能换发了，请重新选择。")
}

// Drop decides that the case gets no electronic licence.
func (m *Module) Drop(ctx context.Context, number, reason string) error {
	reason = strings.TrimSpace(reason)
	if n := utf8.RuneCountInString(reason); n < 4 || n > 200 {
		return ErrInvalid.Field("reason", "请写明为什么不签发，4到200个字，申请人看得到。")
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		o, err := m.order(ctx, number)
		if err != nil {
			return err
		}
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE licences_order SET state = 'dropped', reason = $2, ended_at = $3 WHERE case_number = $1 AND state = 'waiting'`, number, reason, m.now(ctx))
		if err != nil {
			return wrap("drop order", err)
		}
		if n == 0 {
			return ErrOrderEnded
		}
		a := identity.FromContext(ctx)
		return m.Audit.Write(ctx, audit.Entry{Actor: a.Account, ActorName: a.Name, Address: a.Address, Action: "licence.drop", Object: "case", ObjectID: o.Case, Purpose: reason, Result: "ok"})
	})
}

// draft is what the form of a waiting case begins with, and the licences that it
// may be the next version of.
func (m *Module) draft(ctx context.Context, o Order) (Completion, Type, []Licence, Grant, error) {
	var n Completion
	t, err := m.Type(ctx, o.Type)
	if err != nil {
		return n, t, nil, Grant{}, err
	}
	g, err := m.Grants.Grant(identity.With(ctx, identity.System("licences")), o.Case)
	if err != nil {
		return n, t, nil, g, err
	}
	older, err := m.predecessors(ctx, o.Type, g.HolderNo)
	if err != nil {
		return n, t, nil, g, err
	}
	e := t.entry(g)
	n = Completion{HolderName: g.HolderName, HolderNo: g.HolderNo, From: e.From, To: e.To, Fields: e.Fields}
	if g.How != HowNew && len(older) > 0 {
		l := older[0]
		fields := t.withoutPictures(l.Fields)
		if g.How == HowExtend {
			maps.Copy(fields, e.Fields)
		}
		n.Replaces, n.Fields, n.To, n.ForGood = l.Identifier, fields, l.To, l.To.IsZero()
	}
	if n.From.IsZero() {
		n.From = m.today(ctx)
	}
	if n.To.IsZero() && !n.ForGood {
		var said bool
		n.To, said = t.Rule.term(n.From)
		n.ForGood = said && n.To.IsZero()
	}
	return n, t, older, g, nil
}

// Undone tells, in a sentence, when the licence that a case resulted in does not
// count any more by what somebody decided: suspended, withdrawn, revoked or
// cancelled; "" when it counts, has lapsed or was followed by another version, or
// there is none. For whoever may see the case: the caller has looked.
func (m *Module) Undone(ctx context.Context, number string) (string, error) {
	o, err := m.orderOf(ctx, number)
	if errors.Is(err, ErrOrderUnknown) || err == nil && o.Licence == "" {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	l, err := m.one(ctx, "identifier", o.Licence)
	if err != nil {
		return "", err
	}
	now := l.StateOn(m.today(ctx))
	if !slices.Contains([]State{Suspended, Withdrawn, Revoked, Cancelled}, now) {
		return "", nil
	}
	var e Event
	err = m.DB.Conn(ctx).Get(ctx, &e, `SELECT act, was, becomes, reason, document, by_name, at FROM licences_history WHERE licence = $1 AND becomes = $2
		ORDER BY id DESC LIMIT 1`, l.ID, string(now))
	if err != nil {
		return "", wrap("read why a licence does not count", err)
	}
	text := "这一件颁发的“" + l.TypeName + "”，" + workday.DateOf(e.At, clock.Beijing).Chinese() + now.Name()
	if now == Suspended {
		text += "，发还以前不能使用"
	}
	if e.Document != "" {
		text += "（" + e.Document + "）"
	}
	return text + "。原因：" + strings.TrimRight(e.Reason, "。") + "。", nil
}
