package proofs

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/sealed"
	"yimen/internal/messages"
	"yimen/internal/org"
	"yimen/workday"
)

var orderPhone = sealed.Define("proofs_order", "id", "phone")

// States of a supervision order.
const (
	Reported = "reported"
	Accepted = "accepted"
	Asked    = "asked" // the organ has been asked
	Answered = "answered"
	Closed   = "closed"
)

// Findings.
const (
	Confirmed = "confirmed" // 属实
	Unfounded = "unfounded" // 不属实
)

var (
	orderStates = map[string]string{Reported: "待受理", Accepted: "已受理", Asked: "等单位答复", Answered: "单位已答复", Closed: "已办结"}
	findings    = map[string]string{Confirmed: "属实", Unfounded: "不属实"}
)

// Errors about supervision orders.
var (
	ErrOrderUnknown = errs.Define(errs.NotFound, "supervision_unknown", "没有找到这张监督单，请核对编号。")
	ErrOrderMove    = errs.Define(errs.Conflict, "supervision_move_not_allowed", "监督单当前状态不能这样处理，请刷新后查看。")
	ErrOrderRight   = errs.Define(errs.Denied, "supervision_right_missing", "这张监督单不由您处理，请联系当地政务服务中心管理人员。")
)

// Order is a supervision order (监督单): somebody was asked for a proof that is
// off the list.
type Order struct {
	ID          string       `db:"id"`
	Number      string       `db:"number"`
	Code        string       `db:"code"`
	State       string       `db:"state"`
	Open        int          `db:"open"`
	Proof       string       `db:"proof"`
	Detail      string       `db:"detail"`
	Staff       string       `db:"staff"`
	Item        string       `db:"item"`
	ItemName    string       `db:"item_name"`
	CaseNumber  string       `db:"case_number"`
	Place       string       `db:"place"`
	Division    string       `db:"division"`
	Agency      string       `db:"agency"`
	AgencyName  string       `db:"agency_name"`
	Account     string       `db:"account"`
	Phone       string       `db:"phone"` // sealed in the table
	Photo       string       `db:"photo"`
	DueOn       workday.Date `db:"due_on"`
	HandlerName string       `db:"handler_name"`
	Question    string       `db:"question"`
	Reply       string       `db:"reply"`
	Finding     string       `db:"finding"`
	Answer      string       `db:"answer"`
	MadeAt      time.Time    `db:"made_at"`
	ClosedAt    *time.Time   `db:"closed_at"`
}

// StateName is the state in words.
func (o Order) StateName() string { return orderStates[o.State] }

// FindingName is what came of it, in words; "" while it is open.
func (o Order) FindingName() string { return findings[o.Finding] }

func (o Order) at() identity.Place {
	return identity.Place{Receiving: o.Division, Division: o.Division, Agency: o.Agency}
}

// Ask is what somebody reports. Where they are asked is an outlet (Outlet), or
// words and the division they are in.
type Ask struct {
	Proof, Detail, Staff string
	Item, Case           string
	Outlet, Place        string
	Division             string // when no outlet is named; "": the city
	Anonymous            bool
	Phone                string // "" of who wants no answer sent
	Photo                func() (name string, body io.ReadCloser, err error)
}

// mostCase is how long the number of a case may be, in characters.
const mostCase = 40

const codeLetters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

func newCode() string {
	raw := make([]byte, 8)
	_, _ = rand.Read(raw) // never fails
	for i, b := range raw {
		raw[i] = codeLetters[int(b)%len(codeLetters)]
	}
	return string(raw)
}

// check finds what is wrong with a report.
func (a *Ask) check() error {
	var bad errs.Fields
	for _, p := range []*string{&a.Proof, &a.Detail, &a.Staff, &a.Place, &a.Phone} {
		*p = strings.TrimSpace(*p)
	}
	if n := utf8.RuneCountInString(a.Proof); n < 2 || n > 60 {
		bad.Add("proof", "请写被要求提供什么证明，2到60个字。")
	}
	if a.Outlet == "" && a.Place == "" {
		bad.Add("place", "请写在哪里被要求提供，如某镇公共服务中心。")
	}
	if utf8.RuneCountInString(a.Case) > mostCase {
		a.Case = "" // of the link that was followed, no field of the form
	}
	for _, f := range []struct {
		name, label, value string
		most               int
	}{{"detail", "经过", a.Detail, 500}, {"staff", "工作人员", a.Staff, 50}, {"place", "地点", a.Place, 100}} {
		if utf8.RuneCountInString(f.value) > f.most {
			bad.Add(f.name, "%s最多%d个字。", f.label, f.most)
		}
	}
	if a.Phone != "" && (len(a.Phone) != 11 || a.Phone[0] != '1' || strings.Trim(a.Phone, "0123456789") != "") {
		bad.Add("phone", "手机号要写11位数字；不想留可以不填。")
	}
	return bad.Err()
}

// Report makes a supervision order of what somebody tells. errs.ErrInvalid, and
// those of the file store for a photograph it does not take.
func (m *Module) Report(ctx context.Context, a Ask) (Order, error) {
	if err := a.check(); err != nil {
		return Order{}, err
	}
	o := Order{ID: db.NewID(), Code: newCode(), State: Reported, Open: 1, Proof: a.Proof, Detail: a.Detail, Staff: a.Staff, Place: a.Place,
		CaseNumber: a.Case, Phone: a.Phone, MadeAt: m.now(ctx)}
	if who := identity.FromContext(ctx); who.IsApplicant() && !a.Anonymous {
		o.Account = who.Account
	}
	if err := m.locate(ctx, a, &o); err != nil {
		return Order{}, err
	}
	made := m.today(ctx)
	o.DueOn = m.Org.Calendar(ctx, o.Division).AddWorkdays(made, m.days())
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		if err := m.keepPhoto(ctx, a, &o); err != nil {
			return err
		}
		var n int
		if err := m.DB.Conn(ctx).Get(ctx, &n, `INSERT INTO proofs_order_number (year, n) VALUES ($1, 1)
			ON CONFLICT (year) DO UPDATE SET n = proofs_order_number.n + 1 RETURNING n`, made.Year()); err != nil {
			return err
		}
		o.Number = fmt.Sprintf("JD%d%06d", made.Year(), n)
		row := o
		row.Phone = m.Keys.Seal(orderPhone, o.ID, o.Phone)
		if _, err := m.DB.Conn(ctx).ExecNamed(ctx, insertOrder, row); err != nil {
			return err
		}
		if err := m.count(ctx, o, 1, 0, 0); err != nil {
			return err
		}
		return m.tellManagers(ctx, o, "proof.order_new", "new")
	})
	return o, wrap("report", err)
}

const insertOrder = `INSERT INTO proofs_order (id, number, code, state, open, proof, detail, staff, item, item_name, case_number, place, division, agency,
	agency_name, account, phone, photo, due_on, handler_name, question, reply, finding, answer, made_at)
	VALUES (:id, :number, :code, :state, :open, :proof, :detail, :staff, :item, :item_name, :case_number, :place, :division, :agency,
	:agency_name, :account, :phone, :photo, :due_on, :handler_name, :question, :reply, :finding, :answer, :made_at)`

// locate finds who supervises and whom it counts against: the organ that decides
// the item there, or else the outlet itself.
func (m *Module) locate(ctx context.Context, a Ask, o *Order) error {
	o.Division = a.Division
	if a.Outlet != "" {
		outlet, err := m.Org.Outlet(ctx, a.Outlet)
		if err != nil {
			return errs.ErrInvalid.Field("place", "没有这个网点，请写明地点。").Because(err)
		}
		o.Division, o.Place, o.Agency, o.AgencyName = outlet.Division, outlet.Name, outlet.Code, outlet.Name
	}
	if _, err := m.Org.Division(ctx, o.Division); o.Division == "" || err != nil {
		home, err := m.Org.Home(ctx)
		if err != nil {
			return err
		}
		o.Division = home.Code
	}
	if a.Item == "" {
		return nil
	}
	v, err := m.Items.InForce(ctx, a.Item)
	if errs.KindOf(err) == errs.NotFound {
		return nil // the words say what it was about
	}
	if err != nil {
		return err
	}
	o.Item, o.ItemName = v.Definition.Code, v.Definition.Name
	agency, err := m.Org.CompetentAgency(ctx, v.Definition.Dept, org.Level(v.Definition.DecidedAt), o.Division)
	if err != nil {
		return nil //nolint:nilerr // nobody decides it there: it counts against the outlet
	}
	o.Agency, o.AgencyName = agency.Code, agency.Name
	return nil
}

func (m *Module) keepPhoto(ctx context.Context, a Ask, o *Order) error {
	if a.Photo == nil {
		return nil
	}
	name, body, err := a.Photo()
	if err != nil {
		return err
	}
	defer body.Close()
	f, err := m.Store.Save(ctx, name, "", body, o.Account)
	if err == nil && !strings.HasPrefix(f.MediaType, "image/") {
		err = errs.ErrInvalid.Field("photo", "请上传照片（JPG或PNG）。")
	}
	o.Photo = f.ID
	return err
}

// count keeps the figures of an organ. Inside a transaction.
func (m *Module) count(ctx context.Context, o Order, reported, confirmed, unfounded int) error {
	if o.Agency == "" {
		return nil
	}
	_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO proofs_tally (agency, agency_name, division, reported, confirmed, unfounded) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (agency) DO UPDATE SET reported = proofs_tally.reported + excluded.reported,
			confirmed = proofs_tally.confirmed + excluded.confirmed, unfounded = proofs_tally.unfounded + excluded.unfounded`,
		o.Agency, o.AgencyName, o.Division, reported, confirmed, unfounded)
	return wrap("count", err)
}

// tellManagers tells those who supervise there. Joins the transaction.
func (m *Module) tellManagers(ctx context.Context, o Order, template, key string) error {
	if m.Messages == nil {
		return nil
	}
	who, err := m.Identity.HoldersOver(ctx, VerbSupervise, o.Division)
	if err != nil {
		return err
	}
	for i, account := range who {
		if i == mostKeepers {
			break
		}
		err := m.Messages.Send(ctx, messages.Notice{To: account, Template: template, Link: orderURL(o.ID), Division: o.Division,
			Vars: map[string]string{"order": o.Number, "proof": o.Proof, "due": o.DueOn.Chinese(), "agency": o.accused()}, Key: "proof:order:" + o.ID + ":" + key + ":" + account})
		if err != nil {
			return err
		}
	}
	return nil
}

// accused is the organ it counts against, or the place in the words of who told.
func (o Order) accused() string {
	if o.AgencyName != "" {
		return o.AgencyName
	}
	return o.Place
}

// OrderByCode gives an order to who has its code. ErrOrderUnknown.
func (m *Module) OrderByCode(ctx context.Context, code string) (Order, error) {
	return m.order(ctx, "code", strings.ToUpper(strings.TrimSpace(code)))
}

// Order gives one to those who work on it. ErrOrderUnknown also for all others.
func (m *Module) Order(ctx context.Context, id string) (Order, error) {
	o, err := m.order(ctx, "id", id)
	a := identity.FromContext(ctx)
	if err == nil && !a.Can(VerbSupervise, o.at()) && !a.Can(VerbReply, o.at()) {
		return Order{}, ErrOrderUnknown
	}
	return o, err
}

func (m *Module) order(ctx context.Context, column, value string) (Order, error) {
	var o Order
	err := m.DB.Conn(ctx).Get(ctx, &o, `SELECT * FROM proofs_order WHERE `+column+` = $1`, value)
	if errors.Is(err, db.ErrNoRows) {
		return o, ErrOrderUnknown
	}
	if err != nil {
		return o, wrap("read order", err)
	}
	o.Phone, err = m.Keys.Open(orderPhone, o.ID, o.Phone)
	return o, err
}

// MyOrders lists those that the actor reported, newest first.
func (m *Module) MyOrders(ctx context.Context) ([]Order, error) {
	a := identity.FromContext(ctx)
	if a.Account == "" {
		return nil, nil
	}
	var list []Order
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT * FROM proofs_order WHERE account = $1 ORDER BY made_at DESC LIMIT $2`, a.Account, db.MaxLimit)
	return list, wrap("list own orders", err)
}

// Orders lists those the actor may work on: open ones by the day they are due,
// closed ones the same way.
func (m *Module) Orders(ctx context.Context, open bool, p db.Page) ([]Order, string, error) {
	var w db.Where
	n := 0
	if open {
		n = 1
	}
	w.And("open = ?", n)
	narrow(ctx, &w, "division", "agency")
	var due workday.Date
	var id string
	if more, err := p.Key(&due, &id); err != nil {
		return nil, "", err
	} else if more {
		w.And("(due_on > ? OR due_on = ? AND id > ?)", due, due, id)
	}
	limit := w.Arg(p.Size() + 1)
	var list []Order
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT * FROM proofs_order`+w.SQL()+` ORDER BY due_on, id LIMIT `+limit, w.Args()...)
	if err != nil {
		return nil, "", wrap("list orders", err)
	}
	list, next := db.Cut(list, p, func(o Order) []any { return []any{o.DueOn, o.ID} })
	return list, next, nil
}

// narrow adds to a list where the viewer may look.
func narrow(ctx context.Context, w *db.Where, division, agency string) {
	a := identity.FromContext(ctx)
	a.Scope(VerbSupervise).Or(a.Scope(VerbReply)).Where(w, identity.Columns{Receiving: division, Division: division, Agency: agency})
}

// Tally is how often an organ was reported, and what came of it.
type Tally struct {
	Agency     string `db:"agency"`
	AgencyName string `db:"agency_name"`
	Reported   int    `db:"reported"`
	Confirmed  int    `db:"confirmed"`
	Unfounded  int    `db:"unfounded"`
}

// Tallies lists the organs that were reported most, where the viewer may look.
func (m *Module) Tallies(ctx context.Context) ([]Tally, error) {
	var w db.Where
	narrow(ctx, &w, "division", "agency")
	limit := w.Arg(db.MaxLimit)
	var list []Tally
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT agency, agency_name, reported, confirmed, unfounded FROM proofs_tally`+w.SQL()+
		` ORDER BY confirmed DESC, reported DESC, agency LIMIT `+limit, w.Args()...)
	return list, wrap("list tallies", err)
}
