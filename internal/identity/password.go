package identity

import (
	"context"
	"crypto/rand"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"yimen/internal/kit/errs"
)

// ErrPasswordWeak is told for a password that is too easily guessed.
var ErrPasswordWeak = errs.Define(errs.Invalid, "password_weak", "密码强度不够，请按提示重新设置。")

// Lengths of passwords in characters (GB/T 22239 level 3 practice). The upper
// bound keeps a hash from being asked of a megabyte.
const (
	minPassword      = 8
	minAdminPassword = 12
	maxPassword      = 128
)

func (m *Module) initPasswords() {
	// As many as there are processors: more at once only swap memory.
	turns := runtime.NumCPU()
	if m.HashQueue == 0 {
		m.HashQueue = queuePerTurn * turns
	}
	m.hashing = make(chan struct{}, turns)
	m.queued = make(chan struct{}, turns+m.HashQueue)
	m.decoy = sync.OnceValue(func() string {
		hash, err := argon2id.CreateHash(rand.Text(), m.Hash)
		if err != nil {
			panic(err) // no randomness: nothing else would work either
		}
		return hash
	})
}

// CheckPassword tells whether a person or enterprise may take a password;
// ErrPasswordWeak with field password.
func (m *Module) CheckPassword(kind Kind, name, password string) error {
	return m.checkPassword(kind, false, name, password)
}

// checkPassword asks for so many characters as Rules say, of three of the four
// classes, without the account's name in them.
func (m *Module) checkPassword(kind Kind, admin bool, name, password string) error {
	least := m.Rules.length(kind, admin)
	n := utf8.RuneCountInString(password)
	switch {
	case n < least:
		return ErrPasswordWeak.Field("password", fmt.Sprintf("密码至少%d位，请加长。", least))
	case n > maxPassword:
		return ErrPasswordWeak.Field("password", fmt.Sprintf("密码最多%d位，请缩短。", maxPassword))
	case classes(password) < 3:
		return ErrPasswordWeak.Field("password", "密码应包含大写字母、小写字母、数字、符号中的至少三种。")
	case strings.Contains(nameKey(password), nameKey(name)):
		return ErrPasswordWeak.Field("password", "密码里不能有账号名，请重新设置。")
	}
	return nil
}

func classes(s string) int {
	var upper, lower, digit, other int
	for _, r := range s {
		switch {
		case unicode.IsUpper(r):
			upper = 1
		case unicode.IsLower(r):
			lower = 1
		case unicode.IsDigit(r):
			digit = 1
		default:
			other = 1
		}
	}
	return upper + lower + digit + other
}

// DefaultHash is the least that OWASP and GB practice ask of argon2id: 19 MiB,
// two passes, one lane. A city with more memory raises it.
var DefaultHash = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// queuePerTurn is how many may wait for each processor: at 25 hashes a second
// the last of them waits less than half a second.
const queuePerTurn = 12

// ErrBusy is told when so many sign in at once that one more would only make
// all of them wait.
var ErrBusy = errs.Define(errs.RateLimited, "login_busy", "现在登录的人太多，请过几秒再试。")

// turn waits until this goroutine may hash; the result must be called. When too
// many wait already it is ErrBusy at once: those who were let in stay quick.
func (m *Module) turn(ctx context.Context) (func(), error) {
	select {
	case m.queued <- struct{}{}:
	default:
		return nil, ErrBusy
	}
	select {
	case m.hashing <- struct{}{}:
		return func() { <-m.hashing; <-m.queued }, nil
	case <-ctx.Done():
		<-m.queued
		return nil, ctx.Err()
	}
}

func (m *Module) hash(ctx context.Context, password string) (string, error) {
	done, err := m.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	m.hashes.Add(1)
	return argon2id.CreateHash(password, m.Hash)
}

// Hashes counts the password hashes computed so far, for tests of what a
// refusal costs and for figures.
func (m *Module) Hashes() int64 { return m.hashes.Load() }

// SpendHash does the work of one password check and nothing else: for
// refusals that must cost what an acceptance costs.
func (m *Module) SpendHash(ctx context.Context, password string) error {
	_, err := m.hash(ctx, password)
	return err
}

// rehash keeps a password at today's cost, when it was hashed at another one.
func (m *Module) rehash(ctx context.Context, id, password, hash string) error {
	p, _, _, err := argon2id.DecodeHash(hash)
	if err != nil || *p == *m.Hash {
		return err
	}
	fresh, err := m.hash(ctx, password)
	if err != nil {
		return err
	}
	// Only if it is still that password: whoever changed it meanwhile goes first.
	_, err = m.DB.Conn(ctx).Exec(ctx, `UPDATE identity_account SET password = $3 WHERE id = $1 AND password = $2`, id, hash, fresh)
	return err
}
