package cases

import (
	"strings"
	"testing"
	"time"
)

func TestNumbers(t *testing.T) {
	// 16:30 UTC is half past midnight of the next day in Beijing.
	at := time.Date(2026, 9, 30, 16, 30, 0, 0, time.UTC)
	seen := map[string]bool{}
	for range 2000 {
		n := NewNumber(at)
		if len(n) != 16 || !strings.HasPrefix(n, "261001") || !ValidNumber(n) {
			t.Fatalf("NewNumber = %s", n)
		}
		seen[n] = true
		for i := range n { // every single wrong digit is found
			wrong := []byte(n)
			wrong[i] = '0' + (wrong[i]-'0'+1)%10
			if ValidNumber(string(wrong)) {
				t.Fatalf("%s passes for %s", wrong, n)
			}
		}
	}
	if len(seen) < 1990 {
		t.Errorf("only %d different numbers of 2000", len(seen))
	}
	for _, bad := range []string{"", "261001", "26100112345678901", "2610011234567a90", "２６１００１１２３４５６７８９０"} {
		if ValidNumber(bad) {
			t.Errorf("ValidNumber(%q)", bad)
		}
	}
}

func TestQueryCodes(t *testing.T) {
	seen := map[string]bool{}
	for range 2000 {
		c := NewQueryCode()
		if len(c) != 6 || strings.Trim(c, queryAlphabet) != "" {
			t.Fatalf("NewQueryCode = %q", c)
		}
		seen[c] = true
	}
	if len(seen) < 1990 {
		t.Errorf("only %d different codes of 2000", len(seen))
	}
	if strings.ContainsAny(queryAlphabet, "01258BILOSUVZ") {
		t.Errorf("alphabet %s has characters that are mistaken for others", queryAlphabet)
	}
}
