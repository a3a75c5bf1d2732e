package messages

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"math/big"
	"net/mail"
	"strings"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

// Preference is how somebody wants to be told, beside their box. Whoever never
// said anything gets text messages, and mail once an address is proven.
type Preference struct {
	SMS     bool       `db:"sms"`
	Mail    bool       `db:"mail"`
	Address string     `db:"address"` // proven mail address, or ""
	Pending string     `db:"pending"` // one that waits for its code
	Code    string     `db:"code"`
	Tries   int        `db:"tries"`
	AskedAt *time.Time `db:"asked_at"`
}

// Rules of the code that proves a mail address.
const (
	codeLives = 30 * time.Minute
	codePause = time.Minute
	codeTries = 5
)

func (m *Module) preference(ctx context.Context, account string) (Preference, error) {
	all, err := m.preferences(ctx, []string{account})
	return all[account], err
}

// preferences gives how each of some accounts wants to be told.
func (m *Module) preferences(ctx context.Context, accounts []string) (map[string]Preference, error) {
	all := make(map[string]Preference, len(accounts))
	for _, account := range accounts {
		all[account] = Preference{SMS: true, Mail: true}
	}
	w := new(db.Where).In("account", accounts)
	var rows []struct {
		Account string `db:"account"`
		Preference
	}
	err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT account, sms, mail, address, pending, code, tries, asked_at
		FROM messages_preference`+w.SQL(), w.Args()...)
	for _, r := range rows {
		all[r.Account] = r.Preference
	}
	return all, wrap("read preferences", err)
}

// Preference gives how the actor in ctx wants to be told.
func (m *Module) Preference(ctx context.Context) (Preference, error) {
	actor := identity.FromContext(ctx)
	if !actor.SignedIn() {
		return Preference{}, identity.ErrSignIn
	}
	return m.preference(ctx, actor.Account)
}

// Prefer sets which ways the actor wants; what the law requires comes anyway.
func (m *Module) Prefer(ctx context.Context, sms, mail bool) error {
	return m.changePreference(ctx, func(p *Preference) error {
		p.SMS, p.Mail = sms, mail
		return nil
	})
}

// ForgetMail takes the actor's mail address out.
func (m *Module) ForgetMail(ctx context.Context) error {
	return m.changePreference(ctx, func(p *Preference) error {
		p.Address, p.Pending, p.Code, p.AskedAt = "", "", "", nil
		return nil
	})
}

// ProveMail sends a code to a mail address that the actor says is theirs.
// Errors: ErrAddress, ErrChannelOff, ErrTooSoon.
func (m *Module) ProveMail(ctx context.Context, address string) error {
	address, err := mailAddress(address)
	if err != nil {
		return err
	}
	if m.Mail == nil {
		return ErrChannelOff
	}
	code := NewCode()
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		now := m.now(ctx)
		err := m.changePreference(ctx, func(p *Preference) error {
			if p.AskedAt != nil && now.Sub(*p.AskedAt) < codePause {
				return ErrTooSoon
			}
			p.Pending, p.Code, p.Tries, p.AskedAt = address, codeHash(address, code), 0, &now
			return nil
		})
		if err != nil {
			return err
		}
		return m.Send(ctx, Notice{Mail: address, Template: "account.mail_code", Vars: map[string]string{"verify": code}, Key: "mail_code:" + db.NewID()})
	})
}

// ConfirmMail proves the address with the code that was sent to it. A wrong
// code counts, so it must not be called in a transaction that its error
// undoes. Errors: ErrCode.
func (m *Module) ConfirmMail(ctx context.Context, code string) error {
	wrong := false
	err := m.changePreference(ctx, func(p *Preference) error {
		late := p.AskedAt == nil || m.now(ctx).Sub(*p.AskedAt) > codeLives
		right := subtle.ConstantTimeCompare([]byte(p.Code), []byte(codeHash(p.Pending, strings.TrimSpace(code)))) == 1
		if p.Pending == "" || late || p.Tries >= codeTries || !right {
			p.Tries++
			wrong = true
			return nil
		}
		p.Address, p.Pending, p.Code, p.Mail = p.Pending, "", "", true
		return nil
	})
	if err == nil && wrong {
		return ErrCode.Field("code", ErrCode.Message)
	}
	return err
}

// changePreference reads, changes and writes the actor's row.
func (m *Module) changePreference(ctx context.Context, change func(*Preference) error) error {
	actor := identity.FromContext(ctx)
	if !actor.SignedIn() {
		return identity.ErrSignIn
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		p, err := m.preference(ctx, actor.Account)
		if err != nil {
			return err
		}
		if err := change(&p); err != nil {
			return err
		}
		_, err = m.DB.Conn(ctx).Exec(ctx, `INSERT INTO messages_preference
			(account, sms, mail, address, pending, code, tries, asked_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			ON CONFLICT (account) DO UPDATE SET sms = excluded.sms, mail = excluded.mail, address = excluded.address,
			pending = excluded.pending, code = excluded.code, tries = excluded.tries, asked_at = excluded.asked_at,
			updated_at = excluded.updated_at`,
			actor.Account, p.SMS, p.Mail, p.Address, p.Pending, p.Code, p.Tries, p.AskedAt, m.now(ctx))
		return wrap("save preference", err)
	})
}

// mailAddress checks a mail address as people write it.
func mailAddress(text string) (string, error) {
	text = strings.TrimSpace(text)
	a, err := mail.ParseAddress(text)
	if err != nil || a.Address != text || len(text) > 200 || !strings.Contains(text[strings.LastIndex(text, "@")+1:], ".") {
		return "", ErrAddress.Field("address", "邮箱地址应写成name@example.com的样子，请核对。")
	}
	return text, nil
}

// NewCode is a code of six digits, each equally likely, that is sent to find out
// whose telephone or mail address it is.
func NewCode() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		panic("messages: no randomness: " + err.Error())
	}
	return fmt.Sprintf("%06d", n.Int64())
}

func codeHash(address, code string) string {
	sum := sha256.Sum256([]byte(address + "\x00" + code))
	return hex.EncodeToString(sum[:])
}
