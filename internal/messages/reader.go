package messages

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"yimen/internal/org"
)

// reader is who is told and by which ways.
type reader struct {
	name, phone, mail string
	sms, mails        bool // what they want of each
}

// addReaders finds out about the accounts what the notices do not say.
func (m *Module) addReaders(ctx context.Context, list []letter) error {
	var accounts []string
	seen := map[string]bool{"": true}
	for _, l := range list {
		if !seen[l.n.To] {
			seen[l.n.To] = true
			accounts = append(accounts, l.n.To)
		}
	}
	known, err := m.known(ctx, accounts)
	if err != nil {
		return err
	}
	for i := range list {
		l := &list[i]
		k := known[l.n.To]
		l.to = reader{name: l.n.Name, phone: l.n.Phone, mail: l.n.Mail, sms: true, mails: true}
		if l.n.To == "" {
			continue
		}
		if l.to.name == "" {
			l.to.name = k.name
		}
		if l.to.phone == "" {
			l.to.phone = k.phone
		}
		if l.to.mail == "" {
			l.to.mail = k.mail
		}
		l.to.sms, l.to.mails = k.sms || l.t.Required, k.mails || l.t.Required
	}
	return nil
}

// known gives what the registers say of accounts, and what they prefer.
func (m *Module) known(ctx context.Context, accounts []string) (map[string]reader, error) {
	known := make(map[string]reader, len(accounts))
	if len(accounts) == 0 {
		return known, nil
	}
	people, err := m.Identity.People(ctx, accounts)
	if err != nil {
		return nil, err
	}
	prefer, err := m.preferences(ctx, accounts)
	if err != nil {
		return nil, err
	}
	for _, account := range accounts {
		p, person := people[account]
		if !person { // staff are no persons
			if p.Phone, err = m.staffPhone(ctx, account); err != nil {
				return nil, err
			}
		}
		x := prefer[account]
		known[account] = reader{p.Name, p.Phone, x.Address, x.SMS, x.Mail}
	}
	return known, nil
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
