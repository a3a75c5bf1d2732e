package identity

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

// stateClosed is an account whose owner had it closed (注销): a row without a
// person, which cases of before still name.
const stateClosed = "closed"

// closedName is what a closed account is called where its name is shown.
const closedName = "已注销用户"

// Errors of closing.
var (
	ErrCloseInTheWay = errs.Define(errs.Conflict, "account_close_in_the_way", "账号现在还不能注销，请先处理列出的事情。")
	ErrClosingAsked  = errs.Define(errs.Conflict, "account_closing_asked", "已经申请过注销了，到期自动办理；不想注销的，可以撤回。")
	ErrAccountClosed = errs.Define(errs.Conflict, "account_closed", "这个账号已经注销，不能再启用；要用账号的，请重新注册。")
)

// Closer is what a module above has to do with the closing of an account.
type Closer struct {
	// InTheWay gives what keeps an account from being closed, each a whole
	// sentence that says what to do; nil: nothing ever. It is told to whoever
	// signs in to the account, of whom no more is known than held says: what they
	// may not see keeps nothing open, and is not told of by a number either.
	InTheWay func(ctx context.Context, account string, held Level) ([]string, error)
	// Forget removes what the module keeps of the person, in the transaction of
	// the closing, while they still have their data; nil: it keeps nothing.
	Forget func(ctx context.Context, p Person) error
}

// JoinClosing adds a module's part, while the program starts.
func (m *Module) JoinClosing(c Closer) { m.closers = append(m.closers, c) }

// Closing is that somebody wants their account closed.
type Closing struct {
	ID      string     `db:"id"`
	Account string     `db:"account"`
	AskedAt time.Time  `db:"asked_at"`
	DueAt   time.Time  `db:"due_at"` // until then it can be taken back
	State   string     `db:"state"`  // asked withdrawn held done
	EndedAt *time.Time `db:"ended_at"`
	Note    string     `db:"note"`
}

// Due is the day on which the account is closed.
func (c Closing) Due() workday.Date { return workday.DateOf(c.DueAt, clock.Beijing) }

const selectClosing = `SELECT id, account, asked_at, due_at, state, ended_at, note FROM identity_closing`

// ClosingOf gives what the actor last asked; false: nothing.
func (m *Module) ClosingOf(ctx context.Context) (Closing, bool, error) {
	var c Closing
	err := m.DB.Conn(ctx).Get(ctx, &c, selectClosing+` WHERE account = $1 ORDER BY id DESC LIMIT 1`, FromContext(ctx).Account)
	if errors.Is(err, db.ErrNoRows) {
		return c, false, nil
	}
	return c, err == nil, err
}

// InTheWay gives what keeps the account (id) from being closed now; none: it can be.
func (m *Module) InTheWay(ctx context.Context, account string) ([]string, error) {
	p, err := m.Person(ctx, account)
	if err != nil {
		return nil, err
	}
	if p.Kind != KindPerson {
		return []string{"单位的账号不在网上注销：单位办完注销登记后，请法定代表人带材料到窗口办。"}, nil
	}
	list, err := m.leadsAlone(ctx, account)
	if err != nil {
		return nil, err
	}
	held, err := m.LevelOf(ctx, account)
	if err != nil {
		return nil, err
	}
	for _, c := range m.closers {
		if c.InTheWay == nil {
			continue
		}
		more, err := c.InTheWay(ctx, account, held)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

// leadsAlone names the enterprises that would have nobody left to lead them.
func (m *Module) leadsAlone(ctx context.Context, account string) ([]string, error) {
	today := m.todayIs(ctx).String()
	var names []string
	err := m.DB.Conn(ctx).Select(ctx, &names, `SELECT DISTINCT c.display_name FROM identity_mandate x JOIN identity_account c ON c.id = x.principal AND c.state = 'active'
		WHERE x.agent = $1 AND x.kind = 'enterprise' AND x.role IN ('legal', 'admin') AND x.state = 'active' AND x.to_on >= $2
		AND NOT EXISTS (SELECT 1 FROM identity_mandate y JOIN identity_account p ON p.id = y.agent AND p.state = 'active'
			WHERE y.principal = x.principal AND y.agent <> x.agent AND y.kind = 'enterprise' AND y.role IN ('legal', 'admin')
			AND y.state = 'active' AND y.from_on <= $2 AND y.to_on >= $2) ORDER BY 1`, account, today)
	if err != nil {
		return nil, fmt.Errorf("find enterprises led alone: %w", err)
	}
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = "您是“" + name + "”唯一的管理人员：请先在“我的单位”指定另一位管理员，或者由新的法定代表人绑定。"
	}
	return list, nil
}

// AskClosing asks for the actor's own account to be closed after the days in
// which it can be taken back. Errors: ErrCloseInTheWay with what is, ErrClosingAsked.
func (m *Module) AskClosing(ctx context.Context) (Closing, error) {
	a := FromContext(ctx)
	if !a.SignedIn() || !a.IsApplicant() {
		return Closing{}, ErrSignIn
	}
	list, err := m.InTheWay(ctx, a.Account)
	if err != nil {
		return Closing{}, err
	}
	if len(list) > 0 {
		return Closing{}, ErrCloseInTheWay.Say("账号现在还不能注销：%s", strings.Join(list, ""))
	}
	now := m.now(ctx)
	c := Closing{ID: db.NewID(), Account: a.Account, AskedAt: now, State: "asked",
		DueAt: midnight(workday.DateOf(now, clock.Beijing).Add(m.Rules.CloseDays + 1))}
	return c, m.DB.InTx(ctx, func(ctx context.Context) error {
		_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO identity_closing (id, account, asked_at, due_at, state, note) VALUES ($1, $2, $3, $4, $5, '')`,
			c.ID, c.Account, c.AskedAt, c.DueAt, c.State)
		var taken *db.UniqueError
		if errors.As(err, &taken) {
			return ErrClosingAsked.Because(err)
		}
		if err != nil {
			return fmt.Errorf("store closing: %w", err)
		}
		if err := m.Changed(ctx, a.Account, ChangedClosing, c.Due().Chinese()); err != nil {
			return err
		}
		return m.record(ctx, "account.close_ask", a.Account, "")
	})
}

// WithdrawClosing takes it back; nothing asked is no error.
func (m *Module) WithdrawClosing(ctx context.Context) error {
	a := FromContext(ctx)
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE identity_closing SET state = 'withdrawn', ended_at = $2 WHERE account = $1 AND state = 'asked'`, a.Account, m.now(ctx))
		if err != nil || n == 0 {
			return err
		}
		if err := m.Changed(ctx, a.Account, ChangedClosingOff, ""); err != nil {
			return err
		}
		return m.record(ctx, "account.close_withdraw", a.Account, "")
	})
}

// closeDue closes the accounts whose days are over, one transaction each. What
// has come in the way meanwhile holds it: the person is told and asks again.
func (m *Module) closeDue(ctx context.Context) error {
	ctx = With(ctx, System("identity"))
	var due []Closing
	err := m.DB.Conn(ctx).Select(ctx, &due, selectClosing+` WHERE state = 'asked' AND due_at <= $1 ORDER BY due_at, id LIMIT 200`, m.now(ctx))
	if err != nil {
		return fmt.Errorf("find accounts to close: %w", err)
	}
	var wrong []error
	for _, c := range due { // one that cannot be closed keeps no other open
		wrong = append(wrong, m.DB.InTx(ctx, func(ctx context.Context) error { return m.closeOne(ctx, c) }))
	}
	return errors.Join(wrong...)
}

func (m *Module) closeOne(ctx context.Context, c Closing) error {
	n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE identity_closing SET state = 'done', ended_at = $2 WHERE id = $1 AND state = 'asked'`, c.ID, m.now(ctx))
	if err != nil || n == 0 {
		return err // taken back at the last moment
	}
	list, err := m.InTheWay(ctx, c.Account)
	if err != nil {
		return err
	}
	if len(list) > 0 {
		note := strings.TrimSuffix(strings.Join(list, ""), "。")
		if _, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE identity_closing SET state = 'held', note = $2 WHERE id = $1`, c.ID, note); err != nil {
			return fmt.Errorf("hold closing: %w", err)
		}
		return m.Changed(ctx, c.Account, ChangedClosingHeld, note)
	}
	p, err := m.Person(ctx, c.Account)
	if err != nil {
		return err
	}
	for _, x := range m.closers {
		if x.Forget == nil {
			continue
		}
		if err := x.Forget(ctx, p); err != nil {
			return err
		}
	}
	if err := m.empty(ctx, c.Account); err != nil {
		return err
	}
	return m.write(ctx, audit.Entry{Actor: c.Account, ActorName: closedName, Action: "account.close", ObjectID: c.Account, Result: "ok"})
}

// empty takes the person out of an account: the row stays for the cases that
// name it, which the law keeps; nobody signs in to it, and the document is free
// for another.
func (m *Module) empty(ctx context.Context, account string) error {
	conn, now := m.DB.Conn(ctx), m.now(ctx)
	row, err := m.account(ctx, account)
	if err != nil {
		return err
	}
	name := "closed-" + strings.ToLower(rand.Text())
	_, err = conn.Exec(ctx, `UPDATE identity_account SET name = $2, name_key = $2, display_name = $3, id_type = '', id_no = '', id_no_key = '',
		phone = '', phone_key = '', phone_proven_at = NULL, address = '', legal_name = '', division = '', password = '', state = $4, seat = '',
		epoch = epoch + 1, updated_at = $5, level1_until = NULL, level2_until = NULL, level3_until = NULL, level4_until = NULL WHERE id = $1`,
		account, name, closedName, stateClosed, now)
	if err != nil {
		return fmt.Errorf("empty account: %w", err)
	}
	var papers []string
	if err := conn.Select(ctx, &papers, `SELECT file FROM identity_correction WHERE account = $1 AND file <> ''`, account); err != nil {
		return fmt.Errorf("find papers: %w", err)
	}
	for _, file := range papers {
		if err := m.Files.Delete(ctx, file); err != nil {
			return err
		}
	}
	for _, query := range []string{
		`DELETE FROM identity_password WHERE account = $1`,
		`DELETE FROM identity_signin WHERE account = $1`,
		`DELETE FROM identity_device WHERE account = $1`,
		`DELETE FROM identity_token WHERE account = $1`,
		`UPDATE identity_correction SET name = '', id_no = '', before_name = '', before_id_no = '', reason = '', file = '', file_name = '', note = '' WHERE account = $1`,
		`UPDATE identity_correction SET state = 'withdrawn' WHERE account = $1 AND state = 'asked'`,
	} {
		if _, err := conn.Exec(ctx, query, account); err != nil {
			return fmt.Errorf("empty account: %w", err)
		}
	}
	if err := m.endMandatesOf(ctx, account); err != nil {
		return err
	}
	return errors.Join(m.forgetFailures(ctx, failureKey(row.Name)), m.ended(ctx, account, ""))
}

// endMandatesOf ends what an account gave and got; the other sides are told.
func (m *Module) endMandatesOf(ctx context.Context, account string) error {
	rows, err := m.mandateRows(ctx, ` WHERE (x.principal = $1 OR x.agent = $1) AND x.state IN ('proposed', 'active') LIMIT 1000`, account)
	if err != nil {
		return fmt.Errorf("find mandates: %w", err)
	}
	now := m.now(ctx)
	for _, r := range rows {
		x := r.mandateRow
		x.State, x.EndedAt, x.EndedBy, x.ChildName, x.ChildIDNo = MandateEnded, &now, account, "", ""
		if err := errors.Join(m.updateMandate(ctx, x), m.tellMandate(ctx, x, MandateEnded, x.otherSide(account))); err != nil {
			return err
		}
	}
	return nil
}
