package identity

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/alexedwards/argon2id"

	"yimen/gb"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/jobs"
)

// Errors of signing in. They do not tell whether the account exists.
var (
	ErrLogin  = errs.Define(errs.Unauthenticated, "login_failed", "账号或密码不正确，请重新输入。忘记密码的，群众和企业用手机验证码登录后可以设新密码，或到就近政务大厅重置；工作人员请联系系统管理员。")
	ErrLocked = errs.Define(errs.RateLimited, "login_locked", "密码连续输错次数过多，账号已暂时锁定，请稍后再试。")
)

// ErrFirstOver is told to who comes too late with the password somebody set for
// them, and only to who knows it.
var ErrFirstOver = errs.Define(errs.Unauthenticated, "first_password_over", "这个一次性密码已经过期，请重新领取。")

// Login checks a password and gives who it is; SignIn is the next step. An unknown name, a disabled
// account and a wrong password get the same ErrLogin after the same work.
// After MaxFailures wrong ones the name is ErrLocked for LockFor, whether
// anybody has it or not. addr is the client's address, for the audit.
// Never call it inside a transaction: a refusal would undo the count.
func (m *Module) Login(ctx context.Context, name, password, addr string) (Actor, error) {
	row, err := m.toLogin(ctx, name)
	if err != nil && !errors.Is(err, ErrAccountUnknown) {
		return Actor{}, err
	}
	if err == nil {
		name = row.Name // wrong passwords count together, by name or by telephone
	}
	hash := row.Password
	if hash == "" || row.State != stateActive {
		hash = m.decoy()
	}
	if err := m.tryPassword(ctx, name, password, hash); err != nil {
		return Actor{}, errors.Join(err, m.noteSignIn(ctx, signIn{Account: row.ID, Name: row.DisplayName, Address: addr, Method: MethodPassword, Result: errs.From(err).Code}))
	}
	if row.First && !row.Shared && m.now(ctx).Sub(row.PasswordAt) > m.Rules.FirstFor {
		said := ErrFirstOver.Say("这个一次性密码是%d小时内有效的，已经过期。请本人带身份证到任一窗口重新领取；工作人员请联系系统管理员重设。", int(m.Rules.FirstFor.Hours()))
		return Actor{}, errors.Join(said, m.noteSignIn(ctx, signIn{Account: row.ID, Name: row.DisplayName, Address: addr, Method: MethodPassword, Result: ErrFirstOver.Code}))
	}
	a, err := m.actorByID(ctx, row.ID, ViaSession)
	if err != nil {
		return Actor{}, err
	}
	a.Address = addr
	if err := m.rehash(ctx, row.ID, password, row.Password); err != nil {
		// They are in all the same; the next time will do.
		m.Log.LogAttrs(ctx, slog.LevelWarn, "password not hashed anew", slog.String("error", err.Error()))
	}
	return a, nil
}

// toLogin finds the account of what was typed: a name, or the proven telephone
// of one account alone.
func (m *Module) toLogin(ctx context.Context, typed string) (accountRow, error) {
	row, err := m.account(ctx, typed)
	if phone, bad := gb.ParseMobile(strings.TrimSpace(typed)); errors.Is(err, ErrAccountUnknown) && bad == nil {
		list, err := m.AccountsByPhone(ctx, phone)
		if err == nil && len(list) == 1 {
			return m.account(ctx, list[0].Account)
		}
		if err != nil {
			return accountRow{}, err
		}
	}
	return row, err
}

// tryPassword compares and counts. The look at the count, the comparison and
// the counting happen while holding a turn, so guesses sent all at once get
// at most one more than allowed per processor.
func (m *Module) tryPassword(ctx context.Context, name, password, hash string) error {
	done, err := m.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	key := failureKey(name)
	failed, err := m.failures(ctx, key)
	if err != nil {
		return err
	}
	if failed >= m.Rules.MaxFailures {
		return ErrLocked.Say("密码连续输错%d次，账号已锁定，请%d分钟后再试。", m.Rules.MaxFailures, int(m.Rules.LockFor.Minutes()))
	}
	ok := false
	if len(password) <= 4*maxPassword {
		m.hashes.Add(1)
		if ok, err = argon2id.ComparePasswordAndHash(password, hash); err != nil {
			return fmt.Errorf("compare password: %w", err)
		}
	}
	if !ok {
		return errors.Join(ErrLogin, m.countFailure(ctx, key))
	}
	if failed > 0 {
		return m.forgetFailures(ctx, key)
	}
	return nil
}

func failureKey(name string) string {
	sum := sha256.Sum256([]byte(nameKey(name)))
	return hex.EncodeToString(sum[:])
}

// failures counts the wrong passwords of late; those older than LockFor are
// forgotten.
func (m *Module) failures(ctx context.Context, key string) (int, error) {
	var n int
	err := m.DB.Conn(ctx).Get(ctx, &n, `SELECT failures FROM identity_failure WHERE name_hash = $1 AND last_at > $2`,
		key, m.now(ctx).Add(-m.Rules.LockFor))
	if errors.Is(err, db.ErrNoRows) {
		return 0, nil
	}
	return n, err
}

// countFailure adds one, in a statement of its own: nothing rolls it back
// with the request that failed.
func (m *Module) countFailure(ctx context.Context, key string) error {
	now := m.now(ctx)
	_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO identity_failure (name_hash, failures, last_at) VALUES ($1, 1, $2)
		ON CONFLICT (name_hash) DO UPDATE SET last_at = $2,
			failures = CASE WHEN identity_failure.last_at > $3 THEN identity_failure.failures + 1 ELSE 1 END`,
		key, now, now.Add(-m.Rules.LockFor))
	return err
}

func (m *Module) forgetFailures(ctx context.Context, key string) error {
	_, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM identity_failure WHERE name_hash = $1`, key)
	return err
}

// Workers sweeps once an hour.
func (m *Module) Workers(q *jobs.Queue) {
	jobs.RegisterPeriodic(q, "identity.sweep", time.Hour, m.Sweep)
}

// Sweep does what its hour has come for: accounts are closed, lent rights that
// ran out are told of; and removes what no longer matters: old wrong passwords,
// sign-ins older than Rules.LogDays, expired tokens. The audit is never swept.
func (m *Module) Sweep(ctx context.Context) error {
	now := m.now(ctx)
	if err := errors.Join(m.markLent(ctx), m.tellExpired(ctx), m.closeDue(ctx)); err != nil {
		return err
	}
	if _, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM identity_failure WHERE last_at < $1`, now.Add(-m.Rules.LockFor)); err != nil {
		return err
	}
	if _, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM identity_signin WHERE at < $1`, now.AddDate(0, 0, -m.Rules.LogDays)); err != nil {
		return err
	}
	if err := m.sweepDevices(ctx); err != nil {
		return err
	}
	_, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM identity_token WHERE expires_at < $1`, now.Add(-30*24*time.Hour))
	return err
}

var (
	byName = actorQuery("", "identity_account a", "a.id = $1 OR a.name_key = $2", "$3")
	byID   = actorQuery("", "identity_account a", "a.id = $1", "$2")
)

// Actor gives who an account (id or name) is now, with its grants of this
// moment: nothing is cached, so a right taken away is gone with the next
// request. ErrAccountUnknown, ErrAccountDisabled.
func (m *Module) Actor(ctx context.Context, account string) (Actor, error) {
	id, key := lookup(account)
	found, err := m.actorRows(ctx, byName, id, key, m.now(ctx))
	if err != nil {
		return Actor{}, err
	}
	return m.withLent(ctx, found, ViaSession)
}

func (m *Module) actorByID(ctx context.Context, id, via string) (Actor, error) {
	found, err := m.actorRows(ctx, byID, id, m.now(ctx))
	if err != nil {
		return Actor{}, err
	}
	return m.withLent(ctx, found, via)
}

// withLent is the actor that was read with what others let it do at this moment:
// what has ended since the last request is gone with this one.
func (m *Module) withLent(ctx context.Context, found accountRead, via string) (Actor, error) {
	a, err := actor(found.rows, found.lent.rights(), via)
	if err != nil || !found.rows[0].Lent {
		return a, err
	}
	now, l := m.now(ctx), found.lent
	if of := (markedAccount{a.Account, a.Kind}); l == nil || l.of != of {
		l = &lent{of: of}
		if err := m.DB.Conn(ctx).Together(ctx, l.read(now)); err != nil {
			return Actor{}, fmt.Errorf("read what others lend: %w", err)
		}
	}
	l.give(&a, now)
	return a, nil
}
