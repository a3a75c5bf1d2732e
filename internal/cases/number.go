package cases

import (
	"crypto/rand"
	"math/big"
	"time"

	"yimen/gb"
	"yimen/internal/kit/clock"
)

// queryAlphabet leaves out what is mistaken for something else when read from
// a slip or spelt over the phone: 0 O, 1 I L, 2 Z, 5 S, 8 B, U V.
const queryAlphabet = "34679ACDEFGHJKMNPQRTWXY"

const queryLength = 6

// NewNumber makes a case number (办件编号): yyMMdd of the day in Beijing, nine
// random digits, and an ISO 7064 MOD 11,10 check digit: 16 digits that can be
// read out and checked before anything is asked of the database. Random rather
// than counted, so that numbers tell nobody how many cases there are and no
// two writers wait for one another; the store keeps them unique.
func NewNumber(now time.Time) string {
	digits := []byte(now.In(clock.Beijing).Format("060102"))
	digits = append(digits, randomDigits(9)...)
	return string(append(digits, gb.Mod1110(string(digits))))
}

// ValidNumber tells whether s has the shape of a case number and its check
// digit is right.
func ValidNumber(s string) bool {
	return len(s) == 16 && gb.ValidMod1110(s)
}

// NewQueryCode makes the six characters that, with the number, open the public
// progress of a case: 23^6 ≈ 148 million.
func NewQueryCode() string {
	code := make([]byte, queryLength)
	for i := range code {
		code[i] = queryAlphabet[random(int64(len(queryAlphabet)))]
	}
	return string(code)
}

func randomDigits(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + random(10))
	}
	return b
}

// random gives a number in [0, n) that cannot be guessed. crypto/rand does
// not fail on the systems we run on; it ends the program instead.
func random(n int64) int64 {
	v, err := rand.Int(rand.Reader, big.NewInt(n))
	if err != nil {
		panic("cases: no randomness: " + err.Error())
	}
	return v.Int64()
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
