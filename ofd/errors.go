package ofd

import "fmt"

// Error says which file of a package is at fault and why.
type Error struct {
	File   string // path in the package, "" for the package itself
	Reason string
	Err    error // what lies below, or one of the kinds below
}

func (e *Error) Error() string {
	if e.File == "" {
		return "ofd: " + e.Reason
	}
	return "ofd: " + e.File + ": " + e.Reason
}

// Unwrap gives what lies below.
func (e *Error) Unwrap() error { return e.Err }

// kind is an error that is only compared with.
type kind string

func (k kind) Error() string { return "ofd: " + string(k) }

// The kinds of errors, for errors.Is.
const (
	ErrNotOFD  kind = "not an OFD file"           // no archive, or none with an OFD.xml
	ErrLimit   kind = "beyond the limits"         // too large, too deep, too many
	ErrUnsafe  kind = "not safe to open"          // traversal, links, duplicates, entities
	ErrMissing kind = "a file is missing"         // something needed is not in the package
	ErrBroken  kind = "damaged"                   // not readable as what it should be
	ErrInvalid kind = "the document is not valid" // given to Write
)

func fail(file string, k kind, format string, args ...any) *Error {
	return &Error{File: file, Reason: fmt.Sprintf(format, args...), Err: k}
}
