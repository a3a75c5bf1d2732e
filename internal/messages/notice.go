package messages

import (
	"context"
	"fmt"
	"strings"
	"time"

	"yimen/internal/kit/db"
)

// Notice is what somebody is to be told.
type Notice struct {
	To                string // account, as in identity.Actor.Account; "": somebody without one
	Name, Phone, Mail string // "": as the account and its settings say
	Template          string // "case.accepted"
	Vars              map[string]string
	Link              string // path on this site
	About             string // case number or ""
	Division          string // whose deliveries it counts among; "": the city's
	Key               string // names the cause: the same key is sent once
}

// Reason is a reason, as notices say it, with the number of the decision that it
// stands in; "" for none.
func Reason(reason, document string) string {
	if document == "" {
		return reason
	}
	return strings.TrimSuffix(reason, "。") + "（" + document + "）"
}

// Send tells somebody something. It joins the transaction of ctx: no commit,
// no message. What leaves the house leaves a moment later. A notice whose key
// was sent before changes nothing.
//
// Errors: ErrTemplateUnknown; an error of the program for a notice without key
// or with a placeholder that has no value.
func (m *Module) Send(ctx context.Context, n Notice) error {
	t, ok := named(n.Template)
	if !ok {
		return ErrTemplateUnknown.Because(fmt.Errorf("template %q", n.Template))
	}
	if n.Key == "" {
		return fmt.Errorf("messages: notice %s has no key", n.Template)
	}
	l := letter{n: n, t: t}
	if g, ok := ctx.Value(gatherKey{}).(*gathering); ok {
		g.list = append(g.list, l)
		return nil
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error { return m.post(ctx, []letter{l}) })
}

type gatherKey struct{}

// gathering are the letters of one Gather.
type gathering struct{ list []letter }

// Gather sends what fn sends under its context all at once, at the end: a
// dozen statements for however many notices. In one transaction with fn.
func (m *Module) Gather(ctx context.Context, fn func(ctx context.Context) error) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		g := &gathering{}
		if err := fn(context.WithValue(ctx, gatherKey{}, g)); err != nil {
			return err
		}
		return m.post(ctx, g.list)
	})
}

// letter is a notice on its way into a box.
type letter struct {
	n  Notice
	t  Template
	w  Words
	to reader
	id string // of its message
}

// post puts letters into boxes, and what is to leave the house beside them.
func (m *Module) post(ctx context.Context, list []letter) error {
	if len(list) == 0 {
		return nil
	}
	if err := m.addWords(ctx, list); err != nil {
		return err
	}
	if err := m.addReaders(ctx, list); err != nil {
		return err
	}
	for i := range list {
		var err error
		if list[i].n.Vars, err = list[i].t.values(list[i].n, list[i].to); err != nil {
			return err
		}
		list[i].id = db.NewID()
	}
	list, err := m.keep(ctx, list)
	if err != nil {
		return err
	}
	var leaving []delivery
	for _, l := range list {
		leaving = m.dispatch(leaving, l)
	}
	return m.queue(ctx, leaving)
}

// addWords finds what each template says today.
func (m *Module) addWords(ctx context.Context, list []letter) error {
	if len(list) == 1 {
		var err error
		list[0].w, _, err = m.words(ctx, list[0].t)
		return err
	}
	all, err := m.current(ctx)
	if err != nil {
		return err
	}
	for i := range list {
		list[i].w = all[list[i].t.Key].Words
	}
	return nil
}

var messageRow = []string{"id", "key", "account", "template", "title", "text", "link", "about", "required", "fresh",
	"hidden", "created_at", "read_at"}

// keep puts the messages into the boxes and gives the letters whose key was
// not sent before.
func (m *Module) keep(ctx context.Context, list []letter) ([]letter, error) {
	now := m.now(ctx)
	fresh, readAt := int64(1), (*time.Time)(nil)
	if ctx.Value(readKey{}) != nil {
		fresh, readAt = 0, &now
	}
	rows := make([][]any, len(list))
	for i, l := range list {
		vars := within(l.n.Vars)
		rows[i] = []any{l.id, l.n.Key, l.n.To, l.t.Key, fill(l.w.Title, vars), fill(l.w.Text, vars), l.n.Link, l.n.About,
			l.t.Required, fresh, false, now, readAt}
	}
	var ids []string
	err := db.InsertAnswering(ctx, m.DB.Conn(ctx), &ids, "messages_message", messageRow, "ON CONFLICT (key) DO NOTHING RETURNING id", rows)
	if err != nil {
		return nil, wrap("keep messages", err)
	}
	kept := make(map[string]bool, len(ids))
	for _, id := range ids {
		kept[id] = true
	}
	var first []letter
	unread := map[string]int64{}
	for _, l := range list {
		if !kept[l.id] {
			continue
		}
		first = append(first, l)
		if l.n.To != "" {
			unread[l.n.To] += fresh
		}
	}
	return first, m.addUnread(ctx, unread)
}

// dispatch adds a delivery for each way that is switched on, set up, wanted,
// and has an address.
func (m *Module) dispatch(list []delivery, l letter) []delivery {
	of := delivery{Message: l.id, Template: l.t.Key, Division: l.n.Division, Urgent: l.t.Urgent, Required: l.t.Required}
	if l.w.SMSOn && m.SMS != nil && l.to.sms && l.to.phone != "" {
		d := of
		d.Channel, d.Address, d.Text = SMS, l.to.phone, l.t.smsText(l.w.SMS, m.Limits.Signature, l.n.Vars)
		list = append(list, d)
	}
	if l.w.MailOn && m.Mail != nil && l.to.mails && l.to.mail != "" {
		link := ""
		if l.n.Link != "" {
			link = m.BaseURL + l.n.Link
		}
		d := of
		d.Channel, d.Address = Mail, l.to.mail
		d.Subject, d.Text = fill(l.w.Subject, l.t.outside(l.n.Vars)), l.t.mailText(l.w, link, l.n.Vars)
		list = append(list, d)
	}
	return list
}

// queue stores deliveries; the sender finds them when they are due.
func (m *Module) queue(ctx context.Context, list []delivery) error {
	now := m.now(ctx)
	until, quiet := m.Limits.quiet(now)
	for i := range list {
		d := &list[i]
		d.ID, d.State, d.CreatedAt, d.DueAt = db.NewID(), Waiting, now, now
		switch {
		case past(ctx) && m.Outbox:
			d.State, d.SentAt, d.Attempts = Sent, &now, 1
		case quiet && d.Channel == SMS && !d.Urgent:
			// It waits for the morning from the beginning: nobody need find out
			// at night that it may not leave.
			d.DueAt, d.Reason = until, atNight
		}
	}
	return m.insertDeliveries(ctx, list)
}

type pastKey struct{}

// Past tells that what is sent under ctx has been delivered long ago, at the
// time of the clock of ctx: for the history of the sample city. It holds only
// where nothing really leaves.
func Past(ctx context.Context) context.Context { return context.WithValue(ctx, pastKey{}, true) }

func past(ctx context.Context) bool { return ctx.Value(pastKey{}) != nil }

type readKey struct{}

// Read tells that what is sent under ctx has been read already: for the
// history of the sample city.
func Read(ctx context.Context) context.Context { return context.WithValue(ctx, readKey{}, true) }

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("messages: %s: %w", what, err)
}
