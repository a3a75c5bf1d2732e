package identity

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/workday"
)

// Ways to sign in that this module knows itself. Modules above bring their own.
const (
	MethodPassword = "password"
	methodDemo     = "demo" // one click, in the demo alone
)

// SignIn makes the browser's session this account's (id or name), after somebody
// has found out by method ("password", "sms", "passkey" …) that it is they. The
// session gets a new token, so that one planted before is worth nothing, and the
// sign-in is recorded. Every way of signing in ends here: what staff are bound to
// (Rules) is done here and nowhere else. Not inside a transaction. Errors:
// ErrAccountUnknown, ErrAccountDisabled.
func (m *Module) SignIn(r *http.Request, account, method string) error {
	a, err := m.Actor(r.Context(), account)
	if err != nil {
		return err
	}
	return m.signIn(r, a, method)
}

func (m *Module) signIn(r *http.Request, a Actor, method string) error {
	ctx := r.Context()
	last, since, err := m.lastSignIn(ctx, a)
	if err != nil {
		return err
	}
	old, err := m.passwordOld(ctx, a)
	if err != nil {
		return err
	}
	s := signIn{Account: a.Account, Name: a.Name, Address: web.ClientAddr(r), Method: method, Result: "ok"}
	var session, device string
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		if session, err = m.sitDown(ctx, a); err != nil {
			return err
		}
		if device, err = m.meetDevice(ctx, a, web.Device(r), AgentWords(r.UserAgent()), s.Address); err != nil {
			return err
		}
		return m.noteSignIn(ctx, s)
	})
	if err != nil {
		return err
	}
	m.takeSession(r, a, session, method)
	web.Session(r).Put(sessionDevice, device)
	if old == 0 {
		web.Session(r).Put(sessionChange, "1")
	}
	m.greet(r, a, last, since, old)
	return nil
}

// sitDown numbers a new session of the account and gives it the seat.
func (m *Module) sitDown(ctx context.Context, a Actor) (session string, err error) {
	session = db.NewID()
	return session, m.takeSeat(ctx, a, session)
}

// takeSeat makes a session the one of a member of staff: whoever sat there
// before has to get up.
func (m *Module) takeSeat(ctx context.Context, a Actor, session string) error {
	if a.Kind != KindStaff || a.shared {
		return nil
	}
	if err := m.DB.Conn(ctx).Later(ctx, "take seat", `UPDATE identity_account SET seat = $2 WHERE id = $1`, a.Account, session); err != nil {
		return err
	}
	if a.seat == "" {
		return nil
	}
	return m.ended(ctx, a.Account, a.seat)
}

// takeSession makes the browser's session this actor's, under a new token and
// with the number session.
func (m *Module) takeSession(r *http.Request, a Actor, session, method string) {
	s := web.Session(r)
	s.Destroy()
	s.Renew()
	s.Put(sessionAccount, a.Account)
	s.Put(sessionEpoch, strconv.FormatInt(a.epoch, 10))
	s.Put(sessionID, session)
	s.Put(sessionAt, m.now(r.Context()).UTC().Format(time.RFC3339))
	s.Put(sessionMethod, method)
	s.IdleAfter(m.Rules.idle(a))
	s.Bind(a.Account)
}

// passwordOld gives how many days the password of a member of staff stays good,
// 0 when it has to be changed, -1 when that is not asked.
func (m *Module) passwordOld(ctx context.Context, a Actor) (int, error) {
	if a.Kind != KindStaff || a.shared {
		return -1, nil
	}
	row, err := m.account(ctx, a.Account)
	if err != nil || row.Password == "" {
		return -1, err
	}
	return m.Rules.daysLeft(row.PasswordAt, m.now(ctx)), nil
}

// greet tells staff when they were here last, so that they notice if it was not
// they, and that the password gets old.
func (m *Module) greet(r *http.Request, a Actor, last SignInRecord, since, days int) {
	if a.Kind != KindStaff || a.shared {
		return
	}
	if !last.At.IsZero() {
		text := "上次登录：" + ui.DateTime(last.At) + "，地址" + last.Address + "。"
		if since > 0 {
			text += fmt.Sprintf("此后有%d次登录没有成功。", since)
		}
		web.Flash(r, "info", text+"如果不是您本人，请立即修改密码，并告诉系统管理员。")
	}
	if days > 0 && days <= m.Rules.PasswordWarnDays {
		until := workday.DateOf(m.now(r.Context()), clock.Beijing).Add(days)
		web.Flash(r, "warning", fmt.Sprintf("您的密码还有%d天（%s）到期，请尽快修改。", days, until.Chinese()))
	}
}

// mustChange says that nothing else can be done before the password is changed.
func mustChange(a Actor, s *web.SessionData) bool {
	return a.first && !a.shared || s.GetString(sessionChange) != ""
}

// SignInRecord is one sign-in, or one that was refused.
type SignInRecord struct {
	At      time.Time `db:"at"`
	Address string    `db:"address"`
	Method  string    `db:"method"` // password sms passkey demo …
	Result  string    `db:"result"` // ok, or the code of the refusal
}

// SignIns lists the newest sign-ins of the actor's own account, at most n.
func (m *Module) SignIns(ctx context.Context, n int) ([]SignInRecord, error) {
	var list []SignInRecord
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT at, address, method, result FROM identity_signin
		WHERE account = $1 ORDER BY id DESC LIMIT $2`, FromContext(ctx).Account, n)
	if err != nil {
		return nil, fmt.Errorf("list sign-ins: %w", err)
	}
	return list, nil
}

// lastSignIn is when the account was signed in last and how often it was tried
// in vain since; only staff are told.
func (m *Module) lastSignIn(ctx context.Context, a Actor) (last SignInRecord, since int, err error) {
	if a.Kind != KindStaff || a.shared {
		return last, 0, nil
	}
	c := m.DB.Conn(ctx)
	err = c.Get(ctx, &last, `SELECT at, address, method, result FROM identity_signin WHERE account = $1 AND result = 'ok' ORDER BY id DESC LIMIT 1`, a.Account)
	if err != nil && !errors.Is(err, db.ErrNoRows) {
		return last, 0, fmt.Errorf("read last sign-in: %w", err)
	}
	err = c.Get(ctx, &since, `SELECT COUNT(*) FROM identity_signin WHERE account = $1 AND result <> 'ok' AND at > $2`, a.Account, last.At)
	return last, since, err
}

// signIn is a sign-in as it is noted.
type signIn struct{ Account, Name, Address, Method, Result string }

// noteSignIn notes a sign-in or a refusal, for the audit and for the account's
// own eyes. A name nobody has is not kept: people type passwords there.
func (m *Module) noteSignIn(ctx context.Context, s signIn) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		if s.Account != "" {
			err := m.DB.Conn(ctx).Later(ctx, "note sign-in", `INSERT INTO identity_signin (id, account, at, address, method, result)
				VALUES ($1, $2, $3, $4, $5, $6)`, db.NewID(), s.Account, m.now(ctx), s.Address, s.Method, s.Result)
			if err != nil {
				return err
			}
		}
		return m.write(ctx, audit.Entry{Actor: s.Account, ActorName: s.Name, Address: s.Address,
			Action: "login", ObjectID: s.Account, Result: s.Result, Detail: s.Method})
	})
}
