package assurance

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"yimen/internal/kit/errs"
	"yimen/internal/kit/webtest"
)

var here = context.Background()

// TestACodeFitsOnce: right once, for its purpose, telephone and browser, within
// five minutes by our clock.
func TestACodeFitsOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := bound{forLogin, phone, "browser"}
		w.must(w.sendCode(here, b))
		code := w.code(phone)
		for name, x := range map[string]bound{"another telephone": {forLogin, other, "browser"}, "another purpose": {forProof, phone, "browser"},
			"another browser": {forLogin, phone, "thief"}} {
			if err := w.takeCode(here, x, code); !errors.Is(err, ErrCode) {
				t.Errorf("%s: %v", name, err)
			}
		}
		w.must(w.takeCode(here, b, " "+code))
		if err := w.takeCode(here, b, code); !errors.Is(err, ErrCode) {
			t.Errorf("a code was taken twice: %v", err)
		}
		w.clock.Advance(codePause + time.Second)
		w.must(w.sendCode(here, b))
		w.clock.Advance(codeLives + time.Second)
		if err := w.takeCode(here, b, w.code(phone)); !errors.Is(err, ErrCode) {
			t.Errorf("a late code: %v", err)
		}
	})
}

// TestFiveWrongCodesVoidIt: the right one is worth nothing then.
func TestFiveWrongCodesVoidIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := bound{forLogin, phone, "browser"}
		w.must(w.sendCode(here, b))
		code := w.code(phone)
		wrong := "000000"
		if code == wrong {
			wrong = "111111"
		}
		for range codeTries {
			if err := w.takeCode(here, b, wrong); !errors.Is(err, ErrCode) {
				t.Fatal(err)
			}
		}
		if err := w.takeCode(here, b, code); !errors.Is(err, ErrCode) {
			t.Errorf("after five wrong ones: %v", err)
		}
	})
}

// TestATelephoneIsNotRung: a minute between codes and so many a day, whichever
// browser asks.
func TestATelephoneIsNotRung(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.must(w.sendCode(here, bound{forLogin, phone, "a"}))
		if err := w.sendCode(here, bound{forRegister, phone, "b"}); !errors.Is(err, ErrTooSoon) {
			t.Errorf("two codes at once: %v", err)
		}
		w.must(w.sendCode(here, bound{forLogin, other, "b"}))
		for range codesPerDay - 1 {
			w.clock.Advance(codePause)
			w.must(w.sendCode(here, bound{forLogin, phone, "a"}))
		}
		w.clock.Advance(codePause)
		if err := w.sendCode(here, bound{forLogin, phone, "a"}); !errors.Is(err, ErrTooMany) {
			t.Errorf("too many codes in a day: %v", err)
		}
		if err := w.sendCode(here, bound{forLogin, "0751-123", "a"}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("no mobile number: %v", err)
		}
	})
}

// TestLoginByCode: a telephone somebody has and one nobody has look the same
// until the code is in the asker's hands; the session is new.
func TestLoginByCode(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.proven()
		ask := func(number string) (*webtest.Client, string) {
			c := w.browser()
			c.Get("/login/sms?next=/high").Status(200).Must("手机号")
			page := c.PostForm("/login/sms", url.Values{"phone": {number}, "next": {"/high"}}).Status(303)
			return c, strings.ReplaceAll(page.Header().Get("Location"), number, "")
		}
		known, a := ask(phone)
		unknown, b := ask(other)
		if a != b || w.code(other) == "" {
			t.Errorf("known: %s; unknown: %s, code %q", a, b, w.code(other))
		}
		before := known.Cookie("yimen_session")
		known.PostForm("/login/sms/code", url.Values{"code": {"12"}, "next": {"/high"}}).Status(422).Must("验证码不正确")
		known.PostForm("/login/sms/code", url.Values{"code": {w.code(phone)}, "next": {"//evil.example"}}).Status(303).Location("/")
		if now := known.Cookie("yimen_session"); now == before || now == "" {
			t.Error("the session has its old token")
		}
		known.Get("/").Must("[villager 初级]")
		unknown.PostForm("/login/sms/code", url.Values{"code": {w.code(other)}}).Status(200).Must("还没有核验过的账号")
		unknown.Get("/").Must("[ 未认证]")
		unknown.PostForm("/login/sms/choose", url.Values{"account": {w.villager}}).Status(303)
		unknown.Get("/").Must("[ 未认证]") // somebody else's account is not to be chosen
	})
}
