package messages

import (
	"context"
	"errors"
	"regexp"
	"unicode/utf8"
)

// Outgoing is one text message or mail as it leaves.
type Outgoing struct {
	ID      string // of the delivery: the same when it is tried again
	To      string // telephone, or mail address
	Subject string // of a mail
	Text    string // a text message with its signature
}

// Sender brings one message out of the building and gives the number that the
// other side knows it by. An error may pass and is tried again, unless
// Permanent made it.
type Sender interface {
	Send(ctx context.Context, o Outgoing) (receipt string, err error)
}

// Outbox sends nothing: the delivery itself is the copy that /demo/outbox
// shows. For the sample city.
type Outbox struct{}

// Send is content.
func (Outbox) Send(context.Context, Outgoing) (string, error) { return "outbox", nil }

type permanentError struct{ error }

func (e permanentError) Unwrap() error { return e.error }

// Permanent says that trying again would not help.
func Permanent(err error) error { return permanentError{err} }

func permanent(err error) bool {
	var p permanentError
	return errors.As(err, &p)
}

// numbers are telephone numbers and the like that a gateway repeats.
var numbers = regexp.MustCompile(`\d{7,}|[\w.+-]+@[\w.-]+`)

// reasonOf is an error as administrators may read it: no numbers, no
// addresses, and no longer than a line or two.
func reasonOf(err error) string {
	text := numbers.ReplaceAllString(err.Error(), "***")
	if runes := []rune(text); utf8.RuneCountInString(text) > 200 {
		text = string(runes[:200]) + "…"
	}
	return text
}
