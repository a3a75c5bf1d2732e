// Package errs is how an error is told to people: a stable code, a kind that
// decides the HTTP status, and one Chinese sentence that says what to do.
//
// Every error a user can meet is defined once, as a package variable:
//
//	var ErrVerbNotAllowed = errs.Define(errs.Conflict, "case_verb_not_allowed", "办件当前状态不能执行此操作，请刷新后重试。")
//
// and returned with what is particular about it:
//
//	return ErrVerbNotAllowed.Allowed("correct", "withdraw")
//
// Anything else that reaches the edge is "internal": logged there once, shown
// with a number that can be read out.
package errs

import (
	"errors"
	"fmt"
	"sort"
	"strings"
	"sync"
)

// Kind says what sort of mistake it was, and whose.
type Kind int

const (
	Internal        Kind = iota // ours: 500
	Invalid                     // the input can be mended: 422
	Unauthenticated             // nobody is signed in: 401
	Denied                      // signed in, but without the right: 403
	NotFound                    // not there, or not for you: 404
	Conflict                    // the state does not allow it, or the page is stale: 409
	TooLarge                    // body or file over its limit: 413
	RateLimited                 // too many in too short a time: 429
	Unavailable                 // disk full, database lost: 503, try again
)

var statuses = map[Kind]int{
	Internal: 500, Invalid: 422, Unauthenticated: 401, Denied: 403, NotFound: 404,
	Conflict: 409, TooLarge: 413, RateLimited: 429, Unavailable: 503,
}

// Status is the HTTP status of the kind.
func (k Kind) Status() int { return statuses[k] }

// Field is what is wrong with one field of the input. Name is the path as the
// client sent it (applicant.id_no, form.birth_date).
type Field struct {
	Name    string `json:"field"`
	Message string `json:"message"`
}

// Error is an error for people.
type Error struct {
	Code    string   // stable, snake_case, unique in the program
	Kind    Kind     //
	Message string   // one Chinese sentence, with the remedy
	Fields  []Field  // what is wrong where, if it is about input
	Verbs   []string // allowed instead; nil when the error is not about that
	Level   int      // how surely it has to be known who asks (identity.Level); 0 when the error is not about that
	cause   error
}

var (
	mu      sync.Mutex
	defined = map[string]*Error{}
)

// Define registers an error of the program. It panics on a code used twice:
// a code is what callers and telephone support go by.
func Define(kind Kind, code, message string) *Error {
	mu.Lock()
	defer mu.Unlock()
	if _, ok := defined[code]; ok {
		panic("errs: code defined twice: " + code)
	}
	e := &Error{Code: code, Kind: kind, Message: message}
	defined[code] = e
	return e
}

// Codes lists every defined code, sorted.
func Codes() []string {
	mu.Lock()
	defer mu.Unlock()
	codes := make([]string, 0, len(defined))
	for c := range defined {
		codes = append(codes, c)
	}
	sort.Strings(codes)
	return codes
}

// Lookup returns the defined error of a code, or nil.
func Lookup(code string) *Error {
	mu.Lock()
	defer mu.Unlock()
	return defined[code]
}

// ErrInvalid is the error of input with field messages and no better code.
var ErrInvalid = Define(Invalid, "invalid_input", "填写的内容有误，请按提示修改后重新提交。")

// ErrInternal is what people see of an error that is ours.
var ErrInternal = Define(Internal, "internal", "系统出了问题，您填写的内容没有丢失，请稍后重试；仍不行请报出编号。")

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Code + ": " + e.Message)
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " [%s: %s]", f.Name, f.Message)
	}
	if e.cause != nil {
		b.WriteString(": " + e.cause.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.cause }

// Is compares by code, so errors.Is(err, ErrVerbNotAllowed) holds for its copies.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

func (e *Error) clone() *Error {
	c := *e
	c.Fields = append([]Field(nil), e.Fields...)
	return &c
}

// Because returns the error with its cause, for the log; people do not see it.
func (e *Error) Because(cause error) *Error { c := e.clone(); c.cause = cause; return c }

// Say returns the error with a more particular sentence.
func (e *Error) Say(format string, args ...any) *Error {
	c := e.clone()
	c.Message = fmt.Sprintf(format, args...)
	return c
}

// Field returns the error with one more field message.
func (e *Error) Field(name, message string) *Error {
	c := e.clone()
	c.Fields = append(c.Fields, Field{name, message})
	return c
}

// Allowed returns the error with the verbs that the state does allow; with
// none it says just that, by a list that is empty and not nil.
func (e *Error) Allowed(verbs ...string) *Error {
	c := e.clone()
	c.Verbs = append([]string{}, verbs...)
	return c
}

// Needs returns the error with the level of proof that would do.
func (e *Error) Needs(level int) *Error { c := e.clone(); c.Level = level; return c }

// Fields collects field messages while input is checked; Err is nil when
// there are none.
type Fields struct{ list []Field }

// Add notes that a field is wrong.
func (f *Fields) Add(name, format string, args ...any) {
	f.list = append(f.list, Field{name, fmt.Sprintf(format, args...)})
}

// Merge adds the field messages of err under a prefix; an error without
// fields becomes one message on the prefix itself. nil adds nothing.
func (f *Fields) Merge(prefix string, err error) {
	if err == nil {
		return
	}
	var e *Error
	if errors.As(err, &e) && len(e.Fields) > 0 {
		for _, x := range e.Fields {
			f.list = append(f.list, Field{prefix + "." + x.Name, x.Message})
		}
		return
	}
	if e != nil {
		f.list = append(f.list, Field{prefix, e.Message})
		return
	}
	f.list = append(f.list, Field{prefix, err.Error()})
}

// Empty says that nothing is wrong.
func (f *Fields) Empty() bool { return len(f.list) == 0 }

// List gives the messages in the order they were found.
func (f *Fields) List() []Field { return f.list }

// Err is ErrInvalid with the fields, or nil. The message names the first
// field's trouble, so that a client that shows only one line still helps.
func (f *Fields) Err() error {
	if len(f.list) == 0 {
		return nil
	}
	e := ErrInvalid.clone()
	e.Fields = append([]Field(nil), f.list...)
	return e
}

// As is an error of a module's own with the fields, or nil.
func (f *Fields) As(e *Error) error {
	if len(f.list) == 0 {
		return nil
	}
	for _, x := range f.list {
		e = e.Field(x.Name, x.Message)
	}
	return e
}

// From finds the Error in err, or wraps err as internal. nil stays nil.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return ErrInternal.Because(err)
}

// KindOf is the kind of err; Internal for errors that are not ours.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}
