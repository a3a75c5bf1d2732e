package messages

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/jobs"
	"yimen/internal/org"
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

// Send tells somebody something. It joins the transaction of ctx: no commit,
// no message. Deliveries are jobs and may come a moment later. A notice whose
// key was sent before changes nothing.
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
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		w, _, err := m.words(ctx, t)
		if err != nil {
			return err
		}
		to, err := m.reader(ctx, t, n)
		if err != nil {
			return err
		}
		if n.Vars, err = t.values(n, to); err != nil {
			return err
		}
		id, err := m.keep(ctx, t, w, n)
		if err != nil || id == "" {
			return err
		}
		return m.dispatch(ctx, t, w, n, to, id)
	})
}

// reader is who is told and by which ways.
type reader struct {
	name, phone, mail string
	sms, mails        bool // what they want of each
}

// reader finds out about the account what the notice does not say.
func (m *Module) reader(ctx context.Context, t Template, n Notice) (reader, error) {
	to := reader{name: n.Name, phone: n.Phone, mail: n.Mail, sms: true, mails: true}
	if n.To == "" {
		return to, nil
	}
	p, err := m.Identity.Person(ctx, n.To)
	if err != nil && !errors.Is(err, identity.ErrAccountUnknown) { // staff are no persons
		return to, err
	}
	if to.name == "" {
		to.name = p.Name
	}
	if to.phone == "" {
		to.phone = p.Phone
	}
	if p.Account == "" && to.phone == "" {
		if to.phone, err = m.staffPhone(ctx, n.To); err != nil {
			return to, err
		}
	}
	pref, err := m.preference(ctx, n.To)
	if err != nil {
		return to, err
	}
	if to.mail == "" {
		to.mail = pref.Address
	}
	to.sms, to.mails = pref.SMS || t.Required, pref.Mail || t.Required
	return to, nil
}

// staffPhone is the number of a member of staff as the register has it; "" when
// it has none, and of those who have left.
func (m *Module) staffPhone(ctx context.Context, account string) (string, error) {
	id, err := m.Identity.StaffID(ctx, account)
	if err != nil || id == "" || m.Org == nil {
		return "", err
	}
	s, err := m.Org.StaffMember(ctx, id)
	if errors.Is(err, org.ErrStaffUnknown) || err == nil && !s.Active {
		return "", nil
	}
	return s.Phone, err
}

// values completes the variables and refuses words that would come out with
// a hole.
func (t Template) values(n Notice, to reader) (map[string]string, error) {
	vars := map[string]string{"name": to.name}
	for k, v := range n.Vars {
		vars[k] = strings.TrimSpace(v)
	}
	for _, v := range t.Vars { // whichever of them the words name, today or after an edit
		if vars[v.Name] == "" {
			return nil, fmt.Errorf("messages: notice %s without a value for %s", t.Key, v.Name)
		}
	}
	return vars, nil
}

// keep puts the message into the box and gives its id, "" when the key was
// sent before.
func (m *Module) keep(ctx context.Context, t Template, w Words, n Notice) (string, error) {
	vars, id, now := within(n.Vars), db.NewID(), m.now(ctx)
	fresh, readAt := int64(1), (*time.Time)(nil)
	if ctx.Value(readKey{}) != nil {
		fresh, readAt = 0, &now
	}
	done, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO messages_message
		(id, key, account, template, title, text, link, about, required, fresh, hidden, created_at, read_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (key) DO NOTHING`,
		id, n.Key, n.To, t.Key, fill(w.Title, vars), fill(w.Text, vars), n.Link, n.About, t.Required, fresh, false, now, readAt)
	if err != nil || done == 0 {
		return "", wrap("keep message", err)
	}
	if n.To == "" || fresh == 0 {
		return id, nil
	}
	return id, m.addUnread(ctx, n.To, fresh)
}

// dispatch makes a delivery for each way that is switched on, set up, wanted,
// and has an address.
func (m *Module) dispatch(ctx context.Context, t Template, w Words, n Notice, to reader, message string) error {
	if w.SMSOn && m.SMS != nil && to.sms && to.phone != "" {
		d := delivery{Channel: SMS, Address: to.phone, Text: t.smsText(w.SMS, m.Limits.Signature, n.Vars)}
		if err := m.queue(ctx, d.of(t, n, message)); err != nil {
			return err
		}
	}
	if w.MailOn && m.Mail != nil && to.mails && to.mail != "" {
		link := ""
		if n.Link != "" {
			link = m.BaseURL + n.Link
		}
		d := delivery{Channel: Mail, Address: to.mail, Subject: fill(w.Subject, t.outside(n.Vars)), Text: t.mailText(w, link, n.Vars)}
		return m.queue(ctx, d.of(t, n, message))
	}
	return nil
}

func (d delivery) of(t Template, n Notice, message string) delivery {
	d.Message, d.Template, d.Division, d.Urgent, d.Required = message, t.Key, n.Division, t.Urgent, t.Required
	return d
}

// queue stores a delivery with the job that makes it.
func (m *Module) queue(ctx context.Context, d delivery) error {
	now := m.now(ctx)
	d.ID, d.State, d.CreatedAt, d.DueAt = db.NewID(), Waiting, now, now
	if past(ctx) && m.Outbox {
		d.State, d.SentAt, d.Attempts = Sent, &now, 1
		return m.insertDelivery(ctx, d)
	}
	// At night a text waits for the morning from the beginning: a job that only
	// finds out that it may not send would be made, run and made again.
	if until, quiet := m.Limits.quiet(now); quiet && d.Channel == SMS && !d.Urgent {
		d.DueAt, d.Reason = until, atNight
	}
	if err := m.insertDelivery(ctx, d); err != nil {
		return err
	}
	return m.later(ctx, d.ID, d.DueAt)
}

func (m *Module) later(ctx context.Context, id string, at time.Time) error {
	return m.Jobs.Insert(ctx, Deliver{ID: id}, jobs.At(at))
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
