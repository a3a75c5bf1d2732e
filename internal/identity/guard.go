package identity

import (
	"context"
	"net/http"

	"yimen/internal/kit/audit"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
)

// Errors of guards.
var (
	ErrSignIn  = errs.Define(errs.Unauthenticated, "sign_in_required", "请先登录后再操作。")
	ErrNoRight = errs.Define(errs.Denied, "no_right", "您没有此项操作的权限；如工作需要，请联系安全管理员授权。")
)

// check lets in whom ok accepts. When nobody is signed in because who is
// asking could not be found out, that is the error.
func check(name string, ok func(Actor) bool) web.Guard {
	return web.Guard{Name: name, Check: func(r *http.Request) error {
		a := FromContext(r.Context())
		if !a.SignedIn() {
			if err := failureOf(r.Context()); err != nil {
				return err
			}
			return ErrSignIn
		}
		if !ok(a) {
			NoteRefusal(r.Context(), audit.Entry{Action: "access.refused", Object: "page", ObjectID: r.Method + " " + r.URL.Path}, ErrNoRight)
			return ErrNoRight
		}
		return nil
	}}
}

// SignedIn lets in everybody who is signed in.
func SignedIn() web.Guard { return check("signed in", func(Actor) bool { return true }) }

// Applicant lets in citizens and enterprises.
func Applicant() web.Guard { return check("applicant", Actor.IsApplicant) }

// Staff lets in those who work here.
func Staff() web.Guard { return check("staff", Actor.IsStaff) }

// Has lets in those who may do v somewhere; whether they may do it to this
// object is the handler's question.
func Has(v Verb) web.Guard {
	return check("has "+string(v), func(a Actor) bool { return a.Has(v) })
}

// HasAny lets in those who may do one of the verbs somewhere.
func HasAny(verbs ...Verb) web.Guard {
	name := "has any of"
	for _, v := range verbs {
		name += " " + string(v)
	}
	return check(name, func(a Actor) bool {
		for _, v := range verbs {
			if a.Has(v) {
				return true
			}
		}
		return false
	})
}

type failureKeyType struct{}

// withFailure keeps why it is not known who is asking: pages for everybody
// still work, guarded ones tell it.
func withFailure(ctx context.Context, err error) context.Context {
	return context.WithValue(ctx, failureKeyType{}, err)
}

// Failure is why it could not be found out who is asking; nil when it is known,
// nobody included. For public pages that must not take silence for nobody.
func Failure(ctx context.Context) error { return failureOf(ctx) }

func failureOf(ctx context.Context) error {
	err, _ := ctx.Value(failureKeyType{}).(error)
	return err
}
