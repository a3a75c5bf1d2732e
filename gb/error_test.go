package gb

import (
	"errors"
	"fmt"
	"testing"
)

func TestErrorsCompareByCode(t *testing.T) {
	copied := fmt.Errorf("applicant: %w", &Error{Code: ErrIDCheck.Code, Message: "另一种说法"})
	if !errors.Is(copied, ErrIDCheck) || errors.Is(copied, ErrIDLength) || errors.Is(ErrIDCheck, errors.ErrUnsupported) {
		t.Error("errors.Is must compare codes")
	}
}
