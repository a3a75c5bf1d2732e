package messages

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"
	"time"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
)

// How many codes leave in a day: enough for somebody clumsy, too few to make
// trouble for the owner of a number.
const (
	codesPerAccount = 10
	codesPerNumber  = 5
)

// Errors of a change of telephone.
var (
	ErrPhoneCode = errs.Define(errs.Invalid, "message_phone_code_wrong", "验证码不正确或已过期，请核对短信，或重新获取。")
	ErrTooMany   = errs.Define(errs.RateLimited, "message_code_too_many", "今天获取验证码的次数已经用完，请明天再试，或带证件到任一窗口更改。")
)

// CanText tells whether text messages leave, so that a number can be proven.
func (m *Module) CanText() bool { return m.SMS != nil }

type phoneRow struct {
	Pending string    `db:"pending"`
	Code    string    `db:"code"`
	Tries   int       `db:"tries"`
	AskedAt time.Time `db:"asked_at"`
}

// late tells whether the code can no longer be used.
func (r phoneRow) late(now time.Time) bool {
	return r.Pending == "" || now.Sub(r.AskedAt) > codeLives || r.Tries >= codeTries
}

func (m *Module) phoneRow(ctx context.Context, account string) (phoneRow, error) {
	var row phoneRow
	err := m.DB.Conn(ctx).Get(ctx, &row, `SELECT pending, code, tries, asked_at FROM messages_phone WHERE account = $1`, account)
	if errors.Is(err, db.ErrNoRows) {
		return phoneRow{}, nil
	}
	if err == nil {
		row.Pending, err = m.Keys.Open(phonePending, account, row.Pending)
	}
	return row, wrap("read change of telephone", err)
}

// PendingPhone is the actor's new number that waits for its code; "" none.
func (m *Module) PendingPhone(ctx context.Context) (string, error) {
	row, err := m.phoneRow(ctx, identity.FromContext(ctx).Account)
	if err != nil || row.late(m.now(ctx)) {
		return "", err
	}
	return row.Pending, nil
}

// ProvePhone sends a code to a number that the actor says is theirs. The old
// one counts until ConfirmPhone. Errors: errs.ErrInvalid with field phone,
// ErrChannelOff, ErrTooSoon, ErrTooMany.
func (m *Module) ProvePhone(ctx context.Context, phone string) error {
	actor := identity.FromContext(ctx)
	if !actor.IsApplicant() {
		return identity.ErrSignIn
	}
	phone = strings.TrimSpace(phone)
	if _, err := gb.ParseMobile(phone); err != nil {
		return errs.ErrInvalid.Field("phone", "请填写11位手机号：验证码要发到手机上。")
	}
	if m.SMS == nil {
		return ErrChannelOff
	}
	who, err := m.Identity.Person(ctx, actor.Account)
	if err != nil {
		return err
	}
	if who.Phone == phone {
		return errs.ErrInvalid.Field("phone", "这就是现在登记的手机号，不用改。")
	}
	code := NewCode()
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		now := m.now(ctx)
		row, err := m.phoneRow(ctx, actor.Account)
		if err != nil {
			return err
		}
		if !row.AskedAt.IsZero() && now.Sub(row.AskedAt) < codePause {
			return ErrTooSoon
		}
		if err := m.fewCodes(ctx, actor.Account, phone, now); err != nil {
			return err
		}
		_, err = m.DB.Conn(ctx).Exec(ctx, `INSERT INTO messages_phone (account, pending, code, tries, asked_at) VALUES ($1, $2, $3, 0, $4)
			ON CONFLICT (account) DO UPDATE SET pending = excluded.pending, code = excluded.code, tries = 0, asked_at = excluded.asked_at`,
			actor.Account, m.Keys.Seal(phonePending, actor.Account, phone), codeHash(phone, code), now)
		if err != nil {
			return wrap("keep change of telephone", err)
		}
		return m.Send(ctx, Notice{Phone: phone, Template: "account.phone_code", Vars: map[string]string{"verify": code}, Key: "phone_code:" + db.NewID()})
	})
}

// fewCodes counts the code against the account and against the number.
func (m *Module) fewCodes(ctx context.Context, account, phone string, now time.Time) error {
	day := "code " + now.In(clock.Beijing).Format("2006-01-02")
	for _, limit := range []struct {
		who  string
		most int
	}{{m.person("account:" + account), codesPerAccount}, {m.person(phone), codesPerNumber}} {
		ok, err := m.countOne(ctx, limit.who, day, limit.most)
		if err != nil {
			return err
		}
		if !ok {
			return ErrTooMany
		}
	}
	return nil
}

// ConfirmPhone proves the number with the code that was sent to it: it counts
// from now on, and the old one is told. A wrong code counts, so it must not be
// called in a transaction that its error undoes. Errors: ErrPhoneCode.
func (m *Module) ConfirmPhone(ctx context.Context, code string) error {
	account, wrong := identity.FromContext(ctx).Account, false
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		c, now := m.DB.Conn(ctx), m.now(ctx)
		// Counted first, which locks the row: nobody tries more often at once.
		if _, err := c.Exec(ctx, `UPDATE messages_phone SET tries = tries + 1 WHERE account = $1`, account); err != nil {
			return wrap("count a try", err)
		}
		row, err := m.phoneRow(ctx, account)
		if err != nil {
			return err
		}
		row.Tries-- // this one
		right := subtle.ConstantTimeCompare([]byte(row.Code), []byte(codeHash(row.Pending, strings.TrimSpace(code)))) == 1
		if row.late(now) || !right {
			wrong = true
			return nil
		}
		if err := m.TakePhone(ctx, row.Pending); err != nil {
			return err
		}
		return m.CancelPhone(ctx)
	})
	if err == nil && wrong {
		return ErrPhoneCode.Field("code", ErrPhoneCode.Message)
	}
	return err
}

// TakePhone makes a number that was just proven the actor's. A change is told to
// the number before and to the new one.
func (m *Module) TakePhone(ctx context.Context, phone string) error {
	account := identity.FromContext(ctx).Account
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		who, err := m.Identity.Person(ctx, account)
		if err != nil {
			return err
		}
		if err := m.Identity.SetContact(ctx, identity.Contact{Phone: phone}); err != nil {
			return fmt.Errorf("take the proven telephone: %w", err)
		}
		if err := m.Identity.Prove(ctx, identity.Proof{Account: account, Method: identity.BySMS}); err != nil {
			return err
		}
		if who.Phone == phone {
			return nil
		}
		told := Notice{To: account, Phone: who.Phone, Template: "account.phone_changed", Link: "/my/profile",
			Vars: map[string]string{"phone": gb.MaskPhone(phone)}, Key: "phone_changed:" + db.NewID()}
		if err := m.Send(ctx, told); err != nil || who.Phone == "" {
			return err
		}
		told.To, told.Name, told.Phone, told.Key = "", who.Name, phone, told.Key+":new"
		return m.Send(ctx, told)
	})
}

// CancelPhone gives up a change that waits for its code.
func (m *Module) CancelPhone(ctx context.Context) error {
	_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE messages_phone SET pending = '', code = '' WHERE account = $1`, identity.FromContext(ctx).Account)
	return wrap("give up change of telephone", err)
}
