package proofs

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/jobs"
	"yimen/internal/messages"
	"yimen/workday"
)

// Rights over supervision orders.
var (
	VerbSupervise = identity.DefineVerb("proof.supervise", "处理清单外证明监督单")
	VerbReply     = identity.DefineVerb("proof.reply", "答复本单位的监督单")
)

func init() {
	identity.Extend("centre_manager", VerbSupervise)
	identity.Extend("agency_head", VerbReply)
}

// defaultDays is how many working days an order may take.
const defaultDays = 5

func (m *Module) days() int {
	if m.Days > 0 {
		return m.Days
	}
	return defaultDays
}

// Acts on an order.
const (
	ActAccept = "accept"
	ActAsk    = "ask"
	ActReply  = "reply"
	ActClose  = "close"
)

// Act is what somebody does to an order.
type Act struct {
	Verb    string // accept | ask | reply | close
	Text    string // the question, the reply of the organ, or the answer to who reported it
	Finding string // of close
}

// orderMoves say from which states an act may be done and where it leads.
var orderMoves = map[string]struct {
	from []string
	to   string
	name string
}{
	ActAccept: {[]string{Reported}, Accepted, "受理"},
	ActAsk:    {[]string{Accepted, Answered}, Asked, "要求单位说明"},
	ActReply:  {[]string{Asked}, Answered, "单位答复"},
	ActClose:  {[]string{Accepted, Asked, Answered}, Closed, "办结"},
}

// may says which acts the actor may do now.
func (o Order) may(a identity.Actor) []string {
	var acts []string
	for _, verb := range []string{ActAccept, ActAsk, ActReply, ActClose} {
		right := a.Can(VerbSupervise, o.at()) || verb == ActReply && a.Can(VerbReply, o.at())
		if right && slices.Contains(orderMoves[verb].from, o.State) {
			acts = append(acts, verb)
		}
	}
	return acts
}

func (a *Act) check() error {
	var bad errs.Fields
	a.Text = strings.TrimSpace(a.Text)
	if n := utf8.RuneCountInString(a.Text); a.Verb != ActAccept && (n < 2 || n > 500) {
		bad.Add("text", "请写明内容，2到500个字。")
	}
	if a.Verb == ActClose && findings[a.Finding] == "" {
		bad.Add("finding", "请选择核查结论。")
	}
	return bad.Err()
}

// Do does an act. A manager may enter the reply of an organ that gave it on
// paper. ErrOrderUnknown, ErrOrderRight, ErrOrderMove, errs.ErrInvalid.
func (m *Module) Do(ctx context.Context, id string, a Act) (Order, error) {
	move, known := orderMoves[a.Verb]
	if !known {
		return Order{}, ErrOrderMove
	}
	if err := a.check(); err != nil {
		return Order{}, err
	}
	var o Order
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		var err error
		if o, err = m.Order(ctx, id); err != nil {
			return err
		}
		actor := identity.FromContext(ctx)
		if !actor.Can(VerbSupervise, o.at()) && a.Verb != ActReply {
			return ErrOrderRight
		}
		before := o.State
		if !slices.Contains(move.from, before) {
			return ErrOrderMove
		}
		o.State = move.to
		m.apply(ctx, &o, a)
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE proofs_order SET state = $3, open = $4, handler_name = $5, question = $6, reply = $7, finding = $8, answer = $9, closed_at = $10
			WHERE id = $1 AND state = $2`, o.ID, before, o.State, o.Open, o.HandlerName, o.Question, o.Reply, o.Finding, o.Answer, o.ClosedAt)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrOrderMove
		}
		if _, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO proofs_order_step (id, order_id, at, verb, actor_name, text) VALUES ($1, $2, $3, $4, $5, $6)`,
			db.NewID(), o.ID, m.now(ctx), a.Verb, actor.Name, a.Text); err != nil {
			return err
		}
		if err := m.record(ctx, "proof.order_"+a.Verb, "proof_order", o.Number, o.Finding); err != nil {
			return err
		}
		return m.after(ctx, o, a)
	})
	return o, wrap("work on order", err)
}

func (m *Module) apply(ctx context.Context, o *Order, a Act) {
	switch a.Verb {
	case ActAccept:
		o.HandlerName = identity.FromContext(ctx).Name
	case ActAsk:
		o.Question = a.Text
	case ActReply:
		o.Reply = a.Text
	case ActClose:
		now := m.now(ctx)
		o.Open, o.Finding, o.Answer, o.ClosedAt = 0, a.Finding, a.Text, &now
	}
}

// after tells whoever has to know, and counts.
func (m *Module) after(ctx context.Context, o Order, a Act) error {
	switch a.Verb {
	case ActAsk:
		return m.tellOrgan(ctx, o)
	case ActReply:
		return m.tellManagers(ctx, o, "proof.order_answered", "answered:"+m.now(ctx).Format(time.RFC3339))
	case ActClose:
		confirmed, unfounded := 0, 1
		if o.Finding == Confirmed {
			confirmed, unfounded = 1, 0
		}
		if err := m.count(ctx, o, 0, confirmed, unfounded); err != nil {
			return err
		}
	}
	return m.tellReporter(ctx, o)
}

// tellOrgan asks the heads of the organ.
func (m *Module) tellOrgan(ctx context.Context, o Order) error {
	if m.Messages == nil || o.Agency == "" {
		return nil
	}
	heads, err := m.Identity.Colleagues(ctx, o.Agency, VerbReply)
	if err != nil {
		return err
	}
	for i, h := range heads {
		if i == mostKeepers {
			break
		}
		err := m.Messages.Send(ctx, messages.Notice{To: h.ID, Template: "proof.order_asked", Link: orderURL(o.ID), Division: o.Division,
			Vars: map[string]string{"order": o.Number, "proof": o.Proof, "due": o.DueOn.Chinese()},
			Key:  "proof:order:" + o.ID + ":asked:" + m.now(ctx).Format(time.RFC3339) + ":" + h.ID})
		if err != nil {
			return err
		}
	}
	return nil
}

// tellReporter tells who reported it how it goes, when they can be reached.
func (m *Module) tellReporter(ctx context.Context, o Order) error {
	if m.Messages == nil || o.Account == "" && o.Phone == "" || o.State != Accepted && o.State != Closed {
		return nil
	}
	n := messages.Notice{To: o.Account, Phone: o.Phone, Template: "proof.order_accepted", Link: reportURL(o.Code), Division: o.Division,
		Vars: map[string]string{"order": o.Number, "proof": o.Proof, "due": o.DueOn.Chinese()}, Key: "proof:order:" + o.ID + ":" + o.State}
	if o.State == Closed {
		n.Template = "proof.order_closed"
		n.Vars = map[string]string{"order": o.Number, "proof": o.Proof, "result": o.FindingName()}
	}
	return m.Messages.Send(ctx, n)
}

// OrderStep is one thing that was done to an order.
type OrderStep struct {
	At        time.Time `db:"at"`
	Verb      string    `db:"verb"`
	ActorName string    `db:"actor_name"`
	Text      string    `db:"text"`
}

// Steps lists what was done to an order, in turn; for those who work on it.
func (m *Module) Steps(ctx context.Context, o Order) ([]OrderStep, error) {
	var list []OrderStep
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT at, verb, actor_name, text FROM proofs_order_step WHERE order_id = $1 ORDER BY at, id`, o.ID)
	return list, wrap("list steps", err)
}

// Workers registers what runs in the background.
func (m *Module) Workers(q *jobs.Queue) {
	jobs.RegisterPeriodic(q, "proofs.overdue", time.Hour, func(ctx context.Context) error {
		return errors.Join(m.Overdue(ctx), m.LateCommitments(ctx))
	})
}

// Overdue tells the managers of orders whose day has passed, once for each. A
// periodic job.
func (m *Module) Overdue(ctx context.Context) error {
	ctx = identity.With(ctx, identity.System("proofs"))
	today := workday.DateOf(m.now(ctx), clock.Beijing)
	for at := (db.Page{Limit: db.MaxLimit}); ; {
		list, next, err := m.Orders(ctx, true, at)
		if err != nil {
			return err
		}
		for _, o := range list {
			if !today.After(o.DueOn) {
				return nil // the others are due later
			}
			if err := m.tellManagers(ctx, o, "proof.order_overdue", "overdue"); err != nil {
				return err
			}
		}
		if next == "" {
			return nil
		}
		at.After = next
	}
}
