package digest_test

import (
	"testing"

	"yimen/internal/kit/digest"
)

// What is stored must be found again by every later release.
func TestWhatIsStoredStaysFound(t *testing.T) {
	if got := digest.Of("abc"); got != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" { // FIPS 180-2, B.1
		t.Errorf("abc is %s", got)
	}
	if digest.Of("a", "bc") == digest.Of("ab", "c") || digest.Of("a", "bc") == digest.Of("abc") {
		t.Error("parts run into each other")
	}
}
