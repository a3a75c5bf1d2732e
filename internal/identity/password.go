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
	m.hashing = make(chan struct{}, runtime.NumCPU())
	m.decoy = sync.OnceValue(func() string {
		hash, err := argon2id.CreateHash(rand.Text(), m.Hash)
		if err != nil {
			panic(err) // no randomness: nothing else would work either
		}
		return hash
	})
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

// turn waits until this goroutine may hash; the result must be called.
func (m *Module) turn(ctx context.Context) (func(), error) {
	select {
	case m.hashing <- struct{}{}:
		return func() { <-m.hashing }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (m *Module) hash(ctx context.Context, password string) (string, error) {
	done, err := m.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	return argon2id.CreateHash(password, m.Hash)
}
