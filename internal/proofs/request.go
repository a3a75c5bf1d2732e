package proofs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/licences"
	"yimen/internal/messages"
	"yimen/workday"
)

// Issuer makes and finds electronic licences: the licences module.
type Issuer interface {
	Type(ctx context.Context, id string) (licences.Type, error)
	IssueProof(ctx context.Context, n licences.Entry, approval string) (licences.Licence, error)
	// HeldProof finds one of a type that somebody holds and may use today.
	HeldProof(ctx context.Context, licenceType, holderNo string) (licences.Licence, bool, error)
	// OfCase is the licence that a case results in; licences.ErrOrderUnknown.
	OfCase(ctx context.Context, number string) (licences.Order, error)
	// Undone is why that licence does not count any more; "" it does.
	Undone(ctx context.Context, number string) (string, error)
	// Do suspends, restores or withdraws one.
	Do(ctx context.Context, identifier string, s licences.Step) error
}

// States of a request.
const (
	Requested       = "asked"
	RequestChecking = "checking" // those on the spot have been asked
	RequestChecked  = "checked"
	RequestIssued   = "issued"
	RequestRefused  = "refused"
	RequestTaken    = "withdrawn" // taken back by who asked
)

var requestStates = map[string]string{Requested: "待开具", RequestChecking: "请村里核实中", RequestChecked: "已核实，待开具", RequestIssued: "已开具", RequestRefused: "没有开具", RequestTaken: "已撤回"}

// requestDays is how many working days the issuing organ has.
const requestDays = 5

// Errors about requests.
var (
	ErrRequestUnknown = errs.Define(errs.NotFound, "proof_request_unknown", "没有找到这份申请，请从列表重新打开。")
	ErrRequestMove    = errs.Define(errs.Conflict, "proof_request_move_not_allowed", "这份申请已经处理过了，请刷新后查看。")
	ErrRequestRight   = errs.Define(errs.Denied, "proof_request_right_missing", "这份申请不由您处理，请联系开具单位。")
	ErrNotOnline      = errs.Define(errs.Invalid, "proof_not_online", "这项证明还不能在网上开具，请到开具单位办理。")
	ErrRequestOpen    = errs.Define(errs.Conflict, "proof_request_open", "您已经申请过这项证明，正在办理，请在“我的电子证明”里查看进展。")
	ErrNobodyIssues   = errs.Define(errs.Conflict, "proof_nobody_issues", "您住的地方没有能在网上开具这项证明的单位，请到政务服务大厅办理。")
)

// Have is what somebody holds already: the same proof, still valid.
type Have struct {
	Identifier string
	Until      workday.Date // zero: for good
}

// Request is somebody's wish for an electronic proof.
type Request struct {
	ID          string       `db:"id"`
	Number      string       `db:"number"`
	Proof       string       `db:"proof"`
	ProofName   string       `db:"proof_name"`
	Type        string       `db:"type"`
	Account     string       `db:"account"`
	Purpose     string       `db:"purpose"`
	Recipient   string       `db:"recipient"`
	Detail      string       `db:"detail"`
	State       string       `db:"state"`
	Open        int          `db:"open"`
	Agency      string       `db:"agency"`
	AgencyName  string       `db:"agency_name"`
	Dept        string       `db:"dept"`
	Division    string       `db:"division"`
	Village     string       `db:"village"`
	DueOn       workday.Date `db:"due_on"`
	Question    string       `db:"question"`
	Answer      string       `db:"answer"`
	CheckerName string       `db:"checker_name"`
	HandlerName string       `db:"handler_name"`
	Reason      string       `db:"reason"`
	Identifier  string       `db:"identifier"`
	MadeAt      time.Time    `db:"made_at"`
	DecidedAt   *time.Time   `db:"decided_at"`
}

// StateName is the state in words.
func (q Request) StateName() string { return requestStates[q.State] }

// atIssuer is where those who issue stand, atHome those who know the facts.
func (q Request) atIssuer() identity.Place {
	return identity.Place{Receiving: q.Division, Division: q.Division, Agency: q.Agency, Dept: q.Dept}
}

func (q Request) atHome() identity.Place {
	return identity.Place{Receiving: q.Village, Division: q.Village}
}

// Wish is what somebody asks for.
type Wish struct {
	Proof, Purpose, Recipient, Detail string
	Place                             string // division in which the matter is, of a proof that is issued there
	Another                           bool   // what is held already tells of another matter
}

func (w *Wish) check() error {
	var bad errs.Fields
	for _, f := range []struct {
		name, what  string
		value       *string
		least, most int
	}{{"purpose", "用途", &w.Purpose, 2, 100}, {"recipient", "给谁看", &w.Recipient, 2, 60}, {"detail", "情况说明", &w.Detail, 0, 500}} {
		*f.value = strings.TrimSpace(*f.value)
		switch n := utf8.RuneCountInString(*f.value); {
		case n < f.least:
			bad.Add(f.name, "请写%s，%d到%d个字。", f.what, f.least, f.most)
		case n > f.most:
			bad.Add(f.name, "%s最多%d个字。", f.what, f.most)
		}
	}
	return bad.Err()
}

// Online says that the proof can be asked for here.
func (e Entry) Online() bool { return e.State == Kept && e.LicenceType != "" }

// Held finds a valid electronic copy of a proof that the actor has already
// (一次制证、长期使用); false when there is none.
func (m *Module) Held(ctx context.Context, e Entry) (Have, bool, error) {
	p, err := m.Identity.Person(ctx, identity.FromContext(ctx).Account)
	if err != nil || m.Licences == nil || e.LicenceType == "" {
		return Have{}, false, err
	}
	l, ok, err := m.Licences.HeldProof(ctx, e.LicenceType, p.IDNo)
	return Have{l.Identifier, l.To}, ok, err
}

// askLevel is how surely somebody must have shown who they are: a proof tells
// about them.
const askLevel = identity.LevelPresence

// Ask asks for a proof in the name of the person who is signed in, who must have
// shown that they are that person. What they hold already is
// given back instead of a request: Have is then not empty.
func (m *Module) Ask(ctx context.Context, w Wish) (Request, Have, error) {
	actor := identity.FromContext(ctx)
	if !actor.IsApplicant() || actor.Kind != identity.KindPerson {
		return Request{}, Have{}, ErrRequestRight
	}
	if err := actor.Enough(askLevel); err != nil {
		return Request{}, Have{}, err
	}
	e, err := m.Entry(ctx, w.Proof)
	if err != nil {
		return Request{}, Have{}, err
	}
	if !e.Online() || m.Licences == nil {
		return Request{}, Have{}, ErrNotOnline
	}
	if have, ok, err := m.Held(ctx, e); err != nil || ok && !(e.Each && w.Another) {
		return Request{}, have, err
	}
	if err := w.check(); err != nil {
		return Request{}, Have{}, err
	}
	q := Request{ID: db.NewID(), Proof: e.Number, ProofName: e.Name, Type: e.LicenceType, Account: actor.Account, Purpose: w.Purpose, Recipient: w.Recipient,
		Detail: w.Detail, State: Requested, Open: 1, MadeAt: m.now(ctx)}
	if err := m.findIssuer(ctx, e, w.Place, &q); err != nil {
		return Request{}, Have{}, err
	}
	q.DueOn = m.Org.Calendar(ctx, q.Division).AddWorkdays(m.today(ctx), requestDays)
	err = m.DB.InTx(ctx, func(ctx context.Context) error { return m.insertRequest(ctx, &q) })
	return q, Have{}, wrap("ask for proof", err)
}

func (m *Module) insertRequest(ctx context.Context, q *Request) error {
	year, n := m.today(ctx).Year(), 0
	if err := m.DB.Conn(ctx).Get(ctx, &n, `INSERT INTO proofs_request_number (year, n) VALUES ($1, 1)
		ON CONFLICT (year) DO UPDATE SET n = proofs_request_number.n + 1 RETURNING n`, year); err != nil {
		return err
	}
	q.Number = fmt.Sprintf("ZM%d%06d", year, n)
	_, err := m.DB.Conn(ctx).ExecNamed(ctx, `INSERT INTO proofs_request (id, number, proof, proof_name, type, account, purpose, recipient, detail, state, open,
		agency, agency_name, dept, division, village, due_on, question, answer, checker_name, handler_name, reason, identifier, made_at)
		VALUES (:id, :number, :proof, :proof_name, :type, :account, :purpose, :recipient, :detail, :state, :open,
		:agency, :agency_name, :dept, :division, :village, :due_on, :question, :answer, :checker_name, :handler_name, :reason, :identifier, :made_at)`, *q)
	if db.IsUnique(err) {
		return ErrRequestOpen
	}
	if err != nil {
		return err
	}
	return m.tellColleagues(ctx, *q, "proof.request_new", "new")
}

// Request gives one to who asked and to those who work on it; ErrRequestUnknown
// to all others.
func (m *Module) Request(ctx context.Context, id string) (Request, error) {
	var q Request
	err := m.DB.Conn(ctx).Get(ctx, &q, `SELECT * FROM proofs_request WHERE id = $1`, id)
	if errors.Is(err, db.ErrNoRows) {
		return q, ErrRequestUnknown
	}
	if err != nil {
		return q, wrap("read request", err)
	}
	if a := identity.FromContext(ctx); q.Account != a.Account && !q.mayIssue(a) && !q.mayCheck(a) {
		return Request{}, ErrRequestUnknown
	}
	return q, nil
}

func (q Request) mayIssue(a identity.Actor) bool { return a.Can(VerbIssue, q.atIssuer()) }

// mayCheck: those on the spot see a request only once they have been asked.
func (q Request) mayCheck(a identity.Actor) bool {
	return q.Question != "" && a.Can(VerbCheck, q.atHome())
}

// MyRequests lists what the actor asked for, newest first.
func (m *Module) MyRequests(ctx context.Context) ([]Request, error) {
	a := identity.FromContext(ctx)
	if a.Account == "" {
		return nil, nil
	}
	var list []Request
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT * FROM proofs_request WHERE account = $1 ORDER BY made_at DESC LIMIT $2`, a.Account, db.MaxLimit)
	return list, wrap("list own requests", err)
}

// Requests lists those that the actor issues (toCheck false) or is asked about
// (toCheck), by the day they are due; and the cursor of the next page.
func (m *Module) Requests(ctx context.Context, toCheck, open bool, p db.Page) ([]Request, string, error) {
	var w db.Where
	n := 0
	if open {
		n = 1
	}
	w.And("open = ?", n)
	a := identity.FromContext(ctx)
	if toCheck {
		w.And("question <> ''")
		if open {
			w.And("state = ?", RequestChecking)
		}
		a.Scope(VerbCheck).Where(&w, identity.Columns{Receiving: "village", Division: "village"})
	} else {
		a.Scope(VerbIssue).Where(&w, identity.Columns{Receiving: "division", Division: "division", Agency: "agency", Dept: "dept"})
	}
	var due workday.Date
	var id string
	if more, err := p.Key(&due, &id); err != nil {
		return nil, "", err
	} else if more {
		w.And("(due_on > ? OR due_on = ? AND id > ?)", due, due, id)
	}
	limit := w.Arg(p.Size() + 1)
	var list []Request
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT * FROM proofs_request`+w.SQL()+` ORDER BY due_on, id LIMIT `+limit, w.Args()...)
	if err != nil {
		return nil, "", wrap("list requests", err)
	}
	list, next := db.Cut(list, p, func(q Request) []any { return []any{q.DueOn, q.ID} })
	return list, next, nil
}

// tellColleagues tells those of the issuing organ.
func (m *Module) tellColleagues(ctx context.Context, q Request, template, key string) error {
	if m.Messages == nil {
		return nil
	}
	who, err := m.Identity.Colleagues(identity.With(ctx, identity.System("proofs")), q.Agency, VerbIssue)
	if err != nil {
		return err
	}
	var accounts []string
	for _, a := range who {
		accounts = append(accounts, a.ID)
	}
	return m.tellStaff(ctx, q, accounts, template, key)
}

// tellVillage tells those who know the facts where the person lives.
func (m *Module) tellVillage(ctx context.Context, q Request) error {
	if m.Messages == nil {
		return nil
	}
	who, err := m.Identity.HoldersOver(ctx, VerbCheck, q.Village)
	if err != nil {
		return err
	}
	return m.tellStaff(ctx, q, who, "proof.request_check", "check")
}

func (m *Module) tellStaff(ctx context.Context, q Request, accounts []string, template, key string) error {
	for i, account := range accounts {
		if i == mostKeepers {
			break
		}
		err := m.Messages.Send(ctx, messages.Notice{To: account, Template: template, Link: requestURL(q.ID), Division: q.Division,
			Vars: map[string]string{"request": q.Number, "proof": q.ProofName, "due": q.DueOn.Chinese()}, Key: "proof:request:" + q.ID + ":" + key + ":" + account})
		if err != nil {
			return err
		}
	}
	return nil
}
