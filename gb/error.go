package gb

// An Error is a refusal that may be shown to people. It does not repeat what was typed, so it may be logged as well.
type Error struct {
	Code    string // stable, snake_case
	Message string // a Chinese sentence that says what to do
}

// Error gives the Chinese sentence.
func (e *Error) Error() string { return e.Message }

// Is makes errors.Is compare codes.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Code == e.Code
}
